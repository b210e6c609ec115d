"""The blind ratings beside the vignettes, and the report made of them."""

import re
from itertools import chain
from pathlib import Path
from statistics import fmean

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.kit import assets
from api.kit.systems import Answer
from api.review.agreement import TARGETS, Read, fits, read_as_they_stand, report
from api.review.ratings import BlindRating, read_rounds, read_verdicts
from api.vignettes.case import Case, story_mark
from api.vignettes.checking import case_files, check
from tests.cast import ANA, ANA_FILE, CLEO, put_cases

HEADER = "unit,rater,label,confidence,second,words,story\n"


def shipped() -> list[Case]:
    return [case for path in case_files([assets.VIGNETTES]) if (case := check(path.read_text("utf-8"), path.stem)[0])]


def cases_in(folder: Path) -> list[Case]:
    return [case for path in case_files([folder]) if (case := check(path.read_text("utf-8"), path.stem)[0])]


def rate(folder: Path, *rows: str, name: str = "round-1") -> None:
    (folder / "ratings").mkdir(exist_ok=True)
    (folder / "ratings" / f"{name}.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def as_they_stand() -> list[Read]:
    return read_as_they_stand(shipped(), read_rounds(assets.VIGNETTES))


def test_the_shipped_report_is_what_the_ratings_give() -> None:
    made = report(shipped(), read_rounds(assets.VIGNETTES), read_verdicts(assets.VIGNETTES))

    assert (assets.VIGNETTES / "ratings" / "REPORT.md").read_text(encoding="utf-8") == made


@pytest.mark.parametrize("level", TARGETS)
def test_readers_of_the_present_words_agree_with_the_keys(level: int) -> None:
    read = [one for one in as_they_stand() if one.case.head.level == level]

    assert len(read) == {1: 48, 2: 42, 3: 30}[level]
    assert all(len({rating.rater for rating in one.ratings}) >= 5 for one in read)
    assert sum(one.agreeing for one in read) / sum(len(one.ratings) for one in read) >= TARGETS[level]


@pytest.mark.parametrize(("level", "mean", "least"), [(1, 4.6, 4), (2, 4.4, 4), (3, 4.2, 3.5)])
def test_readers_can_say_easily_what_happens_in_every_story(level: int, mean: float, least: float) -> None:
    clear = [one.clarity or 0 for one in as_they_stand() if one.case.head.level == level]

    assert fmean(clear) >= mean
    assert min(clear) >= least


def test_the_readme_names_every_story_in_which_readers_did_not_split_or_said_wrongly_what_happens() -> None:
    cases, rounds = shipped(), read_rounds(assets.VIGNETTES)
    made = report(cases, rounds, read_verdicts(assets.VIGNETTES))
    one_sided = {one.case.head.slug for one in as_they_stand() if one.case.head.level == 3 and not one.splits}
    misread = set(re.findall(r"^- ([\w-]+): \d+ of \d+ right$", made, re.M))
    told = (assets.VIGNETTES / "ratings" / "README.md").read_text(encoding="utf-8")

    assert {slug for slug in one_sided | misread if f"`{slug}`" not in told} == set()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("REPORT.md", r"Readers split between acceptable answers in (\d+) of 30 stories"),
        ("README.md", r"in (\d+) of the 30 stories"),
    ],
)
def test_no_fewer_stories_split_than_is_told(name: str, says: str) -> None:
    told = re.search(says, (assets.VIGNETTES / "ratings" / name).read_text(encoding="utf-8"))
    cases = {case.head.slug: case for case in shipped() if case.head.level == 3}
    answers: dict[str, list[str]] = {slug: [] for slug in cases}
    for rating in chain.from_iterable(read_rounds(assets.VIGNETTES).values()):
        if rating.unit in answers and rating.story == story_mark(cases[rating.unit]):
            answers[rating.unit].append(rating.label)
    splits = [
        all(5 * given.count(system) >= len(given) for system in set(cases[slug].acceptable) - {"unsure"})
        for slug, given in answers.items()
    ]

    assert told is not None
    assert sum(splits) >= int(told[1]) > 0


