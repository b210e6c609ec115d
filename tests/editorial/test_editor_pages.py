"""The editor over plain forms, as browsers without scripts use it, and its autosave."""

import html
import re

import httpx
import pytest

from api.kit.systems import SYSTEMS
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE
from tests.editorial.people import DAN, DAN_FILE, Person

EDIT = f"/trainers/vignettes/{DAN}/edit"
AUTOSAVE = f"/trainers/vignettes/{DAN}/autosave"


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the editor's form if no one touched it."""
    form = page[page.index("<form") :] if 'id="editor"' not in page else page[page.index('id="editor"') :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(html.unescape(text))
    for tag in re.findall(r"<input[^>]*>", form):
        attribute = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in attribute and (attribute.get("type") not in ("radio", "checkbox") or " checked" in tag):
            found.setdefault(attribute["name"], []).append(html.unescape(attribute.get("value", "")))
    for name, choices in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = [html.unescape(value) for value in re.findall(r"<option selected>(.*?)</option>", choices)]
    return found


async def opened(person: Person, path: str = EDIT) -> dict[str, list[str]]:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text)


async def post(person: Person, path: str, fields: dict[str, list[str]], **changes: str) -> httpx.Response:
    data = {**fields, **{name: [value] for name, value in changes.items()}}
    return await person.client.post(path, data=data, headers=person.headers)


async def test_a_story_is_begun_with_a_title_and_a_name(author: Person) -> None:
    nameless = await author.client.post("/trainers/new", data={"title": "The van"}, headers=author.headers)
    made = await author.client.post("/trainers/new", data={"title": "The van", "person": "Zo"}, headers=author.headers)

    assert nameless.status_code == 422
    assert 'value="The van"' in nameless.text
    assert (made.status_code, made.headers["location"]) == (303, "/trainers/vignettes/the-van/edit")
    assert (await opened(author, "/trainers/vignettes/the-van/edit"))["person"] == ["Zo"]


async def test_nothing_is_chosen_in_a_new_story_until_its_author_chooses(author: Person) -> None:
    here = "/trainers/vignettes/the-van"
    await author.client.post("/trainers/new", data={"title": "The van", "person": "Zo"}, headers=author.headers)
    fields = await opened(author, f"{here}/edit")
    assert not {"level", "dominant"} & set(fields)
    assert {fields[f"{system}_{end}"][0] for system in SYSTEMS for end in ("low", "high")} == {""}
    assert "not chosen yet" in (await author.get("/trainers?status=draft")).text

    begun = (await post(author, f"{here}/autosave", fields, story="Zo drives the van. " * 6)).json()
    again = await opened(author, f"{here}/edit")
    assert not {"level", "dominant"} & set(again)
    assert "Choose which system is biggest to see the explanation here." in begun["look"]
    for word in ("No level is chosen yet.", "No answer is chosen yet.", "The sizes are blank."):
        assert word in begun["advice"]
        assert word in (await author.get(here)).text
    assert (await author.step("the-van", "in_review")).status_code == 422

    chosen = await post(author, f"{here}/edit", again, level="2", dominant="threat", threat_low="40", threat_high="60")
    assert chosen.status_code == 303
    kept = await opened(author, f"{here}/edit")
    assert (kept["level"], kept["dominant"], kept["threat_low"]) == (["2"], ["threat"], ["40"])
    case = read((await author.source("the-van")).text)[0]
    assert case is not None
    assert (case.head.level, case.head.key.dominant, case.head.key.blend.drive) == (2, "threat", [0, 100])
    assert "chosen yet" not in (await author.get(here)).text


async def test_a_story_is_begun_from_a_copy_of_one_that_was_looked_for(author: Person) -> None:
    found = await author.get("/trainers/new?q=ana+race")
    made = await author.client.post("/trainers/new", data={"copy": ANA}, headers=author.headers)

    assert f'value="{ANA}"' in found.text
    assert made.headers["location"] == "/trainers/vignettes/ana-and-the-race-adapted/edit"
    assert (await author.get(f"/trainers/new?copy={ANA}")).text.count(f'value="{ANA}"') == 1


async def test_a_form_that_no_one_touched_saves_the_file_word_for_word(author: Person) -> None:
    await author.add()

    answer = await post(author, EDIT, await opened(author))

    assert answer.status_code == 303
    assert (await author.source(DAN)).text == DAN_FILE
    assert (await author.source(DAN)).headers["etag"] == '"0.1"'


async def test_without_scripts_either_tab_saves(author: Person) -> None:
    await author.add()
    written = await post(author, EDIT, await opened(author), why="He grins.\r\n\r\nTwice.", title="Dan runs")
    source = await opened(author, EDIT + "?tab=source")
    mended = await post(author, EDIT, source, source=source["source"][0].replace("Dan runs", "Dan ran\r\n"))

    case = read((await author.source(DAN)).text)[0]
    assert (written.status_code, mended.status_code) == (303, 303)
    assert case is not None
    assert (case.head.title, case.why) == ("Dan ran", "He grins.\n\nTwice.")
    assert "Saved" in (await author.get(mended.headers["location"])).text


