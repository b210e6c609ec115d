"""What people do with a group: start it, join it, lead it through its rounds, end it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any, get_args

from sqlalchemy import Connection, Engine, delete, insert, select, update

from api.groups.models import BallotTally, Departure, Group, GroupMovement, GroupRound, GroupTotal, Vote
from api.groups.phases import WrongPhase, advance, ballot, is_shown, take_back
from api.groups.results import Kind, Snapshot, advise, calibrate, count_movement, count_words, middle_of
from api.groups.sessions.starting import SessionSetup
from api.groups.state import Curtain, GroupState, read_states
from api.groups.voting import COLUMN
from api.kit.errors import Conflict, NotFound, Unprocessable
from api.kit.join_codes import LENGTH
from api.kit.plain_text import is_plain, one_line
from api.kit.settings import Settings
from api.kit.systems import ANSWERS, VOTES
from api.persistence.engine import insert_into, now, table, write_engine
from api.persistence.free_code import with_free_code
from api.stats.disclosure import enough
from api.vignettes.catalogue import Catalogue, Vignette

SUGGESTED = ("julie", "dave")
LONGEST_PLAN = 20
LONGEST_NAME = 60
MOST_PEOPLE = 2000  # in one room
# A step that is taken opens the curtain and begins with its first view: forgotten, they would hide it from the room.
OPENED: Mapping[str, Any] = {"curtain": None, "shows_why": False}

_group, _round, _vote = table(Group), table(GroupRound), table(Vote)
_tally, _total, _departure = table(BallotTally), table(GroupTotal), table(Departure)
_movement = table(GroupMovement)


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group that has just been made."""

    code: str
    uid: str


def create_group(
    engine: Engine,
    catalogue: Catalogue,
    kind: Kind,
    name: str,
    plan: Sequence[str],
    days: int,
    show_first: bool,
    session: SessionSetup | None = None,
    people: int | None = None,
) -> NewGroup:
    """Makes a group with a fresh code. Raises Unprocessable for a plan or name that cannot be.

    A guided `session` brings its own vignettes instead of a `plan` of them.
    """
    name = _clean_name(name)
    if session is not None:
        plan = list(dict.fromkeys(session.vignettes))
    else:
        plan = list(dict.fromkeys(plan)) or [slug for slug in SUGGESTED if slug in catalogue.vignettes]
    unknown = [slug for slug in plan if slug not in catalogue.vignettes]
    if unknown or len(plan) > LONGEST_PLAN:
        detail = f"there is no vignette {unknown[0]}" if unknown else f"at most {LONGEST_PLAN} vignettes"
        raise Unprocessable(f"These stories cannot be used: {detail}.", [{"pointer": "/plan", "detail": detail}])
    uid = secrets.token_urlsafe(16)
    made = now()
    row = {
        "uid": uid,
        "kind": kind,
        "name": name,
        "plan": plan,
        "show_first_ballot": show_first and kind == "training",
        "version": 1,
        "place": session.place if session else None,
        "shows_why": False,
        "members": 0,
        "people": people,
        "created_at": made,
        "expires_at": made + timedelta(days=days),
    }

    def make(connection: Connection, code: str) -> NewGroup:
        made_id = connection.execute(insert(_group).returning(_group.c.id), row | {"code": code}).scalar_one()
        if session is not None:
            session.store(connection, made_id)
        return NewGroup(code, uid)

    return with_free_code(engine, LENGTH, make)


def _clean_name(name: str) -> str:
    """The name as it is kept. Raises Unprocessable."""
    name = one_line(name)
    if not is_plain(name):
        raise Unprocessable(
            "Use plain text for the name, without control characters or characters that reverse the text.",
            [{"pointer": "/name", "detail": "plain text"}],
        )
    if len(name) > LONGEST_NAME:
        raise Unprocessable(
            f"Use at most {LONGEST_NAME} characters for the name.", [{"pointer": "/name", "detail": "too long"}]
        )
    return name


