"""Anyone who holds a device that is signed in lets no one in or out without the password of its owner."""

from datetime import timedelta

import pytest

from api.persistence.engine import now
from tests.accounts.people import Guests
from tests.cast import PASSWORD

DEEDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("links", {"role": "admin", "name": "Mallory"}),
    ("{}/role", {"role": "editor"}),
    ("{}/reset", {}),
    ("{}/remove", {"sure": "yes"}),
)


def later(guests: Guests, minutes: float) -> None:
    guests.change(
        "UPDATE trainer_session SET confirmed_at = :at", at=(now() - timedelta(minutes=minutes)).replace(tzinfo=None)
    )


@pytest.mark.parametrize(("path", "form"), DEEDS, ids=[path for path, _ in DEEDS])
async def test_letting_in_and_out_asks_for_the_password_again(guests: Guests, path: str, form: dict[str, str]) -> None:
    other = guests.add("Bo", "trainer")
    _, admin = await guests.signed_in("Ada", "admin")
    where = f"/trainers/people/{path.format(other)}"
    page = where.removesuffix("/links") if path == "links" else f"/trainers/people/{other}"
    before = guests.rows("SELECT id, role, password_hash FROM trainer ORDER BY id")
    later(guests, 11)

    assert 'name="present"' in (await admin.get(page)).text
    for password in ({}, {"present": "not the password"}):
        refused = await admin.post(where, data=form | password)
        assert refused.status_code == 422
        assert "Enter your own password as well" in refused.text
        assert form.get("name", "") in refused.text
    assert guests.rows("SELECT id, role, password_hash FROM trainer ORDER BY id") == before
    assert guests.rows("SELECT count(*) FROM invitation") == [(0,)]

    assert (await admin.post(where, data=form | {"present": PASSWORD})).status_code in (200, 303)
    again = await admin.post("/trainers/people/links", data={"role": "trainer"})
    assert again.status_code == 200  # remembered for ten minutes


async def test_what_has_just_been_typed_to_sign_in_is_not_asked_again(guests: Guests) -> None:
    _, admin = await guests.signed_in("Ada", "admin")

    assert 'name="present"' not in (await admin.get("/trainers/people")).text
    assert (await admin.post("/trainers/people/links", data={"role": "trainer"})).status_code == 200
