"""Sittings: begun, seen to go on, left, resumed and ended."""

import re

import httpx
import pytest

from api.practice.sittings import is_over, time_spent
from tests.cast import ANA, BEN, CLEO


async def begin(client: httpx.AsyncClient, kind: str = "ten", skill: str = "") -> str:
    sent = await client.post("/practice/sittings", data={"kind": kind, "skill": skill})
    assert sent.status_code == 303
    return (await client.get(sent.headers["location"])).headers["location"]


async def answer(client: httpx.AsyncClient, slug: str, system: str = "drive", **more: str) -> httpx.Response:
    return await client.post(f"/vignettes/{slug}/guesses", data={"system": system, **more})


async def test_the_first_page_offers_the_kinds_of_sitting(client: httpx.AsyncClient) -> None:
    page = (await client.get("/practice")).text

    for title in ("Five minutes", "10 mixed stories", "My tricky ones", "Starter set (9 stories)"):
        assert title in page
    assert "You have not found a topic tricky so far" in page
    assert 'value="mixups"' not in page


async def test_a_sitting_says_how_far_it_has_come(client: httpx.AsyncClient) -> None:
    first = await begin(client)
    assert "10 mixed stories · 1 of 10" in (await client.get(first)).text

    await answer(client, first.removeprefix("/vignettes/").partition("?")[0])
    second = await client.get("/practice", params={"after": ANA}, follow_redirects=True)

    assert "10 mixed stories · 2 of 10" in second.text


async def test_five_minutes_show_no_number_to_reach(client: httpx.AsyncClient) -> None:
    page = (await client.get(await begin(client, "five"))).text

    assert "Five minutes · just started" in page
    assert not re.search(r"\d+ of \d+ ·", page)


@pytest.mark.both_databases
async def test_a_sitting_that_was_left_waits_and_goes_on(client: httpx.AsyncClient) -> None:
    await begin(client)
    await answer(client, ANA)

    page = (await client.get("/practice")).text
    assert "Continue where you left off" in page
    assert "1 of 10 stories done" in page
    went_on = await client.get("/practice?after=", follow_redirects=True)
    assert "2 of 10" in went_on.text


async def test_a_sitting_that_is_ended_early_tells_what_went_well(client: httpx.AsyncClient) -> None:
    await begin(client)
    await answer(client, ANA)

    end = await client.post("/practice/leave", follow_redirects=True)

    assert "Session complete" in end.text
    assert "You read 1 story." in end.text
    assert "You gave a good answer every time." in end.text
    assert "You are in the middle" not in (await client.get("/practice")).text


async def test_when_all_were_met_in_a_sitting_it_ends_by_itself(client: httpx.AsyncClient) -> None:
    await begin(client)
    for slug in (ANA, BEN, CLEO):
        await answer(client, slug)

    end = await client.get("/practice", params={"after": CLEO})

    assert (end.status_code, end.headers["location"]) == (303, "/practice/end")
    assert "You read 3 stories." in (await client.get("/practice/end")).text


async def test_someone_met_before_comes_again_in_a_new_sitting(client: httpx.AsyncClient) -> None:
    for slug in (BEN, ANA, CLEO):
        await answer(client, slug)

    assert "because=again" in await begin(client)


@pytest.mark.both_databases
async def test_a_second_sitting_closes_the_first(client: httpx.AsyncClient) -> None:
    await begin(client, "ten")
    await begin(client, "placement")

    assert "Starter set (9 stories): 0 of 9 stories done" in (await client.get("/practice")).text


async def test_what_was_mixed_up_opens_a_sitting_of_its_own(client: httpx.AsyncClient) -> None:
    await answer(client, CLEO, "soothing", confidence="sure")

    assert 'value="mixups"' in (await client.get("/practice")).text
    assert (await begin(client, "mixups")).startswith("/vignettes/")


async def test_an_unknown_kind_begins_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.post("/practice/sittings", data={"kind": "marathon"})).status_code == 422
    assert "learner" not in client.cookies


@pytest.mark.parametrize(
    ("planned", "answers", "over"),
    [
        (10, [float(n) for n in range(9)], False),
        (10, [float(n) for n in range(10)], True),
        (None, [], False),
        (None, [60.0, 120.0, 180.0, 240.0], False),
        (None, [60.0, 120.0, 180.0, 240.0, 300.0], True),
        (None, [60.0, 50_000.0], False),  # a break is not practice
    ],
)
def test_a_sitting_ends_after_its_cases_or_about_five_minutes_of_practice(
    planned: int | None, answers: list[float], over: bool
) -> None:
    assert is_over(planned, 0.0, answers) is over


def test_a_break_counts_as_a_moment() -> None:
    assert time_spent(0.0, [30.0, 100_000.0, 100_010.0]) == 30 + 90 + 10
