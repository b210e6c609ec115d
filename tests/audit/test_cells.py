"""Cell by cell of the table of permissions: what was done leaves a line, and what was not let through another."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

import api.audit.trail
from api.accounts.permissions import ACTIONS, Action
from api.audit.actions import NAME, AuditAction
from api.classes.service import make_class
from api.session_plans.editor.offering import offer
from tests.cast import ANA_FILE
from tests.editorial.test_permissions_of_pages import PANEL, PLAN, ROLE, STORY, Case, House, Thing, Who, expected, house  # noqa: F401  # a fixture
from tests.session_plans.sample import LEVELS


@dataclass(frozen=True)
class Done:
    """One way to use an action, and what the trail calls it; None where reading leaves nothing."""

    action: Action
    method: str
    path: str
    deed: AuditAction | None
    thing: Thing = "published"
    form: dict[str, str] = field(default_factory=dict)
    file: bool = False


CASES = (
    Done("see_library", "GET", "/trainers/map", None),
    Done("write_draft", "POST", f"{STORY}/edit", "write_draft", "draft", {"tab": "source", "source": ANA_FILE}),
    Done("write_draft", "POST", f"{STORY}/discard", "discard_draft", "draft"),
    Done("rate", "POST", f"{STORY}/rate", "rate", "in_review", {"system": "drive"}),
    Done("submit_for_review", "POST", f"{STORY}/status", "submit_for_review", "draft", {"status": "in_review"}),
    Done("submit_for_review", "POST", f"{STORY}/status", "take_back", "in_review", {"status": "draft"}),
    Done("publish", "POST", f"{STORY}/status", "publish", "in_review", {"status": "published"}),
    Done("publish", "POST", f"{STORY}/publish", "publish", "changed", {"change": "wording"}),
    Done("publish", "POST", f"{STORY}/shipped/keep", "turn_down", "changed"),
    Done("retire", "POST", f"{STORY}/status", "retire", "published", {"status": "retired"}),
    Done("restore", "POST", f"{STORY}/status", "restore", "retired", {"status": "published"}),
    Done("restore", "POST", f"{STORY}/versions/1/restore", "restore", form={"change": "wording"}),
    Done("import", "POST", "/api/v1/vignettes/import", "import", file=True),
    Done("export", "GET", "/trainers/exchange/export?format=json", "export"),
    Done("lead_class", "POST", "/trainers/classes/{code}/delete", "delete_class"),
    Done("lead_panel", "POST", f"{PANEL}/close", "close_panel"),
    Done("lead_panel", "POST", f"{PANEL}/reasons", "show_reasons"),
    Done("lead_panel", "POST", f"{PANEL}/delete", "delete_panel"),
    Done("decide_key", "POST", f"{STORY}/decision", "decide_key", form={"decision": "keep", "reason": "secret"}),
    Done("write_plan", "POST", f"{PLAN}/copy", "begin_plan"),
    Done("write_plan", "POST", f"{PLAN}/edit", "write_plan", form={"tab": "source", "mark": "1", "source": "secret"}),
    Done("write_plan", "GET", f"{PLAN}/file", "export"),
    Done("write_plan", "POST", f"{PLAN}/delete", "discard_plan"),
    Done("offer_plan", "POST", f"{PLAN}/offer", "offer_plan", form={"mark": "1"}),
    Done("offer_plan", "POST", f"{PLAN}/withdraw", "withdraw_plan"),
    Done("manage_people", "POST", "/trainers/people/{trainer_id}/role", "change_role", form={"role": "trainer"}),
    Done("manage_people", "POST", "/trainers/people/links", "invite", form={"role": "editor", "name": "Ida"}),
    Done("change_settings", "POST", "/trainers/settings", "change_settings", form={"raters_needed": "0"}),
    Done("see_trail", "GET", "/trainers/audit/table", "take_trail"),
)


def test_every_action_of_the_table_is_tried() -> None:
    assert {case.action for case in CASES} == set(ACTIONS)
    assert {case.deed for case in CASES} - {None} <= set(NAME)


@pytest.mark.parametrize("who", list(ROLE))
@pytest.mark.parametrize("done", CASES, ids=lambda done: f"{done.action} {done.deed}")
async def test_a_deed_leaves_its_line_and_a_refusal_another(
    house: House,  # noqa: F811
    done: Done,
    who: Who,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api.audit.trail, "REFUSALS", timedelta(0))  # else those of a minute are one line
    slug = house.story(done.thing) if "{slug}" in done.path else ""
    if "{plan}" in done.path:
        slug = house.plan()
    if done.deed == "withdraw_plan":
        offer(house.engine, house.people["editor"], slug, 1, LEVELS)
    code = make_class(house.engine, house.people["author"], "Ours").code if "{code}" in done.path else ""
    panel = house.panel() if "{panel}" in done.path else ""
    path = done.path.format(slug=slug, plan=slug, code=code, panel=panel, trainer_id=house.spare.id)
    headers = house.headers(who)
    new = f"new-{next(house.numbers)}"
    file = (f"{new}.md", ANA_FILE.replace("ana-the-race", new))
    before = lines_of(house, who)

    answer = await house.client.request(
        done.method,
        path,
        headers=headers,
        data=done.form or None,
        files={"file": file} if done.file else None,
    )

    refused = expected(Case(done.method, done.path, done.action, done.thing), who)
    assert (answer.status_code == 403) == (refused == 403), answer.text
    added = lines_of(house, who)[len(before) :]
    if refused:
        [(deed, about, outcome)] = added
        assert (deed, outcome) == ("ask", "refused")
        assert about.startswith(done.method)
        assert slug in about
    elif done.deed is None:
        assert added == []
    elif done.deed == "write_draft" and who == "author":  # who saved it a moment before: once an hour
        assert added == []
        assert (done.deed, slug, "done") in before
    else:
        assert added, answer.text
        [(deed, about, outcome)] = added
        assert (deed, outcome) == (done.deed, "done")
        assert slug in about or (done.deed == "begin_plan" and "-copy" in about)
        assert "secret" not in about
    assert not panel or not any(panel in line for _, line, _ in added)
    assert not code or not any(code in line for _, line, _ in added)


def lines_of(house: House, who: Who) -> list[tuple[str, str, str]]:  # noqa: F811
    with house.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT deed, about, outcome FROM audit WHERE trainer_id = {house.people[who].id} ORDER BY id"
        )
        return [(row[0], row[1], row[2]) for row in rows]
