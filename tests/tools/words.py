"""Looks for retired words of docs/words.md wherever people read: `python -m tests.tools.words`.

Read are what templates show, strings of the product and its scripts that hold a space, session plans, the settings'
explanations, and the documents. Each place is printed, and the status is 1 if there is any.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GLOSSARY = "docs/words.md"

# Terms that mean something else in a place, by the beginning of its path.
ALLOWED: dict[str, set[str]] = {
    "api/groups/": {"ballot"},  # a column
    "api/groups/live/": {"ballot"},
    "api/editorial/side_by_side.py": {"somebody"},  # a heading of stories written before it was renamed
    "api/vignettes/reading.py": {"somebody"},
    "frontend/templates/private_pages/paper.html": {"throw away"},  # a sheet of paper
}
# Documents about the code and its measurements: their words are those of the code.
UNREAD = (
    "docs/decisions/",
    "docs/glossary.md",
    "docs/asvs.md",
    "docs/learning.md",
    "docs/scaling.md",
    "docs/faults.md",
    GLOSSARY,
)

Texts = Iterator[tuple[int, str]]  # each with the line on which it starts


def retired() -> list[str]:
    """The terms of the glossary's last column."""
    rows = re.findall(r"^\|.*\|([^|]*)\|$", (ROOT / GLOSSARY).read_text(encoding="utf-8"), re.MULTILINE)
    return [term for row in rows for term in re.findall(r"`([^`]+)`", row)]


def found() -> Iterator[str]:
    """Each retired word with its place."""
    # The longest first, so that a place is named once.
    terms = "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in sorted(retired(), key=len, reverse=True))
    pattern = re.compile(rf"\b(?:{terms})\b", re.IGNORECASE)
    for path, texts_of in surfaces():
        place, source = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        if place.startswith(UNREAD) or not pattern.search(source):
            continue
        allowed = {term for start, words in ALLOWED.items() if place.startswith(start) for term in words}
        for line, text in texts_of(source):
            for match in pattern.finditer(text):
                term = " ".join(match[0].lower().split())
                if term not in allowed:
                    around = " ".join(text[max(0, match.start() - 40) : match.end() + 40].split())
                    yield f"{place}:{line + text.count(chr(10), 0, match.start())}: {term}: …{around}…"


def surfaces() -> Iterator[tuple[Path, Callable[[str], Texts]]]:
    """Every file with words for people, and what reads them from it."""
    for patterns, texts_of in (
        (("frontend/templates/**/*.html",), _shown),
        (("api/**/*.py",), _strings),
        (("frontend/static/**/*.js",), _quoted),
        (("*.md", "docs/**/*.md", "vignettes/*/*.yaml", "vignettes/README.md", "vignettes/plans/README.md"), _prose),
        ((".env.example",), _prose),
    ):
        for pattern in patterns:
            yield from ((path, texts_of) for path in sorted(ROOT.glob(pattern)) if not path.name.endswith(".min.js"))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _shown(template: str) -> Texts:
    """A template without comments, addresses and names; of its expressions only strings with a space."""
    text = re.sub(
        r"\{#.*?#\}|\s(?:id|class|name|href|src|action|for|aria-\w+by|hx-\w+)=\"[^\"]*\"", _blank, template, flags=re.S
    )
    yield (
        1,
        re.sub(
            r"\{\{.*?\}\}|\{%.*?%\}",
            lambda match: re.sub(r"(\"[^\"\n]* [^\"\n]*\")|[^\n]", lambda inner: inner[1] or " ", match[0]),
            text,
            flags=re.S,
        ),
    )


def _strings(source: str) -> Texts:
    """Strings with a space in them that are no docstrings."""
    nodes = list(ast.walk(ast.parse(source)))
    docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and " " in node.value
            and id(node) not in docs
        ):
            yield node.lineno, node.value


def _quoted(script: str) -> Texts:
    for match in re.finditer(r"//.*$|('[^'\n]*'|\"[^\"\n]*\"|`[^`]*`)", script, re.MULTILINE):
        if match[1] and " " in match[1]:
            yield script.count("\n", 0, match.start()) + 1, match[1]


def _prose(document: str) -> Texts:
    """A document without code and addresses."""
    yield 1, re.sub(r"```.*?```|`[^`\n]*`|\]\([^)\n]*\)", _blank, document, flags=re.S)


if __name__ == "__main__":
    places = list(found())
    print("\n".join(places) or "No retired words.")
    sys.exit(f"{len(places)} retired words: docs/words.md says what to write instead." if places else 0)
