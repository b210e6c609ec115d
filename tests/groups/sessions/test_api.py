"""A session over JSON: moving, and answering a check-in."""

import pytest

from tests.groups.room import API
from tests.groups.sessions.session import Session

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def test_anyone_who_leads_moves_the_session_and_gets_the_state(session: Session) -> None:
    answer = await session.post("session", {"way": "on", "seen": 0})
    assert answer.status_code == 200
    assert answer.json()["session"] == {"number": 1, "steps": 11, "kind": "talk", "title": "Hello"}
    assert (await session.post("session", {"way": "on", "seen": 0})).json()["session"]["number"] == 1
    for body, status in (({"way": "to:99"}, 404), ({"way": "back"}, 409), ({"way": "fly"}, 422), ({}, 422)):
        assert (await session.post("session", body)).status_code == status
    assert (await session.post("rounds", {"vignette": "ana-the-race"})).status_code == 409
    phone = await session.join()
    path = f"{API}/{session.code}/session"
    assert (await session.client.post(path, json={"way": "on"}, headers=phone.headers)).status_code == 403
    assert (await phone.state())["session"]["title"] == "Hello"


async def test_a_member_answers_a_check_in_until_it_is_shown(session: Session) -> None:
    phone = await session.join()
    path = f"{API}/{session.code}/check-in"

    async def put(*answers: str | None) -> int:
        body = {"answers": list(answers)}
        return (await session.client.put(path, json=body, headers=phone.headers)).status_code

    assert await put("tried") == 409
    await session.to("Since last time")
    assert (await put("tried", None), await put(None, "pass"), await put("yes"), await put(None)) == (
        200,
        200,
        422,
        422,
    )
    await session.form("check-in/show")
    assert await put("not_yet") == 409
