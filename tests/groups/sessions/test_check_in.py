"""A check-in tells totals and nothing else, once, and only where they cannot point at anyone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.groups.sessions.counting import totals
from tests.groups.room import Phone
from tests.groups.sessions.session import Session, check_in, new_session, page

pytestmark = pytest.mark.both_databases

SMALLEST = 5
VALUES = ("tried", "not_yet", "pass")


async def gather(session: Session, *answers: str) -> list[Phone]:
    """As many members as answers, who have all answered the first question."""
    phones = await session.people(len(answers))
    await session.to("Since last time")
    for phone, answer in zip(phones, answers, strict=True):
        assert (await check_in(phone, answer, "tried")).status_code == 303
    return phones


def main(text: str, code: str = "CODE") -> str:
    """What changes on a page, without what belongs to its group alone."""
    shown = text[text.index("<main") : text.index("</main>")].partition("qrbox")[0]
    shown = re.sub(r"\?k=[\w-]{22}", "", shown)  # the mark of the group's own links
    return shown.replace(code, "CODE").replace(f"{code[:3]} {code[3:]}", "CODE")


def tallies(engine: Engine) -> dict[int, tuple[int, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT question, tried, not_yet, passed FROM check_in_tally"))
        return {row[0]: tuple(row[1:]) for row in found}


async def test_an_answer_that_is_sent_again_replaces_the_earlier_one(session: Session, engine: Engine) -> None:
    (phone,) = await gather(session, "tried")
    assert tallies(engine) == {0: (1, 0, 0), 1: (1, 0, 0)}
    for answer in ("pass", "pass", "not_yet"):
        assert (await check_in(phone, answer)).status_code == 303
    assert tallies(engine) == {0: (0, 1, 0), 1: (1, 0, 0)}
    shown = await page(phone)
    assert 'value="not_yet" checked' in shown
    assert "Sent. Thank you." in shown


async def test_nothing_but_the_number_of_answers_is_told_before_the_totals_are_shown(session: Session) -> None:
    """Groups that answer the opposite look the same to everyone."""
    seen = []
    for answers in (["tried"] * 7, ["not_yet"] * 7):
        other = await new_session(session.client)
        watcher = await other.join()
        await gather(other, *answers)
        console = await other.console()
        assert "7 of 8" in console
        pages = [await page(watcher), await other.wall(), console]
        seen.append([main(text, other.code) for text in pages] + [str((await other.state())["session"])])
    assert seen[0] == seen[1]


async def test_once_they_are_shown_no_answer_is_taken_any_more(session: Session, engine: Engine) -> None:
    phones = await gather(session, "tried", "tried", "tried", "not_yet", "not_yet", "not_yet", "pass")
    before = tallies(engine)
    assert (await session.form("check-in/show")).status_code == 303
    assert (await session.form("check-in/show")).status_code == 303
    late = await check_in(phones[0], "pass")
    assert late.status_code == 409
    assert "This question is closed" in late.text
    for way in ("on", "back", "repeat"):
        await session.move(way)
    assert (await check_in(phones[0], "pass")).status_code == 409
    assert tallies(engine) == before


async def test_totals_are_shown_on_wall_phones_and_console_with_small_numbers_hidden(session: Session) -> None:
    phones = await gather(session, *["tried"] * 4, *["not_yet"] * 3, "pass", "pass")
    await session.form("check-in/show")
    for shown in (await page(phones[0]), await session.wall(), await session.console()):
        assert ">hidden:</b>" in main(shown)
        assert "answers were very similar" in main(shown)  # the second question, to which all gave one answer
        assert "<b>2</b>" not in main(shown)


async def test_fewer_than_a_small_group_see_no_total(session: Session) -> None:
    phones = await gather(session, "tried", "tried", "not_yet", "pass")
    await session.form("check-in/show")
    for shown in (await page(phones[0]), await session.wall(), await session.console()):
        assert "Fewer than 5 people answered" in shown


async def test_what_makes_no_sense_is_refused_and_leaves_nothing(session: Session, engine: Engine) -> None:
    phone = await session.join()
    assert (await check_in(phone, "tried")).status_code == 409  # no one has begun
    await session.to("Since last time")
    assert (await check_in(phone, "yes")).status_code == 422
    assert (await check_in(phone)).status_code == 422
    assert (await session.client.post(f"/g/{session.code}/check-in", data={"answer-0": "tried"})).status_code == 401
    assert (await session.client.post(f"/g/{session.code}/check-in/show", headers=phone.cookies)).status_code == 403
    assert tallies(engine) == {}


@given(st.tuples(*[st.integers(0, 12)] * 3))
def test_anyone_who_knows_the_rule_cannot_work_out_a_hidden_count(counts: tuple[int, int, int]) -> None:
    told = totals(counts, SMALLEST)
    if told.counts is None:
        assert sum(counts) < SMALLEST or max(counts) >= sum(counts) - 2
        return
    assert max(counts) < sum(counts) - 2
    shown = [count for count in told.counts if count is not None]
    assert not {1, 2} & set(shown)
    fitting = {
        (a, b, c)
        for a in range(13)
        for b in range(13)
        for c in range(13)
        if a + b + c == sum(counts) and totals((a, b, c), SMALLEST) == told
    }
    for place, count in enumerate(told.counts):
        if count is None:
            assert len({one[place] for one in fitting}) > 1


@pytest.mark.parametrize("answer", VALUES)
def test_all_alike_is_not_told(answer: str) -> None:
    counts = [6 if value == answer else 0 for value in VALUES]
    told = totals((counts[0], counts[1], counts[2]), SMALLEST)
    assert told.counts is None
    assert told == totals((6, 0, 0), SMALLEST) == totals((0, 5, 1), SMALLEST) == totals((1, 1, 4), SMALLEST)


async def test_someone_who_joins_while_it_is_open_answers_from_the_next_one_on(
    session: Session, engine: Engine
) -> None:
    await gather(session, *["tried"] * 3)
    late = await session.join()
    refused = await check_in(late, "tried")
    assert refused.status_code == 409
    assert "you can answer the next one" in refused.text
    assert "you can answer the next one" in await page(late)
    assert tallies(engine)[0] == (3, 0, 0)


async def test_saying_a_larger_room_after_the_totals_were_shown_shows_nothing_more(session: Session) -> None:
    await gather(session, *["tried"] * 6, *["not_yet"] * 6)
    await session.form("room", people=3)
    await session.form("check-in/show")
    before = await session.wall()
    await session.form("room", people=30)
    assert "Fewer than 5 people are in the room" in before
    assert "Fewer than 5 people are in the room" in await session.wall()
