"""Pairs and threes of stories with a purpose, on the page where a group is started."""

import re
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app as command
from api.groups.state import read_state
from api.groups.suggestions import FILE, HARDEST_LEVEL, load_suggestions
from api.kit import assets
from tests.cast import ANA, BEN, CLEO, put_cases
from tests.client import MakeSettings, http_client, running

FORM = re.compile(r'<form class="(?:card stack quick|suggested)".*?</form>', re.S)
STORY = re.compile(r'name="vignette"\s+value="([^"]+)"')
TICKED = re.compile(r'name="vignette"\s+value="([^"]+)"\s+checked')
TWO = f"""\
suggestions:
  - slug: first-meeting
    name: First meeting
    purpose: Two to start with.
    stories: [{CLEO}, {ANA}]
  - slug: wanting-more
    name: Wanting more
    purpose: Two for later.
    stories: [{ANA}, {CLEO}]
"""


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_each_shipped_suggestion_is_a_plain_form_that_starts_a_group_with_its_stories_in_order(
    make_settings: MakeSettings,
) -> None:
    suggestions = load_suggestions(assets.VIGNETTES)
    async with running(make_settings(vignettes_dir=assets.VIGNETTES)) as app, http_client(app) as client:
        forms = FORM.findall((await client.get("/groups/new")).text)
        told = [unescape(form) for form in forms]
        for suggestion, form in zip(suggestions, told, strict=True):
            assert suggestion.name in form
            assert suggestion.purpose in form
            assert tuple(STORY.findall(form)) == suggestion.stories
            assert all(app.state.catalogue.vignettes[s].case.head.level <= HARDEST_LEVEL for s in suggestion.stories)
        three = next(form for form in forms if len(STORY.findall(form)) == 3)
        begun = await client.post("/groups", data={"kind": "psychoeducation", "vignette": STORY.findall(three)})
        code = begun.headers["location"].split("/")[2]
        state = read_state(app.state.engine, code)

    assert suggestions[0].stories == ("julie", "dave")
    assert state is not None
    assert (state.kind, state.plan) == ("psychoeducation", tuple(STORY.findall(three)))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_suggestion_can_be_changed_and_one_with_a_story_that_is_not_published_is_left_out(
    make_settings: MakeSettings, cases: Path
) -> None:
    (cases / FILE).write_text(TWO, encoding="utf-8")
    async with running(make_settings()) as app, http_client(app) as client:
        changed = (await client.get("/groups/new?suggestion=wanting-more")).text
        unknown = (await client.get("/groups/new?suggestion=none")).text
        del app.state.catalogue.vignettes[CLEO]
        without = (await client.get("/groups/new")).text

    assert (TICKED.findall(changed), '<details class="card choose" id="choose" open>' in changed) == ([ANA, CLEO], True)
    assert (TICKED.findall(unknown), '<details class="card choose" id="choose" open>' in unknown) == ([], False)
    assert (len(FORM.findall(changed)), FORM.findall(without)) == (2, [])


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        (
            f"[{CLEO}, {ANA}]",
            f"[{CLEO}, ana-the-rase]",
            "5:32: there is no story “ana-the-rase”; did you mean “ana-the-race”?",
        ),
        (f"[{CLEO}, {ANA}]", f"[{CLEO}, {BEN}]", f"5:32: “{BEN}” is of level 3; groups of clients read levels 1 and 2"),
        (f"[{CLEO}, {ANA}]", f"[{CLEO}, {CLEO}]", f"5:32: “{CLEO}” is here twice; a group reads each story once"),
        (f"[{CLEO}, {ANA}]", f"[{CLEO}]", "5:5: suggestions.1.stories: needs at least 2"),
        ("wanting-more", "first-meeting", "6:5: the slug “first-meeting” is here more than once"),
        (
            "purpose: Two to start",
            "purpos: Two to start",
            "4:5: suggestions.1.purpos: there is no such field here; did you mean “purpose”?",
        ),
    ],
)
def test_the_check_of_stories_says_where_a_suggestion_is_wrong(
    tmp_path: Path, wrong: str, right: str, told: str
) -> None:
    put_cases(tmp_path)
    (tmp_path / FILE).write_text(TWO.replace(wrong, right, 1), encoding="utf-8")

    finished = CliRunner().invoke(command, ["vignettes", "check", str(tmp_path)])

    assert finished.exit_code == 1
    assert f"{tmp_path}/{FILE}:{told}" in finished.stdout
