"""What was deleted is gone: out of every table, every file of the data folder, and every log.

Everyone writes words that are found nowhere else; then all of it is deleted by every way that there is.
"""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, MetaData, select, text

from tests.cast import ANA, ANA_FILE, BEN, PASSWORD, TRAINER
from tests.live import Server, StartServer
from tests.rows import opened
from tests.server.written_in_sessions import a_plan, a_session, offer, throw_away

pytestmark = pytest.mark.both_databases

API = "/api/v1"
PATIENCE = 120.0  # seconds; how fast anything is, other tests look at


class Words:
    """Words to look for later, each with where it was written."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def new(self, where: str) -> str:
        word = f"zq{len(self.of):02}{where.replace(' ', '')}qz"
        self.of[word] = where
        return word

    def keep(self, where: str, value: str) -> str:
        """A value of the product's own that stands for a person or a group."""
        assert len(value) >= 6, where
        self.of[value] = where
        return value


def everything(engine: Engine) -> Iterator[tuple[str, str]]:
    """Each table with all that it holds, as text."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(*(column for column in table.c))):
                yield table.name, " ".join(_text(value) for value in row)


def _text(value: object) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else str(value)


def found_in_tables(engine: Engine, words: Words) -> dict[str, set[str]]:
    """Where each word stands, by what it was written as."""
    found: dict[str, set[str]] = {}
    for table, held in everything(engine):
        for word, where in words.of.items():
            if word.lower() in held.lower():
                found.setdefault(where, set()).add(table)
    return found


def found_in_files(folder: Path, words: Words, skip: tuple[str, ...] = ("cases", "template")) -> set[tuple[str, str]]:
    """Which words stand in the bytes of which files, whatever those files are."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).parts[0] not in skip:
            held = path.read_bytes().lower()
            found |= {(path.name, where) for word, where in words.of.items() if word.lower().encode() in held}
    return found


def identity(token: str) -> str:
    """The last random part of a signed token; what follows it in a facilitator's is the number of the link."""
    return next(part for part in reversed(token.rpartition(".")[0].split(":")) if not part.isdigit())


def browser(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.base_url, trust_env=False, timeout=PATIENCE)


