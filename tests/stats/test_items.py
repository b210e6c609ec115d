"""How a vignette does with learners: examples worked out by hand, and what holds for all of them."""

from itertools import count
from math import sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kit.systems import Answer
from api.stats.calibration import Calibration
from api.stats.enough import NotEnough
from api.stats.intervals import tail
from api.stats.items import (
    Attempt,
    Discrimination,
    Rival,
    StrongAndWeak,
    Thresholds,
    attention,
    calibration,
    discrimination,
    doubts,
    facility,
    possibly_miskeyed,
    strong_and_weak,
)
from api.stats.shares import Share

number = count()


def answered(
    answer: Answer = "drive", rest_correct: int = 5, confidence: str | None = None, key: Answer = "drive"
) -> Attempt:
    """A first attempt by someone who found `rest_correct` of ten other keys."""
    return Attempt(next(number), answer == key, answer, confidence, rest_correct, 10)


attempts = st.lists(
    st.builds(
        lambda answer, found, more, confidence: Attempt(0, answer == "drive", answer, confidence, found, found + more),
        st.sampled_from(["threat", "drive", "soothing", "unsure"]),
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from([None, "guessing", "leaning", "sure"]),
    ),
    max_size=60,
)


def test_facility_is_the_share_who_found_the_key_with_its_interval() -> None:
    share = facility([answered("drive")] * 3 + [answered("threat")] * 2)

    assert isinstance(share, Share)
    assert share.share == 0.6
    assert share.interval == pytest.approx((0.23, 0.88), abs=0.005)


def test_facility_of_no_one_is_not_known() -> None:
    assert facility([]) == NotEnough(0, 1, "learners")


def test_discrimination_as_worked_out_by_hand() -> None:
    # 15 who found .8 of the rest: 12 found the key. 15 who found .4: 6 found it. x̄ = .6, r̄ = .6,
    # cov = (12·.4·.2 + 3·(−.6)·.2 + 6·.4·(−.2) + 9·(−.6)·(−.2))/29 = 1.2/29; var x = 7.2/29; var r = 1.2/29.
    # Sorted, the 18 marks stand with all 15 strong ones and 3 weak: cov_max = (15·.4·.2 + 3·.4·(−.2) + 12·.6·.2)/29.
    learners = [answered("drive" if n < 12 else "threat", 8) for n in range(15)]
    learners += [answered("drive" if n < 6 else "soothing", 4) for n in range(15)]

    told = discrimination(learners)

    assert isinstance(told, Discrimination)
    assert told.learners == 30
    assert told.index == pytest.approx(100 * 1.2 / sqrt(7.2 * 1.2))
    assert told.efficiency == pytest.approx(100 * 1.2 / 2.4)


def test_discrimination_waits_for_thirty_learners_with_ten_other_vignettes() -> None:
    newcomers = [Attempt(n, True, "drive", None, 3, 9) for n in range(100)]

    assert discrimination([answered()] * 29 + newcomers) == NotEnough(29, 30, "learners with 10 other vignettes")
    assert isinstance(discrimination([answered()] * 30 + newcomers), Discrimination)
    assert str(discrimination([])) == "not enough data yet: 0 of 30 learners with 10 other vignettes"


def test_where_everyone_does_the_same_there_is_nothing_to_tell_apart() -> None:
    assert discrimination([answered("drive", n % 10) for n in range(30)]) == Discrimination(30, None, None)
    assert discrimination([answered("drive" if n % 2 else "threat") for n in range(30)]) == Discrimination(
        30, None, None
    )


def test_who_chose_what_among_the_strong_and_the_weak() -> None:
    strong = [answered("drive", 9)] * 8 + [answered("threat", 9)] * 2
    middle = [answered("unsure", 5)] * 10
    weak = [answered("drive", 1)] * 3 + [answered("soothing", 1)] * 7

    told = strong_and_weak(weak + strong + middle)

    assert isinstance(told, StrongAndWeak)
    assert {answer: share.matched for answer, share in told.strong.items()} == {
        "threat": 2,
        "drive": 8,
        "soothing": 0,
        "unsure": 0,
    }
    assert (told.weak["soothing"].matched, told.weak["soothing"].answered) == (7, 10)


def test_learners_who_did_equally_well_are_in_the_same_third() -> None:
    told = strong_and_weak([answered("drive", 9)] * 14 + [answered("threat", 2)] * 16)

    assert isinstance(told, StrongAndWeak)
    assert told.strong["drive"].answered == 14
    assert told.weak["threat"].answered == 16


def test_without_strong_and_weak_learners_nothing_is_compared() -> None:
    assert strong_and_weak([answered(rest_correct=5)] * 30) is None
    assert isinstance(strong_and_weak([answered()] * 3), NotEnough)


def test_calibration_as_worked_out_by_hand() -> None:
    # Two sure (one found it), one guessing (found it), one leaning (did not), one without a word.
    said = [answered("drive", confidence="sure"), answered("threat", confidence="sure")]
    said += [answered("drive", confidence="guessing"), answered("threat", confidence="leaning"), answered("drive")]

    told = calibration(said)

    assert isinstance(told, Calibration)
    assert told.answered == 4
    assert {row.confidence: (row.matched, row.answered) for row in told.bins} == {
        "guessing": (1, 1),
        "leaning": (0, 1),
        "sure": (1, 2),
    }
    assert told.bias == pytest.approx((0.9 + 0.9 + 1 / 3 + 2 / 3) / 4 - 0.5)
    assert told.brier == pytest.approx((0.01 + 0.81 + 4 / 9 + 4 / 9) / 4)
    assert calibration([answered()]) == NotEnough(0, 1, "answers with a confidence")


