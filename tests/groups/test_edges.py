"""The edges of a group: the way back, what stands before its screens, its name, its end, and what counted."""

import socket

import httpx
import pytest

from api.groups.pages.pictures import movement_contradicts
from api.groups.results import Snapshot, present
from api.kit import network
from api.kit.network import is_loopback, reachable_base
from api.session_plans.words_of_phases import words_of
from tests.cast import ANA
from tests.groups.cases import ANA_CASE
from tests.groups.room import Room, new_room


async def test_a_device_that_leads_is_shown_the_way_back_wherever_it_comes_in(room: Room) -> None:
    for path in ("/", "/groups/new", f"/g/{room.code}"):
        page = (await room.client.get(path, headers=room.cookies)).text
        assert f'href="/g/{room.code}/console"' in page, path
        assert f"/g/{room.code}/screen?k=" in page, path
        assert "Go on leading" not in (await room.client.get(path)).text, path


async def test_a_phone_is_offered_the_way_back_while_its_group_goes_on(room: Room) -> None:
    phone = await room.join()
    assert "Back to your group" in (await room.client.get("/", headers=phone.cookies)).text

    await room.end()

    assert "Back to your group" not in (await room.client.get("/", headers=phone.cookies)).text


async def test_a_link_that_was_withdrawn_leads_no_one_back(room: Room) -> None:
    await room.client.post(f"/g/{room.code}/link", headers=room.cookies)

    assert "Go on leading" not in (await room.client.get("/", headers=room.cookies)).text


async def test_who_was_in_a_group_that_has_ended_is_told_goodbye_and_others_that_the_code_is_unknown(
    room: Room,
) -> None:
    phone = await room.join()
    screen = (await room.client.get(f"/g/{room.code}", headers=room.cookies)).text
    wall = screen.split('href="http://')[1].split('"')[0].partition("/")[2]
    await room.end()

    pages = {
        "The group has ended": (f"/g/{room.code}", phone.cookies),
        "Ended. Everything is deleted.": (f"/g/{room.code}/console", room.cookies),
        "Thank you for being here": (f"/{wall}", {}),
        "We do not know this code": (f"/g/{room.code}", {}),
    }
    for words, (path, headers) in pages.items():
        answer = await room.client.get(path, headers=headers)
        assert (answer.status_code, words in answer.text) == (404, True), words


@pytest.mark.parametrize(
    ("code", "told"), [("PFD8KP", "the sign <b"), ("DFGH", "has 4"), ("DFGHJK", "may be different")]
)
async def test_a_code_that_is_unknown_says_what_cannot_be_right_about_it(
    client: httpx.AsyncClient, code: str, told: str
) -> None:
    assert told in (await client.get(f"/g/{code}")).text


async def test_only_a_group_that_no_one_has_joined_is_taken_back(client: httpx.AsyncClient) -> None:
    fresh, joined = await new_room(client), await new_room(client)
    await joined.join()

    done = await client.post(f"/g/{fresh.code}/discard", headers=fresh.cookies)
    refused = await client.post(f"/g/{joined.code}/discard", headers=joined.cookies)

    assert (done.status_code, done.headers["location"], refused.status_code) == (303, "/groups/new", 409)
    assert (await client.get(f"/g/{joined.code}/console", headers=joined.cookies)).status_code == 200


async def test_a_name_can_be_given_later_and_is_on_the_phones(room: Room) -> None:
    await room.client.post(f"/g/{room.code}/name", data={"name": "  Thursday   group "}, headers=room.cookies)

    assert "Join Thursday group" in (await room.client.get(f"/g/{room.code}")).text


async def test_a_curtain_covers_the_shared_screen_until_the_next_step(room: Room) -> None:
    phone = await room.join()
    await room.start_round()
    for what, screen, told in (("blank", "wall--curtain", True), ("pause", "We are taking a pause", False)):
        await room.client.post(f"/g/{room.code}/curtain", data={"what": what}, headers=room.cookies)
        assert screen in (await room.client.get(f"/g/{room.code}/screen")).text
        member = (await room.client.get(f"/g/{room.code}", headers=phone.cookies)).text
        assert ('data-notice="pause" hidden' in member) is told

    await room.go("voting")

    assert "wall--curtain" not in (await room.client.get(f"/g/{room.code}/screen")).text


async def test_an_answer_that_comes_after_the_vote_has_closed_says_what_counted(room: Room) -> None:
    early, late = await room.people(2)
    await room.start_round(ANA)
    await room.go("voting")
    await early.must_vote("threat")
    await room.go("discussing")

    for phone, counted in ((early, "Your earlier answer counted: Threat."), (late, "Nothing from you was counted")):
        answer = await room.client.post(f"/g/{room.code}/guess", data={"system": "drive"}, headers=phone.cookies)
        assert answer.status_code == 409
        assert "The vote closed before “Drive” reached us." in answer.text
        assert counted in answer.text


# First and second votes in the order of threat, drive, soothing, unsure, pass.
@pytest.mark.parametrize(
    ("movement", "ballots", "contradicts"),
    [
        ({"drive": {"drive": 8}, "threat": {"drive": 4}}, [[4, 8, 0, 0, 0], [0, 12, 0, 0, 0]], False),
        ({"drive": {"drive": 8}, "threat": {"drive": 4, "threat": 4, "soothing": 1}},
         [[9, 8, 0, 0, 0], [4, 12, 1, 0, 0]], True),
    ],
    ids=["every step is shown", "a hidden step leaves another total than the vote"],
)  # fmt: skip
def test_a_picture_of_the_movement_never_shows_other_totals_than_the_votes(
    movement: dict[str, dict[str, int]], ballots: list[list[int]], contradicts: bool
) -> None:
    snapshot = Snapshot(ballots=ballots, movement=movement)

    assert movement_contradicts(present(snapshot, ANA_CASE, "psychoeducation", 8), snapshot) is contradicts


@pytest.mark.parametrize(
    ("part", "lines"),
    [("before", ("It mentions sleep.", "Read it, then choose alone.")),
     ("talk", ("Turn to a neighbour.", "What would change your mind?")),
     ("again", ("You can change your choice, or keep it.",))],
)  # fmt: skip
def test_words_to_say_belong_to_the_phase_in_which_they_are_said(part: str, lines: tuple[str, ...]) -> None:
    say = (
        "It mentions sleep.",
        "Read it, then choose alone.",
        "Turn to a neighbour.",
        "What would change your mind?",
        "You can change your choice, or keep it.",
    )
    assert words_of(say, part) == lines  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("192.168.1.20", False), ("x.org", False)],
)
def test_an_address_of_this_machine_alone_is_known(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_only_the_port_that_the_server_listens_on_is_ever_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Host header may name any port: anyone who writes it learns nothing of the other programs of the machine."""
    tried: list[object] = []

    def connect(address: object, _patience: float) -> socket.socket:
        tried.append(address)
        return socket.socket()

    monkeypatch.setattr(network, "network_address", lambda: "192.0.2.7")
    monkeypatch.setattr(socket, "create_connection", connect)

    assert reachable_base("http://localhost:5432", 8000) == (None, False)
    assert reachable_base("http://localhost", 8000) == (None, False)
    assert tried == []
    assert reachable_base("http://localhost:8000", 8000) == ("http://192.0.2.7:8000", True)
    assert tried == [("192.0.2.7", 8000)]
