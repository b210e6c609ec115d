"""Case files on their way into the database and out to learners and trainers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.kit.settings import Settings
from api.persistence.engine import make_engine
from api.vignettes.sync import load_library
from tests.cast import ANA, ANA_FILE, BEN, BEN_FILE, CLEO, SLUGS, put_cases
from tests.client import Learner, MakeSettings, http_client, running
from tests.rows import recounted, tallies

pytestmark = pytest.mark.both_databases


async def answers_after_a_restart(settings: Settings, learner: Learner, slug: str) -> int:
    """How many answers the statistics of a vignette count in a process that starts now; the learner answers first."""
    async with running(settings) as app, http_client(app) as client:
        again = Learner(client, learner.token)
        assert (await again.guess(slug, "unsure")).status_code == 201
        count: int = (await again.statistics(slug)).json()["answered"]
        return count


def change(folder: Path, slug: str, old: str, new: str) -> None:
    path = folder / f"{slug}.md"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def versions(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        query = "SELECT slug, number, v.series FROM vignette_version v JOIN vignette ON vignette.id = vignette_id"
        return [tuple(row) for row in connection.execute(text(f"{query} ORDER BY slug, number"))]


async def test_loading_twice_changes_nothing(app: FastAPI, engine: Engine, cases: Path) -> None:
    before = versions(engine)

    again = load_library(engine, cases)

    assert versions(engine) == before == [(slug, 1, 1) for slug in sorted(SLUGS)]
    assert again.vignettes.keys() == app.state.catalogue.vignettes.keys()


def test_processes_that_load_an_empty_library_at_once_all_find_every_vignette(database_url: str, cases: Path) -> None:
    engines = [make_engine(database_url) for _ in range(4)]
    with ThreadPoolExecutor(len(engines)) as processes:
        loaded = list(processes.map(lambda engine: load_library(engine, cases), engines))
    for engine in engines:
        engine.dispose()

    assert [set(catalogue.vignettes) for catalogue in loaded] == [set(SLUGS)] * len(engines)


async def test_the_library_stands_in_the_order_of_levels(app: FastAPI) -> None:
    assert tuple(app.state.catalogue.vignettes) == SLUGS


async def test_a_changed_wording_is_a_new_version_and_keeps_the_statistics(
    settings: Settings, engine: Engine, learner: Learner, cases: Path
) -> None:
    await learner.guess(ANA, "drive")
    change(cases, ANA, "On the wall there is a chart.", "On the door there is a chart.")

    assert await answers_after_a_restart(settings, learner, ANA) == 1
    assert [row for row in versions(engine) if row[0] == ANA] == [(ANA, 1, 1), (ANA, 2, 1)]
    async with running(settings) as restarted, http_client(restarted) as client:
        story = (await client.get(f"/api/v1/vignettes/{ANA}")).json()
    assert "On the door" in story["text"]
    assert story["version"] == 2


OTHER_KEY = [
    ("dominant: soothing\n  secondary: threat", "dominant: threat\n  secondary: soothing"),
    ("## Why soothing", "## Why THREAT"),
    ("## Why someone might choose threat", "## Why someone might choose soothing"),
]
ONE_ANSWER_LESS = [("acceptable: [soothing, threat, unsure]", "acceptable: [soothing, threat]")]


@pytest.mark.parametrize("changes", [OTHER_KEY, ONE_ANSWER_LESS], ids=["dominant", "acceptable"])
async def test_a_changed_key_starts_the_statistics_afresh(
    settings: Settings, engine: Engine, learner: Learner, cases: Path, changes: list[tuple[str, str]]
) -> None:
    await learner.guess(BEN, "drive")
    await learner.guess(BEN, "drive")
    for old, new in changes:
        change(cases, BEN, old, new)

    assert await answers_after_a_restart(settings, learner, BEN) == 1
    assert [row for row in versions(engine) if row[0] == BEN] == [(BEN, 1, 1), (BEN, 2, 2)]
    assert sorted(sum(counts.values()) for counts in tallies(engine).values()) == [1, 1]
    assert tallies(engine) == recounted(engine)


async def test_naming_the_only_answer_twice_over_is_no_change_of_the_key(
    app: FastAPI, engine: Engine, cases: Path
) -> None:
    change(cases, CLEO, "acceptable: []", "acceptable: [threat]")

    load_library(engine, cases)

    assert [row for row in versions(engine) if row[0] == CLEO] == [(CLEO, 1, 1), (CLEO, 2, 1)]


async def test_a_bad_file_is_left_out_and_the_good_ones_are_served(make_settings: MakeSettings, tmp_path: Path) -> None:
    folder = put_cases(tmp_path / "mixed", {ANA: ANA_FILE, BEN: BEN_FILE.replace("level: 3", "level: 7")})

    async with running(make_settings(vignettes_dir=folder)) as app, http_client(app) as client:
        found = (await client.get("/api/v1/vignettes")).json()["items"]
        assert [item["slug"] for item in found] == [ANA]
        assert (await client.get(f"/vignettes/{BEN}")).status_code == 404


async def test_a_file_that_turns_bad_keeps_the_version_that_was_good(app: FastAPI, engine: Engine, cases: Path) -> None:
    change(cases, BEN, "level: 3", "level: 7")

    catalogue = load_library(engine, cases)

    assert catalogue.vignettes[BEN].version == 1
    assert catalogue.problems == (f"{BEN}.md:5:1: level: use 1, 2 or 3; here it is “7”",)


@pytest.mark.parametrize("hostile", ["\0", "[" * 2000], ids=["control character", "lists without end"])
async def test_a_hostile_file_does_not_keep_the_product_from_starting(
    make_settings: MakeSettings, tmp_path: Path, hostile: str
) -> None:
    folder = put_cases(tmp_path / "mixed", {ANA: ANA_FILE, BEN: BEN_FILE.replace("[home, family]", hostile)})

    async with running(make_settings(vignettes_dir=folder)) as app:
        assert list(app.state.catalogue.vignettes) == [ANA]


async def test_a_control_character_in_a_story_does_not_keep_the_product_from_starting(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    folder = put_cases(tmp_path / "mixed", {ANA: ANA_FILE, BEN: BEN_FILE.replace("Nobody knocks", "Nobody\0knocks")})

    async with running(make_settings(vignettes_dir=folder)) as app:
        assert ANA in app.state.catalogue.vignettes


async def test_trainers_see_which_file_is_bad_and_why(
    client: httpx.AsyncClient, app: FastAPI, engine: Engine, cases: Path, trainer_headers: dict[str, str]
) -> None:
    change(cases, BEN, "level: 3", "level: 7")
    app.state.catalogue = load_library(engine, cases)

    page = (await client.get("/trainers", headers=trainer_headers)).text

    assert f"{BEN}.md:5:1: level: use 1, 2 or 3; here it is “7”" in page
    assert f"{BEN}.md" not in (await client.get("/")).text


async def test_a_story_that_no_longer_comes_with_the_product_is_retired_and_what_was_answered_stays(
    settings: Settings, cases: Path
) -> None:
    async with running(settings) as app, http_client(app) as client:
        assert (await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})).status_code == 303
        cookies = dict(client.cookies)
    (cases / f"{ANA}.md").unlink()

    async with running(settings) as app, http_client(app, cookies=cookies) as client, http_client(app) as stranger:
        assert ANA not in app.state.catalogue.vignettes
        page = await client.get(f"/vignettes/{ANA}")
        assert page.status_code == 410
        assert "has been replaced" in page.text
        assert f'href="/vignettes/{ANA}/outcome"' in page.text
        assert "Drive looks biggest for Ana" in (await client.get(f"/vignettes/{ANA}/outcome")).text
        unseen = await stranger.get(f"/vignettes/{ANA}")
        assert unseen.status_code == 410
        assert 'href="/practice"' in unseen.text
        assert "outcome" not in unseen.text
        assert (await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})).status_code == 404


async def test_an_empty_folder_retires_nothing(app: FastAPI, engine: Engine, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    assert set(load_library(engine, empty).vignettes) == set(SLUGS)


async def test_what_trainers_have_made_theirs_is_not_retired(app: FastAPI, engine: Engine, cases: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE vignette SET adapted = true WHERE slug = :slug"), {"slug": ANA})
    (cases / f"{ANA}.md").unlink()

    assert ANA in load_library(engine, cases).vignettes
