"""A session after the power went: everyone is at the step where they were."""

import asyncio
from pathlib import Path

import pytest

from tests.groups.servers import visiting, wall
from tests.groups.sessions.plans import put_plans
from tests.groups.sessions.session import Session, check_in, new_session, page
from tests.live import StartServer


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_after_kill_9_everyone_lands_on_the_present_step(start_server: StartServer, tmp_path: Path) -> None:
    plans = str(put_plans(tmp_path / "plans"))
    server = await asyncio.to_thread(start_server, PLANS_DIR=plans)
    async with visiting(server.base_url) as client:
        session = await new_session(client)
        phone = await session.join()
        await session.to("Since last time")
        await check_in(phone, "tried")
        await session.move("on")
        answer = await session.form("board", heading=0, text="Slow and warm")
        assert answer.status_code == 303
        before = await session.state()
    server.kill()

    again = await asyncio.to_thread(start_server, PLANS_DIR=plans)
    async with visiting(again.base_url) as client:
        here = Session(client, session.code, session.key)
        assert await here.state() == before
        assert "Slow and warm" in await page(type(phone)(client, phone.code, phone.token))
        assert "Slow and warm" in await here.wall()
        assert "Since last time" in await here.console()
        async with wall(again.base_url, session.code) as stream:
            assert (await stream.event()).data["session"]["title"] == "Kindness"
        assert await here.move("on") == "Three systems"
