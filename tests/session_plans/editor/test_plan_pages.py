"""The pages of plans over plain forms, as browsers without scripts use them, and files that people send."""

import html
import re

import httpx
import pytest

from api.session_plans.reading import read
from tests.editorial.people import Person
from tests.session_plans.editor.reading_forms import sent_by
from tests.session_plans.sample import SAMPLE, line_of

PLANS = "/trainers/plans"
HTMX = {"HX-Request": "true"}


async def post(person: Person, path: str, data: dict[str, list[str]] | None = None, **changes: str) -> httpx.Response:
    sent = {**(data or {}), **{name: [value] for name, value in changes.items()}}
    return await person.client.post(path, data=sent, headers=person.headers)


async def form(person: Person, path: str, marker: str = "data-typing") -> dict[str, list[str]]:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    return sent_by(answer.text, marker)


async def upload(person: Person, content: bytes, name: str = "plan.yaml") -> httpx.Response:
    return await person.client.post(f"{PLANS}/upload", files={"file": (name, content)}, headers=person.headers)


async def file(person: Person, path: str) -> str:
    return (await person.get(f"{path}/file")).text


async def copied(person: Person) -> str:
    """A copy of the product's plan; its address."""
    answer = await post(person, f"{PLANS}/an-hour/copy")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/edit")


def steps(text: str) -> list[str]:
    return re.findall(r"^  title: (.+)$", text, re.MULTILINE)


async def test_a_shipped_plan_is_looked_at_and_copied_and_never_changed(author: Person) -> None:
    page = (await author.get(f"{PLANS}/an-hour")).text
    step = (await author.get(f"{PLANS}/an-hour/steps/1")).text

    assert "Comes with Three Circles" in page
    assert "Have a seat." in step
    assert "data-typing" not in step
    for path in ("edit", "steps", "steps/1", "undo", "offer", "withdraw", "delete"):
        assert (await post(author, f"{PLANS}/an-hour/{path}", mark="1")).status_code in (403, 404)


async def test_forms_that_no_one_touched_save_the_same_file(author: Person) -> None:
    copy = await copied(author)
    before = await file(author, copy)

    for path in ("edit?tab=about", "edit?tab=source", "steps/1", "steps/2", "steps/4"):
        answer = await post(author, f"{copy}/{path.partition('?')[0]}", await form(author, f"{copy}/{path}"))
        assert answer.status_code == 303, answer.text

    assert await file(author, copy) == before


async def test_a_step_is_changed_in_its_form_and_the_next_one_opens(author: Person) -> None:
    copy = await copied(author)

    answer = await post(author, f"{copy}/steps/1", await form(author, f"{copy}/steps/1"), wall="Hello.", then="next")

    assert answer.headers["location"] == f"{copy}/steps/2"
    plan, _ = read(await file(author, copy))
    assert plan is not None
    assert plan.steps[0].wall == "Hello."


async def test_steps_are_moved_added_doubled_and_taken_out_with_plain_buttons(author: Person) -> None:
    copy = await copied(author)

    async def press(do: str, **more: str) -> httpx.Response:
        return await post(author, f"{copy}/steps", await form(author, f"{copy}/edit", "data-arrange"), do=do, **more)

    moved = await press("down 1")
    assert moved.headers["location"] == f"{copy}/edit?done=down&at=2#step-2"
    assert "“Hello” is now step 2 of 4." in (await author.get(f"{copy}/edit?done=down&at=2")).text
    await press("add", kind="board")
    await press("duplicate 1")
    assert steps(await file(author, copy)) == ["Ana", "Ana", "Hello", "Rules", "What the group says", "Goodbye"]
    await press("remove 2")
    page = (await author.get(f"{copy}/edit?done=remove&at=2")).text
    assert "The step has been removed." in page
    undone = await post(author, f"{copy}/undo", mark=re.findall(r'name="mark" value="(\d+)"', page)[0])
    assert undone.status_code == 303
    assert len(steps(await file(author, copy))) == 6


async def test_the_steps_alone_are_answered_to_htmx_with_what_happened(author: Person) -> None:
    copy = await copied(author)
    data = await form(author, f"{copy}/edit", "data-arrange")

    answer = await author.client.post(
        f"{copy}/steps", data={**data, "do": "order 2 3 1 4"}, headers=author.headers | HTMX
    )

    assert answer.text.lstrip().startswith('<div id="steps"')
    assert "“Hello” is now step 3 of 4." in answer.text


async def test_the_preview_shows_three_faces_and_faults_and_saves_nothing(author: Person) -> None:
    copy = await copied(author)
    before = await file(author, copy)
    data = await form(author, f"{copy}/steps/1")

    answer = await post(author, f"{copy}/steps/1/preview", data, wall="You should look up.", **{"minutes.20": "12"})

    assert answer.status_code == 200
    assert answer.text.count("You should look up.") == 1  # the wall alone
    assert "“should” can sound harsh" in html.unescape(answer.text)
    assert re.search(r"20 minutes:</b> 3 steps, 27 minutes in total", answer.text)
    assert await file(author, copy) == before


