"""Who sees a round's results when, and how much of them."""

import re

import httpx
import pytest
from fastapi import FastAPI

from tests.cast import ANA
from tests.client import MakeSettings, http_client, running
from tests.groups.room import Phone, Room, new_room, vote_all

HIDDEN = ("reading", "voting", "discussing", "revoting")
STEPS = (*HIDDEN, "revealed", "ended")


async def statuses(room: Room, phone: Phone) -> tuple[dict[str, int], dict[str, int]]:
    """What facilitator and member get for the results in each phase."""
    led, joined = {}, {}
    await room.start_round(ANA)
    for phase in STEPS:
        if phase != "reading":
            await room.go(phase)
        led[phase] = (await room.results()).status_code
        joined[phase] = (await phone.results()).status_code
    return led, joined


async def test_psychoeducation_results_are_shown_to_everyone_at_once(room: Room) -> None:
    led, joined = await statuses(room, await room.join())

    assert led == joined == dict.fromkeys(HIDDEN, 409) | {"revealed": 200, "ended": 200}


async def test_anyone_who_leads_a_training_group_sees_results_at_any_time_and_a_member_after_the_reveal(
    class_room: Room,
) -> None:
    led, joined = await statuses(class_room, await class_room.join())

    assert led == dict.fromkeys(STEPS, 200)
    assert joined == dict.fromkeys(HIDDEN, 409) | {"revealed": 200, "ended": 200}


@pytest.mark.parametrize("kind", ["psychoeducation", "training"])
async def test_before_the_first_round_there_are_no_results(client: httpx.AsyncClient, kind: str) -> None:
    room = await new_room(client, kind)
    phone = await room.join()

    assert (await room.results()).status_code == 409
    assert (await phone.results()).status_code == 409


async def test_live_results_of_a_training_group_follow_each_vote(class_room: Room) -> None:
    phones = await class_room.people(6)
    await class_room.start_round()
    await class_room.go("voting")
    await vote_all(phones[:5], *["threat"] * 5)
    first = (await class_room.results()).json()["ballots"][0]
    await phones[5].must_vote("drive")
    then = (await class_room.results()).json()["ballots"][0]

    assert [share["count"] for share in first["systems"]] == [5, 0, 0, 0, 0]
    assert [share["count"] for share in then["systems"]] == [5, 1, 0, 0, 0]


async def test_a_new_round_hides_the_results_of_the_one_before(room: Room) -> None:
    phone = await room.join()
    await room.start_round()
    await room.go("voting", "revealed")
    assert (await phone.results()).status_code == 200
    await room.start_round()

    assert (await phone.results()).status_code == 409
    assert (await room.results()).status_code == 409


@pytest.mark.parametrize("kind", ["psychoeducation", "training"])
async def test_below_the_smallest_group_results_hold_a_number_and_nothing_else(
    client: httpx.AsyncClient, kind: str
) -> None:
    room = await new_room(client, kind)
    phones = await room.people(4)
    await room.start_round()
    await room.go("voting")
    await vote_all(phones, "drive", "drive", "drive", "threat")
    await phones[0].must_vote("drive", cues=[[0, 3]])
    await room.go("revealed")

    for answer in (await room.results(), await phones[0].results()):
        told = answer.json()
        assert told["ballots"] == [{"scope": "group", "answered": 4, "suppressed": True, "systems": []}]
        assert (told["movement"], told["gain"], told["heat_map"]) == (None, None, [])
    page = (await client.get(f"/g/{room.code}/now/screen")).text
    assert "Fewer than 5 people answered" in page


async def test_the_smallest_group_is_a_setting(make_settings: MakeSettings) -> None:
    async with running(make_settings(small_group=2)) as app, http_client(app) as client:
        room = await new_room(client, "training")
        await room.start_round()
        await room.go("voting")
        await vote_all(await room.people(2), "drive", "threat")
        shown = await room.go("revealed")

    assert shown["results"]["ballots"][0]["suppressed"] is False


