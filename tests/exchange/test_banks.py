"""Question banks and packages of other authors, and our own read back: GIFT, QTI 2.1 and 3.0, and Anki."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from anki.collection import Collection, ExportAnkiPackageOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from qti_convert import downgrade_package

from api.exchange.formats import anki, gift, qti, qti_reading, read_file
from api.exchange.formats.rows import Refused, Row, quiet
from api.vignettes.case import Case
from api.vignettes.reading import read
from tests.cast import ANA_FILE, BEN_FILE, CLEO_FILE
from tests.vignettes.strategies import cases

CASES = [case for text in (ANA_FILE, BEN_FILE, CLEO_FILE) if (case := read(text)[0])]
bundles = st.lists(cases(), min_size=1, max_size=3, unique_by=lambda case: case.head.slug)
OURS = {
    "x.gift": gift.dump,
    "moodle.txt": gift.dump,
    "qti3.zip": qti.dump,
    "qti21.zip": qti.dump_21,
    "x.apkg": anki.dump,
}


@pytest.mark.parametrize("name", OURS)
def test_our_own_questions_come_back_whole(name: str) -> None:
    rows = read_file(name, OURS[name](CASES), quiet)

    assert sorted(row.case.head.slug for row in rows if row.case) == sorted(case.head.slug for case in CASES)
    assert all(row.case in CASES and not row.findings and not row.notes for row in rows)


@settings(max_examples=8)
@given(bundles)
def test_any_story_comes_back_whole_from_each_kind_of_question(sent: list[Case]) -> None:
    for dump, load in ((gift.dump, gift.load), (qti.dump_21, qti_reading.load)):
        rows = load(dump(sent), quiet)
        assert {row.case.head.slug for row in rows if row.case} <= {case.head.slug for case in sent}


def taken(rows: list[Row]) -> list[tuple[str, str, str, str]]:
    return [
        (row.case.head.person, row.case.head.key.dominant, row.case.story, row.case.why) for row in rows if row.case
    ]


def passed(rows: list[Row]) -> list[str]:
    return [found.message for row in rows if row.passed for found in row.findings]


BANK = """// question: 0  name: Switch category to $course$/top/Default
$CATEGORY: $course$/top/Default for week 3

// question: 12  name: Mia and the marathon
::Mia and the marathon::[html]<p>Mia runs every morning.</p>
<p>She loves the medal she won\\: gold.</p><p>Which system is strongest for Mia?</p>{
\t~<p>Threat</p>#[html]<p>She may fear to be late.</p>
\t=Drive#She wants it.
\t~%50%Soothing
\t####[html]<p>She wants another medal.</p>
}

::Fact::The heart has four chambers.{T}

::Pairs::Match them. {
 =Dog -> bark

 =Cat -> miaow
}

Omar sits by the fire with his sister. What is biggest for him? {=Soothing system ~Threat system ~Drive system}

