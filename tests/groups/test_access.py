"""Tokens open the group that they were made for, and nothing else."""

import re
from base64 import urlsafe_b64decode

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.web.rate_limit import WRONG_CODES_PER_ADDRESS
from tests.cast import ANA
from tests.client import MakeSettings, http_client, running
from tests.groups.conftest import Follow
from tests.groups.room import API, Phone, Room, bearer, new_room
from tests.groups.rows import move_code, sizes, vote_rows

LIMIT = WRONG_CODES_PER_ADDRESS.amount


async def every_call(client: httpx.AsyncClient, code: str, token: str) -> dict[str, int]:
    """What each call that needs a token answers to this one, as a header, as either cookie and in the link."""
    kinds = {
        "bearer": bearer(token),
        "member cookie": {"Cookie": f"member-{code}={token}"},
        "facilitator cookie": {"Cookie": f"facilitator-{code}={token}"},
    }
    found: dict[str, int] = {}
    for kind, headers in kinds.items():
        found |= {f"{call} by {kind}": status for call, status in (await calls_with(client, code, headers)).items()}
    answer = await client.get(f"/g/{code}/console", params={"key": token}, follow_redirects=True)
    found["the console's link"] = answer.status_code
    return found


async def calls_with(client: httpx.AsyncClient, code: str, headers: dict[str, str]) -> dict[str, int]:
    """What each call that needs a token answers to these headers."""
    calls: tuple[tuple[str, str, object], ...] = (
        ("GET", f"{API}/{code}", None),
        ("PUT", f"{API}/{code}/guess", {"system": "drive"}),
        ("POST", f"{API}/{code}/rounds", {"vignette": ANA}),
        ("POST", f"{API}/{code}/phase", {"phase": "voting"}),
        ("POST", f"{API}/{code}/back", None),
        ("GET", f"{API}/{code}/results", None),
        ("GET", f"{API}/{code}/events", None),
        ("GET", f"{API}/{code}/export", None),
        ("DELETE", f"{API}/{code}", None),
        ("GET", f"/g/{code}/now/member", None),
        ("GET", f"/g/{code}/now/console", None),
        ("GET", f"/g/{code}/console", None),
        ("GET", f"/g/{code}/summary", None),
        ("GET", f"/g/{code}/ready", None),
        ("GET", f"/g/{code}/end", None),
        ("POST", f"/g/{code}/end", None),
        ("POST", f"/g/{code}/back", None),
        ("POST", f"/g/{code}/link", None),
        ("POST", f"{API}/{code}/link", None),
        ("POST", f"{API}/{code}/session", {"way": "on"}),
        ("GET", f"/g/{code}/board", None),
        ("GET", f"/g/{code}/live/member", None),
        ("GET", f"/g/{code}/live/console", None),
    )
    return {
        f"{method} {path.replace(code, '…')}": (
            await client.request(method, path, json=body, headers=headers)
        ).status_code
        for method, path, body in calls
    }


def assert_worthless(answers: dict[str, int], *also: int) -> None:
    assert {call: status for call, status in answers.items() if status not in (401, 404, *also)} == {}
    assert len(answers) > 50


@pytest.mark.parametrize("whose", ["member", "facilitator"])
async def test_a_token_of_another_group_is_worth_nothing(client: httpx.AsyncClient, room: Room, whose: str) -> None:
    other = await new_room(client)
    token = other.key if whose == "facilitator" else (await other.join()).token
    await room.start_round()
    await room.go("voting")
    before = await room.state()

    assert_worthless(await every_call(client, room.code, token))

    assert await room.state() == before


async def test_a_token_that_was_not_made_here_is_worth_nothing(client: httpx.AsyncClient, room: Room) -> None:
    for token in ("", "x", "member", f"{room.code}:uid:id.signature", room.key[:-1], "é" * 10):
        headers = {b"Authorization": f"Bearer {token}".encode()}
        answers = [
            await client.get(f"{API}/{room.code}", headers=headers),
            await client.put(f"{API}/{room.code}/guess", json={"system": "drive"}, headers=headers),
            await client.get(f"/g/{room.code}/console", params={"key": token}),
        ]

        assert {answer.status_code for answer in answers} <= {401, 404}, token


async def test_a_token_signed_for_one_purpose_is_worth_nothing_for_the_other(
    app: FastAPI, client: httpx.AsyncClient, room: Room
) -> None:
    uid = app.state.tokens.read("facilitator", room.key).split(":")[1]
    disguised = app.state.tokens.sign("member", f"{room.code}:{uid}")

    assert (await client.post(f"{API}/{room.code}/back", headers=bearer(disguised))).status_code == 401
    assert (await client.get(f"{API}/{room.code}", headers=bearer(disguised))).status_code == 401