async def test_a_lone_vote_is_hidden_in_psychoeducation_and_told_in_training(room: Room, class_room: Room) -> None:
    for group in (room, class_room):
        phones = await group.people(6)
        await group.start_round()
        await group.go("voting")
        await vote_all(phones, "threat", *["drive"] * 5)
        await group.go("revealed")

    careful = (await room.results()).json()["ballots"][0]["systems"]
    plain = (await class_room.results()).json()["ballots"][0]["systems"]
    assert careful[0] == {"system": "threat", "count": None, "share": None, "interval": None, "few": True}
    assert sum(share["few"] for share in careful) >= 2
    assert [share["count"] for share in plain] == [1, 5, 0, 0, 0]


async def test_results_are_frozen_as_they_were_shown(room: Room, app: FastAPI) -> None:
    phones = await room.people(7)
    await room.start_round()
    await room.go("voting")
    await vote_all(phones[:6], *["drive"] * 6)
    shown = (await room.go("revealed"))["results"]

    for _ in range(3):
        late = await room.join()
        assert (await late.vote("threat")).status_code == 409
    assert (await phones[6].vote("threat")).status_code == 409
    assert (await room.client.post(f"/g/{room.code}/leave", headers=phones[0].cookies)).status_code == 303

    state = await room.state()
    assert state["members"] == 9
    assert state["results"] == shown == (await room.results()).json()
    await room.go("ended")
    assert (await room.state())["results"] == shown


async def test_confidence_is_compared_with_the_key_on_the_console_of_a_training_group_only(
    room: Room, class_room: Room, client: httpx.AsyncClient
) -> None:
    pages = []
    for group in (room, class_room):
        phones = await group.people(6)
        await group.start_round()
        await group.go("voting")
        sure = {"confidence": "sure"} if group is class_room else {}  # no other group is asked for it
        for phone in phones:
            await phone.must_vote("drive", **sure)
        await group.go("revealed")
        pages.append((await client.get(f"/g/{group.code}/now/console", headers=group.cookies)).text)

    assert "How sure people were" not in pages[0]
    assert "How sure people were" in pages[1]


async def test_a_psychoeducation_console_tells_how_many_and_never_who_chose_what(
    client: httpx.AsyncClient,
) -> None:
    """Groups whose votes differ, and whose advice does not, have the same console until the reveal."""
    consoles = []
    for answers in (["soothing"] * 6, ["threat"] * 6):
        room = await new_room(client, name="The room")
        phones = await room.people(6)
        await room.start_round()
        await room.go("voting")
        await vote_all(phones, *answers)
        pages = []
        for phase in ("voting", "discussing", "revoting"):
            if phase != "voting":
                await room.go(phase)
            page = (await client.get(f"/g/{room.code}/now/console", headers=room.cookies)).text
            assert ("You will not see the numbers either" in page) == (
                phase == "discussing"
            )  # it stands with the advice
            pages.append(without_identity(page, room))
        consoles.append(pages)

    assert consoles[0] == consoles[1]


def without_identity(page: str, room: Room) -> str:
    """The page without code and QR, which differ from group to group; broad letters are set smaller."""
    head, _, rest = page.partition("<svg")
    while rest:
        _, _, rest = rest.partition("</svg>")
        more, _, rest = rest.partition("<svg")
        head += more
    head = re.sub(r" code--broad(er)?\b", "", head)
    return head.replace(room.code, "CODE").replace(f"{room.code[:3]} {room.code[3:]}", "CODE")


async def test_a_training_group_may_see_its_first_vote_before_talking_if_it_was_started_so(
    client: httpx.AsyncClient,
) -> None:
    told = {}
    for kind in ("psychoeducation", "training"):
        for wanted in (False, True):
            room = await new_room(client, kind, show_first_ballot=wanted)
            phones = await room.people(5)
            await room.start_round()
            await room.go("voting")
            await vote_all(phones, *["drive"] * 5)
            during = "tally" in (await client.get(f"/g/{room.code}/now/screen")).text
            await room.go("discussing")
            told[kind, wanted] = (during, "tally" in (await client.get(f"/g/{room.code}/now/screen")).text)

    assert told == {
        ("psychoeducation", False): (False, False),
        ("psychoeducation", True): (False, False),
        ("training", False): (False, False),
        ("training", True): (False, True),
    }
