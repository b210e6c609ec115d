"""Limits hold, hold no one up who did nothing, and stand in one table."""

import re
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread
from time import sleep
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItem
from sqlalchemy import func, select, update

from api.accounts import passwords
from api.accounts.models import TrainerSession
from api.accounts.tokens import LONGEST_TOKEN, Tokens
from api.accounts.trainer import add_trainer
from api.app import LARGEST_BODY
from api.audit.models import AuditLine
from api.exchange import import_jobs
from api.exchange.formats.rows import LARGEST_UPLOAD
from api.groups import results_file, typesetter
from api.groups.live import hub
from api.groups.sessions.models import GuidedPlan, GuidedSession
from api.kit.errors import TooMany
from api.persistence.engine import table
from api.web import rate_limit
from api.web.rate_limit import NETWORKS_PER_SITE, Limiter, MemoryWindows, networks
from tests.cast import ANA, PASSWORD, TRAINER
from tests.client import BASE, MakeSettings, http_client, new_learner, running
from tests.groups.sessions.plans import put_plans
from tests.trust.markdown import ROOT

ITEMS = {name: item for name, item in vars(rate_limit).items() if isinstance(item, RateLimitItem)}


@asynccontextmanager
async def visitor(app: FastAPI, host: str) -> AsyncIterator[httpx.AsyncClient]:
    """Someone at this network address."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(host, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@pytest.mark.parametrize("name", ITEMS)
async def test_each_limit_refuses_the_one_beyond_it(make_settings: MakeSettings, name: str) -> None:
    limiter = Limiter(make_settings(rate_limit=True))
    for _ in range(ITEMS[name].amount):
        await limiter.take(ITEMS[name], "one")

    await limiter.take(ITEMS[name], "another")
    with pytest.raises(TooMany):
        await limiter.take(ITEMS[name], "one")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_everything_made_without_an_account_ends_for_the_day(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        made = (await client.post("/api/v1/groups", json={})).json()
        for name, item in ITEMS.items():
            if name.endswith("_A_DAY"):
                monkeypatch.setattr(item, "amount", 1)
        learner = await new_learner(client)
        calls: dict[str, dict[str, Any]] = {
            "/api/v1/learners": {},
            "/api/v1/groups": {"json": {}},
            f"/api/v1/groups/{made['code']}/members": {},
            "/practice/mine/code": {"headers": {"Cookie": f"learner={learner.token}"}},
        }
        told = {
            path: [(await client.post(path, **options)).status_code for _ in range(2)]
            for path, options in calls.items()
        }

    assert all(statuses[-1] == 429 for statuses in told.values()), told


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**80 - 1))
def test_anyone_who_has_an_ipv6_address_has_its_network(number: int, in_network: int, in_site: int) -> None:
    def written(value: int) -> str:
        return ":".join(f"{value >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))

    number |= 1 << 127  # no IPv4 address in another dress
    network, site = networks(written(number))
    assert networks(written(number >> 64 << 64 | in_network)) == (network, site)
    assert networks(written(number >> 80 << 80 | in_site))[1] == site
    assert networks(written(number ^ 1 << 64))[0] != network
    assert networks("::ffff:192.0.2.7") == networks("192.0.2.7") == ("192.0.2.7", None)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_an_ipv6_site_may_do_as_much_as_sixteen_networks(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=True)) as app:
        statuses = []
        for number in range(NETWORKS_PER_SITE + 2):
            async with visitor(app, f"2001:db8:1:{number:x}::{number:x}") as client:
                statuses += [(await client.post("/g/DDDDDD/join")).status_code for _ in range(60)]

    assert statuses.count(404) == 60 * NETWORKS_PER_SITE


def test_a_window_forgets_rather_than_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MOST_CLIENTS", 50)
    windows = MemoryWindows()
    for number in range(1000):
        windows.count(rate_limit.GUESSES, str(number))

    assert len(windows._window(rate_limit.GUESSES)) <= 50


def test_made_up_tokens_are_not_kept() -> None:
    tokens = Tokens("a secret")
    for number in range(1000):
        assert tokens.read("learner", f"{number}.{'x' * 150}") is None
        assert tokens.read("learner", f"{number}.{'x' * 30_000}") is None

    assert Tokens._read.cache_info().currsize == 0 or tokens.read("learner", tokens.sign("learner", "a")) == "a"
    before = Tokens._read.cache_info().currsize
    tokens.read("learner", "made up")
    assert Tokens._read.cache_info().currsize == before
    assert len(tokens.sign("signed-in-device", f"{'d' * 22}:{'f' * 32}")) < LONGEST_TOKEN
    assert len(tokens.sign("member", f"ABCDEF:{'u' * 24}:{'m' * 32}")) < LONGEST_TOKEN


@given(st.text(max_size=40))
def test_a_mark_is_good_for_its_own_code_alone_and_under_every_key(other: str) -> None:
    old, new = Tokens("old"), Tokens("new", "old")
    mark = old.mark("door", "ABCDEF")

    assert new.is_marked("door", "ABCDEF", mark)
    assert not Tokens("new").is_marked("door", "ABCDEF", mark)
    assert not new.is_marked("class-link", "ABCDEF", mark)
    assert not new.is_marked("door", "ABCDEG", mark)
    assert other == mark or not new.is_marked("door", "ABCDEF", other)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_school_joins_by_qr_code_and_its_screen_runs_while_someone_there_guesses(
    make_settings: MakeSettings,
) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as guesser:
        made = (await guesser.post("/api/v1/groups", json={})).json()
        code, query = made["code"], made["join_url"].partition("?")[2]
        screen = (await guesser.get(f"/g/{code}/screen")).text
        while (await guesser.post("/g/DDDDDD/join")).status_code != 429:
            pass
        async with http_client(app) as phone:
            typed = await phone.get(f"/g/{code}")
            door = await phone.get(f"/g/{code}?{query}")
            action = re.search(r'action="(/g/[^"]+/join[^"]*)"', door.text)
            assert action
            joined = await phone.post(action[1])
            inside = await phone.get(f"/g/{code}")
        now_url = re.search(r'data-now="([^"]+)"', screen)
        assert now_url
        shown = await guesser.get(now_url[1])
        wrong = await guesser.get(f"/g/DDDDDD?{query}")

    assert typed.status_code == 429  # not even the right code is looked up: that would tell
    assert (door.status_code, joined.status_code, inside.status_code, shown.status_code) == (200, 303, 200, 200)
    assert wrong.status_code == 429


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_device_that_signed_in_before_gets_in_while_strangers_guess_its_name(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"name": TRAINER, "password": PASSWORD}
    async with running(make_settings(rate_limit=True)) as app:
        add_trainer(app.state.engine, TRAINER, PASSWORD, role="admin")
        monkeypatch.setattr("api.accounts.trainer.verify_password", lambda typed, *_, **__: typed == PASSWORD)
        async with visitor(app, "198.51.100.1") as known:
            await known.post("/trainers/sign-in", data=form)
            tries = []
            for number in range(12):
                async with visitor(app, f"203.0.113.{number}") as stranger:
                    guess = form | {"password": "a wrong password"}
                    tries += [(await stranger.post("/trainers/sign-in", data=guess)).status_code for _ in range(6)]
            async with visitor(app, "198.51.100.2") as new:
                elsewhere = await new.post("/trainers/sign-in", data=form)
            own = await known.post("/trainers/sign-in", data=form)

    assert tries.count(401) <= 30
    assert elsewhere.status_code == 429
    assert own.status_code == 303


async def test_an_admin_confirms_while_strangers_fill_the_queue_and_their_network_is_used_up(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(make_settings(rate_limit=True)) as app, visitor(app, "198.51.100.1") as admin:
        add_trainer(app.state.engine, TRAINER, PASSWORD, role="admin")
        await admin.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})
        with app.state.engine.begin() as connection:
            connection.execute(update(table(TrainerSession)).values(confirmed_at=None))
        async with visitor(app, "198.51.100.1") as stranger:
            for number in range(rate_limit.SIGN_INS_PER_ADDRESS.amount + 1):
                spent = await stranger.post("/trainers/sign-in", data={"name": f"n{number}", "password": "x"})
        monkeypatch.setattr(passwords, "_places", BoundedSemaphore(1))
        passwords._places.acquire()
        form = {"role": "trainer", "name": "Bo", "present": PASSWORD}
        confirmed = await admin.post("/trainers/people/links", data=form)
        own = {"present": PASSWORD, "password": "four other words here"}
        changed = await admin.post("/trainers/account/password", data=own)

    assert spent.status_code == 429
    assert confirmed.status_code == 200
    assert changed.status_code == 303


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority of their own")
def test_passwords_step_back_from_wherever_the_process_stands() -> None:
    """Also one that was started with a low priority by someone who may not raise it."""
    program = """
