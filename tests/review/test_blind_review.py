"""Blind review on its pages: the story alone, then agreement, sizes and words."""

import httpx
import pytest

from api.guesses.rules import GuessBody
from api.review.agreeing import review
from api.review.reviewing import Rated
from api.vignettes.reading import read
from tests.cast import ANA_FILE, BEN_FILE
from tests.editorial.people import DAN, DAN_FILE, Person

HERE = f"/trainers/vignettes/{DAN}"


async def in_review(author: Person, source: str = DAN_FILE) -> None:
    await author.add(source)
    assert (await author.step(DAN, "in_review")).status_code == 200


async def send(person: Person, **fields: object) -> httpx.Response:
    return await person.client.post(f"{HERE}/rate", data=fields, headers=person.headers)


def rated(name: str, system: str, **more: object) -> Rated:
    return Rated(name, GuessBody.model_validate({"system": system, **more}), None)


async def test_the_story_is_shown_alone(author: Person, rater: Person, editor: Person) -> None:
    await in_review(author)

    for person in (rater, editor):
        page = (await person.get(f"{HERE}/rate")).text
        assert "race" in page
        for hidden in ("Dan and the race", "Why drive", "puts in effort", "sport", "Level"):
            assert hidden not in page
        for part in ("", "/review", "/versions", "/analysis"):
            led = await person.get(HERE + part)
            assert (led.status_code, led.headers.get("location")) == (303, f"{HERE}/rate")
    assert (await author.get(f"{HERE}/rate")).status_code == 403


@pytest.mark.both_databases
async def test_a_rating_is_kept_with_phrases_sizes_and_comment_and_shows_the_review(
    author: Person, rater: Person
) -> None:
    await in_review(author)
    sizes = {"circle_threat": "60", "circle_drive": "40", "circle_soothing": "0"}

    sent = await send(rater, system="threat", cues=["0-3", "4-7", "11-15"], comment="The <i>knee</i>\0", **sizes)
    page = (await rater.get(f"{HERE}/review")).text

    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}/review")
    (kept,) = (await author.get(f"/api/v1/vignettes/{DAN}/ratings")).json()["items"]
    assert kept["cues"] == [[0, 7], [11, 15]]
    assert kept["circles"] == {"threat": 60, "drive": 40, "soothing": 0}
    assert "The &lt;i&gt;knee&lt;/i&gt;" in page
    assert "1 of 2 blind ratings" in page
    assert "One more blind rating is needed" in page
    assert (await rater.get(f"{HERE}/rate")).headers["location"] == f"{HERE}/review"


async def test_what_is_left_out_is_named_and_the_rest_stays(author: Person, rater: Person) -> None:
    await in_review(author)

    nothing = await send(rater, comment="Kept, this")
    half = await send(rater, system="drive", **{"circle_threat": "60"})
    huge = await send(rater, system="drive", **{"circle_threat": "6", "circle_drive": "1", "circle_soothing": "101"})

    assert [answer.status_code for answer in (nothing, half, huge)] == [422, 422, 422]
    assert "Kept, this" in nothing.text
    assert "Give all three circles a size from 0 to 100" in half.text
    assert (await author.get(f"/api/v1/vignettes/{DAN}/ratings")).json()["items"] == []


async def test_publishing_is_offered_on_the_review_page_once_enough_have_rated(
    author: Person, rater: Person, other_rater: Person, editor: Person
) -> None:
    await in_review(author)
    for person in (rater, other_rater, editor):
        await send(person, system="drive")

    page = (await editor.get(f"{HERE}/review")).text
    assert "This story is ready. You can publish it." in page
    assert "An editor can publish it." in (await rater.get(f"{HERE}/review")).text
    for name in ("Bo", "Chidi", "Edith"):
        assert f"<h3>{name}</h3>" in page


async def test_two_acceptable_answers_are_kept_as_such(author: Person, rater: Person) -> None:
    await in_review(author, BEN_FILE.replace("ben-the-bath", DAN).replace("Ben", "Dan"))
    await send(rater, system="threat")

    assert "More than one answer fits" in (await rater.get(f"{HERE}/review")).text


def test_an_answer_that_half_of_the_raters_gave_and_the_key_leaves_out_is_named() -> None:
    ana, ben = read(ANA_FILE)[0], read(BEN_FILE)[0]
    assert ana is not None
    assert ben is not None
    threat, drive = rated("Bo", "threat"), rated("Chidi", "drive")

    assert review(ana, [threat, threat, drive]).split == "threat"
    assert review(ana, [threat, drive]).split is None
    assert review(ben, [threat, threat]).split is None
    assert review(ana, []).raters == 0


def test_words_agree_when_the_same_ones_are_marked_and_differences_are_phrases() -> None:
    ana = read(ANA_FILE)[0]
    assert ana is not None
    first = [(cue.start, cue.end) for cue in ana.cues]
    same = review(ana, [rated("Bo", "drive", cues=first), rated("Chidi", "drive", cues=first)])
    other = review(ana, [rated("Bo", "drive", cues=first), rated("Chidi", "drive", cues=[(0, 3)])])

    assert same.words.alpha == 1
    assert same.phrases == ()
    assert other.words.alpha is not None
    assert other.words.alpha < 0
    assert ("Ana", None, ("Chidi",)) in [(p.text, p.sign, p.markers) for p in other.phrases]
    assert "marked different words" in other.word_sentence


def test_sizes_are_shares_of_the_three_beside_the_authors_range() -> None:
    ana = read(ANA_FILE)[0]
    assert ana is not None
    sizes = [rated("Bo", "drive", circles={"threat": 20, "drive": 70, "soothing": 10})]
    sizes += [rated("Chidi", "drive", circles={"threat": 0, "drive": 50, "soothing": 0})]
    threat, drive, soothing = review(ana, [*sizes, rated("Edith", "drive")]).blend

    assert (threat.given, threat.middle, threat.fits) == ((("Bo", 20), ("Chidi", 0)), 10, True)
    assert (drive.low, drive.high, drive.middle, drive.fits) == (60, 75, 85, False)
    assert soothing.middle == 5
