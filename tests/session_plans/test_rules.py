"""The rules for a good plan."""

import pytest

from api.kit.systems import CAVEAT
from api.kit.yaml import Fault
from api.session_plans.checking import check, tolerance
from api.vignettes.readability import reading_age, sentences_of
from tests.session_plans.sample import LEVELS, SAMPLE


def faults_after(old: str, new: str) -> list[Fault]:
    assert old in SAMPLE
    return check(SAMPLE.replace(old, new, 1), LEVELS, "an-hour").faults


def test_the_sample_is_good() -> None:
    checked = check(SAMPLE, LEVELS, "an-hour")

    assert checked.plan is not None
    assert checked.faults == []
    assert checked.advice == []


def test_the_slug_is_the_name_of_the_file() -> None:
    assert [(f.line, f.column) for f in check(SAMPLE, LEVELS, "another").faults] == [(1, 1)]


LONG = " ".join(["word"] * 21)
WORDY = " ".join(["Word by word."] * 21)


@pytest.mark.parametrize(
    "old, new, line, column, told",
    [
        pytest.param("[20, 30]", "[30, 20]", 6, 1, "the shortest first", id="order of lengths"),
        pytest.param("[20, 30]", "[20, 20, 30]", 6, 1, "each length once", id="a length twice"),
        pytest.param("{20: 5,", "{20: 8,", 6, 1, "20 minutes add up to 23; within 2 minutes", id="too long"),
        pytest.param("{20: 5,", "{20: 2,", 6, 1, "20 minutes add up to 17; within 2 minutes", id="too short"),
        pytest.param(
            "{30: 7}", "{45: 7}", 30, 15, "45 is not one of the plan's lengths", id="a length that is not there"
        ),
        pytest.param("    minutes: 5\n", "    minutes: {30: 5}\n", 6, 1, "20 minutes does not end", id="no close"),
        pytest.param("ana-the-race", "anna-the-race", 23, 5, "did you mean “ana-the-race”?", id="unknown vignette"),
        pytest.param("ana-the-race", "ben-the-bath", 23, 5, "has level 3; levels 1 and 2 suit", id="hard vignette"),
        pytest.param("race\n", "race\n    ask: [cues, reason]\n", 24, 5, "leave out “reason”", id="free text"),
        pytest.param("See you.", "See you.\n    signposting: false", 45, 5, "where to find help", id="no help lines"),
        pytest.param("Have a seat.", "You should sit down.", 13, 16, "“should” can sound harsh", id="should"),
        pytest.param("[Read it once.]", "[You must read.]", 25, 13, "“You must” can sound harsh", id="must, spoken"),
        pytest.param(
            "Some read slowly.", "Some are wrong.", 26, 24, "“wrong” sounds like a judgement", id="wrong, in a note"
        ),
        pytest.param(
            "Quote a word.",
            "Say the correct one.",
            27,
            20,
            "“correct” sounds like a judgement",
            id="correct, at the end",
        ),
        pytest.param("Passing is fine.", "Nobody keeps score.", 33, 26, "“score” makes it a contest", id="a rule"),
        pytest.param("We met three", "Victims of", 43, 15, "“Victims” makes the person smaller", id="victims"),
        pytest.param(
            "Have a seat.", "Those suffering from stress.", 13, 18, "“suffering from” makes", id="suffering from"
        ),
        pytest.param(
            "Have a seat.", "Your system is drive.", 13, 12, "“Your system is” tells people", id="your system"
        ),
        pytest.param("Have a seat.", "The old brain does it.", 13, 16, "“old brain” is a picture", id="old brain"),
        pytest.param("Have a seat.", "We are the only animals.", 13, 23, "“only animals” claims", id="only animal"),
        pytest.param("Have a seat.", "It is proven.", 13, 18, "“proven” promises too much", id="proven"),
        pytest.param("Have a seat.", "About depression.", 13, 18, "is a diagnosis or jargon", id="diagnosis"),
        pytest.param(
            "[Tell us what is missing.]", "[What is PTSD.]", 35, 21, "is a diagnosis or jargon", id="spoken diagnosis"
        ),
        pytest.param("curious.", "depressed.", 4, 25, "is a diagnosis or jargon", id="for whom"),
        pytest.param("Have a seat.", "Dopamine does it.", 13, 12, "“Dopamine” needs this note", id="brain link"),
        pytest.param("[Welcome.]", "[The amygdala.]", 15, 17, "“amygdala” needs this note", id="spoken brain link"),
        pytest.param("Have a seat.", f"{LONG}.", 13, 12, "has 21 words. Use 20 or fewer", id="long sentence"),
        pytest.param("Read about Ana.", WORDY, 21, 5, "the shared screen has 63 words. Use about 60", id="full wall"),
        pytest.param("[Passing is fine.]", f"[{', '.join([WORDY] * 2)}]", 31, 5, "words with its list", id="full list"),
        pytest.param("Have a seat.", WORDY + " " + WORDY, 13, 5, "the phone page has 126 words", id="full phone"),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(old: str, new: str, line: int, column: int, told: str) -> None:
    faults = faults_after(old, new)

    assert any((f.line, f.column) == (line, column) and told in f.message for f in faults), faults


def test_a_word_is_found_on_its_own_line_of_a_longer_text() -> None:
    faults = faults_after("wall: Welcome.", "wall: |\n      Welcome.\n\n      Nobody is\n      wrong here.")

    assert [(fault.line, fault.column) for fault in faults] == [(16, 7)]


def test_a_long_sentence_is_found_among_others_that_start_alike() -> None:
    faults = faults_after("wall: Welcome.", f"wall: |\n      A word.\n      A word, and {LONG}.")

    assert [(fault.line, fault.column) for fault in faults] == [(14, 7)]


def test_minutes_may_miss_a_length_by_a_little() -> None:
    assert (tolerance(20), tolerance(90), tolerance(360)) == (2, 4, 18)
    assert faults_after("{20: 5,", "{20: 7,") == []


def test_a_brain_link_with_the_note_beside_it_is_fine() -> None:
    assert faults_after("wall: Welcome.", f"wall: Dopamine fits wanting. {CAVEAT}") == []


def test_the_facilitator_may_read_a_diagnosis_in_the_notes() -> None:
    assert faults_after("Somebody may be late.", "The link to depression is an association.") == []


def test_training_takes_levels_two_and_three_and_reasons() -> None:
    training = SAMPLE.replace("audience: psychoeducation", "audience: training")

    assert any("levels 2 and 3 suit training" in fault.message for fault in check(training, LEVELS).faults)
    for vignette in ("dora-the-door", "ben-the-bath"):
        changed = training.replace("ana-the-race", f"{vignette}\n    ask: [reason]")
        assert check(changed, LEVELS).faults == []


def test_hard_reading_is_advice_and_no_fault() -> None:
    hard = "Emotional regulation necessitates understanding complicated motivational mechanisms. " * 5
    checked = check(SAMPLE.replace("Have a seat.", hard), LEVELS, "an-hour")

    assert checked.faults == []
    assert [(advice.line, advice.column) for advice in checked.advice] == [(13, 5)]
    assert "the reading age is about" in checked.advice[0].message


def test_the_reading_age_is_the_readability_index_and_five_years() -> None:
    # 30 words of 4 letters in 3 sentences: 4.71 · 4 + 0.5 · 10 − 21.43 = 2.41.
    text = " ".join(["Look hard here next time when they come from town."] * 3)
    letters = sum(len(word.strip(".")) for word in text.split()) / 30

    assert reading_age(text) == pytest.approx(4.71 * letters + 0.5 * 10 - 21.43 + 5)


def test_a_few_words_have_no_reading_age() -> None:
    assert reading_age("Incomprehensibilities everywhere.") is None


def test_each_line_of_a_list_is_a_sentence() -> None:
    assert sentences_of("We will\n\n- look\n- listen\n1. rest") == ["We will", "look", "listen", "rest"]