import os
from api.accounts import passwords
os.nice(7)
if os.getuid() == 0:
    os.setuid(65534)
pages = os.getpriority(os.PRIO_PROCESS, 0)
print(pages, passwords._hashing.submit(os.getpriority, os.PRIO_PROCESS, 0).result())
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    pages, hashing = map(int, told.stdout.split())
    assert hashing == min(19, pages + passwords.STEPS_BACK)


def test_two_passwords_are_hashed_at_once_a_few_wait_and_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    go, running_now, most = Event(), [], []
    told: list[bool | None] = []

    class Slow:
        def verify(self, *_: object) -> bool:
            running_now.append(1)
            most.append(len(running_now))
            go.wait(10)
            running_now.pop()
            return True

    def sign_in(known: bool) -> None:
        try:
            told.append(passwords.verify_password("a password", "a hash", known=known))
        except TooMany:
            told.append(None)  # told to wait

    lines: list[dict[str, object]] = []
    monkeypatch.setattr(passwords.log, "warning", lambda event, **more: lines.append({"event": event, **more}))
    monkeypatch.setattr(passwords, "_next_told", 0.0)
    monkeypatch.setattr(passwords, "_passwords", Slow())
    threads = [Thread(target=sign_in, args=(known,)) for known in [False] * 30 + [True]]
    for thread in threads:
        thread.start()
    refused = 30 - passwords.HASHES_AT_ONCE - passwords.HASHES_WAITING
    while len(told) < refused or len(running_now) < passwords.HASHES_AT_ONCE:
        sleep(0.01)
    go.set()
    for thread in threads:
        thread.join()

    assert max(most) == passwords.HASHES_AT_ONCE
    assert told.count(None) == refused  # the known device is none
    assert {"event": "limit_met", "kind": "passwords_waiting"} in lines
    assert len(lines) < told.count(None)  # not a line for each


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_stream_too_many_is_told_when_to_come_back(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "most_streams", lambda: 4)
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        code = (await client.post("/api/v1/groups", json={})).json()["code"]
        streams = app.state.hub
        with streams.counted("127.0.0.1"), streams.counted("127.0.0.1"):
            refused = await client.get(f"/g/{code}/live/screen")
            assert streams.has_room("192.0.2.1")
            with streams.counted("192.0.2.1"), streams.counted("192.0.2.2"):
                assert not streams.has_room("192.0.2.3")
                assert not streams.has_room(None)
        assert streams.has_room("127.0.0.1")

    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "will try again automatically" in refused.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_with_little_disk_left_nothing_new_begins_and_votes_go_on(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    async with running(make_settings()) as app, http_client(app) as client:
        learner = await new_learner(client)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 0, 200 * 1024**2))
        new = [await client.post("/api/v1/learners"), await client.post("/api/v1/groups", json={})]
        guess = await learner.guess(ANA, "drive")
        page = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "soothing"})

    assert [answer.status_code for answer in new] == [503, 503]
    assert guess.status_code == 201
    assert page.status_code == 503
    assert 'value="soothing" checked' in page.text