def rename_group(engine: Engine, code: str, uid: str, name: str) -> None:
    """Gives the group another name. Raises Unprocessable."""
    _change(engine, code, uid, name=_clean_name(name))


@dataclass(frozen=True, slots=True)
class Joined:
    """Someone who is in: their random id, and the group's."""

    code: str
    uid: str
    member: str


def join(engine: Engine, code: str, uid: str = "", member: str = "") -> Joined:
    """Counts one more member, or has a device come back as the `member` of the group `uid` that it was.

    The visit of a guided session at which they joined is part of the id, so that check-ins know who came while they
    were open. Raises NotFound for a code that is not open.
    """
    with write_engine(engine).begin() as connection:
        connection.execute(select(_group.c.id).where(_group.c.code == code).with_for_update())
        group = connection.execute(
            select(_group.c.id, _group.c.uid, _group.c.place).where(_group.c.code == code)
        ).one_or_none()
        if group is None:
            raise NotFound("We cannot find a group with this code. Check the code and try again.")
        if member and group.uid == uid:
            left = (_departure.c.group_id == group.id, _departure.c.member == member)
            back = connection.execute(delete(_departure).where(*left)).rowcount
        else:
            visit = group.place["visit"] if group.place else 0
            member, back = f"{secrets.token_urlsafe(16)}.{visit}", 1
        if back:
            bump_version(connection, code, members=_group.c.members + 1)
    return Joined(code, group.uid, member)


def joined_at(member: str) -> int:
    """The visit of a guided session at which a member joined; 0 before the first."""
    _, _, visit = member.partition(".")
    return int(visit) if visit.isdecimal() else 0


Forget = Callable[[Connection, int, str], None]


def leave(engine: Engine, code: str, uid: str, member: str, forget: Forget) -> bool:
    """Counts one member less, once for each member, and says whether it did.

    What they answered in a round that was not shown yet goes with them, so that no one can answer for people who are
    not there; `forget` does the same for a session's check-ins. Results that were shown stay as they are.
    """
    with write_engine(engine).begin() as connection:
        group_id = connection.execute(
            select(_group.c.id).where(_group.c.code == code, _group.c.uid == uid).with_for_update()
        ).scalar_one_or_none()
        if group_id is None:
            return False
        noted = insert_into(_departure, connection).on_conflict_do_nothing().returning(_departure.c.member)
        if connection.execute(noted, {"group_id": group_id, "member": member}).first() is None:
            return False
        _take_out(connection, group_id, member)
        forget(connection, group_id, member)
        bump_version(connection, code, members=_group.c.members - 1)
    return True


def has_left(connection: Connection, group_id: int, member: str) -> bool:
    """Whether a member has left, and not come back."""
    left = select(_departure.c.member).where(_departure.c.group_id == group_id, _departure.c.member == member)
    return connection.execute(left).first() is not None


def _take_out(connection: Connection, group_id: int, member: str) -> None:
    """Deletes a member's votes of rounds that were not shown, and lowers the tallies by what was deleted."""
    unseen = select(_round.c.id).where(_round.c.group_id == group_id, _round.c.frozen.is_(None))
    gone = connection.execute(
        delete(_vote)
        .where(_vote.c.member == member, _vote.c.round_id.in_(unseen))
        .returning(_vote.c.round_id, _vote.c.ballot, _vote.c.system)
    ).all()
    for round_id, number, system in gone:
        here = (_tally.c.round_id == round_id, _tally.c.ballot == number)
        column = COLUMN[system]
        connection.execute(update(_tally).where(*here).values({column: _tally.c[column] - 1}))


def bump_version(connection: Connection, code: str, **values: Any) -> None:
    """Changes a group, so that its readers look again."""
    connection.execute(update(_group).where(_group.c.code == code).values(version=_group.c.version + 1, **values))


