"""What gives way under load, and in which order: streams slow down first, statistics wait next, guesses last.

1. An answer waits half a second, or the event loop is late: streams are updated once a second, not four times.
2. An answer waits a second: statistics and analyses say 503, and when to look again.
3. The queue is full, or the database did not take them: guesses and votes are refused with 503.

Waiting is measured and not the queue's length: it means the same on a small and on a large machine.
"""

from time import monotonic
from typing import Any

import structlog
from fastapi import Request

from api.kit.errors import Busy
from api.observability.metrics import Metrics
from api.persistence.group_commit import Writer

CALM, STREAMS, STATISTICS, GUESSES = range(4)
WHAT = ("", "streams", "statistics", "guesses")
STREAMS_AT, STATISTICS_AT = 0.5, 1.0  # seconds that an answer has waited
LATE_AT = 0.5  # seconds that the event loop was late, twice in a row
HOLD_SECONDS = 2.0  # so that nothing flickers

log = structlog.get_logger()


class LoadShedder:
    """How hard it is for this process to keep up."""

    def __init__(self, writer: Writer[Any, Any], metrics: Metrics) -> None:
        self._writer = writer
        self._metrics = metrics
        self._level = CALM
        self._until = 0.0
        self._late = (0.0, 0.0)

    @property
    def level(self) -> int:
        """The level now; each step up or down is logged once, and steps up in their order."""
        now, found = monotonic(), self._measure()
        if found >= self._level:
            for step in range(self._level + 1, found + 1):
                log.warning("shedding", what=WHAT[step])
            self._level, self._until = found, now + HOLD_SECONDS
        elif now > self._until:
            self._level = found
            if found == CALM:
                log.warning("shedding_over")
        return self._level

    def slows_streams(self, late: float) -> bool:
        """Whether streams are to be updated less often; `late` is how many seconds the event loop was late."""
        self._late = (self._late[1], late)
        slow = self.level >= STREAMS
        if slow:
            self.count(STREAMS)
        return slow

    def count(self, what: int) -> None:
        self._metrics.shed.labels(WHAT[what]).inc()

    def _measure(self) -> int:
        waited = self._writer.waiting_seconds()
        if waited >= STATISTICS_AT:
            return GUESSES if monotonic() - self._writer.refused_at < HOLD_SECONDS else STATISTICS
        return STREAMS if waited >= STREAMS_AT or min(self._late) >= LATE_AT else CALM


def must_wait(request: Request) -> bool:
    """Whether statistics are to wait now; counted if so."""
    pressure: LoadShedder = request.app.state.pressure
    if pressure.level < STATISTICS:
        return False
    pressure.count(STATISTICS)
    return True


def shed_statistics(request: Request) -> None:
    """For routes of statistics: puts them off while answers wait. Raises Busy."""
    if must_wait(request):
        raise Busy("We are saving answers first. The results will be back in a moment.")
