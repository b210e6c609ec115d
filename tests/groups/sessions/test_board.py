"""The board and the rules: what the facilitator writes is on the wall and every phone, and can be printed."""

import re

import pytest

from tests.groups.sessions.session import Session, new_session, page


async def lines(session: Session) -> list[tuple[int, str]]:
    """Number and words of each line at the console."""
    found = re.findall(r'id="text-(\d+)"[^>]* value="([^"]*)"', await session.console())
    return [(int(number), words) for number, words in found]


async def test_lines_appear_on_wall_and_phones_under_their_heading(session: Session) -> None:
    phone = await session.join()
    await session.to("Kindness")
    before = (await session.state())["version"]
    assert (await session.form("board", heading=1, text="  brings   a cup of tea ")).status_code == 303
    await session.form("board", heading=0, text="“That <sounds> hard”")
    assert (await session.state())["version"] == before + 2
    for shown in (await page(phone), await session.wall()):
        assert shown.index("That &lt;sounds&gt; hard") < shown.index("They do") < shown.index("brings a cup of tea")


@pytest.mark.both_databases
async def test_lines_are_changed_moved_and_deleted(session: Session) -> None:
    await session.to("Kindness")
    for words in ("one", "two", "three"):
        await session.form("board", heading=0, text=words)
    numbers = [number for number, _ in await lines(session)]
    await session.form(f"board/{numbers[2]}", do="up")
    await session.form(f"board/{numbers[0]}", do="up")
    assert [words for _, words in await lines(session)] == ["one", "three", "two"]
    await session.form(f"board/{numbers[0]}", do="save", text="first")
    await session.form(f"board/{numbers[1]}", do="delete")
    assert [words for _, words in await lines(session)] == ["first", "three"]
    assert (await session.form(f"board/{numbers[1]}", do="save", text="again")).status_code == 404
    other = await new_session(session.client)
    assert (await other.form(f"board/{numbers[0]}", do="delete")).status_code == 404
    assert len(await lines(session)) == 2


async def test_the_rules_begin_as_the_plan_has_them_and_stay_as_they_were_agreed(session: Session) -> None:
    phone = await session.join()
    await session.to("Rules")
    (first, _), _ = await lines(session)
    await session.form(f"board/{first}", do="save", text="Passing is always fine.")
    await session.form("board", text="Phones on silent.")
    for way in ("on", "back", "repeat"):
        await session.move(way)
    shown = await page(phone)
    assert "Passing is always fine." in shown
    assert "Phones on silent." in shown
    assert "Passing is fine." not in shown


async def test_what_is_no_line_is_refused_and_told_on_the_console(session: Session) -> None:
    await session.to("Kindness")
    for bad in ({"text": "  "}, {"text": "x" * 201}, {"text": "bell\x07"}):
        answer = await session.form("board", heading=0, **bad)
        assert answer.status_code == 422
        assert "Kindness" in answer.text
    assert (await session.form("board", heading=2, text="words")).status_code == 404
    await session.move("on")
    assert (await session.form("board", heading=0, text="words")).status_code == 409
    assert (await session.form("board/999999", do="delete")).status_code == 404
    assert (await session.form("board/99999999999999999999", do="delete")).status_code == 422


async def test_the_board_is_printed_for_everyone_in_the_group_and_for_no_one_else(session: Session) -> None:
    phone = await session.join()
    await session.to("Kindness")
    await session.form("board", heading=0, text="Slow and warm")
    for headers in (session.cookies, phone.cookies):
        answer = await session.client.get(f"/g/{session.code}/board", headers=headers)
        assert answer.status_code == 200
        assert "Slow and warm" in answer.text
        assert "We listen." in answer.text
    assert (await session.client.get(f"/g/{session.code}/board")).status_code == 401


async def test_only_anyone_who_leads_may_write_and_move(session: Session) -> None:
    phone = await session.join()
    await session.to("Kindness")
    for path, fields in (
        ("board", {"heading": "0", "text": "words"}),
        ("session", {"way": "on"}),
        ("session/stories", {"vignette": "ana-the-race"}),
    ):
        for headers, status in ((phone.cookies, 403), ({}, 401)):
            answer = await session.client.post(f"/g/{session.code}/{path}", data=fields, headers=headers)
            assert answer.status_code == status, path
    assert (await session.here())["title"] == "Kindness"


async def test_the_page_to_take_home_has_the_totals_and_could_send_nothing(session: Session) -> None:
    phones = await session.people(5)
    await session.to("Meet Ana")
    await session.go("voting")
    for phone in phones:
        await phone.must_vote("drive")
    await session.go("revealed")
    await session.to("Goodbye")
    assert f"/g/{session.code}/takeaway" in await page(phones[0])
    for headers in (phones[0].cookies, session.cookies):
        answer = await session.client.get(f"/g/{session.code}/takeaway", headers=headers)
        assert answer.status_code == 200
        assert "Ana" in answer.text
        assert "We met three systems." in answer.text
        assert "connect-src 'none'" in answer.headers["content-security-policy"]
