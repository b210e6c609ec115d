"""Writing in a real browser: by mouse, by keyboard, by touch, without a network, together with someone else."""

import re
from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from api.vignettes.checking import check
from tests.browser.barriers import barriers_in_both_schemes, bring_axe
from tests.browser.conftest import become
from tests.browser.test_journey import press_until
from tests.cast import ANA, PASSWORD, TRAINER
from tests.live import Server

STORY = (
    "Grace has a stall at the Saturday market. She gets up at four to be the first to set it up. "
    "By noon the jam is sold, and she laughs out loud.\n\n"
    "On the bus home she counts the jars that she wants to fill next week. Her back aches a little. "
    "At home she looks into her purse once more."
)
numbers = count(1)


def new_story(site: Server, cookies: dict[str, str], title: str = "") -> str:
    """A draft of the trainer's own; its address."""
    with httpx.Client(
        base_url=site.base_url, timeout=20, trust_env=False, cookies={"trainer": cookies["trainer"]}
    ) as client:
        title = title or f"Grace at the market {next(numbers)}"
        answer = client.post("/trainers/new", data={"title": title, "person": "Grace"})
        return site.base_url + answer.headers["location"]


def source(site: Server, cookies: dict[str, str], url: str) -> str:
    slug = url.split("/")[-2]
    with httpx.Client(
        base_url=site.base_url, timeout=20, trust_env=False, cookies={"trainer": cookies["trainer"]}
    ) as client:
        return client.get(f"/api/v1/vignettes/{slug}/source").text


def select(page: Page, words: str) -> None:
    """Selects words of the story, as a finger or a mouse does."""
    page.locator("#story-text").evaluate(
        """(field, words) => {
          const start = field.value.indexOf(words);
          field.focus();
          field.setSelectionRange(start, start + words.length);
        }""",
        words,
    )


def mark(page: Page, words: str, system: str, sign: str) -> None:
    select(page, words)
    page.get_by_role("button", name=system, exact=True).click()
    page.get_by_role("listbox", name="What do these words show?").get_by_role("option", name=sign).click()


def choose(page: Page) -> None:
    """Chooses drive, level 1 and the sizes, none of which a new story has."""
    for name in ("dominant", "level"):
        expect(page.locator(f"[name={name}]:checked")).to_have_count(0)
    page.locator("[name=dominant][value=drive]").check()
    page.locator("[name=level][value='1']").check()
    for system, low, high in (("threat", "10", "30"), ("drive", "40", "70"), ("soothing", "10", "30")):
        page.locator(f"#f-{system}-low").fill(low)
        page.locator(f"#f-{system}-high").fill(high)


@pytest.fixture
def writer(calm_page: Page, site: Server, cookies: dict[str, str]) -> Page:
    become("trainer", calm_page.context, site, cookies)
    return calm_page


@pytest.fixture
def second(browser: Browser, site: Server, cookies: dict[str, str]) -> Iterator[Page]:
    """The same draft open in another browser."""
    context = browser.new_context()
    become("trainer", context, site, cookies)
    yield context.new_page()
    context.close()


def saved(page: Page) -> None:
    expect(page.locator("[data-state]")).to_have_text(re.compile(r"^Saved \d"), timeout=10_000)


def story_box(page: Page) -> Locator:
    """Where the story is written, once the script has put it in the place of the plain field."""
    expect(page.locator("#f-story")).to_be_hidden()
    return page.get_by_role("textbox", name="What happens")


def test_a_new_trainer_writes_a_whole_vignette_without_seeing_any_syntax(
    writer: Page, site: Server, cookies: dict[str, str]
) -> None:
    page = writer
    page.goto(f"{site.base_url}/trainers/new")
    page.get_by_label("Title").fill("Grace sells out")
    page.get_by_label("Character’s first name").fill("Grace")
    page.get_by_role("button", name="Start writing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Grace sells out")
    expect(page.get_by_text("Start with one short scene.")).to_be_visible()

    story_box(page).fill(STORY)
    expect(page.get_by_text("No answer is chosen yet.")).to_be_visible()
    choose(page)
    expect(page.get_by_text("Nothing points to drive yet.")).to_be_visible()
    mark(page, "gets up at four", "Drive", "working for something they want")
    mark(page, "laughs out loud", "Drive", "enjoying a success")
    mark(page, "looks into her purse once more", "Threat", "watching for danger")
    page.get_by_label("How clear “looks into her purse once more” is").select_option("a hint")
    page.get_by_label("Why is it the biggest?").fill("She wants to sell out, and enjoys it when she does.")
    page.get_by_label("Why might someone choose threat?").fill("She checks her purse. The text does not tell us why.")
    page.get_by_label("Why might someone choose soothing?").fill(
        "She is at home at last. Nothing shows that she rests."
    )
    page.get_by_label("Questions to discuss").fill("What is the purse for?\nWhat would change your mind?")
    page.get_by_text("Tags, topics and balance").click()
    page.get_by_label("Drive or striving").check()

    expect(page.get_by_role("heading", name="Ready for review")).to_be_visible()
    saved(page)
    assert "{." not in page.locator("body").inner_text()
    file = source(site, cookies, f"{site.base_url}/trainers/vignettes/grace-sells-out/edit")
    assert check(file, "grace-sells-out")[1] == []
    assert "[looks into her purse once more]{.threat.scan strength=partial}" in file
    expect(page.locator("[data-look] mark").first).to_contain_text("gets up at four")


