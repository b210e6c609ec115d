"""Every rule of `vignettes check`: the fault stands where the words stand, and says what would be right."""

from dataclasses import dataclass

import pytest

from api.vignettes.checking import check
from api.vignettes.codebook import CUE_LABEL
from tests.cast import ANA, ANA_FILE


@dataclass(frozen=True)
class Slip:
    """A good file with one change, where its fault is told, and a part of what is said."""

    rule: str
    old: str
    new: str
    at: str
    says: str


EFFORT = "[She gets up at five and runs before work]{.drive.effort}"
STORY = ANA_FILE.split("---\n\n")[1].split("\n\n## ")[0]
LONG_SENTENCE = "It was " + "very " * 18 + "long. "

SLIPS = [
    Slip("unknown cue type", ".drive.effort}", ".drive.efort}", "drive.efort}", "did you mean “drive.effort”?"),
    Slip("nameless cue type", ".drive.effort}", ".joy}", "joy}", "known are: drive.effort, drive.goal"),
    Slip("span without a cue", "]{.drive.effort}", "]", "].", "names no cue"),
    Slip("unknown span option", ".drive.effort}", ".drive.effort strong}", " strong}", "strength=clear|partial"),
    Slip("unknown strength", "strength=partial", "strength=weak", " strength=weak", "strength=clear|partial"),
    Slip("unknown polarity", "strength=partial", "polarity=none", " polarity=none", "polarity=present|absent"),
    Slip("span is never closed", "says]{.drive.goal}", "says", "[‘Under", "never closed"),
    Slip("bracket closes nothing", "On the wall", "On the] wall", "] wall", "closes no span"),
    Slip("span runs into another paragraph", "five and runs", "five\n\nand runs", "[She gets", "another paragraph"),
    Slip("span holds no words", EFFORT, f"[]{{.drive.effort}} {EFFORT}", "[]", "holds no words"),
    Slip("key that no cue supports", "[drive]", "[drive, soothing]", "key:", "no cue in the story supports it"),
    Slip("acceptable without the dominant", "[drive]", "[threat]", "key:", "add drive"),
    Slip("secondary is the dominant", "secondary: threat", "secondary: drive", "key:", "another system than dominant"),
    Slip("level 3 with one answer", "level: 1", "level: 3", "key:", "name two acceptable answers"),
    Slip("level 1 with two answers", "[drive]", "[drive, threat]", "key:", "make it level 3"),
    Slip("clear cue of another system", " strength=partial", "", "she looks at it", "mark it strength=partial"),
    Slip("blend runs backwards", "threat: [10, 25]", "threat: [25, 10]", "threat: [25", "write the lower number first"),
    Slip("blend cannot add up", "drive: [60, 75]", "drive: [95, 99]", "blend:", "add up to 100"),
    Slip("missing other view", "## Why someone might choose threat\n", "", "## To talk", "choose threat” is missing"),
    Slip("unknown section", "## To talk about", "## To think about", "## To think", "sections are: Why …"),
    Slip("no question", "- What is the chart for?\n- What would", "What would", "## To talk", "at least one question"),
    Slip("empty explanation", "She *gets up at five* for something that she wants, and *grins* when it grows.", "",
         "## Why drive", "the key has no explanation"),
    Slip("story too short", STORY, "Ana runs. " + EFFORT, "Ana runs", "the story has"),
    Slip("story too long", "On the wall", "Yes, it is so. " * 20 + "On the wall", "Ana has a race", "the story has"),
    Slip("sentence over twenty words", "On the wall", LONG_SENTENCE + "On the wall", "It was very", "has 21 words"),
    Slip("a system's name in the story", "a chart", "a drive chart", "drive chart", "“drive” gives the answer away"),
    Slip("a word with a system's name", "a chart", "a soothing chart", "soothing chart", "gives the answer away"),
    Slip("a diagnosis", "a chart", "an OCD chart", "OCD chart", "diagnosis or jargon"),
    Slip("a person who is not in the story", "person: Ana", "person: Zoe", "person:", "does not name Zoe"),
    Slip("a reconstruction that is not there", "authors:", "reconstructed: [{text: gone, note: lost}]\nauthors:",
         "reconstructed:", "does not stand in the story"),
    Slip("unknown skill", "drive-or-striving", "drive-or-strivin", "skills:", "did you mean “drive-or-striving”?"),
    Slip("slug is not the file's name", "slug: ana-the-race", "slug: ana", "slug:", "make them equal"),
    Slip("slug that is no address", "slug: ana-the-race", "slug: Ana!", "slug:", "slug:"),
    Slip("unknown field", "tags: [sport]", "tag: [sport]", "tag:", "did you mean “tags”?"),
    Slip("missing field", "title: Ana and the race\n", "", "slug:", "title: is missing"),
    Slip("level out of range", "level: 1", "level: 4", "level:", "less than or equal to 3"),
    Slip("unknown system", "dominant: drive", "dominant: hunger", "dominant:", "'threat', 'drive' or 'soothing'"),
    Slip("percent out of range", "threat: [10, 25]", "threat: [10, 250]", "250]", "less than or equal to 100"),
    Slip("range of three", "threat: [10, 25]", "threat: [10, 20, 30]", "threat: [10", "at most 2 items"),
    Slip("no author", "authors: [Three Circles]", "authors: []", "authors:", "at least 1 item"),
    Slip("field twice", "tags: [sport]", "tags: [sport]\ntags: [sport]", "tags: [sport]\nskills", "is here twice"),
    Slip("unsafe YAML tag", "tags: [sport]", "tags: !!python/name:os.system x", "!!python", "not plain YAML"),
    Slip("YAML alias", "tags: [sport]", "tags: &a [sport]\nsources: *a", "*a", "aliases (*name) are not used"),
    Slip("broken YAML", "tags: [sport]", "tags: [sport", ": [drive-or", "not plain YAML"),
    Slip("tab in YAML", "  dominant: drive", "\tdominant: drive", "\tdominant", "not plain YAML"),
]  # fmt: skip