async def test_a_text_that_cannot_be_read_opens_in_its_source_and_says_where(author: Person) -> None:
    await author.add()
    await author.put(DAN, DAN_FILE.replace("level: 1", "level: many"))

    page = (await author.get(EDIT)).text

    assert "level: many" in page
    assert "Line 5." in page
    assert "?tab=write" not in page


async def test_autosave_answers_the_new_mark_the_page_and_advice(author: Person) -> None:
    await author.add()

    answer = await post(author, AUTOSAVE, await opened(author), story="Dan [runs]{.drive.effort} a race.")

    assert answer.status_code == 200
    assert answer.json()["etag"] == "0.2"
    assert "<mark" in answer.json()["look"]
    assert "4 words so far." in answer.json()["advice"]


async def test_a_save_whose_answer_was_lost_can_be_sent_again(author: Person) -> None:
    await author.add()
    fields = await opened(author)

    first, again = [await post(author, AUTOSAVE, fields, why="Because.") for _ in range(2)]

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["etag"] == again.json()["etag"] == "0.2"


async def test_two_people_in_one_draft_are_told_and_shown_both_texts(author: Person, editor: Person) -> None:
    await author.add()
    mine, theirs = await opened(author), await opened(editor)
    await post(editor, EDIT, theirs, why="Edith thinks so.")

    quiet = await post(author, AUTOSAVE, mine, why="Amina thinks so.")
    page = await post(author, EDIT, mine, why="Amina thinks so.")

    assert (quiet.status_code, page.status_code) == (409, 409)
    assert quiet.json()["who"] == "Edith"
    for text in (quiet.json()["both"], page.text):
        assert "<ins>Amina</ins>" in text
        assert "<ins>Edith</ins>" in text
    assert "Edith thinks so." in (await author.source(DAN)).text


@pytest.mark.parametrize("choice", ["keep", "beside"])
async def test_mine_is_kept_in_place_of_theirs_or_gone_on_with(author: Person, editor: Person, choice: str) -> None:
    await author.add()
    mine, theirs = await opened(author), await opened(editor)
    await post(editor, EDIT, theirs, why="Edith thinks so.")
    both = fields_of((await post(author, EDIT, mine, why="Amina thinks so.")).text)

    answer = await post(author, EDIT, both, choice=choice)

    saved = (await author.source(DAN)).text
    if choice == "keep":
        assert answer.status_code == 303
        assert "Amina thinks so." in saved
    else:
        assert "Edith thinks so." in saved
        assert "<ins>Edith</ins>" in answer.text
        later = await post(author, EDIT, fields_of(answer.text))
        assert later.status_code == 303
        assert "Amina thinks so." in (await author.source(DAN)).text


async def test_a_published_story_is_changed_beside_what_learners_see(editor: Person) -> None:
    path = f"/trainers/vignettes/{ANA}/edit"
    fields = await opened(editor, path)
    untouched = await post(editor, path, fields)
    mark = await editor.get(f"{path}/mark")
    await post(editor, path, fields, why="Another reason.")

    assert untouched.status_code == 303
    assert mark.json() == {"etag": "1.0", "who": None}
    assert (await editor.get(f"{path}/mark")).json() == {"etag": "1.1", "who": "Edith"}
    assert "Another reason." not in (await editor.get(f"/vignettes/{ANA}")).text
    assert "You are editing a draft" in (await editor.get(path)).text


async def test_anyone_who_may_not_change_a_story_does_not_meet_the_editor(author: Person, rater: Person) -> None:
    await author.add()

    assert (await rater.get(EDIT)).status_code == 403
    assert (await rater.get(f"/trainers/vignettes/{ANA}/edit")).status_code == 403
    assert (
        await rater.client.post(AUTOSAVE, data={"tab": "source", "source": ANA_FILE}, headers=rater.headers)
    ).status_code == 403
    assert (await rater.get("/trainers/vignettes/nobody/edit")).status_code == 404
    signed_out = await rater.client.get(EDIT)
    assert signed_out.status_code == 401
    assert "Sign in" in signed_out.text


async def test_what_is_typed_into_numbers_and_choices_never_stops_a_save(author: Person) -> None:
    await author.add()
    odd = {
        "level": "9",
        "dominant": "joy",
        "threat_low": "-3",
        "drive_high": "1000",
        "soothing_low": "many",
        "age": "17",
    }

    answer = await post(author, AUTOSAVE, await opened(author), why="Kept.", title=" ", **odd)

    case = read((await author.source(DAN)).text)[0]
    assert answer.status_code == 200
    assert case is not None
    assert (case.head.title, case.head.level, case.why) == ("Dan and the race", 1, "Kept.")
    assert (case.head.key.blend.threat, case.head.key.blend.drive) == ([10, 25], [60, 100])