def test_marks_follow_the_words_while_the_text_is_edited(writer: Page, site: Server, cookies: dict[str, str]) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    story_box(page).fill(STORY)
    mark(page, "gets up at four", "Drive", "working for something")
    mark(page, "laughs out", "Drive", "enjoying a success")
    marks = page.locator("[data-marks] [data-quote]")

    select(page, "Grace has")
    page.keyboard.type("Well, Grace has")
    expect(marks).to_have_text(["“gets up at four”", "“laughs out”"])
    select(page, " at four")
    page.keyboard.type(" early at four")
    expect(marks.first).to_have_text("“gets up early at four”")
    select(page, "laughs out")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("wardly and")
    expect(marks.nth(1)).to_have_text("“laughs outwardly”")
    select(page, "gets up early at four")
    page.keyboard.press("Delete")
    expect(marks).to_have_text(["“laughs outwardly”"])
    page.keyboard.press("Control+z")
    expect(marks).to_have_text(["“gets up early at four”", "“laughs outwardly”"])

    saved(page)
    assert "She [gets up early at four]{.drive.effort} to be" in source(site, cookies, url)


def test_marks_never_nest_or_cross_and_the_page_says_so_kindly(
    writer: Page, site: Server, cookies: dict[str, str]
) -> None:
    page = writer
    page.goto(new_story(site, cookies))
    story_box(page).fill(STORY)
    mark(page, "gets up at four", "Drive", "working for something")
    said = page.locator("[data-said]")

    for words, answer in (
        ("up at", "“gets up at four” is already marked"),
        ("four to be", "“gets up at four” is already marked"),
        ("out loud.\n\nOn the bus", "cannot cross paragraphs"),
        ("", "Select some words"),
    ):
        select(page, words)
        page.get_by_role("button", name="Threat", exact=True).click()
        expect(said).to_contain_text(answer)
    expect(page.locator("[data-marks] li")).to_have_count(1)

    mark(page, "gets up at four", "Threat", "working hard out of fear")
    expect(page.get_by_label("What “gets up at four” shows")).to_have_value("threat.striving")
    page.get_by_role("button", name="Remove the mark on “gets up at four”").click()
    expect(page.locator("[data-marks] li")).to_have_count(0)


def test_brackets_never_become_syntax_and_pasted_marks_are_taken(
    writer: Page, site: Server, cookies: dict[str, str]
) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    story_box(page).press_sequentially("Grace [really] sings. ")
    expect(story_box(page)).to_have_value("Grace (really) sings. ")
    page.keyboard.insert_text("She [hums]{.soothing.rest strength=partial} on.")

    expect(story_box(page)).to_have_value("Grace (really) sings. She hums on.")
    expect(page.locator("[data-quote]")).to_have_text(["“hums”"])
    saved(page)
    assert "Grace (really) sings. She [hums]{.soothing.rest strength=partial} on." in source(site, cookies, url)


def test_everything_goes_by_keyboard(writer: Page, site: Server, cookies: dict[str, str]) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    press_until_any(page, "#story-text")
    page.keyboard.type("Grace sings as she rows. Nobody is near.")
    for _ in range(len(" as she rows. Nobody is near.")):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+k")
    expect(
        page.get_by_role("listbox", name="What do these words show?").get_by_role("option", name="aiming for a goal")
    ).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(
        page.get_by_role("listbox", name="What do these words show?").get_by_role(
            "option", name="feeling safe and settled"
        )
    ).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#story-text")).to_be_focused()
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+k")
    page.keyboard.press("e")
    expect(
        page.get_by_role("listbox", name="What do these words show?").get_by_role("option", name="enjoying a success")
    ).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("“sings” is marked: enjoying a success.")

    press_until(page, "Tab", ".fromto summary")
    page.keyboard.press("Enter")
    expect(page.locator("[data-from] option")).to_have_count(8)
    page.keyboard.press("Tab")
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    page.keyboard.type("8")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-words]")).to_have_text("Nobody is near.")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    saved(page)
    assert "Grace [sings]{.drive.reward} as she rows. [Nobody is near.]{.threat.scan}" in source(site, cookies, url)