def test_the_report_tells_a_split_of_one_round_from_one_over_rounds(tmp_path: Path) -> None:
    slug = "zain-lifts-at-five"
    (tmp_path / f"{slug}.md").write_bytes((assets.VIGNETTES / f"{slug}.md").read_bytes())
    mark = story_mark(cases_in(tmp_path)[0])

    def says(reader: int, label: str) -> str:
        return f"{slug},reader-{reader},{label},sure,,x,{mark}"

    rate(tmp_path, says(1, "drive"), says(2, "drive"))
    rate(tmp_path, says(3, "threat"), says(4, "threat"), name="round-2")
    over_rounds = report(cases_in(tmp_path), read_rounds(tmp_path))
    rate(tmp_path, says(1, "drive"), says(2, "threat"))
    in_the_first = report(cases_in(tmp_path), read_rounds(tmp_path))

    assert (
        "in 1 of 1 stories, all rounds taken together;\nin 0 of 1 within a single round; and in 0 of 1" in over_rounds
    )
    assert (
        "in 1 of 1 stories, all rounds taken together;\nin 1 of 1 within a single round; and in 0 of 1" in in_the_first
    )
    assert "1 splits in 2 readings of a story." in in_the_first


def test_every_rating_is_of_a_story_that_is_there() -> None:
    slugs = {case.head.slug for case in shipped()}

    for ratings in read_rounds(assets.VIGNETTES).values():
        assert {rating.unit for rating in ratings} <= slugs


def test_the_ratings_say_that_no_clinician_made_them() -> None:
    folder = assets.VIGNETTES / "ratings"

    for name in ("README.md", "REPORT.md"):
        told = " ".join((folder / name).read_text(encoding="utf-8").split())
        assert "language models" in told
        assert "linicians have not yet reviewed the keys" in told


def test_a_rating_counts_for_the_words_that_were_read_and_not_for_later_ones(tmp_path: Path) -> None:
    put_cases(tmp_path)
    ana = next(case for case in cases_in(tmp_path) if case.head.slug == ANA)
    rate(tmp_path, f"{ANA},reader-1,drive,sure,,five,{story_mark(ana)}", f"{ANA},reader-2,threat,sure,,five,0123")

    read = read_as_they_stand(cases_in(tmp_path), read_rounds(tmp_path))
    told = report(cases_in(tmp_path), read_rounds(tmp_path))

    assert [len(one.ratings) for one in read if one.case.head.slug == ANA] == [1]
    assert "Readers: 2. Stories: 1. Ratings: 2," in told
    assert "Stories with other words now: 1." in told


def test_the_report_follows_the_ratings(tmp_path: Path) -> None:
    put_cases(tmp_path, {ANA: ANA_FILE})
    mark = story_mark(cases_in(tmp_path)[0])
    rate(
        tmp_path, *(f"{ANA},reader-{n},{label},sure,,x,{mark}" for n, label in enumerate(("drive", "drive", "threat")))
    )

    told = report(cases_in(tmp_path), read_rounds(tmp_path))

    # Alpha by hand: D_o = 2·(2·1)/2 = 2, D_e = 2·(2·1)/2 = 2, so 1 − 1 = 0.
    assert "| 1 | 1 | 3 | 3 | 2 of 3 (66.7%) | 0.000 |" in told
    assert f"- {ANA} (key drive): threat 1, drive 2" in told


