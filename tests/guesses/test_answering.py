"""A guess goes in, the outcome comes out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.guesses.models import Guess
from api.guesses.outcome import Outcome
from tests.cast import ANA, BEN, CLEO
from tests.client import Learner
from tests.rows import reasons


@pytest.mark.parametrize(
    ("slug", "system", "match"),
    [
        (ANA, "drive", "key"),
        (ANA, "threat", "another_view"),
        (ANA, "unsure", "unsure"),
        (BEN, "soothing", "key"),
        (BEN, "threat", "acceptable"),
        (BEN, "drive", "another_view"),
        (BEN, "unsure", "unsure"),
        (CLEO, "threat", "key"),
        (CLEO, "soothing", "another_view"),
    ],
)
async def test_an_answer_is_compared_with_the_key(learner: Learner, slug: str, system: str, match: str) -> None:
    answer = await learner.guess(slug, system)

    assert answer.status_code == 201
    assert answer.json()["match"] == match
    assert answer.json()["guess"] == {"system": system, "confidence": None}


async def test_the_outcome_holds_key_and_explanation_and_nothing_that_its_model_does_not_know(learner: Learner) -> None:
    answer = await learner.guess(BEN, "threat", confidence="leaning", cues=[[0, 3]], reason="He locks the door.")

    outcome = Outcome.model_validate_json(answer.content, strict=True)
    assert outcome.model_dump(mode="json") == answer.json()
    assert outcome.guess.confidence == "leaning"
    assert outcome.key.dominant == "soothing"
    assert outcome.key.acceptable == ["soothing", "threat", "unsure"]
    assert outcome.key.blend.threat == [35, 50]
    assert outcome.explanation.summary.startswith("His *shoulders drop*")
    assert set(outcome.explanation.by_system) == {"threat", "drive", "soothing"}


async def test_an_empty_list_of_acceptable_answers_means_the_dominant_one(learner: Learner) -> None:
    assert (await learner.guess(CLEO, "threat")).json()["key"]["acceptable"] == ["threat"]


async def test_each_cue_quotes_the_story_at_its_place(learner: Learner, client: httpx.AsyncClient) -> None:
    story: str = (await client.get(f"/api/v1/vignettes/{CLEO}")).json()["text"]
    cues = (await learner.guess(CLEO, "threat")).json()["explanation"]["cues"]

    assert [cue["type"] for cue in cues] == ["threat.predict", "threat.scan", "threat.protect", "soothing.safeness"]
    assert [cue["polarity"] for cue in cues] == ["present", "present", "present", "absent"]
    assert all(story[cue["start"] : cue["end"]] == cue["text"] != "" for cue in cues)


async def test_cues_that_the_learner_marked_come_back_as_marked(learner: Learner, client: httpx.AsyncClient) -> None:
    story: str = (await client.get(f"/api/v1/vignettes/{ANA}")).json()["text"]
    touching = story.index("grins")
    before_the_first_cue = story.index("She gets up")

    answer = await learner.guess(ANA, "drive", cues=[[touching, touching + 1], [0, before_the_first_cue]])

    marked = {cue["type"]: cue["marked_by_learner"] for cue in answer.json()["explanation"]["cues"]}
    assert marked == {"drive.effort": False, "drive.reward": True, "threat.scan": False, "drive.goal": False}


async def test_everything_that_a_guess_holds_is_kept(learner: Learner, engine: Engine) -> None:
    whole: dict[str, Any] = {"confidence": "sure", "cues": [[0, 3], [5, 9]], "reason": "“Under four hours” – 目标"}
    await learner.guess(ANA, "drive", **whole, circles={"threat": 10, "drive": 100, "soothing": 0})

    with Session(engine) as db:
        kept = db.exec(select(Guess)).one()
    assert (kept.system, kept.confidence, kept.reason) == ("drive", "sure", whole["reason"])
    assert kept.cues == whole["cues"]
    assert kept.circles == {"threat": 10, "drive": 100, "soothing": 0}
    assert (kept.version, kept.series, kept.attempt) == (1, 1, 1)
    assert timedelta(0) <= datetime.now(UTC) - kept.created_at < timedelta(minutes=1)


async def test_what_a_guess_leaves_out_is_kept_as_nothing(learner: Learner, engine: Engine) -> None:
    await learner.guess(ANA, "drive")

    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT confidence, cues, reason, circles FROM guess").one()
    assert tuple(row) == (None, None, None, None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/system"),
        ({"system": "hunger"}, "/system"),
        ({"system": None}, "/system"),
        ({"system": "drive", "confidence": "certain"}, "/confidence"),
        ({"system": "drive", "cues": [[3, 3]]}, "/"),
        ({"system": "drive", "cues": [[-1, 3]]}, "/cues/0/0"),
        ({"system": "drive", "cues": [[0, 1], [0]]}, "/cues/1/1"),
        ({"system": "drive", "cues": [[0, 1]] * 41}, "/cues"),
        ({"system": "drive", "cues": [[0, 9999]]}, "/cues"),
        ({"system": "drive", "reason": "x" * 281}, "/reason"),
        ({"system": "drive", "circles": {"threat": 101, "drive": 0, "soothing": 0}}, "/circles/threat"),
        ({"system": "drive", "circles": {"threat": 1}}, "/circles/drive"),
        ({"system": "drive", "name": "Ana"}, "/name"),
        ([], "/"),
    ],
)
async def test_a_bad_field_is_named_and_nothing_is_kept(
    learner: Learner, client: httpx.AsyncClient, engine: Engine, body: object, pointer: str
) -> None:
    answer = await client.post(f"/api/v1/vignettes/{ANA}/guesses", json=body, headers=learner.headers)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert reasons(engine) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'"drive"', b'{"system": "\\ud800"}'])
async def test_a_body_that_is_no_json_object_is_refused(
    learner: Learner, client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await client.post(f"/api/v1/vignettes/{ANA}/guesses", content=body, headers=learner.headers)

    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_reason_with_a_nul_character_does_no_harm(learner: Learner, engine: Engine) -> None:
    answer = await learner.guess(ANA, "drive", reason="before\0after")

    assert answer.status_code in (201, 422)
    assert reasons(engine) == (["before\0after"] if answer.status_code == 201 else [])


async def test_a_body_beyond_all_measure_is_refused_as_too_long(learner: Learner, engine: Engine) -> None:
    answer = await learner.guess(ANA, "drive", reason="x" * 70_000)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert reasons(engine) == []


async def test_a_body_without_a_length_is_measured_too(learner: Learner, client: httpx.AsyncClient) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 1000

    answer = await client.post(f"/api/v1/vignettes/{ANA}/guesses", content=endless(), headers=learner.headers)

    assert answer.status_code == 413


async def test_an_unknown_vignette_is_not_found(learner: Learner) -> None:
    answer = await learner.guess("nobody", "drive")

    assert answer.status_code == 404
    assert answer.json()["status"] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer ana.forged"},
        {"Authorization": "Bearer é".encode()},
        {"Authorization": "Basic YW5hOmFuYQ=="},
        {"Cookie": "learner=ana.forged"},
    ],
)
async def test_without_a_token_of_ours_no_one_can_guess(
    client: httpx.AsyncClient, engine: Engine, headers: dict[str, str]
) -> None:
    answer = await client.post(f"/api/v1/vignettes/{ANA}/guesses", json={"system": "drive"}, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert reasons(engine) == []


async def test_a_token_changed_in_one_letter_is_worth_nothing(learner: Learner) -> None:
    other = "A" if learner.token[0] != "A" else "B"

    assert (await Learner(learner.client, other + learner.token[1:]).guess(ANA, "drive")).status_code == 401
