"""Signing in through an institution: who gets in, as whom, with which rights; and every way of cheating."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey

from api.accounts import institutions, oidc
from api.accounts.providers import UnusableProviders, needed_providers, read_providers
from tests.accounts.institution import ISSUER, KEY, PUBLIC, Campus, campus, described
from tests.accounts.people import is_signed_in, link_in
from tests.cast import PASSWORD
from tests.client import MakeSettings, http_client
from tests.trust.markdown import ROOT

OTHER_KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
NEW_KEY = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
NOW = int(time.time())


@pytest.fixture
async def leeds(make_settings: MakeSettings, tmp_path: Path) -> AsyncIterator[Campus]:
    async with campus(make_settings, tmp_path, "    unknown: invite\n") as found:
        yield found


async def linked(leeds: Campus, name: str = "Ada", role: Any = "admin") -> httpx.AsyncClient:
    """Someone with a password who has linked the institution; their browser."""
    _, browser = await leeds.guests.signed_in(name, role)
    assert (await leeds.come(browser)).headers["location"] == "/trainers/link"
    done = await browser.post("/trainers/link")
    assert done.headers["location"] == "/trainers/account?linked=1"
    return browser


async def test_an_account_is_linked_once_with_its_password_and_then_signs_in_without(leeds: Campus) -> None:
    leeds.guests.add("Ada", "editor")
    first = await leeds.guests.browser()
    assert (await leeds.come(first, sid="at-leeds-1")).headers["location"] == "/trainers/link"
    page = await first.get("/trainers/link")
    assert "Leeds University says that you are Ada Byron" in page.text
    assert not await is_signed_in(first)

    refused = await first.post("/trainers/link", data={"name": "Ada", "password": "not the password"})
    assert refused.status_code == 422
    done = await first.post("/trainers/link", data={"name": "Ada", "password": PASSWORD})
    assert done.status_code == 303
    assert await is_signed_in(first)

    second = await leeds.guests.browser()
    assert (await leeds.come(second, sid="at-leeds-2")).headers["location"] == "/trainers"
    shown = (await second.get("/trainers/account")).text
    assert "through Leeds University" in shown
    assert "Unlink" in shown
    kept = leeds.guests.rows("SELECT about FROM audit WHERE deed = 'sign_in' AND outcome = 'done' ORDER BY id")
    assert kept == [("password, Leeds University",), ("Leeds University",)]


async def test_nothing_of_the_institutions_person_is_kept_but_its_number_for_them(leeds: Campus) -> None:
    browser = await leeds.guests.browser()
    leeds.guests.add("Ada", "trainer")
    await leeds.come(browser, email="ada@leeds.example", email_verified=True, sid="their-session")
    await browser.post("/trainers/link", data={"name": "Ada", "password": PASSWORD})
    await leeds.come(browser, email="ada@leeds.example", email_verified=True, sid="their-session")

    kept = str(
        [leeds.guests.rows(f"SELECT * FROM {table}") for table in ("trainer", "trainer_session", "linked_identity")]
    )
    assert "ada-1" in kept
    assert "ada@leeds" not in kept
    assert "Byron" not in kept
    assert "their-session" not in kept


async def test_an_invitation_is_accepted_through_the_institution_without_a_password(leeds: Campus) -> None:
    _, admin = await leeds.guests.signed_in("Bo", "admin")
    token = link_in(await admin.post("/trainers/people/links", data={"role": "editor", "name": ""})).rpartition("/")[2]
    guest = await leeds.guests.browser()
    assert f"/trainers/sign-in/leeds?link={token}" in (await guest.get(f"/trainers/join/{token}")).text

    assert (await leeds.come(guest, f"?link={token}")).headers["location"] == "/trainers"

    assert leeds.guests.rows("SELECT name, role, password_hash FROM trainer WHERE name <> 'Bo'") == [
        ("Ada Byron", "editor", "")
    ]
    assert (await guest.get(f"/trainers/join/{token}")).status_code == 404
    other = await leeds.guests.browser()
    assert (await leeds.come(other, f"?link={token}", sub="eve-2")).status_code == 404
    # Without a password there is none to guess.
    for password in ("", " ", "x" * 12):
        answer = await other.post("/trainers/sign-in", data={"name": "Ada Byron", "password": password})
        assert answer.status_code == 401


async def test_someone_new_is_refused_or_gets_the_lowest_role_as_the_operator_says(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    async with campus(make_settings, tmp_path, "    unknown: trainer\n") as leeds:
        leeds.guests.add("Ada Byron", "admin")
        guest = await leeds.guests.browser()
        await leeds.come(guest)
        assert "Create account" in (await guest.get("/trainers/link")).text
        await guest.post("/trainers/link/new")
        assert await is_signed_in(guest)
        assert leeds.guests.rows("SELECT name, role FROM trainer ORDER BY id") == [
            ("Ada Byron", "admin"),
            ("Ada Byron (2)", "trainer"),
        ]
        assert (await guest.post("/trainers/link/new")).status_code == 404

    (tmp_path / "refusing").mkdir()
    async with campus(make_settings, tmp_path / "refusing") as leeds:
        guest = await leeds.guests.browser()
        await leeds.come(guest, sub="eve-2")
        page = await guest.post("/trainers/link/new")
        assert page.status_code == 403
        assert "Ask an admin" in page.text
        assert not await is_signed_in(guest)


async def test_the_claim_gives_the_role_at_each_sign_in_but_never_takes_the_last_admin(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    roles = "    unknown: trainer\n    role_claim: groups\n    roles: {cft-editors: editor, cft-admins: admin}\n"
    async with campus(make_settings, tmp_path, roles) as leeds:
        guest = await leeds.guests.browser()
        await leeds.come(guest, groups=["staff", "cft-editors", "cft-admins"])
        await guest.post("/trainers/link/new")

        async def role(**claims: Any) -> object:
            await leeds.come(guest, **claims)
            return leeds.guests.rows("SELECT role FROM trainer WHERE name = 'Ada Byron'")[0][0]

        assert await role(groups="cft-admins") == "admin"
        assert await role(groups=["staff"]) == "admin"  # no one else looks after people
        leeds.guests.add("Bo", "admin")
        assert await role(groups="cft-editors") == "editor"
        assert await role() == "trainer"
        changes = leeds.guests.rows("SELECT about FROM audit WHERE deed = 'change_role' ORDER BY id")
        assert changes[0] == ("Ada Byron, from admin to editor, by the institution",)


ENTRY = "    unknown: trainer\n    domains: [leeds.ac.uk]\n    allow: {affiliation: [staff]}\n"
STAFF = {"affiliation": ["staff"], "email": "ada@Leeds.ac.uk", "email_verified": True}


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": "ada@leeds.ac.uk.evil.example"},
        {"email": "ada@evil-leeds.ac.uk"},
        {"email": None},
        {"affiliation": ["student"]},
        {"affiliation": None},
    ],
    ids=str,
)
async def test_only_confirmed_addresses_and_groups_of_the_list_enter(
    make_settings: MakeSettings, tmp_path: Path, claims: dict[str, Any]
) -> None:
    async with campus(make_settings, tmp_path, ENTRY) as leeds:
        guest = await leeds.guests.browser()
        refused = await leeds.come(guest, **STAFF | claims)
        assert refused.status_code == 403
        assert (await guest.get("/trainers/link")).status_code == 404
        assert (await leeds.come(guest, **STAFF)).headers["location"] == "/trainers/link"


async def test_an_equal_address_or_name_takes_no_account_over(leeds: Campus) -> None:
    await linked(leeds)
    thief = await leeds.guests.browser()
    there = await leeds.come(thief, sub="eve-2", email="ada@leeds.example", email_verified=True, name="Ada")

    assert there.headers["location"] == "/trainers/link"
    assert not await is_signed_in(thief)


async def test_one_person_of_the_institution_has_one_account_and_an_account_one_person(leeds: Campus) -> None:
    await linked(leeds)
    _, bo = await leeds.guests.signed_in("Bo", "trainer")

    # Ada's own comes back as Ada, wherever it comes from.
    await leeds.come(bo)
    assert "<h1>Ada</h1>" in (await bo.get("/trainers/account")).text
    await leeds.come(bo, sub="bo-2")
    refused = await bo.post("/trainers/link", data={"present": PASSWORD})
    assert refused.status_code == 409
    assert "Unlink that first" in refused.text


async def test_unlinking_leaves_no_one_locked_out(leeds: Campus) -> None:
    ada = await linked(leeds)
    (number,) = leeds.guests.rows("SELECT id FROM linked_identity")[0]
    leeds.guests.change("UPDATE trainer SET password_hash = ''")
    refused = await ada.post(f"/trainers/account/links/{number}/remove")
    assert refused.status_code == 409
    assert "only way to sign in" in refused.text
    assert (await ada.post("/trainers/account/password", data={"password": "four other words here"})).status_code == 303

    _, other = await leeds.guests.signed_in("Bo", "trainer")
    await other.post(f"/trainers/account/links/{number}/remove")  # someone else's
    assert leeds.guests.rows("SELECT count(*) FROM linked_identity") == [(1,)]
    await ada.post(f"/trainers/account/links/{number}/remove")
    assert leeds.guests.rows("SELECT count(*) FROM linked_identity") == [(0,)]
    assert (await leeds.come(ada)).headers["location"] == "/trainers/link"


async def test_a_blocked_account_stays_out_and_a_removed_one_keeps_no_link(leeds: Campus) -> None:
    await linked(leeds, role="trainer")
    _, admin = await leeds.guests.signed_in("Bo", "admin")
    (number,) = leeds.guests.rows("SELECT id FROM trainer WHERE name = 'Ada'")[0]
    await admin.post(f"/trainers/people/{number}/disable")
    guest = await leeds.guests.browser()
    assert (await leeds.come(guest)).status_code == 403
    assert not await is_signed_in(guest)

    await admin.post(f"/trainers/people/{number}/remove", data={"sure": "yes"})
    assert leeds.guests.rows("SELECT count(*) FROM linked_identity") == [(0,)]


async def test_what_lets_in_and_out_asks_an_institutions_person_to_sign_in_there_again(leeds: Campus) -> None:
    ada = await linked(leeds)
    leeds.guests.change("UPDATE trainer SET password_hash = ''")
    await leeds.come(ada, auth_time=NOW - 3600)  # signed in there an hour ago
    form = {"role": "trainer", "name": ""}

    page = await ada.get("/trainers/people")
    assert "/trainers/confirm?back=/trainers/people" in page.text
    assert (await ada.post("/trainers/people/links", data=form)).status_code == 422
    confirm = await ada.get("/trainers/confirm?back=/trainers/people")
    assert "/trainers/sign-in/leeds?confirm=/trainers/people" in confirm.text

    old = await leeds.come(ada, "?confirm=/trainers/people", auth_time=NOW - 3600)
    assert old.status_code == 400
    unsaid = await leeds.come(ada, "?confirm=/trainers/people", auth_time=None)
    assert unsaid.status_code == 400
    other = await leeds.come(ada, "?confirm=/trainers/people", sub="eve-2")
    assert other.status_code == 403
    assert (await ada.post("/trainers/people/links", data=form)).status_code == 422

    fresh = await leeds.come(ada, "?confirm=/trainers/people")
    assert fresh.headers["location"] == "/trainers/people"
    assert (await ada.post("/trainers/people/links", data=form)).status_code == 200


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/trainers/../x", "/practice", "/trainers|a"]
)
async def test_the_way_back_leads_to_no_other_site(leeds: Campus, back: str) -> None:
    ada = await linked(leeds)

    done = await leeds.come(ada, f"?confirm={back}")

    assert done.headers["location"] == "/trainers/account"


async def test_signing_out_ends_the_sign_in_here_and_leads_to_the_end_of_that_there(leeds: Campus) -> None:
    ada = await linked(leeds)
    await leeds.come(ada)

    out = await ada.post("/trainers/sign-out")

    assert out.headers["location"] == "/trainers/signed-out/leeds"
    assert not await is_signed_in(ada)
    page = (await ada.get("/trainers/signed-out/leeds")).text
    assert (
        f'href="{ISSUER}/out?client_id=circles&amp;post_logout_redirect_uri=http%3A%2F%2Fcircles.test%2Ftrainers"'
        in page
    )


async def test_with_passwords_off_one_admin_keeps_theirs_and_every_admin_when_that_one_is_gone(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    async with campus(make_settings, tmp_path, password_admin="Root") as leeds:
        for name, role in (("Root", "admin"), ("Ada", "admin"), ("Bo", "trainer")):
            leeds.guests.add(name, role)  # type: ignore[arg-type]

        async def statuses() -> list[int]:
            browser = await leeds.guests.browser()
            return [
                (await browser.post("/trainers/sign-in", data={"name": name, "password": PASSWORD})).status_code
                for name in ("Root", "Ada", "Bo")
            ]

        assert await statuses() == [303, 403, 403]
        token = {"username": "Bo", "password": PASSWORD}
        assert (await (await leeds.guests.browser()).post("/api/v1/auth/token", data=token)).status_code == 401
        # Their password still proves whose account is to be linked.
        bo = await leeds.guests.browser()
        await leeds.come(bo)
        assert (await bo.post("/trainers/link", data={"name": "Bo", "password": PASSWORD})).status_code == 303
        leeds.guests.change("UPDATE trainer SET role = 'editor' WHERE name = 'Root'")
        assert await statuses() == [403, 303, 403]


def logout_token(leeds: Campus, **claims: Any) -> str:
    usual = {
        "iss": ISSUER,
        "aud": "circles",
        "iat": int(time.time()),
        "exp": int(time.time()) + 120,
        "jti": "once",
        "events": {oidc.LOGOUT_EVENT: {}},
    }
    return leeds.institution.signed(usual | claims)


async def told(leeds: Campus, token: str) -> int:
    """The institution itself calls, without a cookie."""
    form = {"logout_token": token}
    return (await (await leeds.guests.browser()).post("/trainers/sign-in/leeds/logged-out", data=form)).status_code


async def test_signing_out_there_ends_what_came_from_there(leeds: Campus) -> None:
    by_password = await linked(leeds)
    phone, laptop, desk = [await leeds.guests.browser() for _ in range(3)]
    for browser, sid in ((phone, "a"), (laptop, "b"), (desk, "c")):
        await leeds.come(browser, sid=sid)

    assert await told(leeds, logout_token(leeds, sid="a", sub="ada-1")) == 200
    assert [await is_signed_in(browser) for browser in (phone, laptop, desk, by_password)] == [False, True, True, True]
    await leeds.come(phone, sid="a")
    assert await told(leeds, logout_token(leeds, sid="a", sub="ada-1")) == 200  # again, which ends nothing
    assert await is_signed_in(phone)
    assert await told(leeds, logout_token(leeds, sid="b", jti="two")) == 200
    assert await told(leeds, logout_token(leeds, sub="someone else", jti="three")) == 200
    assert [await is_signed_in(browser) for browser in (phone, laptop, desk)] == [True, False, True]
    assert await told(leeds, logout_token(leeds, sub="ada-1", jti="four")) == 200
    assert [await is_signed_in(browser) for browser in (phone, desk, by_password)] == [False, False, True]


NO_LOGOUTS: dict[str, dict[str, Any]] = {
    "an ID token": {"events": None, "nonce": "x"},
    "one with a nonce": {"nonce": "x"},
    "no event": {"events": {}},
    "another event": {"events": {"http://schemas.example/other": {}}},
    "no number": {"jti": None},
    "no one": {"sub": None},
    "another audience": {"aud": "another-service"},
    "another issuer": {"iss": "https://login.york.example"},
    "over": {"exp": NOW - 300},
}


@pytest.mark.parametrize("name", NO_LOGOUTS)
async def test_what_is_no_logout_token_ends_nothing(leeds: Campus, name: str) -> None:
    await linked(leeds)
    phone = await leeds.guests.browser()
    await leeds.come(phone)

    assert await told(leeds, logout_token(leeds, **{"sub": "ada-1"} | NO_LOGOUTS[name])) == 400
    leeds.institution.key = OTHER_KEY
    assert await told(leeds, logout_token(leeds, sub="ada-1")) == 400
    assert await is_signed_in(phone)


CHEATS: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://login.york.example"}},
    "another audience": {"claims": {"aud": "another-service"}},
    "ours among others, for another": {"claims": {"aud": ["circles", "x"], "azp": "x"}},
    "no audience": {"claims": {"aud": None}},
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "no subject": {"claims": {"sub": None}},
    "a subject without end": {"claims": {"sub": "x" * 256}},
    "a subject that is no text": {"claims": {"sub": ["ada-1"]}},
    "no end": {"claims": {"exp": None}},
    "an end that is no number": {"claims": {"exp": "9999999999"}},
    "another key under the same name": {"key": OTHER_KEY},
    "a key that is not told": {"key": NEW_KEY, "header": {"alg": "ES256", "kid": "two"}},
    "our secret as key": {"key": OctKey.import_key("s/ecret" * 5), "header": {"alg": "HS256", "kid": "one"}},
    "their public key as secret": {
        "key": OctKey.import_key(str(KEY.as_dict(private=False))),
        "header": {"alg": "HS256", "kid": "one"},
    },
    # {"alg":"none"} and {"sub":"ada-1"}
    "no algorithm": {"token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEtMSJ9."},
    "no token at all": {"token": ""},
    "no JSON": {"token": "e30.W10.AA"},
}


@pytest.mark.parametrize("name", CHEATS)
async def test_a_token_that_does_not_hold_signs_no_one_in(leeds: Campus, name: str) -> None:
    await linked(leeds)
    guest = await leeds.guests.browser()
    sent = await leeds.go(guest)
    for field, value in CHEATS[name].items():
        setattr(leeds.institution, field, value)

    answer = await leeds.back(guest, sent)

    assert answer.status_code == 400
    assert not await is_signed_in(guest)
    refused = leeds.guests.rows("SELECT about FROM audit WHERE deed = 'sign_in' AND outcome = 'refused'")
    assert refused == [("Leeds University",)]


async def test_a_way_back_that_is_not_that_of_ones_own_way_there_signs_no_one_in(leeds: Campus) -> None:
    await linked(leeds)
    victim, thief = await leeds.guests.browser(), await leeds.guests.browser()
    sent, stolen = await leeds.go(victim), await leeds.go(thief)

    for tried in (stolen, sent | {"state": ""}, sent | {"state": "ü"}, sent | {"state": sent["state"] + "x"}):
        assert (await leeds.back(victim, tried)).status_code == 400
        await leeds.go(victim)  # each try has ended the way there
    nothing_begun = await leeds.guests.browser()
    assert (await leeds.back(nothing_begun, stolen)).status_code == 400
    # Of an answer for another issuer, and of a code for another way there, which PKCE tells apart.
    sent = await leeds.go(victim)
    assert (await leeds.back(victim, sent | {"iss": "https://login.york.example"})).status_code == 400
    sent = await leeds.go(victim)
    assert (await leeds.back(victim, sent | {"code": stolen["code"]})).status_code == 400
    assert not await is_signed_in(victim)


async def test_a_code_works_once_however_it_is_replayed(leeds: Campus) -> None:
    await linked(leeds)
    browser = await leeds.guests.browser()
    sent = await leeds.go(browser)
    cookie, asked = {"at-institution": browser.cookies["at-institution"]}, leeds.institution.codes[sent["code"]]
    assert (await leeds.back(browser, sent)).headers["location"] == "/trainers"

    # With the very cookie, and an institution that takes the code twice.
    leeds.institution.codes[sent["code"]] = asked
    async with http_client(leeds.app, cookies=cookie) as thief:
        assert (await leeds.back(thief, sent)).status_code == 400
        assert not await is_signed_in(thief)


async def test_where_it_sends_people_back_is_ours_whatever_a_request_says(leeds: Campus) -> None:
    browser = await leeds.guests.browser()

    away = await browser.get("/trainers/sign-in/leeds", headers={"X-Forwarded-Host": "evil.example"})

    assert "redirect_uri=http%3A%2F%2Fcircles.test%2Ftrainers%2Fsign-in%2Fleeds%2Fback" in away.headers["location"]


@pytest.mark.parametrize(
    "claims", [{"iat": NOW + 300}, {"exp": NOW - 300}, {"nbf": NOW + 300}], ids=["iat", "exp", "nbf"]
)
async def test_a_clock_that_is_five_minutes_off_is_told_and_two_that_nearly_agree_do(
    leeds: Campus, claims: dict[str, int]
) -> None:
    await linked(leeds)
    guest = await leeds.guests.browser()

    refused = await leeds.come(guest, **claims)
    assert refused.status_code == 400
    assert "three-circles doctor" in refused.text
    assert not await is_signed_in(guest)
    assert (await leeds.come(guest, iat=NOW + 60)).headers["location"] == "/trainers"


async def test_a_new_key_is_taken_up_and_looked_for_at_most_once_in_a_while(
    leeds: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await linked(leeds)
    leeds.institution.key, leeds.institution.header = NEW_KEY, {"alg": "ES256", "kid": "two"}
    leeds.institution.told_keys = [KEY, NEW_KEY]
    assert (await leeds.come(ada)).status_code == 400  # it has only just been asked
    assert leeds.institution.asked.count("/keys") == 1

    leeds.app.state.institutions.client("leeds")._rested = 0.0
    assert (await leeds.come(ada)).headers["location"] == "/trainers"
    assert leeds.institution.asked.count("/keys") == 2


AWAY: dict[str, httpx.Response] = {
    "an error": httpx.Response(502, text="Bad gateway"),
    "another host": httpx.Response(302, headers={"Location": "https://evil.example/"}),
    "too much": httpx.Response(200, content=b" " * (oidc.LARGEST_ANSWER + 1)),
    "a list": httpx.Response(200, json=[]),
    "nested without end": httpx.Response(200, content=b"[" * 100_000),
    "someone else": httpx.Response(200, json={"issuer": "https://login.york.example"}),
    "half of it": httpx.Response(200, json={"issuer": ISSUER, "token_endpoint": f"{ISSUER}/token"}),
    "no https": httpx.Response(
        200,
        json={
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/a",
            "jwks_uri": f"{ISSUER}/k",
            "token_endpoint": "http://x/",
        },
    ),
}


@pytest.mark.parametrize("name", AWAY)
async def test_an_institution_that_is_down_or_odd_is_told_and_the_local_way_in_still_works(
    leeds: Campus, name: str
) -> None:
    leeds.guests.add("Ada", "admin")
    leeds.institution.answer = AWAY[name]
    browser = await leeds.guests.browser()

    for _ in range(2):
        away = await browser.get("/trainers/sign-in/leeds")
        assert away.status_code == 503
        assert away.headers["retry-after"] == "60"
        assert "We cannot reach Leeds University" in away.text
        assert 'action="/trainers/sign-in"' in away.text
    assert len(leeds.institution.asked) == 1  # the second was told at once
    done = await browser.post("/trainers/sign-in", data={"name": "Ada", "password": PASSWORD})
    assert done.status_code == 303


async def test_a_slow_institution_holds_up_no_one_else(leeds: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "SECONDS", 0.3)
    leeds.institution.slow = 60
    browser, others = await leeds.guests.browser(), await leeds.guests.browser()
    waiting = asyncio.create_task(browser.get("/trainers/sign-in/leeds"))
    await asyncio.sleep(0)

    assert (await others.get("/practice")).status_code == 200
    assert not waiting.done()
    assert (await waiting).status_code == 503


async def test_the_policy_lets_no_form_lead_to_an_institution_and_none_has_to(leeds: Campus) -> None:
    browser = await leeds.guests.browser()

    page = await browser.get("/trainers")

    assert "form-action 'self';" in page.headers["content-security-policy"]
    assert '<a class="btn btn--main" href="/trainers/sign-in/leeds">Sign in with Leeds University</a>' in page.text


BAD = {
    "no such file": (None, "cannot be read"),
    "nothing": ("", "list of lines"),
    "no list": ("providers: []\n", "at least 1"),
    "a typing error": (
        "providers:\n  - {key: a, name: A, issuer: https://a.example, client_id: c, isuer: x}\n",
        "isuer there is no such field here",
    ),
    "plain http": (
        "providers:\n  - {key: a, name: A, issuer: 'http://login.leeds.example', client_id: c}\n",
        "issuer begins with https://",
    ),
    "roles without a claim": (
        "providers:\n  - {key: a, name: A, issuer: 'https://a.example', client_id: c, roles: {x: admin}}\n",
        "roles needs role_claim",
    ),
    "no such role": (
        "providers:\n  - {key: a, name: A, issuer: https://a.example, client_id: c, role_claim: r, roles: {x: root}}\n",
        "is one of",
    ),
    "the same twice": (
        "providers:\n"
        "  - {key: a, name: A, issuer: 'https://a.example', client_id: c}\n"
        "  - {key: a, name: B, issuer: 'https://b.example', client_id: c}\n",
        "the same key",
    ),
    "no secret": (
        "providers:\n  - {key: a, name: A, issuer: 'https://a.example', client_id: c, client_secret_file: /no/such}\n",
        "/no/such",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_is_told_before_the_start(
    make_settings: MakeSettings, tmp_path: Path, name: str
) -> None:
    text, told = BAD[name]
    path = tmp_path / "bad.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UnusableProviders, match="(?s).*" + told):
        needed_providers(make_settings(providers_file=str(path), public_url=PUBLIC))


def test_without_an_address_to_come_back_to_or_an_institution_nothing_starts(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    with pytest.raises(UnusableProviders, match="PUBLIC_URL"):
        needed_providers(make_settings(providers_file=described(tmp_path)))
    with pytest.raises(UnusableProviders, match="no one but this admin"):
        needed_providers(make_settings(password_admin="Root"))
    assert needed_providers(make_settings()) == ()
    assert institutions.Institutions(())._web is None


def test_the_examples_of_the_documents_can_be_used() -> None:
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    examples = re.findall(r"<!-- institutions -->\n```yaml\n(.*?)```", text, re.DOTALL)

    assert [read_providers(example)[1] for example in examples] == [[]] * 4
