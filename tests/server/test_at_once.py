"""The same write, sent by many at the same moment, is done or refused in words: never a fault, never a deadlock."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.accounts.trainer import set_up_link
from api.editorial.library_settings import LibrarySettings, write_library_settings
from tests.accounts.people import link_in
from tests.cast import PASSWORD
from tests.client import BASE, new_learner
from tests.editorial.people import DAN, DAN_FILE, make_person

pytestmark = pytest.mark.both_databases

AT_ONCE = 10
FINE = {409, 412, 429}


async def at_once(writes: Iterable[Awaitable[httpx.Response]], also: Iterable[int] = ()) -> Counter[int]:
    """How often each status was answered, once none of them is a fault."""
    answers = await asyncio.gather(*writes)
    told = Counter(answer.status_code for answer in answers)
    odd = [(status, n) for status, n in told.items() if status >= 400 and status not in {*FINE, *also}]
    assert odd == [], [answer.text[:300] for answer in answers if answer.status_code in dict(odd)][:2]
    return told


NAMES = ("Dan", "Eli", "Fay", "Gus", "Hal", "Ivy")


def story(number: int) -> str:
    name = NAMES[number]
    return DAN_FILE.replace(DAN, f"{name.lower()}-the-race").replace("Dan", name)


def library() -> bytes:
    """Case files of stories that are new here, in a zip."""
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        for number, name in enumerate(NAMES):
            file.writestr(f"{name.lower()}-the-race.md", story(number))
    return packed.getvalue()


async def test_many_begin_a_plan_of_one_title(engine: Engine, client: httpx.AsyncClient) -> None:
    amina = make_person(engine, client, "Amina", "trainer")
    writes = (
        client.post("/trainers/plans", data={"title": "Our first hour"}, headers=amina.headers) for _ in range(AT_ONCE)
    )

    assert await at_once(writes) == {303: AT_ONCE}


async def test_many_begin_a_story_of_one_title(engine: Engine, client: httpx.AsyncClient) -> None:
    amina = make_person(engine, client, "Amina", "trainer")
    form = {"title": "The race", "person": "Dan"}
    writes = (client.post("/trainers/new", data=form, headers=amina.headers) for _ in range(AT_ONCE))

    assert (await at_once(writes))[303] >= 1


async def test_many_add_one_story(engine: Engine, client: httpx.AsyncClient) -> None:
    amina = make_person(engine, client, "Amina", "trainer")

    assert (await at_once(amina.add() for _ in range(AT_ONCE)))[201] == 1


async def test_many_save_one_draft(engine: Engine, client: httpx.AsyncClient) -> None:
    amina = make_person(engine, client, "Amina", "trainer")
    await amina.add()
    texts = (DAN_FILE.replace("a race in May", f"a race in {n} days") for n in range(AT_ONCE))

    await at_once(amina.put(DAN, source) for source in texts)


async def test_many_ratings_of_one_trainer(engine: Engine, client: httpx.AsyncClient) -> None:
    amina, bo = (make_person(engine, client, name, "trainer") for name in ("Amina", "Bo"))
    await amina.add()
    await amina.step(DAN, "in_review")

    assert (await at_once(bo.rate(DAN) for _ in range(AT_ONCE)))[201] == 1


async def test_many_publish_one_story(engine: Engine, client: httpx.AsyncClient) -> None:
    write_library_settings(engine, LibrarySettings(raters_needed=0))
    edith = make_person(engine, client, "Edith", "editor")
    await edith.add()

    assert (await at_once(edith.step(DAN, "published") for _ in range(AT_ONCE)))[200] == 1
    await at_once(edith.put(DAN, DAN_FILE.replace("in May", f"in {n} days"), change="wording") for n in range(AT_ONCE))


async def test_many_import_the_same_new_stories(engine: Engine, client: httpx.AsyncClient) -> None:
    edith = make_person(engine, client, "Edith", "editor")
    file = library()

    def send() -> Awaitable[httpx.Response]:
        return client.post("/api/v1/vignettes/import", files={"file": ("all.zip", file)}, headers=edith.headers)

    # Beyond the places for imports they are asked to wait.
    assert (await at_once((send() for _ in range(AT_ONCE)), also=(503,)))[200] > 1
    with engine.connect() as connection:
        drafts = connection.execute(text("SELECT count(*) FROM vignette WHERE origin = 'own'")).scalar_one()
    assert drafts == len(NAMES)


async def test_many_use_the_set_up_link(app: FastAPI, client: httpx.AsyncClient) -> None:
    link = set_up_link(app.state.tokens, BASE)
    writes = (client.post(link, data={"name": f"Admin {n}", "password": PASSWORD}) for n in range(4))

    assert (await at_once(writes, also=(404,)))[303] == 1


async def test_many_invitations_are_made_and_used_for_one_name(engine: Engine, client: httpx.AsyncClient) -> None:
    admin = make_person(engine, client, "Ida", "admin")

    def invite() -> Awaitable[httpx.Response]:
        return client.post("/trainers/people/links", data={"role": "trainer", "name": ""}, headers=admin.headers)

    links = [link_in(page) for page in await asyncio.gather(*(invite() for _ in range(4)))]
    writes = (client.post(link, data={"name": "Eve", "password": PASSWORD}) for link in links)

    assert (await at_once(writes))[303] == 1


async def test_many_classes_are_made_joined_and_deleted(engine: Engine, client: httpx.AsyncClient) -> None:
    amina = make_person(engine, client, "Amina", "trainer")

    def make() -> Awaitable[httpx.Response]:
        return client.post("/api/v1/classes", json={"name": "Spring"}, headers=amina.headers)

    made = await asyncio.gather(*(make() for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in made} == {201}
    code = made[0].json()["code"]
    learner = await new_learner(client)
    joins = [client.post(f"/api/v1/classes/{code}/members", headers=learner.headers) for _ in range(AT_ONCE)]
    await at_once(joins)
    deletions = [client.delete(f"/api/v1/classes/{code}", headers=amina.headers) for _ in range(AT_ONCE)]
    await at_once([*deletions, client.post(f"/api/v1/classes/{code}/members", headers=learner.headers)], also=(404,))


async def test_many_offer_and_withdraw_one_plan(engine: Engine, client: httpx.AsyncClient) -> None:
    edith = make_person(engine, client, "Edith", "editor")
    begun = await client.post("/trainers/plans", data={"title": "Our hour"}, headers=edith.headers)
    plan = begun.headers["location"].split("/edit")[0]

    def send(step: str) -> Awaitable[httpx.Response]:
        return client.post(f"{plan}/{step}", data={"mark": "1"}, headers=edith.headers)

    await at_once((send(step) for _ in range(4) for step in ("offer", "withdraw", "delete")), also=(404,))


async def test_many_codes_and_sittings_of_one_learner(client: httpx.AsyncClient) -> None:
    learner = await new_learner(client)

    def send(path: str, **form: str) -> Awaitable[httpx.Response]:
        return client.post(path, data=form, headers=learner.headers)

    await at_once(send("/practice/mine/code") for _ in range(AT_ONCE))
    await at_once(send("/practice/sittings", kind="five") for _ in range(AT_ONCE))


async def test_an_account_is_removed_while_it_saves(engine: Engine, client: httpx.AsyncClient) -> None:
    admin = make_person(engine, client, "Ida", "admin")
    for turn in range(3):
        amina = make_person(engine, client, f"Amina {turn}", "trainer")
        added = await amina.add(story(turn))
        slug = added.json()["slug"]
        begun = await client.post("/trainers/plans", data={"title": f"Hour {turn}"}, headers=amina.headers)
        assert (added.status_code, begun.status_code) == (201, 303)
        plan = begun.headers["location"].split("/edit")[0]
        await client.post("/api/v1/classes", json={"name": "Spring"}, headers=amina.headers)
        with engine.connect() as connection:
            number = connection.execute(text("SELECT max(id) FROM trainer")).scalar_one()
        removal = f"/trainers/people/{number}/remove"
        writes: list[Awaitable[httpx.Response]] = []
        for n in range(4):
            writes += [
                amina.put(slug, story(turn).replace("in May", f"in {n} days")),
                client.post(f"{plan}/copy", headers=amina.headers),
                client.post("/trainers/plans", data={"title": f"Other {turn}"}, headers=amina.headers),
                client.post("/api/v1/classes", json={"name": "Autumn"}, headers=amina.headers),
            ]
            if n == 1:
                writes.append(client.post(removal, data={"sure": "yes"}, headers=admin.headers))
        # Signed out in the middle of it, they are told so; the removal itself is done.
        told = await asyncio.gather(*writes)
        assert {answer.status_code for answer in told} <= {200, 201, 303, 401, 403, 404, 409, 412}, [
            (answer.status_code, answer.text[:200]) for answer in told
        ]
        with engine.connect() as connection:
            left = connection.execute(text("SELECT role FROM trainer WHERE id = :id"), {"id": number}).scalar_one()
        assert left == "removed"