async def test_faults_and_advice_stand_at_the_field_they_belong_to(author: Person) -> None:
    copy = await copied(author)
    hard = "Emotional regulation necessitates understanding complicated motivational mechanisms. " * 5
    data = await form(author, f"{copy}/steps/1")
    await post(author, f"{copy}/steps/1", data, **{"wall": "", "phone": hard, "notes.end": "The correct end."})

    page = html.unescape((await author.get(f"{copy}/steps/1")).text)

    def at(field: str) -> str:
        found = re.search(rf'id="f-{field}-told">(.*?)</div>', page)
        assert found
        return re.sub(r"<[^>]+>", "", found[1]).strip()

    assert at("wall") == "This is still blank"
    assert at("phone") == at("title") == ""  # what cannot be read yet gets no other advice
    await post(author, f"{copy}/steps/1", await form(author, f"{copy}/steps/1"), wall="Hello.")
    page = html.unescape((await author.get(f"{copy}/steps/1")).text)
    assert at("phone").startswith("Suggestion: The reading age")
    assert at("notes-end").startswith("“correct” sounds like a judgement")
    assert at("wall") == ""


async def test_minutes_that_miss_a_length_are_told_beside_the_lengths(author: Person) -> None:
    copy = await copied(author)
    data = await form(author, f"{copy}/steps/2")

    await post(author, f"{copy}/steps/2", data, minutes="same", **{"minutes.same": "20"})

    assert (
        "20 minutes:</b> 3 steps, 30 minutes in total. Aim for 18 to 22 minutes"
        in (await author.get(f"{copy}/edit")).text
    )


async def test_two_people_in_one_plan_are_shown_both_texts_and_nothing_is_lost(author: Person, editor: Person) -> None:
    copy = await copied(author)
    mine = await form(author, f"{copy}/steps/1")
    theirs = await form(editor, f"{copy}/steps/2")
    await post(editor, f"{copy}/steps/2", theirs, title="Ana runs")

    answer = await post(author, f"{copy}/steps/1", mine, wall="Mine.")

    page = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "Edith has saved this plan" in page
    assert "Mine." in page
    assert "Ana runs" in page
    kept = await post(author, f"{copy}/edit", sent_by(answer.text, "enctype"))
    assert kept.status_code == 303
    assert "wall: Mine." in await file(author, copy)
    assert "Ana runs" not in await file(author, copy)


async def test_a_button_pressed_on_an_old_list_does_nothing_and_shows_the_steps_as_they_stand(
    author: Person, editor: Person
) -> None:
    copy = await copied(author)
    old = await form(author, f"{copy}/edit", "data-arrange")
    await post(editor, f"{copy}/steps", await form(editor, f"{copy}/edit", "data-arrange"), do="down 1")

    answer = await post(author, f"{copy}/steps", old, do="remove 1")

    assert answer.status_code == 409
    assert steps(await file(author, copy)) == ["Ana", "Hello", "Rules", "Goodbye"]
    assert answer.text.index("<li>Ana</li>") < answer.text.index("<li>Hello</li>")


async def test_the_source_is_kept_word_for_word_also_while_it_cannot_be_read(author: Person) -> None:
    copy = await copied(author)
    source = "# a remark\n" + await file(author, copy)
    await post(author, f"{copy}/edit", await form(author, f"{copy}/edit?tab=source"), source=source)
    assert await file(author, copy) == source

    await post(author, f"{copy}/edit", await form(author, f"{copy}/edit?tab=source"), source="steps: [\r\n")

    page = (await author.get(f"{copy}/edit")).text
    assert await file(author, copy) == "steps: [\n"
    assert "Line 2, column 1: the plan is not plain YAML" in page
    assert "?tab=about" not in page
    assert (await post(author, f"{copy}/steps", mark="3", do="up 1")).status_code == 422
    assert (await author.get(copy)).status_code == 200


async def test_an_editor_offers_a_plan_and_withdraws_it(author: Person, editor: Person, other: Person) -> None:
    copy = await copied(author)
    assert (await other.get(copy)).status_code == 403
    mark = re.findall(r'name="mark" value="(\d+)"', (await editor.get(copy)).text)[0]

    assert (await post(author, f"{copy}/offer", mark=mark)).status_code == 403
    assert (await post(editor, f"{copy}/offer", mark=mark)).status_code == 303
    assert "Facilitators can choose this plan" in (await other.get(copy)).text
    assert (await post(other, f"{copy}/copy")).headers["location"].startswith(f"{PLANS}/a-quiet-hour-copy-copy")
    assert (await post(author, f"{copy}/delete")).status_code == 409
    assert (await post(editor, f"{copy}/withdraw")).status_code == 303
    assert (await other.get(copy)).status_code == 403
    assert (await post(author, f"{copy}/delete")).headers["location"] == PLANS


