"""Looking back: the stories that a learner has answered, and where in a session they are."""

import httpx

from tests.cast import ANA, BEN, CLEO
from tests.practice.test_sittings import answer, begin

HTMX = {"HX-Request": "true"}


async def test_every_story_that_was_answered_is_listed_with_both_answers_and_the_way_back(
    client: httpx.AsyncClient,
) -> None:
    await answer(client, ANA, "drive")
    await answer(client, BEN, "threat")
    await answer(client, BEN, "drive")

    page = (await client.get("/practice/stories")).text

    assert page.index(f"/vignettes/{BEN}/outcome") < page.index(f"/vignettes/{ANA}/outcome")
    assert page.count(f"/vignettes/{BEN}/outcome") == 1
    assert "All stories (2)" in page
    assert CLEO not in page


async def test_the_list_can_show_only_the_stories_that_were_seen_differently(client: httpx.AsyncClient) -> None:
    await answer(client, ANA, "drive")
    await answer(client, BEN, "drive")

    page = (await client.get("/practice/stories?show=different")).text

    assert "Where we differ (1)" in page
    assert f"/vignettes/{BEN}/outcome" in page
    assert f"/vignettes/{ANA}/outcome" not in page


async def test_no_one_sees_what_someone_else_has_answered(client: httpx.AsyncClient) -> None:
    await answer(client, ANA, "drive")
    client.cookies.clear()

    assert "You have not answered a story yet" in (await client.get("/practice/stories")).text


async def test_the_end_of_a_session_lists_its_stories_and_no_others(client: httpx.AsyncClient) -> None:
    await answer(client, CLEO)
    await begin(client)
    await answer(client, ANA, "soothing")

    end = (await client.post("/practice/leave", follow_redirects=True)).text

    assert "The stories in this session" in end
    assert f"/vignettes/{ANA}/outcome" in end
    assert f"/vignettes/{CLEO}/outcome" not in end


async def test_the_place_in_the_session_stands_on_story_outcome_and_after_an_error(client: httpx.AsyncClient) -> None:
    await begin(client)
    form = {"place": "ten.0"}
    assert 'name="place" value="ten.0"' in (await client.get(f"/vignettes/{ANA}")).text

    error = (await client.post(f"/vignettes/{ANA}/guesses", data=form)).text
    part = (await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive", **form}, headers=HTMX)).text
    page = (await client.get(f"/vignettes/{ANA}/outcome")).text

    for shown in (error, part, page):
        assert "10 mixed stories · 1 of 10" in shown
        assert '<progress class="place__bar" max="10" value="1"' in shown


async def test_a_place_that_no_form_of_ours_carries_is_left_out(client: httpx.AsyncClient) -> None:
    for place in ("ten", "ten.x", "marathon.3", "ten.-1", "ten.9999", "ten.²", "ten.1.1"):
        sent = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive", "place": place}, headers=HTMX)
        assert sent.status_code == 200
        assert 'class="place"' not in sent.text
