"""What the groups' tables hold, read without the product's own queries."""

from collections import Counter

from sqlalchemy import Engine, inspect, text

VOTES = ("threat", "drive", "soothing", "unsure", "pass")

Ballot = tuple[int, int]  # round id, number


def vote_rows(engine: Engine) -> list[tuple[int, int, str, str]]:
    """Round, ballot, member and answer of every vote."""
    with engine.connect() as connection:
        found = connection.execute(text("SELECT round_id, ballot, member, system FROM vote ORDER BY id"))
        return [(row[0], row[1], row[2], row[3]) for row in found]


def ballot_tallies(engine: Engine) -> dict[Ballot, Counter[str]]:
    """The running counts of each ballot, without those of nothing."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT round_id, ballot, threat, drive, soothing, unsure, passed FROM ballot_tally")
        )
        found = {(row[0], row[1]): +Counter(dict(zip(VOTES, row[2:], strict=True))) for row in rows}
    return {ballot: counts for ballot, counts in found.items() if counts}


def ballots_recounted(engine: Engine) -> dict[Ballot, Counter[str]]:
    """The same, counted from the votes."""
    found: dict[Ballot, Counter[str]] = {}
    for round_id, ballot, _, system in vote_rows(engine):
        found.setdefault((round_id, ballot), Counter())[system] += 1
    return found


def reasons(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT reason FROM vote WHERE reason IS NOT NULL")).scalars())


def sizes(engine: Engine) -> dict[str, int]:
    """How many rows every table has."""
    with engine.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in inspect(engine).get_table_names()
        }


def everything(engine: Engine) -> str:
    """Every row of every table as text, to look for what must not be there."""
    with engine.connect() as connection:
        return "\n".join(
            f"{name}: {tuple(row)}"
            for name in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        )


def move_code(engine: Engine, code: str, to: str) -> None:
    """Gives a group another code."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE room SET code = :to WHERE code = :code"), {"to": to, "code": code})


def let_expire(engine: Engine, code: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE room SET expires_at = :past WHERE code = :code"),
            {"past": "2020-01-01 00:00:00.000000", "code": code},
        )
