"""Writes a batch of votes: each replaces the member's own, and the tallies move, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic_core import from_json
from sqlalchemy import Connection

from api.groups.phases import open_ballot
from api.kit.errors import Conflict, NotFound, Unprocessable
from api.kit.systems import VOTES
from api.persistence.bulk_sql import JsonBatch

# `pass` is a keyword of Python, so the column is named otherwise.
COLUMN: dict[str, str] = {vote: "passed" if vote == "pass" else vote for vote in VOTES}

_PLACE: dict[str, int] = {vote: place for place, vote in enumerate(VOTES)}

HAS_LEFT = "You have left this group. Join again with the join code, then answer."

Key = tuple[int, int, str]  # round id, ballot, member
Row = tuple[str, str | None, object, str | None, object, int]  # system, confidence, cues, reason, circles, version

_GROUPS = JsonBatch(
    """
    SELECT room.id, room.code, room.uid, room.kind, room.version, room.place IS NULL,
           CAST(room.place ->> 'round' AS INTEGER)
    FROM {batch} AS batch CROSS JOIN room WHERE room.code = batch.value ->> 0
    ORDER BY room.id {lock}
    """,
    lock="lock room",
)
# A statement of its own: what is read in one with the lock would be from before it.
_ROUNDS = JsonBatch(
    """
    SELECT round.group_id, round.id, CAST(round.path AS TEXT) AS path, round.number, CAST(round.ask AS TEXT) AS ask
    FROM {batch} AS batch CROSS JOIN round WHERE round.group_id = CAST(batch.value ->> 0 AS INTEGER)
    ORDER BY round.number
    """
)
_EARLIER = JsonBatch(
    """
    SELECT vote.round_id, vote.ballot, vote.member, vote.system
    FROM {batch} AS batch CROSS JOIN vote
    WHERE vote.round_id = CAST(batch.value ->> 0 AS INTEGER)
      AND vote.ballot = CAST(batch.value ->> 1 AS INTEGER)
      AND vote.member = batch.value ->> 2
    """
)
_LEFT = JsonBatch(
    """
    SELECT departure.group_id, departure.member
    FROM {batch} AS batch CROSS JOIN departure
    WHERE departure.group_id = CAST(batch.value ->> 0 AS INTEGER) AND departure.member = batch.value ->> 1
    """
)
_UPSERT = JsonBatch(
    """
    INSERT INTO vote (round_id, ballot, member, system, confidence, cues, reason, circles, version, reason_shown)
    SELECT CAST(value ->> 0 AS INTEGER), CAST(value ->> 1 AS INTEGER), value ->> 2, value ->> 3, value ->> 4, {cues},
           value ->> 6, {circles}, CAST(value ->> 8 AS INTEGER), false
    FROM {batch} AS batch WHERE true
    ON CONFLICT (round_id, ballot, member) DO UPDATE SET
        system = excluded.system, confidence = excluded.confidence, cues = excluded.cues, reason = excluded.reason,
        circles = excluded.circles, version = excluded.version, reason_shown = false
    """,
    cues="json 5",
    circles="json 7",
)
_MOVE = JsonBatch(
    """
    INSERT INTO ballot_tally (round_id, ballot, threat, drive, soothing, unsure, passed)
    SELECT CAST(value ->> 0 AS INTEGER), CAST(value ->> 1 AS INTEGER), CAST(value ->> 2 AS INTEGER),
           CAST(value ->> 3 AS INTEGER), CAST(value ->> 4 AS INTEGER), CAST(value ->> 5 AS INTEGER),
           CAST(value ->> 6 AS INTEGER)
    FROM {batch} AS batch WHERE true
    ON CONFLICT (round_id, ballot) DO UPDATE SET
        threat = ballot_tally.threat + excluded.threat, drive = ballot_tally.drive + excluded.drive,
        soothing = ballot_tally.soothing + excluded.soothing, unsure = ballot_tally.unsure + excluded.unsure,
        passed = ballot_tally.passed + excluded.passed
    RETURNING round_id, ballot, threat + drive + soothing + unsure + passed
    """
)
_CHANGED = JsonBatch(
    "UPDATE room SET version = version + 1 WHERE id IN (SELECT CAST(value ->> 0 AS INTEGER) FROM {batch} AS batch)"
)


@dataclass(slots=True)
class NewVote:
    """A checked vote on its way to disk."""

    code: str
    uid: str
    member: str
    system: str
    confidence: str | None
    cues: list[tuple[int, int]] | None
    reason: str | None
    circles: dict[str, int] | None


@dataclass(slots=True)
class Voted:
    """A vote on disk: its ballot, how many have answered in it, and the group's version after it."""

    ballot: int
    answered: int
    version: int


@dataclass(slots=True)
class _Open:
    """Where a group's votes go now."""

    group_id: int
    round_id: int
    ballot: int
    kind: str
    ask: str | None
    version: int


