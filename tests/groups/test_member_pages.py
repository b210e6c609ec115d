"""The page of a member: what many share is shared, what is someone's own is not, and it is never behind."""

import asyncio
import re

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.vignettes.words import word_spans
from tests.client import MakeSettings, http_client, running
from tests.groups.cases import ANA_CASE
from tests.groups.room import Phone, Room
from tests.statements import counted


async def page(phone: Phone, client: httpx.AsyncClient | None = None) -> str:
    answer = await (client or phone.client).get(f"/g/{phone.code}", headers=phone.cookies)
    assert answer.status_code == 200
    return answer.text


def counts(answered: int, members: int) -> str:
    return f"<span data-answered>{answered}</span> of <span data-members>{members}</span>"


async def test_a_page_shows_the_own_answer_and_the_counts_of_now(room: Room) -> None:
    phones = await room.people(6)
    await room.start_round()
    await room.go("voting")
    for answered, phone in enumerate(phones, 1):
        await phone.must_vote("drive" if answered % 2 else "threat")
        for place, earlier in enumerate(phones[:answered], 1):
            told = await page(earlier)
            assert ("Sent: Drive." in told, "Sent: Threat." in told) == (place % 2 == 1, place % 2 == 0)
            assert counts(answered, 6) in told


async def test_a_changed_answer_is_on_the_next_page(room: Room) -> None:
    phone = await room.join()
    await room.start_round()
    await room.go("voting")
    for system, name in (("drive", "Drive"), ("threat", "Threat"), ("drive", "Drive")):
        await phone.must_vote(system)
        assert f"Sent: {name}." in await page(phone)


async def test_pages_of_another_process_show_the_vote_at_once(
    room: Room, app: FastAPI, make_settings: MakeSettings
) -> None:
    phones = await room.people(2)
    await room.start_round()
    await room.go("voting")
    async with running(make_settings()) as other, http_client(other) as elsewhere:
        for system, name in (("drive", "Drive"), ("threat", "Threat"), ("soothing", "Soothing")):
            for phone in phones:
                await phone.must_vote(system)
                assert f"Sent: {name}." in await page(phone, elsewhere)
                assert f"Sent: {name}." in await page(phone)


async def test_written_and_marked_words_are_on_no_one_elses_page(class_room: Room, app: FastAPI) -> None:
    mine, other = await class_room.people(2)
    await class_room.start_round()
    await class_room.go("voting")
    await mine.must_vote("drive", reason="mine <b>alone", cues=[[0, 5]])
    await other.must_vote("drive")

    own = await page(mine)
    assert "mine &lt;b&gt;alone" in own
    assert "mine <b>alone" not in own
    shared = await page(other)
    assert "alone" not in shared
    assert " checked><span>" not in shared.replace('value="drive" checked', "")
    assert b"alone" not in b"".join(b"".join(pieces) for pieces in app.state.member_pages._pages.values())


async def test_the_key_is_on_no_kept_page_before_the_answers_are_shown(room: Room) -> None:
    phones = await room.people(6)
    await room.start_round()
    await room.go("voting")
    for phone in phones:
        await phone.must_vote("drive")
        assert "explanation" not in await page(phone)
    await room.go("revealed")
    assert all("explanation" in told for told in [await page(phone) for phone in phones])


async def test_many_pages_at_once_are_looked_up_together(room: Room, engine: Engine) -> None:
    phones = await room.people(60)
    await room.start_round()
    await room.go("voting")
    await asyncio.gather(*(phone.must_vote("drive") for phone in phones))
    await page(phones[0])
    with counted(engine) as statements:
        pages = await asyncio.gather(*(page(phone) for phone in phones))
    assert all(counts(60, 60) in told for told in pages)
    assert len([statement for statement in statements if "SELECT" in statement]) <= 20


REFUSED = {
    "nothing chosen": ({"system": ""}, "Choose one of the three circles"),
    "an unknown answer": ({"system": "hunger"}, "Choose one of the three circles"),
    "an unknown confidence": ({"confidence": "certain"}, "Choose how sure you are"),
    "a long reason": ({"reason": "because " * 40}, "at most 280 characters"),
    "one size of three": ({"circle_drive": ""}, "Give all three circles a size from 0 to 100"),
    "a size of a thousand": ({"circle_drive": "1000"}, "Give all three circles a size from 0 to 100"),
    "marks without numbers": ({"cues": "three"}, "could not read which words you marked"),
}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
async def test_a_refused_vote_says_what_is_wrong_and_keeps_what_was_typed(
    class_room: Room, headers: dict[str, str], subtests: pytest.Subtests
) -> None:
    phone = await class_room.join()
    await class_room.start_round()
    await class_room.go("voting")
    whole = {"system": "drive", "confidence": "sure", "reason": "her grin"}
    whole |= {"circle_threat": "30", "circle_drive": "70", "circle_soothing": "10"}
    for name, (faulty, says) in REFUSED.items():
        with subtests.test(name):
            form = whole | faulty
            sent = await phone.client.post(f"/g/{phone.code}/guess", data=form, headers=phone.cookies | headers)

            assert (sent.status_code, says in sent.text) == (422, True)
            kept = re.sub(r"\s+", " ", sent.text)
            assert f'value="{form["reason"].strip()}' in kept
            for field in ("system", "confidence"):
                if form[field] not in ("", "hunger", "certain"):
                    assert f'value="{form[field]}" checked' in kept
    assert counts(0, 1) not in await page(phone)


async def test_forty_five_words_side_by_side_are_one_mark_and_come_back_marked(class_room: Room) -> None:
    phone = await class_room.join()
    await class_room.start_round()
    await class_room.go("voting")
    words = word_spans(ANA_CASE.story)[:45]
    form = {"system": "drive", "cues": [f"{start}-{end}" for start, end in words]}

    sent = await phone.client.post(f"/g/{phone.code}/guess", data=form, headers=phone.cookies)

    assert sent.status_code == 303
    shown = await page(phone)
    assert all(f'value="{start}-{end}" checked' in shown for start, end in words)
