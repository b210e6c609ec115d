"""People are counted, not answers: who left, who came back, who came late, and how many are in the room."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.cast import ANA_FILE
from tests.client import http_client
from tests.faults import Fault
from tests.groups.room import API, Phone, Room, vote_all
from tests.groups.rows import ballot_tallies, ballots_recounted, vote_rows

pytestmark = pytest.mark.both_databases


async def leave(phone: Phone) -> httpx.Response:
    return await phone.client.post(f"/g/{phone.code}/leave", headers=phone.cookies)


async def say(room: Room, people: object) -> httpx.Response:
    return await room.client.put(f"{API}/{room.code}/people", json={"people": people}, headers=room.headers)


async def voting(room: Room, people: int) -> list[Phone]:
    phones = await room.people(people)
    await room.start_round()
    await room.go("voting")
    return phones


async def test_answers_of_those_who_left_before_the_reveal_are_left_out_of_everything(
    room: Room, engine: Engine
) -> None:
    phones = await voting(room, 8)
    await vote_all(phones, *["threat"] * 4, *["drive"] * 4)
    for phone in phones[:3]:
        assert (await leave(phone)).status_code == 303
        assert (await leave(phone)).status_code == 303  # a second tap takes nothing more away
    state = await room.state()
    assert (state["members"], state["answered"]) == (5, 5)
    assert ballot_tallies(engine) == ballots_recounted(engine)

    shown = (await room.go("revealed"))["results"]["ballots"][0]
    assert shown["answered"] == 5
    assert {share["system"]: share["count"] for share in shown["systems"]}["drive"] == 4


async def test_a_member_who_left_cannot_vote_and_is_told_to_join_again(room: Room, engine: Engine) -> None:
    phone, _ = await voting(room, 2)
    await leave(phone)
    refused = await phone.vote("drive")

    assert refused.status_code == 409
    assert "Join again" in refused.json()["detail"]
    assert vote_rows(engine) == []


async def test_leaving_and_joining_again_on_one_device_is_one_person(room: Room, engine: Engine, app: FastAPI) -> None:
    await room.start_round()
    await room.go("voting")
    async with http_client(app) as device:
        for answer in ("threat", "drive", "drive"):
            assert (await device.post(f"/g/{room.code}/join")).status_code == 303
            assert (await room.state())["members"] == 1
            given = await device.post(f"/g/{room.code}/guess", data={"system": answer})
            assert given.status_code in (200, 303), given.text
            assert (await device.post(f"/g/{room.code}/leave")).status_code == 303
            assert (await room.state())["members"] == 0
        await device.post(f"/g/{room.code}/join")
        await device.post(f"/g/{room.code}/guess", data={"system": "drive"})

    assert len(vote_rows(engine)) == 1
    assert (await room.state())["answered"] == 1


async def test_a_latecomer_can_vote_while_the_vote_is_open(room: Room) -> None:
    await vote_all(await voting(room, 5), *["drive"] * 5)
    await (await room.join()).must_vote("drive")

    assert (await room.state())["answered"] == 6


async def test_the_number_of_people_in_the_room_is_kept_and_what_cannot_be_one_is_refused(room: Room) -> None:
    for bad in (0, -1, 2001, "7", 2.5):
        assert (await say(room, bad)).status_code == 422
    for good in (1, 2000, None):
        assert (await say(room, good)).json()["people"] == good
    for typed, status in (("12", 303), ("lots", 422), ("0", 422), ("", 303)):
        answer = await room.client.post(f"/g/{room.code}/room", data={"people": typed}, headers=room.cookies)
        assert answer.status_code == status, typed
    assert (await room.state())["people"] is None
    assert (await say(Room(room.client, room.code, "x"), 5)).status_code == 401


async def test_facilitator_view_and_shared_screen_say_when_more_have_joined_than_are_in_the_room(room: Room) -> None:
    await room.people(4)
    told = "4 have joined, but 3 are in the room."
    for people, warned in ((3, True), (4, False), (None, False)):
        await say(room, people)
        screen = (await room.client.get(f"/g/{room.code}/now/screen")).text
        console = (await room.client.get(f"/g/{room.code}/now/console", headers=room.cookies)).text
        assert ((told in screen), (told in console)) == (warned, warned), people


async def test_made_up_members_lift_nothing_above_what_a_small_room_may_see(room: Room, fault: Fault) -> None:
    await say(room, 2)
    await vote_all(await voting(room, 17), *["threat"] * 7, *["drive"] * 6, *["soothing"] * 4)
    shown = await room.go("discussing", "revealed")
    await say(room, 30)

    told = [shown["results"], (await room.state())["results"]]
    exported = (await room.client.get(f"{API}/{room.code}/export", headers=room.headers)).json()["rounds"]
    assert told[0] == told[1]
    assert told[0]["ballots"][0]["systems"] == []
    assert {exported[0][name] for name in ("threat", "drive", "soothing", "answered")} == {"*"}
    fault(
        "phantom members",
        tried=17,
        refused=0,
        lost=sum(len(one["ballots"][0]["systems"]) for one in told),
        seen="That more have joined than are in the room. No count is shown.",
    )


async def test_advice_is_worked_out_once_and_later_votes_never_change_it(room: Room) -> None:
    async def advice() -> str:
        page = (await room.client.get(f"/g/{room.code}/now/console", headers=room.cookies)).text
        _, found, rest = page.partition('<h2 id="advice">')
        return rest.partition("</h2>")[0] if found else ""

    phones = await voting(room, 7)
    await vote_all(phones[:6], *["threat"] * 6)
    assert await advice() == ""
    await room.go("discussing")
    first = await advice()
    assert first
    for phone in phones:
        assert (await room.back()).status_code == 200
        await phone.must_vote("drive")
        assert await advice() == first
        await room.go("discussing")
        assert await advice() == first


async def test_there_is_no_advice_below_the_smallest_group_even_after_more_have_voted(room: Room) -> None:
    phones = await voting(room, 8)
    await vote_all(phones[:4], *["threat"] * 4)
    await room.go("discussing")
    assert (await room.back()).status_code == 200
    await vote_all(phones, *["drive"] * 8)
    await room.go("discussing")

    page = (await room.client.get(f"/g/{room.code}/now/console", headers=room.cookies)).text
    assert 'id="advice"' not in page


async def test_what_a_round_does_not_ask_for_is_refused_and_marks_behind_the_story_too(
    room: Room, class_room: Room
) -> None:
    circles = {"threat": 50, "drive": 30, "soothing": 20}
    (phone,), (learner,) = await voting(room, 1), await voting(class_room, 1)
    for extra in ({"confidence": "sure"}, {"circles": circles}, {"reason": "her grin"}):
        assert (await phone.vote("drive", **extra)).status_code == 422, extra
    behind = len(ANA_FILE) + 9000
    for one in (phone, learner):
        assert (await one.vote("drive", cues=[[behind, behind + 3]])).status_code == 422
        form = {"system": "drive", "cues": f"{behind}-{behind + 3}"}
        await one.client.post(f"/g/{one.code}/guess", data=form, headers=one.cookies)
        assert (await one.vote("drive", cues=[[0, 3]])).status_code == 200


async def test_numbers_of_reasons_do_not_tell_who_came_first(class_room: Room) -> None:
    phones = await voting(class_room, 12)
    for number, phone in enumerate(phones):
        await phone.must_vote("drive", reason=f"reason {number:02}")
    await class_room.go("revealed")
    page = (await class_room.client.get(f"/g/{class_room.code}/now/console", headers=class_room.cookies)).text
    places = [int(part.partition('"')[0]) for part in page.split(f"/g/{class_room.code}/reasons/")[1:]]

    assert len(set(places)) == 12
    assert min(places) > 10_000