::Number::How many?{#3:1}

::Other::Which one?{=Red ~Blue}
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_trainer_s_own_moodle_bank_comes_in_and_each_other_question_is_told(line_end: str, encoding: str) -> None:
    rows = read_file("bank.txt", BANK.replace("\n", line_end).encode(encoding), quiet)

    assert taken(rows) == [
        (
            "Mia",
            "drive",
            "Mia runs every morning.\n\nShe loves the medal she won: gold.",
            "She wants another medal.",
        ),
        ("Omar", "soothing", "Omar sits by the fire with his sister. What is biggest for him?", ""),
    ]
    assert [told.split(" question")[0] for told in passed(rows)] == [
        "not taken: a true or false",
        "not taken: a matching",
        "not taken: a number",
        "not taken: a multiple choice",
    ]
    mia = next(row for row in rows if row.case)
    assert mia.findings == ()
    assert "there is no reason for soothing" in mia.notes
    assert mia.case is not None
    assert mia.case.acceptable == ["drive", "soothing"]


def test_two_questions_of_one_title_become_two_stories() -> None:
    twice = "::Mia::Mia runs. Which system is biggest for Mia?{=Drive ~Threat ~Soothing}\n\n"
    rows = gift.load((twice + twice.replace("runs", "rests")).encode())

    assert [row.case.head.slug for row in rows if row.case] == ["mia", "mia-2"]


ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<{p}assessment-item xmlns="{ns}" identifier="i1" title="Mia and the marathon">
<{p}response-declaration identifier="R" cardinality="single" base-type="identifier">
<{p}correct-response><{p}value>B</{p}value></{p}correct-response></{p}response-declaration>
<{p}item-body><div><p>Mia runs every <b>morning</b>.</p></div>
<{p}choice-interaction response-identifier="R" max-choices="1"><{p}prompt>Which system is biggest for Mia?</{p}prompt>
<{p}simple-choice identifier="A">Threat</{p}simple-choice>
<{p}simple-choice identifier="B">Drive
<{p}feedback-inline identifier="B" outcome-identifier="F">She wants it.</{p}feedback-inline></{p}simple-choice>
<{p}simple-choice identifier="C"><p>Soothing</p></{p}simple-choice></{p}choice-interaction>
</{p}item-body></{p}assessment-item>"""


def item(version: str) -> bytes:
    if version == "3.0":
        return ITEM.format(p="qti-", ns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0").encode()
    text = ITEM.format(p="qti-", ns="http://www.imsglobal.org/xsd/imsqti_v2p1")
    for name in ("assessment-item", "response-declaration", "correct-response", "item-body", "choice-interaction",
                 "simple-choice", "feedback-inline", "base-type", "response-identifier", "max-choices", "outcome-identifier"):  # fmt: skip  # noqa: E501
        first, _, last = name.partition("-")
        text = text.replace(f"qti-{name}", first + last.title()).replace(name, first + last.title())
    return text.replace("qti-", "").encode()


def package(**files: bytes) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("imsmanifest.xml", b"<manifest/>")
        for name, content in files.items():
            made.writestr(f"items/{name}/qti.xml", content)
        made.writestr("items/picture.png", b"\x89PNG")
    return data.getvalue()


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_items_of_other_authors_come_in_and_the_rest_is_told(version: str) -> None:
    text_entry = item(version).replace(b"choice-interaction", b"text-entry-interaction").replace(b"choiceInteraction", b"textEntryInteraction")  # fmt: skip  # noqa: E501
    rows = read_file("bank.zip", package(one=item(version), two=text_entry, three=b"<broken"), quiet)

    assert taken(rows) == [("Mia", "drive", "Mia runs every morning.", "She wants it.")]
    assert [told.split(" question")[0] for told in passed(rows)] == ["not taken: a textEntry", "not taken: a damaged"]


def test_a_package_that_another_program_has_turned_into_an_older_one_is_read() -> None:
    converted = downgrade_package(qti.dump(CASES))
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, content in converted.files.items():
            made.writestr(name, content)

    rows = read_file("older.zip", data.getvalue(), quiet)
    assert [row.case.story for row in rows if row.case] == [case.story for case in CASES]


def test_a_deck_that_anki_itself_wrote_is_read(tmp_path: Path) -> None:
    collection = Collection(str(tmp_path / "collection.anki2"))
    kind = collection.models.by_name("Basic")
    for front, back in [
        ("<p>Mia runs every morning.</p>Which system is biggest for Mia?", "Drive<br>She wants a medal."),
        ("Capital of France?", "Paris"),
    ]:
        note = collection.new_note(kind)  # type: ignore[arg-type]
        note["Front"], note["Back"] = front, back
        collection.add_note(note, collection.decks.id("Default"))  # type: ignore[arg-type]
    out = tmp_path / "deck.apkg"
    for legacy in (True, False):
        options = ExportAnkiPackageOptions(with_scheduling=False, with_media=False, legacy=legacy)
        collection.export_anki_package(out_path=str(out), options=options, limit=None)
        rows = read_file("deck.apkg", out.read_bytes(), quiet)
        assert taken(rows) == [("Mia", "drive", "Mia runs every morning.", "She wants a medal.")]
        assert len(passed(rows)) == 1
    collection.close()


@pytest.mark.parametrize(("name", "says"), [("x.gift", "no questions"), ("x.apkg", "no zip"), ("x.zip", "no zip")])
def test_what_is_no_bank_is_refused_in_our_words(name: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_file(name, b"// nothing\n", quiet)
