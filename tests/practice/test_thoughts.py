"""What a learner gives along with an answer, and what the outcome sets beside it: by plain forms and by htmx."""

import html
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.guesses.models import Guess
from api.guesses.rules import feedback
from api.kit.systems import Answer
from api.review.panel import Panel
from api.vignettes.case import Case, story_mark
from tests.cast import ANA, CLEO
from tests.client import http_client
from tests.groups.cases import ANA_CASE, BEN_CASE, CLEO_CASE
from tests.review.test_blind_ratings import rate
from tests.statements import counted

HTMX = {"HX-Request": "true"}
SIZES = {"circle_threat": "20", "circle_drive": "60", "circle_soothing": "20"}


def places(case: Case, *texts: str) -> list[tuple[int, int]]:
    return [(case.story.index(text), case.story.index(text) + len(text)) for text in texts]


def cues(case: Case, *texts: str) -> list[str]:
    return [f"{start}-{end}" for start, end in places(case, *texts)]


async def outcome(client: httpx.AsyncClient, slug: str, htmx: bool, **form: Any) -> str:
    """What the learner reads after the answer, with its entities read."""
    sent = await client.post(f"/vignettes/{slug}/guesses", data=form, headers=HTMX if htmx else {})
    page = sent if htmx else await client.get(sent.headers["location"])
    assert page.status_code == 200
    return html.unescape(page.text)


both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["page", "part"])


@both_ways
async def test_the_reason_and_the_words_stand_in_the_outcome_beside_the_keys(
    client: httpx.AsyncClient, engine: Engine, htmx: bool
) -> None:
    words = cues(ANA_CASE, "gets", "up", "grins")
    page = await outcome(client, ANA, htmx, system="drive", reason=" the <chart> says it ", cues=words)

    assert "Your reason: <q>the <chart> says it</q>" in page
    assert "<dt>You marked</dt><dd>“gets up”</dd><dd>“grins”</dd>" in page
    assert "<dt>We looked at</dt><dd>“She gets up at five and runs before work”</dd>" in page
    assert "different reason" not in page
    with Session(engine) as db:
        [guess] = db.exec(select(Guess)).all()
    assert (guess.reason, guess.cues) == (
        "the <chart> says it",
        [list(span) for span in places(ANA_CASE, "gets up", "grins")],
    )


