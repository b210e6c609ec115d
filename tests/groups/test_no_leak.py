"""Before the reveal no one can tell from anything that a member or the wall may ask for how the others voted."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.groups import results_file
from api.groups.live import hub
from api.persistence import free_code
from tests.cast import ANA
from tests.groups.cases import ANA_CASE
from tests.groups.conftest import Follow
from tests.groups.room import API, Phone, Room, new_room, vote_all
from tests.groups.streams import Feed

CODE = "DFGHJK"
HIDDEN = ("reading", "voting", "discussing", "revoting")
PEOPLE = 9

# What the case file, and nothing else, says of its key; and what only results have.
SECRETS = (
    "for something that she wants",
    "A worry may be there",
    "Running can calm people",
    "What is the chart for?",
    "What would change your choice?",
    *{cue.type for cue in ANA_CASE.cues},
    "strength",
    "polarity",
    "<mark",
    "dominant",
    "acceptable",
    "secondary",
    "explanation",
    "Why drive",
    "by_system",
    "class_statistics",
    "interval",
    "tally",
    "few",
)
RESULT_FIELDS = {"key", "count", "share", "interval", "systems", "ballots", "movement", "gain", "heat_map", "cues"}

Pages = dict[str, str]


@pytest.fixture(autouse=True)
def same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every group of these tests has the same code, one after the other, so that answers can be compared as bytes."""
    monkeypatch.setattr(free_code, "new_code", lambda _length: CODE)
    monkeypatch.setattr(hub, "PUSH_SECONDS", 0.01)  # many streams are opened


async def first_message(stream: Feed) -> str:
    await stream.event()
    return stream.text.partition("\n\n")[2]  # without the time to wait, which differs for each reader


def without_number(answer: httpx.Response, told: str) -> str:
    """Less the number by which a request is found in the log: it is random, and each request's own."""
    return told.replace(answer.headers["x-request-id"], "")


async def everything_to_see(room: Room, phone: Phone, follow: Follow) -> Pages:
    """Each thing that a member, or someone with the code, may ask for right now."""
    client, cookies = room.client, phone.cookies
    seen: Pages = {}
    for name, path, headers in (
        ("state", f"{API}/{CODE}", phone.headers),
        ("results", f"{API}/{CODE}/results", phone.headers),
        ("phone", f"/g/{CODE}", cookies),
        ("door", f"/g/{CODE}", {}),
        ("phone now", f"/g/{CODE}/now/member", cookies),
        ("wall", f"/g/{CODE}/screen", {}),
        ("wall now", f"/g/{CODE}/now/screen", {}),
    ):
        answer = await client.get(path, headers=headers)
        told = f"{answer.status_code} {sorted(answer.headers.multi_items())} {answer.text}"
        seen[name] = without_number(answer, told)
    for name, path, headers in (
        ("events", f"{API}/{CODE}/events", phone.headers),
        ("events of the wall", f"{API}/{CODE}/events?screen=true", {}),
        ("stream of the phone", f"/g/{CODE}/live/member", cookies),
        ("stream of the wall", f"/g/{CODE}/live/screen", {}),
    ):
        async with follow(path, headers) as stream:
            seen[name] = await first_message(stream)
    return seen


async def run(client: httpx.AsyncClient, follow: Follow, kind: str, answers: list[str]) -> dict[str, Pages]:
    """A round up to the reveal in which all but two vote as told; what those two see in each phase.

    One of them votes `unsure` and the other does not vote at all.
    """
    room = await new_room(client, kind, plan=[ANA])
    watcher, silent, *others = await room.people(PEOPLE)
    seen: dict[str, Pages] = {}
    await room.start_round()
    for phase in (*HIDDEN, "revealed"):
        if phase != "reading":
            await room.go(phase)
        own = ""
        if phase in ("voting", "revoting"):
            await vote_all(others, *answers)
            own = (await watcher.vote("unsure")).text
        seen[f"{phase}, who voted"] = await everything_to_see(room, watcher, follow) | {"own vote": own}
        seen[f"{phase}, who did not"] = await everything_to_see(room, silent, follow)
    await room.end()
    return seen


def before_the_reveal(seen: dict[str, Pages]) -> Iterator[tuple[str, str]]:
    for when, pages in seen.items():
        if not when.startswith("revealed"):
            for what, page in pages.items():
                yield f"{what}, {when}", page


def field_names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(field_names, value.values()))
    return set().union(*map(field_names, value)) if isinstance(value, list) else set()


OPPOSITES = (["drive"] * (PEOPLE - 2), ["threat"] * (PEOPLE - 2))


@pytest.mark.parametrize("kind", ["psychoeducation", "training"])
async def test_groups_that_vote_the_opposite_see_the_same_bytes_until_the_reveal(
    client: httpx.AsyncClient, follow: Follow, kind: str
) -> None:
    one, other = [await run(client, follow, kind, answers) for answers in OPPOSITES]

    different = [what for (what, left), (_, right) in zip(
        before_the_reveal(one), before_the_reveal(other), strict=True
    ) if left != right]  # fmt: skip
    assert different == []
    assert sum(1 for _ in before_the_reveal(one)) == 8 * 11 + 4
    # And afterwards they do not: what is compared would show it.
    for surface in ("state", "results", "phone", "phone now", "wall", "wall now", "events", "events of the wall"):
        assert one["revealed, who voted"][surface] != other["revealed, who voted"][surface], surface


