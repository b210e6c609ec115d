"""Reads QTI 2.1, 2.2 and 3.0 packages: their choice items as questions, no matter who wrote them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from markupsafe import escape

from api.exchange.formats import archive
from api.exchange.formats.questions import EMBEDDED, Option, Question, to_rows
from api.exchange.formats.rows import Current, Progress, Refused, Row, limit, limit_rows, nothing_known, quiet

MANIFEST: Final = "imsmanifest.xml"
_BLOCKS: Final = {"p", "div", "li", "ul", "ol", "br", "blockquote", "prompt", "h1", "h2", "h3", "h4", "tr"}
_INNER: Final = {"choiceInteraction", "feedbackInline", "feedbackBlock", "rubricBlock"}


def load(data: bytes, progress: Progress = quiet, current: Current = nothing_known) -> list[Row]:
    """The rows of a package: stories with our three answers; every other item is told and passed over."""
    parts = archive.unpack(limit(data), lambda name: name.lower().endswith(".xml"))
    limit_rows(len(parts))
    questions = [question for name, part in parts.items() if (question := _question(name, part)) is not None]
    if not questions:
        raise Refused("The package has no assessment items in QTI.")
    return to_rows(questions, progress, current)


def _question(name: str, part: bytes) -> Question | None:
    """The question of a file; None for what is no item, such as the manifest."""
    try:
        root = fromstring(part)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None if name.rpartition("/")[2] == MANIFEST else Question(name, "", "", (), kind="damaged")
    if _name(root) != "assessmentItem":
        return None
    title = str(escape(root.get("title", "")))
    asked = [each for each in root.iter() if _name(each).endswith("Interaction")]
    if len(asked) != 1 or _name(asked[0]) != "choiceInteraction":
        kind = _name(asked[0]).removesuffix("Interaction") if asked else "description"
        return Question(name, title, "", (), kind=kind if len(asked) < 2 else "several-part")
    right = set(_right(root))
    told = {_get(each, "identifier"): _html(each) for each in root.iter() if _name(each) in ("modalFeedback",)}
    options = []
    for choice in (each for each in asked[0].iter() if _name(each) == "simpleChoice"):
        mark = _get(choice, "identifier")
        inline = "".join(_html(each) for each in choice.iter() if _name(each) in ("feedbackInline", "feedbackBlock"))
        options.append(Option(_html(choice, skipped=_INNER), mark in right, inline or told.get(mark, "")))
    body = next((each for each in root.iter() if _name(each) == "itemBody"), root)
    prompt = next((_html(each) for each in asked[0].iter() if _name(each) == "prompt"), "")
    return Question(name, title, _html(body, skipped=_INNER) + prompt, options, embedded=_beside(part))


def _beside(part: bytes) -> str:
    """What our own export has put into a comment beside the item; empty in others' files."""
    start = part.find(EMBEDDED.encode())
    end = part.find(b"-->", start)
    if start < 0 or end < 0 or not part[:start].rstrip().endswith(b"<!--"):
        return ""
    return part[start:end].strip().decode("utf-8", "replace")


def _right(root: Any) -> Iterator[str]:
    """The identifiers of right choices: those that the answer names, and those that score."""
    for each in root.iter():
        if _name(each) == "correctResponse":
            yield from (value.text.strip() for value in each.iter() if _name(value) == "value" and value.text)
        elif _name(each) == "mapEntry" and _number(_get(each, "mappedValue")) > 0:
            yield _get(each, "mapKey")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _html(element: Any, skipped: Iterable[str] = ()) -> str:
    """The words below an element, in paragraphs."""
    parts = [str(escape(element.text or ""))]
    for child in element:
        name = _name(child)
        if name not in skipped:
            inner = _html(child, skipped)
            parts.append(f"<p>{inner}</p>" if name in _BLOCKS else inner)
        parts.append(str(escape(child.tail or "")))
    return "".join(parts)


def _name(element: Any) -> str:
    """`qti-simple-choice` and `simpleChoice` alike, without their namespace."""
    tag = element.tag if isinstance(element.tag, str) else ""
    bare = tag.rpartition("}")[2].removeprefix("qti-")
    return re.sub(r"-([a-z])", lambda letter: letter[1].upper(), bare)


def _get(element: Any, name: str) -> str:
    hyphened = re.sub(r"([A-Z])", lambda letter: f"-{letter[1].lower()}", name)
    return element.get(name) or element.get(hyphened) or ""
