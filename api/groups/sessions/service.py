"""What the facilitator does with a session: go on, go back, jump, skip, repeat, and add a story on the spot."""

from dataclasses import replace
from typing import Literal, get_args

from sqlalchemy import Connection, Engine, insert, select, update

from api.groups.models import GroupRound
from api.groups.service import OPENED, begin_round, lock_group
from api.groups.sessions.agenda import AgendaItem, make_agenda
from api.groups.sessions.board import seed_rules
from api.groups.sessions.models import GuidedSession, Visit
from api.groups.sessions.placing import keep_place, place_of
from api.groups.sessions.position import SessionPosition
from api.groups.sessions.reading import Plans, Session
from api.groups.state import GroupState
from api.kit.errors import Conflict, NotFound, Unprocessable
from api.persistence.engine import now, table, write_engine
from api.session_plans.steps import RoundStep, RulesStep
from api.vignettes.catalogue import Catalogue, Vignette

Move = Literal["on", "back", "skip", "repeat", "to"]

LONGEST_SESSION = 80  # steps

_session, _visit, _round = table(GuidedSession), table(Visit), table(GroupRound)


def move(
    engine: Engine,
    catalogue: Catalogue,
    plans: Plans,
    code: str,
    uid: str,
    way: Move,
    to: int | None = None,
    seen: int | None = None,
) -> None:
    """Goes to another step. `to`: the number of the step, for the way of that name.

    `seen` is the visit that the asker saw; when another console was quicker, nothing happens. Raises Conflict where
    there is no such way, and NotFound.
    """
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        place = place_of(state)
        if seen is not None and seen != place.visit:
            return
        session = plans.read(connection, state)
        item = _wanted(session, place, way, to)
        if way == "skip" and place.begun:
            passed = (_visit.c.group_id == state.id) & (_visit.c.number == place.visit)
            connection.execute(update(_visit).where(passed).values(skipped=True))
        _enter(connection, catalogue, state, session, place, item, again=way == "repeat")


def read_way(way: str) -> tuple[Move, int | None]:
    """A way as buttons send it: `on`, `back`, `skip`, `repeat`, or `to:` and the number of a step."""
    name, _, number = way.partition(":")
    if name == "to" and number.isdecimal() and len(number) < 6:
        return "to", int(number)
    known = next((known for known in get_args(Move) if known == way and known != "to"), None)
    if known is None:
        raise Unprocessable(
            "Use one of: on, back, skip, repeat, or to and the number of a step.", [{"pointer": "/way", "detail": way}]
        )
    return known, None


def _wanted(session: Session, place: SessionPosition, way: Move, to: int | None) -> AgendaItem:
    agenda = session.agenda
    if way == "to":
        item = agenda.at(to) if to is not None else None
        if item is None:
            raise NotFound("This session does not have that step.")
        return item
    if way == "repeat":
        item = agenda.at(place.step)
        if item is None:
            raise Conflict("The session has not started yet.")
        return item
    if way == "back":
        index = agenda.index(place.step)
        if index < 1:
            raise Conflict("This is the first step, so you cannot go back.")
        return agenda.items[index - 1]
    item = agenda.following(place.step)
    if item is None:
        raise Conflict("That was the last step. End the group when everyone has what they need.")
    return item


def _enter(
    connection: Connection,
    catalogue: Catalogue,
    state: GroupState,
    session: Session,
    place: SessionPosition,
    item: AgendaItem,
    *,
    again: bool,
) -> None:
    number = place.visit + 1
    round_number = None
    if isinstance(item.step, RoundStep):
        round_number = _round_of(connection, catalogue, state, item.step, None if again else item.id)
    elif isinstance(item.step, RulesStep):
        seed_rules(connection, state.id, item.id, item.step.rules)
    connection.execute(
        insert(_visit),
        {
            "group_id": state.id,
            "number": number,
            "step": item.id,
            "entered_at": now(),
            "round": round_number,
            "skipped": False,
        },
    )
    here = SessionPosition(
        visit=number,
        step=item.id,
        number=session.agenda.index(item.id) + 1,
        steps=len(session.agenda.items),
        kind=item.step.kind,
        title=item.step.title,
        round=round_number,
        closed=item.id in session.shown,
    )
    keep_place(connection, state, here, **OPENED)


def _round_of(
    connection: Connection, catalogue: Catalogue, state: GroupState, step: RoundStep, visited: int | None
) -> int | None:
    """The round of the step: the one that it had before, or a new one; None when its story has left the library."""
    if visited is not None:
        earlier = connection.execute(
            select(_round.c.number)
            .join(_visit, (_visit.c.group_id == _round.c.group_id) & (_visit.c.round == _round.c.number))
            .where(_round.c.group_id == state.id, _visit.c.step == visited)
            .order_by(_visit.c.number.desc())
            .limit(1)
        ).scalar_one_or_none()
        if earlier is not None:
            return int(earlier)
    vignette = catalogue.vignettes.get(step.vignette)
    if vignette is None:
        return None
    number = begin_round(connection, state, vignette, step.ask, step.second_vote)
    # A round that was never shown has gone, and its number is given anew: no earlier visit may claim this one.
    claimed = (_visit.c.group_id == state.id) & (_visit.c.round == number)
    connection.execute(update(_visit).where(claimed).values(round=None))
    return number


def add_round(engine: Engine, plans: Plans, code: str, uid: str, vignette: Vignette, seen: int | None = None) -> None:
    """Adds a story behind the present step. Raises Conflict before the session has begun, and when it is very long."""
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        place = place_of(state)
        if seen is not None and seen != place.visit:
            return
        if not place.begun:
            raise Conflict("Start the first step before you add a story.")
        session = plans.read(connection, state)
        if len(session.agenda.items) >= LONGEST_SESSION:
            raise Conflict("This session already has as many steps as it can have.")
        more = {"after": place.step, "vignette": vignette.slug, "person": vignette.case.head.person}
        added = [*session.added, more]
        agenda = make_agenda(session.agenda.plan, session.agenda.length, added)
        connection.execute(update(_session).where(_session.c.group_id == state.id).values(added=added))
        plan = state.plan if vignette.slug in state.plan else (*state.plan, vignette.slug)
        keep_place(connection, state, replace(place, steps=len(agenda.items)), plan=list(plan))
