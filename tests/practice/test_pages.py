"""Practising on pages: plain links and forms for everyone, parts of pages for htmx."""

import httpx
import pytest
from sqlalchemy import Engine

from tests.cast import ANA, BEN, CLEO, SLUGS
from tests.client import MakeSettings, http_client, running
from tests.rows import attempts, reasons

HTMX = {"HX-Request": "true"}


async def next_slug(client: httpx.AsyncClient, after: str = "", again: bool = False, past: str = "") -> str | None:
    answer = await client.get("/practice", params={"after": after, "again": again, "past": past})
    if answer.status_code != 303:
        return None
    return answer.headers["location"].removeprefix("/vignettes/").partition("?")[0]


async def answer(client: httpx.AsyncClient, slug: str, system: str = "drive") -> httpx.Response:
    return await client.post(f"/vignettes/{slug}/guesses", data={"system": system})


async def test_practice_goes_through_every_story_once_by_level_and_then_says_that_all_are_answered(
    client: httpx.AsyncClient,
) -> None:
    met = []
    slug = await next_slug(client)
    while slug is not None:
        met.append(slug)
        await answer(client, slug)
        slug = await next_slug(client, after=slug)

    assert met == list(SLUGS)
    done = await client.get("/practice", params={"after": BEN})
    assert done.status_code == 200
    assert "You have read every story" in done.text
    assert "3 stories" in done.text


async def test_a_second_round_begins_with_the_story_answered_longest_ago(client: httpx.AsyncClient) -> None:
    for slug in (BEN, ANA, CLEO):
        await answer(client, slug)

    assert await next_slug(client, again=True) == BEN
    await answer(client, BEN)
    assert await next_slug(client, after=BEN, again=True) == ANA


async def test_a_skipped_story_comes_back_after_the_others(client: httpx.AsyncClient) -> None:
    assert await next_slug(client, after=ANA) == CLEO
    await answer(client, CLEO)
    await answer(client, BEN)

    assert await next_slug(client, after=BEN) == ANA
    assert await next_slug(client, after=ANA) == ANA  # the only one that is left


async def test_anyone_who_skips_twice_comes_to_someone_else(client: httpx.AsyncClient) -> None:
    first = await client.get("/practice", params={"after": ANA})
    gate = await client.get(first.headers["location"])

    assert f"/practice?after={CLEO}&amp;past={ANA}" in gate.text
    assert await next_slug(client, after=CLEO, past=ANA) == BEN


async def test_an_unknown_story_before_does_not_matter(client: httpx.AsyncClient) -> None:
    assert await next_slug(client, after="nobody") == ANA


async def test_a_content_note_stands_before_the_story_and_the_story_opens_on_request(client: httpx.AsyncClient) -> None:
    gate = (await client.get(f"/vignettes/{BEN}")).text
    story = (await client.get(f"/vignettes/{BEN}?open=1")).text

    assert "This story mentions an argument" in gate
    assert "His shoulders drop" not in gate
    assert 'name="system"' not in gate
    assert "His shoulders drop" in story
    assert "Which system is biggest for Ben?" in story


async def test_who_does_not_want_to_be_asked_again_today_reads_on_with_the_note_above(
    client: httpx.AsyncClient,
) -> None:
    sent = await client.post(f"/vignettes/{BEN}/open")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/vignettes/{BEN}")

    story = (await client.get(f"/vignettes/{BEN}")).text

    assert "His shoulders drop" in story
    assert "This story mentions an argument" in story


async def test_a_story_without_a_note_opens_at_once(client: httpx.AsyncClient) -> None:
    assert "She gets up at five" in (await client.get(f"/vignettes/{ANA}")).text


async def test_no_page_before_the_answer_gives_the_key_away(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/vignettes/{ANA}")).text

    for secret in ("<mark", "drive.effort", "grows.", "checked"):
        assert secret not in page


async def test_a_plain_form_is_sent_on_to_the_outcome(client: httpx.AsyncClient) -> None:
    sent = await answer(client, ANA)
    outcome = await client.get(sent.headers["location"])

    assert sent.status_code == 303
    assert "<html" in outcome.text
    assert "Drive looks biggest for Ana" in outcome.text
    assert "Matches our answer" in outcome.text
    assert "Fewer than 5 people" in outcome.text


async def test_htmx_gets_the_same_outcome_as_a_part_of_the_page(client: httpx.AsyncClient) -> None:
    part = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"}, headers=HTMX)
    whole = await client.get(f"/vignettes/{ANA}/outcome")

    assert part.status_code == 200
    assert "<html" not in part.text
    assert part.headers["vary"] == whole.headers["vary"] == "HX-Request"
    assert part.text.strip() in whole.text


async def test_looking_at_the_outcome_again_answers_nothing(client: httpx.AsyncClient, engine: Engine) -> None:
    await answer(client, ANA)
    for _ in range(2):
        assert (await client.get(f"/vignettes/{ANA}/outcome")).status_code == 200

    assert attempts(engine) == [1]


async def test_anyone_who_has_not_answered_is_sent_to_the_story(client: httpx.AsyncClient) -> None:
    sent = await client.get(f"/vignettes/{ANA}/outcome")

    assert (sent.status_code, sent.headers["location"]) == (303, f"/vignettes/{ANA}")


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({}, None),
        ({"system": ""}, None),
        ({"system": "hunger"}, None),
        ({"confidence": "sure"}, 'value="sure" checked'),
        ({"system": "drive", "confidence": "certain"}, 'value="drive" checked'),
        ({"system": "drive", "reason": "x" * 281}, 'value="drive" checked'),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
async def test_a_form_that_lacks_something_comes_back_with_what_was_chosen(
    client: httpx.AsyncClient, engine: Engine, form: dict[str, str], kept: str | None, headers: dict[str, str]
) -> None:
    page = await client.post(f"/vignettes/{ANA}/guesses", data=form, headers=headers)

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert ("<html" in page.text) == (not headers)
    if kept:
        assert kept in page.text
    assert reasons(engine) == []


async def test_what_was_typed_into_an_address_or_a_form_is_never_taken_for_markup(client: httpx.AsyncClient) -> None:
    attack = '"><script>alert(1)</script>'

    pages = [
        await client.post(f"/vignettes/{ANA}/guesses", data={"system": attack, "confidence": attack}),
        await client.post("/trainers/sign-in", data={"name": attack, "password": "x"}),
        await client.get("/practice", params={"after": attack}, follow_redirects=True),
        await client.get(f"/{attack}"),
    ]

    for page in pages:
        assert "<script>alert" not in page.text


async def test_a_picture_of_the_class_appears_when_enough_have_answered(make_settings: MakeSettings) -> None:
    async with running(make_settings(small_group=2)) as app:
        for system in ("drive", "threat"):
            async with http_client(app) as client:
                await answer(client, ANA, system)
                page = (await client.get(f"/vignettes/{ANA}/outcome")).text

    assert "2 answers" in page
    assert 'aria-label="Drive is the largest circle with 1 answers. Threat has 1."' in page or "1 answer" in page
    assert "Fewer than" not in page


@pytest.mark.parametrize("path", ["/vignettes/nobody", "/vignettes/nobody/outcome"])
async def test_an_unknown_story_is_a_calm_page(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)

    assert page.status_code == 404
    assert "We could not find that" in page.text
