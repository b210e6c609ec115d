"""The simulation of many groups keeps to what must hold for any server that works as decisions 0001 and 0005 say."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.groups.live.hub import PUSH_SECONDS
from tests.bench.costs import MEASURED, Cost, Costs
from tests.bench.model import Setting, percentile, simulate

ALONE = Setting(groups=1, members=1, processes=1, cores=8, rate=1.0, seconds=1.0)


def _service(costs: Costs) -> float:
    """What one vote takes that meets no one."""
    vote, commit = costs.vote, costs.commit
    return sum((vote.client, vote.server, vote.postgres, commit.server, commit.postgres, costs.flush))


@pytest.mark.parametrize("flush", [0.0, 0.004])
def test_a_vote_that_meets_no_one_takes_its_service_time_and_is_told_at_once(flush: float) -> None:
    costs = replace(MEASURED, flush=flush)

    told = simulate(costs, ALONE)

    assert told.votes == [pytest.approx(_service(costs))]
    read = costs.read.server + costs.read.postgres + costs.group.server + costs.group.postgres
    message = costs.message.server + costs.message.client
    (update,) = told.updates
    # The last half of the voter's work is done while the update is made.
    assert update[0] == pytest.approx(read + message - costs.vote.client / 2)
    assert update[1] == 1


def test_without_load_an_update_waits_for_half_a_collection_in_the_mean() -> None:
    free = Cost()
    costs = Costs(vote=free, commit=free, read=free, group=free, message=free, hint=free, heard=free, join=free)
    steady = Setting(groups=1, members=4_000, processes=1, cores=8, rate=200.0, seconds=20.0)

    told = simulate(costs, steady)

    waits = [wait for wait, _ in told.updates]
    assert sum(waits) / len(waits) == pytest.approx(PUSH_SECONDS / 2, rel=0.05)
    assert max(waits) <= PUSH_SECONDS + 1e-9
    assert max(told.votes) == 0


@settings(max_examples=25, deadline=None)
@given(
    groups=st.integers(1, 12),
    members=st.integers(1, 9),
    processes=st.integers(1, 5),
    cores=st.integers(1, 3),
    database=st.integers(0, 2),
    together=st.booleans(),
    seconds=st.floats(0.02, 3.0),
    seed=st.integers(0, 99),
)
def test_every_vote_is_answered_once_and_told_once_to_every_stream_of_its_group(
    groups: int, members: int, processes: int, cores: int, database: int, together: bool, seconds: float, seed: int
) -> None:
    number = groups * members
    setting = Setting(groups, members, processes, cores, number / seconds, seconds, together, database=database)

    told = simulate(MEASURED, setting, seed)

    assert len(told.votes) == told.asked == number
    assert min(told.votes) > 0
    assert sum(streams for _, streams in told.updates) == number * members
    assert told.counts["messages"] <= number * members
    assert sum(told.spent.values()) > 0


def test_more_votes_a_second_never_make_the_slowest_votes_faster() -> None:
    slowest = [
        simulate(MEASURED, Setting(groups=100, processes=2, cores=2, rate=rate, seconds=1.0)).vote(99)
        for rate in (50, 400, 1_200, 3_000)
    ]

    assert slowest == sorted(slowest)
    assert slowest[-1] > 5 * slowest[0]


def test_no_one_spends_more_than_the_cores_that_there_are() -> None:
    told = simulate(MEASURED, Setting(groups=40, processes=2, cores=1, rate=1_200, seconds=1.0, database=1))

    during = told.seconds + 3  # with the time in which the last updates are made
    assert told.spent["server"] + told.spent["client"] <= during
    assert told.spent["postgres"] + told.spent["broker"] <= during
    assert told.seconds > 1.0  # it was more than it could take


def test_the_same_seed_gives_the_same_run() -> None:
    setting = Setting(groups=10, rate=200.0, seconds=1.0)

    assert simulate(MEASURED, setting, 7) == simulate(MEASURED, setting, 7)
    assert simulate(MEASURED, setting, 7) != simulate(MEASURED, setting, 8)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([(1.0, 1)], 99, 1.0), ([(2.0, 1), (1.0, 99)], 99, 1.0), ([(2.0, 2), (1.0, 98)], 99, 2.0)],
)
def test_a_percentile_counts_weights(values: list[tuple[float, int]], percent: int, expected: float) -> None:
    assert percentile(values, percent) == expected
