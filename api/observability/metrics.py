"""What an operator asks of a running server, as figures for Prometheus.

One process keeps its figures in memory. Several that share a port keep them in files (prometheus_client's
multiprocess mode), so that whichever is asked tells the sum of all.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.datastructures import State

SHARED = "PROMETHEUS_MULTIPROC_DIR"
REFRESH_SECONDS = 1.0  # how old a gauge of another process may be

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.shared = SHARED in os.environ
        self.registry = registry = CollectorRegistry()
        if not self.shared:
            ProcessCollector(registry=registry)
        self.guesses = Counter("three_circles_guesses_total", "Guesses written to disk.", registry=registry)
        self.votes = Counter("three_circles_votes_total", "Votes of groups written to disk.", registry=registry)
        self.refused = Counter("three_circles_refused_total", "Guesses and votes not taken.", registry=registry)
        self.batch = Histogram(
            "three_circles_commit_batch_size",
            "Guesses and votes in one commit.",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
            registry=registry,
        )
        self.commit = Histogram(
            "three_circles_commit_seconds", "How long a commit took.", buckets=_SECONDS, registry=registry
        )
        self.lag = Histogram(
            "three_circles_update_lag_seconds",
            "From when this process knew of a change until its streams had been offered it.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.passed_over = Counter(
            "three_circles_updates_passed_over_total", "Updates that a slow stream did not take.", registry=registry
        )
        self.dropped = Counter(
            "three_circles_streams_dropped_total", "Slow streams that were closed.", registry=registry
        )
        self.problems = Counter(
            "three_circles_problems_total", "Refusals by kind and status.", ("kind", "status"), registry=registry
        )
        self.shed = Counter(
            "three_circles_shed_total", "What was slowed down or put off under load.", ("what",), registry=registry
        )
        for what in ("streams", "statistics", "guesses"):
            self.shed.labels(what)  # so that each is told from the start, as 0
        self.streams = self._gauge("three_circles_streams", "Open streams.", "livesum")
        self.queue = self._gauge("three_circles_writer_queue", "Guesses and votes that wait.", "livesum")
        self.waiting = self._gauge("three_circles_writer_waiting_seconds", "How long the oldest has waited.", "livemax")
        self.pressure = self._gauge(
            "three_circles_pressure", "0 calm, 1 streams slower, 2 no statistics, 3 guesses refused.", "livemax"
        )
        self.broker = self._gauge("three_circles_broker_connected", "1 while the broker is heard.", "livemin")
        self.connections = self._gauge("three_circles_database_connections", "In use just now.", "livesum")

    def _gauge(self, name: str, told: str, together: Any) -> Gauge:
        return Gauge(name, told, registry=self.registry, multiprocess_mode=together)

    def committed(self, guesses: int, votes: int, refused: int, seconds: float) -> None:
        """A batch that the writer has dealt with: what is on disk, and what could not be taken."""
        if guesses:
            self.guesses.inc(guesses)
        if votes:
            self.votes.inc(votes)
        if guesses or votes:
            self.batch.observe(guesses + votes)
            self.commit.observe(seconds)
        if refused:
            self.refused.inc(refused)
            self.shed.labels("guesses").inc(refused)

    def look(self, state: State) -> None:
        """Brings the gauges up to date with the application's own parts."""
        self.streams.set(state.hub.open_streams)
        self.queue.set(state.writer.depth)
        self.waiting.set(state.writer.waiting_seconds())
        self.pressure.set(state.pressure.level)
        self.broker.set(state.hub.hears)
        self.connections.set(state.engine.pool.checkedout())

    def text(self) -> bytes:
        """All figures in Prometheus's text format, of every process that shares them."""
        if not self.shared:
            return generate_latest(self.registry)
        _forget_the_dead(Path(os.environ[SHARED]))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it brings no types
        return generate_latest(registry)


def share_figures() -> "tempfile.TemporaryDirectory[str]":
    """Has the processes that are started from here keep their figures together, in a folder of this run."""
    folder = tempfile.TemporaryDirectory(prefix="three-circles-figures-")
    os.environ[SHARED] = folder.name
    return folder


def _forget_the_dead(folder: Path) -> None:
    """A process that was killed holds no streams."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*_*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]  # it brings no types
        except PermissionError:
            pass