def press_until_any(page: Page, wanted: str) -> None:
    """As `press_until`, on a page with more to pass."""
    for _ in range(3):
        try:
            return press_until(page, "Tab", wanted)
        except AssertionError:
            continue
    raise AssertionError(f"Tab never leads to {wanted}")


def test_on_a_phone_words_are_selected_and_marked_by_touch(
    browser: Browser, site: Server, cookies: dict[str, str]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    become("trainer", context, site, cookies)
    page, url = context.new_page(), new_story(site, cookies)
    page.goto(url)
    story_box(page).fill(STORY)
    select(page, "laughs out loud")
    page.get_by_role("button", name="Drive", exact=True).tap()
    option = page.get_by_role("listbox", name="What do these words show?").get_by_role(
        "option", name="enjoying a success"
    )
    expect(option).to_be_in_viewport()
    box = option.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    option.tap()

    expect(page.locator("[data-quote]")).to_have_text(["“laughs out loud”"])
    saved(page)
    assert "[laughs out loud]{.drive.reward}" in source(site, cookies, url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_without_a_network_nothing_is_lost_and_it_is_saved_when_it_is_back(
    writer: Page, site: Server, cookies: dict[str, str]
) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    page.context.set_offline(True)
    story_box(page).fill("Grace waits for the train.")
    state = page.locator("[data-state]")
    expect(state).to_have_text("Not saved yet: no connection. Your changes are on this device.")
    story_box(page).press_sequentially(" It comes.")
    assert "waits" not in source(site, cookies, url)

    page.context.set_offline(False)
    saved(page)
    assert "Grace waits for the train. It comes." in source(site, cookies, url)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:')).length") == 0


def test_a_reload_brings_back_what_was_not_saved(writer: Page, site: Server, cookies: dict[str, str]) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/autosave", lambda route: route.abort())
    story_box(page).fill(STORY)
    mark(page, "laughs out loud", "Drive", "enjoying a success")
    page.get_by_text("2, some doubt").click()
    expect(page.locator("[data-state]")).to_contain_text("Your changes are on this device")
    page.reload()

    expect(story_box(page)).to_have_value(STORY)
    expect(page.locator("[data-quote]")).to_have_text(["“laughs out loud”"])
    assert "laughs" not in source(site, cookies, url)
    page.unroute("**/autosave")
    saved(page)
    file = source(site, cookies, url)
    assert "[laughs out loud]{.drive.reward}" in file
    assert "level: 2" in file


def test_leaving_is_asked_about_only_while_something_is_not_saved(
    writer: Page, site: Server, cookies: dict[str, str]
) -> None:
    page, url = writer, new_story(site, cookies)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.goto(url)
    story_box(page).fill("Grace waits.")
    saved(page)
    page.goto(f"{site.base_url}/about")
    assert asked == []

    page.goto(url)
    page.route("**/autosave", lambda route: route.abort())
    story_box(page).press_sequentially(" And waits.")
    page.goto(f"{site.base_url}/about")
    assert asked == ["beforeunload"]


def test_two_people_in_one_draft_are_told_and_see_both_texts(
    writer: Page, second: Page, site: Server, cookies: dict[str, str]
) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    second.goto(url)
    story_box(second).fill("Grace waits for the bus.")
    saved(second)

    story_box(page).fill("Grace waits for the train.")
    clash = page.locator("[data-clash]")
    expect(clash).to_contain_text(f"{TRAINER} has saved this story while you were writing.")
    expect(clash.locator("ins")).to_have_text(["train", "bus"])
    assert "bus" in source(site, cookies, url)

    page.get_by_role("button", name="Compare both versions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two versions of this story")
    page.get_by_role("button", name="Edit mine, with theirs next to it").click()
    expect(page.get_by_role("heading", name="The other version")).to_be_visible()
    expect(story_box(page)).to_have_value("Grace waits for the train.")
    assert "bus" in source(site, cookies, url)
    story_box(page).fill("Grace waits for the train and the bus.")
    saved(page)
    assert "the train and the bus." in source(site, cookies, url)


def test_anyone_who_takes_the_other_text_is_not_given_back_their_own(
    writer: Page, second: Page, site: Server, cookies: dict[str, str]
) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    second.goto(url)
    story_box(second).fill("Grace waits for the bus.")
    saved(second)
    story_box(page).fill("Grace waits for the train.")
    page.get_by_role("button", name="Compare both versions").click()
    page.get_by_role("link", name="Use theirs").click()

    expect(story_box(page)).to_have_value("Grace waits for the bus.")
    page.reload()
    expect(story_box(page)).to_have_value("Grace waits for the bus.")


def test_a_page_that_lies_open_hears_of_another_text(
    writer: Page, second: Page, site: Server, cookies: dict[str, str]
) -> None:
    page, url = writer, new_story(site, cookies)
    page.clock.install()
    page.goto(url)
    second.goto(url)
    story_box(second).fill("Grace waits for the bus.")
    saved(second)

    page.clock.run_for(21_000)
    expect(page.locator("[data-clash]")).to_contain_text(f"{TRAINER} has saved this story since you opened it.")
    page.get_by_role("button", name="Show their version").click()
    expect(story_box(page)).to_have_value("Grace waits for the bus.")


def test_the_source_is_one_tab_away_and_what_was_typed_comes_along(
    writer: Page, site: Server, cookies: dict[str, str]
) -> None:
    page, url = writer, new_story(site, cookies)
    page.goto(url)
    story_box(page).fill("Grace waits.")
    page.get_by_role("link", name="Source").click()
    file = page.get_by_label("Story file")
    expect(file).to_have_value(re.compile("Grace waits\\."))
    file.fill(file.input_value().replace("Grace waits.", "Grace [waits]{.threat.scan}."))
    page.get_by_role("link", name="Write").click()

    expect(story_box(page)).to_have_value("Grace waits.")
    expect(page.locator("[data-quote]")).to_have_text(["“waits”"])


def test_without_scripts_a_story_is_written_in_either_tab(
    browser: Browser, site: Server, cookies: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    become("trainer", context, site, cookies)
    page, url = context.new_page(), new_story(site, cookies)
    page.goto(url)
    page.get_by_role("textbox", name="What happens").fill("Grace [waits]{.threat.scan}.\nThen she goes.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("[data-state]")).to_have_text("Saved")
    expect(page.locator("[data-look] .story mark")).to_contain_text("waits")
    page.get_by_role("link", name="Source").click()
    page.get_by_label("Story file").fill(page.get_by_label("Story file").input_value().replace("Then she", "Now she"))
    page.get_by_role("button", name="Save draft").click()

    assert "Grace [waits]{.threat.scan}.\n\nNow she goes." in source(site, cookies, url)
    context.close()


def states(page: Page, second: Page, site: Server, cookies: dict[str, str]) -> Iterator[str]:
    """Brings the editor from one of its states into the next; its name, once it is there."""
    page.goto(f"{site.base_url}/trainers/new?q=race")
    yield "new"
    url = new_story(site, cookies)
    page.goto(f"{url}?tab=source")
    yield "source"
    page.goto(url)
    yield "blank"
    story_box(page).fill(STORY)
    mark(page, "laughs out loud", "Drive", "enjoying a success")
    saved(page)
    page.get_by_text("Tags, topics and balance").click()
    page.get_by_text("Mark words without selecting").click()
    yield "marked"
    select(page, "gets up")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("listbox", name="What do these words show?")).to_be_visible()
    yield "cues"
    page.keyboard.press("Escape")
    second.goto(url)
    second.get_by_label("Why is it the biggest?").fill("Theirs.")
    saved(second)
    page.get_by_label("Why is it the biggest?").fill("Mine.")
    expect(page.locator("[data-clash]")).to_be_visible()
    yield "clash"
    page.get_by_role("button", name="Compare both versions").click()
    page.get_by_text("Show both files in full").click()
    yield "choice"
    page.get_by_role("button", name="Edit mine").click()
    expect(page.get_by_role("heading", name="The other version")).to_be_visible()
    yield "beside"


def test_every_state_is_free_of_barriers_and_fits_a_narrow_screen(
    writer: Page, second: Page, site: Server, cookies: dict[str, str], subtests: pytest.Subtests
) -> None:
    bring_axe(writer)
    for state in states(writer, second, site, cookies):
        with subtests.test(state):
            assert barriers_in_both_schemes(writer) == []
            for width in (320, 1280, 390):
                writer.set_viewport_size({"width": width, "height": 844})
                assert writer.evaluate("document.documentElement.scrollWidth") <= width


def test_a_published_story_says_that_learners_see_its_published_words(writer: Page, site: Server) -> None:
    writer.goto(f"{site.base_url}/trainers/vignettes/{ANA}/edit")

    expect(writer.get_by_text("This story is published.")).to_be_visible()
    assert PASSWORD not in writer.content()
