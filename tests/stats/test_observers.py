"""Dawid and Skene's model, on the data of their paper."""

import pytest

from api.stats.observers import dawid_skene

# Table 1 of Dawid & Skene 1979: five anaesthetists on 45 patients; the first saw each three times.
PATIENTS = (
    "111 1 1 1 1;333 4 3 3 4;112 2 1 2 2;222 3 1 2 1;222 3 2 2 2;222 3 3 2 2;122 2 1 1 1;333 3 4 3 3;222 2 2 2 3;"
    "232 2 2 2 3;444 4 4 4 4;222 3 3 4 3;111 1 1 1 1;222 3 2 1 2;121 1 1 1 1;111 2 1 1 1;111 1 1 1 1;111 1 1 1 1;"
    "222 2 2 2 1;222 1 3 2 2;222 2 2 2 2;222 2 2 2 1;222 3 2 2 2;221 2 2 2 2;111 1 1 1 1;111 1 1 1 1;232 2 2 2 2;"
    "111 1 1 1 1;111 1 1 1 1;112 1 1 2 1;111 1 1 1 1;333 3 2 3 3;111 1 1 1 1;222 2 2 2 2;222 3 2 3 2;433 4 3 4 3;"
    "221 2 2 3 2;232 3 2 3 3;333 3 4 3 2;111 1 1 1 1;111 1 1 1 1;121 2 1 1 1;232 2 2 2 2;121 1 1 1 1;222 2 2 2 2"
)
RATINGS = {
    str(number): {f"observer-{place}": list(said) for place, said in enumerate(row.split(), 1)}
    for number, row in enumerate(PATIENTS.split(";"), 1)
}


def test_it_finds_the_shares_and_the_first_observers_errors_of_the_paper() -> None:
    found = dawid_skene(RATINGS, "1234")

    assert [round(share, 2) for share in found.shares] == [0.40, 0.42, 0.11, 0.07]
    first = [[round(cell, 2) for cell in row] for row in found.errors["observer-1"]]
    assert first[0] == [0.89, 0.11, 0.0, 0.0]
    assert first[1] == [0.07, 0.88, 0.05, 0.0]
    assert found.likeliest("1")[0] == "1"
    assert found.likeliest("1")[1] == pytest.approx(1)
    assert found.likeliest("11")[0] == "4"


def test_someone_who_always_gives_the_other_label_is_understood_and_a_good_minority_can_win() -> None:
    truth = ["a", "b"] * 10
    ratings = {
        str(n): {"right": [t], "also": [t], "third": [t], "turned": ["b" if t == "a" else "a"]}
        for n, t in enumerate(truth)
    }
    ratings["open"] = {"third": ["a"], "turned": ["b"]}
    found = dawid_skene(ratings, "ab", prior=0.5)

    assert found.likeliest("open")[0] == "a"
    assert found.accuracy("turned") < 0.1
    assert found.accuracy("right") > 0.9


def test_nothing_to_learn_from_and_unknown_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="no rating"):
        dawid_skene({"x": {}}, "ab")
    with pytest.raises(ValueError, match="not among the labels"):
        dawid_skene({"x": {"r": ["z"]}}, "ab")
