"""What a program can see of how plain a story is to follow."""

from dataclasses import dataclass

import pytest

from api.vignettes.plain_telling import plain_findings
from api.vignettes.reading import read
from tests.cast import ANA_FILE, BEN_FILE


@dataclass(frozen=True)
class Slip:
    name: str
    old: str
    new: str
    says: str
    file: str = ANA_FILE


SLIPS = (
    Slip("words in italics that are not in the story", "*grins*", "*smiles*", "“smiles” is in italics but is not"),
    Slip(
        "three named people",
        "On the wall there is",
        "She told Omar and Kit. On the wall there is",
        "names Ana, Omar, Kit",
    ),
    Slip(
        "speech of no one",
        "‘Under four hours,’ she says",
        "‘Under four hours.’ There it is",
        "“Under four hours.”: say who",
    ),
    Slip(
        "alcohol without a note",
        "Then she ties her shoes.",
        "Then she has a beer.",
        "the content note mentions alcohol",
    ),
    Slip(
        "numbness without a note",
        "Then she ties her shoes.",
        "Then she feels nothing.",
        "the content note mentions numbness",
    ),
    Slip(
        "harsh self-talk without a note",
        "[she looks at it twice]{.threat.scan strength=partial}",
        "[she calls it stupid]{.threat.self_attack}",
        "the story has harsh self-talk",
    ),
    Slip(
        "level 3 without unsure",
        "acceptable: [soothing, threat, unsure]",
        "acceptable: [soothing, threat]",
        "level 3 accepts two",
        BEN_FILE,
    ),
)


def told(text: str) -> list[str]:
    case, faults = read(text)
    assert case is not None, faults
    return [finding.message for finding in plain_findings(case)]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_what_is_hard_to_follow_is_told(slip: Slip) -> None:
    assert slip.old in slip.file
    before = told(slip.file)

    after = told(slip.file.replace(slip.old, slip.new, 1))

    assert [line for line in after if slip.says in line]
    assert not [line for line in before if slip.says in line]


def test_a_level_1_story_without_a_said_feeling_is_told() -> None:
    plain = ANA_FILE.replace("[Every week she adds one more mile to it, and grins]", "[Every week she adds a mile]")
    plain = plain.replace("*grins*", "*adds*")

    assert "level 1 says a feeling, a thought or what the body does in a marked place" in told(plain)


@pytest.mark.parametrize(
    "italics", ["*gets up at five*", "*Gets up  at five*", "*‘Under four hours’*", "*Under four hours,*"]
)
def test_italics_are_compared_without_regard_to_case_quotes_and_line_breaks(italics: str) -> None:
    assert [line for line in told(ANA_FILE.replace("*gets up at five*", italics)) if "italics" in line] == []