def lock_group(connection: Connection, code: str, uid: str) -> GroupState:
    """The group's state, with its row locked to the commit. Raises NotFound."""
    connection.execute(select(_group.c.id).where(_group.c.code == code).with_for_update())
    state = read_states(connection, [code]).get(code)
    if state is None or state.uid != uid:
        raise NotFound("This group has ended.")
    return state


def start_round(engine: Engine, code: str, uid: str, vignette: Vignette) -> None:
    """Begins a round with a vignette. Raises Conflict while a vote or a talk is under way."""
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        if state.place is not None:
            raise Conflict("This group uses a session plan. Add the story to its session.")
        if state.round and not is_shown(state.round.path) and state.round.phase != "reading":
            raise Conflict("Finish this story first: show the answers, or go back.")
        begin_round(connection, state, vignette)
        plan = state.plan if vignette.slug in state.plan else (*state.plan, vignette.slug)
        bump_version(connection, code, plan=list(plan), **OPENED)


def begin_round(
    connection: Connection,
    state: GroupState,
    vignette: Vignette,
    ask: Sequence[str] | None = None,
    second_vote: bool = True,
) -> int:
    """Begins a round and gives its number. One that was never shown goes with its votes: no one has seen any."""
    newest = connection.execute(
        select(_round.c.id, _round.c.number, _round.c.path)
        .where(_round.c.group_id == state.id)
        .order_by(_round.c.number.desc())
        .limit(1)
    ).first()
    number = newest.number + 1 if newest else 1
    if newest and not is_shown(newest.path):
        number = newest.number
        for child in (_vote, _tally):
            connection.execute(delete(child).where(child.c.round_id == newest.id))
        connection.execute(delete(_round).where(_round.c.id == newest.id))
    elif newest and newest.path[-1] == "revealed":
        connection.execute(update(_round).where(_round.c.id == newest.id).values(path=[*newest.path, "ended"]))
    connection.execute(
        insert(_round),
        {
            "group_id": state.id,
            "number": number,
            "vignette_id": vignette.id,
            "vignette_version": vignette.version,
            "series": vignette.series,
            "path": ["reading"],
            "ask": list(ask) if ask is not None else None,
            "second_vote": second_vote,
        },
    )
    return number


def add_person(engine: Engine, code: str, uid: str, slug: str) -> None:
    """Adds a vignette to the end of the plan."""
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        if state.place is not None:
            raise Conflict("This group uses a session plan. Add the story to its session.")
        if slug not in state.plan:
            bump_version(connection, code, plan=[*state.plan, slug])


def change_phase(engine: Engine, catalogue: Catalogue, settings: Settings, code: str, uid: str, phase: str) -> None:
    """Takes the round one step on; at the reveal the results are frozen. Raises Conflict for another step.

    Advice is worked out when the first vote is closed for the first time, and kept: advice that followed each vote
    would tell that vote.
    """

    def step(connection: Connection, state: GroupState) -> None:
        assert state.round is not None
        path = advance(state.round.path, phase, state.round.second_vote)
        frozen = snapshot(connection, state, catalogue).model_dump(mode="json") if phase == "revealed" else None
        values: dict[str, Any] = {"frozen": frozen} if frozen else {}
        if state.round.phase == "voting" and state.round.advice is None:
            values["advice"] = _advice(state, catalogue, settings)
        _set_path(connection, state, path, values)

    _step(engine, code, uid, step)


def go_back(engine: Engine, code: str, uid: str) -> None:
    """Takes the last step back. Raises Conflict once the answers have been shown."""
    _step(engine, code, uid, lambda connection, state: _set_path(connection, state, take_back(state.path)))


def _step(engine: Engine, code: str, uid: str, change: Callable[[Connection, GroupState], None]) -> None:
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        if state.round is None:
            raise Conflict("Start the first story before you do that.")
        if state.playing is None:
            raise Conflict("The session has moved to another step.")
        try:
            change(connection, state)
        except WrongPhase as wrong:
            raise Conflict(str(wrong)) from None
        bump_version(connection, code, **OPENED)