async def test_the_reason_is_shown_as_text_and_to_no_one_else(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with http_client(app) as other:
        mine = await client.post(
            f"/vignettes/{ANA}/guesses", data={"system": "drive", "reason": "<b>x</b>"}, headers=HTMX
        )
        theirs = await other.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"}, headers=HTMX)

    assert "&lt;b&gt;x" in mine.text
    assert "<b>x" not in mine.text
    assert "&lt;b&gt;x" not in theirs.text
    assert "Your reason:" not in theirs.text


@pytest.mark.parametrize(
    ("case", "answer", "words", "says"),
    [
        (ANA_CASE, "drive", "On the wall there is a chart", "Same answer, different reason."),
        (ANA_CASE, "drive", "grins", "You chose drive, and so do we."),
        (ANA_CASE, "threat", "looks at it twice", "Good spot: “she looks at it twice” does point to threat."),
        (ANA_CASE, "threat", "chart", "You may have noticed “she looks at it twice”, which points to threat."),
        (ANA_CASE, "soothing", "chart", "We can see why."),
        (BEN_CASE, "threat", "hear", "Good spot: “He does not want to hear what comes next” does"),
        (BEN_CASE, "threat", "door", "Your answer is a good one too."),
        (BEN_CASE, "soothing", "door", "different reason"),
        (BEN_CASE, "unsure", "door", "This story leaves the answer open."),
        # Little soothing is one of the key's own reasons for threat.
        (CLEO_CASE, "threat", "it does not feel calm", "You chose threat, and so do we."),
        (CLEO_CASE, "soothing", "it does not feel calm", "We can see why."),
    ],
)
def test_the_feedback_takes_the_marked_words_into_account(case: Case, answer: Answer, words: str, says: str) -> None:
    assert says in feedback(answer, case, places(case, words))


@both_ways
async def test_the_panel_stands_beside_the_class_and_says_who_read(
    app: FastAPI, client: httpx.AsyncClient, tmp_path: Path, htmx: bool
) -> None:
    readers = [
        f"{ANA},reader-{n},{label},sure,,x,{story_mark(ANA_CASE)}" for n, label in enumerate(["drive"] * 3 + ["threat"])
    ]
    rate(tmp_path, *readers)
    app.state.panel = Panel(tmp_path)
    told = "Language models (not clinicians) answered this story without seeing our answer: 1 threat, 3 drive."

    assert told in await outcome(client, ANA, htmx, system="drive")
    assert "Language models" not in await outcome(client, CLEO, htmx, system="drive")


@both_ways
async def test_circles_stand_beside_the_keys_ranges_and_the_class_once_enough_have_sized_them(
    app: FastAPI, client: httpx.AsyncClient, htmx: bool
) -> None:
    async def sized(threat: int, drive: int, soothing: int) -> str:
        async with http_client(app) as somebody:
            sizes = {"circle_threat": threat, "circle_drive": drive, "circle_soothing": soothing}
            return await outcome(somebody, ANA, htmx, system="drive", **sizes)

    for threat, drive in ((10, 80), (20, 70), (40, 50)):
        early = await sized(threat, drive, 10)
        assert "You’ll see other people’s sizes once 5 people have sized the circles." in early
    assert "Your threat circle is 15 points above our suggested range." in early
    assert "Your soothing circle is within it." in early
    await outcome(client, ANA, htmx, system="drive")  # an answer without circles
    assert "once 5 people have sized" in await sized(30, 60, 10)
    fifth = await sized(25, 65, 10)

    assert "All three are within our suggested ranges." in fifth
    assert "<b>65%</b>" in fifth
    assert "60–75%" in fifth
    assert "65% <small>(60–70)</small>" in fifth
    assert "once 5 people" not in fifth


async def test_circles_of_no_size_and_answers_without_any_show_no_comparison(client: httpx.AsyncClient) -> None:
    nothing = dict.fromkeys(SIZES, "0")

    assert "Your three circles" not in await outcome(client, ANA, True, system="drive", **nothing)
    assert "Your three circles" not in await outcome(client, ANA, True, system="drive")
    assert "Your three circles" in await outcome(client, ANA, True, system="drive", **SIZES)


async def test_words_and_a_reason_ask_nothing_more_of_the_database(client: httpx.AsyncClient, engine: Engine) -> None:
    async def cost(**more: Any) -> int:
        with counted(engine) as statements:
            await outcome(client, ANA, True, system="drive", **more)
        return len(statements)

    await cost()
    plain = min([await cost() for _ in range(3)])
    marked = min([await cost(reason="because", cues=cues(ANA_CASE, "grins")) for _ in range(3)])

    assert marked == plain > 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"reason": "x" * 281}, "one line of at most 280 characters"),
        ({"system": ""}, "Choose one of the circles"),
    ],
)
async def test_what_cannot_be_kept_is_told_and_the_rest_stays(
    client: httpx.AsyncClient, more: dict[str, Any], says: str
) -> None:
    form: dict[str, Any] = {"system": "drive", "reason": "the chart", "cues": cues(ANA_CASE, "grins")} | more
    sent = await client.post(f"/vignettes/{ANA}/guesses", data=form)

    assert sent.status_code == 422
    assert says in sent.text
    assert '<details class="sizing thought" open>' in sent.text
    assert f'value="{form["reason"]}"' in sent.text
    assert f'value="{form["cues"][0]}" checked' in sent.text


async def test_more_places_than_can_be_kept_are_told_as_that(client: httpx.AsyncClient) -> None:
    many = [f"{n}-{n + 1}" for n in range(0, 123, 3)]
    sent = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive", "cues": many})

    assert len(many) == 41
    assert sent.status_code == 422
    assert "mark at most 40 places" in sent.text
