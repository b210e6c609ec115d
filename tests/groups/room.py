"""A group and its people, over the JSON API."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.cast import ANA

API = "/api/v1/groups"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class Phone:
    """A member of a group."""

    client: httpx.AsyncClient
    code: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.token)

    @property
    def cookies(self) -> dict[str, str]:
        """The same identity as the pages carry it."""
        return {"Cookie": f"member-{self.code}={self.token}"}

    async def vote(self, system: str, **more: object) -> httpx.Response:
        return await self.client.put(f"{API}/{self.code}/guess", json={"system": system, **more}, headers=self.headers)

    async def must_vote(self, system: str, **more: object) -> dict[str, Any]:
        answer = await self.vote(system, **more)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def state(self) -> dict[str, Any]:
        answer = await self.client.get(f"{API}/{self.code}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def results(self) -> httpx.Response:
        return await self.client.get(f"{API}/{self.code}/results", headers=self.headers)


@dataclass(frozen=True)
class Room:
    """A group, as its facilitator sees it."""

    client: httpx.AsyncClient
    code: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.key)

    @property
    def cookies(self) -> dict[str, str]:
        return {"Cookie": f"facilitator-{self.code}={self.key}"}

    async def join(self) -> Phone:
        answer = await self.client.post(f"{API}/{self.code}/members")
        assert answer.status_code == 201, answer.text
        return Phone(self.client, self.code, answer.json()["member_token"])

    async def people(self, number: int) -> list[Phone]:
        return [await self.join() for _ in range(number)]

    async def post(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.client.post(f"{API}/{self.code}/{path}", json=body, headers=self.headers)

    async def start_round(self, slug: str = ANA) -> dict[str, Any]:
        answer = await self.post("rounds", {"vignette": slug})
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def phase(self, phase: str) -> httpx.Response:
        return await self.post("phase", {"phase": phase})

    async def go(self, *phases: str) -> dict[str, Any]:
        """Takes the steps, and gives the state after the last one."""
        told: dict[str, Any] = {}
        for phase in phases:
            answer = await self.phase(phase)
            assert answer.status_code == 200, answer.text
            told = answer.json()
        return told

    async def back(self) -> httpx.Response:
        return await self.post("back")

    async def state(self) -> dict[str, Any]:
        answer = await self.client.get(f"{API}/{self.code}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def results(self) -> httpx.Response:
        return await self.client.get(f"{API}/{self.code}/results", headers=self.headers)

    async def end(self) -> httpx.Response:
        return await self.client.delete(f"{API}/{self.code}", headers=self.headers)


async def new_room(client: httpx.AsyncClient, kind: str = "psychoeducation", **more: object) -> Room:
    answer = await client.post(API, json={"kind": kind, **more})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return Room(client, told["code"], told["facilitator_key"])


async def vote_all(phones: list[Phone], *systems: str) -> None:
    for phone, system in zip(phones, systems, strict=True):
        await phone.must_vote(system)
