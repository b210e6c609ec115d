"""The whole group exercise in real browsers: a console, a wall and six phones, each with a habit of its own.

Phone 2 loses its connection, phone 3 runs no scripts, phone 4 is zoomed to 200 %, phone 5 and the console are led
by keys alone, and phone 6 has two tabs. What axe, the console of the browsers and the edges of the screens have to
say is gathered on the way and read at the end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.room import PATIENCE, Room, choose, look_again, mark, see, send, tab_to, title
from tests.live import Server

# Nothing of these may stand on a phone or the wall before the answers are shown, not even out of sight.
OF_JULIE = ("Those last words matter most", "bar--few")
OF_DAVE = ("his fear is easy to understand",)
OF_BOTH = ("Matches our answer", "explanation", "tally", "our-group")
ONLY_CONSOLE = ("Suggestion",)
SECRETS = (*OF_JULIE, *OF_DAVE, *OF_BOTH, *ONLY_CONSOLE)
# Keeps what has the focus, and writes down whatever a live region says from now on.
FOLLOW = """() => {
  Object.assign(window, {said: [], had: document.activeElement, since: performance.now()});
  for (const place of document.querySelectorAll('[role=status], [role=alert], [data-announce]')) {
    const listener = new MutationObserver(() => {
      const words = place.textContent.trim();
      if (words && place.checkVisibility() && words !== said.at(-1)) said.push(words);
    });
    listener.observe(place, {childList: true, subtree: true, characterData: true});
  }
}"""


@pytest.fixture(scope="module")
def published_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the stories that the product comes with, and with its limits on."""
    folder = tmp_path_factory.mktemp("published-site")
    with Server(folder, {"DATA_DIR": str(folder)}) as server:
        yield server


@pytest.fixture
def room(browser: Browser, published_site: Server) -> Iterator[Room]:
    expect.set_options(timeout=PATIENCE)
    room = Room(browser, published_site.base_url)
    yield room
    room.close()
    expect.set_options(timeout=None)
    if room.wrong:
        pytest.fail("\n".join(room.wrong), pytrace=False)


@dataclass
class Group:
    """Everyone's pages. `tab` is the second one of phone 6; `late` comes only for Dave."""

    room: Room
    console: Page
    wall: Page
    one: Page
    offline: Page
    plain: Page
    zoomed: Page
    keys: Page
    twice: Page
    tab: Page
    late: Page

    @property
    def live(self) -> dict[str, Page]:
        """The phones that follow by themselves."""
        followers = {"one": self.one, "offline": self.offline, "zoomed": self.zoomed, "keys": self.keys}
        return followers | {"twice": self.twice, "tab": self.tab}

    def all_see(self, heading: str, *texts: str) -> None:
        """Every phone that follows by itself gets there without being touched."""
        for page in self.live.values():
            see(page, heading, *texts)

    def examine(self, moment: str) -> None:
        """Console, wall and phones, with scripts and without, as everyone sees them now."""
        self.room.examine(moment, console=self.console, wall=self.wall, phone=self.one)
        self.room.examine_without_scripts(moment, self.plain)
        self.room.beside(moment, "the zoomed phone", self.zoomed)
        expect(self.console.locator("#go")).to_be_in_viewport(ratio=1)
        expect(title(self.one)).to_be_in_viewport()

    def press(self, key: str, heading: str) -> None:
        """One key of the console, and what its page says then."""
        self.room.lead(self.console, lambda: self.console.keyboard.press(key), heading)

    def tells_nothing(self) -> None:
        """No phone and no wall gives away the key or a count."""
        for name, page in (self.live | {"plain": self.plain, "wall": self.wall}).items():
            text = page.content()
            assert [secret for secret in SECRETS if secret in text] == [], name
        assert_fits(self.wall)
        expect(self.console.locator(".tally")).to_have_count(0)

    def tells_all(self, *secrets: str) -> None:
        """What was kept back is there now: it was looked for under the right words."""
        text = self.one.content()
        assert [secret for secret in secrets if secret not in text] == []

    def answered(self, count: int, of: int) -> None:
        """Wall and console show how many have answered, and nothing else of it."""
        for page in (self.wall, self.console):
            expect(page.get_by_role("img", name=f"{count} of {of} have answered")).to_be_visible()


