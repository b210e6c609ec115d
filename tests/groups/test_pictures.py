"""Results as pictures: what is drawn adds up to what is told."""

import re
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.groups.pages.pictures import (
    OTHERS,
    MovementView,
    headline,
    ring,
    view_ballots,
    view_calibration,
    view_heat,
    view_movement,
)
from api.groups.results import Calibration, GroupResults, Heat, Kind, Movement, Snapshot, present
from api.kit.systems import VOTES
from api.stats.answer_shares import class_statistics
from api.vignettes.case import Case
from api.vignettes.words import word_spans
from tests.groups.cases import ANA_CASE, BEN_CASE, CLEO_CASE

SMALLEST = 5

tables = st.tuples(*[st.tuples(*[st.sampled_from((0, 0, 0, 1, 2, 3, 5, 9))] * len(VOTES))] * len(VOTES)).filter(
    lambda table: sum(map(sum, table)) >= SMALLEST
)


def results_of(table: tuple[tuple[int, ...], ...], kind: Kind) -> tuple[GroupResults, Snapshot]:
    """The results when everyone answered twice."""
    movement: Movement = {
        start: {end: count for end, count in zip(VOTES, row, strict=True) if count}
        for start, row in zip(VOTES, table, strict=True)
    }
    first = [sum(row) for row in table]
    second = [sum(column) for column in zip(*table, strict=True)]
    snapshot = Snapshot(ballots=[first, second], movement=movement)
    return present(snapshot, ANA_CASE, kind, SMALLEST), snapshot


def edges(path: str) -> tuple[float, float, float, float]:
    """Top and bottom of a band at its left and at its right end."""
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
    left_top, right_top, right_bottom, left_bottom = numbers[1], numbers[7], numbers[8], numbers[14]
    return left_top, left_bottom, right_top, right_bottom


# Movement


@given(tables, st.sampled_from(("psychoeducation", "training")))
def test_bands_and_nodes_add_up_to_everyone_who_answered_twice(table: tuple[tuple[int, ...], ...], kind: Kind) -> None:
    results, snapshot = results_of(table, kind)
    view = view_movement(results, snapshot)
    if view is None:
        assert results.movement is None or not any(chain.from_iterable(r.values() for r in results.movement.values()))
        return
    total = sum(map(sum, table))
    assert sum(band.count for band in view.bands) == total
    unit = sum(node.height for node in view.nodes if node.x == 0) / total
    for side in (0, 1):
        nodes = [node for node in view.nodes if (node.x > 0) == bool(side)]
        for node in nodes:
            counts = [band.count for band in view.bands if (band.start, band.end)[side] == node.answer]
            assert node.height == pytest.approx(unit * sum(counts), abs=0.2)
        assert sum(node.height for node in nodes) == pytest.approx(unit * total, abs=0.5)
        assert max(node.y + node.height for node in nodes) <= view.height + 0.2


@given(tables)
def test_each_band_is_as_high_as_its_count_and_lies_on_its_two_nodes(table: tuple[tuple[int, ...], ...]) -> None:
    results, snapshot = results_of(table, "training")
    view = view_movement(results, snapshot)
    assert view is not None
    unit = sum(node.height for node in view.nodes if node.x == 0) / sum(map(sum, table))
    places = {(node.answer, node.x > 0): (node.y, node.y + node.height) for node in view.nodes}
    for band in view.bands:
        left_top, left_bottom, right_top, right_bottom = edges(band.path)
        assert left_bottom - left_top == pytest.approx(unit * band.count, abs=0.25)
        assert right_bottom - right_top == pytest.approx(unit * band.count, abs=0.25)
        top, bottom = places[band.start, False]
        assert top - 0.25 <= left_top <= left_bottom <= bottom + 0.25
        top, bottom = places[band.end, True]
        assert top - 0.25 <= right_top <= right_bottom <= bottom + 0.25


@given(tables)
def test_bands_that_share_a_node_do_not_lie_on_each_other(table: tuple[tuple[int, ...], ...]) -> None:
    results, snapshot = results_of(table, "training")
    view = view_movement(results, snapshot)
    assert view is not None
    for node in view.nodes:
        right = node.x > 0
        own = [edges(b.path)[2 * right : 2 * right + 2] for b in view.bands if (b.start, b.end)[right] == node.answer]
        own.sort()
        assert all(upper[1] <= lower[0] + 0.25 for upper, lower in pairwise(own))


