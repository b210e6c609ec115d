"""The results as one file: what the summary shows, and nothing of what it hides."""

import subprocess
from collections.abc import Iterator
from threading import Event, Thread
from time import monotonic
from typing import Any

import httpx
import pytest

from api.groups import results_file
from api.groups.typesetter import SECONDS
from api.kit import assets
from api.kit.errors import Busy
from tests.cast import ANA
from tests.groups.room import API, Room, bearer, new_room, vote_all


async def shown(client: httpx.AsyncClient) -> Room:
    room = await new_room(client, name="Tuesday room")
    phones = await room.people(16)
    await room.start_round(ANA)
    await room.go("voting")
    await vote_all(phones, *["drive"] * 8, *["threat"] * 6, "unsure", "unsure")
    for phone in phones[:4]:
        await phone.must_vote("drive", cues=[[0, 3]])
    await room.go("discussing", "revoting")
    await vote_all(phones, *["drive"] * 12, *["threat"] * 3, "unsure")
    await room.go("revealed")
    return room


async def test_results_come_as_one_tagged_pdf_and_as_one_picture_for_the_facilitator_alone(
    client: httpx.AsyncClient,
) -> None:
    room = await shown(client)

    pdf = await client.get(f"/g/{room.code}/results.pdf", headers=room.cookies)
    png = await client.get(f"/g/{room.code}/results.png", headers=room.cookies)

    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.headers["content-disposition"] == f'attachment; filename="three-circles-{room.code}.pdf"'
    assert pdf.content.startswith(b"%PDF-")
    assert b"/MarkInfo" in pdf.content  # tagged, by the standard for readers (PDF/UA)
    assert b"pdfuaid" in pdf.content
    assert (png.status_code, png.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    assert (await client.get(f"/g/{room.code}/results.pdf")).status_code == 401
    assert (await client.get(f"/g/{room.code}/results.gif", headers=room.cookies)).status_code in (404, 422)


async def test_before_any_answers_are_shown_there_is_no_file(room: Room) -> None:
    answer = await room.client.get(f"/g/{room.code}/results.png", headers=room.cookies)

    assert answer.status_code == 404


Handed = list[dict[str, Any]]
TYPST = (
    '#panic("x") #read("/etc/passwd") #json("results.typ") #eval("1 + 1") #import "@preview/cetz:0.3.0": *'
    ' #while true {} $x$ *b* _i_ `r` <label> @label = h ] } \\\\ " https://example.org // gone /* gone'
)


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Handed:
    """The data of each file as they go to the typesetter."""
    kept: Handed = []
    whole = results_file.typeset

    def keeping(data: dict[str, Any], form: results_file.Form) -> bytes:
        kept.append(data)
        return whole(data, form)

    monkeypatch.setattr(results_file, "typeset", keeping)
    return kept


def sheet(text: str, stories: int = 1) -> dict[str, Any]:
    """Data in which every text is this one."""
    rows = [{"answer": answer, "name": text, "count": 4} for answer in ("threat", "drive", "soothing", "unsure")]
    story = {
        "headline": text,
        "title": text,
        "level": 1,
        "answered": 16,
        "hidden": None,
        "figure": None,
        "ballot": {"answered": 16, "rows": rows},
        "first": None,
        "moved": text,
        "marked": False,
        "paragraphs": [[{"text": text, "count": None}]],
        "why": [text],
        "questions": [text],
    }
    return {"title": text, "lead": text, "note": text, "stories": [story] * stories}


def numbers(data: Any) -> Iterator[int]:
    if isinstance(data, dict):
        for name, part in data.items():
            yield from () if name in ("level", "figure") else numbers(part)
    elif isinstance(data, list):
        for part in data:
            yield from numbers(part)
    elif isinstance(data, int) and not isinstance(data, bool):
        yield data


async def test_of_fewer_than_a_small_group_the_file_holds_no_number_and_of_more_only_what_the_results_show(
    client: httpx.AsyncClient, handed: Handed
) -> None:
    few = await new_room(client, name="Tuesday room")
    await few.start_round(ANA)
    await few.go("voting")
    await vote_all(await few.people(4), "drive", "drive", "drive", "threat")
    await few.go("revealed")
    many = await shown(client)

    for room in (few, many):
        answer = await client.get(f"/g/{room.code}/results.pdf", headers=room.cookies)
        assert answer.status_code == 200, answer.text

    assert list(numbers(handed[0]["stories"])) == []
    assert handed[0]["stories"][0]["hidden"]
    told = (await client.get(f"{API}/{many.code}/results", headers=bearer(many.key))).json()
    (story,) = handed[1]["stories"]
    for mine, theirs in zip((story["first"], story["ballot"]), told["ballots"], strict=True):
        counts = {share["system"]: share["count"] for share in theirs["systems"]}
        assert {row["answer"]: row["count"] for row in mine["rows"]} == counts
        assert None in counts.values()  # something is hidden
    assert story["moved"] is None or not any(letter.isdigit() for letter in story["moved"])


async def test_a_group_called_in_the_language_of_the_typesetter_or_in_other_letters_keeps_its_name_as_text(
    client: httpx.AsyncClient, handed: Handed
) -> None:
    for name in (TYPST[:60].strip(), "Tuesday 🌱 星期二"):
        room = await new_room(client, name=name)
        await room.start_round(ANA)
        await room.go("voting", "revealed")

        answer = await client.get(f"/g/{room.code}/results.pdf", headers=room.cookies)

        assert answer.content.startswith(b"%PDF-"), answer.text
        assert b"/MarkInfo" in answer.content
        assert handed[-1]["title"] == name


def test_markup_in_any_text_stays_text_and_reads_nothing() -> None:
    made = results_file.typeset(sheet(TYPST), "pdf")
    plain = results_file.typeset(sheet("x" * len(TYPST)), "pdf")

    assert made.startswith(b"%PDF-")  # nothing of it ran: a panic, a missing package or file would have ended it
    assert len(made) < 2 * len(plain) + 20_000
    sheet_source = (assets.RESULTS / "results.typ").read_text()
    assert not [word for word in ("eval(", "#import", "#include", "read(", "plugin(", "image(") if word in sheet_source]


def test_what_would_take_too_much_memory_or_time_ends_by_itself_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = sheet("word")
    large["stories"][0]["figure"] = {"width": 500, "height": 400_000, "description": "a figure", "circles": []}
    begun = monotonic()

    with pytest.raises(Busy, match="open the summary and print it"):
        results_file.typeset(large, "png")  # a picture of some gigabytes
    with monkeypatch.context() as short:
        short.setattr(results_file, "SECONDS", 0.01)
        with pytest.raises(Busy, match="open the summary and print it"):
            results_file.typeset(sheet("word " * 400, 100), "pdf")

    assert monotonic() - begun < SECONDS
    assert results_file.typeset(sheet("and others go on"), "png").startswith(b"\x89PNG")


def test_one_file_is_made_at_a_time_few_wait_and_the_rest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    go, running, most = Event(), [], []

    def slow(*_: object, **how: Any) -> subprocess.CompletedProcess[bytes]:
        running.append(1)
        most.append(len(running))
        assert how["timeout"] == 2 * SECONDS
        assert not any("SECRET" in name or "DATABASE" in name for name in how["env"])
        go.wait(30)
        running.pop()
        return subprocess.CompletedProcess([], 0, b"made", b"")

    monkeypatch.setattr(subprocess, "run", slow)
    threads = [Thread(target=results_file.typeset, args=(sheet("x"), "pdf")) for _ in range(results_file.FILES_WAITING)]
    for thread in threads:
        thread.start()
    while results_file._queue.acquire(blocking=False):  # until all of them are there
        results_file._queue.release()

    with pytest.raises(Busy, match="Other results"):
        results_file.typeset(sheet("x"), "pdf")

    go.set()
    for thread in threads:
        thread.join()
    assert most == [1] * results_file.FILES_WAITING


async def test_a_picture_of_very_many_stories_is_refused_with_what_to_do_instead(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_file, "MOST_STORIES", {"pdf": 60, "png": 0})
    await room.start_round(ANA)
    await room.go("voting", "revealed")

    picture = await room.client.get(f"/g/{room.code}/results.png", headers=room.cookies)
    pdf = await room.client.get(f"/g/{room.code}/results.pdf", headers=room.cookies)

    assert (picture.status_code, pdf.status_code) == (409, 200)
    assert "Save the results as a PDF instead." in picture.text
