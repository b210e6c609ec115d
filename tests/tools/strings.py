"""Puts the strings that `make strings` collected into docs/strings.txt: page by page, each where it is first seen."""

from tests.browser.pictures import ROOT, STRINGS

HEAD = """Every string that the browser tests see, page by page, each where it is first seen: to be read in one go.
`make strings` writes this file. Stories and names are those of the tests.
"""


def main() -> None:
    seen: set[str] = set()
    parts = [HEAD]
    for path in sorted(STRINGS.glob("*.txt")):
        new = [line for line in dict.fromkeys(path.read_text(encoding="utf-8").splitlines()) if line not in seen]
        new = [line for line in new if any(letter.isalpha() for letter in line)]
        seen.update(new)
        if new:
            parts.append("\n".join((f"== {path.stem}", *new, "")))
    (ROOT / "docs" / "strings.txt").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
