"""The one thread that commits: every caller is answered after the commit, and each for itself."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from api.kit.errors import Unavailable
from api.kit.settings import Settings
from api.observability.logs import set_up_logs
from api.persistence import group_commit as writing
from api.persistence.engine import make_engine
from api.persistence.group_commit import Writer

pytestmark = pytest.mark.both_databases

Write = Callable[[Connection, Sequence[str]], Sequence[str | Exception]]
Shouts = Writer[str, str]


@pytest.fixture
def engine(settings: Settings) -> Engine:
    engine = make_engine(settings.resolved_database_url())
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE shout (words TEXT NOT NULL UNIQUE)"))
    return engine


@asynccontextmanager
async def started(engine: Engine, write: Write) -> AsyncIterator[Shouts]:
    writer: Shouts = Writer(engine, write)
    writer.start()
    yield writer
    await writer.stop()


def shout(connection: Connection, items: Sequence[str]) -> Sequence[str | Exception]:
    for item in items:
        if item == "bad":
            raise ValueError(item)
        connection.execute(text("INSERT INTO shout VALUES (:words)"), {"words": item})
    return [item.upper() for item in items]


def shouted(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT words FROM shout ORDER BY words")).scalars())


class Gate:
    """Holds the first batch back until many items wait behind it."""

    def __init__(self, write: Write) -> None:
        self.write = write
        self.reached = threading.Event()
        self.open = threading.Event()
        self.sizes: list[int] = []

    def __call__(self, connection: Connection, items: Sequence[str]) -> Sequence[str | Exception]:
        self.sizes.append(len(items))
        self.reached.set()
        assert self.open.wait(5)
        return self.write(connection, items)


async def submit_behind(gate: Gate, writer: Shouts, *items: str) -> list[asyncio.Task[str]]:
    """Submits a first item, which the gate holds back, and then the others, which wait together."""
    first = asyncio.create_task(writer.submit("first"))
    assert await asyncio.to_thread(gate.reached.wait, 5)
    others = [asyncio.create_task(writer.submit(item)) for item in items]
    await asyncio.sleep(0)
    return [first, *others]


async def test_what_arrives_during_a_commit_goes_into_the_next_one_together(engine: Engine) -> None:
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "a", "b", "c")
        assert writer.depth == 3
        gate.open.set()

        assert await asyncio.gather(*tasks) == ["FIRST", "A", "B", "C"]
    assert gate.sizes == [1, 3]
    assert shouted(engine) == ["a", "b", "c", "first"]


async def test_a_bad_item_fails_alone_and_the_others_are_kept(engine: Engine) -> None:
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "a", "bad", "b")
        gate.open.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert [answers[0], answers[1], answers[3]] == ["FIRST", "A", "B"]
    assert isinstance(answers[2], ValueError)
    assert shouted(engine) == ["a", "b", "first"]


async def test_a_row_that_the_database_refuses_fails_alone(engine: Engine) -> None:
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "a", "first", "b")
        gate.open.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(answers[2], IntegrityError)
    assert shouted(engine) == ["a", "b", "first"]


async def test_an_answer_that_is_an_exception_is_raised_to_its_caller_alone(engine: Engine) -> None:
    def refuse_b(connection: Connection, items: Sequence[str]) -> Sequence[str | Exception]:
        return [KeyError(item) if item == "b" else item for item in items]

    gate = Gate(refuse_b)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "a", "b", "c")
        gate.open.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert [answers[0], answers[1], answers[3]] == ["first", "a", "c"]
    assert isinstance(answers[2], KeyError)


async def test_the_writer_goes_on_after_a_failure(engine: Engine) -> None:
    async with started(engine, shout) as writer:
        with pytest.raises(ValueError, match="bad"):
            await writer.submit("bad")

        assert await writer.submit("good") == "GOOD"


async def test_a_full_queue_is_refused_at_once_and_what_waits_is_kept(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "QUEUE_LIMIT", 2)
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "a", "b")
        with pytest.raises(Unavailable) as refusal:
            await writer.submit("one too many")
        gate.open.set()
        await asyncio.gather(*tasks)

        assert await writer.submit("later") == "LATER"
    assert int(refusal.value.headers["Retry-After"]) > 0
    assert shouted(engine) == ["a", "b", "first", "later"]


async def test_a_long_queue_is_written_in_bounded_batches(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BATCH_LIMIT", 2)
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, *"abcde")
        gate.open.set()
        await asyncio.gather(*tasks)

    assert gate.sizes == [1, 2, 2, 1]


async def test_stopping_writes_what_waits_and_refuses_what_comes_later(engine: Engine) -> None:
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "a", "b")
        stop = asyncio.create_task(writer.stop())
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await writer.submit("too late")
        gate.open.set()
        await stop

        assert await asyncio.gather(*tasks) == ["FIRST", "A", "B"]
    assert shouted(engine) == ["a", "b", "first"]


async def test_what_comes_in_the_turn_of_the_stop_is_written_however_much_it_is(engine: Engine) -> None:
    many = [f"W{number}" for number in range(writing.BATCH_LIMIT * 2 + 1)]
    async with started(engine, shout) as writer:
        tasks = [asyncio.create_task(writer.submit(word)) for word in many]
        await asyncio.sleep(0)
        await asyncio.wait_for(writer.stop(), 20)

        assert await asyncio.wait_for(asyncio.gather(*tasks), 2) == many
    assert len(shouted(engine)) == len(many)


async def test_what_waits_for_the_queue_goes_on_once_all_that_came_before_is_written(engine: Engine) -> None:
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "gone", "stays")
        tasks[1].cancel()  # its item is written all the same
        drained = asyncio.create_task(writer.drained())
        await asyncio.sleep(0.05)
        assert not drained.done()
        gate.open.set()
        await asyncio.wait_for(drained, 5)

        assert shouted(engine) == ["first", "gone", "stays"]
        await asyncio.wait_for(writer.drained(), 5)  # nothing waits


async def test_a_caller_who_has_gone_disturbs_no_one(engine: Engine) -> None:
    gate = Gate(shout)
    async with started(engine, gate) as writer:
        tasks = await submit_behind(gate, writer, "gone", "stays")
        tasks[1].cancel()
        gate.open.set()

        assert await tasks[2] == "STAYS"


async def test_what_someone_wrote_does_not_reach_the_log_when_writing_it_fails(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs()
    try:
        async with started(engine, shout) as writer:
            await writer.submit("a private word")
            with pytest.raises(IntegrityError):
                await writer.submit("a private word")
    finally:
        structlog.reset_defaults()

    log = capsys.readouterr().err
    assert "write_failed" in log
    assert "a private word" not in log
