"""A vignette's pages: the next step by permission, changes, versions, the product's offer."""

import httpx
import pytest
from sqlalchemy import Engine, text

from api.editorial.library_settings import LibrarySettings, write_library_settings
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE
from tests.editorial.people import DAN, DAN_FILE, Person, make_person

HERE = f"/trainers/vignettes/{ANA}"
NEW = ANA_FILE.replace("in May", "in June")


async def post(person: Person, path: str, **fields: str) -> httpx.Response:
    return await person.client.post(path, data=fields, headers=person.headers)


def wait_with_draft(engine: Engine, source: str = NEW) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO draft (vignette_id, source, revision, base_version, saved_at) "
                "SELECT id, :source, 1, 1, '2026-11-20 10:00:00' FROM vignette WHERE slug = :slug"
            ),
            {"source": source, "slug": ANA},
        )


def offer(engine: Engine, source: str = NEW) -> None:
    with engine.begin() as connection:
        values = {"source": source, "slug": ANA}
        connection.execute(text("UPDATE vignette SET shipped = :source, adapted = true WHERE slug = :slug"), values)


async def test_each_role_is_offered_the_steps_that_it_may_take(
    author: Person, rater: Person, editor: Person, engine: Engine
) -> None:
    await author.add()
    page = f"/trainers/vignettes/{DAN}"
    assert "Send for review" in (await author.get(page)).text
    assert (await rater.get(page)).status_code == 403
    write_library_settings(engine, LibrarySettings(raters_needed=0))
    assert "Publish story" not in (await author.get(page)).text
    assert "Publish story" in (await editor.get(page)).text

    assert "Archive story" not in (await author.get(HERE)).text
    assert "Edit story" not in (await author.get(HERE)).text
    assert "Archive story" in (await editor.get(HERE)).text
    assert "Edit story" in (await editor.get(HERE)).text


async def test_a_step_is_taken_by_its_button_and_refused_to_others(author: Person, editor: Person) -> None:
    refused = await post(author, f"{HERE}/status", status="retired")
    taken = await post(editor, f"{HERE}/status", status="retired")

    assert (refused.status_code, taken.status_code) == (403, 303)
    assert "Only editors can archive stories" in refused.text
    gone = await editor.client.get(f"/vignettes/{ANA}")
    assert gone.status_code == 410
    assert "Ana’s story has been replaced" in gone.text
    await post(editor, f"{HERE}/status", status="published")
    assert (await editor.client.get(f"/vignettes/{ANA}")).status_code == 200


async def test_what_is_missing_is_said_and_publishing_is_not_offered(author: Person, editor: Person) -> None:
    await author.add()
    page = (await editor.get(f"/trainers/vignettes/{DAN}")).text

    assert "2 more blind ratings are needed" in page
    assert "Publish story" not in page
    assert (await post(editor, f"/trainers/vignettes/{DAN}/status", status="published")).status_code == 409


async def test_what_stops_a_story_is_named_and_linked_where_one_can_act(author: Person) -> None:
    await author.add(DAN_FILE.replace("## To talk about", "## Something else"))
    for path in (f"/trainers/vignettes/{DAN}", f"/trainers/vignettes/{DAN}/review"):
        page = (await author.get(path)).text
        assert "1 thing must be fixed first" in page
        assert f'href="/trainers/vignettes/{DAN}/edit?tab=write#f-questions" aria-label="Fix this: Add' in page
    story = (await author.get(f"/trainers/vignettes/{DAN}")).text
    assert 'disabled aria-describedby="stops">Send for review' in story
    assert 'value="in_review"' not in story
    editor = (await author.get(f"/trainers/vignettes/{DAN}/edit")).text
    assert "1 thing must be fixed first" in editor
    assert 'href="#f-questions" aria-label="Fix this: ' in editor


async def split(author: Person, *raters: tuple[Person, str]) -> str:
    """A story in review with these ratings."""
    await author.add()
    await author.step(DAN, "in_review")
    for person, system in raters:
        await person.rate(DAN, system)
    return f"/trainers/vignettes/{DAN}"


async def test_publishing_a_story_whose_raters_split_asks_first(
    author: Person, rater: Person, other_rater: Person, editor: Person
) -> None:
    page = await split(author, (rater, "drive"), (other_rater, "threat"), (editor, "drive"))
    for part in ("", "/review"):
        asked = (await editor.get(page + part)).text
        assert "The raters split. Do both answers fit?" in asked
        assert "1 of 3 raters chose threat" in asked
        assert "Publish story" not in asked
    unanswered = await post(editor, f"{page}/status", status="published")
    kept = await post(editor, f"{page}/status", status="published", split="keep")

    assert unanswered.status_code == 409
    assert "The raters split. Choose whether" in unanswered.text
    assert kept.status_code == 303
    assert (await editor.client.get(f"/vignettes/{DAN}")).status_code == 200


