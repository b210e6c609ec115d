"""The second factor: codes of an app, recovery codes, what asks for them, and every way to use one twice."""

import asyncio
import re
from datetime import datetime, timedelta

import httpx
import pyotp
import pytest
from fastapi import FastAPI

from api.accounts import second_factor
from api.accounts.models import Trainer
from api.accounts.sealing import reseal, seal, unseal
from api.persistence.engine import now
from api.web import rate_limit
from tests.accounts.people import Guests, is_signed_in, link_in
from tests.accounts.test_confirming import later
from tests.cast import PASSWORD
from tests.client import MakeSettings, http_client, running

FORM = {"name": "Ada", "password": PASSWORD}


class Phone:
    """An authenticator app, with a clock of its own."""

    def __init__(self, secret: str) -> None:
        self.totp = pyotp.TOTP(secret)

    def code(self, steps: int = 0) -> str:
        return self.totp.at(now().timestamp() + 30 * steps)


async def set_up(browser: httpx.AsyncClient) -> tuple[Phone, list[str]]:
    """Scans the code, enters the first one, and reads the recovery codes."""
    page = (await browser.get("/trainers/account/app")).text
    shown, hidden = re.search(r'class="mono">([A-Z2-7 ]+)<', page), re.search(r'name="secret" value="([^"]+)"', page)
    assert shown
    assert hidden
    phone = Phone(shown[1].replace(" ", ""))
    done = await browser.post("/trainers/account/app", data={"secret": hidden[1], "code": phone.code(-1)})
    codes = re.findall(r'class="mono">([a-z0-9-]{29})<', done.text)
    assert len(codes) == 10, done.text
    return phone, codes


async def half_in(guests: Guests) -> httpx.AsyncClient:
    browser = await guests.browser()
    answer = await browser.post("/trainers/sign-in", data=FORM)
    assert answer.headers["location"] == "/trainers/second-step"
    assert not await is_signed_in(browser)
    return browser


async def step(browser: httpx.AsyncClient, code: str) -> int:
    return (await browser.post("/trainers/second-step", data={"code": code})).status_code


