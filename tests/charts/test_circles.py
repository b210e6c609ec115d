"""Three circles whose areas are counts, and which touch without overlapping."""

from itertools import combinations
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.charts.circles import NAME_FITS, ROOM, Arrangement, Placed, arrange, place_labels
from api.kit.systems import NAME, SYSTEMS

GAP = ROOM / 2
counts = st.fixed_dictionaries({system: st.integers(min_value=0, max_value=20_000) for system in SYSTEMS})
some = counts.filter(lambda weights: any(weights.values()))


def drawn(weights: dict[str, int]) -> Arrangement:
    arrangement = arrange({system: float(weight) for system, weight in weights.items()})
    assert arrangement is not None
    return arrangement


def between(a: Placed, b: Placed) -> float:
    """The room between two rims."""
    return dist((a.cx, a.cy), (b.cx, b.cy)) - a.r - b.r


@given(some)
def test_areas_are_proportional_to_counts(weights: dict[str, int]) -> None:
    for a, b in combinations(drawn(weights).circles, 2):
        assert a.r**2 * weights[b.system] == pytest.approx(b.r**2 * weights[a.system])


@given(some)
def test_exactly_the_systems_that_someone_chose_are_drawn(weights: dict[str, int]) -> None:
    names = [circle.system for circle in drawn(weights).circles]

    assert sorted(names) == sorted(system for system, weight in weights.items() if weight)


@given(some)
def test_circles_touch_with_the_same_gap_and_never_overlap(weights: dict[str, int]) -> None:
    for a, b in combinations(drawn(weights).circles, 2):
        assert between(a, b) == pytest.approx(GAP, abs=1e-6)


@given(some)
def test_every_circle_lies_within_the_box_with_room_around_it(weights: dict[str, int]) -> None:
    arrangement = drawn(weights)

    for circle in arrangement.circles:
        assert circle.cx - circle.r >= ROOM - 1e-6
        assert circle.cy - circle.r >= ROOM - 1e-6
        assert circle.cx + circle.r <= arrangement.width - ROOM + 1e-6
        assert circle.cy + circle.r <= arrangement.height - ROOM + 1e-6


@given(some, st.integers(min_value=2, max_value=9))
def test_the_picture_depends_on_shares_and_not_on_how_many_answered(weights: dict[str, int], times: int) -> None:
    larger = drawn({system: weight * times for system, weight in weights.items()})

    for circle, same in zip(drawn(weights).circles, larger.circles, strict=True):
        assert (same.cx, same.cy, same.r) == pytest.approx((circle.cx, circle.cy, circle.r))


@given(some)
def test_the_biggest_count_has_the_largest_radius(weights: dict[str, int]) -> None:
    circles = drawn(weights).circles

    assert max(circle.r for circle in circles) == pytest.approx(88)
    assert max(circles, key=lambda circle: (circle.r, weights[circle.system])).system in {
        system for system, weight in weights.items() if weight == max(weights.values())
    }


def test_without_any_answer_nothing_is_drawn() -> None:
    assert arrange(dict.fromkeys(SYSTEMS, 0.0)) is None
    assert arrange({}) is None


@given(st.fixed_dictionaries({system: st.integers(min_value=0, max_value=60) for system in SYSTEMS}))
def test_no_label_covers_a_circle_or_another_label(weights: dict[str, int]) -> None:
    arrangement = arrange({system: float(weight) for system, weight in weights.items()})
    if arrangement is None:
        return
    texts = {c.system: f"{NAME[c.system]} {weights[c.system]}" for c in arrangement.circles if c.r < NAME_FITS}

    whole, labels = place_labels(arrangement, texts)

    assert set(labels) == set(texts)
    for label in labels.values():
        left, top, right, bottom = label.box
        assert left >= 0
        assert top >= 0
        assert right <= whole.width
        assert bottom <= whole.height
        for circle in whole.circles:
            nearest = (min(max(circle.cx, left), right), min(max(circle.cy, top), bottom))
            assert dist(nearest, (circle.cx, circle.cy)) > circle.r
    for one, other in combinations(labels.values(), 2):
        assert (
            one.box[2] <= other.box[0]
            or other.box[2] <= one.box[0]
            or one.box[3] <= other.box[1]
            or other.box[3] <= one.box[1]
        )
