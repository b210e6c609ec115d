"""A little of everything that people do with the product, so that no table of its database is empty."""

from datetime import timedelta

import httpx
from fastapi import FastAPI

from api.persistence.engine import now
from tests.cast import ANA, PASSWORD, SLUGS, TRAINER
from tests.client import BASE, http_client, new_learner
from tests.editorial.people import DAN, DAN_FILE, make_person
from tests.groups.room import new_room, vote_all

LEARNERS = 6
CODES = ("drive", "threat", "soothing", "unsure")


def must(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code < 400, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer


async def walk(app: FastAPI) -> None:
    """Trainers write and rate, learners practise and join a class, and groups vote, one of which ends."""
    engine = app.state.engine
    async with http_client(app) as client:
        ida = make_person(engine, client, "Ida", "admin")
        tomasz = make_person(engine, client, TRAINER, "trainer")
        must(await tomasz.add(DAN_FILE))
        must(await tomasz.step(DAN, "in_review"))
        must(await ida.rate(DAN, "threat", confidence="sure"))
        closes_on = (now() + timedelta(days=200)).date().isoformat()
        made = must(
            await client.post("/api/v1/classes", json={"name": "Spring", "closes_on": closes_on}, headers=ida.headers)
        )
        for number in range(LEARNERS):
            learner = await new_learner(client)
            must(await learner.guess(ANA, CODES[number % 4], confidence="sure", reason=f"reason {number}"))
            must(await client.post(f"/api/v1/classes/{made.json()['code']}/members", headers=learner.headers))
            must(await learner.guess(ANA, "drive"))
        must(await client.get(f"/api/v1/classes/{made.json()['code']}", headers=ida.headers))
    await _in_browsers(app)
    async with http_client(app) as client:
        for ends in (True, False):
            room = await new_room(client, "training", name="Monday")
            phones = await room.people(6)
            await room.start_round()
            await room.go("voting")
            await vote_all(phones, "drive", "drive", "threat", "soothing", "unsure", "pass")
            must(await client.post(f"/g/{room.code}/leave", headers=phones[-1].cookies))
            if ends:
                await room.go("revoting")
                await vote_all(phones[:5], *["drive"] * 5)
                await room.go("revealed", "ended")
                must(await room.end())


async def _in_browsers(app: FastAPI) -> None:
    same_site = {"Origin": BASE}
    async with http_client(app, headers=same_site) as trainer:
        must(await trainer.post("/trainers/sign-in", data={"name": "Ida", "password": PASSWORD}))
        must(await trainer.post("/trainers/people/links", data={"role": "trainer", "name": "Eve"}))
        must(await trainer.post("/trainers/settings", data={"raters_needed": "2"}))
        must(await trainer.post("/trainers/new", data={"title": "Fay and the kite", "person": "Fay"}))
        file = {"file": ("dan.md", DAN_FILE.replace("dan-", "gus-").encode(), "text/markdown")}
        must(await trainer.post("/trainers/exchange/import", files=file))
    async with http_client(app, headers=same_site) as learner:
        must(await learner.post("/practice/sittings", data={"kind": "five"}))
        for slug in SLUGS * 2:
            must(
                await learner.post(f"/vignettes/{slug}/guesses", data={"system": "threat", "reason": "a page's reason"})
            )
        must(await learner.get("/practice", params={"after": ""}))
        must(await learner.post("/practice/mine/code"))
