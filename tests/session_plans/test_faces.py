"""The faces of every step of the shipped plans, and of steps that were made to spoil them."""

import re
from html.parser import HTMLParser

import pytest

from api.session_plans.faces import CHECK_IN_VALUES, CheckInTotals, Live, StepFace, face
from api.session_plans.plan import Step
from api.session_plans.signposting import Signposting
from api.session_plans.steps import CHECK_IN_ANSWERS, BoardStep, CheckInStep, PrivateStep, RulesStep, SystemsStep
from api.session_plans.takeaway import TakeawayView, takeaway
from api.session_plans.wording import brain_links
from api.web.rendering import Page, fragment
from tests.session_plans.shipped import SAID, england, found, in_a_group, look, plans

KINDS = {"talk", "rules", "check_in", "board", "systems", "round", "circles", "private", "pause", "close"}
EVERY = [
    pytest.param(step, id=f"{slug}-{number}-{step.kind}")
    for slug, plan in plans().items()
    for number, step in enumerate(plan.steps)
]
LIVE = [pytest.param(lambda _: Live(signposting=england()), id="preview"), pytest.param(in_a_group, id="group")]
ONE_OF: dict[str, Step] = {step.kind: step for plan in reversed(plans().values()) for step in plan.steps}
EVIL = "<img src=x onerror=alert(1)> **bold**"


