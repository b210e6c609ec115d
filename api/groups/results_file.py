"""The results of a group as one file to keep: a picture (PNG), or a PDF with one story a page.

The PDF carries tags, so that a screen reader can read it. Both hold what the summary shows, and nothing else.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from api.charts.figures import BallotView
from api.groups.pages.pictures import HeatSegment
from api.groups.pages.view_models import SummaryRound, SummaryView
from api.kit import assets

Form = Literal["pdf", "png"]

MEDIA_TYPE: Final[Mapping[Form, str]] = {"pdf": "application/pdf", "png": "image/png"}
_SHARP = 144.0  # pixels an inch


def results_file(view: SummaryView, form: Form) -> bytes:
    """The file."""
    import typst  # noqa: PLC0415  # a compiler of documents that only this needs: servers start without it

    data = {
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
    made = typst.compile(
        str(assets.RESULTS / "results.typ"),
        root=str(assets.RESULTS),
        font_paths=[str(assets.RESULTS)],
        ignore_system_fonts=True,
        format=form,
        ppi=_SHARP,
        sys_inputs={"data": json.dumps(data), "form": form},
        pdf_standards=["ua-1"] if form == "pdf" else [],
    )
    assert isinstance(made, bytes), "a picture has no second page"
    return made


def _story(view: SummaryRound) -> dict[str, Any]:
    results, case = view.results, view.case
    last = results.ballots[-1]
    moved = results.movement.headline if results.movement else results.unmoved
    return {
        "headline": view.headline,
        "title": view.vignette.title,
        "level": view.vignette.level,
        "answered": last.answered,
        "hidden": f"Fewer than {last.smallest} people answered. To protect privacy, the results are hidden."
        if last.suppressed
        else None,
        "figure": _figure(last),
        "ballot": _ballot(last),
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
