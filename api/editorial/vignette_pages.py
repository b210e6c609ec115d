"""Pages of one vignette for trainers: where it stands and what comes next, its versions, and the product's offer."""

from typing import Annotated, Literal, cast, get_args

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import may, require
from api.charts.figures import view_class_statistics
from api.editorial import drafting, kept_texts, publishing
from api.editorial.differences import differences
from api.editorial.standing import EditorialStatus, get_status, is_sealed
from api.editorial.texts import Change, Status
from api.editorial.view_models import view_whole
from api.guesses.recording import NO_COUNTS
from api.guesses.service import counts_of
from api.kit.errors import Conflict, NotFound, Problem, Unprocessable
from api.persistence.dependencies import engine_of
from api.stats.answer_shares import class_statistics
from api.stats.blend import size_word
from api.vignettes.catalogue import Vignette
from api.vignettes.dependencies import catalogue_of
from api.web.dependencies import settings_of
from api.web.rendering import RowNumber, render

router = APIRouter(prefix="/trainers/vignettes/{slug}", include_in_schema=False)

SAY_SPLIT = "The raters split. Choose whether the answer key accepts their answer too before you publish."
SAY_WHICH = "Choose what changed: the wording or the meaning."


@router.get("")
def vignette(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Where it stands; anyone who has yet to rate it is led to its story alone."""
    if is_sealed(engine_of(request), trainer, slug):
        return RedirectResponse(f"/trainers/vignettes/{slug}/rate", status_code=303)
    return _page(request, get_status(engine_of(request), trainer, slug))


def _page(
    request: Request, standing: EditorialStatus, problem: Problem | None = None, at: str = "", note: str = ""
) -> Response:
    text = standing.text
    case = text.case
    served: Vignette | None = catalogue_of(request).vignettes.get(text.slug)
    counts = counts_of(engine_of(request), [served])[served.id] if served else NO_COUNTS
    smallest = settings_of(request).small_group
    return render(
        request,
        "editorial/vignette.html",
        title=standing.title,
        place="stories",
        problem=problem,
        slug=text.slug,
        tab="story",
        standing=standing,
        view=view_whole(case) if case and not text.open else None,
        changes=differences(standing.published, text.source) if standing.published else (),
        offered=differences(text.source, standing.shipped) if standing.shipped else (),
        class_statistics=view_class_statistics(class_statistics(counts, smallest), smallest) if text.version else None,
        # Panels stand above this folder: what they say of a story is asked of the application.
        reviewed=str(request.app.state.experts.standing(case)) if case and text.status == "published" else "",
        error_at=at,
        note=note,
        size_word=size_word,
    )


def _done(request: Request, slug: str, part: str = "") -> Response:
    catalogue_of(request).refresh()
    return RedirectResponse(f"/trainers/vignettes/{slug}{part}", status_code=303)


def _refused(request: Request, trainer: Trainer, slug: str, problem: Problem, at: str, note: str = "") -> Response:
    return _page(request, get_status(engine_of(request), trainer, slug), problem, at, note)


def _change(change: str) -> Change:
    if change not in get_args(Change):
        raise Unprocessable(SAY_WHICH)
    return cast(Change, change)


@router.post("/status")
def post_status(
    request: Request,
    slug: str,
    trainer: CurrentTrainer,
    status: Annotated[Status, Form()],
    split: Annotated[Literal["", "accept", "keep"], Form()] = "",
) -> Response:
    """Takes it a step on. Where raters split, publishing asks first whether the key is to accept their answer too."""
    engine = engine_of(request)
    try:
        if status == "published" and may(trainer, "publish") and not is_sealed(engine, trainer, slug):
            standing = get_status(engine, trainer, slug)
            if standing.split and split == "accept":
                text = drafting.accept_too(engine, trainer, slug, [answer for answer, _ in standing.split])
                fix = f"/trainers/vignettes/{slug}/edit?tab=write#part-key"
                return RedirectResponse(fix, status_code=303) if text.faults else _done(request, slug)
            if standing.split and not split and any(step.to == "published" for step in standing.steps):
                raise Conflict(SAY_SPLIT)
        publishing.change_status(engine, trainer, slug, status)
    except Problem as problem:
        return _refused(request, trainer, slug, problem, "status")
    return _done(request, slug)


@router.post("/publish")
def post_publish(
    request: Request,
    slug: str,
    trainer: CurrentTrainer,
    change: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=200)] = "",
    mark: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Makes the waiting draft the newest version of a published vignette."""
    engine = engine_of(request)
    try:
        text = drafting.open_text(engine, trainer, slug)
        publishing.publish_change(engine, trainer, slug, text.source, _change(change), mark or None, note)
    except Problem as problem:
        return _refused(request, trainer, slug, problem, "publish", note)
    return _done(request, slug)


@router.post("/discard")
def post_discard(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Throws the draft away; what is published stays."""
    engine = engine_of(request)
    published = drafting.open_text(engine, trainer, slug).version > 0
    drafting.discard(engine, trainer, slug)
    return _done(request, slug) if published else RedirectResponse("/trainers", status_code=303)


@router.post("/copy")
def post_copy(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """A draft of one's own with the same words, open in the editor."""
    text = drafting.copy(engine_of(request), trainer, slug)
    return RedirectResponse(f"/trainers/vignettes/{text.slug}/edit", status_code=303)


@router.post("/shipped/take")
def post_take(request: Request, slug: str, trainer: CurrentTrainer, change: Annotated[str, Form()] = "") -> Response:
    """Puts the product's newer text in place of ours."""
    try:
        publishing.take_shipped(engine_of(request), trainer, slug, _change(change))
    except Problem as problem:
        return _refused(request, trainer, slug, problem, "offer")
    return _done(request, slug)


@router.post("/shipped/keep")
def post_keep(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Turns the product's newer text down."""
    publishing.keep_ours(engine_of(request), trainer, slug)
    return _done(request, slug)


@router.get("/versions")
def versions(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Every version, newest first."""
    engine = engine_of(request)
    if is_sealed(engine, trainer, slug):
        return RedirectResponse(f"/trainers/vignettes/{slug}/rate", status_code=303)
    return render(
        request,
        "editorial/versions.html",
        title="Versions",
        place="stories",
        slug=slug,
        tab="versions",
        standing=get_status(engine, trainer, slug),
        lines=publishing.history(engine, trainer, slug),
        kept=kept_texts.kept_texts(engine, trainer, slug),
    )


@router.post("/kept/{number}")
def post_bring_back(request: Request, slug: str, number: RowNumber, trainer: CurrentTrainer) -> Response:
    """Makes a text that an import kept the draft again."""
    kept_texts.bring_back(engine_of(request), trainer, slug, number)
    return RedirectResponse(f"/trainers/vignettes/{slug}/edit", status_code=303)


@router.get("/versions/{number}")
def version(request: Request, slug: str, number: RowNumber, trainer: CurrentTrainer) -> Response:
    """One version: what changed in it, its whole text, and the way back to it."""
    return _version_page(request, trainer, slug, number)


def _version_page(
    request: Request, trainer: Trainer, slug: str, number: int, problem: Problem | None = None
) -> Response:
    engine = engine_of(request)
    standing = get_status(engine, trainer, slug)
    line = next((line for line in publishing.history(engine, trainer, slug) if line.number == number), None)
    if line is None:
        raise NotFound("We cannot find this version of the story. Choose one under Versions.")
    source = publishing.source_of(engine, slug, number)
    before = publishing.source_of(engine, slug, number - 1) if number > 1 else None
    newest = publishing.source_of(engine, slug, standing.text.version) if standing.text.version != number else None
    return render(
        request,
        "editorial/version.html",
        title=f"Version {number}",
        place="stories",
        problem=problem,
        slug=slug,
        tab="versions",
        standing=standing,
        line=line,
        source=source,
        changes=None if before is None else differences(before, source),
        to_newest=None if newest is None else differences(newest, source),
    )


@router.post("/versions/{number}/restore")
def post_restore(
    request: Request, slug: str, number: RowNumber, trainer: CurrentTrainer, change: Annotated[str, Form()] = ""
) -> Response:
    """Publishes an earlier text once more."""
    require(trainer, "restore")
    try:
        publishing.restore(engine_of(request), trainer, slug, number, _change(change))
    except Unprocessable as problem:
        return _version_page(request, trainer, slug, number, problem)
    return _done(request, slug, "/versions")
