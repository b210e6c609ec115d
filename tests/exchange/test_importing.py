"""Bringing vignettes in from files: over the API, in the browser's pages, and by command."""

import asyncio
import io
import re
import subprocess
import time
import zipfile
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.accounts.trainer import add_trainer
from api.editorial import drafting
from api.exchange import import_work
from api.exchange.formats import FORMATS
from api.exchange.formats.rows import LARGEST_UPLOAD, quiet
from api.exchange.import_report import SHOWN
from api.exchange.import_work import Cancelled, Task, run
from api.exchange.importing import apply, current_sources
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE, PASSWORD, SLUGS
from tests.client import Learner
from tests.editorial.people import DAN, DAN_FILE, Person

pytestmark = pytest.mark.both_databases


def zipped(*sources: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for source in sources:
            case, _ = read(source)
            assert case is not None
            archive.writestr(f"{case.head.slug}.md", source)
    return data.getvalue()


async def send(person: Person, name: str, data: bytes, dry_run: bool = False) -> httpx.Response:
    return await person.client.post(
        "/api/v1/vignettes/import",
        params={"dry_run": dry_run},
        files={"file": (name, data)},
        headers=person.headers,
    )


CHANGED_ANA = ANA_FILE.replace("A worry may be there.", "A worry could be there.")


async def test_a_dry_run_tells_row_by_row_and_changes_nothing(editor: Person, engine: Engine) -> None:
    before = current_sources(engine)

    told = (await send(editor, "new.zip", zipped(CHANGED_ANA, DAN_FILE), dry_run=True)).json()

    assert told["counts"] == {"create": 1, "update": 1, "unchanged": 0, "fault": 0}
    assert [(item["slug"], item["action"], item["told"]) for item in told["items"]] == [
        (DAN, "create", []),
        (
            ANA,
            "update",
            [
                "why threat: changed from “She looks at her knee twice. A worry may be there.” to "
                "“She looks at her knee twice. A worry could be there.”"
            ],
        ),
    ]
    assert current_sources(engine) == before


async def test_an_import_makes_drafts_and_leaves_what_is_published(
    editor: Person, learner: Learner, engine: Engine
) -> None:
    answer = await send(editor, "new.zip", zipped(CHANGED_ANA, DAN_FILE))

    assert (answer.status_code, answer.json()["refused"]) == (200, False)
    assert (await editor.source(DAN)).text == DAN_FILE
    assert (await editor.source(ANA)).text == CHANGED_ANA
    assert (await learner.guess(DAN, "drive")).status_code == 404
    assert "may be there" in (await learner.guess(ANA, "drive")).json()["explanation"]["by_system"]["threat"]


async def test_a_file_with_one_bad_row_changes_nothing(editor: Person, engine: Engine) -> None:
    before = current_sources(engine)

    answer = (await send(editor, "new.zip", zipped(DAN_FILE, CHANGED_ANA.replace("level: 1", "level: 7", 0)))).json()
    bad = DAN_FILE.replace("Dan has a race in May.", "Dan is driven to race in May.")
    refused = (await send(editor, "new.zip", zipped(CHANGED_ANA.replace("could", "might"), bad))).json()

    assert not answer["refused"]
    assert refused["refused"]
    assert refused["items"][0]["action"] == "fault"
    assert f"{DAN}.md, line " in refused["items"][0]["told"][0]
    assert current_sources(engine) == before | {DAN: DAN_FILE, ANA: CHANGED_ANA}


@pytest.mark.parametrize("form", ["zip", "json", "csv", "xlsx"])
async def test_what_is_exported_and_brought_in_again_changes_nothing(editor: Person, form: str) -> None:
    exported = await editor.get(f"/api/v1/vignettes/export?format={form}")
    assert exported.status_code == 200

    told = (await send(editor, f"again{FORMATS[form].ending}", exported.content)).json()

    assert told["counts"] == {"create": 0, "update": 0, "unchanged": len(SLUGS), "fault": 0}


@pytest.mark.parametrize("form", [*FORMATS, "markdown"])
async def test_every_format_is_a_download_for_trainers(author: Person, client: httpx.AsyncClient, form: str) -> None:
    mine = await author.get(f"/api/v1/vignettes/export?format={form}&slug={ANA}")

    assert mine.status_code == 200
    assert mine.headers["content-disposition"].startswith("attachment")
    assert (await client.get(f"/api/v1/vignettes/export?format={form}")).status_code == 401


async def test_only_editors_bring_stories_in_and_strangers_send_nothing(
    author: Person, client: httpx.AsyncClient, engine: Engine
) -> None:
    assert (await send(author, "new.zip", zipped(DAN_FILE))).status_code == 403
    stranger = await client.post("/api/v1/vignettes/import", files={"file": ("new.zip", zipped(DAN_FILE))})
    assert stranger.status_code == 401
    assert DAN not in current_sources(engine)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("new.exe", b"MZ", "is not read"),
        ("new.zip", b"not a zip", "zip"),
        ("new.csv", b"", "empty"),
        ("new.csv", b"\xff\xfea", "utf-8"),
    ],
)
async def test_a_file_that_is_not_read_is_told_in_one_sentence(
    editor: Person, name: str, data: bytes, says: str
) -> None:
    refused = await send(editor, name, data)

    assert refused.status_code == 422
    assert says in refused.json()["detail"].lower()


