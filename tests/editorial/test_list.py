"""The trainers' list: who sees what of it, what a search finds, and that its cost does not grow."""

import re

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from tests.cast import ANA, BEN, CLEO
from tests.editorial.many import add_many
from tests.editorial.people import DAN, Person
from tests.statements import counted

# What is searched, filtered, ordered and counted in SQL; what a page costs is asked of one database.
both = pytest.mark.both_databases


def listed(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return re.findall(r'scope="row"><a\s+href="/trainers/vignettes/([^"]+)"', page.text)


async def fewest(engine: Engine, person: Person, path: str) -> int:
    """The statements of a request; the fewest of several, because the product also works in the background."""
    costs = []
    for _ in range(3):
        with counted(engine) as statements:
            assert (await person.get(path)).status_code == 200
        costs.append(len(statements))
    return min(costs)


@both
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [ANA, CLEO, BEN]),
        ("q=race", [ANA]),
        ("q=lette", [CLEO]),
        ("q=furniture+street", [CLEO]),
        ("q=furniture+race", []),
        ("q=%27%22*%28+OR", []),
        ("q=%00", [ANA, CLEO, BEN]),
        ("level=2", [CLEO]),
        ("level=7", [ANA, CLEO, BEN]),
        ("system=soothing", [BEN]),
        ("skill=drive.effort", [ANA]),
        ("skill=%00", [ANA, CLEO, BEN]),
        ("note=with", [BEN]),
        ("note=without", [ANA, CLEO]),
        ("status=published&level=1", [ANA]),
        ("status=retired", []),
        ("page=99", [ANA, CLEO, BEN]),
        ("page=-1", [ANA, CLEO, BEN]),
    ],
)
async def test_a_search_or_filter_finds_what_it_names(author: Person, query: str, found: list[str]) -> None:
    assert listed(await author.get(f"/trainers?{query}")) == found


@both
@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("title", [ANA, BEN, CLEO]),
        ("-title", [CLEO, BEN, ANA]),
        ("-level", [BEN, CLEO, ANA]),
        ("key", [CLEO, ANA, BEN]),
        ("-answers", [CLEO, BEN, ANA]),
        ("fit", [CLEO, BEN, ANA]),
        ("-fit", [BEN, CLEO, ANA]),  # too few have answered Ana’s for its share to be told, by its place neither
        ("nothing", [ANA, CLEO, BEN]),
    ],
)
async def test_the_list_is_sorted_by_its_columns(
    app: FastAPI, author: Person, engine: Engine, sort: str, found: list[str]
) -> None:
    counts = {ANA: (0, 4, 0), BEN: (1, 0, 9), CLEO: (9, 11, 0)}
    with engine.begin() as connection:
        for slug, (threat, drive, soothing) in counts.items():
            values = {"id": app.state.catalogue.vignettes[slug].id, "t": threat, "d": drive, "s": soothing}
            connection.execute(text("DELETE FROM tally WHERE vignette_id = :id"), values)
            connection.execute(
                text(
                    "INSERT INTO tally (vignette_id, series, threat, drive, soothing, unsure) "
                    "VALUES (:id, 1, :t, :d, :s, 0)"
                ),
                values,
            )
    page = await author.get(f"/trainers?sort={sort}")

    assert listed(page) == found
    assert ('aria-sort="descending"' in page.text) is sort.startswith("-")


async def test_topics_are_called_by_their_names(author: Person) -> None:
    for page in ("/trainers", f"/trainers/vignettes/{ANA}"):
        shown = (await author.get(page)).text
        assert "Working for something they want" in shown
        assert ">drive.effort" not in shown
        assert " drive.effort" not in shown


async def test_ticked_stories_or_all_that_match_are_exported(author: Person) -> None:
    export = "/trainers/exchange/export?format=json"
    ticked = await author.get(f"{export}&of=chosen&slug={ANA}&slug={BEN}")
    matching = await author.get(f"{export}&of=matching&level=2")
    nothing = await author.get(f"{export}&of=chosen")

    assert [story["slug"] for story in ticked.json()["vignettes"]] == [ANA, BEN]
    assert [story["slug"] for story in matching.json()["vignettes"]] == [CLEO]
    assert nothing.status_code == 422
    assert "Tick the stories" in nothing.text


@both
async def test_a_draft_is_listed_for_its_author_and_for_editors(author: Person, rater: Person, editor: Person) -> None:
    await author.add()

    assert DAN in listed(await author.get("/trainers"))
    assert DAN in listed(await editor.get("/trainers?status=draft"))
    assert DAN not in listed(await rater.get("/trainers"))