def assert_fits(wall: Page) -> None:
    assert wall.evaluate("document.documentElement.scrollHeight") <= 1080, "someone would have to scroll the wall"


def test_the_whole_exercise_with_two_people_and_seven_phones(room: Room) -> None:
    console, wall = a_group_is_started_from_the_first_page_in_two_steps(room)
    group = six_phones_join_by_code_and_by_link(room, console, wall)
    everyone_reads_about_julie(group)
    everyone_votes_for_the_first_time(group)
    a_phone_that_was_offline_comes_back_to_the_talk(group)
    a_step_back_reopens_the_vote_with_every_answer_kept(group)
    everyone_votes_again_and_some_mark_words(group)
    everyone_sees_the_answers_about_julie(group)
    dave_gets_one_vote_and_a_latecomer(group)
    everyone_sees_the_answers_about_dave(group)
    no_one_had_to_load_a_page(group)
    the_summary_holds_both(group)
    the_group_is_ended_and_every_phone_says_so_kindly(group)


def a_group_is_started_from_the_first_page_in_two_steps(room: Room) -> tuple[Page, Page]:
    console = room.device("console", 1280, 800)
    console.goto("/")
    tab_to(console, "main a[href='/groups/new']")
    console.keyboard.press("Enter")
    see(console, "Start a group", "Julie and the long days", "Dave and the curtains")
    room.examine("new", console=console)
    tab_to(console, ".quick button")
    console.keyboard.press("Enter")

    see(console, "Your group is ready", "Everyone joins with this join code")
    room.code = console.url.split("/")[-2]
    expect(console.locator(".code")).to_have_text(f"{room.code[:3]} {room.code[3:]}")
    room.examine("ready", console=console)

    tab_to(console, ".ready__steps a[target=_blank]")
    with console.expect_popup() as opened:
        console.keyboard.press("Enter")
    expect(opened.value).to_have_url(re.compile(rf"/g/{room.code}/screen"))
    opened.value.close()
    wall = room.device("wall", 1920, 1080, forgive=("status of 404",))
    wall.goto(f"/g/{room.code}/screen")
    see(wall, "Welcome", "Be the first to join")

    tab_to(console, ".ready__steps .btn--main")
    console.keyboard.press("Enter")
    see(console, "Waiting for people to join")
    assert "key=" not in console.url
    return console, wall


def six_phones_join_by_code_and_by_link(room: Room, console: Page, wall: Page) -> Group:
    gone = ("status of 404",)
    one = room.phone("phone 1", gone)
    offline = room.phone("phone 2", (*gone, "ERR_INTERNET_DISCONNECTED", "htmx:error: Failed to fetch"))
    plain = room.phone("phone 3", gone, java_script_enabled=False)
    zoomed = room.phone("phone 4", gone, width=195, height=422, device_scale_factor=2)
    keys = room.phone("phone 5", gone)
    twice = room.phone("phone 6", gone)
    late = room.phone("late-comer", gone)

    one.goto("/")
    one.get_by_label("Join code").fill(f"{room.code[:3]} {room.code[3:]}".lower())
    one.get_by_role("button", name="Join").click()
    see(one, "Join this group", "We do not ask for your name")
    room.examine("joining", phone=one)
    plain.goto("/")
    plain.get_by_label("Join code").fill(room.code)
    plain.get_by_role("button", name="Join").click()
    for page in (offline, zoomed, twice):
        page.goto(f"/g/{room.code}")
    room.beside("joining", "the zoomed phone", zoomed)
    for page in (one, offline, plain, zoomed, twice):
        page.get_by_role("button", name="Join").click()
        see(page, "You’re in the group", "cannot see who chose what")
    keys.goto("/")
    tab_to(keys, "#code")
    keys.keyboard.type(room.code)
    keys.keyboard.press("Enter")
    see(keys, "Join this group")
    tab_to(keys, "main form button")
    keys.keyboard.press("Enter")
    see(keys, "You’re in the group")

    tab = twice.context.new_page()
    tab.goto(f"/g/{room.code}")
    for page in (one, offline, zoomed, keys):
        page.evaluate("window.stillHere = true")
    group = Group(room, console, wall, one, offline, plain, zoomed, keys, twice, tab, late)

    group.all_see("You’re in the group", "People here so far: 6")
    see(console, "Ready when you are", "6 people are here")
    see(wall, "Welcome", f"{room.code[:3]} {room.code[3:]}")
    expect(wall.locator(".wall__here")).to_have_text("6 here")
    look_again(plain)
    see(plain, "You’re in the group", "People here so far: 6")
    expect(one.get_by_role("link", name="Refresh this page")).to_be_hidden()
    group.examine("waiting")
    return group


