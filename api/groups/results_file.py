"""The results of a group as one file to keep: a picture (PNG), or a PDF with one story a page.

The PDF carries tags, so that a screen reader can read it. Both hold what the summary shows, and nothing else.
They are set in a process of their own, one at a time: nothing that a group is called or holds can take more than that.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any, Final, Literal

import structlog

from api.charts.figures import BallotView
from api.groups.pages.pictures import HeatSegment
from api.groups.pages.view_models import SummaryRound, SummaryView
from api.groups.typesetter import SECONDS
from api.kit import assets
from api.kit.errors import Busy, Conflict

Form = Literal["pdf", "png"]

MEDIA_TYPE: Final[Mapping[Form, str]] = {"pdf": "application/pdf", "png": "image/png"}
# A picture of twelve stories is 15,000 pixels high; twenty take half of the memory that there is for one.
MOST_STORIES: Final[Mapping[Form, int]] = {"pdf": 60, "png": 12}
_TYPESETTER = Path(__file__).with_name("typesetter.py")
_one_at_a_time = Lock()
FILES_WAITING = 4  # threads that pages would need
_queue = BoundedSemaphore(FILES_WAITING)
log = structlog.get_logger()


def results_file(view: SummaryView, form: Form) -> bytes:
    """The file. Raises Conflict if there are too many stories for it, and Busy if it cannot be made right now."""
    most = MOST_STORIES[form]
    if len(view.rounds) > most:
        instead = "Print the summary instead." if form == "pdf" else "Save the results as a PDF instead."
        raise Conflict(f"A {'PDF' if form == 'pdf' else 'picture'} holds {most} stories at most. {instead}")
    return typeset(_data(view), form)


def typeset(data: Mapping[str, Any], form: Form) -> bytes:
    """The sheet with these data. Raises Busy if others wait for theirs, or if it took too long."""
    if not _queue.acquire(blocking=False):
        raise Busy("Other results are being saved at the moment. Please try again.")
    try:
        with _one_at_a_time:
            return subprocess.run(  # noqa: S603  # our own program, and words that are ours
                [sys.executable, "-I", str(_TYPESETTER), str(assets.RESULTS), form],
                input=json.dumps(data).encode(),
                capture_output=True,
                timeout=2 * SECONDS,
                env={"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},  # memory is bounded, and no secret goes along
                check=True,
            ).stdout
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as failed:
        log.warning("results_not_saved", form=form, error=type(failed).__name__)  # what it said may hold a name
        raise Busy("The file could not be made. Please try again, or open the summary and print it.") from None
    finally:
        _queue.release()


def _data(view: SummaryView) -> dict[str, Any]:
    return {
        "title": view.name or "Our group",
        "lead": f"{view.date}, {_counted(view.members, 'person', 'people')}, "
        f"{_counted(len(view.rounds), 'story', 'stories')}",
        "stories": [_story(shown) for shown in view.rounds],
        "note": (
            "Where few people or no one chose an answer, the number is hidden to protect privacy. "
            if view.kind != "training"
            else ""
        )
        + "This is a simple picture for learning. It does not measure anyone.",
    }


def _story(view: SummaryRound) -> dict[str, Any]:
    results, case = view.results, view.case
    last = results.ballots[-1]
    moved = results.movement.headline if results.movement else results.unmoved
    return {
        "headline": view.headline,
        "title": view.vignette.title,
        "level": view.vignette.level,
        "answered": None if last.suppressed else last.answered,
        "hidden": f"Fewer than {last.smallest} people answered. To protect privacy, the results are hidden."
        if last.suppressed
        else None,
        "figure": _figure(last),
        "ballot": None if last.suppressed else _ballot(last),
        "first": _ballot(results.ballots[0])
        if len(results.ballots) > 1 and not results.ballots[0].suppressed
        else None,
        "moved": moved,
        "marked": results.heat is not None,
        "paragraphs": [[_part(segment) for segment in paragraph] for paragraph in results.heat]
        if results.heat
        else [[{"text": text, "count": None}] for text in case.story.split("\n\n")],
        "why": [line for text in case.why.split("\n\n") if (line := _plain(text))],
        "questions": [question.striptags() for question in view.questions],
    }


def _part(segment: HeatSegment) -> dict[str, Any]:
    system = segment.cue.system if segment.cue else "other"
    return {"text": segment.text, "count": segment.count if segment.heat else None, "system": system}


def _figure(ballot: BallotView) -> dict[str, Any] | None:
    if ballot.suppressed or ballot.figure is None:
        return None
    figure = ballot.figure
    circles = [
        {
            name: getattr(circle, name)
            for name in (
                "system", "name", "cx", "cy", "r", "few", "value", "show_value", "beside", "label_x", "label_y"
            )
        }
        for circle in figure.circles
    ]  # fmt: skip
    return {"width": figure.width, "height": figure.height, "description": figure.description, "circles": circles}


def _ballot(ballot: BallotView) -> dict[str, Any]:
    rows = [
        {"answer": row.answer, "name": row.name, "count": None if row.few else row.count or 0} for row in ballot.rows
    ]
    return {"answered": ballot.answered, "rows": rows}


def _plain(text: str) -> str:
    """Our own prose without its marks of emphasis."""
    return " ".join(text.replace("*", "").replace("_", "").split())


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
