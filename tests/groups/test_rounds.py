"""A group's rounds over the JSON API."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from tests.cast import ANA, BEN, CLEO
from tests.groups.room import API, Room, bearer, new_room, vote_all
from tests.groups.rows import ballot_tallies, ballots_recounted, sizes, vote_rows

FIELDS = {
    "version",
    "phase",
    "ballot",
    "round",
    "kind",
    "vignette",
    "members",
    "people",
    "answered",
    "guess",
    "outcome",
    "results",
    "session",
}
WAY = ("reading", "voting", "discussing", "revoting", "revealed", "ended")
STEPS: dict[str, set[str]] = {
    "reading": {"voting"},
    "voting": {"discussing", "revoting", "revealed"},
    "discussing": {"revoting", "revealed"},
    "revoting": {"revealed"},
    "revealed": {"ended"},
    "ended": set(),
}


async def test_a_new_group_gives_code_links_and_key(client: httpx.AsyncClient) -> None:
    answer = await client.post(API, json={"name": "  Tuesday   room ", "kind": "training", "plan": [ANA, CLEO, ANA]})

    told = answer.json()
    assert answer.status_code == 201
    assert told.keys() == {"code", "join_url", "facilitator_key", "console_url", "screen_url", "expires_at"}
    url = f"http://circles.test/g/{told['code']}"
    assert re.fullmatch(re.escape(url) + r"\?k=[\w-]{22}", told["join_url"])
    assert told["screen_url"] == told["join_url"].replace("?", "/screen?")
    assert told["console_url"] == f"{url}/console?key={told['facilitator_key']}"


@pytest.mark.both_databases
async def test_a_whole_round_from_the_first_vote_to_the_answers(room: Room) -> None:
    phones = await room.people(8)
    begun = await room.start_round(ANA)
    assert (begun["phase"], begun["round"], begun["members"], begun["answered"]) == ("reading", 1, 8, 0)
    assert begun["vignette"]["slug"] == ANA

    await room.go("voting")
    await vote_all(phones, *["threat"] * 4, *["drive"] * 4)
    assert (await room.state())["answered"] == 8
    await room.go("discussing")
    assert (await phones[0].state())["guess"] == {"system": "threat", "confidence": None}
    second = await room.go("revoting")
    assert (second["ballot"], second["answered"]) == (2, 0)
    assert (await phones[0].state())["guess"] is None
    await vote_all(phones, *["drive"] * 8)
    shown = await room.go("revealed")

    assert shown["outcome"]["key"]["dominant"] == "drive"
    assert shown["results"]["movement"]["threat"]["drive"] == 4
    assert shown["results"]["movement"]["drive"]["drive"] == 4
    assert [ballot["answered"] for ballot in shown["results"]["ballots"]] == [8, 8]
    mine = await phones[0].state()
    assert mine["outcome"]["match"] == "key"
    assert mine["outcome"]["guess"] == mine["guess"] == {"system": "drive", "confidence": None}
    assert mine["outcome"]["explanation"]["cues"]
    assert mine["outcome"]["class_statistics"] == mine["results"]["ballots"][-1]
    assert (await room.go("ended"))["outcome"] == shown["outcome"]


async def test_the_state_has_every_field_in_every_phase(room: Room) -> None:
    phone = await room.join()
    assert (await phone.state()).keys() == FIELDS
    await room.start_round()
    for phase in WAY[1:]:
        await room.go(phase)
        assert (await phone.state()).keys() == FIELDS


async def test_discussing_and_the_second_vote_may_be_skipped(room: Room) -> None:
    await room.start_round(ANA)
    await room.go("voting", "revealed", "ended")
    await room.start_round(BEN)
    await room.go("voting", "revoting", "revealed", "ended")
    await room.start_round(CLEO)
    assert (await room.go("voting", "discussing", "revealed", "ended"))["round"] == 3


async def test_every_other_step_is_refused_and_changes_nothing(room: Room) -> None:
    await room.start_round()
    for present in WAY:
        if present != "reading":
            await room.go(present)
        before = await room.state()

        for phase in set(WAY) - STEPS[present]:
            refused = await room.phase(phase)
            assert refused.status_code == 409, (present, phase)
            assert refused.headers["content-type"] == "application/problem+json"

        assert await room.state() == before


async def test_without_a_round_no_step_is_possible(room: Room) -> None:
    assert [(await room.phase(phase)).status_code for phase in WAY] == [409] * len(WAY)
    assert (await room.back()).status_code == 409
    assert (await room.state())["phase"] is None


async def test_a_word_that_is_no_phase_is_told_as_such(room: Room) -> None:
    await room.start_round()

    assert (await room.phase("lunch")).status_code == 422


async def test_a_vote_is_taken_in_a_ballot_and_nowhere_else(room: Room, engine: Engine) -> None:
    phone = await room.join()
    statuses: dict[str | None, int] = {None: (await phone.vote("drive")).status_code}
    await room.start_round()
    for phase in WAY:
        if phase != "reading":
            await room.go(phase)
        statuses[phase] = (await phone.vote("drive")).status_code

    assert statuses == {phase: 200 if phase in ("voting", "revoting") else 409 for phase in (None, *WAY)}
    assert [ballot for _, ballot, _, _ in vote_rows(engine)] == [1, 2]


async def test_a_vote_sent_again_replaces_the_own_one_and_adds_none(class_room: Room, engine: Engine) -> None:
    one, other = await class_room.people(2)
    await class_room.start_round()
    await class_room.go("voting")
    await other.must_vote("soothing")

    for number, system in enumerate(("threat", "threat", "pass", "drive")):
        told = await one.must_vote(system, confidence="sure")
        assert told == {"guess": {"system": system, "confidence": "sure"}, "ballot": 1, "answered": 2}, number

    assert sorted(system for _, _, _, system in vote_rows(engine)) == ["drive", "soothing"]
    assert list(ballot_tallies(engine).values()) == [{"drive": 1, "soothing": 1}]
    assert (await one.state())["guess"]["system"] == "drive"


async def test_the_second_vote_leaves_the_first_one_as_it_was(class_room: Room, engine: Engine) -> None:
    phones = await class_room.people(5)
    await class_room.start_round()
    await class_room.go("voting")
    await vote_all(phones, *["threat"] * 5)
    await class_room.go("revoting")
    await vote_all(phones, *["drive"] * 5)

    assert [counts for _, counts in sorted(ballot_tallies(engine).items())] == [{"threat": 5}, {"drive": 5}]
    assert ballot_tallies(engine) == ballots_recounted(engine)


async def test_passing_and_not_enough_information_are_counted(class_room: Room) -> None:
    phones = await class_room.people(6)
    await class_room.start_round()
    await class_room.go("voting")
    await vote_all(phones, "pass", "pass", "unsure", "unsure", "unsure", "drive")
    shown = await class_room.go("revealed")

    counts = {share["system"]: share["count"] for share in shown["results"]["ballots"][0]["systems"]}
    assert counts == {"threat": 0, "drive": 1, "soothing": 0, "unsure": 3, "pass": 2}
    assert shown["answered"] == 6
    assert (await phones[0].state())["outcome"]["match"] == "pass"
    assert (await phones[2].state())["outcome"]["match"] == "unsure"


async def test_back_reopens_the_vote_with_the_votes_that_were_given(room: Room) -> None:
    one, other = await room.people(2)
    await room.start_round()
    await room.go("voting")
    await one.must_vote("threat")
    await room.go("discussing")
    assert (await other.vote("drive")).status_code == 409

    told = await room.back()

    assert told.status_code == 200
    assert (told.json()["phase"], told.json()["answered"]) == ("voting", 1)
    assert (await one.state())["guess"]["system"] == "threat"
    assert (await other.must_vote("drive"))["answered"] == 2


async def test_back_goes_to_the_very_beginning_and_no_further(room: Room) -> None:
    await room.start_round()
    await room.go("voting", "discussing", "revoting")

    phases = [(await room.back()).json()["phase"] for _ in range(3)]

    assert phases == ["discussing", "voting", "reading"]
    assert (await room.back()).status_code == 409


async def test_shown_answers_cannot_be_taken_back(room: Room) -> None:
    await room.start_round()
    await room.go("voting", "revealed")
    assert (await room.back()).status_code == 409
    await room.go("ended")
    assert (await room.back()).status_code == 409
    assert (await room.state())["outcome"] is not None


@pytest.mark.both_databases
async def test_a_second_vote_that_was_taken_back_keeps_its_votes_out_of_the_results(class_room: Room) -> None:
    phones = await class_room.people(5)
    await class_room.start_round()
    await class_room.go("voting")
    await vote_all(phones, *["threat"] * 5)
    await class_room.go("discussing", "revoting")
    await vote_all(phones, *["drive"] * 5)
    await class_room.back()

    shown = await class_room.go("revealed")

    assert len(shown["results"]["ballots"]) == 1
    assert shown["results"]["movement"] is None
    assert {s["system"]: s["count"] for s in shown["results"]["ballots"][0]["systems"]}["threat"] == 5


async def test_someone_who_comes_late_lands_in_the_present_phase(room: Room) -> None:
    await room.start_round(CLEO)
    for phase in WAY[1:]:
        await room.go(phase)
        late = await room.join()
        told = await late.state()
        assert told["phase"] == phase
        assert told["vignette"]["slug"] == CLEO
        assert told["guess"] is None
        assert (told["outcome"] is not None) == (phase in ("revealed", "ended"))


async def test_another_person_may_be_added_and_begun_after_the_answers(room: Room) -> None:
    await room.start_round(ANA)
    await room.go("voting", "revealed")

    told = await room.start_round(BEN)

    assert (told["round"], told["phase"], told["outcome"], told["results"]) == (2, "reading", None, None)
    assert told["vignette"]["slug"] == BEN


async def test_another_person_cannot_be_begun_in_the_middle_of_a_round(room: Room) -> None:
    await room.start_round(ANA)
    for phase in ("voting", "discussing", "revoting"):
        await room.go(phase)
        assert (await room.post("rounds", {"vignette": BEN})).status_code == 409
    assert (await room.state())["vignette"]["slug"] == ANA


async def test_while_everyone_reads_another_person_may_be_chosen_instead(room: Room) -> None:
    await room.start_round(ANA)

    told = await room.start_round(CLEO)

    assert (told["round"], told["phase"], told["vignette"]["slug"]) == (1, "reading", CLEO)


async def test_a_person_added_on_the_console_is_offered_next(room: Room, client: httpx.AsyncClient) -> None:
    await room.start_round(ANA)
    await room.go("voting", "revealed")
    page = await client.get(f"/g/{room.code}/now/console", headers=room.cookies)
    assert "Next story" not in page.text

    added = await client.post(f"/g/{room.code}/people", data={"vignette": CLEO}, headers=room.cookies)
    assert added.status_code == 303
    page = await client.get(f"/g/{room.code}/now/console", headers=room.cookies)
    assert "Next story: Cleo" in page.text
    went = await client.post(f"/g/{room.code}/step", data={"phase": "next-person"}, headers=room.cookies)

    assert went.status_code == 303
    assert (await room.state())["vignette"]["slug"] == CLEO


async def test_the_version_grows_with_every_change_that_can_be_seen(room: Room) -> None:
    versions = [(await room.state())["version"]]

    async def grown() -> None:
        versions.append((await room.state())["version"])
        assert versions[-1] > versions[-2]

    phone = await room.join()
    await grown()
    await room.start_round()
    await grown()
    await room.go("voting")
    await grown()
    await phone.must_vote("drive")
    await grown()
    await phone.must_vote("threat")
    await grown()
    await room.back()
    await grown()


async def test_a_reason_is_refused_in_a_psychoeducation_group_and_kept_in_a_training_group(
    room: Room, class_room: Room, client: httpx.AsyncClient, engine: Engine
) -> None:
    for group in (room, class_room):
        await group.start_round()
        await group.go("voting")
    careful, learner = await room.join(), await class_room.join()

    refused = await careful.vote("drive", reason="she grins")
    kept = await learner.vote("drive", reason="she grins")

    assert (refused.status_code, kept.status_code) == (422, 200)
    assert len(vote_rows(engine)) == 1
    await class_room.go("revealed")
    console = await client.get(f"/g/{class_room.code}/now/console", headers=class_room.cookies)
    assert "she grins" in console.text
    for path in ("screen", "now/screen"):
        assert "she grins" not in (await client.get(f"/g/{class_room.code}/{path}")).text


@pytest.mark.both_databases
async def test_a_reason_appears_without_a_name_once_it_is_let_through(
    class_room: Room, client: httpx.AsyncClient
) -> None:
    phone = await class_room.join()
    await class_room.start_round()
    await class_room.go("voting")
    await phone.must_vote("drive", reason="a <b>grin</b> & more")
    await class_room.go("revealed")
    console = (await client.get(f"/g/{class_room.code}/now/console", headers=class_room.cookies)).text
    number = console.split(f"/g/{class_room.code}/reasons/")[1].split('"')[0]

    async def on_the_wall() -> bool:
        return "a &lt;b&gt;grin&lt;/b&gt; &amp; more" in (await client.get(f"/g/{class_room.code}/now/screen")).text

    assert not await on_the_wall()
    for shown in (True, False):
        await client.post(
            f"/g/{class_room.code}/reasons/{number}", data={"shown": int(shown)}, headers=class_room.cookies
        )
        assert await on_the_wall() == shown


NO_GUESSES: tuple[Any, ...] = (
    {},
    {"system": "sadness"},
    {"system": None},
    {"system": "drive", "confidence": "certain"},
    {"system": "drive", "cues": [[5, 5]]},
    {"system": "drive", "cues": [[0, 1]] * 41},
    {"system": "drive", "reason": "x" * 281},
    {"system": "drive", "circles": {"threat": 101, "drive": 0, "soothing": 0}},
    {"system": "drive", "member": "somebody else"},
    [],
    "drive",
)


async def test_what_is_no_guess_is_told_field_by_field_and_not_kept(
    class_room: Room, client: httpx.AsyncClient, engine: Engine
) -> None:
    phone = await class_room.join()
    await class_room.start_round()
    await class_room.go("voting")

    for body in NO_GUESSES:
        answer = await client.put(f"{API}/{class_room.code}/guess", json=body, headers=phone.headers)
        assert answer.status_code == 422, body
        assert answer.json()["errors"], body

    assert vote_rows(engine) == []


async def test_a_group_that_cannot_be_is_refused_with_the_field(client: httpx.AsyncClient, engine: Engine) -> None:
    bodies: tuple[tuple[dict[str, Any], str], ...] = (
        ({"kind": "party"}, "kind"),
        ({"plan": ["nobody-at-all"]}, "plan"),
        ({"plan": [ANA] * 101}, "plan"),
        ({"name": "x" * 61}, "name"),
        ({"name": "x" * 201}, "name"),
    )
    for body, pointer in bodies:
        answer = await client.post(API, json=body)
        assert answer.status_code == 422, body
        assert any(pointer in error["pointer"] for error in answer.json()["errors"]), body
    assert sizes(engine)["room"] == 0


async def test_a_round_with_a_vignette_that_is_not_there_is_404(room: Room) -> None:
    assert (await room.post("rounds", {"vignette": "nobody"})).status_code == 404


async def test_a_code_has_six_characters_that_cannot_be_mistaken(client: httpx.AsyncClient) -> None:
    codes = [(await new_room(client)).code for _ in range(20)]

    assert len(set(codes)) == 20
    assert all(len(code) == 6 and not set(code) & set("AEIOU0185SZ2LVB") for code in codes)


async def test_a_code_typed_with_small_letters_and_blanks_leads_to_the_group(
    room: Room, client: httpx.AsyncClient
) -> None:
    typed = f" {room.code[:3].lower()} {room.code[3:].lower()}-"

    answer = await client.get("/join", params={"code": typed})

    assert answer.headers["location"] == f"/g/{room.code}"
    assert (await client.get(f"/g/{room.code}")).status_code == 200


@pytest.mark.parametrize(
    "link", ["https://circles.example/g/{}", "{}", "http://x/g/{}?k=abc-def", "/g/{}/", "x?code={}&k=1"]
)
async def test_a_pasted_link_and_full_width_letters_lead_to_the_group(
    room: Room, client: httpx.AsyncClient, link: str
) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in room.code)
    for code in (room.code, room.code.lower(), wide):
        answer = await client.get("/join", params={"code": link.format(code)})
        assert answer.headers["location"] == f"/g/{room.code}"


@pytest.mark.parametrize(
    "name",
    [
        "🧘‍♀️ Tuesday",
        "🏳️‍🌈 Group",
        "🩷 Tuesday",
        "گروه‌درمانی",
        "קבוצה \u200fTuesday",
        "\u2068Ana\u2069",
        "\U0001fadf new",
    ],
)
async def test_a_group_may_have_any_name_that_people_can_read(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.post(API, json={"name": name})).status_code == 201


@pytest.mark.parametrize("name", ["a\u202eb", "a\u202db", "a\x07b", "a\x00b", "a\x9bb"])
async def test_a_name_that_would_turn_or_hide_text_is_refused_in_our_words(
    client: httpx.AsyncClient, name: str
) -> None:
    refused = await client.post(API, json={"name": name})

    assert refused.status_code == 422
    assert "characters that reverse the text" in refused.text


async def test_a_member_key_does_not_lead(room: Room) -> None:
    phone = await room.join()
    headers = bearer(phone.token)

    for path, body in (("rounds", {"vignette": ANA}), ("phase", {"phase": "voting"}), ("back", None)):
        answer = await room.client.post(f"{API}/{room.code}/{path}", json=body, headers=headers)
        assert answer.status_code == 403, path
    assert (await room.client.delete(f"{API}/{room.code}", headers=headers)).status_code == 403
    assert (await room.client.get(f"{API}/{room.code}/export", headers=headers)).status_code == 403


# What phones are told to look at again


async def test_choosing_another_person_while_everyone_reads_changes_the_step_of_every_phone(
    room: Room, client: httpx.AsyncClient
) -> None:
    """A phone asks for its page anew when the step that its stream names has another name."""
    phone = await room.join()

    async def step() -> str:
        page = (await client.get(f"/g/{room.code}/now/member", headers=phone.cookies)).text
        return page.split('data-step="')[1].split('"')[0]

    await room.start_round(ANA)
    reading_of_ana = await step()
    await room.start_round(CLEO)

    assert await step() != reading_of_ana


async def test_a_group_is_not_named_with_control_characters(client: httpx.AsyncClient) -> None:
    refused = await client.post("/api/v1/groups", json={"name": "Tuesday\0"})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/name"
