"""What waits for each trainer, on their page and in the menu."""

import re

import pytest
from sqlalchemy import Engine, text

from tests.cast import ANA, ANA_FILE
from tests.editorial.people import DAN, Person

pytestmark = pytest.mark.both_databases

REVIEWS = "/trainers/reviews"


async def counted(person: Person) -> int:
    """The number beside “Reviews” in the menu; 0 where there is none."""
    page = await person.get("/trainers/map")
    found = re.search(r'Reviews <span class="count">(\d+)', page.text)
    return int(found[1]) if found else 0


async def headings(person: Person) -> list[str]:
    page = await person.get(REVIEWS)
    assert page.status_code == 200
    return re.findall(r'<h2 id="([^"]+)">', page.text)


async def test_a_story_in_review_waits_for_each_other_trainer_until_they_have_rated_it(
    author: Person, rater: Person, other_rater: Person
) -> None:
    await author.add()
    assert await counted(rater) == 0
    await author.step(DAN, "in_review")

    assert [await counted(person) for person in (author, rater, other_rater)] == [0, 1, 1]
    page = (await rater.get(REVIEWS)).text
    assert f"/trainers/vignettes/{DAN}/rate" in page
    assert "Dan and the race" not in page
    assert "0 of 2 blind ratings" in (await author.get(REVIEWS)).text
    await rater.rate(DAN)
    assert [await counted(person) for person in (author, rater, other_rater)] == [0, 0, 1]
    await other_rater.rate(DAN)
    assert [await counted(person) for person in (author, rater, other_rater)] == [0, 0, 0]


async def test_new_words_of_a_story_wait_for_those_who_rated_the_earlier_ones(author: Person, rater: Person) -> None:
    await author.add()
    await author.step(DAN, "in_review")
    await rater.rate(DAN)
    source = (await author.source(DAN)).text
    await author.put(DAN, source.replace("in May", "in June"))

    assert await counted(rater) == 1
    assert "Dan and the race" in (await rater.get(REVIEWS)).text


async def test_an_editor_rates_first_and_then_finds_the_story_ready_to_publish(
    author: Person, rater: Person, other_rater: Person, editor: Person
) -> None:
    await author.add()
    await author.step(DAN, "in_review")
    for person in (rater, other_rater):
        await person.rate(DAN)

    assert await headings(editor) == ["to-rate", "own", "drafts"]
    await editor.rate(DAN)
    assert await headings(editor) == ["to-publish", "own", "drafts"]
    assert await counted(editor) == 1
    await editor.step(DAN, "published")
    assert await counted(editor) == 0


async def test_changes_and_updates_of_published_stories_wait_for_editors_alone(
    author: Person, editor: Person, engine: Engine
) -> None:
    changed = {"tab": "source", "source": ANA_FILE.replace("in May", "in June")}
    await editor.client.post(f"/trainers/vignettes/{ANA}/edit", data=changed, headers=editor.headers)
    with engine.begin() as connection:
        connection.execute(text("UPDATE vignette SET shipped = 'newer' WHERE slug = :slug"), {"slug": ANA})

    assert await headings(editor) == ["changes", "updates", "own", "drafts"]
    assert await counted(editor) == 2
    assert await counted(author) == 0
    assert await headings(author) == ["own", "drafts"]
