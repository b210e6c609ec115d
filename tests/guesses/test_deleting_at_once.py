"""A learner deleted many times at once is taken out of the counts once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from api.guesses.recording import NewGuess, write_guesses
from api.persistence.engine import make_engine, write_engine
from api.practice.personal_data import delete_learner
from tests.faults import Fault
from tests.rows import recounted, tallies

pytestmark = pytest.mark.both_databases

STORIES = range(1, 5)
AT_ONCE = 16


def _filled(url: str) -> Engine:
    engine = make_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with write_engine(engine).begin() as connection:
        for story in STORIES:
            values = f"({story}, 'story-{story}', 'published', 'built-in', 1, 1)"
            connection.execute(
                text(f"INSERT INTO vignette (id, slug, status, origin, version, series) VALUES {values}")
            )
        write_guesses(connection, [_guess(who, story) for who in ("ana", "ben") for story in STORIES])
    return engine


def _guess(learner: str, story: int) -> NewGuess:
    return NewGuess(learner, story, 1, 1, "drive", None, None, None, None, datetime.now(UTC))


def test_sixteen_equal_deletions_at_once_lower_each_count_once(database_url: str, fault: Fault) -> None:
    engine = _filled(database_url)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: delete_learner(engine, "ana"), range(AT_ONCE)))

    assert tallies(engine) == recounted(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT min(drive), max(drive) FROM tally")).one() == (1, 1)
    engine.dispose()
    fault(
        "sixteen deletions of one learner at once",
        tried=AT_ONCE,
        refused=0,
        lost=0,
        seen="That everything is deleted; everyone else’s figures are right.",
    )


def test_deleting_beside_answering_leaves_the_counts_equal_to_a_recount(database_url: str) -> None:
    engine = _filled(database_url)

    def answer(story: int) -> None:
        with write_engine(engine).begin() as connection:
            write_guesses(connection, [_guess(f"new-{story}", story), _guess("ben", story)])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answered = [pool.submit(answer, story) for story in STORIES]
        deleted = [pool.submit(delete_learner, engine, who) for who in ("ana", "ben") for _ in range(4)]
        for task in (*answered, *deleted):
            task.result()

    assert tallies(engine) == recounted(engine)
    engine.dispose()
