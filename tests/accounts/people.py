"""People who sign in as browsers do, each with cookies of their own."""

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from api.accounts.permissions import Role
from api.accounts.trainer import add_trainer
from tests.cast import PASSWORD
from tests.client import http_client

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"
NEW_PASSWORD = "four other words here"


@dataclass
class Guests:
    """Opens browsers on an application, and closes them when the test ends."""

    app: FastAPI
    stack: AsyncExitStack

    async def browser(self, user_agent: str = FIREFOX) -> httpx.AsyncClient:
        return await self.stack.enter_async_context(http_client(self.app, headers={"User-Agent": user_agent}))

    def add(self, name: str, role: Role) -> int:
        """An account; gives its number."""
        found = add_trainer(self.app.state.engine, name, PASSWORD, role=role).id
        assert found is not None
        return found

    async def sign_in(self, name: str, password: str = PASSWORD, user_agent: str = FIREFOX) -> httpx.AsyncClient:
        browser = await self.browser(user_agent)
        answer = await browser.post("/trainers/sign-in", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        return browser

    async def signed_in(self, name: str, role: Role) -> tuple[int, httpx.AsyncClient]:
        """A new account, and its browser."""
        number = self.add(name, role)
        return number, await self.sign_in(name)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with self.app.state.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def change(self, statement: str, **values: object) -> None:
        with self.app.state.engine.begin() as connection:
            connection.execute(text(statement), values)


def link_in(page: httpx.Response) -> str:
    """The path of the link that a page shows."""
    assert page.status_code == 200, page.text
    found = re.search(r'value="http://circles\.test(/trainers/(?:join|reset)/[^"]+)"', page.text)
    assert found, page.text
    return found[1]


async def is_signed_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/trainers/account")).status_code == 200