def as_data(data: dict[str, Any], _form: results_file.Form) -> bytes:
    """In place of the file, what would be set in it."""
    return json.dumps(data).encode()


@pytest.mark.parametrize("kind", ["psychoeducation", "training"])
async def test_groups_below_the_smallest_see_the_same_bytes_after_the_reveal_and_at_the_end_however_they_voted(
    client: httpx.AsyncClient, follow: Follow, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers, second view with why, what counted of a late answer, summary, file, export, goodbye, start page."""
    monkeypatch.setattr(results_file, "typeset", as_data)
    told: list[Pages] = []
    more: dict[str, Any] = {"confidence": "sure", "cues": [[0, 3]]} if kind == "training" else {}
    for system in ("drive", "threat"):
        room = await new_room(client, kind, plan=[ANA], name="Tuesday room")
        watcher, *others = await room.people(4)
        await room.start_round()
        for vote in ("voting", "revoting"):
            await room.go(vote)
            await watcher.must_vote("unsure")
            for phone in others:
                await phone.must_vote(system, **more)
            await room.go("discussing" if vote == "voting" else "revealed")
        late = await client.post(f"/g/{CODE}/guess", data={"system": "soothing"}, headers=watcher.cookies)
        assert late.status_code == 409
        seen = await everything_to_see(room, watcher, follow) | {"late": without_number(late, late.text)}
        await client.post(f"/g/{CODE}/view", data={"why": "true"}, headers=room.cookies)
        for path in (
            *(f"/g/{CODE}/{page}" for page in ("screen", "now/screen", "summary", "results.pdf", "results.png", "end")),
            *(f"{API}/{CODE}/export?format={form}" for form in ("csv", "json")),
            f"{API}/{CODE}/results",
        ):
            answer = await client.get(path, headers=room.cookies | room.headers)
            assert answer.status_code == 200, path
            page = without_number(answer, answer.text)
            seen[f"led {path}"] = re.sub(r'"exported_at":"[^"]*"', "", page)  # when it was made
        await room.end()
        for path in (f"/g/{CODE}", f"/g/{CODE}/now/member", "/groups/new"):
            answer = await client.get(path, headers=watcher.cookies)
            seen[f"after {path}"] = without_number(answer, answer.text)
        told.append(seen)

    one, other = told
    assert len(one) == 11 + 1 + 9 + 3
    assert [what for what in one if one[what] != other[what]] == []


async def test_neither_key_nor_explanation_nor_count_stands_anywhere_before_the_reveal(
    client: httpx.AsyncClient, follow: Follow
) -> None:
    seen = await run(client, follow, "psychoeducation", OPPOSITES[0])

    for what, page in before_the_reveal(seen):
        found = [secret for secret in SECRETS if secret in page]
        assert found == [], what
    shown = seen["revealed, who voted"]
    for surface in ("state", "phone", "phone now", "wall", "wall now", "events"):
        assert any(secret in shown[surface] for secret in SECRETS), surface


async def test_the_state_names_no_result_before_the_reveal(client: httpx.AsyncClient, follow: Follow) -> None:
    seen = await run(client, follow, "training", OPPOSITES[1])

    for what, page in before_the_reveal(seen):
        if what.startswith(("state", "events")):
            told = json.loads(page[page.index("{") :].split("\n")[0])
            assert field_names(told) & RESULT_FIELDS == set(), what
            assert (told["outcome"], told["results"]) == (None, None), what
    shown = seen["revealed, who voted"]["events"]
    assert field_names(json.loads(shown[shown.index("{") :].split("\n")[0])) >= RESULT_FIELDS


async def test_a_stream_that_stays_open_tells_nothing_early_either(client: httpx.AsyncClient, follow: Follow) -> None:
    room = await new_room(client)
    phones = await room.people(6)
    await room.start_round()
    async with follow(f"{API}/{CODE}/events", phones[0].headers) as mine, follow(f"/g/{CODE}/live/screen") as wall:
        for phase in HIDDEN[1:]:
            await room.go(phase)
            if phase != "discussing":
                await vote_all(phones, *["drive"] * 6)
            version = (await room.state())["version"]
            await mine.until(lambda feed, version=version: bool(feed.events) and feed.events[-1].id == version)  # type: ignore[misc]
        assert [secret for secret in SECRETS if secret in mine.text + wall.text] == []
        assert all(event.data["outcome"] is event.data["results"] is None for event in mine.events)
        await room.go("revealed")
        told = await mine.event(lambda data: data["phase"] == "revealed")
    assert told.data["outcome"]["key"]["dominant"] == "drive"


async def test_a_vote_that_is_taken_or_refused_tells_nothing_of_the_others(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    told: list[list[tuple[int, str]]] = []
    for answers in OPPOSITES:
        room = await new_room(client)
        watcher, *others = await room.people(PEOPLE - 1)
        await room.start_round()
        await room.go("voting")
        own = []
        await vote_all(others, *answers)
        for system in ("pass", "nothing"):
            answer = await watcher.vote(system)
            own.append((answer.status_code, without_number(answer, answer.text)))
        page = await client.post(
            f"/g/{CODE}/guess", data={"system": "drive"}, headers=watcher.cookies | {"HX-Request": "true"}
        )
        own.append((page.status_code, without_number(page, page.text)))
        await room.go("discussing")
        late = await watcher.vote("drive")
        own.append((late.status_code, without_number(late, late.text)))
        told.append(own)
        await room.end()

    assert told[0] == told[1]
    assert [status for status, _ in told[0]] == [200, 422, 200, 409]