def trainer(server: Server, name: str) -> httpx.Client:
    client = browser(server)
    assert client.post("/trainers/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


def join_trainers(admin: httpx.Client, server: Server, name: str, role: str, suggested: str) -> httpx.Client:
    page = admin.post("/trainers/people/links", data={"role": role, "name": suggested}).text
    link = page.partition("/trainers/join/")[2].partition('"')[0]
    client = browser(server)
    assert client.post(f"/trainers/join/{link}", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


def make_class(client: httpx.Client, words: Words, where: str) -> str:
    made = client.post("/trainers/classes", data={"name": words.new(f"{where} name")}).headers["location"]
    return words.keep(f"{where} code", made[-8:])


def a_learner(server: Server, words: Words, code: str) -> httpx.Client:
    client = browser(server)
    client.post("/practice/class", data={"code": code})
    client.post("/practice/sittings", data={"kind": "ten"})
    for slug in (ANA, BEN) * 3:
        form = {"system": "drive", "reason": words.new("learner reason")}
        assert client.post(f"/vignettes/{slug}/guesses", data=form).status_code == 303
        client.get("/practice?after=")
    client.post("/practice/mine/code")
    words.keep("learner id", identity(client.cookies["learner"]))
    return client


def a_group(server: Server, words: Words, where: str) -> tuple[str, dict[str, str]]:
    """A group whose round has been voted in and shown; its code and who leads it."""
    client = browser(server)
    made = client.post(
        f"{API}/groups", json={"name": words.new(f"{where} name"), "kind": "training", "plan": [ANA]}
    ).json()
    code, leads = made["code"], {"Authorization": f"Bearer {made['facilitator_key']}"}
    words.keep(f"{where} key", identity(made["facilitator_key"]))
    steps: list[tuple[str, dict[str, object]]] = [("rounds", {"vignette": ANA}), ("phase", {"phase": "voting"})]
    for path, body in steps:
        assert client.post(f"{API}/groups/{code}/{path}", json=body, headers=leads).status_code in (200, 201)
    for _ in range(3):
        token = client.post(f"{API}/groups/{code}/members").json()["member_token"]
        words.keep(f"{where} member", identity(token))
        vote = {"system": "drive", "reason": words.new(f"{where} reason")}
        headers = {"Authorization": f"Bearer {token}"}
        assert client.put(f"{API}/groups/{code}/guess", json=vote, headers=headers).status_code == 200
    return code, leads


def a_guided_group(server: Server, words: Words, where: str, plan: str) -> tuple[str, dict[str, str]]:
    """A group that followed a plan up to its board; its code and who leads it."""
    client = browser(server)
    code, leads, people = a_session(client, words.new, where, plan)
    words.keep(f"{where} key", identity(leads["Authorization"]))
    for token in people:
        words.keep(f"{where} member", identity(token))
    return code, leads


def a_draft(client: httpx.Client, words: Words, where: str) -> str:
    """A draft with words of its own in title and story; its slug."""
    title = f"{words.new(f'{where} title')} tale"
    path = client.post("/trainers/new", data={"title": title, "person": "Ana"}).headers["location"]
    slug = words.keep(f"{where} slug", path.split("/")[-2])
    source = ANA_FILE.replace("ana-the-race", slug).replace("Ana and the race", title)
    source = source.replace("On the wall", f"On the {words.new(f'{where} story')} wall")
    saved = client.post(f"/trainers/vignettes/{slug}/edit", data={"tab": "source", "source": source})
    assert saved.status_code == 303, saved.text
    return slug


def rate(client: httpx.Client, editor: httpx.Client, words: Words) -> None:
    """A remark with a blind rating on someone else's story."""
    path = editor.post("/trainers/new", data={"title": "Grace sells out", "person": "Ana"}).headers["location"]
    slug = path.split("/")[-2]
    source = ANA_FILE.replace("ana-the-race", slug)
    editor.post(f"/trainers/vignettes/{slug}/edit", data={"tab": "source", "source": source})
    editor.post(f"/trainers/vignettes/{slug}/status", data={"status": "in_review"})
    form = {"system": "drive", "comment": words.new("remark")}
    assert client.post(f"/trainers/vignettes/{slug}/rate", data=form).status_code == 303


def a_panel(client: httpx.Client, server: Server, words: Words, where: str) -> tuple[str, httpx.Client]:
    """A panel in which someone has rated, by name and with a reason; its code, and who rated."""
    code = client.post("/trainers/panels", data={"name": words.new(f"{where} name")}).headers["location"][-10:]
    page = client.get(f"/trainers/panels/{words.keep(f'{where} code', code)}").text
    mark = page.partition(f"/panels/{code}?k=")[2].partition('"')[0]
    rater = browser(server)
    about = {"profession": "nurse", "years": "2_to_5", "named": "name", "name": words.new(f"{where} rater")}
    assert rater.post(f"/panels/{code}", data={"k": mark, "agree": "yes", **about}).status_code == 303
    form = {"story": ANA, "system": "drive", "reason": words.new(f"{where} reason")}
    assert rater.post(f"/panels/{code}/rate", data=form).status_code == 303
    words.keep(f"{where} rater id", identity(rater.cookies[f"panel-{code}"]))
    return code, rater


def upload(client: httpx.Client, words: Words) -> None:
    """A file that cannot be imported, and waits with its faults."""
    file = (f"{words.new('file name')}.md", f"---\nslug: x\n---\n{words.new('file text')}")
    assert client.post("/trainers/exchange/import", files={"file": file}).status_code == 303


def test_after_every_way_of_deleting_nothing_is_left_in_tables_files_or_logs(
    start_server: StartServer, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    words = Words()
    server = start_server()
    admin = browser(server)
    admin.post(server.lines[3].split()[-1], data={"name": TRAINER, "password": PASSWORD})
    leaver_name = words.new("trainer name")
    leaver = join_trainers(admin, server, leaver_name, "admin", words.new("suggested name"))
    leaver.post("/trainers/people/links", data={"role": "trainer", "name": words.new("invited name")})
    left_class, deleted_class = make_class(leaver, words, "left class"), make_class(admin, words, "deleted class")
    learners = [a_learner(server, words, code) for code in (left_class, deleted_class)]
    deleted_panel, _ = a_panel(admin, server, words, "deleted panel")
    kept_panel, taker = a_panel(admin, server, words, "kept panel")
    goer = browser(server)  # leaves a class and nothing more: the answers stay theirs
    goer.post("/practice/class", data={"code": deleted_class})
    ended, expired = a_group(server, words, "ended"), a_group(server, words, "expired")
    plans = {
        whose: a_plan(client, words.new, f"{whose} plan") for whose, client in (("thrown", admin), ("used", admin))
    }
    a_plan(leaver, words.new, "leaver plan")
    offer(admin, plans["used"])
    guided_end = a_guided_group(server, words, "ended session", plans["used"])
    guided_over = a_guided_group(server, words, "expired session", plans["used"])
    thrown = a_draft(admin, words, "thrown draft")
    a_draft(leaver, words, "leaver draft")
    rate(leaver, admin, words)
    upload(leaver, words)

    with opened(database_url) as engine:
        assert set(found_in_tables(engine, words)) == set(words.of.values())  # all of it was there to be found
        engine.dispose()  # anyone who closes a file loses all of this process's locks on it, those of SQLite too
        if database_url.startswith("sqlite"):
            assert {where for _, where in found_in_files(tmp_path, words)} == set(words.of.values())

        for learner in learners:
            assert learner.post("/practice/mine/delete").status_code == 200
        goer.post("/practice/class/leave")
        assert admin.post(f"/trainers/panels/{deleted_panel}/delete").status_code == 303
        assert taker.post(f"/panels/{kept_panel}/take-back").status_code == 200
        assert admin.post(f"/trainers/panels/{kept_panel}/delete").status_code == 303
        for code, leads in (ended, guided_end):
            assert admin.delete(f"{API}/groups/{code}", headers=leads).status_code == 204
        with engine.begin() as connection:
            for code, _ in (expired, guided_over):
                connection.execute(text("UPDATE room SET expires_at = '2020-01-01' WHERE code = :code"), {"code": code})
        assert admin.post(f"/trainers/classes/{deleted_class}/delete").status_code == 303
        assert admin.post(f"/trainers/vignettes/{thrown}/discard").status_code == 303
        for whose, slug in plans.items():
            throw_away(admin, slug, offered=whose == "used")
        number = number_of(engine, leaver_name)
        assert admin.post(f"/trainers/people/{number}/remove", data={"sure": "yes"}).status_code == 303

        server = restart(server, start_server)
        left = found_in_tables(engine, words)
        # The trail keeps what people, stories and plans were called until its own time is over.
        assert {table for tables in left.values() for table in tables} <= {"audit"}
        assert set(left) <= {"trainer name", "suggested name", "invited name"} | {
            *(f"{whose} draft {what}" for whose in ("thrown", "leaver") for what in ("slug", "title")),
            *(f"{whose} plan slug" for whose in ("thrown", "used", "leaver")),
        }

        with engine.begin() as connection:
            connection.execute(text("UPDATE audit SET at = '2020-01-01'"))
        restart(server, start_server)
        assert found_in_tables(engine, words) == {}
    assert found_in_files(tmp_path, words) == set()
    assert (tmp_path / "server.log").exists()


def number_of(engine: Engine, name: str) -> int:
    with engine.connect() as connection:
        found: int = connection.execute(text("SELECT id FROM trainer WHERE name = :name"), {"name": name}).scalar_one()
        return found


def restart(server: Server, start: Callable[[], Server]) -> Server:
    """As a service does it: whatever has had its time is purged at the start."""
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(PATIENCE)
    started = start()
    with browser(started) as anew:
        assert anew.get("/readyz").status_code == 200  # answered once it has purged
    return started
