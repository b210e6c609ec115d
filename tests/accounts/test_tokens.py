"""Signed values: good for one purpose, from one server, and some of them for a time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner

from api.accounts.tokens import Tokens

tokens = Tokens("one secret")
PURPOSES = ("learner", "trainer", "setup")


@given(st.sampled_from(PURPOSES), st.text(st.characters(codec="utf-8"), max_size=30))
def test_what_was_signed_is_read_back(purpose: str, value: str) -> None:
    assert tokens.read(purpose, tokens.sign(purpose, value)) == value
    assert tokens.read_timed(purpose, tokens.sign_timed(purpose, value), 60) == value


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_for_one_purpose_is_worth_nothing_for_another(purpose: str) -> None:
    for other in set(PURPOSES) - {purpose}:
        assert tokens.read(other, tokens.sign(purpose, "1")) is None
        assert tokens.read_timed(other, tokens.sign_timed(purpose, "1"), 60) is None
    assert tokens.read(purpose, tokens.sign_timed(purpose, "1")) is None
    assert tokens.read_timed(purpose, tokens.sign(purpose, "1"), 60) is None


@given(st.text(max_size=60))
def test_no_made_up_text_is_a_token(text: str) -> None:
    assert tokens.read("learner", text) is None
    assert tokens.read_timed("trainer", text, 60) is None


def test_another_secret_makes_other_tokens() -> None:
    assert Tokens("another secret").read("learner", tokens.sign("learner", "ana")) is None


def test_a_timed_token_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    made = time.time()
    token = tokens.sign_timed("trainer", "1")

    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: int(made) + 59)
    assert tokens.read_timed("trainer", token, 60) == "1"

    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: int(made) + 62)
    assert tokens.read_timed("trainer", token, 60) is None


def test_a_timed_token_is_good_though_the_clock_was_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens.sign_timed("trainer", "1")

    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: int(time.time()) - 3600)
    assert tokens.read_timed("trainer", token, 60) == "1"