def write_votes(connection: Connection, batch: Sequence[NewVote]) -> list[Voted | Exception]:
    """Inserts or replaces the batch; anyone who votes outside a ballot gets a Conflict alone."""
    opened = _open_ballots(connection, batch)
    left = _left(connection, batch, opened)
    answers: list[Voted | Exception | None] = []
    rows: dict[Key, Row] = {}
    for vote in batch:
        place = opened.get((vote.code, vote.uid))
        if isinstance(place, _Open) and (place.group_id, vote.member) in left:
            answers.append(Conflict(HAS_LEFT))
        elif isinstance(place, _Open) and (told := _unasked(vote, place)):
            answers.append(Unprocessable(told))
        elif isinstance(place, _Open):
            answers.append(None)
            rows[place.round_id, place.ballot, vote.member] = _row(vote, place)
        else:
            answers.append(
                place or NotFound("This group has ended, or the code is not right. Check the code and try again.")
            )
    if not rows:
        return [answer for answer in answers if answer is not None]
    answered = _store(connection, rows)
    changed = sorted({place.group_id for place in opened.values() if isinstance(place, _Open)})
    _CHANGED.execute(connection, [[group_id] for group_id in changed])
    return [
        answer or _voted(opened[vote.code, vote.uid], answered) for vote, answer in zip(batch, answers, strict=True)
    ]


def _left(
    connection: Connection, batch: Sequence[NewVote], opened: Mapping[tuple[str, str], _Open | Exception]
) -> set[tuple[int, str]]:
    """Which members of the batch have left their group."""
    asked = {
        (place.group_id, vote.member) for vote in batch if isinstance(place := opened.get((vote.code, vote.uid)), _Open)
    }
    return {(row[0], row[1]) for row in _LEFT.execute(connection, sorted(asked))} if asked else set()


def _voted(place: "_Open | Exception", answered: dict[tuple[int, int], int]) -> Voted | Exception:
    if isinstance(place, Exception):
        return place
    return Voted(place.ballot, answered[place.round_id, place.ballot], place.version + 1)


def _row(vote: NewVote, place: _Open) -> Row:
    return (vote.system, vote.confidence, vote.cues, vote.reason, vote.circles, place.version + 1)


def _open_ballots(connection: Connection, batch: Sequence[NewVote]) -> dict[tuple[str, str], _Open | Exception]:
    """Each group's open ballot. Its row stays locked to the commit, so that no phase changes in between."""
    found = _GROUPS.execute(connection, [[code] for code in sorted({vote.code for vote in batch})]).all()
    newest = _ROUNDS.execute(connection, [[row[0]] for row in found])
    rounds = {group_id: (round_id, path, number, ask) for group_id, round_id, path, number, ask in newest}
    opened: dict[tuple[str, str], _Open | Exception] = {}
    for group_id, code, uid, kind, version, free, playing in found:
        round_id, path, number, ask = rounds.get(group_id, (None, "[]", None, None))
        # A guided session that has gone on to another step has closed the round's vote.
        here = free or playing == number
        if round_id is None or not here or (ballot := _open_ballot(path)) is None:
            opened[code, uid] = Conflict("Voting is closed at the moment.")
        else:
            opened[code, uid] = _Open(group_id, round_id, ballot, kind, ask, version)
    return opened


def _unasked(vote: NewVote, place: _Open) -> str | None:
    """Why the vote cannot be taken as it is: it brings what this round does not ask for."""
    if vote.reason and place.kind != "training":
        return "Please send your choice only. This group does not collect comments."
    asked = asked_by(place.kind) if place.ask is None else _asked(place.ask)
    brought = {"cues": vote.cues, "confidence": vote.confidence, "reason": vote.reason, "circles": vote.circles}
    more = [name for name, value in brought.items() if value and name not in asked]
    return f"This round does not ask for {' or '.join(more)}. Please send your answer without it." if more else None


@lru_cache
def asked_by(kind: str) -> frozenset[str]:
    """What a round may be told beside the choice, where its session's plan does not say."""
    return frozenset(("cues", "confidence", "reason") if kind == "training" else ("cues",))


@lru_cache
def _asked(ask: str) -> frozenset[str]:
    return frozenset(from_json(ask))


@lru_cache
def _open_ballot(path: str) -> int | None:
    """Rounds share the few ways that there are through the phases, each kept as JSON."""
    return open_ballot(from_json(path))


def _store(connection: Connection, rows: dict[Key, Row]) -> dict[tuple[int, int], int]:
    """Upserts the votes, moves the tallies by the difference, and gives the number of answers in each ballot."""
    keys = sorted(rows)
    earlier = {
        (round_id, ballot, member): system for round_id, ballot, member, system in _EARLIER.execute(connection, keys)
    }
    _UPSERT.execute(connection, [(*key, *rows[key]) for key in keys])
    steps: dict[tuple[int, int], list[int]] = {}
    for key in keys:
        if (step := steps.get(key[:2])) is None:
            step = steps[key[:2]] = [0] * len(VOTES)
        step[_PLACE[rows[key][0]]] += 1
        if key in earlier:
            step[_PLACE[earlier[key]]] -= 1
    moved = _MOVE.execute(connection, [(*key, *step) for key, step in sorted(steps.items())])
    return {(row[0], row[1]): row[2] for row in moved}
