"""Advice: what helps now, never more than a few sentences, and silent when nothing is missing."""

import time
from dataclasses import replace

import pytest
from hypothesis import given

from api.editorial.advice import AT_ONCE, WritingAdvice, advise
from api.editorial.compose import compose, form_of
from api.editorial.similar import ALIKE, Index, index_of
from api.vignettes.case import Case
from api.vignettes.case_file_writer import write
from api.vignettes.catalogue import Vignette
from api.vignettes.checking import check
from api.vignettes.readability import age_span
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE, BEN_FILE, CLEO_FILE, FILES
from tests.vignettes.strategies import cases


def advice_on(source: str = ANA_FILE, /, **changes: object) -> WritingAdvice:
    form = form_of(source)
    assert form is not None
    return advise(*check(compose(replace(form, **changes), source)))  # type: ignore[arg-type]


def said(counsel: WritingAdvice) -> str:
    return " ".join(f"{item.headline} {item.detail}" for item in counsel.items)


def published(*sources: str) -> dict[str, Vignette]:
    found = [case for source in sources if (case := read(source)[0]) is not None]
    return {case.head.slug: Vignette(number, 1, 1, "own", case) for number, case in enumerate(found)}


@given(cases())
def test_there_is_something_to_do_exactly_when_the_check_finds_a_fault(case: Case) -> None:
    source = write(case)
    checked, faults = check(source)

    counsel = advise(checked, faults)

    assert counsel.ready is not bool(faults)
    assert any(item.kind == "next" for item in counsel.items) or not faults
    assert len(counsel.items) <= AT_ONCE


@pytest.mark.parametrize("source", FILES.values(), ids=FILES)
def test_a_good_story_is_ready_and_nothing_is_asked_of_it(source: str) -> None:
    counsel = advice_on(source)

    assert counsel.ready
    assert all(item.kind == "consider" for item in counsel.items)


def test_an_empty_page_is_asked_for_a_scene_and_for_nothing_else() -> None:
    counsel = advice_on(story="", why="", others={}, questions=())

    assert [item.headline for item in counsel.items] == ["Start with one short scene."]
    assert counsel.waiting == 0


def test_a_story_just_begun_is_not_asked_for_marks_and_explanations_yet() -> None:
    counsel = advice_on(story="Ana has a race in May.", why="", others={}, questions=())

    assert [item.headline for item in counsel.items] == ["6 words so far."]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"story": "Ana has a race in May. " * 20}, "120 words. Up to 90"),
        ({"story": "Ana " + "runs and " * 25 + "stops. " + "She is at it again. " * 4}, "One sentence has 52 words."),
        ({"story": "Ana has drive. " * 15}, "“drive” gives the answer away."),
        ({"story": "Ana has a phobia. " * 12}, "“phobia” labels the character."),
        ({"story": "[He runs a long way]{.drive.effort}. " * 8}, "Ana is not in the story yet."),
        ({"story": "Ana has a race in May, far off. " * 6}, "Nothing points to drive yet."),
        ({"level": 3}, "Level 3 has more than one answer."),
        ({"why": ""}, "Why drive?"),
        ({"others": {"threat": "A worry."}}, "Why might someone choose soothing?"),
        ({"questions": ()}, "Add a question to discuss."),
        ({"skills": ()}, "What does it practise?"),
        ({"secondary": "drive"}, "Drive is biggest and second."),
        ({"dominant": "threat", "acceptable": (), "level": 2}, "Drive is explained twice."),
    ],
)
def test_each_gap_has_its_sentence(changes: dict[str, object], words: str) -> None:
    if "dominant" in changes:
        changes = changes | {"others": {"drive": "A goal.", "soothing": "Calm."}}
        assert "Drive has the largest size. The key says threat." in said(advice_on(ANA_FILE, **changes))
        return
    assert words in said(advice_on(ANA_FILE, **changes))


@pytest.mark.parametrize(
    ("text", "unkind"),
    [
        ("She is suffering from nerves.", "suffering from"),
        ("She was the victim of a theft.", "victim"),
        ("She should rest.", "should"),
    ],
)
def test_words_of_the_language_guidance_are_mentioned_with_kinder_ones(text: str, unkind: str) -> None:
    counsel = advice_on(why=text)

    item = next(item for item in counsel.items if item.quote == unkind)
    assert (item.kind, item.field) == ("consider", "why")


def test_what_a_person_says_to_themselves_may_be_harsh() -> None:
    spoken = ANA_FILE.replace("‘Under four hours,’ she says", "‘I should be under four hours,’ she says")

    assert "should" not in said(advice_on(spoken))
    assert "should" in said(advice_on(ANA_FILE.replace("Then she ties", "Then she should tie")))


def test_what_cannot_be_read_is_told_with_its_line() -> None:
    counsel = advise(*check(ANA_FILE.replace("level: 1", "level: many")))

    assert [item.headline for item in counsel.items] == ["Line 5."]
    assert counsel.measures is None


def test_reading_age_follows_the_published_formula() -> None:
    # 3 letters a word, 3 words a sentence: 4.71·3 + 0.5·3 − 21.43 < 0, so it stays at the youngest that is told.
    assert age_span("The cat sat. " * 10) == (5, 7)
    # 5 letters a word, 10 words a sentence: 4.71·5 + 0.5·10 − 21.43 = 7.12, so grade 7 and age 12.
    assert age_span(("words " * 9 + "words. ") * 3) == (11, 13)


def test_a_copy_is_recognised_under_another_name_and_never_as_its_own() -> None:
    index = Index(published(ANA_FILE, BEN_FILE, CLEO_FILE))
    ana = read(ANA_FILE)[0]
    copy = read(ANA_FILE.replace("ana-the-race", "dan-runs").replace("Ana", "Dan"))[0]
    assert ana is not None
    assert copy is not None

    found = index.nearest(copy)

    assert index.nearest(ana) is None
    assert found is not None
    assert (found.slug, found.share) == (ANA, 1.0)
    assert "This story is very similar to “Ana and the race”." in said(advise(*check(write(copy)), found))


def test_stories_that_share_a_sentence_or_less_are_not_alike() -> None:
    index = Index(published(ANA_FILE))
    ben = read(BEN_FILE.replace("The argument ended an hour ago.", "Her knee hurts a little today."))[0]
    assert ben is not None

    assert ALIKE > 0.1
    assert index.nearest(ben) is None


def test_the_index_is_made_anew_only_when_the_catalogue_has_changed() -> None:
    before = published(ANA_FILE)

    assert index_of(before) is index_of(before)
    assert index_of(published(ANA_FILE)) is not index_of(before)


def test_among_ten_thousand_stories_the_nearest_is_found_at_once() -> None:
    ana = read(ANA_FILE)[0]
    assert ana is not None
    words = ana.story.split()
    many = {}
    for number in range(10_000):
        story = " ".join(f"{word}{number if place % 3 else ''}" for place, word in enumerate(words))
        head = ana.head.model_copy(update={"slug": f"story-{number}"})
        many[head.slug] = Vignette(number, 1, 1, "own", ana.model_copy(update={"story": story, "head": head}))
    index = Index(many)

    started = time.perf_counter()
    for _ in range(10):
        index.nearest(ana)

    assert (time.perf_counter() - started) / 10 < 0.03
