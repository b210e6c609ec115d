"""What each piece of work costs, in processor seconds, as `python -m tests.bench costs` measured it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Processor seconds of each party for one piece of work."""

    server: float = 0.0
    postgres: float = 0.0
    broker: float = 0.0
    client: float = 0.0


@dataclass(frozen=True)
class Costs:
    """Measured on 23 November 2026, two cores; PostgreSQL without forced writes."""

    vote: Cost  # by what votes cost that share commits, without the commits' part
    commit: Cost  # by what votes cost more that have a commit each; 8 trips to the database
    read: Cost  # of the changed groups, once a collection, however many they are
    group: Cost  # read and rendered, once a collection for each that changed
    message: Cost  # written to one stream, and read by it
    hint: Cost  # which groups have changed, told by a process once a collection
    heard: Cost  # by each process, its sender among them
    join: Cost  # measured by `scale`, where cores were shared; simulated runs begin after it
    flush: float = 0.0  # seconds for which the disk keeps a commit waiting; our own PostgreSQL does not wait


def microseconds(server: float = 0, postgres: float = 0, broker: float = 0, client: float = 0) -> Cost:
    """A cost from figures as the table tells them."""
    return Cost(server / 1e6, postgres / 1e6, broker / 1e6, client / 1e6)


STREAM_BYTES = 17_000  # a member with a stream, all of the group at one process; measured as scale.py does

MEASURED = Costs(
    vote=microseconds(100, 38, client=26),
    commit=microseconds(730, 702),
    read=microseconds(3900, 2440),
    group=microseconds(178, 208),
    message=microseconds(10.3, client=5.6),
    hint=microseconds(63, broker=12),
    heard=microseconds(37, broker=5),
    join=microseconds(2050, 930),
)
