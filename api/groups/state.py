"""The present state of groups, read for many at once in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, and_, bindparam, func, or_, select, tuple_

from api.groups.models import BallotTally, Group, GroupRound
from api.groups.models import Vote as VoteRow
from api.groups.phases import Phase, ballot, is_shown
from api.groups.results import Kind, Snapshot
from api.groups.sessions.position import SessionPosition
from api.groups.voting import COLUMN, asked_by
from api.guesses.rules import Confidence
from api.kit.systems import VOTES, Vote
from api.persistence.engine import table

Curtain = Literal["blank", "pause"]  # in front of the shared screen; a pause is told on the phones too

_group, _round, _tally, _vote = table(Group), table(GroupRound), table(BallotTally), table(VoteRow)


@dataclass(frozen=True, slots=True)
class RoundState:
    """A round: its way through the phases, and the counts of its ballots in the order of VOTES."""

    id: int
    number: int
    vignette_id: int
    vignette_version: int
    series: int
    path: tuple[Phase, ...]
    second_vote: bool
    ask: tuple[str, ...] | None
    ballots: tuple[tuple[int, ...], ...]
    frozen: Snapshot | None
    advice: str | None

    @property
    def phase(self) -> Phase:
        return self.path[-1]

    @property
    def ballot(self) -> int:
        return ballot(self.path)

    @property
    def answered(self) -> int:
        """How many have answered in the ballot that the round is about."""
        return sum(self.ballots[self.ballot - 1])


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group as it now stands, the same for everyone; who may see what is decided by its readers."""

    id: int
    code: str
    uid: str
    kind: Kind
    name: str
    plan: tuple[str, ...]
    show_first_ballot: bool
    version: int
    members: int
    leading: int
    created_at: datetime
    expires_at: datetime
    rounds: int
    round: RoundState | None
    place: SessionPosition | None = None
    people: int | None = None
    curtain: Curtain | None = None
    shows_why: bool = False
    closing_at: datetime | None = None

    @property
    def notice(self) -> str | None:
        """What stands above everything on every phone: `pause`, or `closing` once the end was announced."""
        return "pause" if self.curtain == "pause" else "closing" if self.closing_at else None

    @property
    def crowd(self) -> str | None:
        """What to say where more have joined than there are people in the room."""
        if self.people is None or self.members <= self.people:
            return None
        return (
            f"{self.members} have joined, but {self.people} {'is' if self.people == 1 else 'are'} in the room. "
            f"We use {self.people} to decide which numbers are too small to show."
        )

    # What a group that has no round yet answers stands here once, for all who read it.

    @property
    def path(self) -> tuple[Phase, ...]:
        return self.round.path if self.round else ()

    @property
    def phase(self) -> Phase | None:
        return self.path[-1] if self.path else None

    @property
    def round_number(self) -> int:
        return self.round.number if self.round else 0

    @property
    def ballot(self) -> int:
        return ballot(self.path)

    @property
    def answered(self) -> int:
        return self.round.answered if self.round else 0

    @property
    def second_vote(self) -> bool:
        return self.round.second_vote if self.round else True

    @property
    def frozen(self) -> Snapshot | None:
        return self.round.frozen if self.round else None

    @property
    def shown(self) -> bool:
        """Whether key, explanation and results of the round may be seen by everyone."""
        return is_shown(self.path)

    @property
    def playing(self) -> RoundState | None:
        """The round that everyone is in now: none before the first, nor at another step of a guided session."""
        if self.place is None or (self.round is not None and self.place.round == self.round.number):
            return self.round
        return None

    @property
    def at_step(self) -> SessionPosition | None:
        """The step of a guided session that everyone is at, unless it is a round, which groups show themselves."""
        return self.place if self.place and self.place.begun and self.playing is None else None

    @property
    def reads_along(self) -> bool:
        """Whether people read a story now, and a session's plan has words of its own for them."""
        return self.place is not None and self.playing is not None and self.playing.phase == "reading"

    @property
    def asks(self) -> frozenset[str]:
        """What people may add to their choice in the round."""
        if self.round is None or self.round.ask is None:
            return asked_by(self.kind)
        return frozenset(self.round.ask)

    @property
    def step(self) -> str:
        """A mark that changes whenever a phone's page has to change.

        In a training group reasons are let through after the answers were shown, so there it follows every change.
        """
        place = self.place.mark if self.place else ""
        if self.playing is None:
            return place or "waiting"
        step = f"{place}r{self.playing.number}-{self.playing.vignette_id}-{self.playing.phase}"
        return f"{step}-{self.version}" if self.shown and self.kind == "training" else step


