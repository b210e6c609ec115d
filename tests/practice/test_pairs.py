"""Two similar stories side by side, and the page of progress."""

import httpx

from tests.cast import ANA, CLEO, FILES, put_cases
from tests.client import MakeSettings, http_client, running

DAN = "dan-the-door"


async def test_a_confident_error_leads_to_the_two_stories_and_the_answer_leads_back(
    make_settings: MakeSettings,
) -> None:
    settings = make_settings()
    dan = (
        FILES[CLEO]
        .replace(CLEO, DAN)
        .replace("Cleo", "Dan")
        .replace("makes tea for her mother.", "[makes tea for her mother]{.soothing.give_care}.")
        .replace("At night she lies awake, and", "At night [she sleeps well]{.soothing.rest}, and")
        .replace("dominant: threat", "dominant: soothing")
        .replace("threat: [70, 90]", "threat: [5, 15]")
        .replace("soothing: [5, 15]", "soothing: [70, 90]")
        .replace("## Why threat", "## Why soothing")
        .replace("## Why someone might choose soothing", "## Why someone might choose threat")
        .replace("*sees the flat gone*", "*makes tea*")
    )
    put_cases(settings.vignettes_dir, {DAN: dan})
    async with running(settings) as app, http_client(app) as client:
        assert app.state.catalogue.problems == ()
        for slug, system in ((ANA, "drive"), (CLEO, "soothing")):
            await client.post(f"/vignettes/{slug}/guesses", data={"system": system, "confidence": "sure"})
        sent = await client.get("/practice", params={"after": CLEO})
        assert sent.headers["location"] == f"/practice/pair/{CLEO}/{DAN}"

        before = (await client.get(sent.headers["location"])).text
        assert "What is different?" in before
        assert "Our answer is threat" in before
        assert "Our answer is soothing" not in before

        form = {"system": "soothing", "beside": CLEO}
        answered = await client.post(f"/vignettes/{DAN}/guesses", data=form)
        after = (await client.get(answered.headers["location"])).text

    assert answered.headers["location"] == f"/practice/pair/{CLEO}/{DAN}"
    assert "Our answer is soothing" in after
    assert "Matches our answer" in after
    assert "Are they keeping danger out" in after


async def test_stories_that_share_no_pair_are_not_compared(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/practice/pair/{ANA}/{CLEO}")).status_code == 404


async def test_progress_shows_pictures_with_the_same_numbers_in_tables(client: httpx.AsyncClient) -> None:
    for slug, system in ((ANA, "drive"), (CLEO, "soothing")):
        await client.post(f"/vignettes/{slug}/guesses", data={"system": system, "confidence": "sure"})

    page = (await client.get("/practice/progress")).text

    assert 'aria-label="How often your answers matched ours, by how sure you felt: Very: 50%."' in page
    assert "1 of 2" in page
    assert "Next: Safety or safeness" in page
    assert "2 stories so far" in page


async def test_progress_of_no_one_invites(client: httpx.AsyncClient) -> None:
    page = (await client.get("/practice/progress")).text

    assert "No stories yet" in page
    assert "not started" in page
