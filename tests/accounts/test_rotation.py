"""A new key: no one is signed out by it, it signs what comes next, and an earlier key ends when it is dropped."""

import subprocess
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner

from api.accounts.tokens import Tokens
from api.kit.settings import Settings
from tests.cast import ANA
from tests.client import MakeSettings, http_client, running
from tests.groups.room import Phone, Room, new_room
from tests.operations.commands import command

OLD, NEW = "the key of last year", "the key of this year"


def test_what_an_earlier_key_signed_is_read_and_the_newest_one_signs() -> None:
    before, both, after = Tokens(OLD), Tokens(NEW, OLD), Tokens(NEW)
    token, timed = before.sign("learner", "ana"), before.sign_timed("setup", "first")

    assert both.read("learner", token) == "ana"
    assert both.read_timed("setup", timed, 60) == "first"
    assert after.read("learner", both.sign("learner", "ana")) == "ana"
    assert after.read_timed("setup", both.sign_timed("setup", "first"), 60) == "first"
    assert before.read("learner", both.sign("learner", "ana")) is None


def test_a_key_that_was_dropped_ends_what_it_signed() -> None:
    token = Tokens(OLD).sign("learner", "ana")

    assert Tokens(NEW).read("learner", token) is None
    assert Tokens(NEW).read_timed("setup", Tokens(OLD).sign_timed("setup", "first"), 60) is None


def test_only_a_token_of_the_newest_key_is_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Tokens(NEW, OLD)

    assert both.is_newest("learner", both.sign("learner", "ana"))
    assert not both.is_newest("learner", Tokens(OLD).sign("learner", "ana"))
    assert not both.is_newest("learner", "ana.forged")
    # An earlier key makes no old link young again.
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: 0)
    made = Tokens(OLD).sign_timed("setup", "first")
    monkeypatch.undo()
    assert both.read_timed("setup", made, 60) is None


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_learner_member_and_facilitator_go_on_after_a_rotation_and_end_with_their_key(
    make_settings: MakeSettings,
) -> None:
    async with running(make_settings(secret_key=OLD)) as app, http_client(app) as client:
        first = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})
        learner = SimpleCookie(first.headers["set-cookie"])["learner"].value
        room = await new_room(client)
        phone = await room.join()
    knows = {"Cookie": f"learner={learner}"}

    async with running(make_settings(secret_key=NEW, secret_key_old=OLD)) as app, http_client(app) as client:
        outcome = await client.get(f"/vignettes/{ANA}/outcome", headers=knows)
        assert outcome.status_code == 200
        rotated = Room(client, room.code, room.key)
        await rotated.start_round()
        await rotated.go("voting")
        await Phone(client, room.code, phone.token).must_vote("drive")
        visit = await client.get("/practice", headers=knows)
        fresh = SimpleCookie(visit.headers["set-cookie"])["learner"].value
        again = await client.get("/practice", headers={"Cookie": f"learner={fresh}"})
    assert fresh != learner
    assert "set-cookie" not in again.headers

    async with running(make_settings(secret_key=NEW)) as app, http_client(app) as client:
        before = await client.get(f"/vignettes/{ANA}/outcome", headers=knows)
        client.cookies.clear()
        after = await client.get(f"/vignettes/{ANA}/outcome", headers={"Cookie": f"learner={fresh}"})
        assert (before.status_code, after.status_code) == (303, 200)
        assert (await Room(client, room.code, room.key).post("back")).status_code == 401
        assert (await Phone(client, room.code, phone.token).vote("threat")).status_code == 401


def _secret(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return command("secret", *arguments, DATA_DIR=str(folder), **environment)


def test_the_command_puts_a_new_key_before_the_others_and_forgets_them_when_told(tmp_path: Path) -> None:
    [first] = Settings(_env_file=None, data_dir=tmp_path, secret_key="").resolved_secret_keys()

    assert _secret(tmp_path, "rotate").returncode == 0
    newest, *earlier = (tmp_path / "secret-key").read_text().split()
    assert earlier == [first]
    assert newest != first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600

    told = _secret(tmp_path, "forget")
    assert "1 earlier key" in told.stdout
    assert newest not in told.stdout
    assert (tmp_path / "secret-key").read_text().split() == [newest]
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_the_command_says_where_a_key_of_the_environment_is_changed(tmp_path: Path) -> None:
    refused = _secret(tmp_path, "rotate", SECRET_KEY="given")

    assert refused.returncode != 0
    assert "THREE_CIRCLES_SECRET_KEY_OLD" in refused.stderr + refused.stdout
    assert not (tmp_path / "secret-key").exists()
