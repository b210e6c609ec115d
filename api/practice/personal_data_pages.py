"""Pages about what is held: take it away, delete it, or carry on with it on another device."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api.accounts.cookies import drop_cookie
from api.accounts.learner import COOKIE, earlier_learner, find_learner, remember
from api.accounts.tokens import tokens_of
from api.classes.access import COOKIE as IN_CLASS
from api.classes.access import remember_class
from api.classes.service import class_of
from api.kit.join_codes import normalise
from api.kit.qr import qr
from api.persistence.dependencies import after_what_waits, engine_of
from api.practice.personal_data import CODE_MINUTES, answered, delete_learner, export, export_csv, make_code, use_code
from api.practice.schemas import ExportOut
from api.practice.view_models import CodeView
from api.web.admission import take_device_code
from api.web.dependencies import settings_of
from api.web.rate_limit import WRONG_CODES_PER_ADDRESS, take_from
from api.web.rendering import render

router = APIRouter(include_in_schema=False)

_LINK = "device-link"  # the purpose of a mark
_UNKNOWN = (
    "This code is not valid. Each code works once and expires after 10 minutes. Get a new code on your other device."
)


async def _limit_wrong_codes(
    request: Request, code: Annotated[str, Form(max_length=40)] = "", k: Annotated[str, Form(max_length=40)] = ""
) -> None:
    tokens = tokens_of(request)
    if not (k and tokens.is_marked(_LINK, normalise(code), k)):
        await take_from(request, WRONG_CODES_PER_ADDRESS, "device")


@router.get("/practice/mine")
def mine(request: Request) -> Response:
    """What is held about this learner, and what can be done with it."""
    return _page(request, None)


@router.get("/practice/mine.json")
def as_json(request: Request) -> Response:
    """Everything, as a file; without answers the page that says so."""
    learner = find_learner(request)
    if learner is None:
        return RedirectResponse("/practice/mine", status_code=303)
    body = ExportOut.model_validate(export(engine_of(request), learner))
    return JSONResponse(body.model_dump(mode="json"), headers=_attached("json"))


@router.get("/practice/mine.csv")
def as_csv(request: Request) -> Response:
    """The answers as a table; without any the page that says so."""
    learner = find_learner(request)
    if learner is None:
        return RedirectResponse("/practice/mine", status_code=303)
    text = export_csv(engine_of(request), learner)
    return Response(text, media_type="text/csv; charset=utf-8", headers=_attached("csv"))


@router.post("/practice/mine/delete", dependencies=[Depends(after_what_waits)])
def delete(request: Request) -> Response:
    """Deletes everything about this learner, and forgets them on this device."""
    if learner := find_learner(request):
        delete_learner(engine_of(request), learner)
    response = render(request, "practice/deleted.html", title="Your data has been deleted", section="practice")
    drop_cookie(request, response, COOKIE)
    drop_cookie(request, response, IN_CLASS)
    return response


@router.post("/practice/mine/earlier")
def carry_on_earlier(request: Request) -> Response:
    """Carries on with what this browser led to before its cookies had the prefix, as its owner has just confirmed."""
    response = RedirectResponse("/practice", status_code=303)
    if learner := earlier_learner(request):
        drop_cookie(request, response, COOKIE)
        remember(request, response, learner)
    return response


@router.post("/practice/mine/code", dependencies=[Depends(take_device_code)])
def code(request: Request) -> Response:
    """A code for another device."""
    learner = find_learner(request)
    if learner is None:
        return RedirectResponse("/practice/mine", status_code=303)
    made = make_code(engine_of(request), learner)
    base = settings_of(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")
    tokens = tokens_of(request)
    url = f"{base}/practice/carry-on?code={quote(made)}&k={tokens.mark(_LINK, made)}"
    response = _page(request, CodeView(f"{made[:5]} {made[5:]}", f"{base}/practice/carry-on", qr(url), CODE_MINUTES))
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/practice/carry-on")
def carry_on_form(
    request: Request, code: Annotated[str, Query(max_length=40)] = "", k: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Where a code from another device is typed; opening the link alone changes nothing."""
    return _carry_on(request, code, k, None, 200)


@router.post("/practice/carry-on", dependencies=[Depends(_limit_wrong_codes)])
def carry_on(
    request: Request, code: Annotated[str, Form(max_length=40)] = "", k: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Makes this device the one that the code came from."""
    learner = use_code(engine_of(request), code)
    if learner is None:
        return _carry_on(request, code, k, _UNKNOWN, 404)
    response = RedirectResponse("/practice", status_code=303)
    remember(request, response, learner)
    if mine := class_of(engine_of(request), learner):
        remember_class(request, response, mine)
    return response


def _page(request: Request, made: CodeView | None) -> Response:
    known, earlier = find_learner(request) is not None, earlier_learner(request)
    count, newest = answered(engine_of(request), earlier) if earlier else (0, None)
    return render(
        request,
        "practice/mine.html",
        title="Your data",
        section="practice",
        known=known,
        code=made,
        earlier_answers=count,
        earlier_newest=newest,
    )


def _carry_on(request: Request, code: str, k: str, error: str | None, status: int) -> Response:
    known = find_learner(request) is not None
    return render(
        request,
        "practice/carry_on.html",
        title="Continue on this device",
        section="practice",
        code=code,
        k=k,
        error=error,
        known=known,
        status_code=status,
    )


def _attached(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="my-answers.{ending}"', "Cache-Control": "no-store"}
