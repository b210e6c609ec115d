"""What stands on disk of groups' votes, on either database: whose they are, and whether tallies equal a recount."""

from collections.abc import Collection

from sqlalchemy import create_engine, text

_RECOUNT = text(
    """
    SELECT round_id, ballot, sum(CASE system WHEN 'threat' THEN 1 ELSE 0 END),
           sum(CASE system WHEN 'drive' THEN 1 ELSE 0 END), sum(CASE system WHEN 'soothing' THEN 1 ELSE 0 END),
           sum(CASE system WHEN 'unsure' THEN 1 ELSE 0 END), sum(CASE system WHEN 'pass' THEN 1 ELSE 0 END)
    FROM vote GROUP BY 1, 2 ORDER BY 1, 2
    """
)
_TALLY = text("SELECT round_id, ballot, threat, drive, soothing, unsure, passed FROM ballot_tally ORDER BY 1, 2")


def differing(url: str, acknowledged: Collection[str]) -> int:
    """How many members were acknowledged and have no vote, or have one and were not."""
    engine = create_engine(url)
    with engine.connect() as connection:
        stored = list(connection.execute(text("SELECT member FROM vote")).scalars())
    engine.dispose()
    return len(set(stored) ^ set(acknowledged)) + len(stored) - len(set(stored))


def tallies_agree(url: str) -> bool:
    """Whether each ballot's running tally equals a recount of its votes."""
    engine = create_engine(url)
    with engine.connect() as connection:
        counted = [tuple(int(count) for count in row) for row in connection.execute(_RECOUNT)]
        kept = [tuple(row) for row in connection.execute(_TALLY)]
    engine.dispose()
    return counted == kept
