"""Looking groups up for many requests at once: anyone who asks while a look is under way goes into the next one.

It is the group commit of reading. What is told was read after it was asked for, so it holds every vote and step that
the asker had been told of before, whichever process wrote it; nothing is kept from one look to the next.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import Request
from pydantic_core import from_json
from sqlalchemy import Connection, Engine

from api.groups.access import not_here
from api.groups.state import GroupState, OwnVote, read_states
from api.persistence.bulk_sql import JsonBatch

MAX_LOOP_TURNS = 4  # of the event loop, for which a look waits at most for who else comes in
MOST = 500  # askers in one look

_OWN = JsonBatch(
    """
    SELECT vote.round_id, vote.member, vote.ballot, vote.system, vote.confidence, CAST(vote.cues AS TEXT), vote.reason,
           CAST(vote.circles AS TEXT)
    FROM {batch} AS batch CROSS JOIN vote
    WHERE vote.round_id = CAST(batch.value ->> 0 AS INTEGER)
      AND vote.ballot = CAST(batch.value ->> 1 AS INTEGER)
      AND vote.member = batch.value ->> 2
    """
)


@dataclass(slots=True)
class LoadedGroup:
    """A group as it stood, and the asking member's own votes in its round by ballot."""

    state: GroupState
    own: dict[int, OwnVote] = field(default_factory=dict)


Asker = tuple[str, str | None]  # a group's code, a member


class StateLoader:
    """Looks groups up, in a thread, one look after the other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[tuple[Asker, asyncio.Future[LoadedGroup | None]]] = []
        self._loading: asyncio.Task[None] | None = None

    async def load(self, code: str, member: str | None) -> LoadedGroup | None:
        """The group, or None when there is none with this code."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[LoadedGroup | None] = loop.create_future()
        self._waiting.append(((code, member), future))
        if self._loading is None:
            self._loading = loop.create_task(self._load_while_asked())
        return await future

    async def _load_while_asked(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                asked, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._tell(asked)
        finally:
            self._loading = None

    async def _gather(self) -> None:
        """Lets those come along whose requests are at hand already."""
        for _ in range(MAX_LOOP_TURNS):
            seen = len(self._waiting)
            await asyncio.sleep(0)
            if len(self._waiting) == seen:
                return

    async def _tell(self, asked: list[tuple[Asker, asyncio.Future[LoadedGroup | None]]]) -> None:
        try:
            found = await asyncio.to_thread(self._read, [asker for asker, _ in asked])
        except Exception as error:  # whatever it is, everyone who asked is told
            for _, future in asked:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), seen in zip(asked, found, strict=True):
            if not future.done():  # else the asker has gone
                future.set_result(seen)

    def _read(self, askers: Sequence[Asker]) -> list[LoadedGroup | None]:
        with self._engine.connect() as connection:
            states = read_states(connection, list({code for code, _ in askers}))
            own = _read_own(connection, states, askers)
        found: list[LoadedGroup | None] = []
        for code, member in askers:
            state = states.get(code)
            number = state.round.id if state and state.round else 0
            found.append(LoadedGroup(state, own.get((number, member), {})) if state else None)
        return found


def _read_own(
    connection: Connection, states: dict[str, GroupState], askers: Sequence[Asker]
) -> dict[tuple[int, str | None], dict[int, OwnVote]]:
    """The askers' votes, by round and member."""
    wanted = []
    for code, member in askers:
        state = states.get(code)
        if member is not None and state and state.round:
            wanted += [(state.round.id, ballot, member) for ballot in range(1, state.round.ballot + 1)]
    own: dict[tuple[int, str | None], dict[int, OwnVote]] = {}
    for round_id, member, ballot, system, confidence, cues, reason, circles in (
        _OWN.execute(connection, wanted) if wanted else ()
    ):
        marked = tuple((start, end) for start, end in from_json(cues)) if cues else ()
        sized = from_json(circles) if circles else None
        own.setdefault((round_id, member), {})[ballot] = OwnVote(system, confidence, marked, reason, sized)
    return own


async def load_group(request: Request, code: str, uid: str | None = None, member: str | None = None) -> LoadedGroup:
    """The group as it stands now; NotFound when it has ended, or when `uid` is another group's of the same code."""
    loader: StateLoader = request.app.state.state_loader
    seen = await loader.load(code, member)
    if seen is None or (uid is not None and seen.state.uid != uid):
        raise not_here(request, code)
    return seen
