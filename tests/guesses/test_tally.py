"""The running counts and a recount of first attempts never differ."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.guesses.recording import NewGuess, write_guesses
from api.kit.systems import ANSWERS
from api.persistence.engine import make_engine, write_engine
from tests.databases import KINDS
from tests.postgres import Postgres
from tests.rows import recounted, tallies

pytestmark = pytest.mark.both_databases

VIGNETTE = 1

_series = count(1)


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all examples; each example counts in series of its own."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("tally") / "test.db"
        path.write_bytes(template.read_bytes())
        url = f"sqlite:///{path}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        name = server.create(request.getfixturevalue("postgres_template"))
        url = server.url(name).replace("postgresql://", "postgresql+psycopg://")
    engine = make_engine(url)
    with write_engine(engine).begin() as connection:
        values = f"({VIGNETTE}, 'ana-the-race', 'published', 'built-in', 1, 1)"
        connection.execute(text(f"INSERT INTO vignette (id, slug, status, origin, version, series) VALUES {values}"))
    yield engine
    engine.dispose()


answers = st.tuples(st.sampled_from(["ana", "ben", "cleo"]), st.booleans(), st.sampled_from(ANSWERS))
batches = st.lists(st.lists(answers, min_size=1, max_size=12), min_size=1, max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches)
def test_after_any_batches_the_tally_is_the_recount_of_first_attempts(
    engine: Engine, batches: list[list[tuple[str, bool, str]]]
) -> None:
    one, other = next(_series), next(_series)
    seen: dict[tuple[str, bool], int] = {}
    for batch in batches:
        with write_engine(engine).begin() as connection:
            recorded = write_guesses(connection, [_guess(who, other if b else one, what) for who, b, what in batch])
        for (who, which, _), answer in zip(batch, recorded, strict=True):
            seen[who, which] = seen.get((who, which), 0) + 1
            assert answer.attempt == seen[who, which]
            counts = +Counter(dict(zip(ANSWERS, answer.counts, strict=True)))
            assert counts == tallies(engine)[VIGNETTE, other if which else one]

    assert tallies(engine) == recounted(engine)


def _guess(learner: str, series: int, system: str) -> NewGuess:
    return NewGuess(learner, VIGNETTE, series, 1, system, None, None, None, None, datetime.now(UTC))