@given(tables)
def test_the_words_of_a_careful_picture_name_no_step_of_one_or_two(table: tuple[tuple[int, ...], ...]) -> None:
    results, snapshot = results_of(table, "psychoeducation")
    view = view_movement(results, snapshot)
    if view is None:
        return
    for band in view.bands:
        assert band.start == OTHERS or band.count >= 3
    told = " ".join((view.headline, view.description, *chain.from_iterable(cells for _, cells in view.table)))
    assert not {"1", "2"} & set(re.findall(r"\d+", told))
    assert all(node.count == "a few" or int(node.count) >= 3 for node in view.nodes)


def moved(*cells: tuple[str, str, int]) -> MovementView | None:
    table = [[0] * len(VOTES) for _ in VOTES]
    names = list(VOTES)
    for start, end, count in cells:
        table[names.index(start)][names.index(end)] = count  # type: ignore[arg-type]
    return view_movement(*results_of(tuple(map(tuple, table)), "psychoeducation"))


@pytest.mark.parametrize(
    "cells, words",
    [
        ([("threat", "drive", 4), ("drive", "drive", 5)], "After talking, 4 people changed from threat to drive"),
        ([("unsure", "soothing", 6)], "After talking, 6 people changed from not sure to soothing"),
        ([("pass", "drive", 4), ("drive", "drive", 3)], "After talking, 4 people changed from passing to drive"),
        ([("drive", "drive", 5), ("threat", "threat", 3)], "No one changed their answer"),
    ],
)
def test_the_headline_of_the_movement_names_the_largest_step(cells: list[tuple[str, str, int]], words: str) -> None:
    view = moved(*cells)

    assert view is not None
    assert view.headline == words


def test_no_one_is_said_to_have_kept_an_answer_while_steps_are_hidden() -> None:
    view = moved(("drive", "drive", 6), ("threat", "threat", 5), ("unsure", "unsure", 4), ("threat", "unsure", 1))

    assert view is None or view.headline != "No one changed their answer"


def test_without_a_second_vote_there_is_no_movement() -> None:
    one = Snapshot(ballots=[[6, 6, 0, 0, 0]])

    assert view_movement(present(one, ANA_CASE, "training", SMALLEST), one) is None


# The answer ring


@given(st.integers(0, 1500), st.integers(0, 1500))
def test_the_ring_has_a_dot_for_everyone_up_to_sixty(members: int, answered: int) -> None:
    dots = ring(members, answered)
    filled = [done for _, _, done in dots]

    assert len(dots) == min(max(members, answered), 60)
    assert filled == sorted(filled, reverse=True)  # in order, so that no dot is someone's seat
    if max(members, answered) <= 60:
        assert sum(filled) == answered
    if answered == 0:
        assert not any(filled)
    if answered >= members:
        assert all(filled)


@given(st.integers(1, 500), st.integers(0, 500))
def test_the_dots_stand_on_one_circle(members: int, answered: int) -> None:
    for x, y, _ in ring(members, answered):
        assert (x - 100) ** 2 + (y - 100) ** 2 == pytest.approx(84**2, rel=0.01)


@given(st.integers(61, 2000), st.data())
def test_in_a_large_group_each_dot_stands_for_a_share(members: int, data: st.DataObject) -> None:
    answered = data.draw(st.integers(0, members))
    filled = sum(done for _, _, done in ring(members, answered))

    assert filled / 60 == pytest.approx(answered / members, abs=0.5 / 60 + 1e-9)


# Marked words


def heat_of(case: Case, marks: dict[int, int]) -> GroupResults:
    spans = word_spans(case.story)
    heat = [Heat(start=spans[p][0], end=spans[p][1], count=count) for p, count in sorted(marks.items())]
    return GroupResults(ballots=[], movement=None, gain=None, heat_map=heat)


marks_of_a_story = st.dictionaries(st.integers(0, 39), st.integers(1, 30), min_size=1, max_size=40)


@pytest.mark.parametrize("case", [ANA_CASE, BEN_CASE, CLEO_CASE], ids=["ana", "ben", "cleo"])
@given(marks=marks_of_a_story)
def test_the_stretches_of_the_marked_story_join_to_the_story(case: Case, marks: dict[int, int]) -> None:
    paragraphs = view_heat(heat_of(case, marks), case)

    assert paragraphs is not None
    assert "\n\n".join("".join(segment.text for segment in paragraph) for paragraph in paragraphs) == case.story


