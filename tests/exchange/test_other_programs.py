"""What other programs make of our GIFT, QTI and Anki files: each is read by a reader that others wrote."""

import re
import sqlite3
import zipfile
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from citolab_qti_json_schema_converters import convert_qti_zip_to_exam_document  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from pygiftparser import parser  # type: ignore[import-untyped]
from qti_convert import downgrade_package, upgrade_package

from api.exchange.formats import anki, gift, qti
from api.exchange.formats.wording import key_html, story_html
from api.kit.systems import ANSWERS, NAME
from api.vignettes.case import Case
from api.vignettes.reading import read
from tests.cast import ANA_FILE, BEN_FILE, CLEO_FILE
from tests.vignettes.strategies import cases

CASES = [case for text in (ANA_FILE, BEN_FILE, CLEO_FILE) if (case := read(text)[0])]
bundles = st.lists(cases(), min_size=1, max_size=3, unique_by=lambda case: case.head.slug)
slow = settings(max_examples=25)


def words(html: str) -> str:
    """The words of HTML, whatever blanks stand between them."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def questions(data: bytes):  # type: ignore[no-untyped-def]
    return parser.parseFile(StringIO(data.decode()))


def ungift(text: str) -> str:
    """Text as Moodle shows it: without the name of its markup, and with the signs that were escaped."""
    read = re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] == "n" else escaped[1], text)
    return read.removeprefix("[html]")


@slow
@given(bundles)
def test_moodle_questions_hold_the_story_the_four_answers_and_what_the_key_accepts(sent: list[Case]) -> None:
    ordered = sorted(sent, key=lambda case: case.head.level)
    read_back = questions(gift.dump(sent))

    assert len(read_back) == len(sent)
    for question, case in zip(read_back, ordered, strict=True):
        assert question.valid
        assert ungift(question.title) == case.head.title
        assert words(ungift(question.text)) == words(story_html(case) + f"<p>{case.question.replace('<', '&lt;')}</p>")
        assert [ungift(a.answer) for a in question.answers.answers] == [NAME[answer] for answer in ANSWERS]
        accepted = [answer for answer, a in zip(ANSWERS, question.answers.answers, strict=True) if a.fraction == 100]
        assert set(accepted) == {*case.acceptable, case.head.key.dominant}
        assert words(ungift(question.generalFeedback)) == words(key_html(case))


def test_a_backslash_before_an_n_is_the_same_in_a_moodle_question() -> None:
    path = CASES[0].model_copy(update={"why": r"She wrote C:\new and a \n of her own."})

    (question,) = questions(gift.dump([path]))

    assert r"C:\new and a \n of her own." in words(ungift(question.generalFeedback))


def test_moodle_questions_are_sorted_into_a_category_for_each_level() -> None:
    text = gift.dump(CASES).decode()

    assert re.findall(r"^\$CATEGORY: (.*)$", text, re.M) == [
        "$course$/top/Three Circles/Level 1",
        "$course$/top/Three Circles/Level 2",
        "$course$/top/Three Circles/Level 3",
    ]
    assert re.findall(r"^// \[id:(.*)\]$", text, re.M) == ["ana-the-race", "cleo-the-letter", "ben-the-bath"]


def test_feedback_says_why_someone_may_say_another_system() -> None:
    question = questions(gift.dump(CASES[:1]))[0]

    assert words(ungift(question.answers.answers[0].feedback)) == CASES[0].others["threat"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return tmp_path / "package.zip"


@pytest.mark.parametrize("version", ["3.0", "2.1"])
def test_a_qti_reader_finds_every_item_with_its_choices_and_answer(package: Path, version: str) -> None:
    if version == "3.0":
        package.write_bytes(qti.dump(CASES))
    else:
        raw = package.with_name("raw.zip")
        raw.write_bytes(qti.dump_21(CASES))
        upgrade_package(raw, package)

    items = convert_qti_zip_to_exam_document(str(package)).items

    assert [item.item_identifier for item in items] == [f"v-{case.head.slug}" for case in CASES]
    for item, case in zip(items, CASES, strict=True):
        assert item.answer == case.head.key.dominant
        assert [(option.id, option.value) for option in item.question_options] == [(a, NAME[a]) for a in ANSWERS]
        assert case.question in item.question
        assert item.max_score == 1


@slow
@given(bundles)
def test_qti_3_that_another_program_turns_into_21_says_what_our_own_21_says(sent: list[Case]) -> None:
    converted = downgrade_package(qti.dump(sent))
    own = zipfile.ZipFile(BytesIO(qti.dump_21(sent)))

    assert converted.warnings == []
    for case in sent:
        name = f"items/{case.head.slug}.xml"
        theirs, ours = fromstring(converted.files[name]), fromstring(own.read(name))
        assert "".join(theirs.itertext()).split() == "".join(ours.itertext()).split()
        space = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
        for tag in ("mapEntry", "simpleChoice", "modalFeedback", "responseDeclaration", "outcomeDeclaration"):
            assert [e.attrib for e in theirs.iter(space + tag)] == [e.attrib for e in ours.iter(space + tag)], tag


@slow
@given(bundles)
def test_every_accepted_answer_scores_and_has_its_feedback(sent: list[Case]) -> None:
    own = zipfile.ZipFile(BytesIO(qti.dump(sent)))
    space = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-"

    for case in sent:
        item = fromstring(own.read(f"items/{case.head.slug}.xml"))
        assert [entry.get("map-key") for entry in item.iter(f"{space}map-entry")] == case.acceptable
        assert [told.get("identifier") for told in item.iter(f"{space}modal-feedback")] == list(ANSWERS)
        body = item.find(f"{space}item-body")
        assert body is not None
        assert "".join("".join(body.itertext()).split()).startswith("".join(words(story_html(case)).split()))


@pytest.fixture
def collection(tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def bring(collection: Collection, folder: Path, data: bytes):  # type: ignore[no-untyped-def]
    path = folder / "vignettes.apkg"
    path.write_bytes(data)
    request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions())
    return collection.import_anki_package(request).log


def test_anki_takes_every_vignette_as_a_card(collection: Collection, tmp_path: Path) -> None:
    log = bring(collection, tmp_path, anki.dump(CASES))

    assert (len(log.new), collection.card_count()) == (3, 3)
    card = collection.get_card(collection.find_cards("slug:ben-the-bath")[0])
    assert "The argument ended an hour ago." in card.question()
    assert "This story mentions an argument." in card.question()
    assert "Which system is biggest for Ben?" in card.question()
    assert "Soothing" not in words(card.question().partition("</style>")[2])
    assert "Threat or Soothing or Not enough information" in card.answer()
    assert CASES[1].others["drive"].split(".")[0] in card.answer()
    assert collection.decks.name(card.did) == "Three Circles"
    assert collection.db
    assert collection.db.scalar("pragma integrity_check") == "ok"


def test_a_later_package_updates_the_cards_and_keeps_what_was_practised(collection: Collection, tmp_path: Path) -> None:
    bring(collection, tmp_path, anki.dump(CASES, 1_800_000_000))
    assert collection.db
    collection.db.execute("update cards set reps = 7")
    changed = [CASES[0].model_copy(update={"why": "Another reason."}), *CASES[1:]]

    log = bring(collection, tmp_path, anki.dump(changed, 1_800_000_100))

    assert (len(log.new), len(log.updated), collection.card_count()) == (0, 3, 3)
    card = collection.get_card(collection.find_cards("slug:ana-the-race")[0])
    assert "Another reason." in card.answer()
    assert card.reps == 7


@slow
@given(bundles)
def test_an_anki_collection_has_one_note_and_card_for_each_vignette(sent: list[Case]) -> None:
    packed = zipfile.ZipFile(BytesIO(anki.dump(sent)))
    db = sqlite3.connect(":memory:")
    db.deserialize(packed.read("collection.anki2"))

    fields = [row[0].split("\x1f") for row in db.execute("SELECT flds FROM notes JOIN cards ON cards.nid = notes.id")]

    assert sorted(field[-1] for field in fields) == sorted(case.head.slug for case in sent)
    assert {len(field) for field in fields} == {len(anki.FIELDS)}
