"""Trainers of each role who talk to the API."""

from dataclasses import dataclass

import httpx
from sqlalchemy import Engine

from api.accounts.permissions import Role
from api.accounts.trainer import access_token, add_trainer
from tests.cast import ANA_FILE, PASSWORD

DAN = "dan-the-race"
DAN_FILE = ANA_FILE.replace("ana-the-race", DAN).replace("Ana", "Dan")
MARKDOWN = {"Content-Type": "text/markdown; charset=utf-8"}


@dataclass(frozen=True)
class Person:
    """A signed-in trainer."""

    client: httpx.AsyncClient
    name: str
    headers: dict[str, str]

    async def add(self, source: str = DAN_FILE) -> httpx.Response:
        return await self.client.post("/api/v1/vignettes", content=source, headers=self.headers | MARKDOWN)

    async def put(self, slug: str, source: str, **query: str) -> httpx.Response:
        mark = {"If-Match": query.pop("mark")} if "mark" in query else {}
        return await self.client.put(
            f"/api/v1/vignettes/{slug}", content=source, params=query, headers=self.headers | MARKDOWN | mark
        )

    async def source(self, slug: str) -> httpx.Response:
        return await self.client.get(f"/api/v1/vignettes/{slug}/source", headers=self.headers)

    async def step(self, slug: str, status: str) -> httpx.Response:
        url = f"/api/v1/vignettes/{slug}/status"
        return await self.client.post(url, json={"status": status}, headers=self.headers)

    async def rate(self, slug: str, system: str = "drive", **more: object) -> httpx.Response:
        url = f"/api/v1/vignettes/{slug}/ratings"
        return await self.client.post(url, json={"system": system, **more}, headers=self.headers)

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=self.headers)


def make_person(engine: Engine, client: httpx.AsyncClient, name: str, role: Role) -> Person:
    trainer = add_trainer(engine, name, PASSWORD, role=role)
    return Person(client, name, {"Authorization": f"Bearer {access_token(engine, trainer)}"})
