"""A leak walk: while a story is sealed, no page, call or file has its words for anyone."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine

from api.exchange.formats import FORMATS
from api.measuring.sealing import release
from api.vignettes.catalogue import Vignette
from tests.client import new_learner
from tests.measuring.courses import API, measured_class, participant
from tests.panels.raters import make_panel

STREAMS = ("/events", "/live", "/now/", "/stream", "openapi.json")


def texts_of(answer: httpx.Response) -> Iterator[str]:
    """What an answer says; the parts of a zip, also of those within it."""
    yield answer.text
    waiting = [answer.content]
    while waiting:
        data = waiting.pop()
        if data[:2] == b"PK":
            with zipfile.ZipFile(BytesIO(data)) as archive:
                waiting += [archive.read(name) for name in archive.namelist()]
        else:
            yield data.decode("utf-8", "replace")


def paths_of(app: FastAPI, values: dict[str, str]) -> list[str]:
    """The address of every page and call that can be looked at, about what `values` name."""
    found = []
    for route in app.routes:
        path = str(getattr(route, "path", ""))
        if "GET" not in (getattr(route, "methods", None) or ()) or any(part in path for part in STREAMS):
            continue
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", value)
        if "{" not in path:
            found.append(path)
    return found


def leaks(answer: httpx.Response, hidden: list[Vignette]) -> list[str]:
    said = "\n".join(texts_of(answer)).replace("’", "'")
    return [
        vignette.slug
        for vignette in hidden
        if vignette.case.head.title.replace("’", "'") in said or vignette.case.story[:40].replace("’", "'") in said
    ]


async def test_no_page_call_or_file_has_a_sealed_story(
    client: httpx.AsyncClient, app: FastAPI, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    before = dict(app.state.catalogue.vignettes)
    answered = await new_learner(client)
    code = await measured_class(client, trainer_headers)
    hidden = [vignette for slug, vignette in before.items() if slug not in app.state.catalogue.vignettes]
    assert len(hidden) == 36
    await participant(client, code)
    await answered.guess(next(iter(app.state.catalogue.vignettes)), "drive")
    panel = (await make_panel(client, trainer_headers))["code"]
    group = (await client.post(f"{API}/groups", json={"kind": "training"})).json()
    leads = {"Authorization": f"Bearer {group['facilitator_key']}"}
    one = hidden[0]
    values = {"slug": one.slug, "first": one.slug, "second": one.slug, "number": "1", "name": "x", "panel": panel}
    paths = {path for where in (code, group["code"], panel) for path in paths_of(app, values | {"code": where})}
    paths |= {f"/trainers/exchange/export?format={name}" for name in FORMATS}
    paths |= {f"{where}?q={one.case.head.person}" for where in ("/trainers", f"{API}/vignettes")}
    paths |= {
        f"{API}/vignettes?limit=200",
        f"/trainers?status=sealed&q={one.case.head.person}",
        "/trainers?status=sealed",
    }
    assert len(paths) > 80
    for path in sorted(paths):
        asking = () if path.startswith("/trainers") else (leads if group["code"] in path else answered.headers,)
        for headers in (trainer_headers, *asking):
            answer = await client.get(path, headers=headers)
            assert answer.status_code < 500, path
            assert leaks(answer, hidden) == [], path

    for method, path, body in (
        ("POST", f"{API}/vignettes/{one.slug}/guesses", {"system": "drive"}),
        ("POST", f"{API}/groups/{group['code']}/rounds", {"vignette": one.slug}),
        ("POST", f"{API}/groups", {"plan": [one.slug]}),
        ("POST", f"{API}/panels", {"name": "x", "stories": [one.slug]}),
    ):
        for headers in (trainer_headers, answered.headers, leads):
            answer = await client.request(method, path, json=body, headers=headers)
            assert answer.status_code in (401, 403, 404, 409, 422), path
            assert leaks(answer, hidden) == [], path


async def test_an_import_tells_and_changes_nothing_of_a_sealed_story(
    client: httpx.AsyncClient, app: FastAPI, trainer_headers: dict[str, str]
) -> None:
    before = dict(app.state.catalogue.vignettes)
    await measured_class(client, trainer_headers)
    slug = next(slug for slug in before if slug not in app.state.catalogue.vignettes)
    file = {"file": ("stories.csv", f"slug,title\n{slug},Something new\n")}
    for query in ("?dry_run=true", ""):
        told = await client.post(f"{API}/vignettes/import{query}", files=file, headers=trainer_headers)
        assert told.status_code == 200
        assert told.json()["refused"]
        assert before[slug].case.story[:40] not in told.text
        assert before[slug].case.head.title not in told.text


async def test_what_a_plan_or_a_group_uses_is_not_sealed_and_the_next_course_shares_the_sets(
    client: httpx.AsyncClient, app: FastAPI, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    used = next(
        vignette.slug
        for vignette in app.state.catalogue.vignettes.values()
        if vignette.case.head.level == 1 and vignette.case.head.key.dominant == "drive"
    )
    group = (await client.post(f"{API}/groups", json={"kind": "training"})).json()
    leads = {"Authorization": f"Bearer {group['facilitator_key']}"}
    await client.post(f"{API}/groups/{group['code']}/rounds", json={"vignette": used}, headers=leads)

    first = await measured_class(client, trainer_headers)
    assert used in app.state.catalogue.vignettes
    second = await measured_class(client, trainer_headers)
    assert len(app.state.catalogue.vignettes) == 6
    await client.post(f"{API}/classes/{first}/course/stop", headers=trainer_headers)
    assert len(app.state.catalogue.vignettes) == 6  # the second still needs them
    await client.delete(f"{API}/classes/{second}", headers=trainer_headers)
    assert release(engine) == 36  # as every hour
