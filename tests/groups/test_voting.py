"""Votes on their way to disk: one of each member, tallies that are right, and a price that does not grow."""

import asyncio
import shutil
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import settings as tries
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from api.bulk_writes import write_batch
from api.groups import service
from api.groups.phases import PHASES, Phase, WrongPhase, advance, is_shown, open_ballot, take_back
from api.groups.service import NewGroup
from api.groups.state import read_state
from api.groups.voting import NewVote, Voted, write_votes
from api.guesses.recording import NewGuess, Recorded
from api.kit.errors import Conflict, NotFound, Unprocessable
from api.kit.settings import Settings
from api.kit.systems import VOTES
from api.persistence.engine import make_engine, write_engine
from api.vignettes.catalogue import Catalogue
from api.vignettes.sync import load_library
from tests.cast import ANA, CLEO, put_cases
from tests.groups.room import Room, new_room, vote_all
from tests.groups.rows import ballot_tallies, ballots_recounted, vote_rows
from tests.statements import counted

pytestmark = pytest.mark.both_databases

MEMBERS = [f"m{number}" for number in range(6)]


def new_vote(group: NewGroup, member: str = "m0", system: str = "drive", reason: str | None = None) -> NewVote:
    return NewVote(group.code, group.uid, member, system, None, None, reason, None)


def write(engine: Engine, *votes: NewVote) -> list[Voted | Exception]:
    with write_engine(engine).begin() as connection:
        return write_votes(connection, votes)


def make_group(engine: Engine, catalogue: Catalogue, kind: str = "training", phase: str | None = "voting") -> NewGroup:
    made = service.create_group(engine, catalogue, kind, "", [], 1, False)  # type: ignore[arg-type]
    if phase is not None:
        service.start_round(engine, made.code, made.uid, catalogue.vignettes[ANA])
        if phase == "voting":
            service.change_phase(engine, catalogue, Settings(), made.code, made.uid, "voting")
    return made


@pytest.fixture
def catalogue(app: FastAPI) -> Catalogue:
    found: Catalogue = app.state.catalogue
    return found


# Any sequence of votes and steps


class Evening(RuleBasedStateMachine):
    """Two groups, and people who vote whenever they like while their rounds go on."""

    template: Path
    folder: Path
    cases: Path
    numbers = count()

    def __init__(self) -> None:
        super().__init__()
        path = shutil.copy(self.template, self.folder / f"{next(self.numbers)}.db")
        self.engine = make_engine(f"sqlite:///{path}")
        self.catalogue = load_library(self.engine, self.cases)
        self.groups = [make_group(self.engine, self.catalogue, phase=None) for _ in range(2)]
        self.paths: list[tuple[Phase, ...]] = [(), ()]
        self.rounds = [0, 0]
        # What each member last said, by group, round and ballot.
        self.said: dict[tuple[int, int, int, str], str] = {}

    @rule(group=st.integers(0, 1), slug=st.sampled_from((ANA, CLEO)))
    def begin(self, group: int, slug: str) -> None:
        made, path = self.groups[group], self.paths[group]
        try:
            service.start_round(self.engine, made.code, made.uid, self.catalogue.vignettes[slug])
        except Conflict:
            assert path
            assert path[-1] in ("voting", "discussing", "revoting")
            return
        assert not path or path[-1] in ("reading", "revealed", "ended")
        if path[-1:] == ("reading",):
            # The round that no one has voted in yet, or whose votes were taken back, is another one now.
            self.said = {key: said for key, said in self.said.items() if key[:2] != (group, self.rounds[group])}
        else:
            self.rounds[group] += 1
        self.paths[group] = ("reading",)

    @rule(group=st.integers(0, 1), phase=st.sampled_from(PHASES))
    def step(self, group: int, phase: Phase) -> None:
        made, path = self.groups[group], self.paths[group]
        try:
            service.change_phase(self.engine, self.catalogue, Settings(), made.code, made.uid, phase)
        except Conflict:
            if path:
                with pytest.raises(WrongPhase):
                    advance(path, phase)
            return
        self.paths[group] = advance(path, phase)

    @rule(group=st.integers(0, 1))
    def forward(self, group: int) -> None:
        """The large button, so that rounds get somewhere."""
        order = ("voting", "discussing", "revoting", "revealed", "ended")
        path = self.paths[group]
        if path and path[-1] != "ended":
            self.step(group, order[order.index(path[-1]) + 1] if path[-1] in order else "voting")

    @rule(group=st.integers(0, 1))
    def back(self, group: int) -> None:
        made, path = self.groups[group], self.paths[group]
        try:
            service.go_back(self.engine, made.code, made.uid)
        except Conflict:
            assert len(path) < 2 or is_shown(path)
            return
        self.paths[group] = take_back(path)

    @rule(
        votes=st.lists(
            st.tuples(st.integers(0, 1), st.sampled_from(MEMBERS), st.sampled_from(VOTES)), min_size=1, max_size=8
        )
    )
    def vote(self, votes: list[tuple[int, str, str]]) -> None:
        answers = write(self.engine, *(new_vote(self.groups[group], member, said) for group, member, said in votes))
        assert len(answers) == len(votes)
        for (group, member, said), answer in zip(votes, answers, strict=True):
            ballot = open_ballot(self.paths[group]) if self.paths[group] else None
            if ballot is None:
                assert isinstance(answer, Conflict)
            else:
                assert isinstance(answer, Voted)
                assert answer.ballot == ballot
                self.said[group, self.rounds[group], ballot, member] = said
        for (group, _, _), answer in zip(votes, answers, strict=True):
            if isinstance(answer, Voted):
                place = (group, self.rounds[group], answer.ballot)
                assert answer.answered == sum(key[:3] == place for key in self.said)

    @invariant()
    def the_votes_are_what_everyone_last_said(self) -> None:
        assert sorted(self.said.values()) == sorted(said for _, _, _, said in vote_rows(self.engine))

    @invariant()
    def the_tallies_equal_a_recount(self) -> None:
        assert ballot_tallies(self.engine) == ballots_recounted(self.engine)

    @invariant()
    def each_group_stands_where_its_steps_led(self) -> None:
        for group, made in enumerate(self.groups):
            state = read_state(self.engine, made.code)
            assert state is not None
            assert (state.round.path if state.round else ()) == self.paths[group]
            assert state.rounds == self.rounds[group]

    def teardown(self) -> None:
        self.engine.dispose()


