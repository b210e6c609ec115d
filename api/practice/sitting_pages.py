"""Pages around the cases: where practice begins, the next story, the end of a session, and two stories compared."""

from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts.learner import find_learner, new_learner, remember, renew
from api.guesses.rules import MATCH_LABEL, match
from api.guesses.service import latest_guess
from api.kit.errors import NotFound, Unprocessable
from api.persistence.dependencies import engine_of, session
from api.practice.answered import answered_stories, view_answered
from api.practice.content_notes import is_open
from api.practice.contrasting import shared_pair
from api.practice.dependencies import practice_of
from api.practice.naming import skill_name
from api.practice.place import place_line
from api.practice.shelf import to_item
from api.practice.sittings import KINDS, Kind
from api.practice.view_models import PairView, end_view, start_view
from api.vignettes.codebook import PAIR_QUESTION
from api.vignettes.dependencies import catalogue_of, find_vignette
from api.vignettes.view_models import view_explanation, view_vignette
from api.web.admission import take_learner
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


async def _limit(request: Request) -> None:
    if find_learner(request) is None:
        await take_learner(request)


@router.get("/practice")
def start(
    request: Request,
    after: Annotated[str | None, Query(max_length=200)] = None,
    past: Annotated[str, Query(max_length=2000)] = "",
    again: bool = False,
) -> Response:
    """Where practice begins; with `after`, on to the next case."""
    learner = find_learner(request)
    practice = practice_of(request)
    if after is not None or again:
        return _go_on(request, learner, [slug for slug in [*past.split(","), after or ""] if slug], again)
    catalogue = catalogue_of(request)
    progress = practice.progress(catalogue, learner) if learner else None
    place = practice.place(learner) if learner else None
    view = start_view(progress, place, len(catalogue.vignettes))
    response = render(request, "practice/start.html", title="Practise", section="practice", view=view)
    renew(request, response)
    return response


def _go_on(request: Request, learner: str | None, past: list[str], again: bool) -> Response:
    catalogue = catalogue_of(request)
    found = practice_of(request).next_case(catalogue, learner, past=past, again=again)
    if found.over:
        return RedirectResponse("/practice/end", status_code=303)
    if found.choice is None:
        total = len(catalogue.vignettes)
        return render(request, "practice/done.html", title="Practice", section="practice", total=total)
    slug = found.choice.item.slug
    if found.contrast_to:
        return RedirectResponse(f"/practice/pair/{found.contrast_to}/{slug}", status_code=303)
    query = {"because": found.choice.reason} | ({"past": ",".join(found.passed[-40:])} if found.passed else {})
    return RedirectResponse(f"/vignettes/{slug}?{urlencode(query, safe=',')}", status_code=303)


@router.post("/practice/sittings", dependencies=[Depends(_limit)])
def begin(
    request: Request,
    kind: Annotated[str, Form(max_length=20)] = "",
    skill: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Begins a sitting, and goes to its first case."""
    if kind not in KINDS:
        raise Unprocessable("Choose a practice session.")
    learner = find_learner(request)
    known = learner is not None
    learner = learner or new_learner()
    chosen: Kind = get_args(Kind)[KINDS.index(kind)]
    practice_of(request).begin(learner, chosen, skill or None)
    response = RedirectResponse("/practice?after=", status_code=303)
    if not known:
        remember(request, response, learner)
    return response


@router.post("/practice/leave")
def leave(request: Request) -> Response:
    """Ends the sitting as it stands."""
    if learner := find_learner(request):
        practice_of(request).leave(learner)
    return RedirectResponse("/practice/end", status_code=303)


@router.get("/practice/end")
def end(request: Request) -> Response:
    """What went well in the last sitting, and what to look at next."""
    learner = find_learner(request)
    practice = practice_of(request)
    found = practice.last_sitting(catalogue_of(request), learner) if learner else None
    if found is None:
        return RedirectResponse("/practice", status_code=303)
    view = end_view(found)
    return render(request, "practice/end.html", title=view.headline, section="practice", view=view)


@router.get("/practice/stories")
def stories(
    request: Request,
    show: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The stories that the learner has answered, all of them or those seen differently."""
    learner = find_learner(request)
    found = answered_stories(engine_of(request), catalogue_of(request), learner) if learner else []
    view = view_answered(found, show == "different", page)
    return render(request, "practice/answered.html", title="Stories you have answered", section="practice", view=view)


@router.get("/practice/pair/{one}/{other}")
def pair(
    request: Request, one: str, other: str, db: Annotated[Session, Depends(session)], open: bool = False
) -> Response:
    """Two similar stories with different keys, side by side. A key is shown once its story has been answered."""
    first, second = find_vignette(request, one), find_vignette(request, other)
    shared = shared_pair(to_item(first), to_item(second))
    learner = find_learner(request)
    if shared is None:
        raise NotFound("These two stories are not a pair. Choose another story to practise with.")
    guesses = [latest_guess(db, learner, vignette) if learner else None for vignette in (first, second)]
    if guesses[0] is None:
        return RedirectResponse(f"/vignettes/{one}", status_code=303)
    place = practice_of(request).place(learner) if learner else None
    view = PairView(
        skill_name(shared),
        PAIR_QUESTION[shared],
        view_explanation(first.case),
        first.case.head.key.dominant,
        view_vignette(second.case),
        view_explanation(second.case) if guesses[1] else None,
        second.case.head.key.dominant if guesses[1] else None,
        MATCH_LABEL[match(guesses[1].system, second.case)] if guesses[1] else None,
        opened=is_open(request, second.case, open),
        place=place_line(place, reading=guesses[1] is None),
        carried=place.carried if place else None,
    )
    return render(request, "practice/pair.html", title="What is different?", section="practice", view=view)