class Reading(HTMLParser):
    """The words of a page, its tags with their attributes, and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.text = " ".join("".join(self.words).split())
        self.ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)

    def _part(self, tag: str) -> None:
        if tag not in ("strong", "em"):
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def wall(shown: StepFace) -> Reading:
    return Reading(fragment("session_plans/_wall_step.html", {"face": shown}))


def phone(shown: StepFace) -> Reading:
    return Reading(fragment("session_plans/_phone_step.html", {"face": shown}))


def notes(shown: StepFace) -> Reading:
    return Reading(fragment("session_plans/_notes.html", {"face": shown}))


def page(view: TakeawayView) -> Reading:
    frame = Page(title="", section="", trainer=None, setup=False, place="", places=())
    return Reading(fragment("session_plans/takeaway.html", {"view": view, "page": frame}))


def plain(text: str) -> str:
    """Markdown as it reads."""
    without = re.sub(r"\*\*|^\s*(?:[-*]|\d+\.)\s+", "", text, flags=re.MULTILINE)
    return " ".join(without.split())


def made(kind: str, **fields: object) -> Step:
    """A shipped step of the kind, with other words."""
    step: Step = ONE_OF[kind]
    return step.model_copy(update=fields)


def test_the_shipped_plans_have_steps_of_every_kind() -> None:
    assert set(ONE_OF) == KINDS


@pytest.mark.parametrize("live", LIVE)
@pytest.mark.parametrize("step", EVERY)
def test_wall_and_phone_show_their_words_and_the_wall_nothing_to_press(step: Step, live: object) -> None:
    shown = look(step, live(step))  # type: ignore[operator]
    on_wall, on_phone = wall(shown), phone(shown)

    assert plain(step.wall) in on_wall.text
    assert plain(step.phone) in on_phone.text
    for reading in (on_wall, on_phone):
        assert [tag for tag, _ in reading.tags].count("h1") == 1
        assert reading.text.startswith(step.title)
        assert len(reading.ids) == len(set(reading.ids))
    assert on_wall.named("a", "button", "form", "input", "details") == []


@pytest.mark.parametrize("step", EVERY)
def test_what_a_step_says_beside_its_two_texts_is_read_on_one_of_them(step: Step) -> None:
    shown = look(step)
    read = wall(shown).text + " " + phone(shown).text

    assert [text for _, text in step.own_words() if plain(text) not in read] == []


@pytest.mark.parametrize("step", EVERY)
def test_the_notes_are_whole_and_only_for_the_facilitator(step: Step) -> None:
    shown = look(step)
    own = notes(shown).text
    public = wall(shown).text + phone(shown).text

    for text in (*step.notes.say, *step.notes.watch, step.notes.end):
        assert plain(text) in own
        assert plain(text) not in public


def test_the_minutes_are_those_of_the_length() -> None:
    step = plans()["building-self-compassion"].steps[0]

    assert [look(step, length=length).minutes for length in (60, 120, 45, None)] == [3, 4, None, None]


def test_rules_as_agreed_stand_in_the_place_of_the_plans() -> None:
    step = made("rules")
    assert isinstance(step, RulesStep)
    agreed = ("Phones may ring.", EVIL)
    shown = look(step, Live(rules=agreed))

    for reading in (wall(shown), phone(shown)):
        assert "Phones may ring." in reading.text
        assert step.rules[0] not in reading.text
        assert reading.named("img") == []
    assert step.rules[0] not in wall(look(step, Live(rules=()))).text
    assert step.rules[0] in wall(look(step, Live(rules=None))).text


def test_the_board_stands_as_it_was_typed_and_markup_in_it_is_only_words() -> None:
    step = made("board", headings=("They say", "They do", "They sound"))
    assert isinstance(step, BoardStep)
    shown = look(step, Live(board=((EVIL, "Hello"), SAID)))

    for reading in (wall(shown), phone(shown)):
        assert EVIL in reading.text
        assert reading.named("img", "strong") == []
        assert reading.text.index("They say") < reading.text.index("Hello") < reading.text.index("They do")
        assert "They sound" in reading.text


def test_a_check_in_posts_where_it_is_told_and_its_answers_are_the_known_ones() -> None:
    step = made("check_in", questions=("Looking outwards", "Looking inwards"))
    assert isinstance(step, CheckInStep)
    reading = phone(look(step, Live(post_url="/g/ABC234/check-in", own_check_in=(None, "not_yet"))))

    assert [form["action"] for form in reading.named("form")] == ["/g/ABC234/check-in"]
    radios = [attributes for attributes in reading.named("input") if attributes["type"] == "radio"]
    assert [(radio["name"], radio["value"]) for radio in radios] == [
        (f"answer-{place}", value) for place in (0, 1) for value in CHECK_IN_VALUES
    ]
    assert [radio["id"] for radio in radios if "checked" in radio] == ["answer-1-not_yet"]
    assert "Sent. Thank you." in reading.text


def test_the_check_in_of_a_preview_can_send_nothing() -> None:
    reading = phone(look(made("check_in")))

    assert [set(form) & {"action", "method", "hx-post"} for form in reading.named("form")] == [set()]
    assert [button["type"] for button in reading.named("button")] == ["button"]
    assert "Sent" not in reading.text


def test_totals_of_a_check_in_stand_on_the_wall_and_small_ones_do_not() -> None:
    step = made("check_in", questions=("One", "Two"))
    totals = (CheckInTotals(9, (4, 5, None)), CheckInTotals(3, None, "Fewer than 5 people answered."))
    text = wall(look(step, Live(check_in=totals))).text

    told = re.findall(r"(\d+|hidden:) (" + "|".join(CHECK_IN_ANSWERS) + ")", text)
    assert told == [("4", "Tried it"), ("5", "Not yet"), ("hidden:", "Pass")]
    assert "Fewer than 5 people answered." in text
    assert re.findall(r"\d+ Tried it", wall(look(step)).text) == []


@pytest.mark.parametrize("linked", [True, False])
def test_brain_areas_stand_on_the_cards_only_where_the_plan_names_them_and_with_the_note(linked: bool) -> None:
    step = made("systems", brain_links=linked, together=False)
    assert isinstance(step, SystemsStep)

    for reading in (wall(look(step)), phone(look(step))):
        assert bool(brain_links(reading.text)) is linked
        assert "This is a teaching picture." in reading.text


def test_a_round_shows_its_story_before_it_runs_and_nothing_of_the_key() -> None:
    shown = look(made("round", vignette="julie"))

    for reading in (wall(shown), phone(shown)):
        assert "Julie works very long h" in reading.text
        assert "This story mentions" in phone(shown).text
        assert reading.named("input", "mark") == []


@pytest.mark.parametrize("kind", ["circles", "private"])
def test_what_stays_on_the_phone_has_no_name_that_a_form_could_send(kind: str) -> None:
    for live in (Live(), in_a_group(ONE_OF[kind])):
        reading = phone(look(ONE_OF[kind], live))

        assert reading.named("form") == []
        assert [field for field in reading.named("input", "textarea", "select") if "name" in field] == []
        assert all(button["type"] == "button" for button in reading.named("button"))


def test_private_notes_are_named_by_their_questions_and_not_by_their_place() -> None:
    steps = [step for plan in plans().values() for step in plan.steps if isinstance(step, PrivateStep)]
    keys = [look(step).own.key for step in steps]  # type: ignore[union-attr]
    other = made("private", minutes=7)

    assert len(set(keys)) == len(steps) == 2
    assert look(other).own == look(ONE_OF["private"]).own
    assert look(made("private", title="Another")).own != look(ONE_OF["private"]).own


def test_a_private_step_without_a_card_saves_and_prints_nothing() -> None:
    reading = phone(look(made("private", card=None)))

    assert [b for b in reading.named("button") if {"data-save", "data-print"} & set(b)] == []
    assert [s for s in reading.named("section") if "data-card" in s] == []


def test_all_lines_of_a_pause_can_be_read_without_a_script_and_a_break_has_no_guide() -> None:
    step = ONE_OF["pause"]
    assert [part for part in phone(look(step)).named("section") if "data-guide" in part] != []
    without = phone(look(made("pause", guide=None)))

    assert [part for part in without.named("section") if "data-guide" in part] == []
    assert without.named("button") == []


def test_the_close_names_help_where_the_plan_wants_it_and_marks_lines_that_no_one_has_looked_at() -> None:
    own = Signposting(nation="Wales", no_watching="Nobody watches.", lines=england().lines[:1])
    shipped = look(ONE_OF["close"])

    for face_of in (wall, phone):
        assert "116 123" in face_of(shipped).text
        assert "numbers come with Three Circles and are for England" in face_of(shipped).text
        theirs = face_of(look(ONE_OF["close"], Live(signposting=own)))
        assert "Nobody watches." in theirs.text
        assert "come with Three Circles" not in theirs.text
        assert "Where to find help" not in face_of(look(made("close", signposting=False))).text
    assert {link["href"] for link in phone(shipped).named("a")} >= {"tel:999", "tel:116123", "https://111.nhs.uk"}


def test_the_close_tells_what_the_group_found_and_hides_what_few_said() -> None:
    text = phone(look(ONE_OF["close"], in_a_group(ONE_OF["close"]))).text

    assert "Julie After talking, most of us chose drive" in text
    assert "Dave Too few people answered to show this." in text
    assert "What we found" not in phone(look(ONE_OF["close"])).text


def test_the_page_to_take_home_holds_totals_and_empty_places_for_the_devices_own() -> None:
    plan = plans()["building-self-compassion"]
    view = takeaway(
        plan,
        (found("julie", [1, 9, 0, 0, 0]), found("dave", [1, 1, 0, 0, 1])),
        england(),
        length=60,
        group="ABC234",
        back_url="/g/ABC234",
    )
    reading = page(view)

    assert "Most of us chose drive" in reading.text
    assert "Fewer than 5 people answered" in reading.text
    assert "What do I do to look after myself?" in reading.text
    assert "A proper meal" not in reading.text
    assert "numbers come with Three Circles and are for England" in reading.text
    assert brain_links(reading.text) == []
    assert [part["data-group"] for part in reading.named("section") if "data-mine" in part] == ["ABC234"]
    assert reading.named("form", "input") == []


def test_the_page_to_take_home_has_no_place_for_steps_that_the_length_leaves_out() -> None:
    plan = plans()["training-day"]
    short, long = (page(takeaway(plan, (), None, length=length)) for length in plan.lengths)

    assert [part for part in short.named("section") if "data-notes" in part] == []
    assert len([part for part in long.named("section") if "data-notes" in part]) == 1
    assert "What our group found" not in short.text
    assert "Where to find help" not in short.text


def test_a_round_without_its_story_can_still_be_looked_at() -> None:
    shown = face(ONE_OF["round"], Live())

    assert ONE_OF["round"].title in wall(shown).text
    assert ONE_OF["round"].title in phone(shown).text
