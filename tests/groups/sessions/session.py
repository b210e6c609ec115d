"""A session as its facilitator leads it, by the forms of the console; and its members."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.groups.room import API, Phone, Room


@dataclass(frozen=True)
class Session(Room):
    """A group that follows a plan."""

    async def form(self, path: str, **fields: object) -> httpx.Response:
        """What a button of the console sends, without scripts."""
        data = {name: str(value) for name, value in fields.items()}
        return await self.client.post(f"/g/{self.code}/{path}", data=data, headers=self.cookies)

    async def move(self, way: str, **more: object) -> str:
        """Goes somewhere, and gives the title of the step that the session is at then."""
        answer = await self.form("session", way=way, **more)
        assert answer.status_code == 303, answer.text
        title: str = (await self.here())["title"]
        return title

    async def to(self, title: str) -> None:
        """Goes on until the step with this title."""
        for _ in range(20):
            if (await self.here())["title"] == title:
                return
            await self.move("on")
        raise AssertionError(f"the session has no step {title}")

    async def here(self) -> dict[str, Any]:
        told: dict[str, Any] = (await self.state())["session"]
        return told

    async def console(self) -> str:
        answer = await self.client.get(f"/g/{self.code}/console", headers=self.cookies)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def wall(self) -> str:
        answer = await self.client.get(f"/g/{self.code}/screen")
        assert answer.status_code == 200, answer.text
        return answer.text


async def new_session(
    client: httpx.AsyncClient, plan: str = "an-hour", length: int | None = None, **more: object
) -> Session:
    wanted: dict[str, object] = {"plan": plan} | ({"length": length} if length else {})
    answer = await client.post(API, json={"session": wanted, **more})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return Session(client, told["code"], told["facilitator_key"])


async def page(phone: Phone) -> str:
    """A phone's page."""
    answer = await phone.client.get(f"/g/{phone.code}", headers=phone.cookies)
    assert answer.status_code == 200, answer.text
    return answer.text


async def check_in(phone: Phone, *answers: str) -> httpx.Response:
    data = {f"answer-{place}": answer for place, answer in enumerate(answers)}
    return await phone.client.post(f"/g/{phone.code}/check-in", data=data, headers=phone.cookies)
