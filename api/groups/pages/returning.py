"""The way back of a device: the groups that it leads or is a member of, as far as they still go on."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from api.groups.access import groups_joined, groups_led
from api.groups.pages.view_builder import get_view_builder
from api.groups.state import GroupState, read_states
from api.kit.join_codes import spoken
from api.persistence.dependencies import engine_of
from api.persistence.engine import now


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group to go back to. `begun` says how long ago it was started, in words that need no time zone."""

    code: str
    code_spoken: str
    name: str
    begun: str
    screen_url: str


@dataclass(frozen=True, slots=True)
class WayBack:
    """The newest group first. A device that leads a group is not also offered to go back as its member."""

    led: tuple[OpenGroup, ...] = ()
    joined: tuple[OpenGroup, ...] = ()


def find_way_back(request: Request) -> WayBack:
    """Looks up the groups that the cookies name; without such cookies nothing is asked of the database."""
    led, joined = groups_led(request), groups_joined(request)
    if not led and not joined:
        return WayBack()
    with engine_of(request).connect() as connection:
        states = read_states(connection, sorted({*led, *joined}))
    newest = sorted(states.values(), key=lambda state: state.created_at, reverse=True)
    leading = [s for s in newest if (one := led.get(s.code)) and (one.uid, one.leading) == (s.uid, s.leading)]
    member = [s for s in newest if (mine := joined.get(s.code)) and mine.uid == s.uid and s not in leading]
    builder = get_view_builder(request)
    return WayBack(
        tuple(_open_group(state, builder.screen_url(request, state)) for state in leading),
        tuple(_open_group(state, "") for state in member),
    )


def _open_group(state: GroupState, screen_url: str) -> OpenGroup:
    return OpenGroup(state.code, spoken(state.code), state.name, ago(state.created_at), screen_url)


def ago(moment: datetime) -> str:
    """Such as “5 minutes ago”."""
    minutes = max(0, int((now() - moment).total_seconds() // 60))
    if minutes < 1:
        return "just now"
    for size, one in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {one}{'' if count == 1 else 's'} ago"
    return "just now"
