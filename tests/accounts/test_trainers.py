"""Trainers: the first one by a link that works once, the others by command; then name and password."""

import asyncio
import re
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from itsdangerous import TimestampSigner
from sqlalchemy import Engine, event, text
from typer.testing import CliRunner

from api.accounts.passwords import LONGEST_PASSWORD, hash_password, verify_password
from api.accounts.tokens import Tokens
from api.accounts.trainer import SETUP_SECONDS, add_trainer, set_up_link
from api.cli import app as command
from tests.cast import ANA, PASSWORD, TRAINER
from tests.client import SECRET
from tests.rows import opened

FORM = {"name": TRAINER, "password": PASSWORD}


def trainers(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, role FROM trainer ORDER BY name"))
        return [(name, role) for name, role in rows]


@pytest.fixture
def link() -> str:
    return set_up_link(Tokens(SECRET), "")


async def test_the_set_up_link_makes_the_first_trainer_and_signs_them_in(
    client: httpx.AsyncClient, engine: Engine, link: str
) -> None:
    assert "Set up the first trainer" in (await client.get(link)).text
    assert "No trainer has been set up yet" in (await client.get("/trainers")).text

    done = await client.post(link, data=FORM)

    assert done.status_code == 303
    assert trainers(engine) == [(TRAINER, "admin")]
    assert f"Signed in as {TRAINER}" in (await client.get(done.headers["location"])).text


async def test_the_set_up_link_works_once(client: httpx.AsyncClient, engine: Engine, link: str) -> None:
    await client.post(link, data=FORM)

    again = await client.post(link, data={"name": "Eve", "password": PASSWORD})

    assert (await client.get(link)).status_code == again.status_code == 404
    assert "has been used" in again.text
    assert trainers(engine) == [(TRAINER, "admin")]


@pytest.mark.both_databases
async def test_two_who_use_the_link_at_once_make_one_trainer(
    client: httpx.AsyncClient, engine: Engine, link: str
) -> None:
    both = threading.Barrier(2)

    def wait_for_the_other(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        # Where the second one may not come this far, the first one goes on alone.
        if statement.startswith("INSERT INTO trainer"):
            try:
                both.wait(1)
            except threading.BrokenBarrierError:
                return

    event.listen(engine, "before_cursor_execute", wait_for_the_other)
    names = ("Tomasz", "Eve")
    answers = await asyncio.gather(*(client.post(link, data={"name": n, "password": PASSWORD}) for n in names))

    assert len(trainers(engine)) == 1
    assert sorted(answer.status_code for answer in answers)[0] == 303
    assert sorted(answer.status_code for answer in answers)[1] in (404, 409)


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "password": PASSWORD},
        {"name": "   ", "password": PASSWORD},
        {"name": "x" * 61, "password": PASSWORD},
        {"name": TRAINER, "password": "tiny-one"},
        {"name": TRAINER, "password": "x" * 201},
        {"name": "To\0masz", "password": PASSWORD},
        {},
    ],
)
async def test_a_bad_name_or_password_is_told_on_the_form_and_makes_no_one(
    client: httpx.AsyncClient, engine: Engine, link: str, form: dict[str, str]
) -> None:
    page = await client.post(link, data=form)

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert form.get("password", "nothing") not in page.text
    assert trainers(engine) == []


async def test_a_made_up_or_foreign_link_is_not_found(client: httpx.AsyncClient) -> None:
    for link in ("/trainers/setup/x", set_up_link(Tokens("another secret"), "")):
        assert (await client.get(link)).status_code == 404
        assert (await client.post(link, data=FORM)).status_code == 404


async def test_the_set_up_link_runs_out(client: httpx.AsyncClient, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = TimestampSigner("any").get_timestamp() + SETUP_SECONDS + 5
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: later)

    assert (await client.get(link)).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"name": TRAINER, "password": "not the password"},
        {"name": "Nobody", "password": PASSWORD},
        {"name": TRAINER, "password": PASSWORD.upper()},
        {"name": "", "password": ""},
        {"name": "To\0masz", "password": PASSWORD},
    ],
)
async def test_a_wrong_name_or_password_is_refused_without_saying_which(
    client: httpx.AsyncClient, engine: Engine, form: dict[str, str]
) -> None:
    add_trainer(engine, TRAINER, PASSWORD, role="trainer")

    page = await client.post("/trainers/sign-in", data=form)
    api = await client.post("/api/v1/auth/token", data={"username": form["name"], "password": form["password"]})

    assert page.status_code == 401
    assert "Name or password is incorrect" in page.text
    assert "set-cookie" not in page.headers
    assert api.status_code in (401, 422)
    assert "access_token" not in api.text


async def test_a_name_with_blanks_around_it_signs_in(client: httpx.AsyncClient, engine: Engine) -> None:
    add_trainer(engine, TRAINER, PASSWORD, role="trainer")

    page = await client.post("/trainers/sign-in", data={"name": f" {TRAINER} ", "password": PASSWORD})

    assert page.status_code == 303


