"""Time is told to the facilitator alone, gently, against the plan."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.groups.sessions.pace import behind, told
from api.persistence.engine import now
from tests.groups.sessions.session import Session, page


@pytest.mark.parametrize(
    ("before", "minutes", "elapsed", "late"),
    [(0, 3, 0, 0), (0, 3, 3, 0), (10, 5, 12, 0), (10, 5, 19.2, 4), (10, 5, 4, -6), (0, 3, 4.4, 1)],
)
def test_a_session_is_behind_after_the_end_of_its_step_and_ahead_before_its_beginning(
    before: int, minutes: int, elapsed: float, late: int
) -> None:
    assert behind(before, minutes, elapsed) == late


@given(st.integers(-200, 200))
def test_every_sentence_is_kind(late: int) -> None:
    sentence = told(late)
    assert not {"late", "hurry", "should", "slow"} & set(sentence.lower().split())
    assert str(abs(late)) in sentence or abs(late) < 2


async def test_only_the_console_tells_how_time_goes(session: Session, engine: Engine) -> None:
    phone = await session.join()
    await session.to("Since last time")
    with engine.begin() as connection:
        for number, entered in connection.execute(text("SELECT number, entered_at FROM guided_visit")).all():
            assert entered is not None
            connection.execute(
                text("UPDATE guided_visit SET entered_at = :then WHERE number = :number"),
                {"then": f"{now().replace(tzinfo=None):%Y-%m-%d} 00:00:00.000000", "number": number},
            )
    minutes = now().hour * 60 + now().minute
    console = await session.console()
    if minutes > 11:  # past midnight by more than the plan takes
        assert "minutes behind." in console
    for shown in (await page(phone), await session.wall()):
        assert not re.search("minutes behind|minutes ahead|On time", shown)
