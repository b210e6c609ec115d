"""Under load streams slow down first, statistics wait next, and guesses are refused last."""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from time import monotonic

import httpx
import pytest
from fastapi import FastAPI

from api.groups.live.hub import Hub
from api.web.load_shedding import STREAMS
from tests.cast import ANA
from tests.live import StartServer
from tests.locking import locked
from tests.operations.figures import Figures, read_figures
from tests.rows import opened, reasons, recounted, tallies
from tests.server.load import Load


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_streams_give_way_before_statistics_and_statistics_before_guesses(
    start_server: StartServer, database_url: str, tmp_path: Path
) -> None:
    server = await asyncio.to_thread(start_server)
    load = Load(server.base_url)
    async with httpx.AsyncClient(base_url=server.base_url, trust_env=False, timeout=30) as client:
        token = (await client.post("/api/v1/learners")).json()["learner_token"]
        headers = {"Authorization": f"Bearer {token}"}
        guess = {"system": "drive", "reason": "mine"}
        assert (await client.post(f"/api/v1/vignettes/{ANA}/guesses", json=guess, headers=headers)).is_success

        async def figures() -> Figures:
            return read_figures((await client.get("/metrics")).text)

        async def statistics() -> httpx.Response:
            return await client.get(f"/api/v1/vignettes/{ANA}/statistics", headers=headers)

        assert (await statistics()).status_code == 200
        running = asyncio.create_task(load.run(60))
        await asyncio.wait_for(load.enough.wait(), 30)
        before = list(load.refused)
        with opened(database_url) as engine, locked(engine):  # a disk that stalls, while everyone answers
            put_off = None
            while (found := await figures())["three_circles_shed_total:guesses"] == 0:
                if found["three_circles_pressure"] >= 2 and put_off is None:
                    put_off = await statistics()  # SQLite can be read all the while
                await asyncio.sleep(0.1)

        async with asyncio.timeout(60):
            while True:
                if (await figures())["three_circles_pressure"] == 0:
                    break
                await asyncio.sleep(0.1)
        after = await statistics()
        server.terminate()
        await asyncio.to_thread(server.process.wait, 60)
        await asyncio.wait_for(running, 30)

    told = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines() if "shedding" in line]
    steps = [line["what"] for line in told if line["event"] == "shedding"]
    assert list(dict.fromkeys(steps)) == ["streams", "statistics", "guesses"]
    assert "shedding_over" in [line["event"] for line in told]
    assert found["three_circles_shed_total:streams"] > 0
    assert put_off is not None
    assert put_off.status_code == 503
    assert int(put_off.headers["retry-after"]) > 0
    assert after.status_code == 200
    assert before == []
    assert set(load.refused) == {503}
    with opened(database_url) as engine:
        assert load.acknowledged <= set(reasons(engine))
        assert tallies(engine) == recounted(engine)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_streams_are_updated_once_a_second_while_answers_wait(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub: Hub = app.state.hub
    moments: list[float] = []
    push = hub._push

    async def noted() -> None:
        moments.append(monotonic())
        hub._wake.set()  # there is always something to tell
        await push()

    async def gaps(number: int) -> list[float]:
        moments.clear()
        async with asyncio.timeout(60):
            while len(moments) <= number:  # noqa: ASYNC110  # no one else says when
                await asyncio.sleep(0.05)
        return [later - earlier for earlier, later in pairwise(moments)]

    monkeypatch.setattr(hub, "_push", noted)
    calm = await gaps(4)
    monkeypatch.setattr(app.state.writer, "waiting_seconds", lambda: 0.7)
    await gaps(1)  # the pause under way is still a short one
    strained = await gaps(3)

    assert min(calm) < 0.6
    assert sum(strained) > 1.5  # 3 s without the first one's delay; 0.75 s if nothing gave way
    assert app.state.pressure.level == STREAMS