async def test_a_file_that_is_too_large_is_refused_and_others_still_have_their_limit(
    editor: Person, client: httpx.AsyncClient
) -> None:
    huge = await send(editor, "new.zip", bytes(LARGEST_UPLOAD + 2**20))
    elsewhere = await client.post(f"/vignettes/{ANA}/guesses", content=bytes(70_000))

    assert (huge.status_code, elsewhere.status_code) == (413, 413)


async def test_what_someone_else_brings_in_during_an_import_is_not_saved_a_second_time(
    app: FastAPI, engine: Engine
) -> None:
    sources = [DAN_FILE.replace(DAN, f"dan-{number}") for number in range(60)]
    rows = FORMATS["zip"].load(zipped(*sources), quiet)  # type: ignore[misc]
    waiting = [rows[-1]]

    def interrupt(done: int, total: int) -> None:
        if waiting:
            apply(engine, [waiting.pop()], None)

    apply(engine, rows, None, progress=interrupt)

    with engine.connect() as connection:
        revisions = connection.execute(text("SELECT revision FROM draft")).scalars().all()
    assert revisions == [1] * 60


async def test_an_import_that_was_cut_short_goes_on_where_it_stopped(app: FastAPI, engine: Engine) -> None:
    numbers = range(120)
    sources = [DAN_FILE.replace(DAN, f"dan-{number}") for number in numbers]
    rows = FORMATS["zip"].load(zipped(*sources), quiet)  # type: ignore[misc]

    class CutShort(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise CutShort

    with pytest.raises(CutShort):
        apply(engine, rows, None, progress=stop)
    assert 0 < len(current_sources(engine)) - len(SLUGS) < 120
    apply(engine, rows, None)

    assert current_sources(engine).keys() == {*SLUGS, *(f"dan-{number}" for number in numbers)}


async def signed_in(person: Person) -> None:
    person.client.cookies.set("trainer", person.headers["Authorization"].removeprefix("Bearer "))


async def wait_for(client: httpx.AsyncClient, address: str, words: str) -> str:
    until = time.monotonic() + 60  # seconds, for a machine that others share
    while time.monotonic() < until:
        page = (await client.get(address)).text
        if words in page:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words} does not come")


async def test_in_the_browser_a_file_is_read_shown_and_brought_in_when_the_trainer_says_so(
    editor: Person, client: httpx.AsyncClient, engine: Engine
) -> None:
    await signed_in(editor)
    many = [DAN_FILE.replace(DAN, f"dan-{number}") for number in range(SHOWN + 5)]

    sent = await client.post("/trainers/exchange/import", files={"file": ("new.zip", zipped(*many))})
    address = sent.headers["location"]
    shown = await wait_for(client, address, "Preview the import")
    assert f"{SHOWN + 5} new, 0 changed" in shown
    assert "And 5 more." in shown
    assert "dan-0" not in current_sources(engine)

    await client.post(f"{address}/apply")
    await wait_for(client, address, "Import finished")
    assert len(current_sources(engine)) == len(SLUGS) + SHOWN + 5
    assert (await client.post(f"{address}/apply")).status_code == 409


