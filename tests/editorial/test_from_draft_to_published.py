"""The way of a vignette over the API: written, rated blind, published, changed, retired."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.editorial.library_settings import LibrarySettings, write_library_settings
from api.kit.settings import Settings
from tests.cast import ANA, ANA_FILE
from tests.client import Learner, http_client, new_learner, running
from tests.editorial.people import DAN, DAN_FILE, Person


async def publish(author: Person, raters: tuple[Person, ...], editor: Person) -> None:
    assert (await author.add()).status_code == 201
    assert (await author.step(DAN, "in_review")).status_code == 200
    for person in raters:
        assert (await person.rate(DAN)).status_code == 201
    assert (await editor.step(DAN, "published")).status_code == 200


async def test_a_draft_that_two_others_rated_is_published_and_answered_by_a_learner(
    author: Person, rater: Person, other_rater: Person, editor: Person, learner: Learner
) -> None:
    assert (await learner.guess(DAN, "drive")).status_code == 404

    await publish(author, (rater, other_rater), editor)

    answered = await learner.guess(DAN, "drive")
    assert answered.status_code == 201
    assert answered.json()["match"] == "key"


async def test_what_is_still_missing_is_named(author: Person, rater: Person, editor: Person) -> None:
    await author.add()
    none = await editor.step(DAN, "published")
    await author.step(DAN, "in_review")
    await rater.rate(DAN)
    one = await editor.step(DAN, "published")

    assert (none.status_code, one.status_code) == (409, 409)
    assert "2 more blind ratings are needed" in none.json()["detail"]
    assert "One more blind rating is needed" in one.json()["detail"]


async def test_the_settings_say_how_many_ratings_are_needed(author: Person, editor: Person, engine: Engine) -> None:
    write_library_settings(engine, LibrarySettings(raters_needed=0))
    await author.add()

    assert (await editor.step(DAN, "published")).status_code == 200


async def test_someone_who_is_the_only_trainer_publishes_alone_where_the_settings_let_them(
    editor: Person, engine: Engine
) -> None:
    await editor.add()
    refused = await editor.step(DAN, "published")
    write_library_settings(engine, LibrarySettings(raters_needed=2, lone_trainer=True))

    assert refused.status_code == 409
    assert (await editor.step(DAN, "published")).status_code == 200


async def test_a_rating_counts_for_the_words_that_were_read(
    author: Person, rater: Person, editor: Person, engine: Engine
) -> None:
    write_library_settings(engine, LibrarySettings(raters_needed=1))
    await author.add()
    await author.step(DAN, "in_review")
    await rater.rate(DAN)
    await author.put(DAN, DAN_FILE.replace("On the wall there is a chart.", "On the door there is a chart."))
    reworded = await editor.step(DAN, "published")
    await author.put(DAN, DAN_FILE.replace("- What is the chart for?", "- What does the chart tell you?"))

    assert reworded.status_code == 409
    assert (await editor.step(DAN, "published")).status_code == 200


async def test_the_author_cannot_rate_and_no_one_rates_twice(author: Person, rater: Person) -> None:
    await author.add()
    too_early = await rater.rate(DAN)
    await author.step(DAN, "in_review")

    assert too_early.status_code == 409
    assert (await author.rate(DAN)).status_code == 403
    assert (await rater.rate(DAN)).status_code == 201
    assert (await rater.rate(DAN, "threat")).status_code == 409


async def test_the_key_of_a_story_in_review_is_hidden_until_one_has_rated_it(
    author: Person, rater: Person, editor: Person
) -> None:
    await author.add()
    await author.step(DAN, "in_review")
    paths = [f"/api/v1/vignettes/{DAN}/{part}" for part in ("source", "ratings", "versions")]

    for path in paths:
        assert (await author.get(path)).status_code == 200
        for person in (rater, editor):
            assert (await person.get(path)).status_code == 403
    shown = await rater.rate(DAN, "threat", confidence="leaning", cues=[[0, 3]], comment="The knee worries me.")
    assert shown.json()["items"] == [
        {
            "rater": "Bo",
            "system": "threat",
            "confidence": "leaning",
            "cues": [[0, 3]],
            "reason": None,
            "circles": None,
            "comment": "The knee worries me.",
        }
    ]
    assert (await rater.get(paths[0])).status_code == 200


async def test_a_draft_is_seen_by_its_author_and_by_editors(author: Person, rater: Person, editor: Person) -> None:
    await author.add()

    assert (await author.source(DAN)).text == DAN_FILE
    assert (await editor.source(DAN)).status_code == 200
    assert (await rater.source(DAN)).status_code == 403


@pytest.mark.parametrize(
    "source", ["not a case file", DAN_FILE.replace("dominant: drive", "dominant: joy")], ids=["no head", "no system"]
)
async def test_what_cannot_be_read_at_all_is_refused_with_its_place(author: Person, source: str) -> None:
    refused = await author.add(source)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("line ")


async def test_a_draft_with_faults_is_kept_and_its_faults_are_told_but_it_is_not_published(
    author: Person, editor: Person
) -> None:
    await author.add()
    faulty = DAN_FILE.replace("Dan has a race in May.", "Dan is driven to race in May.")

    saved = await author.put(DAN, faulty)

    assert saved.status_code == 200
    assert "gives the answer away" in saved.json()["faults"][0]["message"]
    assert (await author.source(DAN)).text == faulty
    assert (await author.step(DAN, "in_review")).status_code == 422
    assert (await editor.step(DAN, "published")).status_code == 422


async def test_anyone_who_saves_over_someone_elses_text_is_told_and_nothing_is_lost(
    author: Person, editor: Person
) -> None:
    mark = (await author.add()).headers["etag"]
    theirs = DAN_FILE.replace("May", "June")
    assert (await editor.put(DAN, theirs, mark=mark)).status_code == 200

    late = await author.put(DAN, DAN_FILE.replace("May", "July"), mark=mark)

    assert late.status_code == 412
    assert (await author.source(DAN)).text == theirs
    assert (await author.put(DAN, DAN_FILE, mark=late.headers["etag"])).status_code == 200


@pytest.mark.both_databases
async def test_of_many_who_save_at_once_with_the_same_mark_one_succeeds(author: Person, editor: Person) -> None:
    mark = (await author.add()).headers["etag"]
    texts = [DAN_FILE.replace("May", f"May {day}") for day in range(1, 7)]

    answers = await asyncio.gather(*(editor.put(DAN, text, mark=mark) for text in texts))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]


async def test_a_changed_wording_keeps_the_statistics_and_a_changed_meaning_starts_them_afresh(
    editor: Person, client: httpx.AsyncClient
) -> None:
    for _ in range(5):
        await (await new_learner(client)).guess(ANA, "drive")

    async def answered() -> int:
        learner = await new_learner(client)
        count: int = (await learner.guess(ANA, "unsure")).json()["class_statistics"]["answered"]
        return count

    reworded = await editor.put(ANA, ANA_FILE.replace("in May", "in June"), change="wording", note="The month")
    assert (reworded.json()["version"], await answered()) == (2, 6)
    await editor.put(ANA, ANA_FILE.replace("in May", "in July"), change="meaning")
    assert await answered() == 1

    history = (await editor.get(f"/api/v1/vignettes/{ANA}/versions")).json()["items"]
    assert [(line["number"], line["series"], line["change"], line["author"]) for line in history] == [
        (3, 2, "meaning", "Edith"),
        (2, 1, "wording", "Edith"),
        (1, 1, "first", None),
    ]


async def test_a_published_vignette_changes_only_when_one_says_what_changed(editor: Person, author: Person) -> None:
    silent = await editor.put(ANA, ANA_FILE.replace("in May", "in June"))
    trainer = await author.put(ANA, ANA_FILE.replace("in May", "in June"), change="wording")

    assert (silent.status_code, trainer.status_code) == (422, 403)
    assert (await editor.source(ANA)).text == ANA_FILE


async def test_learners_who_answered_an_older_version_still_see_what_they_answered(
    editor: Person, client: httpx.AsyncClient
) -> None:
    await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})
    await editor.put(ANA, ANA_FILE.replace("in May", "in June"), change="wording")
    page = (await client.get(f"/vignettes/{ANA}/outcome")).text
    await editor.put(ANA, ANA_FILE.replace("in May", "in July"), change="meaning")
    later = (await client.get(f"/vignettes/{ANA}/outcome")).text

    assert "in May" in page
    assert "We have improved the wording of this story" in page
    assert "in May" in later
    assert "We have changed the meaning of this story" in later


async def test_a_retired_vignette_is_no_longer_served_and_can_come_back(editor: Person, learner: Learner) -> None:
    assert (await editor.step(ANA, "retired")).status_code == 200
    assert (await learner.guess(ANA, "drive")).status_code == 404
    assert (await editor.step(ANA, "published")).status_code == 200
    assert (await learner.guess(ANA, "drive")).status_code == 201


@pytest.mark.parametrize(
    ("status", "to"), [("draft", "retired"), ("published", "draft"), ("published", "in_review"), ("draft", "draft")]
)
async def test_there_is_no_other_step(editor: Person, status: str, to: str) -> None:
    await editor.add()
    slug = DAN if status == "draft" else ANA

    assert (await editor.step(slug, to)).status_code == 409


async def test_another_process_serves_what_was_published_here(editor: Person, settings: Settings, app: FastAPI) -> None:
    async with running(settings) as second, http_client(second) as client:
        await editor.put(ANA, ANA_FILE.replace("in May", "in June"), change="wording")
        for _ in range(80):
            if "in June" in (await client.get(f"/api/v1/vignettes/{ANA}")).json()["text"]:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("the other process still tells the old story")


async def test_an_upgrade_of_the_product_does_not_overwrite_what_trainers_made_of_a_vignette(
    editor: Person, settings: Settings, engine: Engine, cases: object
) -> None:
    ours = ANA_FILE.replace("in May", "in June")
    await editor.put(ANA, ours, change="wording")
    (settings.vignettes_dir / f"{ANA}.md").write_text(ANA_FILE.replace("in May", "in August"), encoding="utf-8")

    async with running(settings) as later, http_client(later) as client:
        story = (await client.get(f"/api/v1/vignettes/{ANA}")).json()["text"]

    assert "in June" in story
    with engine.connect() as connection:
        query = f"SELECT shipped FROM vignette WHERE slug = '{ANA}'"
        assert "in August" in connection.exec_driver_sql(query).scalar_one()


async def test_a_text_with_a_character_that_is_no_text_is_refused_and_the_draft_stays(author: Person) -> None:
    await author.add()

    assert (await author.put(DAN, DAN_FILE + "\0")).status_code == 422
    assert (await author.source(DAN)).text == DAN_FILE
