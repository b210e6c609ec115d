"""A measured course from its first day to its last: over the JSON and on its pages."""

import json
import zipfile
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, insert, text

from api.measuring.models import CourseAnswer
from api.measuring.service import course_of
from api.measuring.sets import order_of
from api.persistence.engine import now, table
from api.vignettes.catalogue import SEALED
from tests.client import http_client
from tests.measuring.courses import (
    AFTER,
    API,
    BEFORE,
    LATER,
    OVER,
    Participant,
    measured_class,
    move,
    participant,
    today,
)


def sealed(engine: Engine) -> dict[int, tuple[str, str]]:
    """Slug and key of the sealed stories, read past the product."""
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT id, slug, dominant FROM vignette WHERE status = '{SEALED}'"))
        return {row[0]: (row[1], row[2]) for row in rows}


def answer_all(engine: Engine, people: list[Participant], occasion: int, matching: int) -> None:
    """Everyone has answered their set of an occasion: the first `matching` as the key has it, the rest not."""
    keys = sealed(engine)
    (course,) = [course_of(engine, row[0]) for row in _rows(engine, "SELECT class_id FROM course")]
    assert course is not None
    rows = [
        {
            "class_id": course.class_id,
            "learner": person.identity,
            "occasion": occasion,
            "vignette_id": story,
            "system": keys[story][1] if number < matching else "unsure",
            "confidence": "leaning",
            "matched": number < matching,
            "created_at": now(),
        }
        for person in people
        for number, story in enumerate(course.sets[order_of(course.salt, person.identity)[occasion]])
    ]
    with engine.begin() as connection:
        connection.execute(insert(table(CourseAnswer)), rows)


def _rows(engine: Engine, query: str) -> list[tuple[int]]:
    with engine.connect() as connection:
        return [(row[0],) for row in connection.execute(text(query))]


@pytest.mark.both_databases
async def test_a_class_is_measured_before_after_and_later(
    client: httpx.AsyncClient, app: FastAPI, engine: Engine, trainer_headers: dict[str, str], tmp_path: Path
) -> None:
    code = await measured_class(client, trainer_headers)
    course = f"{API}/classes/{code}/course"
    assert len(sealed(engine)) == 36
    people = [await participant(client, code, research=n != 0) for n in range(11)]
    alone = await participant(client, code)
    for _ in range(12):
        story = (await alone.place())["next"]
        assert set(story) == {"number", "person", "text", "content_note", "question"}
        assert (await alone.put(story["number"], "drive")).status_code == 200
    assert (await alone.put(1, "threat")).json()["answered"] == 12  # sent again: the first counts
    assert (await alone.place())["next"] is None
    await client.delete(f"{API}/practice/course", headers=alone.learner.headers)

    answer_all(engine, people, 0, 6)
    move(engine, *AFTER)
    answer_all(engine, people, 1, 9)
    assert (await client.get(course, headers=trainer_headers)).json()["results"] == []  # nothing while it is open
    assert (await people[0].place())["changes"] == []
    move(engine, *LATER)
    (result,) = (await client.get(course, headers=trainer_headers)).json()["results"]
    assert (result["whole"]["learners"], result["whole"]["told"]) == (11, "up")
    assert result["whole"]["change"] == pytest.approx(0.25, abs=0.06)
    assert {part["name"] for part in result["parts"]} == {"Threat", "Drive", "Soothing", "Level 1", "Level 2"}
    (own,) = (await people[0].place())["changes"]
    assert (own["told"], own["occasion"]) == ("open", "After")

    file = await client.get(f"{course}/research", headers=trainer_headers)
    rows = unpacked(file.content, tmp_path)
    assert len(rows) == 10 * 24
    assert all(row["slug"] is None for row in rows)
    again = unpacked((await client.get(f"{course}/research", headers=trainer_headers)).content, tmp_path)
    assert {row["person"] for row in rows}.isdisjoint({row["person"] for row in again})
    held = (await client.get(f"{API}/practice/export", headers=people[1].learner.headers)).json()["course_answers"]
    assert len(held) == 24
    assert {row["vignette"] for row in held} == {None}

    assert (await client.delete(f"{API}/practice/course", headers=people[1].learner.headers)).status_code == 204
    assert (await client.get(f"{course}/research", headers=trainer_headers)).status_code == 409  # nine are too few
    for person in (people[2], people[3]):  # leaving the product takes the course along
        await client.delete(f"{API}/learners/me", headers=person.learner.headers)
    (result,) = (await client.get(course, headers=trainer_headers)).json()["results"]
    assert (result["whole"]["change"], result["whole"]["learners"]) == (None, None)

    move(engine, *OVER)
    ended = await client.post(f"{course}/stop", headers=trainer_headers)
    assert ended.json()["over"]
    assert sealed(engine) == {}
    assert len(app.state.catalogue.vignettes) == 42


