"""Pages for writing vignettes: beginning one, the editor, saving while typing, and two people in one text."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.editorial import drafting
from api.editorial.differences import next_to_each_other
from api.editorial.editor_views import ConflictView, get_advice, view_editor, view_look
from api.editorial.fields import Fields, Tab, source_of
from api.editorial.texts import Text
from api.kit.errors import NotFound, Problem, Unprocessable
from api.kit.versioned_text import EditConflict
from api.persistence.dependencies import engine_of
from api.vignettes.catalogue import Vignette
from api.vignettes.checking import WORD
from api.vignettes.dependencies import catalogue_of
from api.web.rendering import fragment, render

router = APIRouter(prefix="/trainers", include_in_schema=False)

MOST_FOUND = 12


@router.get("/new")
def new(
    request: Request,
    trainer: CurrentTrainer,
    q: Annotated[str, Query(max_length=200)] = "",
    copied: Annotated[str, Query(alias="copy")] = "",
) -> Response:
    """A title and a name to begin with, or a vignette to begin from."""
    require(trainer, "write_draft", own=True)
    return _new_page(request, q=q, copied=copied)


@router.post("/new")
def post_new(
    request: Request,
    trainer: CurrentTrainer,
    title: Annotated[str, Form()] = "",
    person: Annotated[str, Form()] = "",
    copied: Annotated[str, Form(alias="copy", max_length=80)] = "",
) -> Response:
    """Makes the draft and opens it."""
    engine = engine_of(request)
    try:
        text = drafting.copy(engine, trainer, copied) if copied else drafting.begin(engine, trainer, title, person)
    except (Unprocessable, NotFound) as problem:
        return _new_page(request, problem, title, person)
    return RedirectResponse(f"/trainers/vignettes/{text.slug}/edit", status_code=303)


@router.get("/vignettes/{slug}/edit")
def edit(request: Request, slug: str, trainer: CurrentTrainer, tab: Tab = "write", saved: bool = False) -> Response:
    """The editor; a draft begins with the first save."""
    text, _ = drafting.open_to_change(engine_of(request), trainer, slug)
    return _editor_page(request, trainer, text, tab, saved=saved)


@router.post("/vignettes/{slug}/edit")
def post_edit(request: Request, slug: str, trainer: CurrentTrainer, fields: Annotated[Fields, Form()]) -> Response:
    """Saves, as browsers without scripts do; both texts are shown when someone else has saved meanwhile."""
    engine = engine_of(request)
    source = source_of(fields)
    if fields.choice == "beside":
        text, _ = drafting.open_to_change(engine, trainer, slug)
        if text.etag == fields.etag:
            return _editor_page(request, trainer, text, fields.tab, mine=source)
        return _conflict_page(request, trainer, slug, fields.tab, source)
    try:
        drafting.save(engine, trainer, slug, source, fields.etag or None)
    except EditConflict:
        return _conflict_page(request, trainer, slug, fields.tab, source)
    return RedirectResponse(f"/trainers/vignettes/{slug}/edit?tab={fields.tab}&saved=1", status_code=303)


@router.post("/vignettes/{slug}/autosave")
def autosave(request: Request, slug: str, trainer: CurrentTrainer, fields: Annotated[Fields, Form()]) -> Response:
    """Saves while typing, and answers the new mark, the page as learners will see it, and advice. 409 with both texts
    when someone else has saved meanwhile."""
    engine = engine_of(request)
    source = source_of(fields)
    try:
        text = drafting.save(engine, trainer, slug, source, fields.etag or None)
    except EditConflict as conflict:
        view = _conflict_view(request, trainer, slug, fields.tab, source)
        told = {"both": fragment("editorial/_differences.html", {"view": view}), "who": view.who}
        return JSONResponse(told, conflict.status)
    return _saved(request, text, fields.tab)


def _saved(request: Request, text: Text, tab: Tab) -> Response:
    counsel = get_advice(text, catalogue_of(request).vignettes)
    return JSONResponse(
        {
            "etag": text.etag,
            "look": fragment("editorial/_look.html", {"look": view_look(text.case, text.open)}),
            "advice": fragment("editorial/_advice.html", {"counsel": counsel, "tab": tab}),
        }
    )


@router.get("/vignettes/{slug}/edit/mark")
def mark(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """The mark of the text as it is saved now, and who saved it: a page that lies open asks from time to time."""
    text, saved = drafting.open_to_change(engine_of(request), trainer, slug)
    return JSONResponse({"etag": text.etag, "who": saved.name if saved else None})


def _new_page(
    request: Request, problem: Problem | None = None, title: str = "", person: str = "", q: str = "", copied: str = ""
) -> Response:
    vignettes = catalogue_of(request).vignettes
    return render(
        request,
        "editorial/new.html",
        title="Write a story",
        place="stories",
        problem=problem,
        values={"title": title, "person": person},
        q=q,
        found=_found(list(vignettes.values()), q),
        chosen=vignettes.get(copied),
    )


def _found(vignettes: Sequence[Vignette], q: str) -> list[Vignette]:
    """The first vignettes whose title, person or tags hold every word that was typed."""
    wanted = WORD.findall(q.lower())
    if not wanted:
        return []
    names = (
        (each, " ".join((each.case.head.title, each.case.head.person, *each.case.head.tags))) for each in vignettes
    )
    return [each for each, name in names if all(word in name.lower() for word in wanted)][:MOST_FOUND]


def _editor_page(
    request: Request, trainer: Trainer, text: Text, tab: Tab, *, mine: str | None = None, saved: bool = False
) -> Response:
    view = view_editor(text, tab, trainer.id or 0, catalogue_of(request).vignettes, mine)
    return render(
        request,
        "editorial/edit.html",
        title=f"Write: {view.title}",
        place="stories",
        view=view,
        saved=saved,
    )


def _conflict_page(request: Request, trainer: Trainer, slug: str, tab: Tab, source: str) -> Response:
    view = _conflict_view(request, trainer, slug, tab, source)
    return render(
        request,
        "editorial/conflict.html",
        title="Two versions",
        place="stories",
        status_code=EditConflict.status,
        view=view,
    )


def _conflict_view(request: Request, trainer: Trainer, slug: str, tab: Tab, source: str) -> ConflictView:
    text, saved = drafting.open_to_change(engine_of(request), trainer, slug)
    return ConflictView(
        slug=slug,
        tab=tab,
        who=saved.name if saved else None,
        mine=source,
        theirs=text.source,
        etag=text.etag,
        whose=trainer.id or 0,
        differences=next_to_each_other(source, text.source),
    )
