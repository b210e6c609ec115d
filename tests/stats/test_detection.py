"""Sensitivity and response bias, on published examples and on answers whose bias is known."""

from random import Random

import pytest

from api.stats.detection import detect, indices

# Macmillan & Creelman 2005, Detection Theory, 2nd ed.: recognition of faces (ch. 1: hits 20 of 25, false alarms 10 of
# 25), and of words without and with hypnosis (ch. 1 and 2).
PUBLISHED = [(0.80, 0.40, 1.095, -0.294), (0.69, 0.31, 0.992, 0.000), (0.89, 0.59, 0.999, -0.727)]


@pytest.mark.parametrize(("hits", "alarms", "sensitivity", "criterion"), PUBLISHED)
def test_the_indices_are_those_of_the_book(hits: float, alarms: float, sensitivity: float, criterion: float) -> None:
    assert indices(hits, alarms) == pytest.approx((sensitivity, criterion), abs=0.0015)


def test_someone_who_calls_everything_threat_is_ready_and_not_sensitive() -> None:
    answers = [("threat", "threat"), ("drive", "threat"), ("soothing", "threat")] * 12
    found = detect("threat", answers)

    assert found.sensitivity is not None
    assert found.sensitivity_interval is not None
    assert found.sensitivity_interval[0] < 0 < found.sensitivity_interval[1]
    assert (found.leans, found.ratio) == ("readily", 3)
    assert detect("drive", answers).leans == "rarely"
    assert detect("threat", answers[:20]).sensitivity is None  # too few stories to tell


def test_the_intervals_hold_what_answers_were_drawn_from() -> None:
    random, covered, runs = Random(1), 0, 300
    true, _ = indices(0.8, 0.25)
    for _ in range(runs):
        hits = [("threat", "threat" if random.random() < 0.8 else "drive") for _ in range(40)]
        other = [("drive", "threat" if random.random() < 0.25 else "drive") for _ in range(80)]
        interval = detect("threat", hits + other).sensitivity_interval
        assert interval is not None
        covered += interval[0] <= true <= interval[1]

    assert 0.92 <= covered / runs <= 0.99