def unpacked(data: bytes, folder: Path) -> list[dict[str, object]]:
    """The rows of a data package, which is valid by Frictionless and names no learner."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert set(archive.namelist()) == {"datapackage.json", "answers.csv", "codebook.md", "analyse.py"}
        archive.extractall(folder / "package")
    frictionless: Any = import_module("frictionless")  # a library without types
    report = frictionless.validate(str(folder / "package" / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
    fields = json.loads((folder / "package" / "datapackage.json").read_text())["resources"][0]["schema"]["fields"]
    codebook = (folder / "package" / "codebook.md").read_text()
    assert all(f"`{field['name']}`" in codebook for field in fields)
    compile((folder / "package" / "analyse.py").read_text(), "analyse.py", "exec")
    (resource,) = frictionless.Package(str(folder / "package" / "datapackage.json")).resources
    return [dict(row.to_dict()) for row in resource.read_rows()]


async def test_who_is_not_asked_or_has_not_agreed_answers_nothing(
    client: httpx.AsyncClient, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    code = await measured_class(client, trainer_headers)
    stranger = Participant((await participant(client, code)).learner)
    assert (await stranger.put(13, "drive")).status_code == 404
    move(engine, -20, 40)  # between the occasions
    assert (await stranger.place())["next"] is None
    assert (await stranger.put(1, "drive")).status_code == 404
    move(engine, *BEFORE)
    assert (await stranger.put(1, "hunger")).status_code == 422

    days = {"begins": "2020-01-01", "ends": "2020-03-01"}
    other = (await client.post(f"{API}/classes", json={"name": "Two"}, headers=trainer_headers)).json()["code"]
    early = await client.post(f"{API}/classes/{other}/course", json=days, headers=trainer_headers)
    assert "today or later" in early.json()["detail"]
    second = await client.post(
        f"{API}/classes/{code}/course", json={"begins": "2099-01-01", "ends": "2099-03-01"}, headers=trainer_headers
    )
    assert second.status_code in (409, 422)


async def test_the_pages_lead_through_it_without_telling_an_answer(
    client: httpx.AsyncClient, app: FastAPI, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    made = await client.post("/trainers/classes", data={"name": "Spring"}, headers=trainer_headers)
    here = f"{made.headers['location']}/course"
    bad = await client.post(here, data={"begins": "soon", "ends": "", "consent": "Kept"}, headers=trainer_headers)
    assert (bad.status_code, "Kept" in bad.text) == (422, True)
    code = made.headers["location"][-8:]
    form = (await client.get(here, headers=trainer_headers)).text
    assert "Thirty-six stories" in form
    await measured_by_page(client, here, trainer_headers)
    assert "The stories are sealed" in (await client.get(here, headers=trainer_headers)).text
    async with http_client(app) as browser:
        assert "no measurement" in (await browser.get("/practice/course")).text
        await browser.post("/practice/class", data={"code": code})
        assert "Tick the box" in (await browser.post("/practice/course", data={})).text
        await browser.post("/practice/course", data={"agree": "yes"})
        for _ in range(12):
            page = (await browser.get("/practice/course/story")).text
            number = page.partition('name="number" value="')[2].partition('"')[0]
            assert (
                "Say how sure"
                in (await browser.post("/practice/course/story", data={"number": number, "system": "drive"})).text
            )
            form_data = {"number": number, "system": "drive", "confidence": "sure"}
            done = await browser.post("/practice/course/story", data=form_data)
            assert "Our answer" not in page
        assert done.headers["location"] == "/practice/course"
        assert "answered all 12 stories" in (await browser.get("/practice/course")).text
        await client.post(f"{here}/stop", headers=trainer_headers)
        assert "Your answers and ours" in (await browser.get("/practice/course")).text
        await browser.post("/practice/course/take-back")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM course_answer")).scalar() == 0


async def measured_by_page(client: httpx.AsyncClient, here: str, headers: dict[str, str]) -> None:
    days = {"begins": today().isoformat(), "ends": (today() + timedelta(days=30)).isoformat()}
    made = await client.post(here, data={**days, "consent": "We would like to know."}, headers=headers)
    assert made.status_code == 303, made.text
