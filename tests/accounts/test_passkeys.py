"""Passkeys: made and used by an authenticator of the tests' own, which signs whatever a test wants."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from itsdangerous import TimestampSigner

from api.accounts import passkeys
from tests.accounts.people import Guests, is_signed_in
from tests.accounts.test_confirming import later
from tests.accounts.test_second_factor import half_in, set_up
from tests.cast import PASSWORD

ORIGIN, HOST = "http://circles.test", "circles.test"
PRESENT, CHECKED, MADE = 0x01, 0x04, 0x40


def text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


@dataclass
class Device:
    """A security key or phone with one passkey. What a test changes here is what it lies about."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    origin: str = ORIGIN
    host: str = HOST
    flags: int = PRESENT | CHECKED
    count: int = 0

    def make(self, options: dict[str, Any]) -> str:
        assert options["rp"]["id"] == HOST
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        made = bytes(16) + len(self.number).to_bytes(2, "big") + self.number + cbor2.dumps(public)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(MADE) + made}
        return self._answer(
            "webauthn.create", options["challenge"], lambda _: {"attestationObject": text(cbor2.dumps(attested))}
        )

    def use(self, options: dict[str, Any]) -> str:
        self.count += 1
        data = self._data()

        def signed(told: bytes) -> dict[str, str]:
            signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(SHA256()))
            return {"authenticatorData": text(data), "signature": text(signature)}

        return self._answer("webauthn.get", options["challenge"], signed)

    def _data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _answer(self, kind: str, challenge: str, response: Any) -> str:
        told = json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()
        return json.dumps(
            {
                "id": text(self.number),
                "rawId": text(self.number),
                "type": "public-key",
                "response": {"clientDataJSON": text(told), **response(told)},
                "clientExtensionResults": {},
            }
        )


async def options(browser: httpx.AsyncClient, what: str) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.post(f"/trainers/{what}")).json()
    return found


async def add(browser: httpx.AsyncClient, device: Device, name: str = "Phone") -> httpx.Response:
    answer = device.make(await options(browser, "account/passkeys/options"))
    return await browser.post("/trainers/account/passkeys", data={"passkey": answer, "name": name})


async def alone(browser: httpx.AsyncClient, device: Device) -> httpx.Response:
    answer = device.use(await options(browser, "passkey/options/sign-in"))
    return await browser.post("/trainers/passkey", data={"passkey": answer})