def test_after_any_votes_and_steps_tallies_equal_a_recount(sqlite_template: Path, tmp_path: Path) -> None:
    class Here(Evening):
        template, folder, cases = sqlite_template, tmp_path, put_cases(tmp_path / "cases")

    run_state_machine_as_test(Here, settings=tries(max_examples=15, stateful_step_count=25, deadline=None))


# Batches


async def test_in_a_batch_only_the_votes_of_a_closed_group_fail(
    app: FastAPI, engine: Engine, catalogue: Catalogue
) -> None:
    is_open, other = make_group(engine, catalogue), make_group(engine, catalogue)
    reading = make_group(engine, catalogue, phase="reading")
    waiting = make_group(engine, catalogue, phase=None)
    gone = make_group(engine, catalogue)
    service.end_group(engine, gone.code, gone.uid)

    answers = write(
        engine,
        new_vote(reading),
        new_vote(is_open, "m1"),
        new_vote(waiting),
        new_vote(gone),
        new_vote(NewGroup(is_open.code, "another uid")),
        new_vote(other, "m2", "pass"),
        new_vote(is_open, "m3", "threat"),
    )

    kinds = [type(answer) for answer in answers]
    assert kinds == [Conflict, Voted, Conflict, NotFound, NotFound, Voted, Voted]
    assert [answer.answered for answer in answers if isinstance(answer, Voted)] == [2, 1, 2]
    assert len(vote_rows(engine)) == 3
    assert ballot_tallies(engine) == ballots_recounted(engine)


async def test_a_batch_without_an_open_vote_writes_nothing(app: FastAPI, engine: Engine, catalogue: Catalogue) -> None:
    reading = make_group(engine, catalogue, phase="reading")
    version = read_state(engine, reading.code)

    answers = write(engine, new_vote(reading), new_vote(reading, "m1"))

    assert all(isinstance(answer, Conflict) for answer in answers)
    assert read_state(engine, reading.code) == version


async def test_someone_who_votes_twice_in_a_batch_has_the_last_one_counted(
    app: FastAPI, engine: Engine, catalogue: Catalogue
) -> None:
    group = make_group(engine, catalogue)
    write(engine, new_vote(group, "m0", "soothing"))

    answers = write(engine, *(new_vote(group, "m0", system) for system in ("threat", "drive", "unsure")))

    assert [answer.answered for answer in answers if isinstance(answer, Voted)] == [1, 1, 1]
    assert list(ballot_tallies(engine).values()) == [{"unsure": 1}]


