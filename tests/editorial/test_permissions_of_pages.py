"""Every page and form of the trainers' part, asked for by each role and by no one: the table of permissions holds."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal, get_args

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.accounts.models import Trainer
from api.accounts.permissions import PERMISSIONS, Action, Role
from api.accounts.trainer import access_token, add_trainer
from api.app import create_app
from api.classes.service import make_class
from api.editorial import drafting, publishing
from api.editorial.library_settings import LibrarySettings, write_library_settings
from api.kit.settings import Settings
from api.panels.service import NewPanel, make_panel
from api.session_plans.editor.beginning import take_file
from tests.cast import ANA_FILE, PASSWORD, put_cases
from tests.client import SECRET, http_client, running
from tests.session_plans.sample import LEVELS, SAMPLE

# The author is a trainer, and what is asked for is the author's own.
Who = Literal["nobody", "trainer", "author", "editor", "admin"]
WHO: tuple[Who, ...] = get_args(Who)
ROLE: dict[Who, Role] = {"trainer": "trainer", "author": "trainer", "editor": "editor", "admin": "admin"}
Thing = Literal["draft", "in_review", "published", "retired", "changed"]
# Who a page or form is for: one action of the table, anyone who has signed in, or everyone.
For = Action | Literal["signed in", "everybody"]


@dataclass(frozen=True)
class Case:
    """A page or form of the app, what it is asked about, and what it takes."""

    method: str
    path: str
    takes: For
    thing: Thing = "published"
    form: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " ".join((self.method, self.path, self.thing, *self.form.values()))


STORY = "/trainers/vignettes/{slug}"
PEOPLE = "/trainers/people/{trainer_id}"
PLAN = "/trainers/plans/{plan}"
PANEL = "/trainers/panels/{panel}"
STEP = f"{PLAN}/steps/{{number}}"
WORDING = {"change": "wording"}
CASES = (
    Case("GET", "/trainers", "everybody"),  # the sign-in form for no one
    Case("POST", "/trainers/sign-in", "everybody", form={"name": "Author", "password": PASSWORD}),
    Case("POST", "/trainers/sign-out", "everybody"),
    Case("GET", "/trainers/setup/{token}", "everybody"),
    Case("POST", "/trainers/setup/{token}", "everybody"),
    Case("GET", "/trainers/join/{token}", "everybody"),
    Case("POST", "/trainers/join/{token}", "everybody"),
    Case("GET", "/trainers/reset/{token}", "everybody"),
    Case("POST", "/trainers/reset/{token}", "everybody"),
    Case("GET", "/trainers/sign-in/{provider}", "everybody"),
    Case("GET", "/trainers/sign-in/{provider}/back", "everybody"),
    Case("POST", "/trainers/sign-in/{provider}/logged-out", "everybody"),  # the institution itself
    Case("GET", "/trainers/link", "everybody"),  # whom an institution has vouched for
    Case("POST", "/trainers/link", "everybody"),
    Case("POST", "/trainers/link/new", "everybody"),
    Case("GET", "/trainers/signed-out/{provider}", "everybody"),
    Case("GET", "/trainers/confirm", "signed in"),
    Case("POST", "/trainers/confirm", "signed in"),
    Case("POST", "/trainers/account/links/{identity_id}/remove", "signed in"),
    Case("GET", "/trainers/second-step", "everybody"),  # who has shown the first factor
    Case("POST", "/trainers/second-step", "everybody"),
    Case("POST", "/trainers/passkey/options/{what}", "everybody"),
    Case("POST", "/trainers/passkey", "everybody"),
    Case("POST", "/trainers/second-step/passkey", "everybody"),
    Case("POST", "/trainers/confirm/passkey", "signed in"),
    Case("POST", "/trainers/account/passkeys/options", "signed in"),
    Case("POST", "/trainers/account/passkeys", "signed in"),
    Case("POST", "/trainers/account/passkeys/{passkey_id}/remove", "signed in"),
    Case("GET", "/trainers/account/app", "signed in"),
    Case("POST", "/trainers/account/app", "signed in"),
    Case("POST", "/trainers/account/app/remove", "signed in"),
    Case("POST", "/trainers/account/codes", "signed in"),
    Case("GET", "/trainers/account", "signed in"),
    Case("POST", "/trainers/account/password", "signed in"),
    Case("POST", "/trainers/account/sign-ins/{session_id}/end", "signed in"),
    Case("GET", "/trainers/people", "manage_people"),
    Case("POST", "/trainers/people/links", "manage_people"),
    Case("POST", "/trainers/people/links/{invitation_id}/withdraw", "manage_people"),
    Case("POST", "/trainers/people/second-factor", "manage_people"),
    Case("GET", PEOPLE, "manage_people"),
    Case("POST", f"{PEOPLE}/role", "manage_people", form={"role": "trainer"}),
    Case("POST", f"{PEOPLE}/disable", "manage_people"),
    Case("POST", f"{PEOPLE}/enable", "manage_people"),
    Case("POST", f"{PEOPLE}/reset", "manage_people"),
    Case("POST", f"{PEOPLE}/factors/remove", "manage_people"),
    Case("POST", f"{PEOPLE}/remove", "manage_people"),  # asks whether one is sure
    Case("GET", "/trainers/audit", "see_trail"),
    Case("GET", "/trainers/audit/table", "see_trail"),
    Case("GET", "/trainers/settings", "change_settings"),
    Case("POST", "/trainers/settings", "change_settings", form={"raters_needed": "0"}),
    Case("GET", "/trainers/map", "see_library"),
    Case("GET", "/trainers/reviews", "rate"),
    Case("GET", "/trainers/analysis", "see_library"),
    Case("POST", "/trainers/analysis", "see_library"),
    Case("GET", "/trainers/analysis/table", "export"),
    Case("GET", "/trainers/exchange", "export"),
    Case("GET", "/trainers/exchange/export", "export"),
    Case("GET", "/trainers/exchange/template", "export"),
    Case("POST", "/trainers/exchange/import", "import"),
    Case("GET", "/trainers/exchange/{token}", "signed in"),  # an import of one’s own
    Case("POST", "/trainers/exchange/{token}/apply", "import"),
    Case("POST", "/trainers/exchange/{token}/discard", "signed in"),
    Case("GET", "/trainers/classes", "signed in"),  # one’s own classes
    Case("POST", "/trainers/classes", "signed in", form={"name": "Tuesday"}),
    Case("GET", "/trainers/classes/{code}", "lead_class"),
    Case("POST", "/trainers/classes/{code}/delete", "lead_class"),
    Case("GET", "/trainers/panels", "see_library"),
    Case("POST", "/trainers/panels", "signed in", form={"name": "Leeds"}),  # one’s own panels
    Case("GET", PANEL, "see_library"),
    Case("GET", f"{PANEL}/paper", "see_library"),
    Case("GET", f"{PANEL}/ratings", "export"),
    Case("POST", f"{PANEL}/import", "lead_panel"),
    Case("POST", f"{PANEL}/reasons", "lead_panel", form={"show": "1"}),
    Case("POST", f"{PANEL}/close", "lead_panel"),
    Case("POST", f"{PANEL}/delete", "lead_panel"),
    Case("GET", "/trainers/plans", "see_library"),
    Case("POST", "/trainers/plans", "signed in", form={"title": "Mine"}),  # one’s own plans
    Case("POST", "/trainers/plans/upload", "signed in"),
    Case("GET", PLAN, "write_plan"),
    Case("GET", f"{PLAN}/file", "write_plan"),
    Case("POST", f"{PLAN}/copy", "write_plan"),
    Case("POST", f"{PLAN}/offer", "offer_plan", form={"mark": "1"}),
    Case("POST", f"{PLAN}/withdraw", "offer_plan"),
    Case("POST", f"{PLAN}/delete", "write_plan"),
    Case("GET", f"{PLAN}/edit", "write_plan"),
    Case("POST", f"{PLAN}/edit", "write_plan", form={"tab": "about", "mark": "1"}),
    Case("POST", f"{PLAN}/steps", "write_plan", form={"do": "up 2", "mark": "1"}),
    Case("POST", f"{PLAN}/undo", "write_plan"),
    Case("GET", STEP, "write_plan"),
    Case("POST", STEP, "write_plan", form={"title": "Hello", "mark": "1"}),
    Case("POST", f"{STEP}/preview", "write_plan", form={"title": "Hello", "mark": "1"}),
    Case("GET", "/trainers/new", "see_library"),
    Case("POST", "/trainers/new", "see_library", form={"title": "Grace sells out", "person": "Grace"}),
    Case("GET", f"{STORY}/edit", "write_draft", "draft"),
    Case("GET", f"{STORY}/edit", "write_draft"),
    Case("POST", f"{STORY}/edit", "write_draft", "draft", {"tab": "source", "source": ANA_FILE}),
    Case("POST", f"{STORY}/autosave", "write_draft", "draft", {"tab": "source", "source": ANA_FILE}),
    Case("GET", f"{STORY}/edit/mark", "write_draft", "draft"),
    Case("GET", STORY, "see_library"),
    Case("GET", STORY, "write_draft", "draft"),
    Case("GET", f"{STORY}/review", "see_library"),
    Case("GET", f"{STORY}/review", "write_draft", "draft"),
    Case("POST", f"{STORY}/decision", "decide_key", form={"decision": "keep", "reason": "It reads clearly."}),
    Case("GET", f"{STORY}/versions", "see_library"),
    Case("GET", f"{STORY}/versions", "write_draft", "draft"),
    Case("GET", f"{STORY}/versions/{{number}}", "see_library"),
    Case("GET", f"{STORY}/analysis", "see_library"),
    Case("GET", f"{STORY}/analysis", "write_draft", "draft"),
    Case("POST", f"{STORY}/copy", "see_library"),
    Case("POST", f"{STORY}/copy", "write_draft", "draft"),
    Case("GET", f"{STORY}/rate", "rate", "in_review"),
    Case("POST", f"{STORY}/rate", "rate", "in_review", {"system": "drive"}),
    Case("POST", f"{STORY}/status", "submit_for_review", "draft", {"status": "in_review"}),
    Case("POST", f"{STORY}/status", "submit_for_review", "in_review", {"status": "draft"}),
    Case("POST", f"{STORY}/status", "publish", "in_review", {"status": "published"}),
    Case("POST", f"{STORY}/status", "retire", "published", {"status": "retired"}),
    Case("POST", f"{STORY}/status", "restore", "retired", {"status": "published"}),
    Case("POST", f"{STORY}/publish", "publish", "changed", WORDING),
    Case("POST", f"{STORY}/shipped/take", "publish", "changed", WORDING),
    Case("POST", f"{STORY}/discard", "write_draft", "draft"),
    Case("POST", f"{STORY}/discard", "write_draft", "changed"),
    Case("POST", f"{STORY}/shipped/keep", "publish", "changed"),
    Case("POST", f"{STORY}/kept/{{number}}", "write_draft", "draft"),
    Case("POST", f"{STORY}/versions/{{number}}/restore", "restore", form=WORDING),
)


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route of the app."""
    for route in app.routes:
        for method in getattr(route, "methods", None) or ():
            yield method, getattr(route, "path", "")