def place_of(words: str, text: str) -> tuple[int, int]:
    offset = text.index(words)
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.rule)
def test_a_fault_names_its_line_and_column_and_what_would_be_right(slip: Slip) -> None:
    assert slip.old in ANA_FILE
    text = ANA_FILE.replace(slip.old, slip.new, 1)

    _, faults = check(text, ANA)

    found = [(fault.line, fault.column) for fault in faults if slip.says in fault.message]
    assert place_of(slip.at, text) in found, faults


def test_a_span_that_starts_inside_another_is_told_where_it_starts() -> None:
    text = ANA_FILE.replace("at five and", "at [five]{.drive.goal} and", 1)

    _, faults = check(text, ANA)

    assert place_of("[five", text) in [
        (f.line, f.column) for f in faults if "side by side and never cross" in f.message
    ]


def test_a_missing_explanation_is_told_at_the_end_of_the_file() -> None:
    text = ANA_FILE.replace("## Why drive", "## Why threat", 1)

    _, faults = check(text, ANA)

    end = text.count("\n") + 1
    assert [fault.line for fault in faults if "“## Why drive” is missing" in fault.message] == [end]
    assert [fault.line for fault in faults if "explains another system" in fault.message] == [end]


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 12))

    _, faults = check(ANA_FILE.replace("tags: [sport]\n", bomb, 1), ANA)

    assert any("aliases (*name) are not used" in fault.message for fault in faults)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = ANA_FILE.replace("drive.effort}", "drive.efort}", 1).replace("drive.reward}", "drive.rewrd}", 1)

    _, faults = check(text.replace("a chart", "a drive chart", 1), ANA)

    assert len({fault.line for fault in faults}) >= 3


def test_a_name_that_is_only_part_of_another_word_does_not_name_the_person() -> None:
    text = ANA_FILE.replace("person: Ana", "person: Eve").replace("title: Ana", "title: Eve")
    assert "Every week" in text

    assert any("does not name Eve" in fault.message for fault in check(text, ANA)[1])


def test_too_few_clear_cues_are_told_with_their_number() -> None:
    text = ANA_FILE
    for cue in ("[Every week she adds one more mile to it, and grins]{.drive.reward}",):
        text = text.replace(cue, cue[1 : cue.index("]")])
    one = text.replace("{.drive.goal}", "{.drive.goal strength=partial}")
    none_left = one.replace(EFFORT, "She gets up at five and runs before work")

    assert any("needs two clear cues for drive; the story marks one" in fault.message for fault in check(one, ANA)[1])
    assert any("the story marks 2 cues" in fault.message for fault in check(none_left, ANA)[1])


def test_every_cue_type_belongs_to_a_system_and_can_be_used() -> None:
    for cue_type in CUE_LABEL:
        text = ANA_FILE.replace("{.threat.scan strength=partial}", f"{{.{cue_type} strength=partial}}")
        case, faults = check(text, ANA)
        assert faults == []
        assert case is not None
        assert case.cues[2].system in cue_type


def test_the_good_file_itself_has_no_fault() -> None:
    assert check(ANA_FILE, ANA)[1] == []