async def test_a_reason_in_a_careful_group_fails_alone(app: FastAPI, engine: Engine, catalogue: Catalogue) -> None:
    careful = make_group(engine, catalogue, "psychoeducation")

    answers = write(engine, new_vote(careful, "m0", reason="words"), new_vote(careful, "m1"))

    assert [type(answer) for answer in answers] == [Unprocessable, Voted]
    assert [member for _, _, member, _ in vote_rows(engine)] == ["m1"]


@pytest.mark.parametrize("size", [10, 500])
async def test_a_batch_of_votes_costs_as_many_statements_as_one(
    app: FastAPI, engine: Engine, catalogue: Catalogue, size: int
) -> None:
    groups = [make_group(engine, catalogue) for _ in range(3)]

    def cost(number: int) -> int:
        votes = [new_vote(groups[place % 3], f"member {place}", VOTES[place % 5]) for place in range(number)]
        with counted(engine) as statements:
            answers = write(engine, *votes)
        assert all(isinstance(answer, Voted) for answer in answers)
        return len(statements)

    assert 0 < cost(1) == cost(size)


async def test_guesses_and_votes_share_a_transaction_and_keep_their_order(
    app: FastAPI, engine: Engine, catalogue: Catalogue
) -> None:
    group, closed = make_group(engine, catalogue), make_group(engine, catalogue, phase="reading")
    ana = catalogue.vignettes[ANA]
    guess = NewGuess("learner", ana.id, ana.series, 1, "drive", None, None, None, None, datetime.now(UTC))

    with write_engine(engine).begin() as connection:
        answers = write_batch(connection, [new_vote(group), guess, new_vote(closed), guess, new_vote(group, "m1")])

    assert [type(answer) for answer in answers] == [Voted, Recorded, Conflict, Recorded, Voted]
    assert [answer.attempt for answer in answers if isinstance(answer, Recorded)] == [1, 2]


# Everyone at once


async def test_a_class_that_votes_at_once_is_counted_in_few_commits(
    class_room: Room, engine: Engine, app: FastAPI
) -> None:
    phones = await class_room.people(60)
    await class_room.start_round()
    await class_room.go("voting")

    answers = await asyncio.gather(*(phone.vote(VOTES[n % 5]) for n, phone in enumerate(phones)))

    assert {answer.status_code for answer in answers} == {200}
    assert list(ballot_tallies(engine).values()) == [dict.fromkeys(VOTES, 12)]
    assert ballot_tallies(engine) == ballots_recounted(engine)


async def test_votes_that_race_with_the_end_of_the_vote_are_counted_or_refused(
    class_room: Room, engine: Engine
) -> None:
    phones = await class_room.people(20)
    await class_room.start_round()
    await class_room.go("voting")

    await vote_all(phones, *["unsure"] * 20)

    async def close() -> None:
        await asyncio.sleep(0.02)
        await class_room.go("revealed")

    async def keep_voting(phone: int) -> list[int]:
        return [(await phones[phone].vote(system)).status_code for system in VOTES * 4]

    closing = asyncio.create_task(close())
    answers = await asyncio.gather(*map(keep_voting, range(20)))
    await closing

    assert {status for statuses in answers for status in statuses} <= {200, 409}
    for statuses in answers:
        assert statuses == sorted(statuses)  # once it is closed, it stays closed
    assert ballot_tallies(engine) == ballots_recounted(engine)
    shown = (await class_room.state())["results"]["ballots"][0]["systems"]
    assert {share["system"]: share["count"] for share in shown if share["count"]} == next(
        iter(ballot_tallies(engine).values())
    )


async def test_rounds_of_two_groups_do_not_touch_each_other(client: httpx.AsyncClient, engine: Engine) -> None:
    rooms = [await new_room(client, "training") for _ in range(2)]
    for room, system in zip(rooms, ("drive", "threat"), strict=True):
        phones = await room.people(5)
        await room.start_round()
        await room.go("voting")
        await vote_all(phones, *[system] * 5)

    shown = [(await room.go("revealed"))["results"]["ballots"][0]["systems"] for room in rooms]

    assert [[share["count"] for share in systems] for systems in shown] == [[0, 5, 0, 0, 0], [5, 0, 0, 0, 0]]