@dataclass(frozen=True, slots=True)
class OwnVote:
    """A member's vote in one ballot."""

    system: Vote
    confidence: Confidence | None
    cues: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    reason: str | None = field(default=None, compare=False)
    circles: dict[str, int] | None = field(default=None, compare=False)


Votes = dict[tuple[int, str], OwnVote]  # by ballot and member


# Made once: to make a statement costs more than to run it, and leaves cycles to the garbage collector.
_GROUPS = select(_group).where(_group.c.code.in_(bindparam("codes", expanding=True)))
_latest = (
    select(_round.c.group_id, func.max(_round.c.number).label("number"))
    .where(_round.c.group_id.in_(bindparam("groups", expanding=True)))
    .group_by(_round.c.group_id)
    .subquery()
)
_ROUNDS = select(_round).join(
    _latest, and_(_round.c.group_id == _latest.c.group_id, _round.c.number == _latest.c.number)
)
_EARLIER = select(_round).where(tuple_(_round.c.group_id, _round.c.number).in_(bindparam("wanted", expanding=True)))
_TALLIES = select(_tally).where(_tally.c.round_id.in_(bindparam("rounds", expanding=True)))


def read_states(connection: Connection, codes: Sequence[str]) -> dict[str, GroupState]:
    """The states of the groups that there are, by code; three queries, and a fourth where an old round is shown."""
    groups = connection.execute(_GROUPS, {"codes": codes}).all()
    rounds = list(connection.execute(_ROUNDS, {"groups": [row.id for row in groups]}).all())
    newest = {row.group_id: row.number for row in rounds}
    # A session that has gone back shows an earlier round again.
    earlier = [
        (row.id, row.place["round"])
        for row in groups
        if row.place and row.place["round"] not in (None, newest.get(row.id))
    ]
    if earlier:
        again = connection.execute(_EARLIER, {"wanted": earlier}).all()
        rounds = [row for row in rounds if row.group_id not in {found.group_id for found in again}] + list(again)
    tallies = connection.execute(_TALLIES, {"rounds": [row.id for row in rounds]}).all()
    counts = {(row.round_id, row.ballot): tuple(getattr(row, COLUMN[vote]) for vote in VOTES) for row in tallies}
    by_group = {row.group_id: _round_state(row, counts) for row in rounds}
    return {row.code: _group_state(row, by_group.get(row.id), newest.get(row.id, 0)) for row in groups}


def read_state(engine: Engine, code: str) -> GroupState | None:
    with engine.connect() as connection:
        return read_states(connection, [code]).get(code)


def _round_state(row: Any, counts: Mapping[tuple[int, int], tuple[int, ...]]) -> RoundState:
    nobody = (0,) * len(VOTES)
    return RoundState(
        id=row.id,
        number=row.number,
        vignette_id=row.vignette_id,
        vignette_version=row.vignette_version,
        series=row.series,
        path=tuple(row.path),
        second_vote=row.second_vote,
        ask=tuple(row.ask) if row.ask is not None else None,
        ballots=tuple(counts.get((row.id, number), nobody) for number in range(1, ballot(row.path) + 1)),
        frozen=Snapshot.model_validate(row.frozen) if row.frozen else None,
        advice=row.advice,
    )


def _group_state(row: Any, round_state: RoundState | None, rounds: int) -> GroupState:
    return GroupState(
        id=row.id,
        code=row.code,
        uid=row.uid,
        kind=row.kind,
        name=row.name,
        plan=tuple(row.plan),
        show_first_ballot=row.show_first_ballot,
        version=row.version,
        members=row.members,
        leading=row.leading,
        created_at=row.created_at,
        expires_at=row.expires_at,
        rounds=rounds,
        round=round_state,
        place=SessionPosition(**row.place) if row.place else None,
        people=row.people,
        curtain=row.curtain,
        shows_why=row.shows_why,
        closing_at=row.closing_at,
    )


def read_votes(connection: Connection, since: Mapping[int, int]) -> dict[int, Votes]:
    """The votes of rounds, by round id: those stored after the group's version named for each; one query."""
    if not since:
        return {}
    newer = [and_(_vote.c.round_id == round_id, _vote.c.version > version) for round_id, version in since.items()]
    found = connection.execute(
        select(_vote.c.round_id, _vote.c.ballot, _vote.c.member, _vote.c.system, _vote.c.confidence).where(or_(*newer))
    )
    votes: dict[int, Votes] = {round_id: {} for round_id in since}
    for round_id, number, member, system, confidence in found:
        votes[round_id][number, member] = OwnVote(system, confidence)
    return votes