def everyone_reads_about_julie(group: Group) -> None:
    group.press("Space", "Everyone reads Julie’s story")
    expect(group.console.locator("[aria-current=step]")).to_have_text("1Read")
    group.all_see("Julie", "Story 1 of 2 · Reading", "This story mentions poor sleep", "Voting will open here")
    see(group.wall, "Julie", "Her sleep is terrible", "Take your time")
    look_again(group.plain)
    see(group.plain, "Julie", "Story 1 of 2 · Reading")
    for page in (*group.live.values(), group.plain):
        expect(page.get_by_role("radio")).to_have_count(0)
    group.tells_nothing()
    group.examine("reading")


def everyone_votes_for_the_first_time(group: Group) -> None:
    """Threat, threat, threat, drive, drive, and one who passes: few chose what the key says."""
    console, room = group.console, group.room
    group.press("ArrowRight", "The first vote is open")
    see(console, "The first vote is open", "0 of 6 have answered")
    console.locator("#go").focus()
    console.evaluate(FOLLOW)
    group.one.evaluate(FOLLOW)
    group.all_see("Julie", "Story 1 of 2 · First vote", "Send my answer")
    see(group.wall, "Julie", "Take your time")
    group.answered(0, 6)
    look_again(group.plain)
    see(group.plain, "Julie", "Story 1 of 2 · First vote")
    group.tells_nothing()
    group.examine("voting")
    room.examine_in_the_dark("voting", "phone", group.one)

    # As password managers and tools for pictures do: no swap may copy it, for the content policy allows no style.
    group.one.locator("#send").evaluate("button => { button.style.outlineColor = 'red' }")
    choose(group.one, "drive")
    send(group.one, "Sent: Drive.")
    expect(group.one.locator("#sent")).to_be_focused()
    expect(group.one.locator("#sent")).to_contain_text("1 of 6 have answered")
    assert 'group "Sent: Drive. You can change your answer' in group.one.locator("#sent").aria_snapshot()
    assert group.one.evaluate("said") == []  # the focus says it, and nothing says it twice

    choose(group.plain, "drive")
    group.plain.get_by_role("button", name="Send my answer").click()
    see(group.plain, "Julie", "Sent: Drive.", "2 of 6")

    group.offline.context.set_offline(True)
    choose(group.offline, "threat")
    group.offline.locator("#send").click()
    expect(group.offline.get_by_role("alert")).to_contain_text("Your answer is still here")
    group.offline.context.set_offline(False)
    expect(group.offline.locator("input[value=threat]")).to_be_checked()
    send(group.offline, "Sent: Threat.")

    group.zoomed.get_by_role("button", name="Pass", exact=True).click()
    expect(group.zoomed.locator("#sent")).to_contain_text("You have passed.")

    tab_to(group.keys, "form#vote input[name=system]")
    group.keys.keyboard.press("ArrowDown")
    expect(group.keys.locator("form#vote input[value=drive]")).to_be_checked()
    tab_to(group.keys, "#send")
    group.keys.keyboard.press("Enter")
    expect(group.keys.locator("#sent")).to_contain_text("Sent: Drive.")
    tab_to(group.keys, "form#vote .answers input[value=drive]", most=80)
    group.keys.keyboard.press("ArrowUp")
    tab_to(group.keys, "#send")
    group.keys.keyboard.press("Enter")
    expect(group.keys.locator("#sent")).to_contain_text("Sent: Threat.")

    choose(group.twice, "threat")
    group.twice.reload()
    expect(group.twice.locator("input[value=threat]")).to_be_checked()
    send(group.twice, "Sent: Threat.")
    group.twice.reload()
    expect(group.twice.locator("#sent")).to_contain_text("Sent: Threat.")
    expect(group.twice.locator("form#vote input[value=threat]")).to_be_checked()
    group.tab.reload()
    expect(group.tab.locator("#sent")).to_contain_text("Sent: Threat.")
    send(group.tab, "Sent: Threat.")

    see(console, "The first vote is open", "Everyone has answered or passed.")
    # Votes come in without a word about the button that has the focus: it is the same one. The count is said, slowly.
    console.wait_for_function("said.at(-1) === 'Everyone has answered.'")
    assert console.evaluate("had === document.activeElement && had.id === 'go' && had.isConnected")
    said = console.evaluate("said")
    assert len(said) == len(set(said)) <= 2 + console.evaluate("(performance.now() - since) / 10_000"), said
    expect(console.get_by_text("Suggestion", exact=True)).to_have_count(0)  # it is worked out when the vote closes
    group.answered(6, 6)
    expect(group.one.locator("#sent")).to_contain_text("6 of 6 have answered")
    look_again(group.plain)
    see(group.plain, "Julie", "6 of 6")
    group.tells_nothing()
    group.examine("voted")


