"""Writes a batch of votes: each replaces the member's own, and the tallies move, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from api.db import insert_into
from api.groups.models import BallotTally, Group, GroupRound, Vote
from api.groups.phases import open_ballot
from api.guesses.recording import table
from api.library.systems import VOTES
from api.problems import Conflict, NotFound, Unprocessable

# `pass` is a keyword of Python, so the column is named otherwise.
COLUMN: dict[str, str] = {vote: "passed" if vote == "pass" else vote for vote in VOTES}

_group, _round, _vote, _tally = table(Group), table(GroupRound), table(Vote), table(BallotTally)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Voted:
    """A vote on disk: its ballot, how many have answered in it, and the group's version after it."""

    ballot: int
    answered: int
    version: int


@dataclass(frozen=True, slots=True)
class _Open:
    """Where a group's votes go now."""

    group_id: int
    round_id: int
    ballot: int
    kind: str
    version: int


def write_votes(connection: Connection, batch: Sequence[NewVote]) -> list[Voted | Exception]:
    """Inserts or replaces the batch; whoever votes outside a ballot gets a Conflict alone."""
    opened = _open_ballots(connection, batch)
    answers: list[Voted | Exception | None] = []
    rows: dict[tuple[int, int, str], dict[str, Any]] = {}
    for vote in batch:
        place = opened.get((vote.code, vote.uid))
        if isinstance(place, _Open) and place.kind != "training" and vote.reason:
            answers.append(Unprocessable("This group takes no words of your own; please send only your choice."))
        elif isinstance(place, _Open):
            answers.append(None)
            rows[place.round_id, place.ballot, vote.member] = _row(vote, place)
        else:
            answers.append(place or NotFound("This group has ended, or the code is mistyped."))
    if not rows:
        return [answer for answer in answers if answer is not None]
    answered = _store(connection, rows)
    changed = {place.group_id: place.version + 1 for place in opened.values() if isinstance(place, _Open)}
    connection.execute(
        update(_group).where(_group.c.id == bindparam("the_group")).values(version=bindparam("to_version")),
        [{"the_group": group_id, "to_version": version} for group_id, version in sorted(changed.items())],
    )
    return [
        answer or _voted(opened[vote.code, vote.uid], answered) for vote, answer in zip(batch, answers, strict=True)
    ]


def _voted(place: "_Open | Exception", answered: dict[tuple[int, int], int]) -> Voted | Exception:
    if isinstance(place, Exception):
        return place
    return Voted(place.ballot, answered[place.round_id, place.ballot], place.version + 1)


def _row(vote: NewVote, place: _Open) -> dict[str, Any]:
    return {
        "round_id": place.round_id,
        "ballot": place.ballot,
        "member": vote.member,
        "system": vote.system,
        "confidence": vote.confidence,
        "cues": vote.cues,
        "reason": vote.reason,
        "circles": vote.circles,
        "reason_shown": False,
        "version": place.version + 1,
    }


def _open_ballots(connection: Connection, batch: Sequence[NewVote]) -> dict[tuple[str, str], _Open | Exception]:
    """Each group's open ballot. Its row stays locked to the commit, so that no phase changes in between."""
    codes = sorted({vote.code for vote in batch})
    found = connection.execute(
        select(_group.c.id, _group.c.code, _group.c.uid, _group.c.kind, _group.c.version)
        .where(_group.c.code.in_(codes))
        .order_by(_group.c.id)
        .with_for_update()
    ).all()
    newest = connection.execute(
        select(_round.c.group_id, _round.c.id, _round.c.path)
        .where(_round.c.group_id.in_([row.id for row in found]))
        .order_by(_round.c.number)
    )
    rounds = {group_id: (round_id, path) for group_id, round_id, path in newest}
    opened: dict[tuple[str, str], _Open | Exception] = {}
    for row in found:
        round_id, path = rounds.get(row.id, (None, None))
        ballot = open_ballot(path) if path else None
        if round_id is None or ballot is None:
            opened[row.code, row.uid] = Conflict("The vote is not open right now. It opens for everybody together.")
        else:
            opened[row.code, row.uid] = _Open(row.id, round_id, ballot, row.kind, row.version)
    return opened


def _store(connection: Connection, rows: dict[tuple[int, int, str], dict[str, Any]]) -> dict[tuple[int, int], int]:
    """Upserts the votes, moves the tallies by the difference, and gives the number of answers in each ballot."""
    columns = (_vote.c.round_id, _vote.c.ballot, _vote.c.member)
    found = connection.execute(select(*columns, _vote.c.system).where(tuple_(*columns).in_(sorted(rows))))
    earlier = {(round_id, ballot, member): system for round_id, ballot, member, system in found}
    added = insert_into(_vote, connection)
    replaced = ("system", "confidence", "cues", "reason", "circles", "reason_shown", "version")
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["round_id", "ballot", "member"], set_={name: added.excluded[name] for name in replaced}
        ),
        [rows[key] for key in sorted(rows)],
    )
    steps: dict[tuple[int, int], Counter[str]] = {}
    for key, row in rows.items():
        step = steps.setdefault(key[:2], Counter())
        step[row["system"]] += 1
        if key in earlier:
            step[earlier[key]] -= 1
    return _move(connection, steps)


def _move(connection: Connection, steps: dict[tuple[int, int], Counter[str]]) -> dict[tuple[int, int], int]:
    added = insert_into(_tally, connection)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["round_id", "ballot"],
            set_={column: _tally.c[column] + added.excluded[column] for column in COLUMN.values()},
        ),
        [
            {"round_id": round_id, "ballot": ballot} | {COLUMN[vote]: step[vote] for vote in VOTES}
            for (round_id, ballot), step in sorted(steps.items())
        ],
    )
    keys = (_tally.c.round_id, _tally.c.ballot)
    found = connection.execute(select(_tally).where(tuple_(*keys).in_(sorted(steps))))
    return {(row.round_id, row.ballot): sum(getattr(row, column) for column in COLUMN.values()) for row in found}
