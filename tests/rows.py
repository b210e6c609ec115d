"""What stands in the database, read without the product's own queries."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text

from api.kit.systems import ANSWERS

Place = tuple[int, int]  # vignette id, series


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine of the test's own for a database of the product."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        yield engine
    finally:
        engine.dispose()


def tallies(engine: Engine) -> dict[Place, Counter[str]]:
    """The running counts, without those of nothing."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT vignette_id, series, threat, drive, soothing, unsure FROM tally"))
        return {(row[0], row[1]): +Counter(dict(zip(ANSWERS, row[2:], strict=True))) for row in rows}


def recounted(engine: Engine) -> dict[Place, Counter[str]]:
    """The same, counted from each learner's first attempt."""
    found: dict[Place, Counter[str]] = {}
    with engine.connect() as connection:
        for vignette_id, series, system in connection.execute(
            text("SELECT vignette_id, series, system FROM guess WHERE attempt = 1")
        ):
            found.setdefault((vignette_id, series), Counter())[system] += 1
    return found


def reasons(engine: Engine) -> list[str]:
    """The reasons of all guesses; the tests use them to tell guesses apart."""
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(text("SELECT reason FROM guess ORDER BY id"))]


def attempts(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(text("SELECT attempt FROM guess ORDER BY attempt"))]
