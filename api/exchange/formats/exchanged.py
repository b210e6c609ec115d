"""A vignette as JSON and spreadsheets carry it: the front matter's fields, the marked story, and the explanations.

Reading goes through the case file: a case file is put together and checked by the rules for case files, and each fault
is brought back from its line to the field that the line was made from.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from api.exchange.formats.rows import Finding, Row
from api.kit.systems import SYSTEMS, System
from api.vignettes.case import Case, FrontMatter
from api.vignettes.case_file_writer import marked, write
from api.vignettes.checking import check
from api.vignettes.reading import LARGEST_FILE
from api.vignettes.refusals import told

MOST_FINDINGS = 20  # of one row; anyone who has more reads no more

Path = tuple[int | str, ...]
Naming = Callable[[Path], str]


class Exchanged(FrontMatter):
    """One vignette. Explanations are Markdown; the story's paragraphs are parted by an empty line."""

    story: str = Field(description="With its cues marked: [words]{.drive.effort strength=partial polarity=absent}.")
    why: Annotated[str, Field(min_length=1, description="Why the key says so.")]
    others: dict[System, str] = Field(
        default_factory=dict, description="Why someone might choose another system, for each of them."
    )
    questions: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list, description="To talk about.")


def from_case(case: Case) -> dict[str, Any]:
    """The case as plain data."""
    return case.head.model_dump(mode="json") | {
        "story": marked(case.story, case.cues),
        "why": case.why,
        "others": dict(case.others),
        "questions": list(case.questions),
    }


def to_row(data: Mapping[str, Any], place: str, name: Naming) -> Row:
    """The row of plain data; `name` says what people call a field, such as `column level`."""

    def finding(path: Path, message: str) -> Finding:
        return Finding(f"{place}, {name(path)}" if path else place, message)

    # Looked at first: a list of a million odd things would be a million findings.
    if len(json.dumps(data, default=str)) > 2 * LARGEST_FILE:
        return Row(place, None, "", (finding((), f"the vignette is larger than {LARGEST_FILE} bytes"),))
    try:
        read = Exchanged.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)[:MOST_FINDINGS]
        return Row(
            place, None, "", tuple(finding(detail["loc"], told(detail, Exchanged.model_fields)) for detail in details)
        )
    headings = [path for path, text in _prose(read) if any(line.startswith("## ") for line in text.splitlines())]
    if headings:
        told_apart = "a line starts with ##, which would start another section of the vignette"
        return Row(place, None, "", tuple(finding(path, told_apart) for path in headings))
    text, owners = _assemble(read)
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        return Row(place, None, "", (finding((), f"the vignette is larger than {LARGEST_FILE} bytes"),))
    case, faults = check(text)
    findings = tuple(finding(owners[min(f.line, len(owners)) - 1], f.message) for f in faults[:MOST_FINDINGS])
    return Row(place, case, write(case) if case and not faults else text, findings)


def _prose(told: Exchanged) -> Iterator[tuple[Path, str]]:
    yield ("story",), told.story
    yield ("why",), told.why
    yield from ((("others", system), text) for system, text in told.others.items())


def _assemble(told: Exchanged) -> tuple[str, list[Path]]:
    """A case file, and for each of its lines the field that it was made from."""
    key = told.key
    pieces: list[tuple[Path, str]] = [((), "---")]
    for field, value in told.model_dump(mode="json", include=set(FrontMatter.model_fields)).items():
        pieces += _key_lines(value) if field == "key" else [((field,), f"{field}: {_quoted(value)}")]
    pieces += [((), "---\n"), (("story",), told.story.strip() + "\n")]
    pieces.append((("why",), f"## Why {key.dominant}\n\n{told.why.strip()}\n"))
    for system, text in told.others.items():
        if text.strip():
            pieces.append((("others", system), f"## Why someone might choose {system}\n\n{text.strip()}\n"))
    pieces.append((("questions",), "## To talk about\n"))
    pieces += [(("questions",), f"- {' '.join(question.split())}") for question in told.questions]
    owners = [path for path, text in pieces for _ in range(text.count("\n") + 1)]
    return "\n".join(text for _, text in pieces) + "\n", owners


def _key_lines(key: dict[str, Any]) -> list[tuple[Path, str]]:
    lines: list[tuple[Path, str]] = [(("key",), "key:")]
    for part in ("dominant", "secondary", "acceptable"):
        lines.append((("key", part), f"  {part}: {_quoted(key[part])}"))
    lines.append((("key", "blend"), "  blend:"))
    return lines + [(("key", "blend", system), f"    {system}: {key['blend'][system]}") for system in SYSTEMS]


def _quoted(value: object) -> str:
    """JSON, which YAML reads as well, on one line."""
    return json.dumps(value, ensure_ascii=False)