def able(wrong: int, right: int) -> list[Attempt]:
    """Learners who do well elsewhere, and ten who do not and find the key."""
    strong = [answered("threat", 9)] * wrong + [answered("drive", 9)] * right
    return strong + [answered("drive", 2)] * 10


def test_a_system_that_more_choose_than_the_key_accepts_questions_it_if_able_learners_lean_there_too() -> None:
    assert possibly_miskeyed(able(30, 5)) == Rival("threat", 30, 15)
    misled = [answered("threat", 2)] * 30 + [answered("drive", 9)] * 15
    assert possibly_miskeyed(misled) is None
    assert possibly_miskeyed([answered("threat", 5)] * 30 + [answered("drive", 5)] * 5) == Rival("threat", 30, 5)


def test_fewer_or_too_few_of_them_do_not() -> None:
    assert possibly_miskeyed(able(10, 20)) is None
    assert possibly_miskeyed(able(0, 30)) is None
    assert possibly_miskeyed(able(12, 0)) == NotEnough(22, 30, "learners")


def test_unsure_is_no_other_system() -> None:
    assert possibly_miskeyed([answered("unsure", 9)] * 30) is None


def test_attention_is_called_for_where_the_figures_carry_it() -> None:
    assert attention([answered()] * 200) == ["too easy"]
    assert attention([answered()] * 60) == []  # 0.95 to the power of 60 is 5 in 100
    assert attention([answered("threat", n % 8) for n in range(32)]) == ["too hard", "possibly mis-keyed"]
    assert attention([answered("threat", n % 8) for n in range(29)]) == []
    upside_down = [answered("drive" if n < 15 else "soothing", n % 15 // 5 + (5 if n >= 15 else 0)) for n in range(30)]
    assert attention(upside_down) == ["does not discriminate"]
    assert attention([], explanation_changed=True) == ["explanation changed"]


def test_a_chance_counts_for_as_many_looks_as_the_learners_have_doubled() -> None:
    (once,) = doubts([answered("soothing" if n % 3 else "drive") for n in range(30)])[-1:]
    (twice,) = doubts([answered("soothing" if n % 3 else "drive") for n in range(60)])[-1:]

    assert once.reason == twice.reason == "possibly mis-keyed"
    assert once.chance == pytest.approx(tail(20, 30, 0.5))
    assert twice.chance == pytest.approx(2 * tail(40, 60, 0.5))


def made_up(seed: int, wrong: int, each: int) -> list[list[Attempt]]:
    """200 similar learners who each answer `each` of 72 stories; the first `wrong` stories have a wrong key."""
    chance, stories = Random(seed), 72
    harder = [chance.gauss(0, 0.08) for _ in range(stories)]
    found: list[list[Attempt]] = [[] for _ in range(stories)]
    for learner in range(200):
        skill = chance.gauss(0.7, 0.12)
        given: list[tuple[int, Answer, bool]] = []
        for story in chance.sample(range(stories), each):
            other: Answer = "threat" if chance.random() < 0.7 else "soothing"
            answer = "drive" if chance.random() < skill + harder[story] else other
            given.append((story, answer, answer == ("threat" if story < wrong else "drive")))
        right = sum(fits for _, _, fits in given)
        for story, answer, fits in given:
            found[story].append(Attempt(learner, fits, answer, None, right - fits, each - 1))
    return found


@pytest.mark.parametrize("each", [20, 72])
def test_among_similar_learners_good_stories_are_seldom_flagged_however_often_one_looks_and_wrong_keys_are(
    each: int,
) -> None:
    wrong, good, flagged, caught = 8, 0, 0, 0
    for seed in range(4):
        stories = made_up(seed, wrong, each)
        looks = [len(stories[0]) * part // 4 for part in (1, 2, 3, 4)]
        flags = [any(attention(attempts[:look]) for look in looks) for attempts in stories[wrong:]]
        good, flagged = good + len(flags), flagged + sum(flags)
        caught += sum(bool(attention(attempts)) for attempts in stories[:wrong])

    assert flagged <= 0.05 * good
    assert caught >= 0.8 * 4 * wrong


def test_the_thresholds_of_attention_can_be_set() -> None:
    half = [answered("drive" if n % 2 else "threat", n % 9) for n in range(40)]

    assert "too easy" in attention(half, thresholds=Thresholds(easy=0.2))
    assert "too hard" in attention(half, thresholds=Thresholds(hard=0.8))


@given(attempts)
def test_every_figure_stays_in_its_range(learners: list[Attempt]) -> None:
    told = discrimination(learners)
    if isinstance(told, Discrimination):
        assert (told.index is None) == (told.efficiency is None)
        if told.index is not None and told.efficiency is not None:
            assert -100 <= told.index <= 100
            # The most that these marks allow is no more than a perfect relation, so efficiency is at least as large.
            assert abs(told.index) <= abs(told.efficiency) + 1e-6
    known = calibration(learners)
    if isinstance(known, Calibration):
        assert sum(row.answered for row in known.bins) == known.answered
    thirds = strong_and_weak(learners)
    if isinstance(thirds, StrongAndWeak):
        assert sum(share.matched for share in thirds.strong.values()) == thirds.strong["drive"].answered
    assert len(attention(learners)) == len(set(attention(learners)))


@given(attempts, st.randoms())
def test_the_order_of_learners_does_not_matter(learners: list[Attempt], random: object) -> None:
    shuffled = sorted(learners, key=lambda _: random.random())  # type: ignore[attr-defined]

    assert strong_and_weak(shuffled) == strong_and_weak(learners)
    first, second = discrimination(shuffled), discrimination(learners)
    if isinstance(first, Discrimination) and isinstance(second, Discrimination):
        assert first.index == pytest.approx(second.index)
    else:
        assert first == second
