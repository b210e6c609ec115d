"""Imports at once are counted: each holds a file in memory, and keeps a thread at work."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from api.exchange import import_jobs as jobs
from tests.editorial.people import DAN_FILE, Person

FILE = {"file": ("dan-the-race.md", DAN_FILE.encode())}


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """All places are taken, until this is closed."""
    here = threading.BoundedSemaphore(jobs.AT_ONCE)
    monkeypatch.setattr(jobs, "_places", here)
    with ExitStack() as taken:
        for _ in range(jobs.AT_ONCE):
            taken.enter_context(jobs.place())
        yield taken
    for _ in range(jobs.AT_ONCE):
        assert here.acquire(timeout=20), "every import gives its place back"


@pytest.mark.parametrize("path", ["/trainers/exchange/import", "/api/v1/vignettes/import"])
async def test_an_import_too_many_is_told_to_wait_and_then_taken(path: str, editor: Person, places: ExitStack) -> None:
    refused = await editor.client.post(path, files=FILE, headers=editor.headers)
    places.close()
    taken = await editor.client.post(path, files=FILE, headers=editor.headers)

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert "imports are under way" in refused.text
    assert taken.status_code in (200, 303)


async def test_imports_that_are_refused_give_their_places_back(editor: Person, places: ExitStack) -> None:
    places.close()
    for _ in range(2 * jobs.AT_ONCE):
        bad = {"file": ("a.xlsx", b"no")}
        refused = await editor.client.post("/api/v1/vignettes/import", files=bad, headers=editor.headers)
        assert refused.status_code == 422
