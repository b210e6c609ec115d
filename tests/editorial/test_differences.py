"""What changed between two texts, as people read it."""

from hypothesis import given
from hypothesis import strategies as st

from api.editorial.differences import compare_words, differences, shorten
from tests.cast import ANA_FILE

texts = st.lists(st.sampled_from(["she", "runs", "up", ",", " ", " ", "\n\n", "hill", "‘Go’"]), max_size=40).map(
    "".join
)


@given(texts, texts)
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(old: str, new: str) -> None:
    pieces = compare_words(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


@given(texts, texts)
def test_shortening_leaves_every_change(old: str, new: str) -> None:
    pieces = compare_words(old, new)

    assert [p for p in shorten(pieces) if p.kind != "same"] == [p for p in pieces if p.kind != "same"]


def test_only_the_parts_that_changed_are_named_word_by_word() -> None:
    new = ANA_FILE.replace("in May", "in late June").replace("level: 1", "level: 2")

    found = {d.part: [(p.kind, p.text) for p in d.pieces if p.kind != "same"] for d in differences(ANA_FILE, new)}

    assert found == {
        "Level": [("gone", "1"), ("new", "2")],
        "Story": [("gone", "May"), ("new", "late June")],
    }


def test_a_text_that_cannot_be_read_is_compared_as_a_file() -> None:
    (found,) = differences(ANA_FILE, "not a case file")

    assert found.part == "Story file"


def test_a_changed_sign_is_told_in_plain_words() -> None:
    new = ANA_FILE.replace(".threat.scan strength=partial", ".threat.predict")
    (found,) = [d for d in differences(ANA_FILE, new) if d.part == "Signs"]
    told = "".join(piece.text for piece in found.pieces if piece.kind != "gone")

    assert "expecting the worst" in told


def test_very_long_texts_are_compared_by_lines() -> None:
    old = "word " * 20_000
    pieces = compare_words(old, old + "\nmore")

    assert pieces[-1].text.endswith("more")
