"""People who rate in panels, over HTTP."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from tests.client import http_client

API = "/api/v1/panels"
ABOUT = {"profession": "nurse", "years": "2_to_5"}


@dataclass(frozen=True)
class Rater:
    client: httpx.AsyncClient
    code: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def rate(self, slug: str, system: str, **more: object) -> httpx.Response:
        url = f"{API}/{self.code}/ratings/{slug}"
        return await self.client.put(url, json={"system": system, **more}, headers=self.headers)

    async def place(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get(f"{API}/{self.code}/next", headers=self.headers)).json()
        return found

    async def take_back(self) -> httpx.Response:
        return await self.client.delete(f"{API}/{self.code}/raters/me", headers=self.headers)


async def make_panel(client: httpx.AsyncClient, headers: dict[str, str], **more: object) -> dict[str, Any]:
    made = await client.post(API, json={"name": "Leeds", **more}, headers=headers)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def mark_of(panel: dict[str, Any]) -> str:
    return str(panel["url"]).partition("?k=")[2]


async def join(client: httpx.AsyncClient, panel: dict[str, Any], **more: object) -> Rater:
    body = {"k": mark_of(panel), "agree": True, **ABOUT, **more}
    joined = await client.post(f"{API}/{panel['code']}/raters", json=body)
    assert joined.status_code == 201, joined.text
    return Rater(client, panel["code"], joined.json()["rater_token"])


@asynccontextmanager
async def by_pages(app: FastAPI, panel: dict[str, Any], **about: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that has joined through the pages."""
    async with http_client(app) as browser:
        link = re.sub(r"^https?://[^/]+", "", str(panel["url"]))
        assert "I agree to take part" in (await browser.get(link)).text
        form = {"k": mark_of(panel), "agree": "yes", **ABOUT, **about}
        joined = await browser.post(f"/panels/{panel['code']}", data=form)
        assert joined.status_code == 303, joined.text
        yield browser