@pytest.mark.parametrize("whose", ["member", "facilitator"])
async def test_a_token_of_a_deleted_group_is_worth_nothing_in_a_new_one_with_its_code(
    client: httpx.AsyncClient, engine: Engine, whose: str
) -> None:
    old = await new_room(client)
    token = old.key if whose == "facilitator" else (await old.join()).token
    assert (await old.end()).status_code == 204
    made = await new_room(client)
    move_code(engine, made.code, old.code)
    answer = await client.post(f"{API}/{old.code}/members")
    newcomer = Phone(client, old.code, answer.json()["member_token"])
    before = await newcomer.state()

    # An old member is told 403 where even a present one would be.
    assert_worthless(await every_call(client, old.code, token), 403)

    assert await newcomer.state() == before
    assert vote_rows(engine) == []


async def test_an_old_members_phone_finds_the_door_of_the_new_group(client: httpx.AsyncClient, engine: Engine) -> None:
    old = await new_room(client, name="The old room")
    phone = await old.join()
    await old.end()
    made = await new_room(client, name="The new room")
    move_code(engine, made.code, old.code)

    page = await client.get(f"/g/{old.code}", headers=phone.cookies)

    assert page.status_code == 200
    assert "Join The new room" in page.text
    assert (await client.post(f"/g/{old.code}/leave", headers=phone.cookies)).status_code == 303
    assert (await client.post(f"/g/{old.code}/join")).status_code == 303
    with_new = await client.get(f"/g/{old.code}/now/screen")
    assert "<b>1</b> here" in with_new.text  # the old phone has taken no one away


@pytest.mark.both_databases
async def test_leaving_twice_counts_once(room: Room) -> None:
    phones = await room.people(3)
    for _ in range(3):
        left = await room.client.post(f"/g/{room.code}/leave", headers=phones[0].cookies)
        assert left.status_code == 303
    assert (await room.state())["members"] == 2
    await room.client.post(f"/g/{room.code}/leave", headers=phones[1].cookies)
    assert (await room.state())["members"] == 1


async def test_a_members_id_has_128_random_bits(app: FastAPI, room: Room) -> None:
    phones = await room.people(3)
    ids = [app.state.tokens.read("member", phone.token).split(":")[2].partition(".")[0] for phone in phones]

    assert len(set(ids)) == 3
    assert all(len(urlsafe_b64decode(one + "==")) == 16 for one in ids)


async def test_without_a_token_only_door_and_wall_are_open(client: httpx.AsyncClient, room: Room) -> None:
    assert (await client.get(f"{API}/{room.code}")).status_code == 401
    assert (await client.get(f"{API}/{room.code}/results")).status_code == 401
    assert (await client.get(f"{API}/{room.code}/events")).status_code == 401
    assert (await client.put(f"{API}/{room.code}/guess", json={"system": "drive"})).status_code == 401
    assert (await client.get(f"/g/{room.code}")).status_code == 200
    assert (await client.get(f"/g/{room.code}/screen")).status_code == 200


async def test_a_code_that_is_not_there_is_404(client: httpx.AsyncClient) -> None:
    for method, path in (
        ("POST", f"{API}/DDDDDD/members"),
        ("GET", f"{API}/DDDDDD/events?screen=true"),
        ("GET", "/g/DDDDDD"),
        ("POST", "/g/DDDDDD/join"),
        ("GET", "/g/DDDDDD/screen"),
        ("GET", "/g/DDDDDD/now/screen"),
        ("GET", "/g/DDDDDD/live/screen"),
    ):
        answer = await client.request(method, path)
        assert answer.status_code == 404, path


# Codes can be guessed, so wrong ones are limited.

