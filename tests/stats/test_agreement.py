"""Agreement between raters: published worked examples, and what holds for all ratings."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.stats.agreement import (
    between,
    confusion,
    count_labels,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    raw_agreement,
    say,
)

# Krippendorff 2011, section C: four observers, twelve units, some of them left out.
FOUR = {
    "A": "123321412...",
    "B": "1233224125.3",
    "C": ".3332342251.",
    "D": "12332441251.",
}
# The well-known table of ten subjects, fourteen raters and five categories that illustrates Fleiss' kappa.
FOURTEEN = [
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
]

units = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 6), max_size=4)
tables = st.lists(units, max_size=12)


def four_observers() -> dict[str, dict[str, str]]:
    return {
        str(unit): {rater: given[unit] for rater, given in FOUR.items() if given[unit] != "."} for unit in range(12)
    }


def fourteen_raters() -> list[Counter[str]]:
    return [Counter(dict(zip("abcde", row, strict=True))) for row in FOURTEEN]


def two_raters(both: int, only_first: int, only_second: int, neither: int) -> list[Counter[str]]:
    pairs = [("yes", "yes")] * both + [("yes", "no")] * only_first + [("no", "yes")] * only_second
    return [Counter(pair) for pair in pairs + [("no", "no")] * neither]


def test_krippendorffs_four_observers_have_alpha_743() -> None:
    assert krippendorff_alpha(count_labels(four_observers())) == pytest.approx(0.743, abs=0.0005)


def test_gwets_figures_for_the_same_four_observers_come_out() -> None:
    # Gwet 2014, Handbook, 4th ed.: AC1 .77544, percent agreement .81818.
    counts = count_labels(four_observers())

    assert gwet_ac1(counts) == pytest.approx(0.77544, abs=0.00001)
    assert raw_agreement(counts) == pytest.approx(0.81818, abs=0.00001)


def test_gwets_paradox_table_has_high_ac1() -> None:
    # Gwet 2002, Statistical Methods for Inter-Rater Reliability Assessment 1: 118, 5, 2 and 0 of 125 subjects.
    assert gwet_ac1(two_raters(118, 5, 2, 0)) == pytest.approx(0.9408, abs=0.00005)


def test_fourteen_raters_of_ten_subjects_have_kappa_210() -> None:
    assert fleiss_kappa(fourteen_raters()) == pytest.approx(0.210, abs=0.0005)


def test_kappa_is_not_told_where_units_have_different_numbers_of_raters() -> None:
    assert fleiss_kappa(count_labels(four_observers())) is None


def test_a_bank_of_nearly_one_system_is_told_as_such() -> None:
    told = say(two_raters(118, 5, 2, 0))

    assert "94% of the time" in told
    assert "makes alpha low though raters agree" in told


@pytest.mark.parametrize(
    ("counts", "part"),
    [
        ([], "cannot be worked out"),
        ([Counter(a=1)], "cannot be worked out"),
        ([Counter(a=3)], "the same answer every time"),
        ([Counter(a=3), Counter(b=3)], "can be relied on"),
        ([Counter(a=9), Counter(b=9), Counter(a=7, b=2)], "tentative"),
        ([Counter(a=1, b=1)], "cannot be relied on yet"),
    ],
)
def test_alpha_is_told_in_plain_words(counts: list[Counter[str]], part: str) -> None:
    assert part in say(counts)


def test_the_pairs_of_raters_are_counted_by_their_two_labels() -> None:
    assert confusion([Counter(threat=2, drive=1), Counter(soothing=3)]) == {
        ("threat", "threat"): 1,
        ("drive", "threat"): 2,
        ("soothing", "soothing"): 3,
    }


def test_two_raters_are_set_against_each_other_where_both_rated() -> None:
    ratings = {"1": {"A": "drive", "B": "threat"}, "2": {"A": "drive"}, "3": {"A": "drive", "B": "threat"}}

    assert between(ratings, "A", "B") == {("drive", "threat"): 2}


@given(tables)
def test_no_figure_exceeds_one_and_pairs_are_neither_lost_nor_made(counts: list[dict[str, int]]) -> None:
    for figure in (krippendorff_alpha(counts), gwet_ac1(counts), fleiss_kappa(counts), raw_agreement(counts)):
        assert figure is None or -1 - 1e-9 <= figure <= 1 + 1e-9
    sizes = [sum(unit.values()) for unit in counts]
    assert sum(confusion(counts).values()) == sum(size * (size - 1) // 2 for size in sizes)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(2, 6)), min_size=2, max_size=12))
def test_full_agreement_is_one_for_every_figure(labels: list[tuple[str, int]]) -> None:
    counts = [Counter({label: raters}) for label, raters in labels]
    expected = None if len({label for label, _ in labels}) == 1 else pytest.approx(1)

    assert krippendorff_alpha(counts) == expected
    assert gwet_ac1(counts) == expected


@given(tables, st.permutations("abcd"))
def test_the_names_of_labels_and_the_order_of_units_do_not_matter(
    counts: list[dict[str, int]], names: list[str]
) -> None:
    renamed = [{names["abcd".index(label)]: n for label, n in unit.items()} for unit in reversed(counts)]

    for figure in (krippendorff_alpha, gwet_ac1, fleiss_kappa):
        assert figure(renamed) == pytest.approx(figure(counts))


@given(tables, st.sampled_from("abcd"))
def test_a_unit_with_one_rating_does_not_change_alpha(counts: list[dict[str, int]], label: str) -> None:
    assert krippendorff_alpha([*counts, {label: 1}]) == pytest.approx(krippendorff_alpha(counts))


@given(st.lists(st.sampled_from([("a", "a"), ("a", "b"), ("b", "b"), ("b", "a")]), min_size=1, max_size=30))
def test_for_two_raters_alpha_is_kappa_with_its_correction_for_small_numbers(pairs: list[tuple[str, str]]) -> None:
    # Scott's pi, which kappa is for two raters, and alpha differ by (1 − π)/2n: Krippendorff 2004, section 11.3.
    counts = [Counter(pair) for pair in pairs]
    kappa, alpha = fleiss_kappa(counts), krippendorff_alpha(counts)

    assert (kappa is None) == (alpha is None)
    if kappa is not None:
        assert alpha == pytest.approx(kappa + (1 - kappa) / (2 * len(pairs)))
