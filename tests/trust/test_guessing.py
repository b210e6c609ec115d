"""Everything that could be guessed, tried many times: nothing opens, and anyone who tries is slowed down."""

import re
from pathlib import Path

import pytest

from api.kit.join_codes import ALPHABET
from api.web import rate_limit
from tests.cast import PASSWORD
from tests.client import MakeSettings, http_client, running
from tests.trust.markdown import ROOT

# What is tried: method, address and form, and how many tries a minute are answered with “not this one”.
GUESSABLE = {
    "a group's code": ("POST", "/api/v1/groups/{code}/members", {}, rate_limit.WRONG_CODES_PER_ADDRESS.amount),
    "a group's code on the page": ("POST", "/g/{code}/join", {}, rate_limit.WRONG_CODES_PER_ADDRESS.amount),
    "a class's code": ("POST", "/practice/class", {"code": "{code}7"}, rate_limit.WRONG_CODES_PER_ADDRESS.amount),
    "a code for another device": (
        "POST",
        "/practice/carry-on",
        {"code": "{code}777"},
        rate_limit.WRONG_CODES_PER_ADDRESS.amount,
    ),
    "an invitation": (
        "POST",
        "/trainers/join/tr-{code}",
        {"name": "Mallory", "password": PASSWORD},
        rate_limit.SIGN_INS_PER_ADDRESS.amount,
    ),
    "a link for a new password": (
        "POST",
        "/trainers/reset/tr-{code}",
        {"password": PASSWORD},
        rate_limit.SIGN_INS_PER_ADDRESS.amount,
    ),
    "the set-up link": (
        "POST",
        "/trainers/setup/first-trainer.{code}",
        {"name": "{code}", "password": PASSWORD},
        rate_limit.SIGN_INS_PER_ADDRESS.amount,
    ),
    "a trainer's name": (
        "POST",
        "/trainers/sign-in",
        {"name": "{code}", "password": PASSWORD},
        rate_limit.SIGN_INS_PER_ADDRESS.amount,
    ),
    "a trainer's password": (
        "POST",
        "/trainers/sign-in",
        {"name": "Tomasz", "password": "{code} a password"},
        rate_limit.SIGN_INS_PER_NAME.amount,
    ),
}
MORE = 5  # tries beyond what is let through


def code(number: int) -> str:
    """A code of a group's length that differs with its number."""
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(7))


@pytest.mark.parametrize("what", GUESSABLE)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_bulk_of_guesses_opens_nothing_and_is_slowed_down(
    make_settings: MakeSettings, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, path, form, let_through = GUESSABLE[what]
    # The limits, not Argon2id, are what is tried.
    monkeypatch.setattr("api.accounts.trainer.verify_password", lambda *_, **__: False)
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        statuses = [
            (
                await client.request(
                    method,
                    path.format(code=code(number)),
                    data={name: value.format(code=code(number)) for name, value in form.items()},
                )
            ).status_code
            for number in range(let_through + MORE)
        ]

    assert statuses[let_through:] == [429] * MORE
    assert set(statuses[:let_through]) <= {401, 404}


def test_whatever_takes_a_code_or_token_is_limited_or_signed() -> None:
    """A new place that takes a code has to be put into the list above, or to say here why it need not."""
    source = "\n".join(path.read_text() for path in sorted((ROOT / "api").rglob("*.py")) if isinstance(path, Path))
    prefixes = set(re.findall(r'@(?:router|pages)\.post\(\s*"(/[^"]*\{(?:token|code)\}[^"]*)"', source))

    assert prefixes == {
        "/join/{token}",
        "/reset/{token}",
        "/setup/{token}",
        "/exchange/{token}/apply",  # one's own import alone, 128 random bits
        "/exchange/{token}/discard",
        "/g/{code}/join",
        # With a signed token of that group; a code alone opens none of them.
        "/g/{code}/leave",
        "/g/{code}/guess",
        "/g/{code}/step",
        "/g/{code}/back",
        "/g/{code}/people",
        "/g/{code}/reasons/{vote_id}",
        "/g/{code}/room",
        "/g/{code}/link",
        "/g/{code}/end",
        "/g/{code}/warn",
        "/g/{code}/name",
        "/g/{code}/discard",
        "/g/{code}/curtain",
        "/g/{code}/view",
        "/g/{code}/session",
        "/g/{code}/session/stories",
        "/g/{code}/board",
        "/g/{code}/board/{line}",
        "/g/{code}/check-in",
        "/g/{code}/check-in/show",
        "/{code}/members",
        "/{code}/rounds",
        "/{code}/phase",
        "/{code}/session",
        "/{code}/back",
        "/{code}/link",
        "/trainers/classes/{code}/delete",
        "/{code}/raters",  # with the signature of the panel's link, before anything is looked up
        "/{code}/close",  # of a panel, by a trainer who is signed in and may list all of them
        "/{code}/import",
    }