def expected(case: Case, who: Who) -> int | None:
    """The status with which someone is turned away, or None who is let in."""
    if case.takes == "everybody":
        return None
    if who == "nobody":
        return 401
    if case.takes == "signed in":
        return None
    own = who == "author"
    if case.path.endswith("/rate") and own:
        return 403  # the author knows the key
    cell = PERMISSIONS[case.takes][ROLE[who]]
    return None if cell == "yes" or (cell == "own" and own) else 403


@dataclass
class House:
    """A running app with one person of each kind, and stories to ask about."""

    app: FastAPI
    client: httpx.AsyncClient
    people: dict[Who, Trainer]
    spare: Trainer
    numbers: Iterator[int]

    @property
    def engine(self) -> Engine:
        found: Engine = self.app.state.engine
        return found

    def headers(self, who: Who) -> dict[str, str]:
        if who == "nobody":
            return {}
        return {"Authorization": f"Bearer {access_token(self.engine, self.people[who])}"}

    def story(self, thing: Thing) -> str:
        """A story of the author's that stands so; its slug."""
        author, editor = self.people["author"], self.people["editor"]
        slug = drafting.begin(self.engine, author, f"Dan {next(self.numbers)}", "Dan").slug
        good = ANA_FILE.replace("ana-the-race", slug)
        drafting.save(self.engine, author, slug, good, None)
        if thing in ("draft", "in_review"):
            self._set(slug, status=thing)
            return slug
        publishing.change_status(self.engine, editor, slug, "published")
        if thing == "retired":
            publishing.change_status(self.engine, editor, slug, "retired")
        if thing == "changed":
            newer = good.replace("in May", "in June")
            self._set(slug, shipped=newer, adapted=True)
            drafting.save(self.engine, author, slug, newer, None)
        self.app.state.catalogue.refresh()
        return slug

    def plan(self) -> str:
        """A good plan of the author's, a draft; its slug."""
        return take_file(self.engine, self.people["author"], SAMPLE.encode(), (), LEVELS).slug

    def panel(self) -> str:
        """A panel of the author's; its code."""
        library = self.app.state.catalogue.vignettes.values()
        return make_panel(self.engine, self.people["author"], NewPanel("Leeds"), library).code

    def thing_of(self, case: Case) -> str:
        """The address of a page or form, with something new to ask about."""
        return case.path.format(
            slug=self.story(case.thing) if "{slug}" in case.path else "",
            plan=self.plan() if "{plan}" in case.path else "",
            code=make_class(self.engine, self.people["author"], "Ours").code if "{code}" in case.path else "",
            panel=self.panel() if "{panel}" in case.path else "",
            number=1,
            token="unknown",
            trainer_id=self.spare.id,
            invitation_id=9999,
            session_id=9999,
            identity_id=9999,
            passkey_id=9999,
            what="sign-in",
            provider="unknown",
        )

    def _set(self, slug: str, **values: object) -> None:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        with self.engine.begin() as connection:
            connection.execute(text(f"UPDATE vignette SET {changes} WHERE slug = :slug"), values | {"slug": slug})


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """On SQLite alone: the table does not ask the database."""
    folder: Path = tmp_path_factory.mktemp("permissions")
    cases = put_cases(folder / "cases")
    settings = Settings(
        _env_file=None, data_dir=folder, vignettes_dir=cases, secret_key=SECRET, rate_limit=False, small_group=5
    )
    async with running(settings) as app, http_client(app) as client:
        people = {who: add_trainer(app.state.engine, who.capitalize(), PASSWORD, role=ROLE[who]) for who in ROLE}
        spare = add_trainer(app.state.engine, "Spare", PASSWORD, role="trainer")
        write_library_settings(app.state.engine, LibrarySettings(raters_needed=0, lone_trainer=False))
        yield House(app, client, people, spare, count(1))


def test_every_page_and_form_has_an_entry(tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    there = {(method, path) for method, path in routes_of(app) if path.startswith("/trainers")}

    assert there == {(case.method, case.path.replace("{plan}", "{slug}")) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:90])
async def test_a_page_or_form_lets_in_whom_the_table_names(house: House, case: Case, subtests: pytest.Subtests) -> None:
    shared = house.thing_of(case)
    for who in WHO:
        refusal = expected(case, who)
        # A refusal changes nothing, so all who are refused may ask about the same thing; who is let in gets their own.
        path = shared if refusal else house.thing_of(case)
        with subtests.test(who=who):
            answer = await house.client.request(
                case.method, path, headers=house.headers(who), data=case.form if case.method == "POST" else None
            )

            if refusal is None:
                assert answer.status_code not in (401, 403, 405), answer.text
                assert answer.status_code < 500
                assert answer.status_code < 400 or "unknown" in path or "9999" in path or case.form == {}, answer.text
            else:
                assert answer.status_code == refusal, answer.text
