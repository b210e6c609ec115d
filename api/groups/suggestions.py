"""Pairs and threes of stories with a purpose, which the page “Start a group” offers. They stand beside the stories."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.kit.suggest import did_you_mean
from api.kit.yaml import Document, Fault, clean, parse
from api.session_plans.refusals import details, told
from api.vignettes.case import Slug

FILE: Final = "suggestions.yaml"  # in the folder of the case files
HARDEST_LEVEL: Final = 2  # for groups of clients
LARGEST_FILE: Final = 32_000  # bytes

log = structlog.get_logger()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Suggestion(_Strict):
    """Two or three stories in the order in which a group reads them, and what they are good for together."""

    slug: Slug
    name: Annotated[str, Field(min_length=1, max_length=60)]
    purpose: Annotated[str, Field(min_length=1, max_length=160)]
    stories: Annotated[tuple[Slug, ...], Field(min_length=2, max_length=3)]


class _File(_Strict):
    suggestions: tuple[Suggestion, ...]


def load_suggestions(folder: Path) -> tuple[Suggestion, ...]:
    """What the folder suggests; nothing where it has no such file. A file with faults is reported and left out."""
    path = folder / FILE
    if not path.is_file():
        return ()
    suggestions, _, faults = _read(path)
    if faults:
        log.warning("suggestions_skipped", file=path.name, line=faults[0].line, fault=faults[0].message)
    return suggestions


def check_suggestions(path: Path, levels: Mapping[str, int]) -> list[Fault]:
    """Every fault of the file. `levels` are those of the stories beside it."""
    suggestions, document, faults = _read(path)
    return faults if document is None else sorted({*faults, *_faults(suggestions, document, levels)})


def on_offer(suggestions: tuple[Suggestion, ...], levels: Mapping[str, int]) -> tuple[Suggestion, ...]:
    """Those whose stories are all published, and none of them too hard. `levels` are those of the published stories."""
    return tuple(
        suggestion
        for suggestion in suggestions
        if all(levels.get(story, HARDEST_LEVEL + 1) <= HARDEST_LEVEL for story in suggestion.stories)
    )


def _read(path: Path) -> tuple[tuple[Suggestion, ...], Document | None, list[Fault]]:
    """What the file suggests, and the document that knows where it stands; or every fault why there is nothing."""
    try:
        text, faults = clean(path.read_text(encoding="utf-8"), LARGEST_FILE, "a few lines for each are enough")
    except (OSError, UnicodeDecodeError) as error:
        return (), None, [Fault(1, 1, f"the file cannot be read as UTF-8 text: {error}")]
    if faults:
        return (), None, faults
    document, faults = parse(text, "the file", "suggestions:")
    if document is None:
        return (), None, faults
    try:
        return _File.model_validate(document.data).suggestions, document, []
    except ValidationError as error:
        return (), document, [_refused(document, detail) for detail in details(error)]


def _refused(document: Document, detail: Any) -> Fault:
    path = detail["loc"]
    message = told(detail)
    if detail["type"] == "extra_forbidden":
        message += did_you_mean(str(path[-1]), (Suggestion if len(path) > 1 else _File).model_fields)
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    return Fault(*document.place(path), f"{name}: {message}")


def _faults(suggestions: tuple[Suggestion, ...], document: Document, levels: Mapping[str, int]) -> Iterator[Fault]:
    slugs, names = Counter(s.slug for s in suggestions), Counter(s.name for s in suggestions)
    for number, suggestion in enumerate(suggestions):
        here = ("suggestions", number)
        if slugs[suggestion.slug] > 1:
            yield Fault(*document.place((*here, "slug")), f"the slug “{suggestion.slug}” is here more than once")
        if names[suggestion.name] > 1:
            yield Fault(*document.place((*here, "name")), f"the name “{suggestion.name}” is here more than once")
        for place, story in enumerate(suggestion.stories):
            at = document.place((*here, "stories", place))
            if story not in levels:
                yield Fault(*at, f"there is no story “{story}”{did_you_mean(story, levels)}")
            elif levels[story] > HARDEST_LEVEL:
                yield Fault(*at, f"“{story}” is of level {levels[story]}; groups of clients read levels 1 and 2")
            if story in suggestion.stories[:place]:
                yield Fault(*at, f"“{story}” is here twice; a group reads each story once")
