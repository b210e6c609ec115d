"""The pages of panels: plain forms, for raters and for trainers."""

import httpx
from fastapi import FastAPI

from tests.cast import ANA, SLUGS
from tests.client import http_client
from tests.panels.raters import by_pages, make_panel


async def test_someone_joins_rates_stops_goes_on_changes_finishes_and_takes_back(
    client: httpx.AsyncClient, app: FastAPI, trainer_headers: dict[str, str]
) -> None:
    panel = await make_panel(client, trainer_headers)
    here = f"/panels/{panel['code']}"
    async with by_pages(app, panel, named="profession") as browser:
        page = (await browser.get(f"{here}/rate")).text
        assert "story 1 of 3" in page
        for hidden in ("Ana and the race", "Why drive", "puts in effort", "Level"):
            assert hidden not in page
        slug = page.partition('name="story" value="')[2].partition('"')[0]
        nothing = await browser.post(f"{here}/rate", data={"story": slug, "reason": "Kept, this"})
        assert (nothing.status_code, "Kept, this" in nothing.text) == (422, True)
        await browser.post(f"{here}/rate", data={"story": slug, "system": "drive", "also": "drive"})
        await browser.post(f"{here}/rate", data={"story": slug, "system": "threat", "also": ["drive", "unsure"]})
        again = (await browser.get(f"{here}/rate?story={slug}")).text
        assert 'value="threat" checked' in again
        assert again.count('name="also" value="drive" checked') == 1
        start = await browser.get(f"{here}?k=anything")  # the link again: on with it
        assert start.headers["location"] == f"{here}/rate"
        assert "Our answer" not in (await browser.get(f"{here}/mine")).text
        for _ in range(2):
            page = (await browser.get(f"{here}/rate")).text
            slug = page.partition('name="story" value="')[2].partition('"')[0]
            do = {"do": "leave"} if slug == ANA else {"system": "unsure", "cues": "0-3"}
            done = await browser.post(f"{here}/rate", data={"story": slug, **do})
        assert done.headers["location"] == f"{here}/mine"
        mine = (await browser.get(f"{here}/mine")).text
        assert "You have rated all your stories" in mine
        assert "Our answer" in mine
        late = await browser.post(f"{here}/rate", data={"story": slug, "system": "drive"})
        assert late.status_code in (404, 409)

        gone = await browser.post(f"{here}/take-back")
        assert "have been deleted" in gone.text
        assert f"panel-{panel['code']}" not in browser.cookies
        assert (await browser.get(f"{here}/mine")).headers["location"] == here
        assert (await browser.get(here)).status_code == 404  # without the link's mark no one is let in


async def test_what_is_missing_comes_back_with_a_sentence_and_what_was_given(
    client: httpx.AsyncClient, app: FastAPI, trainer_headers: dict[str, str]
) -> None:
    panel = await make_panel(client, trainer_headers)
    link = str(panel["url"]).removeprefix("http://circles.test")
    k = link.partition("?k=")[2]
    async with http_client(app) as browser:
        for form, says in (
            ({}, "Choose your profession"),
            ({"profession": "nurse", "years": "2_to_5"}, "Tick the box"),
            ({"profession": "nurse", "years": "2_to_5", "agree": "yes", "named": "name"}, "Give the name"),
        ):
            page = await browser.post(f"/panels/{panel['code']}", data={"k": k, **form})
            assert (page.status_code, says in page.text) == (422, True)
            assert not form or 'value="nurse" selected' in page.text
        assert (await browser.get(link[:-3])).status_code == 404


async def test_a_trainer_makes_a_panel_sees_what_it_found_and_deletes_it(
    client: httpx.AsyncClient, app: FastAPI, trainer_headers: dict[str, str]
) -> None:
    bad = await client.post("/trainers/panels", data={"name": "Leeds", "each": "many"}, headers=trainer_headers)
    assert (bad.status_code, 'value="Leeds"' in bad.text) == (422, True)
    unknown = {"name": "Leeds", "stories": "/vignettes/nowhere"}
    assert (
        "no published story called"
        in (await client.post("/trainers/panels", data=unknown, headers=trainer_headers)).text
    )
    made = await client.post(
        "/trainers/panels",
        data={"name": "Leeds", "stories": "\n".join(f"http://circles.test/vignettes/{slug}" for slug in SLUGS)},
        headers=trainer_headers,
    )
    here = made.headers["location"]
    page = (await client.get(here, headers=trainer_headers)).text
    assert "0 raters" in page
    url = page.partition('id="panel-url" type="text" readonly value="')[2].partition('"')[0].replace("&amp;", "&")
    panel = {"code": here[-10:], "url": url}
    async with by_pages(app, panel) as browser:
        for slug in SLUGS:
            await browser.post(f"/panels/{panel['code']}/rate", data={"story": slug, "system": "drive"})

    page = (await client.get(here, headers=trainer_headers)).text
    assert "1 rater, 1 of them finished" in page
    assert "Agreement by kind of rater" in page
    assert "Ana and the race" in page
    paper = (await client.get(f"{here}/paper", headers=trainer_headers)).text
    assert "Why drive" not in paper
    assert "Which system is biggest for Ana?" in paper

    await client.post(f"{here}/close", headers=trainer_headers)
    assert "has closed" in (await client.get(url)).text
    await client.post(f"{here}/delete", headers=trainer_headers)
    assert (await client.get(here, headers=trainer_headers)).status_code == 404
