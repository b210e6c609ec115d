"""Limits: told with the time to wait, on the API as a problem and on pages with what was typed still there."""

import httpx
import pytest

from tests.cast import ANA, PASSWORD, TRAINER
from tests.client import Learner, MakeSettings, http_client, new_learner, running

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def refused(client: httpx.AsyncClient, path: str, form: dict[str, str], attempts: int) -> httpx.Response:
    """The first refusal for being too many."""
    for _ in range(attempts):
        answer = await client.post(path, data=form)
        if answer.status_code == 429:
            return answer
    raise AssertionError(f"{attempts} requests were all let through")


async def test_too_many_guesses_of_one_learner_are_refused_and_others_go_on(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        eager: Learner = await new_learner(client)
        answers = [await eager.guess(ANA, "drive") for _ in range(121)]
        other = await (await new_learner(client)).guess(ANA, "drive")

    assert [answer.status_code for answer in answers] == [201] * 120 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert other.status_code == 201


async def test_too_many_guesses_on_the_page_are_told_there_and_the_choice_is_kept(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        page = await refused(client, f"/vignettes/{ANA}/guesses", {"system": "soothing"}, 122)

    assert int(page.headers["retry-after"]) > 0
    assert 'value="soothing" checked' in page.text
    assert "Please wait" in page.text


async def test_guessing_a_password_is_slowed_down_on_page_and_api(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        page = await refused(client, "/trainers/sign-in", {"name": TRAINER, "password": PASSWORD}, 6)
        form = {"username": TRAINER, "password": PASSWORD}
        api = await client.post("/api/v1/auth/token", data=form)

    assert page.headers["content-type"].startswith("text/html")
    assert "Please wait" in page.text
    assert int(page.headers["retry-after"]) > 0
    # One count for both doors: the page's attempts are spent here too.
    assert api.status_code == 429
    assert api.headers["content-type"] == "application/problem+json"
    assert int(api.headers["retry-after"]) > 0


async def test_a_whole_class_behind_one_address_gets_its_tokens(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        statuses = {(await client.post("/api/v1/learners")).status_code for _ in range(300)}

    assert statuses == {201}


async def test_switched_off_nothing_is_limited(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=False)) as app, http_client(app) as client:
        eager = await new_learner(client)
        statuses = {(await eager.guess(ANA, "drive")).status_code for _ in range(125)}

    assert statuses == {201}