async def test_the_password_alone_signs_no_one_in_who_has_an_app(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone, _ = await set_up(ada)
    browser = await half_in(guests)

    for wrong in ("", "000000", "١٢٣٤٥٦", phone.code(-3), phone.code(3), "x" * 24, phone.code() + "0"):
        assert await step(browser, wrong) == 422
    assert not await is_signed_in(browser)
    assert await step(browser, phone.code()[:3] + " " + phone.code()[3:]) == 303
    assert await is_signed_in(browser)
    kept = guests.rows("SELECT about, outcome FROM audit WHERE deed = 'sign_in' ORDER BY id")
    assert kept[-1] == ("password, authenticator app", "done")
    assert ("code", "refused") in kept
    assert guests.rows("SELECT second_factor FROM trainer_session ORDER BY id DESC LIMIT 1") == [(1,)]


@pytest.mark.both_databases
async def test_each_code_works_once_even_of_two_at_one_moment(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone, codes = await set_up(ada)

    assert await step(await half_in(guests), phone.code(-1)) == 422  # set up with it
    for code in (phone.code(), codes[0]):
        both = [await half_in(guests), await half_in(guests)]
        assert sorted(await asyncio.gather(*(step(one, code) for one in both))) == [303, 422]
        assert await step(await half_in(guests), code) == 422
    assert await step(await half_in(guests), codes[1].upper().replace("-", " ")) == 303
    assert "8 unused recovery codes" in (await ada.get("/trainers/account")).text


async def test_the_half_that_is_shown_ends_with_a_new_password_a_block_and_ten_minutes(
    guests: Guests, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    _, codes = await set_up(ada)
    browser = await half_in(guests)
    guests.change("UPDATE trainer SET password_hash = password_hash || 'x'")
    assert (await browser.get("/trainers/second-step")).status_code == 303
    assert await step(browser, codes[0]) == 303
    assert not await is_signed_in(browser)
    guests.change("UPDATE trainer SET password_hash = substr(password_hash, 1, length(password_hash) - 1)")
    guests.change("UPDATE trainer SET disabled_at = :at", at=datetime(2026, 1, 1))
    await step(browser, codes[0])
    assert not await is_signed_in(browser)
    guests.change("UPDATE trainer SET disabled_at = NULL")
    assert await step(browser, codes[0]) == 303
    assert await is_signed_in(browser)


async def test_a_reset_link_and_the_api_ask_for_the_second_factor_too(guests: Guests) -> None:
    number, ada = await guests.signed_in("Ada", "trainer")
    _, codes = await set_up(ada)
    _, admin = await guests.signed_in("Bo", "admin")
    link = link_in(await admin.post(f"/trainers/people/{number}/reset"))
    guest = await guests.browser()
    assert (await guest.post(link, data={"password": PASSWORD})).headers["location"] == "/trainers/second-step"
    assert not await is_signed_in(guest)

    form = {"username": "Ada", "password": PASSWORD}
    refused = await guest.post("/api/v1/auth/token", data=form)
    assert refused.status_code == 401
    assert "as otp" in refused.json()["detail"]
    assert (await guest.post("/api/v1/auth/token", data=form | {"otp": codes[0]})).status_code == 200
    assert (await guest.post("/api/v1/auth/token", data=form | {"otp": codes[0]})).status_code == 401


async def test_setting_up_and_taking_away_asks_who_one_is_and_needs_a_right_code(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    page = (await ada.get("/trainers/account/app")).text
    secret = re.search(r'name="secret" value="([^"]+)"', page)
    assert secret
    for form in ({"secret": secret[1], "code": "000000"}, {"secret": "made-up", "code": "000000"}, {}):
        assert (await ada.post("/trainers/account/app", data=form)).status_code == 422
    assert guests.rows("SELECT count(*) FROM authenticator_app") == [(0,)]
    _, codes = await set_up(ada)
    later(guests, 11)
    for path in ("account/app", "account/codes", "account/app/remove"):
        asked = await ada.post(f"/trainers/{path}")
        assert asked.headers["location"].startswith("/trainers/confirm?back=")
    assert (await ada.post("/trainers/confirm", data={"present": "not it"})).status_code == 422
    back = await ada.post("/trainers/confirm", data={"present": PASSWORD, "back": "/trainers/account/app"})
    assert back.headers["location"] == "/trainers/account/app"

    renewed = re.findall(r'class="mono">([a-z0-9-]{29})<', (await ada.post("/trainers/account/codes")).text)
    assert len(set(renewed)) == 10
    assert not set(renewed) & set(codes)
    assert await step(await half_in(guests), codes[0]) == 422
    await ada.post("/trainers/account/app/remove")
    assert guests.rows("SELECT count(*) FROM recovery_code") == [(0,)]
    await guests.sign_in("Ada")


async def test_an_admin_helps_someone_who_has_lost_everything(guests: Guests) -> None:
    number, ada = await guests.signed_in("Ada", "trainer")
    await set_up(ada)
    _, admin = await guests.signed_in("Bo", "admin")

    assert "Remove second factor" in (await admin.get(f"/trainers/people/{number}")).text
    later(guests, 11)
    assert (await admin.post(f"/trainers/people/{number}/factors/remove")).status_code == 422
    await admin.post(f"/trainers/people/{number}/factors/remove", data={"present": PASSWORD})

    await guests.sign_in("Ada")
    assert ("Bo", "Ada") in guests.rows("SELECT name, about FROM audit WHERE deed = 'no_second_factor'")


async def test_codes_are_tried_few_times_a_minute_and_a_day(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as ada:
        guests = Guests(app, None)  # type: ignore[arg-type]  # opens no browser
        guests.add("Ada", "admin")
        await ada.post("/trainers/sign-in", data=FORM)
        _, codes = await set_up(ada)
        async with http_client(app) as thief:
            await thief.post("/trainers/sign-in", data=FORM)
            tries = [await step(thief, "000000") for _ in range(6)]
            assert tries[-1] == await step(thief, codes[0]) == 429
            # A minute later, on and on.
            app.state.limiter._here._windows.pop(id(rate_limit.CODES_PER_ACCOUNT))
            counts = app.state.limiter._here._windows[id(rate_limit.CODES_PER_ACCOUNT_A_DAY)][1]
            counts[next(iter(counts))] = rate_limit.CODES_PER_ACCOUNT_A_DAY.amount
            answer = await thief.post("/trainers/second-step", data={"code": codes[0]})
            assert answer.status_code == 429
            assert "for this account today" in answer.text


async def test_no_secret_or_code_stands_readable_in_the_database(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone, codes = await set_up(ada)

    kept = str(guests.rows("SELECT * FROM authenticator_app") + guests.rows("SELECT * FROM recovery_code"))

    assert phone.totp.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_a_sealed_secret_opens_with_an_earlier_key_until_that_is_forgotten() -> None:
    sealed = seal(["old"], "JBSWY3DP")

    assert unseal(["new", "old"], sealed) == "JBSWY3DP"
    assert unseal(["new"], reseal(["new", "old"], sealed)) == "JBSWY3DP"
    assert unseal(["new"], sealed) is None
    assert unseal(["old"], sealed[:-4] + "AAAA") is None


async def test_using_a_code_seals_its_secret_with_the_newest_key(guests: Guests, app: FastAPI) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone, _ = await set_up(ada)
    keys = [*app.state.tokens.secrets]
    found = guests.rows("SELECT id FROM trainer")[0][0]
    trainer = Trainer(id=int(str(found)), name="Ada", password_hash="", role="admin", created_at=now())

    kind = second_factor.use_code(app.state.engine, trainer, phone.code(), ["new", *keys], "sign_in")

    assert kind == "authenticator app"
    (sealed,) = guests.rows("SELECT secret FROM authenticator_app")[0]
    assert unseal(["new"], str(sealed)) == phone.totp.secret
    assert timedelta(seconds=second_factor.SECONDS) == timedelta(seconds=phone.totp.interval)


async def demand(admin: httpx.AsyncClient, *roles: str, days: int) -> int:
    form = {"demanded": list(roles), "days": str(days)}
    return (await admin.post("/trainers/people/second-factor", data=form)).status_code


async def test_an_admin_demands_a_second_factor_by_role_after_a_time_of_grace(guests: Guests) -> None:
    _, admin = await guests.signed_in("Bo", "admin")
    _, ada = await guests.signed_in("Ada", "editor")
    _, dan = await guests.signed_in("Dan", "trainer")
    later(guests, 11)
    assert await demand(admin, "editor", days=0) == 422  # without the password
    await admin.post("/trainers/confirm", data={"present": PASSWORD})
    assert await demand(admin, "editor", days=91) == 422
    assert await demand(admin, "editor", days=14) == 303
    told = (await ada.get("/trainers")).text
    assert "your role needs a second factor" in told
    assert "your role needs" not in (await dan.get("/trainers")).text
    # What is demanded already keeps its day.
    assert await demand(admin, "editor", "admin", days=0) == 303
    assert (await ada.get("/trainers/map")).status_code == 200
    assert guests.rows("SELECT about FROM audit WHERE deed = 'demand_factor' ORDER BY id DESC LIMIT 1") == [
        ("editor, admin, new ones after 0 days",)
    ]

    # The admin has none yet: nothing is open but what leads to one.
    sent = await admin.get("/trainers/people")
    assert sent.headers["location"] == "/trainers/account?needed=1"
    assert "then everything else is open again" in (await admin.get("/trainers/account")).text
    assert (await admin.post("/trainers/people/links", data={"role": "admin"})).status_code == 303
    assert guests.rows("SELECT count(*) FROM invitation") == [(0,)]
    await set_up(admin)
    assert (await admin.get("/trainers/people")).status_code == 200

    guests.change("UPDATE second_factor_demand SET binds_on = :day", day=now().date())
    _, codes = await set_up(await guests.sign_in("Ada"))
    # A sign-in from before shows the factor first, and goes on.
    sent = await ada.get("/trainers/map")
    assert sent.headers["location"] == "/trainers/second-step"
    assert await step(ada, codes[0]) == 303
    assert (await ada.get("/trainers/map")).status_code == 200
    assert (await dan.get("/trainers/map")).status_code == 200


async def test_a_program_without_the_factor_that_its_role_needs_is_refused(guests: Guests) -> None:
    guests.add("Ada", "editor")
    browser = await guests.browser()
    token = (await browser.post("/api/v1/auth/token", data={"username": "Ada", "password": PASSWORD})).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    guests.change("INSERT INTO second_factor_demand (role, binds_on) VALUES ('editor', :day)", day=now().date())

    refused = await browser.get("/api/v1/auth/me", headers=headers)

    assert refused.status_code == 403
    assert "Set one up under Account" in refused.json()["detail"]