async def test_accepting_both_answers_changes_the_key_and_leads_to_what_it_still_needs(
    author: Person, rater: Person, other_rater: Person, editor: Person
) -> None:
    page = await split(author, (rater, "soothing"), (other_rater, "drive"), (editor, "drive"))
    accepted = await post(editor, f"{page}/status", status="published", split="accept")

    case = read((await editor.source(DAN)).text)[0]
    assert case is not None
    assert (case.head.key.acceptable, case.head.level) == (["drive", "soothing"], 3)
    assert (accepted.status_code, accepted.headers["location"]) == (303, f"{page}/edit?tab=write#part-key")
    assert "The raters split" not in (await editor.get(page)).text


async def test_raters_of_whom_few_choose_otherwise_do_not_split(
    author: Person, rater: Person, other_rater: Person, editor: Person, engine: Engine, client: httpx.AsyncClient
) -> None:
    fourth = make_person(engine, client, "Dee", "trainer")
    page = await split(author, (rater, "threat"), (other_rater, "drive"), (editor, "drive"), (fourth, "drive"))

    assert "The raters split" not in (await editor.get(page)).text
    assert (await post(editor, f"{page}/status", status="published")).status_code == 303


async def test_a_waiting_draft_is_shown_by_its_differences_and_published_once_one_says_what_changed(
    author: Person, editor: Person, engine: Engine
) -> None:
    wait_with_draft(engine)
    page = (await editor.get(HERE)).text
    assert "<del>" in page
    assert "June" in page
    silent = await post(editor, f"{HERE}/publish", mark="1.1")
    stale = await post(editor, f"{HERE}/publish", mark="1.0", change="wording")
    other = await post(author, f"{HERE}/publish", mark="1.1", change="wording")
    done = await post(editor, f"{HERE}/publish", mark="1.1", change="wording", note="The\0 month")

    assert (silent.status_code, stale.status_code, other.status_code) == (422, 409, 403)
    assert "Choose what changed" in silent.text
    assert done.status_code == 303
    assert "in June" in (await editor.client.get(f"/vignettes/{ANA}")).text
    history = (await author.get(f"{HERE}/versions")).text
    assert "The wording changed. The month" in history
    assert "Edith" in history


async def test_an_earlier_version_is_brought_back_by_editors(author: Person, editor: Person) -> None:
    await editor.put(ANA, NEW, change="wording")
    page = (await editor.get(f"{HERE}/versions/1")).text
    assert "Restore version 1" in page
    assert "Restore version 1" not in (await author.get(f"{HERE}/versions/1")).text
    path = f"{HERE}/versions/1/restore"

    assert (await post(author, path, change="wording")).status_code == 403
    assert (await post(editor, path)).status_code == 422
    assert (await post(editor, path, change="wording")).status_code == 303
    assert "in May" in (await editor.client.get(f"/vignettes/{ANA}")).text
    assert "Restored from version 1" in (await editor.get(f"{HERE}/versions")).text
    assert (await editor.get(f"{HERE}/versions/4")).status_code == 404


async def test_the_products_newer_text_is_shown_by_its_difference_and_taken_or_turned_down(
    author: Person, editor: Person, engine: Engine
) -> None:
    offer(engine)
    page = (await author.get(HERE)).text
    assert "Update available" in page
    assert "June" in page
    assert "Accept the update" not in page
    assert (await post(author, f"{HERE}/shipped/keep")).status_code == 403
    assert (await post(editor, f"{HERE}/shipped/take")).status_code == 422
    assert (await post(editor, f"{HERE}/shipped/keep")).status_code == 303
    assert "Update available" not in (await editor.get(HERE)).text
    assert "in May" in (await editor.source(ANA)).text

    offer(engine)
    assert (await post(editor, f"{HERE}/shipped/take", change="wording")).status_code == 303
    assert "in June" in (await editor.source(ANA)).text


async def test_a_copy_is_a_draft_of_ones_own_open_in_the_editor(author: Person, rater: Person) -> None:
    made = await post(author, f"{HERE}/copy")

    assert made.status_code == 303
    assert made.headers["location"] == "/trainers/vignettes/ana-and-the-race-adapted/edit"
    page = await author.get("/trainers/vignettes/ana-and-the-race-adapted")
    assert f'Adapted from <a href="{HERE}">' in page.text
    assert (await rater.get("/trainers/vignettes/ana-and-the-race-adapted")).status_code == 403


@pytest.mark.parametrize("slug", ["nobody", "%00", "a" * 300])
async def test_an_unknown_vignette_is_not_found(editor: Person, slug: str) -> None:
    for part in ("", "/rate", "/review", "/versions", "/analysis"):
        assert (await editor.get(f"/trainers/vignettes/{slug}{part}")).status_code == 404


async def test_what_a_title_holds_is_shown_as_text(author: Person) -> None:
    await author.add(DAN_FILE.replace("title: Dan and the race", "title: <b>Dan</b>"))

    assert "&lt;b&gt;Dan&lt;/b&gt;" in (await author.get(f"/trainers/vignettes/{DAN}")).text
