"""A facilitator leads a group through a plan: on, back, to any step, over one, again, and with one more story."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from tests.cast import ANA, BEN
from tests.groups.room import API, Room, new_room
from tests.groups.rows import let_expire, sizes
from tests.groups.sessions.session import Session, check_in, new_session, page
from tests.statements import counted

TITLES = [
    "Hello", "Rules", "Since last time", "Kindness", "Three systems", "Meet Ana", "Meet Cleo", "Draw yours",
    "For yourself", "A breath", "Goodbye",
]  # fmt: skip


async def test_a_session_goes_from_hello_to_goodbye_and_everyone_sees_each_step(session: Session) -> None:
    phone = await session.join()
    assert await session.here() == {"number": 0, "steps": 11, "kind": "", "title": ""}
    assert "You’re in the group" in await page(phone)
    assert "Put out paper and pens." in await session.console()

    for number, title in enumerate(TITLES, start=1):
        assert await session.move("on") == title
        assert (await phone.state())["session"]["number"] == number
        console = await session.console()
        assert "Say hello." in console
        if title.startswith("Meet "):
            assert f"Step {number} of 11: {title}" in console
            assert title.removeprefix("Meet ") in await page(phone)
        else:
            assert f"On the wall of {title}." in await session.wall()
            assert f"On the phone of {title}." in await page(phone)
            assert f"On the wall of {title}." in console
    answer = await session.form("session", way="on")
    assert answer.status_code == 409
    assert "That was the last step" in answer.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_length_takes_its_own_steps_and_a_training_plan_makes_a_training_group(
    client: httpx.AsyncClient,
) -> None:
    longer = await new_session(client, length=34)
    assert (await longer.here())["steps"] == 12
    trainees = await new_session(client, "for-trainees")
    assert (await trainees.state())["kind"] == "training"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"session": {"plan": "nothing"}}, "/session/plan"),
        ({"session": {"plan": "an-hour", "length": 31}}, "/session/length"),
        ({"session": {"plan": "an-hour"}, "kind": "training"}, "/kind"),
        ({"session": {"plan": "an-hour"}, "plan": [ANA]}, "/plan"),
    ],
)
async def test_a_session_that_cannot_be_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, engine: Engine, body: dict[str, object], pointer: str
) -> None:
    answer = await client.post(API, json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (sizes(engine)["room"], sizes(engine)["guided_session"]) == (0, 0)


@pytest.mark.both_databases
async def test_two_consoles_that_press_at_once_take_one_step(session: Session) -> None:
    assert await session.move("on", seen=0) == "Hello"
    assert await session.move("on", seen=0) == "Hello"
    assert await session.move("on", seen=1) == "Rules"
    assert await session.move("skip", seen=1) == "Rules"


async def test_steps_can_be_skipped_repeated_taken_back_and_jumped_to(session: Session) -> None:
    await session.move("on")
    assert await session.move("skip") == "Rules"
    assert "skipped" in await session.console()
    assert await session.move("repeat") == "Rules"
    assert await session.move("back") == "Hello"
    assert (await session.form("session", way="back")).status_code == 409
    assert await session.move("to:11") == "Goodbye"
    assert (await session.form("session", way="to:6")).status_code == 404  # a step of the longer session alone
    for nonsense in ("to:", "to:-1", "to:x", "over", "to"):
        assert (await session.form("session", way=nonsense)).status_code == 422
    assert (await session.here())["title"] == "Goodbye"


async def test_a_round_begins_with_its_step_and_is_found_again_as_it_was(session: Session) -> None:
    phone = await session.join()
    await session.to("Meet Ana")
    assert (await session.state())["phase"] == "reading"
    await session.go("voting")
    await phone.must_vote("drive")

    await session.move("back")
    assert (await phone.vote("threat")).status_code == 409
    assert (await session.phase("discussing")).status_code == 409
    await session.move("on")
    state = await phone.state()
    assert (state["phase"], state["round"], state["guess"]["system"]) == ("voting", 1, "drive")

    await session.go("revealed")
    await session.to("Meet Cleo")
    assert (await session.state())["vignette"]["slug"] == "cleo-the-letter"
    await session.move("back")
    again = await phone.state()
    assert (again["vignette"]["slug"], again["phase"], again["round"]) == (ANA, "ended", 1)
    assert "Story 1 of 2" in await page(phone)
    assert again["outcome"]["guess"]["system"] == "drive"
    await session.move("on")
    assert (await session.state())["round"] == 2


async def test_a_repeated_round_takes_votes_anew(session: Session) -> None:
    phone = await session.join()
    await session.to("Meet Ana")
    await session.go("voting")
    await phone.must_vote("drive")
    await session.move("repeat")
    state = await phone.state()
    assert (state["phase"], state["guess"], state["answered"]) == ("reading", None, 0)
    await session.go("voting", "revealed")
    await session.move("repeat")
    assert ((await session.state())["round"], (await session.state())["phase"]) == (2, "reading")


async def test_a_round_that_was_left_open_goes_when_the_next_begins(session: Session, engine: Engine) -> None:
    phone = await session.join()
    await session.to("Meet Ana")
    await session.go("voting")
    await phone.must_vote("threat")
    await session.to("Meet Cleo")
    assert (sizes(engine)["round"], sizes(engine)["vote"], sizes(engine)["ballot_tally"]) == (1, 0, 0)
    await session.move("back")
    state = await phone.state()
    assert (state["vignette"]["slug"], state["phase"], state["guess"]) == (ANA, "reading", None)


async def test_a_story_is_added_behind_the_present_step_and_becomes_a_round(session: Session) -> None:
    assert (await session.form("session/stories", vignette=BEN)).status_code == 409
    await session.to("Kindness")
    assert (await session.form("session/stories", vignette=BEN, seen=4)).status_code == 303
    assert (await session.form("session/stories", vignette=ANA, seen=4)).status_code == 303
    await session.form("session/stories", vignette=ANA, seen=3)  # another console was quicker
    assert (await session.here())["steps"] == 13
    assert await session.move("on") == "Meet Ben"
    assert (await session.state())["vignette"]["slug"] == BEN
    await session.form("session/stories", vignette=ANA)
    assert [await session.move("on") for _ in range(3)] == ["Meet Ana", "Meet Ana", "Three systems"]
    assert (await session.form("session/stories", vignette="nobody")).status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_plan_that_is_edited_later_changes_nothing_in_a_running_session(session: Session, app: FastAPI) -> None:
    await session.move("on")
    app.state.plans = type(app.state.plans)({}, ())
    app.state.session_views.plans._kept.clear()
    assert await session.move("on") == "Rules"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_story_that_has_left_the_library_is_told_and_can_be_passed(session: Session, app: FastAPI) -> None:
    await session.to("Three systems")
    catalogue = app.state.catalogue
    catalogue.vignettes = {slug: vignette for slug, vignette in catalogue.vignettes.items() if slug != ANA}
    assert await session.move("on") == "Meet Ana"
    assert "This story is no longer in the library" in await session.console()
    assert await session.move("on") == "Meet Cleo"


async def test_only_what_the_step_asks_for_is_taken_with_a_vote(session: Session) -> None:
    phone = await session.join()
    sizes_of_circles = {"threat": 10, "drive": 80, "soothing": 30}
    await session.to("Meet Ana")
    await session.go("voting")
    for more in ({"confidence": "sure"}, {"reason": "words"}):
        assert (await phone.vote("drive", **more)).status_code == 422
    await phone.must_vote("drive", cues=[[0, 3]], circles=sizes_of_circles)
    shown = await page(phone)
    assert ('name="cues"' in shown, 'name="circle_drive"' in shown, 'name="confidence"' in shown) == (True, True, False)
    assert 'name="circle_drive" min="0" max="100" inputmode="numeric" autocomplete="off" value="80"' in shown

    await session.to("Meet Cleo")
    await session.go("voting")
    assert (await phone.vote("drive", cues=[[0, 3]])).status_code == 422
    assert (await phone.vote("drive", circles=sizes_of_circles)).status_code == 422
    await phone.must_vote("drive", cues=[])
    shown = await page(phone)
    assert ('name="cues"' in shown, "circle_drive" in shown) == (False, False)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_step_without_a_second_vote_offers_none(session: Session) -> None:
    await session.to("Meet Ana")
    await session.go("voting", "discussing")
    assert (await session.phase("revoting")).status_code == 409
    console = await session.console()
    assert ("Second vote" in console, "Open the second vote" in console) == (False, False)
    await session.go("revealed")
    await session.to("Meet Cleo")
    await session.go("voting", "discussing", "revoting", "revealed")


async def test_circles_are_shown_as_medians_and_only_when_enough_people_sized_them(session: Session) -> None:
    phones = await session.people(6)
    await session.to("Meet Ana")
    await session.go("voting")
    for place, phone in enumerate(phones[:4]):
        await phone.must_vote("drive", circles={"threat": 10, "drive": 50 + 10 * place, "soothing": 20})
    for phone in phones[4:]:
        await phone.must_vote("drive")
    told = await session.go("revealed")
    assert told["results"]["circles"] is None
    await session.move("repeat")
    await session.go("voting")
    for phone in phones:
        await phone.must_vote("drive", circles={"threat": 20, "drive": 60, "soothing": 20})
    told = await session.go("revealed")
    assert told["results"]["circles"] == {"people": 6, "medians": {"threat": 20, "drive": 60, "soothing": 20}}
    for shown in (await page(phones[0]), await session.wall(), await session.console()):
        assert "How big the group drew each circle" in shown


async def test_a_group_that_ends_takes_everything_of_its_session_along(session: Session, engine: Engine) -> None:
    before = sizes(engine)
    phone = await session.join()
    await session.to("Since last time")
    await check_in(phone, "tried", "pass")
    await session.move("on")
    await session.form("board", heading=0, text="That sounds hard")
    full = sizes(engine)
    names = ("guided_session", "guided_visit", "board_line", "check_in_answer", "check_in_tally")
    assert all(full[name] for name in names)
    other = await new_session(session.client)
    assert (await session.end()).status_code == 204
    left = sizes(engine)
    assert [left[name] for name in names] == [1, 0, 0, 0, 0]
    let_expire(engine, other.code)
    from api.groups.service import purge

    purge(engine)
    assert [sizes(engine)[name] for name in names] == [0] * 5
    assert before["room"] == 1


async def test_a_group_with_a_plan_costs_no_more_for_its_votes_and_streams(session: Session, engine: Engine) -> None:
    room = await new_room(session.client)
    phones: dict[str, list[int]] = {}
    for name, group in (("without", room), ("with", session)):
        phone = await group.join()
        if isinstance(group, Session):
            await group.to("Meet Ana")
        else:
            await group.start_round()
        await group.go("voting")
        costs = []
        for work in (phone.vote("drive"), phone.state(), page(phone), group.state()):
            with counted(engine) as statements:
                await work
            costs.append(len(statements))
        phones[name] = costs
    assert phones["with"] == phones["without"]


async def test_a_step_costs_as_many_queries_with_many_lines_as_with_one(session: Session, engine: Engine) -> None:
    phone = await session.join()
    await session.to("Kindness")
    costs = []
    for more in (1, 20):
        for number in range(more):
            await session.form("board", heading=number % 2, text=f"Line {more} {number}")
        with counted(engine) as phones:
            await page(phone)
        with counted(engine) as consoles:
            await session.console()
        costs.append((len(phones), len(consoles)))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 7


async def test_a_group_without_a_plan_is_as_it_was(client: httpx.AsyncClient, engine: Engine) -> None:
    room: Room = await new_room(client)
    assert (await room.state())["session"] is None
    answer = await client.post(f"/g/{room.code}/session", data={"way": "on"}, headers=room.cookies)
    assert answer.status_code == 409
    for path in ("board", "takeaway"):
        assert (await client.get(f"/g/{room.code}/{path}", headers=room.cookies)).status_code == 404
    with engine.connect() as connection:
        assert connection.execute(text("SELECT place FROM room")).scalar_one() is None