async def test_a_file_that_was_downloaded_is_brought_in_again(author: Person, other: Person) -> None:
    text = "# with a remark\n" + SAMPLE.replace("an-hour", "my-hour")
    made = await upload(author, text.encode())
    again = await upload(other, (await file(author, f"{PLANS}/my-hour")).encode("utf-8-sig"))

    assert made.headers["location"] == f"{PLANS}/my-hour"
    assert await file(author, f"{PLANS}/my-hour") == text
    assert again.headers["location"] == f"{PLANS}/my-hour-2"
    first, second = read(text)[0], read(await file(other, f"{PLANS}/my-hour-2"))[0]
    assert first is not None
    assert second == first.model_copy(update={"slug": "my-hour-2"})


async def test_a_file_under_the_name_of_a_shipped_plan_gets_a_name_beside_it(author: Person) -> None:
    assert (await upload(author, SAMPLE.encode())).headers["location"] == f"{PLANS}/an-hour-2"
    assert "Comes with Three Circles" in (await author.get(f"{PLANS}/an-hour")).text


async def test_each_fault_of_a_file_is_a_sentence_with_line_and_column(author: Person) -> None:
    bad = SAMPLE.replace("  - kind: talk", "  - kind: tlak").replace("lengths:", "lenghts:")

    answer = await upload(author, bad.encode())

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f"Line {line_of('kind: talk')}, column 5: steps.1.kind: the kind “tlak” is unknown" in page
    assert f"Line {line_of('lengths:')}, column 1: lenghts: there is no such field here" in page


BOMB = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*{'a' if n == 0 else f'b{n - 1}'}, *a]\n" for n in range(30))


@pytest.mark.parametrize(
    "content, status, told",
    [
        pytest.param(b"", 422, "Choose a file first", id="nothing"),
        pytest.param(b"\xff\xfe\x00", 422, "Line 1, column 1: the file is not UTF-8 text", id="no text"),
        pytest.param(b"title: \x07", 422, "Line 1, column 8: there is a control character", id="a bell"),
        pytest.param(b"title: a\x00", 422, "(NUL)", id="nul"),
        pytest.param(b"PK\x03\x04" + b"\0" * 40, 422, "(NUL)", id="a zip"),
        pytest.param(b"just words", 422, "Line 1, column 1: the plan is a list of lines", id="just words"),
        pytest.param(b"- a\n- b", 422, "the plan is a list of lines such as", id="a list"),
        pytest.param(b"a: !!python/object/apply:os.system [ls]", 422, "not plain YAML", id="an object"),
        pytest.param(b"a: &a [*a]", 422, "aliases (*name) are not used here", id="a loop"),
        pytest.param(BOMB.encode(), 422, "aliases (*name) are not used here", id="a bomb"),
        pytest.param(b"[" * 5000, 422, "Line 1, column", id="deep"),
        pytest.param(b"a: 1\na: 2", 422, "Line 2, column 1: the plan is not plain YAML: “a” is here twice", id="twice"),
        pytest.param(b"<script>alert(1)</script>: 1", 422, "script>", id="a script"),
        pytest.param(b"title: " + b"x" * 260_000, 413, "up to 256,000 bytes", id="large"),
    ],
)
async def test_a_hostile_file_is_refused_with_a_sentence(
    author: Person, content: bytes, status: int, told: str
) -> None:
    before = (await author.get(PLANS)).text
    answer = await upload(author, content)

    assert answer.status_code == status
    assert told in html.unescape(answer.text)
    assert "<script>alert" not in answer.text
    assert (await author.get(PLANS)).text == before


async def test_a_file_that_is_far_too_large_is_not_even_read(author: Person) -> None:
    answer = await upload(author, b"x" * 400_000)

    assert answer.status_code == 413


async def test_a_name_that_looks_like_a_path_is_only_a_name(author: Person) -> None:
    for name in ("..%2f..%2fsecret-key", "an-hour.yaml", "a%00b", "x" * 3000):
        assert (await author.get(f"{PLANS}/{name}")).status_code == 404
        assert (await author.get(f"{PLANS}/{name}/file")).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "99", "9" * 30])
async def test_a_step_that_the_plan_does_not_have_is_not_found(author: Person, number: str) -> None:
    copy = await copied(author)

    assert (await author.get(f"{copy}/steps/{number}")).status_code == 404
    assert (await post(author, f"{copy}/steps/{number}/preview", mark="1")).status_code == 404


async def test_odd_marks_and_fields_never_break_the_editor(author: Person) -> None:
    copy = await copied(author)
    for mark in ("", "x", "-1", "9" * 20, "0"):
        assert (await post(author, f"{copy}/steps/1", mark=mark, title="Changed")).status_code in (303, 409)
        assert (await post(author, f"{copy}/undo", mark=mark)).status_code in (303, 409)
    fields = {f"prompts.{number}.question": ["x"] for number in range(390)}
    assert (await post(author, f"{copy}/steps/1", fields, mark="1")).status_code in (303, 409)
