"""The organisation's own lines on where to find help reach every page that speaks of help."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.kit import assets
from tests.client import MakeSettings, http_client, running
from tests.groups.room import Room, new_room

OWN = """\
nation: Wales
no_watching: This is not monitored.
lines:
  - who: Our own duty worker
    when: Call if you may not be safe.
    call: "01632 960123"
"""
ROOT = Path(__file__).parents[2]
# A heading whose list says what limits it.
QUALIFIED = {("docs/group-members.md", "nobody sees"), ("docs/index.md", "nobody sees")}
ELSEWHERE = re.compile(r"Samaritans|116 123|85258|NHS 111|option 2")


def written() -> list[str]:
    """What people read: pages, help and session plans."""
    kinds = ("frontend/templates/**/*.html", "docs/*.md", "vignettes/plans/*.yaml")
    found = sorted(str(path.relative_to(ROOT)) for kind in kinds for path in ROOT.glob(kind))
    return [path for path in found if path != "docs/scaling.md"]  # figures alone


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("own", [True, False], ids=["own lines", "shipped lines"])
async def test_every_page_that_speaks_of_help_has_the_lines_of_the_file_and_no_others(
    make_settings: MakeSettings, tmp_path: Path, own: bool
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    changes = {"signposting_file": file} if own else {}
    async with running(make_settings(**changes)) as app, http_client(app) as client:
        room = await new_room(client)
        phone = await room.join()
        pages = {
            "about": "/about",
            "joining": f"/g/{room.code}",
            "break": f"/g/{room.code}/pause",
            "a group that is not there": "/g/ZZZZZZ",
            "help": "/help/group-members/",
        }
        for name, address in pages.items():
            cookies = phone.cookies if name == "break" else {}
            page = (await client.get(address, headers=cookies)).text
            if own:
                assert "Our own duty worker" in page, name
                assert 'href="tel:01632960123"' in page, name
                assert not ELSEWHERE.search(page), name
            else:
                numbers = ["tel:999", "tel:111", "tel:116123", "sms:85258"]
                places = [page.find(number) for number in numbers]
                assert -1 not in places, name
                assert places == sorted(places), "most urgent first"


def distress_steps() -> list[str]:
    template = " ".join((assets.TEMPLATES / "groups/_distress.html").read_text(encoding="utf-8").split())
    return re.findall(r"<li>([^<]+)</li>", template)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_facilitator_has_the_steps_for_distress_one_press_away_at_every_step(room: Room) -> None:
    steps = distress_steps()
    assert len(steps) == 6
    for phase in ("", "reading", "voting", "discussing", "revealed"):
        if phase == "reading":
            await room.start_round()
        elif phase:
            await room.go(phase)
        page = (await room.client.get(f"/g/{room.code}/console", headers=room.cookies)).text
        assert [step for step in steps if step not in page] == []


def test_the_steps_for_distress_are_the_same_on_the_screen_in_the_help_and_on_the_sheet() -> None:
    root = Path(__file__).parents[2]
    steps = distress_steps()
    for document in ("docs/facilitators.md", "docs/facilitator-sheet.md"):
        words = " ".join((root / document).read_text(encoding="utf-8").split())
        assert [step for step in steps if step not in words] == [], document


def test_nothing_else_names_a_number_to_call() -> None:
    number = re.compile(r"\b(116\s?123|85258|999|NHS 111|tel:\s*\d+)\b")
    assert [path for path in written() if number.search((ROOT / path).read_text(encoding="utf-8"))] == []


def test_no_page_plan_or_document_promises_what_does_not_hold() -> None:
    """In a small group answers can be guessed, notes and supervision have their place, and totals stay."""
    too_much = re.compile(
        r"(nobody|no one|no-one) (sees|can see|watches|is watching)\b|never who\b|the one limit|never shared"
        r"|(fully|completely|totally) (anonymous|confidential|private)|(cannot|can never|no one can) (be )?trace",
        re.IGNORECASE,
    )
    found = [
        (path, match[0].lower())
        for path in written()
        for match in too_much.finditer(" ".join((ROOT / path).read_text(encoding="utf-8").split()))
    ]
    assert [one for one in found if one not in QUALIFIED] == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_client_groups_are_offered_levels_1_and_2_and_level_3_by_a_choice_of_its_own(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    levels = {vignette.slug: vignette.case.head.level for vignette in app.state.catalogue.vignettes.values()}
    assert 3 in levels.values()

    page = (await client.get("/groups/new")).text
    offered, folded = page.split('<details class="more" id="level-3">')
    for slug, level in levels.items():
        assert (f'value="{slug}"' in offered, f'value="{slug}"' in folded) == (level < 3, level == 3), slug