def a_phone_that_was_offline_comes_back_to_the_talk(group: Group) -> None:
    group.offline.context.set_offline(True)
    group.press("PageDown", "Time to talk")
    see(group.console, "Time to talk", "Suggestion", "Talk in pairs, then vote again")
    see(group.wall, "Julie", "Time to talk", "What might this be doing for Julie?")
    for page in (group.one, group.zoomed, group.keys, group.twice, group.tab):
        see(page, "Time to talk", "Which words made you think so?")
    see(group.one, "Time to talk", "You chose drive. You do not have to tell anyone.")
    see(group.zoomed, "Time to talk", "You passed in the first vote.")
    expect(group.plain.get_by_role("button", name="Send my new answer")).to_be_visible()
    look_again(group.plain)
    see(group.plain, "Time to talk", "Which words made you think so?")
    group.examine("talking")

    see(group.offline, "Julie", "You are offline.", "Sent: Threat.", "Refresh this page")
    group.room.examine("offline", phone=group.offline)
    group.offline.context.set_offline(False)
    see(group.offline, "Time to talk", "You chose threat. You do not have to tell anyone.")
    expect(group.offline.get_by_text("You are offline.")).to_have_count(0)
    group.tells_nothing()


def a_step_back_reopens_the_vote_with_every_answer_kept(group: Group) -> None:
    group.press("ArrowLeft", "The first vote is open")
    group.all_see("Julie", "until voting closes")
    group.answered(6, 6)
    expect(group.one.locator("#sent")).to_contain_text("Sent: Drive.")
    expect(group.zoomed.locator("#sent")).to_contain_text("You have passed.")
    for page in (group.offline, group.keys, group.twice, group.tab):
        expect(page.locator("#sent")).to_contain_text("Sent: Threat.")
    group.tells_nothing()
    group.press("ArrowRight", "Time to talk")
    group.all_see("Time to talk")


