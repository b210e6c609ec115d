"""Traces go to a receiver that the standard variables name, and hold nothing of people."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.cast import ANA
from tests.client import MakeSettings, http_client, new_learner, running
from tests.live import clean_environment

MARK = "heron-7341"


class Receiver:
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        taken = self.bodies

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list[dict[str, str]]:
        return [
            {"name": span.name} | {pair.key: str(pair.value) for pair in span.attributes}
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_spans_have_routes_and_statements_and_nothing_that_people_wrote_or_hold(
    make_settings: MakeSettings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
    async with running(make_settings()) as app, http_client(app, headers={"User-Agent": MARK}) as client:
        learner = await new_learner(client)
        assert (await learner.guess(ANA, "drive", reason=f"{MARK} is why")).status_code == 201
        await client.get(f"/vignettes/{MARK}")
        made = (await client.post("/api/v1/groups", json={"kind": "training", "name": MARK})).json()
        answer: httpx.Response = await client.get(f"/g/{made['code']}")
        assert answer.status_code < 400

    spans = receiver.spans()
    names = {span["name"] for span in spans}
    assert {"POST /api/v1/vignettes/{name}/guesses", "GET /g/{name}", "POST /api/v1/learners"} <= names
    assert any("INSERT INTO guess" in value for span in spans for value in span.values())
    everything = b"".join(receiver.bodies)
    for secret in (MARK, learner.token, made["code"], made["facilitator_key"], "five and runs"):
        assert secret.encode() not in everything


def test_nothing_of_it_is_loaded_when_it_is_off() -> None:
    told = "import sys; from api.app import create_app; create_app(); print('opentelemetry.sdk' in sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", told],
        env=clean_environment(SECRET_KEY="none"),
        capture_output=True,
        text=True,
        check=True,
    )

    assert finished.stdout.strip() == "False"