def test_at_level_three_any_acceptable_answer_agrees_and_both_systems_for_one_in_five_are_a_split() -> None:
    case = next(case for case in shipped() if case.head.slug == "zain-lifts-at-five")

    def says(label: Answer) -> BlindRating:
        return BlindRating(
            unit=case.head.slug,
            rater=label,
            label=label,
            confidence="guessing",
            second="",
            words="",
            story=story_mark(case),
        )

    assert [fits(case, says(label)) for label in ("threat", "drive", "soothing", "unsure")] == [True, True, False, True]
    assert Read(case, (says("threat"), says("drive"))).splits
    assert Read(case, (*(says("drive") for _ in range(4)), says("threat"))).splits
    assert not Read(case, (*(says("drive") for _ in range(5)), says("threat"))).splits
    assert not Read(case, (says("threat"), says("unsure"))).splits


def test_the_report_tells_how_many_sentences_are_right_and_how_often_a_story_was_reworded(tmp_path: Path) -> None:
    put_cases(tmp_path, {ANA: ANA_FILE})
    mark = story_mark(cases_in(tmp_path)[0])
    rate(tmp_path, f"{ANA},reader-1,drive,sure,,x,0123", f"{ANA},reader-2,drive,sure,,x,{mark}", name="round-2")
    rate(tmp_path, *(f"{ANA},reader-{n},drive,sure,,x,{mark}" for n in range(3, 7)), name="round-10")

    def told(*wrong: int, second: str = "") -> str:
        rows = [f"{ANA},reader-{n},{mark},judge-1,{'wrong' if n in wrong else 'right'},x" for n in range(2, 7)]
        again = [f"{ANA},reader-{n},{mark},judge-2,{second},x" for n in (2, 3) if second]
        lines = "\n".join(("unit,rater,story,judge,verdict,why", f"{ANA},reader-1,0123,judge-1,wrong,x", *rows, *again))
        (tmp_path / "ratings" / "sentences.csv").write_text(lines, encoding="utf-8")
        return report(cases_in(tmp_path), read_rounds(tmp_path), read_verdicts(tmp_path))

    assert "| 1 | 5 | 4 | 0 | 1 | 1 of 1 |" in told(2)
    assert "| 1 | 5 | 3 | 0 | 2 | 0 of 1 |" in told(2, 3)
    assert f"- {ANA}: 3 of 5 right" in told(2, 3)
    assert "| 1 | 5 | 4 | 0 | 1 | 1 of 1 |" in told(2, second="right")
    assert "| 1 | 5 | 2 | 2 | 1 | 0 of 1 |" in told(4, second="partly")
    assert "Of 6 sentences 2 were judged twice, and both judges said the same of 1." in told(2, second="wrong")
    assert f"| 1 | 1 | {ANA} |" in told()
    assert list(read_rounds(tmp_path)) == ["round-2", "round-10"]


def test_the_command_prints_the_report(tmp_path: Path) -> None:
    put_cases(tmp_path)
    rate(tmp_path, f"{CLEO},reader-1,threat,leaning,unsure,the letter,0123")

    finished = CliRunner().invoke(app, ["vignettes", "agreement", str(tmp_path)])

    assert finished.exit_code == 0
    assert finished.stdout == report(cases_in(tmp_path), read_rounds(tmp_path))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (f"{ANA},reader-1,hunger,sure,,x,0", "label"),
        (f"{ANA},reader-1,drive,certain,,x,0", "confidence"),
        (f"{ANA},reader-1,drive", "second"),
        (f"{ANA},reader-0,drive,sure,,x,0", "a second time"),
    ],
)
def test_a_rating_that_cannot_be_is_told_with_its_row(tmp_path: Path, row: str, says: str) -> None:
    put_cases(tmp_path)
    rate(tmp_path, f"{ANA},reader-0,drive,sure,,x,0", row)

    finished = CliRunner().invoke(app, ["vignettes", "agreement", str(tmp_path)])

    assert finished.exit_code == 1
    assert "row 3" in finished.stderr
    assert says in finished.stderr


def test_a_folder_without_ratings_is_told(tmp_path: Path) -> None:
    finished = CliRunner().invoke(app, ["vignettes", "agreement", str(put_cases(tmp_path))])

    assert finished.exit_code == 1
    assert "There are no ratings" in finished.stderr