def _set_path(
    connection: Connection, state: GroupState, path: Sequence[str], values: Mapping[str, Any] | None = None
) -> None:
    assert state.round is not None
    changed: dict[str, Any] = {"path": list(path), **(values or {})}
    connection.execute(update(_round).where(_round.c.id == state.round.id).values(**changed))


def _advice(state: GroupState, catalogue: Catalogue, settings: Settings) -> str:
    """The advice that is kept; `none` where there is none to give."""
    assert state.round is not None
    vignette = catalogue.version(state.round.vignette_id, state.round.vignette_version)
    assert vignette is not None, "a version is never deleted while a round refers to it"
    first = state.round.ballots[0]
    if not enough(sum(first), settings.small_group, state.people):
        return "none"
    return advise(first, vignette.case, settings.advice_low, settings.advice_high)


def say_people(engine: Engine, code: str, uid: str, people: int | None) -> None:
    """Keeps how many people are in the room; None takes it back."""
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise Unprocessable(
            f"Enter the number of people in the room: a whole number from 1 to {MOST_PEOPLE}, or leave the box empty.",
            [{"pointer": "/people", "detail": f"1 to {MOST_PEOPLE}, or null"}],
        )
    _change(engine, code, uid, people=people)


def draw_curtain(engine: Engine, code: str, uid: str, what: str) -> None:
    """Puts `blank` or `pause` in front of the shared screen; anything else takes it away."""
    _change(engine, code, uid, curtain=what if what in get_args(Curtain) else None)


def show_why(engine: Engine, code: str, uid: str, why: bool) -> None:
    """Turns the shared screen from the answers to why, or back."""
    _change(engine, code, uid, shows_why=why)


def announce_end(engine: Engine, code: str, uid: str, warning: bool) -> None:
    """Tells everyone that the group is about to end, or takes it back."""
    _change(engine, code, uid, closing_at=now() if warning else None)


def _change(engine: Engine, code: str, uid: str, **values: Any) -> None:
    with write_engine(engine).begin() as connection:
        lock_group(connection, code, uid)
        bump_version(connection, code, **values)


def snapshot(connection: Connection, state: GroupState, catalogue: Catalogue) -> Snapshot:
    """The round's raw results as they now stand."""
    assert state.round is not None
    vignette = catalogue.version(state.round.vignette_id, state.round.vignette_version)
    assert vignette is not None, "a version is never deleted while a round refers to it"
    case = vignette.case
    found = connection.execute(
        select(_vote.c.ballot, _vote.c.member, _vote.c.system, _vote.c.confidence, _vote.c.cues, _vote.c.circles).where(
            _vote.c.round_id == state.round.id
        )
    ).all()
    last = ballot(state.round.path)
    answers: dict[int, dict[str, str]] = {1: {}, 2: {}}
    marked: dict[str, list[list[int]]] = {}
    sized: dict[str, dict[str, float]] = {}
    for row in sorted(found, key=lambda row: row.ballot):
        answers[row.ballot][row.member] = row.system
        if row.cues and row.ballot <= last:
            marked[row.member] = row.cues
        if row.circles and row.ballot <= last:
            sized[row.member] = row.circles
    return Snapshot(
        ballots=[list(counts) for counts in state.round.ballots],
        movement=count_movement(answers[1], answers[2]) if last == 2 else {},
        words=count_words(case.story, marked.values()),
        sized=middle_of(sized.values()),
        people=state.people,
        calibration=calibrate(((row.system, row.confidence) for row in found if row.ballot == last), case),
    )


