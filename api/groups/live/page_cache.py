"""Pages of members, rendered once for everyone in a group who has answered the same.

Between two votes only the counts differ; they are put in anew each time.
"""

import re
from collections.abc import Hashable

from api.groups.state import GroupState, OwnVote

MAX_ENTRIES = 512  # pages of about 12 kB

_COUNT = re.compile(rb"(<span data-(?:answered|members)>)\d+")

Key = tuple[Hashable, ...]


class MemberPageCache:
    """The last pages. What someone has written or marked is never among them."""

    def __init__(self) -> None:
        self._pages: dict[Key, list[bytes]] = {}

    def get(self, key: Key, state: GroupState) -> bytes | None:
        """The page with the counts of now."""
        if (pieces := self._pages.get(key)) is None:
            return None
        counts = {
            b"<span data-answered>": b"<span data-answered>%d" % state.answered,
            b"<span data-members>": b"<span data-members>%d" % state.members,
        }
        return b"".join([counts.get(piece, piece) for piece in pieces])

    def keep(self, key: Key, page: bytes) -> None:
        if len(self._pages) >= MAX_ENTRIES:
            del self._pages[next(iter(self._pages))]
        self._pages[key] = _COUNT.split(page)


def cache_key(state: GroupState, own: dict[int, OwnVote], fragment: bool) -> Key | None:
    """All that the page depends on but the counts; None when it holds something of this member alone."""
    if any(vote.cues or vote.reason or vote.circles for vote in own.values()):
        return None
    if state.place is not None and state.place.kind == "check_in":
        return None  # their answers are not among the votes
    return (
        state.uid,
        state.name,
        state.step,
        state.notice,
        max(state.rounds, len(state.plan)),
        fragment,
        *sorted(own.items()),
    )
