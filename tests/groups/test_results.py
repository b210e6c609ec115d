"""Gain, advice, marked words, calibration, and what `present` puts together. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.groups.results import (
    Calibration,
    Kind,
    Snapshot,
    advise,
    calibrate,
    count_words,
    gain,
    present,
)
from api.kit.systems import VOTES
from api.vignettes.words import word_spans
from tests.groups.cases import ANA_CASE, BEN_CASE, CLEO_CASE

SMALLEST = 5
LOW, HIGH = 0.45, 0.70
STORY = "One two, three. Four-four five’s six"


def counts(**votes: int) -> list[int]:
    return [votes.get("passed" if vote == "pass" else vote, 0) for vote in VOTES]


# Gain


def test_the_gain_is_the_share_of_the_possible_that_came_true() -> None:
    """Hake 1998: from 40 % to 70 % is half of what was left."""
    assert gain([counts(threat=6, drive=4), counts(threat=3, drive=7)], ANA_CASE) == 0.5


def test_people_who_passed_do_not_count_in_the_gain() -> None:
    assert gain([counts(threat=6, drive=4, passed=9), counts(unsure=3, drive=7, passed=1)], ANA_CASE) == 0.5


def test_every_answer_that_the_key_accepts_counts_in_the_gain() -> None:
    # Soothing, threat and unsure fit for Ben: from 1 of 4 to 3 of 4.
    assert gain([counts(drive=3, unsure=1), counts(drive=1, soothing=2, threat=1)], BEN_CASE) == pytest.approx(
        2 / 3, abs=1e-4
    )


def test_a_group_that_lost_ground_has_a_gain_below_zero() -> None:
    assert gain([counts(drive=5, threat=5), counts(drive=2, threat=8)], ANA_CASE) == -0.6


@pytest.mark.parametrize(
    "ballots",
    [
        [counts(drive=7), counts(drive=3, threat=4)],
        [counts(passed=7), counts(drive=7)],
        [counts(drive=3, threat=4), counts(passed=7)],
    ],
    ids=["all had it before", "no one answered first", "no one answered then"],
)
def test_there_is_no_gain_where_it_is_not_defined(ballots: list[list[int]]) -> None:
    assert gain(ballots, ANA_CASE) is None


# Advice


@pytest.mark.parametrize(
    "matching, answered, advice",
    [
        (44, 100, "reread"),
        (45, 100, "discuss"),
        (70, 100, "discuss"),
        (71, 100, "explain"),
        (0, 4, "reread"),
        (4, 4, "explain"),
    ],
)
def test_advice_goes_by_the_share_that_matches_the_key(matching: int, answered: int, advice: str) -> None:
    first = counts(drive=matching, threat=answered - matching, passed=50)

    assert advise(first, ANA_CASE, LOW, HIGH) == advice


def test_the_thresholds_of_advice_are_settings() -> None:
    first = counts(drive=5, threat=5)

    assert [advise(first, ANA_CASE, low, high) for low, high in ((0.6, 0.9), (0.3, 0.9), (0.1, 0.4))] == [
        "reread",
        "discuss",
        "explain",
    ]


def test_unsure_is_an_answer_when_advice_is_given() -> None:
    assert advise(counts(drive=4, unsure=6), ANA_CASE, LOW, HIGH) == "reread"


def test_counts_so_small_that_one_answer_more_could_hide_them_decide_nothing() -> None:
    assert {advise(counts(drive=few, threat=3), ANA_CASE, LOW, HIGH) for few in range(4)} == {"discuss"}


def test_where_all_passed_they_read_again() -> None:
    assert advise(counts(passed=8), ANA_CASE, LOW, HIGH) == "reread"


@pytest.mark.parametrize(
    "first, advice",
    [
        (counts(drive=8, threat=2), "explain"),  # not even an accepted answer: they agree, and that is what counts
        (counts(soothing=7, threat=3), "discuss"),
        (counts(soothing=8, threat=2), "explain"),
        (counts(soothing=4, threat=3, unsure=3), "discuss"),
        (counts(drive=1, threat=1, soothing=1, unsure=1), "discuss"),
    ],
)
def test_where_several_answers_fit_advice_goes_by_disagreement(first: list[int], advice: str) -> None:
    assert advise(first, BEN_CASE, LOW, HIGH) == advice


@given(st.tuples(*[st.integers(0, 30)] * len(VOTES)))
def test_no_one_is_told_to_read_again_where_several_answers_fit(first: tuple[int, ...]) -> None:
    assert advise(first, BEN_CASE, LOW, HIGH) in ("discuss", "explain")


# Marked words


def test_a_word_counts_for_everyone_who_touched_any_of_it() -> None:
    spans = word_spans(STORY)
    assert [STORY[start:end] for start, end in spans] == ["One", "two", "three", "Four-four", "five’s", "six"]

    marked = [[[0, 3]], [[2, 5]], [[4, 7], [9, 14]], []]

    assert count_words(STORY, marked) == {0: 2, 1: 2, 2: 1}


def test_a_span_between_words_marks_nothing() -> None:
    assert count_words(STORY, [[[3, 4]], [[7, 9]], [[500, 600]]]) == {}


def test_someone_who_marks_a_word_twice_counts_once() -> None:
    assert count_words(STORY, [[[0, 2], [1, 3], [0, 3]]]) == {0: 1}


spans_of_one = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)).map(lambda s: [s[0], s[0] + s[1]]), max_size=4)


@given(st.lists(spans_of_one, max_size=8))
def test_a_word_is_never_marked_by_more_people_than_there_are(marked: list[list[list[int]]]) -> None:
    for place, count in count_words(STORY, marked).items():
        start, end = word_spans(STORY)[place]
        marking = [any(set(range(span[0], span[1])) & set(range(start, end)) for span in own) for own in marked]
        assert count == sum(marking) > 0


# Calibration


def test_calibration_counts_how_many_of_the_sure_had_an_accepted_answer() -> None:
    votes = [
        ("soothing", "sure"),
        ("threat", "sure"),
        ("drive", "sure"),
        ("unsure", "guessing"),
        ("drive", None),
        ("pass", "sure"),
    ]

    assert calibrate(votes, BEN_CASE) == {
        "sure": Calibration(answered=3, matched=2),
        "guessing": Calibration(answered=1, matched=1),
    }
    assert calibrate([], BEN_CASE) == {}


# Together


def snapshot(*ballots: list[int], words: dict[int, int] | None = None) -> Snapshot:
    return Snapshot(ballots=list(ballots), movement={"drive": {"drive": 5}}, words=words or {})


FULL = counts(drive=6, threat=4)
THIN = counts(drive=2, threat=2)


@pytest.mark.parametrize("kind", ["psychoeducation", "training"])
@pytest.mark.parametrize(
    "ballots", [(FULL,), (THIN, FULL), (FULL, THIN)], ids=["one vote", "a thin first vote", "a thin second vote"]
)
def test_movement_and_gain_need_two_votes_that_may_be_shown(kind: Kind, ballots: tuple[list[int], ...]) -> None:
    shown = present(snapshot(*ballots), ANA_CASE, kind, SMALLEST)

    assert shown.movement is None
    assert shown.gain is None


def test_a_training_group_is_told_its_gain_and_a_psychoeducation_group_is_not() -> None:
    both = snapshot(counts(threat=6, drive=4), counts(threat=3, drive=7))

    assert present(both, ANA_CASE, "training", SMALLEST).gain == 0.5
    assert present(both, ANA_CASE, "psychoeducation", SMALLEST).gain is None


@pytest.mark.parametrize("kind, least", [("psychoeducation", 3), ("training", 1)])
def test_words_that_one_or_two_marked_are_shown_in_training_only(kind: Kind, least: int) -> None:
    marks = {0: 1, 1: 2, 2: 3, 3: 5}

    heat = present(snapshot(FULL, words=marks), ANA_CASE, kind, SMALLEST).heat_map

    assert [place.count for place in heat] == [count for count in marks.values() if count >= least]
    spans = word_spans(ANA_CASE.story)
    assert {(place.start, place.end) for place in heat} <= set(spans[:4])


@pytest.mark.parametrize("kind", ["psychoeducation", "training"])
def test_no_marked_word_is_shown_where_the_last_vote_may_not_be(kind: Kind) -> None:
    assert present(snapshot(THIN, words={0: 4}), ANA_CASE, kind, SMALLEST).heat_map == []
    assert present(snapshot(FULL, THIN, words={0: 4}), ANA_CASE, kind, SMALLEST).heat_map == []


def test_marks_of_a_longer_story_that_has_been_shortened_do_no_harm() -> None:
    beyond = len(word_spans(CLEO_CASE.story))

    assert present(snapshot(FULL, words={beyond: 9}), CLEO_CASE, "training", SMALLEST).heat_map == []