def everyone_votes_again_and_some_mark_words(group: Group) -> None:
    group.press("Space", "The second vote is open")
    group.all_see("Julie", "Story 1 of 2 · Second vote", "Send my answer")
    see(group.one, "Julie", "In the first vote you chose Drive.")
    see(group.zoomed, "Julie", "You passed in the first vote.")
    group.answered(0, 6)
    look_again(group.plain)
    see(group.plain, "Julie", "In the first vote you chose Drive.")
    group.tells_nothing()
    group.examine("second-vote")

    group.one.get_by_role("button", name="Keep my first answer").click()
    expect(group.one.locator("#sent")).to_contain_text("Sent: Drive.")
    mark(group.one, "enjoys", "successful")
    send(group.one, "Sent: Drive.")
    expect(group.one.locator("label.w", has_text="enjoys").get_by_role("checkbox")).to_be_checked()

    choose(group.plain, "drive")
    group.plain.get_by_role("button", name="Send my answer").click()
    see(group.plain, "Julie", "Sent: Drive.", "Which words made you think so?")
    mark(group.plain, "enjoys")
    group.plain.get_by_role("button", name="Send my new answer").click()
    expect(group.plain.locator("label.w", has_text="enjoys").get_by_role("checkbox")).to_be_checked()

    choose(group.offline, "drive")
    send(group.offline, "Sent: Drive.")
    group.zoomed.get_by_role("button", name="Pass", exact=True).click()
    expect(group.zoomed.locator("#sent")).to_contain_text("You have passed.")

    tab_to(group.keys, "form#vote input[name=system]")
    group.keys.keyboard.press("ArrowDown")
    group.keys.keyboard.press("ArrowUp")
    group.keys.keyboard.press("ArrowDown")
    tab_to(group.keys, "#send")
    group.keys.keyboard.press("Enter")
    expect(group.keys.locator("#sent")).to_contain_text("Sent: Drive.")
    tab_to(group.keys, "label.w:has-text('enjoys') input", most=80)
    group.keys.keyboard.press("Space")
    expect(group.keys.locator("label.w", has_text="enjoys").get_by_role("checkbox")).to_be_checked()
    tab_to(group.keys, ".words__skip", "Shift+Tab", most=80)
    group.keys.keyboard.press("Enter")
    tab_to(group.keys, "#send", most=1)
    group.keys.keyboard.press("Enter")
    expect(group.keys.locator("#sent")).to_contain_text("Sent: Drive.")

    choose(group.twice, "soothing")
    send(group.twice, "Sent: Soothing.")
    choose(group.tab, "drive")
    send(group.tab, "Sent: Drive.")
    mark(group.tab, "successful")
    group.tab.reload()
    expect(group.tab.locator("#sent")).to_contain_text("Sent: Drive.")
    expect(group.tab.locator("label.w", has_text="successful").get_by_role("checkbox")).to_be_checked()
    send(group.tab, "Sent: Drive.")

    see(group.console, "The second vote is open", "Everyone has answered or passed.")
    group.answered(6, 6)
    group.tells_nothing()
    group.examine("marked")


def everyone_sees_the_answers_about_julie(group: Group) -> None:
    told = "After talking, most of us chose drive"
    group.press("ArrowRight", told)
    group.all_see(told, "How our group answered", "6 answered", "The words we marked")
    look_again(group.plain)
    for page in (group.one, group.offline, group.plain, group.keys, group.twice, group.tab):
        see(page, told, "You chose drive.", "Matches our answer", "Only you see this.")
    see(group.zoomed, told, "You passed on this one.")
    for page in (*group.live.values(), group.plain, group.wall, group.console):
        table = page.locator(".tally").first
        expect(table.get_by_role("row", name="Drive")).to_contain_text("5")
        expect(table.get_by_role("row", name="Passed")).to_contain_text("hidden")
        expect(page.locator(".movement")).to_have_count(0)  # three who changed are too few to show
        expect(page.locator(".heat mark", has_text="enjoys").locator("sup")).to_contain_text("3")
        expect(page.locator(".heat mark", has_text="successful").locator("sup")).to_have_count(0)
    see(group.wall, told, "Second vote", "6 answered")
    see(group.console, told, "Start with the words in the story, not the numbers.", "To talk about")
    expect(group.console.get_by_role("button", name="Back")).to_have_count(0)
    group.examine("answers")
    group.room.examine_in_the_dark("answers", "phone", group.one)
    group.tells_all(*OF_JULIE, *OF_BOTH)

    group.press("ArrowLeft", told)
    group.press("w", told)
    see(group.wall, told, "Why drive?", "Those last words matter most")
    assert_fits(group.wall)
    group.room.examine("why", wall=group.wall)
    group.press("w", told)
    see(group.wall, told, "The words we marked")
    assert_fits(group.wall)


