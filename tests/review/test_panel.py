"""The split of the blind readers, and the words that people mark."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kit import assets
from api.review.panel import Panel
from api.vignettes.case import story_mark
from api.vignettes.words import passages, phrases, spans_of, word_spans
from tests.groups.cases import ANA_CASE, CLEO_CASE
from tests.review.test_blind_ratings import rate, shipped


def row(reader: str, label: str, mark: str = story_mark(ANA_CASE)) -> str:
    return f"{ANA_CASE.head.slug},{reader},{label},sure,,runs,{mark}"


def test_readers_of_the_present_words_are_counted_once_each_by_what_they_said_last(tmp_path: Path) -> None:
    rate(tmp_path, row("reader-1", "drive"), row("reader-2", "drive"), row("reader-3", "threat"))
    rate(tmp_path, row("reader-3", "unsure"), row("reader-4", "soothing", "0" * 16), name="round-2")
    panel = Panel(tmp_path)

    assert panel.split(ANA_CASE) == (0, 2, 0, 1)
    assert panel.split(CLEO_CASE) is None


def test_without_ratings_or_with_broken_ones_there_is_no_panel_and_no_error(tmp_path: Path) -> None:
    assert Panel(tmp_path).split(ANA_CASE) is None
    rate(tmp_path, row("reader-1", "hunger"))
    assert Panel(tmp_path).split(ANA_CASE) is None


def test_every_shipped_story_has_a_panel_of_at_least_three() -> None:
    panel = Panel(assets.VIGNETTES)

    assert all(sum(panel.split(case) or ()) >= 3 for case in shipped())


def test_words_that_only_a_space_parts_become_one_phrase() -> None:
    story = "She gets up, and runs. She grins."
    words = {story[slice(*span)]: span for span in word_spans(story)}
    marked = [words["runs"], words["gets"], words["up"], words["grins"]]

    assert [story[slice(*span)] for span in phrases(marked)] == ["gets up", "runs", "grins"]


def test_a_passage_runs_over_commas_and_full_stops_but_not_over_words_or_paragraphs() -> None:
    story = "She gets up, and runs. She grins.\n\nThen home."
    words = {story[slice(*span)]: span for span in word_spans(story)}
    marked = [words[word] for word in ("up", "and", "grins", "Then")]

    assert passages(story, marked) == ["up, and", "grins", "Then"]
    assert passages(story, []) == []


@given(st.text(alphabet="ab ,.\n’-", max_size=60), st.data())
def test_phrases_cover_exactly_the_words_that_were_marked(story: str, data: st.DataObject) -> None:
    words = word_spans(story)
    marked = data.draw(st.lists(st.sampled_from(words), unique=True)) if words else []
    found = phrases(marked)

    assert {w for w in words if any(a <= w[0] and w[1] <= b for a, b in found)} == set(marked)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))


def test_a_form_names_words_by_their_places() -> None:
    assert spans_of([("system", "drive"), ("cues", "3-7"), ("cues", "9-12")]) == [(3, 7), (9, 12)]
    with pytest.raises(ValueError, match="invalid literal"):
        spans_of([("cues", "three")])
