"""Where a session stands, kept with its group."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection

from api.groups.service import bump_version
from api.groups.sessions.position import SessionPosition
from api.groups.state import GroupState
from api.kit.errors import Conflict


def place_of(state: GroupState) -> SessionPosition:
    """Raises Conflict in a group without a session."""
    if state.place is None:
        raise Conflict("This group does not use a session plan.")
    return state.place


def keep_place(connection: Connection, state: GroupState, place: SessionPosition, **values: Any) -> None:
    """Keeps where the session stands, for everyone to see."""
    bump_version(connection, state.code, place=asdict(place), **values)


def changed(connection: Connection, state: GroupState, place: SessionPosition) -> None:
    """What phones see of the present step has changed."""
    keep_place(connection, state, replace(place, change=place.change + 1))
