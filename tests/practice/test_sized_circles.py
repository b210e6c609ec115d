"""Sizing the three circles of the person in a story, with numbers in a plain form."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.guesses.models import Guess
from api.guesses.rules import CircleSizes
from api.kit.systems import SYSTEMS
from tests.cast import ANA

FORM = {"circle_threat": "20", "circle_drive": "80", "circle_soothing": "0"}
sizes = st.integers(0, 100)


def kept(engine: Engine) -> list[Guess]:
    with Session(engine) as db:
        return list(db.exec(select(Guess)))


async def send(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await client.post(f"/vignettes/{ANA}/guesses", data=form)


async def test_the_sizes_are_kept_with_the_answer(client: httpx.AsyncClient, engine: Engine) -> None:
    answer = await send(client, system="threat", **FORM)

    assert answer.status_code == 303
    [guess] = kept(engine)
    assert (guess.system, guess.circles) == ("threat", {"threat": 20, "drive": 80, "soothing": 0})


async def test_the_biggest_circle_stands_for_the_answer_where_none_was_chosen(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    answer = await send(client, **FORM)

    assert answer.status_code == 303
    assert kept(engine)[0].system == "drive"


async def test_circles_left_blank_are_not_an_answer_about_circles(client: httpx.AsyncClient, engine: Engine) -> None:
    await send(client, system="drive", circle_threat="", circle_drive="", circle_soothing="")

    assert kept(engine)[0].circles is None


@pytest.mark.parametrize(
    "form, told",
    [
        ({"circle_threat": "50", "circle_drive": "50", "circle_soothing": "10"}, "Choose one of the circles"),
        (FORM | {"system": "drive", "circle_drive": "101"}, "Give all three circles a size"),
        (FORM | {"system": "drive", "circle_drive": "big"}, "Give all three circles a size"),
        (FORM | {"system": "drive", "circle_drive": ""}, "Give all three circles a size"),
    ],
    ids=["two biggest", "too big", "no number", "one blank"],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_is_missing_is_told_and_the_sizes_stay(
    client: httpx.AsyncClient, engine: Engine, form: dict[str, str], told: str
) -> None:
    answer = await send(client, **form)

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{form["circle_threat"]}"' in answer.text
    assert '<details class="sizing" open>' in answer.text
    assert kept(engine) == []


@given(threat=sizes, drive=sizes, soothing=sizes)
def test_the_biggest_is_bigger_than_both_others_or_there_is_none(threat: int, drive: int, soothing: int) -> None:
    circles = CircleSizes(threat=threat, drive=drive, soothing=soothing)
    biggest = circles.biggest()

    top = max(threat, drive, soothing)
    leaders = [system for system in SYSTEMS if getattr(circles, system) == top]
    assert biggest == (leaders[0] if len(leaders) == 1 else None)
