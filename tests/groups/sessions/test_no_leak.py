"""What is for the facilitator stays at the console, and no key is told before its reveal."""

from typing import Final

import httpx
import pytest

from tests.groups.room import API, Phone
from tests.groups.sessions.plans import HOUR
from tests.groups.sessions.session import Session, page

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

KEY: Final = (
    "for something that she wants",
    "A worry may be there",
    "Running can calm people",
    "dominant",
    "by_system",
)
NOTES: Final = ("Say hello.", "Somebody may be late.", "Go on gently.", "Put out paper and pens.")


async def seen_by_members(session: Session, phone: Phone) -> str:
    client: httpx.AsyncClient = session.client
    parts = [await page(phone), await session.wall()]
    for path in (f"/g/{session.code}/now/member", f"{API}/{session.code}"):
        parts.append((await client.get(path, headers=phone.cookies | phone.headers)).text)
    parts.append((await client.get(f"/g/{session.code}/now/screen")).text)
    parts.append((await client.get(f"/g/{session.code}/takeaway", headers=phone.cookies)).text)
    return "\n".join(parts)


async def test_notes_never_leave_the_console_and_no_key_is_told_before_the_reveal(session: Session) -> None:
    phone = await session.join()
    assert all(note in HOUR for note in NOTES)
    shown = False
    for _ in range(11):
        title = await session.move("on")
        phases = ("reading", "voting", "discussing", "revealed") if title == "Meet Ana" else ("",)
        for phase in phases:
            if phase not in ("", "reading"):
                await session.go(phase)
            seen = await seen_by_members(session, phone)
            shown = shown or phase == "revealed"
            assert [note for note in NOTES if note in seen] == [], (title, phase)
            if not shown:
                assert [words for words in KEY if words in seen] == [], (title, phase)
    assert shown


async def test_a_phone_of_another_group_and_no_one_at_all_learn_nothing_of_a_session(session: Session) -> None:
    await session.to("Kindness")
    await session.form("board", heading=0, text="Slow and warm")
    for path in ("board", "takeaway", "console"):
        answer = await session.client.get(f"/g/{session.code}/{path}")
        assert answer.status_code == 401
        assert "Slow and warm" not in answer.text
    assert "Slow and warm" not in (await session.client.get(f"/g/{session.code}")).text