async def test_a_passkey_signs_in_alone_and_is_listed_and_removed(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone, key = Device(), Device()
    assert "Keep your recovery codes" in (await add(ada, phone, "  My  phone ")).text
    assert (await add(ada, key, "Key")).status_code == 303

    browser = await guests.browser()
    assert (await alone(browser, phone)).headers["location"] == "/trainers"
    page = (await browser.get("/trainers/account")).text
    assert "<b>My phone</b>" in page
    assert "<b>Key</b>" in page
    assert page.count("not used yet") == 1
    assert guests.rows("SELECT about FROM audit WHERE deed = 'sign_in' ORDER BY id DESC LIMIT 1") == [("passkey",)]

    first, second = (row[0] for row in guests.rows("SELECT id FROM passkey ORDER BY id"))
    await browser.post(f"/trainers/account/passkeys/{first}/remove")
    assert (await alone(await guests.browser(), phone)).status_code == 422
    await browser.post(f"/trainers/account/passkeys/{second}/remove")
    assert guests.rows("SELECT count(*) FROM recovery_code") == [(0,)]
    await guests.sign_in("Ada")


async def test_after_a_password_a_passkey_or_recovery_code_is_asked_for(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    key = Device(flags=PRESENT)  # a security key without a PIN
    await add(ada, key)
    stranger = await guests.browser()
    assert (await alone(stranger, key)).status_code == 422  # alone it is one factor only

    browser = await half_in(guests)
    asked = await options(browser, "passkey/options/second-step")
    assert [one["id"] for one in asked["allowCredentials"]] == [text(key.number)]
    done = await browser.post("/trainers/second-step/passkey", data={"passkey": key.use(asked)})
    assert done.headers["location"] == "/trainers"
    assert await is_signed_in(browser)
    # Which passkeys someone has is told to no one who has not shown the password.
    assert not (await options(stranger, "passkey/options/second-step")).get("allowCredentials")
    assert not (await options(stranger, "passkey/options/confirm")).get("allowCredentials")


async def test_a_passkey_of_someone_else_is_no_second_factor(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    await set_up(ada)
    _, bo = await guests.signed_in("Bo", "trainer")
    other = Device()
    await add(bo, other)

    browser = await half_in(guests)
    answer = other.use(await options(browser, "passkey/options/second-step"))
    refused = await browser.post("/trainers/second-step/passkey", data={"passkey": answer})

    assert refused.status_code == 422
    assert not await is_signed_in(browser)


LIES: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://circles.test.evil.example"},
    "another name": {"host": "evil.example"},
    "no one there": {"flags": CHECKED},
    "no one checked": {"flags": PRESENT},
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "another passkey": {"number": b"x" * 32},
    "a copy that was used less often": {"count": 1},
}


@pytest.mark.parametrize("name", LIES)
async def test_what_does_not_hold_signs_no_one_in(guests: Guests, name: str) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone = Device(count=5)
    await add(ada, phone)
    for what, value in LIES[name].items():
        setattr(phone, what, value)
    browser = await guests.browser()

    assert (await alone(browser, phone)).status_code == 422
    assert not await is_signed_in(browser)


ANSWERS = ("", "{}", "[]", "null", '{"id": 1}', "[" * 9000, "é", '{"id":"","rawId":"","response":{}}')


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer[:9])
async def test_an_answer_that_is_none_is_refused(guests: Guests, answer: str) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    browser = await guests.browser()
    await options(browser, "passkey/options/sign-in")
    await options(ada, "account/passkeys/options")

    assert (await browser.post("/trainers/passkey", data={"passkey": answer})).status_code == 422
    assert (await ada.post("/trainers/account/passkeys", data={"passkey": answer})).status_code == 422


async def test_what_a_passkey_signed_counts_once_and_for_five_minutes(
    guests: Guests, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone = Device()
    await add(ada, phone)
    browser = await guests.browser()
    asked = await options(browser, "passkey/options/sign-in")
    cookie = browser.cookies["passkey"]
    phone.count = -1  # a phone that does not count
    answer = phone.use(asked)
    assert (await browser.post("/trainers/passkey", data={"passkey": answer})).status_code == 303

    thief = await guests.browser()
    thief.cookies.set("passkey", cookie)
    assert (await thief.post("/trainers/passkey", data={"passkey": answer})).status_code == 422
    # One of another browser, and one that comes late.
    mine = await options(thief, "passkey/options/sign-in")
    assert (await browser.post("/trainers/passkey", data={"passkey": phone.use(mine)})).status_code == 422
    asked = await options(thief, "passkey/options/sign-in")
    now = TimestampSigner("").get_timestamp()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: now + passkeys.SECONDS + 2)
    assert (await thief.post("/trainers/passkey", data={"passkey": phone.use(asked)})).status_code == 422
    assert not await is_signed_in(thief)


async def test_a_passkey_confirms_who_one_is(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone = Device()
    await add(ada, phone)
    later(guests, 11)
    assert "/trainers/confirm/passkey" in (await ada.get("/trainers/confirm?back=/trainers/people")).text
    asked = await options(ada, "passkey/options/confirm")
    assert asked["userVerification"] == "required"

    form = {"passkey": phone.use(asked), "back": "/trainers/people"}
    done = await ada.post("/trainers/confirm/passkey", data=form)

    assert done.headers["location"] == "/trainers/people"
    assert (await ada.post("/trainers/people/links", data={"role": "trainer"})).status_code == 200


async def test_making_one_asks_who_one_is_and_the_last_way_in_is_kept(guests: Guests) -> None:
    _, ada = await guests.signed_in("Ada", "admin")
    phone = Device()
    later(guests, 11)
    assert (await options(ada, "account/passkeys/options"))["confirm"].startswith("/trainers/confirm")
    assert (await ada.post("/trainers/account/passkeys", data={"passkey": "{}"})).status_code == 303
    assert guests.rows("SELECT count(*) FROM passkey") == [(0,)]

    await ada.post("/trainers/confirm", data={"present": PASSWORD})
    await add(ada, phone)
    assert (await add(ada, phone)).status_code == 409  # the same again
    guests.change("UPDATE trainer SET password_hash = ''")
    (number,) = guests.rows("SELECT id FROM passkey")[0]
    refused = await ada.post(f"/trainers/account/passkeys/{number}/remove")
    assert refused.status_code == 409
    assert "only way to sign in" in refused.text


async def test_an_account_that_is_blocked_or_removed_has_no_passkey_that_works(guests: Guests) -> None:
    number, ada = await guests.signed_in("Ada", "trainer")
    phone = Device()
    await add(ada, phone)
    _, admin = await guests.signed_in("Bo", "admin")
    await admin.post(f"/trainers/people/{number}/disable")
    assert (await alone(await guests.browser(), phone)).status_code == 422
    await admin.post(f"/trainers/people/{number}/remove", data={"sure": "yes"})
    assert guests.rows("SELECT count(*) FROM passkey") == [(0,)]


@pytest.mark.parametrize(
    ("url", "can"),
    [("https://circles.example.org", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False),
     ("http://circles.example.org", False), ("https://10.0.0.5", False)],
)  # fmt: skip
async def test_a_passkey_is_offered_where_browsers_make_them(url: str, can: bool, guests: Guests) -> None:
    guests.app.state.settings.public_url = url

    page = await (await guests.browser()).get("/trainers")

    assert ("Sign in with a passkey" in page.text) is can
