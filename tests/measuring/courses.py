"""Measured courses over HTTP, and their days moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
from sqlalchemy import Engine, bindparam, text
from sqlalchemy.types import Date

from api.persistence.engine import now
from tests.client import Learner, new_learner

API = "/api/v1"


def today() -> date:
    return now().date()


async def measured_class(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    """A class of which the first occasion is open; its code."""
    code: str = (await client.post(f"{API}/classes", json={"name": "Spring"}, headers=headers)).json()["code"]
    days = {"begins": today().isoformat(), "ends": (today() + timedelta(days=60)).isoformat()}
    made = await client.post(f"{API}/classes/{code}/course", json=days, headers=headers)
    assert made.status_code == 201, made.text
    return code


def move(engine: Engine, begins: int, ends: int) -> None:
    """Moves the days of every course: so many days from today."""
    query = text("UPDATE course SET begins = :begins, ends = :ends").bindparams(
        bindparam("begins", type_=Date), bindparam("ends", type_=Date)
    )
    with engine.begin() as connection:
        connection.execute(query, {"begins": today() + timedelta(days=begins), "ends": today() + timedelta(days=ends)})


BEFORE, AFTER, LATER, OVER = (0, 60), (-60, 0), (-90, -28), (-200, -100)


@dataclass(frozen=True)
class Participant:
    learner: Learner

    @property
    def identity(self) -> str:
        """The random id in the token."""
        return self.learner.token.rpartition(".")[0]

    async def place(self) -> dict[str, Any]:
        found = await self.learner.client.get(f"{API}/practice/course", headers=self.learner.headers)
        assert found.status_code == 200, found.text
        told: dict[str, Any] = found.json()
        return told

    async def put(self, number: int, system: str) -> httpx.Response:
        url, body = f"{API}/practice/course/answers/{number}", {"system": system, "confidence": "leaning"}
        return await self.learner.client.put(url, json=body, headers=self.learner.headers)

    async def answer_set(self, answers: Sequence[str]) -> None:
        for number, system in enumerate(answers, 1):
            kept = await self.put(number, system)
            assert kept.status_code == 200, kept.text


async def participant(client: httpx.AsyncClient, code: str, *, research: bool = True) -> Participant:
    learner = await new_learner(client)
    await client.post(f"{API}/classes/{code}/members", headers=learner.headers)
    agreed = await client.post(
        f"{API}/practice/course", json={"agree": True, "research": research}, headers=learner.headers
    )
    assert agreed.status_code == 200, agreed.text
    return Participant(learner)