async def test_refused_sign_ins_of_a_minute_are_one_line_with_a_count(
    app: FastAPI, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.accounts.trainer.verify_password", lambda *_, **__: False)
    for _ in range(7):
        await client.post("/trainers/sign-in", data={"name": "nobody", "password": "x"})

    audit = table(AuditLine)
    with app.state.engine.connect() as connection:
        lines = connection.execute(select(audit.c["count"]).where(audit.c.deed == "sign_in")).scalars().all()
    assert lines == [7]


async def test_a_plan_is_kept_once_however_many_groups_follow_it(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings(plans_dir=put_plans(tmp_path / "plans"))
    async with running(settings) as app, http_client(app) as client:
        plan = next(iter(app.state.plans.plans))
        made = [await client.post("/api/v1/groups", json={"session": {"plan": plan}}) for _ in range(3)]
        with app.state.engine.connect() as connection:
            kept = connection.execute(select(func.count()).select_from(table(GuidedPlan))).scalar()
            documents = connection.execute(select(table(GuidedSession).c.document)).scalars().all()
        consoles = [
            (await client.get(answer.json()["console_url"], follow_redirects=True)).status_code for answer in made
        ]

    assert {answer.status_code for answer in made} == {201}
    assert (kept, documents) == (1, [{}] * 3)
    assert consoles == [200] * 3


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_another_host_is_refused_with_what_to_set(make_settings: MakeSettings) -> None:
    settings = make_settings(public_url="https://circles.example.org", trusted_proxies="10.0.0.5")
    async with running(settings) as app, http_client(app) as client:
        hosts = ("circles.example.org", "CIRCLES.example.org:443", "evil.example", "x" * 256)
        told = [(await client.get("/practice", headers={"Host": host})) for host in hosts]
        health = await client.get("/healthz", headers={"Host": "10.0.0.7:8000"})
        transport = httpx.ASGITransport(app, client=("192.0.2.1", 0))  # as a believed proxy's clients look
        async with httpx.AsyncClient(transport=transport, base_url="http://upstream:8000") as behind:
            vouched = await behind.get("/practice")

    assert [answer.status_code for answer in told] == [200, 200, 400, 400]
    assert "evil.example" in told[2].text
    assert "THREE_CIRCLES_PUBLIC_URL" in told[2].text
    assert (health.status_code, vouched.status_code) == (200, 200)


async def test_a_limit_that_is_met_is_a_line_of_the_log_a_minute(
    make_settings: MakeSettings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, object]] = []
    monkeypatch.setattr(rate_limit.log, "warning", lambda event, **more: lines.append({"event": event, **more}))
    limiter = Limiter(make_settings(rate_limit=True))
    for _ in range(rate_limit.SIGN_INS_PER_NAME.amount):
        await limiter.take(rate_limit.SIGN_INS_PER_NAME, "a name")
    for _ in range(9):
        with pytest.raises(TooMany):
            await limiter.take(rate_limit.SIGN_INS_PER_NAME, "a name")
    limiter.strikes.tell_rest("sign_ins_per_name")

    assert lines == [{"event": "limit_met", "kind": "sign_ins_per_name", "count": count} for count in (1, 8)]


def test_the_table_of_limits_is_what_the_code_does() -> None:
    text = (ROOT / "docs" / "operate.md").read_text().partition("## Limits")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if "`" in line and line[0] == "|"
    ]
    numbers = {row[3].strip("`"): row[1] for row in rows}
    for name, item in ITEMS.items():
        window = {60: "a minute", 86_400: "a day"}.get(item.get_expiry(), f"in {item.get_expiry()} seconds")
        assert numbers[name].removesuffix(", each") == f"{item.amount:,} {window}", name
    assert numbers["HASHES_AT_ONCE"] == str(passwords.HASHES_AT_ONCE)
    kept = f"{passwords.KNOWN_WAITING} more from who is signed in and from known devices"
    assert numbers["HASHES_WAITING"] == f"{passwords.HASHES_WAITING}, and {kept}"
    assert numbers["PASSWORDS_SIDE_BY_SIDE"] == str(rate_limit.PASSWORDS_SIDE_BY_SIDE)
    assert numbers["AT_ONCE"] == str(import_jobs.AT_ONCE)
    assert numbers["FILES_WAITING"] == f"{results_file.FILES_WAITING}, of which one is made"
    memory = f"{typesetter.MEMORY // 1024**3} GB of memory"
    assert numbers["SECONDS"] == f"{typesetter.SECONDS} seconds of the processor, {memory}"
    stories = results_file.MOST_STORIES
    assert numbers["MOST_STORIES"] == f"{stories['pdf']} in a PDF, {stories['png']} in a picture"
    assert numbers["LARGEST_BODY"] == f"{LARGEST_BODY:,} bytes; a file to import {LARGEST_UPLOAD // 1024**2} MB"
    assert numbers["LONGEST_TOKEN"] == f"{LONGEST_TOKEN} characters"
    for row in rows:
        path, _, test = row[4].strip("`").partition("::")
        assert test, row
        assert f"def {test}(" in (ROOT / path).read_text(), row
