"""What is guessed first is no password, and no two names look the same."""

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from api.accounts.names import skeleton
from api.accounts.passwords import hash_password, verify_password
from api.accounts.trainer import add_trainer, sign_in
from api.accounts.weak_passwords import is_weak
from api.kit.errors import Conflict, Unprocessable
from tests.accounts.people import NEW_PASSWORD, Guests, link_in
from tests.cast import PASSWORD

WEAK = (
    "aaaaaaaaaaaa", "123456789012", "passwordpassword",
    "threecircles1", "threat drive soothing", "Password1234",
    "P4ssw0rd2024!", "qwertyuiop12", "1qaz2wsx3edc",
    "abcdefghijkl", "qwertzuiop!!", "Summer2026!!", "LiverpoolFC1",
    "iloveyou1234", "ＰＡＳＳＷＯＲＤ１２３４", "abcabcabcabc",
    "letmeinletmein", "Compassion-Focused-Therapy", "ThreeCircles2026",
    "welcomewelcome1", "000000000000000", "football2024",
    "987654321098", "adminadmin123", "MargaretHolmes1", "holmes1234567",
    "zxcvbnmasdfgh", "passphrase 123", "January-2026", "pässwörd1234",
)  # fmt: skip
STRONG = (
    PASSWORD,
    NEW_PASSWORD,
    "correct horse battery staple",
    "t7#kQ9!vLw2z",
    "my uncle grows leeks in Fife",
    "83746152093847",
)
BOSS = "Boss 0"


@pytest.mark.parametrize("password", WEAK)
def test_what_is_tried_first_is_weak(password: str) -> None:
    assert is_weak(password, "Margaret Holmes")


@pytest.mark.parametrize("password", STRONG)
def test_what_is_not_tried_first_does(password: str) -> None:
    assert not is_weak(password, "Margaret Holmes")


@given(st.text(min_size=1, max_size=5), st.integers(2, 40))
def test_a_repetition_is_worth_no_more_than_what_is_repeated(unit: str, times: int) -> None:
    assert is_weak(unit * times, "") or not is_weak(unit, "")


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "threecircles1"])
async def test_a_weak_password_is_refused_at_every_door_with_what_to_do(guests: Guests, password: str) -> None:
    _, admin = await guests.signed_in("Ada", "admin")
    link = link_in(await admin.post("/trainers/people/links", data={"role": "trainer", "present": PASSWORD}))
    answers = [
        await (await guests.browser()).post(link, data={"name": "Nell", "password": password}),
        await admin.post("/trainers/account/password", data={"present": PASSWORD, "password": password}),
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert "four unrelated words" in answer.text
    with pytest.raises(Unprocessable):
        add_trainer(guests.app.state.engine, "Otto", password, role="trainer")


@pytest.mark.parametrize(
    "other",
    [
        "Вoss 0",
        "BOSS 0",
        "Ｂｏｓｓ ０",
        "Bo\u200bss 0",
        "Boss\u00a00",
        "B\u043e\u0455s 0",
        "Boss O",
        "\u202aBoss 0",
        "Boss  0",
        "Βoss 0",
    ],
    ids=ascii,
)
async def test_a_name_that_looks_like_anothers_is_refused(app: FastAPI, other: str) -> None:
    add_trainer(app.state.engine, BOSS, PASSWORD, role="admin")

    with pytest.raises((Conflict, Unprocessable)):
        add_trainer(app.state.engine, other, PASSWORD, role="trainer")


async def test_one_who_accepts_an_invitation_is_told_whose_name_theirs_looks_like(guests: Guests) -> None:
    _, admin = await guests.signed_in("Ada", "admin")
    link = link_in(await admin.post("/trainers/people/links", data={"role": "trainer", "present": PASSWORD}))

    refused = await (await guests.browser()).post(link, data={"name": "Adа", "password": NEW_PASSWORD})

    assert refused.status_code == 409
    assert "looks like “Ada" in refused.text
    assert 'value="Adа"' in refused.text


def test_names_that_can_be_told_apart_may_stand_side_by_side() -> None:
    names = ("Zoe", "Zoë", "Anna", "Hanna", "Ivan", "Иван", "Петя", "Πέτρος", "Li Wei", "李伟", "Boss 2", "Boss 3")
    assert len({skeleton(name) for name in names}) == len(names)


async def test_however_it_is_typed_a_name_and_password_sign_in(app: FastAPI, client: httpx.AsyncClient) -> None:
    add_trainer(app.state.engine, "Zoe\u0308", "cafe\u0301 under the bridge", role="trainer")

    for name in ("Zoë", "Zoe\u0308", "zoë", " ZOË ", "Ｚoë"):
        for password in ("café under the bridge", "cafe\u0301 under the bridge"):
            assert sign_in(app.state.engine, name, password), ascii((name, password))
    assert not sign_in(app.state.engine, "Zoe", "café under the bridge")


def test_a_password_kept_before_it_was_composed_still_fits() -> None:
    from api.accounts.passwords import _passwords

    typed = "cafe\u0301 under the bridge"
    assert verify_password(typed, _passwords.hash(typed))
    assert verify_password(typed, hash_password(typed, ""))
