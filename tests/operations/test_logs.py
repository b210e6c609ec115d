"""Logs say what happened, and nothing of what people are, wrote or hold."""

import io
import json
import logging
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from api.observability.logs import processors
from tests.cast import ANA, PASSWORD
from tests.live import StartServer

MARK = "heron-7341"  # stands in everything that people write here


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_journey_leaves_routes_and_numbers_in_the_log_and_nothing_that_was_written_or_held(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(ACCESS_LOG="on", PUBLIC_URL="")
    secrets = [MARK, PASSWORD]
    with httpx.Client(base_url=server.base_url, trust_env=False, timeout=30, headers={"User-Agent": MARK}) as client:
        token = client.post("/api/v1/learners").json()["learner_token"]
        headers = {"Authorization": f"Bearer {token}", "X-Request-ID": MARK}
        guess = {"system": "drive", "reason": f"{MARK} is what I thought"}
        made = client.post(f"/api/v1/vignettes/{ANA}/guesses", json=guess, headers=headers)
        refused = client.post(f"/api/v1/vignettes/{MARK}/guesses", json=guess, headers=headers)
        client.post(f"/vignettes/{ANA}/guesses", data=guess)
        client.get("/", params={"q": MARK})
        client.get(f"/join/{MARK}")
        group = client.post("/api/v1/groups", json={"name": MARK, "kind": "training"}).json()
        code = group.get("code", "")
        joined = client.post(f"/api/v1/groups/{code}/members").json()
        client.get(f"/api/v1/groups/{code}", headers=headers)
        client.get(f"/g/{code}")
        client.post("/api/v1/auth/token", data={"username": MARK, "password": PASSWORD})
        client.post("/api/v1/learners", content=b"\xff" + MARK.encode())
        page = client.get("/nothing", headers={"Accept": "text/html"})
        setup = server.lines[3].split()[-1]
        client.get(setup)
        secrets += [
            token,
            code,
            *(str(value) for value in joined.values() if len(str(value)) > 8),
            setup.split("/")[-1],
        ]
    server.terminate()
    server.process.wait(60)
    log = (tmp_path / "server.log").read_text()

    lines = [json.loads(line) for line in log.splitlines()]
    told = {line["request_id"]: line for line in lines if line["event"] == "request"}
    assert len(code) == 6
    assert [secret for secret in secrets if secret and secret in log] == []
    assert "five and runs" not in log  # words of a story
    assert "127.0.0.1" not in log
    assert told[made.headers["x-request-id"]]["route"] == "/api/v1/vignettes/{name}/guesses"
    assert told[made.headers["x-request-id"]]["status"] == 201
    assert told[refused.json()["request_id"]]["status"] == 404
    assert set(next(iter(told.values()))) == {
        "event", "request_id", "method", "route", "status", "ms", "level", "timestamp",
    }  # fmt: skip
    assert {"/g/{name}", "/api/v1/learners", "(none)"} <= {line["route"] for line in told.values()}
    assert page.headers["x-request-id"] in page.text
    assert re.fullmatch(r"[0-9a-f]{16}", page.headers["x-request-id"])


def fail(words: str) -> None:
    raise ValueError(words)


def test_an_exception_is_told_by_its_kind_and_places_without_its_words() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    render: Any = structlog.processors.JSONRenderer()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=processors()))
    log = logging.Logger("a library")
    log.addHandler(handler)
    try:
        fail(MARK)
    except ValueError:
        log.exception("It went wrong")

    line = json.loads(written.getvalue().splitlines()[0])

    assert line["exception"] == "ValueError"
    assert line["places"][-1].startswith("tests/operations/test_logs.py:")
    assert line["places"][-1].endswith("fail")
    assert MARK not in written.getvalue()
