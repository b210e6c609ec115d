"""The look for retired words: it finds them where people read, and nowhere else."""

from pathlib import Path

import pytest

from tests.tools import words

PAGE = "frontend/templates/a.html"


@pytest.mark.parametrize(
    ("place", "content", "found"),
    [
        (PAGE, '<p id="the wall">{# deed #}{{ ballot.rows }}\nOn the  wall</p>', ["2: the wall"]),
        (PAGE, '{{ do("Throw away") if nobody else "Bring in" }}', ["1: throw away", "1: bring in"]),
        ("api/a.py", '"""The wall."""\nnobody = "nobody"\nraise Refused("Nobody is here.")', ["3: nobody"]),
        ("frontend/static/a.js", "// for the wall\nsay('Nobody is here.');", ["2: nobody"]),
        ("README.md", "`the wall`, [a link](the wall)\n\nOn the\nwall.", ["3: the wall"]),
        ("docs/decisions/0001.md", "Nobody reads the wall.", []),
    ],
)  # fmt: skip
def test_a_retired_word_is_found_with_its_line_where_people_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, content: str, found: list[str]
) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    terms = words.retired()
    monkeypatch.setattr(words, "ROOT", tmp_path)
    monkeypatch.setattr(words, "retired", lambda: terms)

    assert [told.removeprefix(f"{place}:").rpartition(": …")[0] for told in words.found()] == found