@given(marks_of_a_story)
def test_every_marked_word_is_warm_and_no_other_is(marks: dict[int, int]) -> None:
    paragraphs = view_heat(heat_of(ANA_CASE, marks), ANA_CASE)
    assert paragraphs is not None
    heat = list(
        chain.from_iterable(
            [segment.heat] * len(segment.text) for segment in chain.from_iterable((*p,) for p in paragraphs)
        )
    )
    offsets = [place for place in range(len(ANA_CASE.story)) if ANA_CASE.story[place] != "\n"]
    warmth = dict(zip(offsets, heat, strict=True))
    most = max(marks.values())
    for place, (start, end) in enumerate(word_spans(ANA_CASE.story)):
        found = {warmth[offset] for offset in range(start, end)}
        if place not in marks:
            assert found == {0}
        else:
            assert len(found) == 1
            assert found <= {1, 2, 3}
            assert marks[place] != most or most == 1 or found == {3} or most == 2
    assert max(heat) > 0


@given(marks_of_a_story)
def test_each_run_of_equal_marks_tells_its_number_once(marks: dict[int, int]) -> None:
    paragraphs = view_heat(heat_of(ANA_CASE, marks), ANA_CASE)
    assert paragraphs is not None
    told = [segment.count for segment in chain.from_iterable(paragraphs) if segment.count is not None]

    assert set(told) == set(marks.values())
    assert len(told) <= len(marks)


def test_a_cue_inside_marked_words_keeps_its_own_stretch() -> None:
    everything = dict.fromkeys(range(len(word_spans(ANA_CASE.story))), 4)
    paragraphs = view_heat(heat_of(ANA_CASE, everything), ANA_CASE)
    assert paragraphs is not None

    texts = {segment.cue.type: segment.text for segment in chain.from_iterable(paragraphs) if segment.cue}
    assert texts["drive.effort"] == "She gets up at five and runs before work"


def test_without_marks_there_is_no_picture() -> None:
    assert view_heat(heat_of(ANA_CASE, {}), ANA_CASE) is None


# Headlines and the rest


def headline_of(*ballots: tuple[int, ...], careful: bool = True) -> str:
    shown = [class_statistics(counts, SMALLEST, "group", careful) for counts in ballots]
    return headline(GroupResults(ballots=shown, movement=None, gain=None, heat_map=[]), "Ana")


@pytest.mark.parametrize(
    "counts, words",
    [
        ((0, 8, 0, 0, 0), "All of us chose drive"),
        ((3, 7, 0, 0, 0), "Most of us chose drive"),
        ((3, 5, 4, 0, 0), "Many of us chose drive"),
        ((3, 4, 4, 0, 0), "We saw it in different ways"),
        ((5, 5, 0, 0, 0), "We saw it in different ways"),
        ((4, 4, 4, 5, 3), "We saw it in different ways"),
        ((0, 0, 3, 6, 0), "Most of us were not sure"),
        ((0, 0, 3, 0, 6), "Most of us passed"),
        ((2, 2, 2, 2, 2), "We saw it in different ways"),
        ((1, 1, 1, 0, 0), "Ana’s story: too few answers to show"),
    ],
)
def test_the_headline_says_the_finding_in_words(counts: tuple[int, ...], words: str) -> None:
    assert headline_of(counts) == words


def test_the_headline_is_about_the_last_vote() -> None:
    assert headline_of((9, 0, 0, 0, 0), (0, 9, 0, 0, 0)) == "After talking, all of us chose drive"
    assert headline_of((9, 0, 0, 0, 0), (1, 1, 0, 0, 0)) == "Ana’s story: too few answers to show"


@given(st.lists(st.tuples(*[st.integers(0, 20)] * len(VOTES)), min_size=1, max_size=2))
def test_a_headline_holds_no_number_and_no_answer_that_is_hidden(ballots: list[tuple[int, ...]]) -> None:
    words = headline_of(*ballots)
    last = class_statistics(ballots[-1], SMALLEST, "group", hide_few=True)

    assert not re.search(r"\d", words)
    assert words[0].isupper()
    for share in last.systems:
        if share.few and share.system in ("threat", "drive", "soothing"):
            assert share.system not in words


def test_votes_are_named_by_when_they_were() -> None:
    one = class_statistics((3, 4, 0, 0, 0), SMALLEST, "group")
    assert [view.title for view in view_ballots([one], SMALLEST)] == ["Our vote"]
    assert [view.title for view in view_ballots([one, one], SMALLEST)] == ["First vote", "Second vote"]


def test_calibration_runs_from_a_hunch_to_very_sure() -> None:
    table = {
        "sure": Calibration(answered=4, matched=3),
        "guessing": Calibration(answered=3, matched=1),
    }

    rows = view_calibration(Snapshot(ballots=[[0] * 5], calibration=table))

    assert [(row.label, row.answered, row.matched, row.percent) for row in rows] == [
        ("a hunch", 3, 1, 33),
        ("very sure", 4, 3, 75),
    ]