@both
async def test_a_story_in_review_is_listed_by_its_person_until_one_has_rated_it(
    author: Person, rater: Person, editor: Person
) -> None:
    await author.add()
    await author.step(DAN, "in_review")

    for person in (rater, editor):
        page = await person.get("/trainers")
        assert f"{DAN}/rate" in listed(page)
        assert "Rate Dan’s story" in page.text
        assert "Dan and the race" not in page.text
        for query in ("system=drive", "skill=drive.effort", "q=sport"):
            assert f"{DAN}/rate" not in listed(await person.get(f"/trainers?{query}"))
        assert listed(await person.get("/trainers?q=da")) == [f"{DAN}/rate"]
    assert DAN in listed(await author.get("/trainers?q=sport"))
    await rater.rate(DAN)
    assert DAN in listed(await rater.get("/trainers?system=drive"))


@both
async def test_pages_follow_each_other_without_gap_or_repetition(author: Person, engine: Engine) -> None:
    add_many(engine, 120)
    pages = [listed(await author.get(f"/trainers?q=story+made&page={page}")) for page in (1, 2, 3)]
    everything = [listed(await author.get(f"/trainers?page={page}")) for page in (1, 2, 3)]

    assert pages == [[], [], []]
    assert [len(page) for page in everything] == [50, 50, 23]
    assert len({slug for page in everything for slug in page}) == 123


async def test_htmx_gets_the_part_that_a_search_changes(author: Person) -> None:
    part = await author.client.get("/trainers?q=race", headers=author.headers | {"HX-Request": "true"})

    assert listed(part) == [ANA]
    assert "<html" not in part.text
    assert "1 story." in part.text


async def test_faults_of_files_and_offers_of_the_product_are_told_at_the_top(
    app: FastAPI, author: Person, engine: Engine
) -> None:
    app.state.catalogue.problems = ("zoe.md:3:1: there is no title",)
    with engine.begin() as connection:
        connection.execute(text("UPDATE vignette SET shipped = 'newer' WHERE slug = :slug"), {"slug": ANA})
    page = (await author.get("/trainers")).text

    assert "zoe.md:3:1: there is no title" in page
    assert "An update is available for 1 story" in page


async def test_sixty_more_vignettes_cost_no_further_query(author: Person, engine: Engine) -> None:
    paths = ("/trainers", "/trainers?q=story", "/trainers/map", "/trainers/analysis")
    before = {path: await fewest(engine, author, path) for path in paths}
    add_many(engine, 60)

    assert {path: await fewest(engine, author, path) for path in paths} == before
    assert min(before.values()) > 0


async def test_a_vignettes_page_costs_the_same_after_ten_more_versions(editor: Person, engine: Engine) -> None:
    paths = [f"/trainers/vignettes/{ANA}{part}" for part in ("", "/review", "/versions", "/versions/1", "/analysis")]
    source = (await editor.source(ANA)).text
    await editor.put(ANA, source.replace("in May", "in June"), change="wording")
    before = {path: await fewest(engine, editor, path) for path in paths}
    for day in range(10):
        await editor.put(ANA, source.replace("in May", f"on {day} May"), change="wording")

    assert {path: await fewest(engine, editor, path) for path in paths} == before
    assert min(before.values()) > 0


@pytest.mark.parametrize(
    "path",
    ["/trainers/map", "/trainers/analysis"]
    + [
        f"/trainers/vignettes/{ANA}{part}" for part in ("", "/rate", "/review", "/versions", "/versions/1", "/analysis")
    ],
)
async def test_no_one_sees_a_page_without_signing_in(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)

    assert page.status_code == 401
    assert "Ana" not in page.text


@both
async def test_the_map_counts_stories_and_names_the_gaps(author: Person, engine: Engine) -> None:
    page = (await author.get("/trainers/map")).text

    assert 'href="/trainers?status=published&amp;skill=drive.effort&amp;level=1">1<' in page
    assert "No story about <b>working for something they want</b> at levels 2 and 3" in page
    assert "No story about <b>shutting down</b> at any level" in page
    assert "No <b>drive</b> story at levels 2 and 3" in page
    assert ">drive.effort" not in page
    with engine.begin() as connection:
        connection.execute(text("UPDATE vignette SET status = 'retired' WHERE slug = :slug"), {"slug": ANA})
        connection.execute(text("UPDATE library_change SET number = number + 1"))
    later = (await author.get("/trainers/map")).text
    assert "No story about <b>working for something they want</b> at any level" in later
    assert "No <b>drive</b> story at any level" in later
