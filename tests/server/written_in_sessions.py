"""Session plans and sessions in which every text can be found again; for the test that looks for what is left."""

from collections.abc import Callable

import httpx

from tests.groups.sessions.plans import HOUR

API = "/api/v1"
# Makes a text that stands nowhere else, and remembers what it was written as.
New = Callable[[str], str]


def a_plan(client: httpx.Client, new: New, where: str) -> str:
    """A good plan that was saved twice, with words of its own in every part that holds text; its slug."""
    slug = new(f"{where} slug")
    plan = HOUR.replace("slug: an-hour", f"slug: {slug}").replace("The plan an-hour", new(f"{where} title"))
    plan = plan.replace("title: Kindness", f"title: {new(f'{where} step')}")
    first = plan.replace("On the wall of Hello", new(f"{where} earlier text"))
    sent = client.post("/trainers/plans/upload", files={"file": (f"{slug}.yaml", first)})
    assert sent.headers["location"] == f"/trainers/plans/{slug}", sent.text
    newer = plan.replace("Passing is fine.", new(f"{where} newest text"))
    saved = client.post(f"/trainers/plans/{slug}/edit", data={"tab": "source", "mark": "1", "source": newer})
    assert saved.status_code == 303, saved.text
    return slug


def offer(client: httpx.Client, slug: str) -> None:
    assert client.post(f"/trainers/plans/{slug}/offer", data={"mark": "2"}).status_code == 303


def throw_away(client: httpx.Client, slug: str, *, offered: bool) -> None:
    if offered:
        assert client.post(f"/trainers/plans/{slug}/withdraw").status_code == 303
    assert client.post(f"/trainers/plans/{slug}/delete").status_code == 303


def a_session(client: httpx.Client, new: New, where: str, plan: str) -> tuple[str, dict[str, str], list[str]]:
    """A group at the board of the plan, after its check-in; its code, who leads it, and the tokens of its people."""
    asked = {"name": new(f"{where} name"), "session": {"plan": plan, "length": 30}}
    made = client.post(f"{API}/groups", json=asked).json()
    code, leads = made["code"], {"Authorization": f"Bearer {made['facilitator_key']}"}
    people = [client.post(f"{API}/groups/{code}/members").json()["member_token"] for _ in range(2)]
    # To the hello, and to the rules.
    for _ in range(2):
        _move(client, code, leads)
    _write(client, code, leads, new(f"{where} rule"))
    _move(client, code, leads)
    for token in people:
        answers = {"answers": ["tried", "pass"]}
        headers = {"Authorization": f"Bearer {token}"}
        assert client.put(f"{API}/groups/{code}/check-in", json=answers, headers=headers).status_code == 200
    assert client.post(f"/g/{code}/check-in/show", headers=_cookie(code, leads)).status_code == 303
    _move(client, code, leads)
    _write(client, code, leads, new(f"{where} board line"))
    return code, leads, people


def _move(client: httpx.Client, code: str, leads: dict[str, str]) -> None:
    assert client.post(f"{API}/groups/{code}/session", json={"way": "on"}, headers=leads).status_code == 200


def _write(client: httpx.Client, code: str, leads: dict[str, str], text: str) -> None:
    form = {"heading": "0", "text": text}
    assert client.post(f"/g/{code}/board", data=form, headers=_cookie(code, leads)).status_code == 303


def _cookie(code: str, leads: dict[str, str]) -> dict[str, str]:
    """The console's forms know their facilitator by the cookie."""
    return {"Cookie": f"facilitator-{code}={leads['Authorization'].removeprefix('Bearer ')}"}