def reason_number(round_id: int, ballot: int, member: str) -> int:
    """The number of a reason in forms: as random as the member's id, so that it does not tell who came when."""
    drawn = blake2b(f"{round_id}:{ballot}:{member}".encode(), digest_size=8).digest()
    return 1 + int.from_bytes(drawn) % (2**31 - 1)


def show_reason(engine: Engine, code: str, uid: str, number: int, shown: bool) -> None:
    """Lets a one-line reason through to the group, or takes it back. `number`: its `reason_number`."""
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        rounds = select(_round.c.id).where(_round.c.group_id == state.id)
        given = select(_vote.c.id, _vote.c.round_id, _vote.c.ballot, _vote.c.member).where(
            _vote.c.round_id.in_(rounds), _vote.c.reason.is_not(None)
        )
        wanted = [row.id for row in connection.execute(given) if reason_number(*row[1:]) == number]
        connection.execute(update(_vote).where(_vote.c.id.in_(wanted)).values(reason_shown=shown))
        bump_version(connection, code)


def withdraw_link(engine: Engine, code: str, uid: str) -> None:
    """Makes the facilitator's link, and every cookie that it was exchanged for, worthless. Raises NotFound."""
    with write_engine(engine).begin() as connection:
        lock_group(connection, code, uid)
        bump_version(connection, code, leading=_group.c.leading + 1)


def end_group(engine: Engine, code: str, uid: str) -> None:
    """Deletes a group with its rounds and votes; totals stay. Raises NotFound."""
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        _delete_groups(connection, [state.id])


def discard_group(engine: Engine, code: str, uid: str) -> None:
    """Deletes a group that has not begun and that no one has joined. Raises Conflict for any other, and NotFound."""
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        if state.members or state.rounds or (state.place and state.place.begun):
            raise Conflict("People have joined or the group has begun. Use “End the group” instead.")
        _delete_groups(connection, [state.id])


def purge(engine: Engine) -> int:
    """Deletes every group whose time is over, and says how many."""
    with write_engine(engine).begin() as connection:
        over = list(connection.execute(select(_group.c.id).where(_group.c.expires_at <= now())).scalars())
        if over:
            _delete_groups(connection, over)
    return len(over)


def _delete_groups(connection: Connection, ids: Sequence[int]) -> None:
    rounds = connection.execute(
        select(_round.c.id, _round.c.vignette_id, _round.c.series, _round.c.path, _round.c.frozen).where(
            _round.c.group_id.in_(ids)
        )
    ).all()
    for row in rounds:
        if row.frozen and is_shown(row.path):
            _keep_totals(connection, row.vignette_id, row.series, Snapshot.model_validate(row.frozen))
    round_ids = [row.id for row in rounds]
    for child in (_vote, _tally):
        connection.execute(delete(child).where(child.c.round_id.in_(round_ids)))
    for child in (_round, _departure):
        connection.execute(delete(child).where(child.c.group_id.in_(ids)))
    connection.execute(delete(_group).where(_group.c.id.in_(ids)))


def _keep_totals(connection: Connection, vignette_id: int, series: int, results: Snapshot) -> None:
    first = dict(zip(VOTES, results.ballots[0], strict=True))
    key = {"vignette_id": vignette_id, "series": series}
    added = insert_into(_total, connection)
    names = ("rounds", "revotes", *ANSWERS)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=list(key),
            set_={name: _total.c[name] + added.excluded[name] for name in names},
        ),
        key | {"rounds": 1, "revotes": int(bool(results.movement))} | {answer: first[answer] for answer in ANSWERS},
    )
    moved = [
        key | {"first": start, "second": end, "people": people}
        for start, ends in sorted(results.movement.items())  # in one order, so that two groups cannot lock each other
        for end, people in sorted(ends.items())
    ]
    if moved:
        more = insert_into(_movement, connection)
        connection.execute(
            more.on_conflict_do_update(
                index_elements=[*key, "first", "second"],
                set_={"people": _movement.c.people + more.excluded.people},
            ),
            moved,
        )