def dave_gets_one_vote_and_a_latecomer(group: Group) -> None:
    room, late = group.room, group.late
    group.press("Space", "Everyone reads Dave’s story")
    group.all_see("Dave", "Story 2 of 2 · Reading", "This story mentions a mugging")
    see(group.wall, "Dave", "he hardly ever leaves the house")
    look_again(group.plain)
    see(group.plain, "Dave", "Story 2 of 2 · Reading")
    group.tells_nothing()
    group.examine("dave-reading")

    group.press("ArrowRight", "The first vote is open")
    group.all_see("Dave", "Send my answer")
    look_again(group.plain)
    for page in (group.one, group.offline, group.plain, group.zoomed, group.twice):
        choose(page, "threat")
        page.get_by_role("button", name="Send my answer").click()
        expect(page.locator("#sent")).to_contain_text("Sent: Threat.")
    group.answered(5, 6)

    late.goto(f"/g/{room.code}")
    late.get_by_role("button", name="Join").click()
    see(late, "Dave", "Story 2 of 2 · First vote", "he hardly ever leaves the house", "Send my answer")
    group.answered(5, 7)
    choose(late, "threat")
    send(late, "Sent: Threat.")
    expect(late.locator("#sent")).to_contain_text("6 of 7 have answered")

    tab_to(group.keys, "form#vote input[name=system]")
    group.keys.keyboard.press("Space")
    tab_to(group.keys, "#send")
    group.keys.keyboard.press("Enter")
    expect(group.keys.locator("#sent")).to_contain_text("Sent: Threat.")
    group.answered(7, 7)
    see(group.console, "The first vote is open", "Everyone has answered or passed.")
    group.tells_nothing()
    group.examine("dave-voting")


def everyone_sees_the_answers_about_dave(group: Group) -> None:
    told = "All of us chose threat"
    tab_to(group.console, "#other-revealed")
    group.press("Enter", told)
    look_again(group.plain)
    for page in (*group.live.values(), group.late, group.plain):
        see(page, told, "You chose threat.", "Matches our answer", "7 answered", "That was the last story.")
        expect(page.get_by_text("Before and after talking")).to_have_count(0)
    see(group.wall, told, "7 answered", "To talk about", "What might checking the curtains do for Dave")
    for page in (group.one, group.wall, group.console):
        expect(page.locator(".tally").first.get_by_role("row", name="Threat")).to_contain_text("7")
    group.examine("dave-answers")
    group.tells_all(*OF_DAVE, *OF_BOTH)


def no_one_had_to_load_a_page(group: Group) -> None:
    for page in (group.one, group.offline, group.zoomed, group.keys):
        assert page.evaluate("window.stillHere")


def the_summary_holds_both(group: Group) -> None:
    console = group.console
    tab_to(console, "#open-summary", most=60)
    console.keyboard.press("Enter")
    see(console, "Our group", "7 people", "2 stories", "Julie and the long days", "Dave and the curtains")
    see(console, "Our group", "All of us chose threat", "Those last words matter most")
    expect(console.locator(".round")).to_have_count(2)
    group.room.examine("summary", console=console)


def the_group_is_ended_and_every_phone_says_so_kindly(group: Group) -> None:
    console, gone = group.console, "The group has ended"
    tab_to(console, "main a[href$='/console']")
    console.keyboard.press("Enter")
    see(console, "All of us chose threat")
    tab_to(console, "a[href$='/end']", most=60)
    console.keyboard.press("Enter")
    see(console, "End the group?", "The group’s answers and the summary are deleted")
    group.room.examine("end", console=console)
    group.offline.context.set_offline(True)
    tab_to(console, "form[action$='/warn'] button")
    console.keyboard.press("Enter")
    see(console, "End the group?", "Every phone and the shared screen now say")
    for page in (group.one, group.wall):
        expect(page.get_by_text("The group ends in about two minutes.")).to_be_visible()
    tab_to(console, "form[action$='/end'] button")
    console.keyboard.press("Enter")
    see(console, "Ended. Everything is deleted.", "Start another group")

    for page in (group.one, group.zoomed, group.keys, group.twice, group.tab, group.late):
        see(page, gone, "Thank you for taking part", "Where to find help")
    see(group.wall, "Thank you for being here")
    group.offline.context.set_offline(False)
    see(group.offline, gone)
    look_again(group.plain)
    see(group.plain, gone, "Thank you for taking part", "Where to find help")
    group.room.examine("ended", wall=group.wall, phone=group.one)
    group.room.examine_without_scripts("ended", group.plain)
    group.room.beside("ended", "the zoomed phone", group.zoomed)


