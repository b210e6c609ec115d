"""How everyone answered: who may see it, and what counts."""

import asyncio

import httpx
import pytest
from sqlalchemy import Engine

from tests.cast import ANA, BEN
from tests.client import Learner, new_learner
from tests.rows import attempts, recounted, tallies

pytestmark = pytest.mark.both_databases


async def answer_all(client: httpx.AsyncClient, slug: str, systems: list[str]) -> None:
    for system in systems:
        answer = await (await new_learner(client)).guess(slug, system)
        assert answer.status_code == 201


async def test_statistics_stay_closed_until_the_own_answer_is_given(learner: Learner) -> None:
    assert (await learner.statistics(ANA)).status_code == 403

    await learner.guess(ANA, "drive")

    assert (await learner.statistics(ANA)).status_code == 200
    assert (await learner.statistics(BEN)).status_code == 403


async def test_no_one_without_a_token_sees_statistics(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/v1/vignettes/{ANA}/statistics")).status_code == 401


async def test_trainers_see_statistics_without_answering(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    answer = await client.get(f"/api/v1/vignettes/{ANA}/statistics", headers=trainer_headers)

    assert answer.json() == {"scope": "everyone", "answered": 0, "suppressed": True, "systems": []}


async def test_fewer_answers_than_a_small_group_are_only_counted(client: httpx.AsyncClient, learner: Learner) -> None:
    await answer_all(client, ANA, ["threat", "drive", "drive"])

    fourth = (await learner.guess(ANA, "unsure")).json()["class_statistics"]

    assert fourth == {"scope": "everyone", "answered": 4, "suppressed": True, "systems": []}


async def test_from_a_small_group_on_every_answer_has_count_share_and_interval(
    client: httpx.AsyncClient, learner: Learner
) -> None:
    await answer_all(client, ANA, ["threat", "drive", "drive", "drive"])

    fifth = (await learner.guess(ANA, "unsure")).json()["class_statistics"]

    assert (fifth["answered"], fifth["suppressed"]) == (5, False)
    assert {share["system"]: share["count"] for share in fifth["systems"]} == {
        "threat": 1,
        "drive": 3,
        "soothing": 0,
        "unsure": 1,
    }
    drive = fifth["systems"][1]
    assert drive["share"] == 0.6
    assert drive["interval"] == pytest.approx([0.231, 0.882], abs=0.001)  # Wilson, 3 of 5


async def test_a_later_guess_is_a_new_attempt_and_the_first_one_counts(learner: Learner, engine: Engine) -> None:
    for system in ("threat", "drive", "drive"):
        outcome = (await learner.guess(ANA, system)).json()

    assert outcome["class_statistics"]["answered"] == 1
    assert attempts(engine) == [1, 2, 3]
    assert list(tallies(engine).values()) == [{"threat": 1}]


async def test_answers_to_one_vignette_do_not_count_for_another(learner: Learner) -> None:
    await learner.guess(ANA, "drive")
    await learner.guess(BEN, "threat")

    assert (await learner.statistics(ANA)).json()["answered"] == 1
    assert (await learner.statistics(BEN)).json()["answered"] == 1


async def test_guesses_of_one_learner_at_the_same_time_are_attempts_without_gaps(
    learner: Learner, engine: Engine
) -> None:
    answers = await asyncio.gather(*(learner.guess(ANA, "drive") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert attempts(engine) == list(range(1, 21))
    assert list(tallies(engine).values()) == [{"drive": 1}]


async def test_a_whole_class_at_the_same_time_is_counted_right(client: httpx.AsyncClient, engine: Engine) -> None:
    learners = [await new_learner(client) for _ in range(40)]
    systems = ["threat", "drive", "soothing", "unsure"] * 10
    guesses = [learner.guess(ANA, system) for learner, system in zip(learners, systems, strict=True)]

    answers = await asyncio.gather(*guesses)

    assert {answer.status_code for answer in answers} == {201}
    assert list(tallies(engine).values()) == [{"threat": 10, "drive": 10, "soothing": 10, "unsure": 10}]
    assert tallies(engine) == recounted(engine)
    assert (await learners[0].statistics(ANA)).json()["answered"] == 40
