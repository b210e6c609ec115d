"""Puts the strings that `make strings` collected into docs/strings.txt: page by page, each where it is first seen."""

import re
from typing import Final

from api.kit.join_codes import ALPHABET
from tests.browser.pictures import ROOT, STRINGS

HEAD = """Every string that the browser tests see, page by page, each where it is first seen: to be read in one go.
`make strings` writes this file. Stories and names are those of the tests. Dates, codes and addresses are the same each
time, so that a change of this file is a change of words. Pages of the help are left out: they are in docs/.
"""
# What is another one in each run, and what stands for it.
_OTHER_EACH_TIME: Final = (
    (re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b"), "1 January 2030"),
    (re.compile(r"\b\d\d:\d\d\b"), "12:00"),
    (re.compile(r"(\d+\.\d+\.\d+\.\d+):\d+"), r"\1:8000"),
    (re.compile(r"/g/[A-Z0-9]{6}"), "/g/DFG346"),
    (re.compile(rf"\b[{ALPHABET}]{{4}} [{ALPHABET}]{{4}}\b"), "DFGH 3467"),
    (re.compile(rf"\b[{ALPHABET}]{{3}} [{ALPHABET}]{{3}}\b"), "DFG 346"),
    (re.compile(r"\breference [0-9a-f]{16}\b"), "reference 0123456789abcdef"),
    (re.compile(r"\bAbout \d+ minutes? (ahead|behind)"), r"About 5 minutes \1"),
)


def main() -> None:
    seen: set[str] = set()
    parts = [HEAD]
    for path in sorted(STRINGS.glob("*.txt")):
        if path.stem.startswith("help-"):
            continue
        lines = (_the_same(line) for line in path.read_text(encoding="utf-8").splitlines())
        new = [line for line in dict.fromkeys(lines) if line not in seen and any(letter.isalpha() for letter in line)]
        seen.update(new)
        if new:
            parts.append("\n".join((f"== {path.stem}", *new, "")))
    (ROOT / "docs" / "strings.txt").write_text("\n".join(parts), encoding="utf-8")


def _the_same(line: str) -> str:
    for pattern, always in _OTHER_EACH_TIME:
        line = pattern.sub(always, line)
    return line


if __name__ == "__main__":
    main()
