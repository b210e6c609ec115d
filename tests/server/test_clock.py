"""The machine's clock is put forward and back by an hour while people answer."""

import asyncio
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from tests.cast import PASSWORD, TRAINER, put_cases
from tests.faults import Fault
from tests.groups.rows import ballot_tallies, ballots_recounted
from tests.groups.servers import answered, visiting, voting_room, wall
from tests.live import PROGRAM, Server
from tests.missing import missing
from tests.rows import opened
from tests.server.steady import Steady

HOUR = 3600
WRONG_CODES = 60  # a minute


class Clock:
    """The wall clock of one process. As on a real machine the clock that only counts seconds is not moved."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not found:
            missing("no libfaketime here: on Debian, apt install libfaketime")
        self._file = folder / "clock"
        self.program = folder / "elsewhen"
        self.move(0)
        self.program.write_text(
            "#!/bin/sh\n"
            f"export LD_PRELOAD={found[0]} FAKETIME_TIMESTAMP_FILE={self._file}\n"
            "export FAKETIME_CACHE_DURATION=1 DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1\n"
            f'exec {PROGRAM} "$@"\n'
        )
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)

    def move(self, seconds: int) -> None:
        """Puts it so far from the true time."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}")
        new.rename(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@contextmanager
def elsewhen(clock: Clock, folder: Path, url: str) -> Iterator[Server]:
    settings = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "VIGNETTES_DIR": str(put_cases(folder / "cases")),
        "RATE_LIMIT": "on",
    }
    with Server(folder, settings, clock.program) as server:
        yield server


async def moved(clock: Clock, client: httpx.AsyncClient, seconds: int) -> None:
    """Moves the clock, and waits until the server's answers carry the new time."""
    clock.move(seconds)
    for _ in range(100):
        told = parsedate_to_datetime((await client.get("/healthz")).headers["date"])
        if abs(told - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=60):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the server's clock did not move")


@pytest.mark.faults
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # times are the server's own, never a database's
async def test_a_clock_that_jumps_an_hour_forward_and_back_ends_nothing_and_loses_nothing(
    tmp_path: Path, clock: Clock, database_url: str, fault: Fault
) -> None:
    votes = 0
    with elsewhen(clock, tmp_path, database_url) as server:
        async with visiting(server.base_url) as client:
            # The link of the first trainer was printed an hour later than it now is.
            setup = server.lines[3].split()[-1]
            await moved(clock, client, -HOUR)
            assert "Set up the first trainer" in (await client.get(setup)).text
            await client.post(setup, data={"name": TRAINER, "password": PASSWORD})
            assert (await client.get("/trainers/account")).status_code == 200

            room, phones = await voting_room(client, 6)
            token = (await client.post("/api/v1/learners")).json()["learner_token"]
            learner = {"Authorization": f"Bearer {token}"}
            async with (
                wall(server.base_url, room.code) as stream,
                Steady(server.base_url, learners=4, pause=0.8) as learners,
            ):
                for number, seconds in enumerate((-HOUR, 0, HOUR, 0, -HOUR), start=1):
                    await moved(clock, client, seconds)
                    await phones[number].must_vote("drive", reason=f"vote {number}")
                    votes += 1
                    await stream.event(answered(number))
                    for slug in ("ana-the-race", "cleo-the-letter"):
                        given = {"system": "threat"}
                        answer = await client.post(f"/api/v1/vignettes/{slug}/guesses", json=given, headers=learner)
                        assert answer.status_code == 201
                    assert (await client.get("/api/v1/practice/next", headers=learner)).status_code == 200
                    assert (await client.get("/trainers/account")).status_code == 200
                    await learners.more(4)
                # A limit counts seconds that have passed, not the time of day: no one waits for an hour.
                async with visiting(server.base_url) as stranger:
                    refused = [await stranger.get("/g/DDDDDD") for _ in range(WRONG_CODES + 5)]
                    await moved(clock, client, 0)
                    refused.append(await stranger.get("/g/DDDDDD"))
                assert refused[-1].status_code == 429
                assert int(refused[-1].headers["retry-after"]) <= 60
                assert not stream.ended
    assert learners.refusals == []
    with opened(database_url) as engine:
        counted = ballot_tallies(engine)
        assert counted == ballots_recounted(engine)
    lost = votes - sum(sum(counts.values()) for counts in counted.values())
    fault(
        "clock jumped by an hour, forward and back",
        tried=len(learners.sent) + votes,
        refused=0,
        lost=lost + learners.lost(database_url),
        seen="Nothing: votes, streams, sign-ins and links go on, and limits end after their seconds.",
    )