async def test_a_trainers_token_is_no_learners_token_and_the_other_way_round(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], app: FastAPI
) -> None:
    guess = await client.post(f"/api/v1/vignettes/{ANA}/guesses", json={"system": "drive"}, headers=trainer_headers)
    token = (await client.post("/api/v1/learners")).json()["learner_token"]
    vignette = await client.get(f"/api/v1/vignettes/{ANA}", headers={"Authorization": f"Bearer {token}"})

    assert guess.status_code == 401
    assert "key" not in vignette.json()


async def test_anyone_who_is_not_signed_in_sees_the_form_and_no_key(client: httpx.AsyncClient) -> None:
    for path in ("/trainers", f"/trainers/vignettes/{ANA}"):
        page = (await client.get(path)).text
        assert 'action="/trainers/sign-in"' in page
        assert "Reasonable answers" not in page


async def test_a_signed_in_trainer_sees_each_story_with_its_key(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    library = (await client.get("/trainers", headers=trainer_headers)).text
    vignette = (await client.get(f"/trainers/vignettes/{ANA}", headers=trainer_headers)).text

    assert "Ana and the race" in library
    assert "too few answers" in library
    assert "Reasonable answers" in vignette
    assert re.findall(r"</span></dt><dd>(Small|Medium|Large)</dd>", vignette) == ["Small", "Large", "Small"]


@pytest.mark.parametrize(("options", "role"), [([], "admin"), (["--admin"], "admin"), (["--role", "editor"], "editor")])
def test_the_command_adds_a_trainer_once(database_url: str, tmp_path: Path, options: list[str], role: str) -> None:
    environment = {"THREE_CIRCLES_DATABASE_URL": database_url, "THREE_CIRCLES_DATA_DIR": str(tmp_path)}
    arguments = ["trainer", "add", TRAINER, "--password-stdin", *options]

    done = CliRunner().invoke(command, arguments, input=PASSWORD + "\n", env=environment)
    again = CliRunner().invoke(command, arguments, input=PASSWORD + "\n", env=environment)

    assert (done.exit_code, again.exit_code) == (0, 1)
    assert done.output == f"{TRAINER} can sign in now, under Trainers.\n"
    assert f"This name is the same as “{TRAINER}”, which is already in use." in again.stderr
    with opened(database_url) as engine:
        assert trainers(engine) == [(TRAINER, role)]


def test_the_command_makes_the_first_one_an_admin_and_others_trainers(database_url: str, tmp_path: Path) -> None:
    environment = {"THREE_CIRCLES_DATABASE_URL": database_url, "THREE_CIRCLES_DATA_DIR": str(tmp_path)}

    for name in ("Eve", TRAINER):
        CliRunner().invoke(command, ["trainer", "add", name, "--password-stdin"], input=PASSWORD, env=environment)
    both = ["trainer", "add", "Ida", "--password-stdin", "--admin", "--role", "editor"]
    refused = CliRunner().invoke(command, both, input=PASSWORD, env=environment)

    assert refused.exit_code == 1
    with opened(database_url) as engine:
        assert trainers(engine) == [("Eve", "admin"), (TRAINER, "trainer")]


def test_the_command_refuses_a_short_password_in_one_line(database_url: str, tmp_path: Path) -> None:
    environment = {"THREE_CIRCLES_DATABASE_URL": database_url, "THREE_CIRCLES_DATA_DIR": str(tmp_path)}

    done = CliRunner().invoke(command, ["trainer", "add", "Eve", "--password-stdin"], input="short\n", env=environment)

    assert done.exit_code == 1
    assert done.stderr == "Choose a password of 12 to 200 characters.\n"
    with opened(database_url) as engine:
        assert trainers(engine) == []


def test_the_command_takes_no_password_from_where_others_can_read_it(database_url: str, tmp_path: Path) -> None:
    environment = {"THREE_CIRCLES_DATABASE_URL": database_url, "THREE_CIRCLES_DATA_DIR": str(tmp_path)}

    done = CliRunner().invoke(command, ["trainer", "add", "Eve"], env=environment)

    assert done.exit_code != 0
    assert "--password-stdin" in done.stderr


@pytest.mark.usefixtures("real_passwords")
def test_a_password_is_kept_as_argon2id_only_with_at_least_the_work_that_owasp_asks_for(database_url: str) -> None:
    with opened(database_url) as engine:
        add_trainer(engine, TRAINER, PASSWORD, role="trainer")
        with engine.connect() as connection:
            stored: str = connection.execute(text("SELECT password_hash FROM trainer")).scalar_one()

    kind, _, work = stored.split("$")[1:4]
    cost = dict(part.split("=") for part in work.split(","))
    assert kind == "argon2id"
    assert (int(cost["m"]), int(cost["t"])) >= (19_456, 2)  # OWASP, Password Storage Cheat Sheet
    assert PASSWORD not in stored


def test_a_password_counts_as_typed_however_long() -> None:
    longest = "long words " * 18 + "to"
    stored = hash_password(longest, "Vera")

    assert len(longest) == LONGEST_PASSWORD
    assert verify_password(longest, stored)
    assert not verify_password(longest + "!", stored)
    assert not verify_password(longest.upper(), stored)
    assert not verify_password(longest, "")
