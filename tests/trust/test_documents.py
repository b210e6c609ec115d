"""The documents about trust name tests and files that are there, and go through every requirement once."""

import re
from collections import Counter

import pytest

from tests.trust.markdown import ROOT, named_tests, rows_under, text_of

DOCUMENTS = ("security.md", "asvs.md", "privacy.md", "dpia.md", "decisions/0022-trust.md")
# How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has.
CHAPTERS = dict(zip(range(1, 18), (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), strict=True))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_a_document_names_exists(name: str) -> None:
    for path, test in sorted(named_tests(text_of(name))):
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(?:async )?def {test}\(", source, re.M), f"{path}::{test}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_document_names_exists(name: str) -> None:
    named = set(re.findall(r"`((?:api|docs|frontend|tests|vignettes)/[\w./-]+\.\w+)`", text_of(name)))
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_every_threat_names_a_test_that_shows_what_stops_it() -> None:
    threats = rows_under(text_of("security.md"), "Who, what they want, what stops them")

    assert len(threats) >= 10
    for who, _, _, shown in threats:
        assert named_tests(shown) or "not shown by a test" in shown, who


def test_the_asvs_is_gone_through_item_by_item() -> None:
    text = text_of("asvs.md")
    rows = re.findall(r"^\| (\d+)\.(\d+)\.(\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.M)
    numbers = [tuple(map(int, row[:3])) for row in rows]
    states = Counter(row[4] for row in rows)

    assert numbers == sorted(set(numbers))
    assert Counter(chapter for chapter, *_ in numbers) == CHAPTERS
    assert set(states) == {"met", "not applicable", "open"}
    said = f"{states['met']} are met, {states['not applicable']} are not applicable, {states['open']} are open"
    assert said in " ".join(text.split())