def test_reasons_of_a_training_group_are_shown_only_after_they_are_let_through(room: Room) -> None:
    console = room.device("console", 1280, 800)
    console.goto("/groups/new")
    console.get_by_text("Choose different stories, or run a training group").click()
    console.get_by_text("Training group", exact=True).click()
    console.get_by_label("Name of the group").fill("Thursday")
    console.get_by_role("button", name="Start this group").click()
    see(console, "Your group is ready")
    room.code = console.url.split("/")[-2]
    console.get_by_role("link", name="Open the facilitator view").click()
    wall, one, two = room.device("wall", 1920, 1080), room.phone("phone 1"), room.phone("phone 2")
    wall.goto(f"/g/{room.code}/screen")
    for phone in (one, two):
        phone.goto(f"/g/{room.code}")
        see(phone, "Join Thursday", "Your facilitator sees the line, without your name.")
        phone.get_by_role("button", name="Join").click()
        see(phone, "You’re in the group")
    room.lead(console, lambda: console.keyboard.press("ArrowRight"), "Everyone reads Julie’s story")
    see(wall, "Julie")
    room.lead(console, console.get_by_role("button", name="Open the vote").click, "The first vote is open")

    own, other = "She says that she enjoys it", "Three hours is not rest"
    for phone, system, reason in ((one, "drive", own), (two, "threat", other)):
        see(phone, "Julie", "Send my answer")
        phone.locator(f"label.answer.{system}").click()
        phone.get_by_text("Very sure", exact=True).click()
        phone.get_by_label("Why, in one line?").fill(reason)
        phone.locator("#send").click()
        expect(phone.locator("#sent")).to_be_visible()
    others_vote(room, "drive", "drive", "drive")

    see(console, "The first vote is open", "5 answered · shown only to you, not on the phones", own, other)
    expect(console.locator(".tally").first.get_by_role("row", name="Drive")).to_contain_text("4")
    expect(console.locator(".tally").first.get_by_role("row", name="Threat")).to_contain_text("1")
    room.examine("training-voting", console=console, wall=wall, phone=one)
    let_through(console, own, "Hide")
    for page, words in ((wall, (own, other)), (one, (other,)), (two, (own,))):
        see(page, "Julie")
        assert [text for text in (*words, "tally", "explanation") if text in page.content()] == []

    told = "Most of us chose drive"
    room.lead(console, console.get_by_role("button", name="Show the answers now").click, told)
    for page in (wall, one, two):
        see(page, told, own, "5 answered")
        expect(page.get_by_text(other)).to_have_count(0)
        expect(page.locator(".tally").first.get_by_role("row", name="Threat")).to_contain_text("1")
    see(one, told, "How sure we were")

    let_through(console, other, "Hide")
    for page in (wall, one, two):
        expect(page.get_by_text(other)).to_be_visible()
    room.examine("training-answers", console=console, wall=wall, phone=one)
    let_through(console, own, "Show")
    for page in (wall, one, two):
        expect(page.get_by_text(own)).to_have_count(0)
        expect(page.get_by_text(other)).to_be_visible()


def let_through(console: Page, reason: str, then: str) -> None:
    """Presses the button beside a reason, which shows it or takes it back; its words are others then."""
    button = console.get_by_role("listitem").filter(has_text=reason).get_by_role("button")
    button.click()
    expect(button).to_contain_text(then)


def others_vote(room: Room, *systems: str) -> None:
    """People whose phones are not looked at."""
    with httpx.Client(base_url=f"{room.base_url}/api/v1/groups/{room.code}", timeout=20, trust_env=False) as client:
        for system in systems:
            token = client.post("/members").json()["member_token"]
            answer = client.put("/guess", json={"system": system}, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