async def test_a_large_file_is_read_in_a_process_of_its_own_that_ends_when_the_trainer_stops_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, task = zipped(CHANGED_ANA, DAN_FILE), Task("new.zip", None)
    told: list[tuple[int, int]] = []
    here = run(engine, task, data, quiet)
    monkeypatch.setattr(import_work, "SMALL", 0)
    processes: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def begin(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        processes.append(start(*args, **options))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", begin)

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    assert run(engine, task, data, lambda *at: told.append(at)) == here
    assert told == [(2, 2)]
    with pytest.raises(Cancelled):
        run(engine, task, data, stop)
    assert [process.poll() is not None for process in processes] == [True, True]


async def test_someone_else_cannot_look_at_ones_import(
    editor: Person, author: Person, client: httpx.AsyncClient
) -> None:
    await signed_in(editor)
    sent = await client.post("/trainers/exchange/import", files={"file": ("new.zip", zipped(DAN_FILE))})
    await wait_for(client, sent.headers["location"], "Preview the import")

    client.cookies.clear()
    assert (await author.get(sent.headers["location"])).status_code == 404


async def test_a_refused_file_says_why_on_its_page(editor: Person, client: httpx.AsyncClient) -> None:
    await signed_in(editor)
    none = await client.post("/trainers/exchange/import", files={"file": ("", b"")})
    sent = await client.post("/trainers/exchange/import", files={"file": ("new.zip", b"not a zip")})

    assert (none.status_code, "Choose a file first" in none.text) == (422, True)
    assert "zip" in await wait_for(client, sent.headers["location"], "Nothing was changed")


def save_draft(engine: Engine, name: str, source: str) -> None:
    drafting.save(engine, add_trainer(engine, name, PASSWORD, role="editor"), ANA, source, None)


async def test_an_import_leaves_a_newer_draft_alone_where_the_file_says_what_is_published(
    editor: Person, engine: Engine
) -> None:
    save_draft(engine, "Frieda", CHANGED_ANA)
    exported = await editor.get("/api/v1/vignettes/export?format=csv")
    mended = exported.content.replace(b"Ben and the bath", b"Ben and the warm bath")

    told = (await send(editor, "again.csv", mended)).json()

    assert told["counts"] == {"create": 0, "update": 1, "unchanged": len(SLUGS) - 1, "fault": 0}
    ana = next(item for item in told["items"] if item["slug"] == ANA)
    assert ana["told"] == ["as published; the newer draft that Frieda saved is left alone"]
    assert (await editor.source(ANA)).text == CHANGED_ANA


async def test_a_draft_of_someone_else_is_named_kept_and_comes_back(
    editor: Person, client: httpx.AsyncClient, engine: Engine
) -> None:
    save_draft(engine, "Frieda", CHANGED_ANA)
    mine = ANA_FILE.replace("A worry may be there.", "A worry is not far.")

    asked = (await send(editor, "new.zip", zipped(mine))).json()
    assert "the draft that Frieda saved is left alone" in asked["items"][0]["told"]
    assert (await editor.source(ANA)).text == CHANGED_ANA

    await signed_in(editor)
    sent = await client.post("/trainers/exchange/import", files={"file": ("new.zip", zipped(mine))})
    address = sent.headers["location"]
    page = await wait_for(client, address, "Preview the import")
    assert "takes the place of the draft that Frieda saved" in page
    assert "Replace these drafts" in page
    await client.post(f"{address}/apply", data={"replace": "true"})
    await wait_for(client, address, "Import finished")
    assert (await editor.source(ANA)).text == mine

    versions = (await client.get(f"/trainers/vignettes/{ANA}/versions")).text
    back = re.findall(rf'action="(/trainers/vignettes/{ANA}/kept/\d+)"', versions)
    assert len(back) == 1
    assert (await client.post(back[0])).status_code == 303
    assert (await editor.source(ANA)).text == CHANGED_ANA
    assert "Came with an import" in (await client.get(f"/trainers/vignettes/{ANA}/versions")).text


async def test_a_file_that_is_older_than_what_is_published_changes_nothing(editor: Person) -> None:
    exported = await editor.get("/api/v1/vignettes/export?format=xlsx")
    await editor.put(ANA, CHANGED_ANA, change="wording")

    told = (await send(editor, "old.xlsx", exported.content)).json()

    assert told["counts"]["update"] == 0
    assert ["as published earlier; the newer version is left alone"] in [item["told"] for item in told["items"]]


async def test_what_one_brought_in_oneself_is_mended_by_the_next_file_without_asking(editor: Person) -> None:
    await send(editor, "new.zip", zipped(CHANGED_ANA))
    again = CHANGED_ANA.replace("could be there", "might be there")

    assert (await send(editor, "new.zip", zipped(again))).json()["counts"]["update"] == 1
    assert (await editor.source(ANA)).text == again