DOORS = (
    ("POST", API + "/{code}/members"),
    ("GET", API + "/{code}/events?screen=true"),
    ("GET", "/g/{code}"),
    ("POST", "/g/{code}/join"),
    ("GET", "/g/{code}/screen"),
    ("GET", "/g/{code}/now/screen"),
    ("GET", "/g/{code}/live/screen"),
)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # the limits know no database
@pytest.mark.parametrize("method, door", DOORS, ids=lambda part: part.replace(API, ""))
async def test_wrong_codes_are_limited_at_every_door(make_settings: MakeSettings, method: str, door: str) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        statuses = [
            (await client.request(method, door.format(code=f"D{number:05}"))).status_code for number in range(LIMIT + 5)
        ]

    assert statuses == [404] * LIMIT + [429] * 5


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # the limits know no database
async def test_a_class_that_joins_with_the_right_code_is_not_limited(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        room = await new_room(client)
        phones = await room.people(LIMIT * 3)
        pages = [(await client.get(f"/g/{room.code}")).status_code for _ in range(LIMIT * 2)]
        walls = [(await client.get(f"/g/{room.code}/now/screen")).status_code for _ in range(LIMIT * 2)]
        await room.start_round()
        await room.go("voting")
        voted = [(await phone.vote("drive")).status_code for phone in phones]

    assert set(pages) == set(walls) == set(voted) == {200}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # the limits know no database
async def test_people_who_are_in_are_not_kept_out_by_others_at_their_address_who_mistype(
    make_settings: MakeSettings,
) -> None:
    """A whole class has one address; typing errors of a few must not take the page away from the rest."""
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        room = await new_room(client)
        phone = await room.join()
        for number in range(LIMIT + 1):
            await client.get(f"/g/D{number:05}")

        assert (await client.get(f"/g/{room.code}", headers=phone.cookies)).status_code == 200


# OPEN_GROUPS=false


async def test_on_a_closed_server_only_trainers_start_groups(make_settings: MakeSettings) -> None:
    from api.accounts.trainer import add_trainer
    from tests.cast import PASSWORD, TRAINER

    async with running(make_settings(open_groups=False)) as app, http_client(app) as client:
        refused = await client.post(API, json={})
        page = await client.get("/groups/new")
        form = await client.post("/groups", data={"kind": "training"})
        before = sizes(app.state.engine)["room"]
        add_trainer(app.state.engine, TRAINER, PASSWORD, role="admin")
        signed_in = await client.post("/api/v1/auth/token", data={"username": TRAINER, "password": PASSWORD})
        accepted = await client.post(API, json={}, headers=bearer(signed_in.json()["access_token"]))
        joined = await client.post(f"{API}/{accepted.json()['code']}/members")

    assert [refused.status_code, page.status_code, form.status_code] == [403] * 3
    assert refused.headers["content-type"] == "application/problem+json"
    assert before == 0
    assert (accepted.status_code, joined.status_code) == (201, 201)


async def test_a_stream_of_a_stranger_does_not_open(room: Room, follow: Follow) -> None:
    for path in (f"{API}/{room.code}/events", f"/g/{room.code}/live/member", f"/g/{room.code}/live/console"):
        async with follow(path) as stream:
            await stream.until(lambda feed: feed.ended)
            assert stream.status == 401


async def test_the_link_is_exchanged_for_a_cookie_of_each_device_that_is_not_the_link(app: FastAPI, room: Room) -> None:
    values = set()
    for _ in range(2):
        async with http_client(app) as device:
            opened = await device.get(f"/g/{room.code}/console", params={"key": room.key})
            values |= set(device.cookies.values())
            assert opened.status_code == 303
            assert (await device.get(f"/g/{room.code}/console")).status_code == 200

    assert len(values) == 2
    assert not any(room.key in value for value in values)


@pytest.mark.parametrize("how", ["page", "api"])
async def test_a_withdrawn_link_ends_at_once_everywhere_but_where_it_was_withdrawn(
    app: FastAPI, room: Room, how: str
) -> None:
    async with http_client(app) as here, http_client(app) as elsewhere, http_client(app) as bare:
        for device in (here, elsewhere):
            await device.get(f"/g/{room.code}/console", params={"key": room.key})
        stolen = {"Cookie": "; ".join(f"{name}={value}" for name, value in elsewhere.cookies.items())}
        if how == "page":
            assert (await here.post(f"/g/{room.code}/link")).status_code == 303
            ready = await here.get(f"/g/{room.code}/ready")
            found = re.search(r"console\?key=([^\"]+)", ready.text)
            assert found
            key = found[1]
        else:
            answer = await here.post(f"{API}/{room.code}/link", headers=bearer(room.key))
            assert answer.status_code == 201
            key = answer.json()["facilitator_key"]
            assert answer.json()["console_url"].endswith(f"/g/{room.code}/console?key={key}")

        for headers in (bearer(room.key), stolen, {"Cookie": f"facilitator-{room.code}={room.key}"}):
            answers = await calls_with(bare, room.code, headers)
            assert {call: status for call, status in answers.items() if status not in (401, 404, 422)} == {}
        assert (await elsewhere.get(f"/g/{room.code}/console", params={"key": room.key})).status_code == 401
        assert (await elsewhere.get(f"/g/{room.code}/console", params={"key": key})).status_code == 303
        assert (await elsewhere.get(f"/g/{room.code}/console")).status_code == 200
        if how == "page":
            assert (await here.get(f"/g/{room.code}/console")).status_code == 200
        assert (await here.get(f"{API}/{room.code}", headers=bearer(key))).status_code == 200


async def test_a_stream_of_who_led_ends_when_the_link_is_withdrawn(room: Room, follow: Follow) -> None:
    async with follow(f"/g/{room.code}/live/console", room.cookies) as console:
        await console.until(lambda feed: bool(feed.events))
        await room.client.post(f"{API}/{room.code}/link", headers=bearer(room.key))
        await console.until(lambda feed: feed.ended)


async def test_a_browser_that_keeps_no_cookies_is_told_so_and_no_one_is_counted(room: Room) -> None:
    room.client.cookies.clear()
    before = (await room.state())["members"]
    for _ in range(3):
        room.client.cookies.clear()
        told = await room.client.post(f"/g/{room.code}/join", headers={"Origin": str(room.client.base_url)})
        assert told.status_code == 400
        assert "This browser does not keep cookies" in told.text
    assert (await room.state())["members"] == before

    joined = await room.client.post(f"/g/{room.code}/join", headers={"Origin": str(room.client.base_url)})
    assert joined.status_code == 303, "the page that said so had set a cookie, which has come back now"
