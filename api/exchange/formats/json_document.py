"""JSON: one document with every vignette whole. Its schema is published as `vignettes/exchange.schema.json`."""

import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.exchange.formats.exchanged import Exchanged, Path, from_case, to_row
from api.exchange.formats.rows import Current, Progress, Refused, Row, decode, limit, limit_rows, nothing_known, quiet
from api.kit.plain_text import tidy
from api.vignettes.case import Case
from api.vignettes.codebook import SKILLS

FORMAT, VERSION = "three-circles", 1


class Document(BaseModel):
    """Vignettes of Three Circles, for exchange between its installations and with other programs."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["three-circles"]
    version: Literal[1]
    vignettes: list[Exchanged]


def schema() -> dict[str, Any]:
    """The JSON Schema of the document, with the known skills listed."""
    told = Document.model_json_schema()
    told["$defs"]["Exchanged"]["properties"]["skills"]["items"] = {"enum": sorted(SKILLS)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **told,
        "title": "Vignettes of Three Circles for exchange",
    }


def dump(cases: Iterable[Case]) -> bytes:
    """The document, in UTF-8, indented."""
    document = {"format": FORMAT, "version": VERSION, "vignettes": [from_case(case) for case in cases]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def load(data: bytes, progress: Progress = quiet, current: Current = nothing_known) -> list[Row]:
    """The rows of a document."""
    vignettes = _vignettes(decode(limit(data)))
    limit_rows(len(vignettes))
    rows = []
    for number, vignette in enumerate(vignettes, 1):
        rows.append(to_row(_completed(vignette, current), f"vignette {number}", _name))
        progress(number, len(vignettes))
    return rows


def _completed(vignette: dict[str, Any], current: Current) -> dict[str, Any]:
    """The vignette with the fields that the file leaves out as they are in the library; null empties a field."""
    slug = vignette.get("slug")
    known = current(slug) if isinstance(slug, str) and not vignette.keys() >= Exchanged.model_fields.keys() else None
    told = _tidied(vignette)
    if known is not None:
        told = _over(from_case(known), told)
    empty = {name: field.get_default(call_default_factory=True) for name, field in Exchanged.model_fields.items()}
    return {
        name: empty[name]
        if value is None and name in empty and not Exchanged.model_fields[name].is_required()
        else value
        for name, value in told.items()
    }


def _over(before: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What is given, and of all else what was there; also within `key`, `about` and `others`."""
    return before | {
        name: _over(before[name], value) if isinstance(value, dict) and isinstance(before.get(name), dict) else value
        for name, value in given.items()
    }


def _tidied(value: Any) -> Any:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, list):
        return [_tidied(item) for item in value]
    return {name: _tidied(item) for name, item in value.items()} if isinstance(value, dict) else value


def _vignettes(text: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(document, ensure_ascii=False).encode()  # half a character, \ud800, is in no text
    except json.JSONDecodeError as error:
        raise Refused(
            f"The file is not JSON: look at line {error.lineno}, column {error.colno} for a comma, quotation mark or "
            "bracket that is missing or too many."
        ) from None
    except UnicodeEncodeError:
        raise Refused("The file holds half a character, such as \\ud800; please write it whole.") from None
    except RecursionError:
        raise Refused("The file is not JSON of vignettes: it is nested too deeply.") from None
    except Refused:
        raise
    except ValueError:  # a number of thousands of digits
        raise Refused("The file holds a number that is far too long.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Refused("The JSON is no document of Three Circles: it starts with {“format”: “three-circles”, …}.")
    if document.get("version") != VERSION or isinstance(document["version"], bool):
        raise Refused(f"The JSON is of another version; version {VERSION} is read here.")
    vignettes = document.get("vignettes")
    if not isinstance(vignettes, list) or not all(isinstance(vignette, dict) for vignette in vignettes):
        raise Refused("The JSON has no list “vignettes” of objects.")
    if not vignettes:
        raise Refused("The list “vignettes” is empty.")
    if odd := document.keys() - {"format", "version", "vignettes"}:
        raise Refused(f"The JSON has a field that is not known: “{min(odd)[:40]}”.")
    return vignettes


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("The JSON has an object in which a name stands twice.")
    return found


def _no_number(text: str) -> None:
    raise Refused(f"The JSON holds {text}, which is no number.")


def _name(path: Path) -> str:
    return ".".join(str(step)[:40] for step in path if step != "[key]")  # Pydantic's word for a name itself
