"""Pages for admins: the people, what each may do, and links that let someone in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts import invitations, removing, second_factor
from api.accounts import people as service
from api.accounts.confirming import confirm, limit_confirming, what_to_ask
from api.accounts.demands import MOST_DAYS, USUAL_DAYS, change_demands, demands
from api.accounts.dependencies import CurrentTrainer
from api.accounts.invitations import LASTS, PATH, Kind
from api.accounts.models import Trainer
from api.accounts.permissions import ROLE_SENTENCE, Role, require
from api.kit.errors import Conflict, Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of
from api.web.rendering import RowNumber, base_url, render


def _manager(trainer: CurrentTrainer) -> Trainer:
    require(trainer, "manage_people")
    return trainer


router = APIRouter(prefix="/trainers/people", include_in_schema=False)

Manager = Annotated[Trainer, Depends(_manager)]


async def _limit(request: Request, trainer: Manager) -> None:
    await limit_confirming(request, trainer)


Limited = [Depends(_limit)]
Password = Annotated[str, Form(max_length=1000)]


@router.get("")
def people(request: Request, trainer: Manager) -> Response:
    """Everyone who can sign in, and the links that are open."""
    return _people_page(request, trainer)


@router.post("/links", dependencies=Limited)
def post_invitation(
    request: Request,
    trainer: Manager,
    role: Annotated[Role, Form()] = "trainer",
    name: Annotated[str, Form(max_length=200)] = "",
    present: Password = "",
) -> Response:
    """Makes an invitation and shows its link, this once."""
    try:
        confirm(request, trainer, present, "invite")
        token = invitations.invite(engine_of(request), trainer, role, name)
    except (Unprocessable, TooMany) as problem:
        return _people_page(request, trainer, problem, name, role)
    return _link_page(request, "invite", token, name.strip())


@router.post("/links/{invitation_id}/withdraw")
def post_withdraw(request: Request, trainer: Manager, invitation_id: RowNumber) -> Response:
    invitations.withdraw(engine_of(request), trainer, invitation_id)
    return RedirectResponse("/trainers/people", status_code=303)


@router.post("/second-factor", dependencies=Limited)
def post_demands(
    request: Request,
    trainer: Manager,
    demanded: Annotated[list[Role], Form()] = [],  # noqa: B006  # FastAPI copies it
    days: Annotated[int, Form(ge=0, le=MOST_DAYS)] = USUAL_DAYS,
    present: Password = "",
) -> Response:
    """Says who needs a second factor, and when that begins for those who have needed none so far."""
    try:
        confirm(request, trainer, present, "demand_factor")
        change_demands(engine_of(request), trainer, demanded, days)
    except (Unprocessable, TooMany) as problem:
        return _people_page(request, trainer, problem)
    return RedirectResponse("/trainers/people#second-factor", status_code=303)


@router.get("/{trainer_id}")
def person(request: Request, trainer: Manager, trainer_id: RowNumber) -> Response:
    """One person: role, a link for a new password, letting out and in."""
    return _person_page(request, trainer, trainer_id)


@router.post("/{trainer_id}/role", dependencies=Limited)
def post_role(
    request: Request,
    trainer: Manager,
    trainer_id: RowNumber,
    role: Annotated[Role, Form()],
    present: Password = "",
) -> Response:
    try:
        confirm(request, trainer, present, "change_role")
        service.change_role(engine_of(request), trainer, trainer_id, role)
    except (Unprocessable, TooMany) as problem:
        return _person_page(request, trainer, trainer_id, problem, role)
    except Conflict as problem:
        return _person_page(request, trainer, trainer_id, problem)
    # Anyone who has just given this up may not see the page of a person any more.
    left = trainer_id == trainer.id and role != "admin"
    return RedirectResponse("/trainers/account" if left else f"/trainers/people/{trainer_id}", status_code=303)


@router.post("/{trainer_id}/disable")
def post_disable(request: Request, trainer: Manager, trainer_id: RowNumber) -> Response:
    try:
        service.disable(engine_of(request), trainer, trainer_id)
    except Conflict as problem:
        return _person_page(request, trainer, trainer_id, problem)
    left = trainer_id == trainer.id
    return RedirectResponse("/trainers" if left else f"/trainers/people/{trainer_id}", status_code=303)


@router.post("/{trainer_id}/enable")
def post_enable(request: Request, trainer: Manager, trainer_id: RowNumber) -> Response:
    service.enable(engine_of(request), trainer, trainer_id)
    return RedirectResponse(f"/trainers/people/{trainer_id}", status_code=303)


@router.post("/{trainer_id}/reset", dependencies=Limited)
def post_reset(request: Request, trainer: Manager, trainer_id: RowNumber, present: Password = "") -> Response:
    """Makes a link for a new password and shows it, this once."""
    try:
        confirm(request, trainer, present, "reset_link")
        token = invitations.make_reset(engine_of(request), trainer, trainer_id)
    except (Conflict, Unprocessable, TooMany) as problem:
        return _person_page(request, trainer, trainer_id, problem)
    with Session(engine_of(request)) as db:
        name = service.person(db, trainer_id).name
    return _link_page(request, "reset", token, name)


@router.post("/{trainer_id}/factors/remove", dependencies=Limited)
def post_remove_factors(request: Request, trainer: Manager, trainer_id: RowNumber, present: Password = "") -> Response:
    """Helps someone who has lost their second factor: they sign in with the first alone, and set up another."""
    try:
        confirm(request, trainer, present, "no_second_factor")
        second_factor.remove_all(engine_of(request), trainer, trainer_id)
    except (Unprocessable, TooMany) as problem:
        return _person_page(request, trainer, trainer_id, problem)
    return RedirectResponse(f"/trainers/people/{trainer_id}", status_code=303)


@router.post("/{trainer_id}/remove", dependencies=Limited)
def post_remove(
    request: Request,
    trainer: Manager,
    trainer_id: RowNumber,
    sure: Annotated[str, Form(max_length=10)] = "",
    present: Password = "",
) -> Response:
    """Removes the account for good."""
    try:
        if not sure:
            raise Unprocessable("Tick the box to confirm that you want to delete this account. You cannot undo this.")
        confirm(request, trainer, present, "remove_person")
        removing.remove(engine_of(request), trainer, trainer_id, request.app.state.account_cleaners)
    except (Conflict, Unprocessable, TooMany) as problem:
        return _person_page(request, trainer, trainer_id, problem)
    return RedirectResponse("/trainers" if trainer_id == trainer.id else "/trainers/people", status_code=303)


def _people_page(
    request: Request, trainer: Trainer, problem: Problem | None = None, name: str = "", role: Role = "trainer"
) -> Response:
    with Session(engine_of(request)) as db:
        everyone, links = service.people(db), invitations.open_links(db)
        demanded = demands(db)
    return render(
        request,
        "accounts/people.html",
        title="People",
        place="people",
        problem=problem,
        people=everyone,
        links=links,
        demanded=demanded,
        usual_days=USUAL_DAYS,
        most_days=MOST_DAYS,
        me=trainer.id,
        ask_password=what_to_ask(request, trainer),
        roles=ROLE_SENTENCE,
        days=LASTS["invite"].days,
        name=name,
        role=role,
    )


def _person_page(
    request: Request, trainer: Trainer, trainer_id: int, problem: Problem | None = None, chosen: Role | None = None
) -> Response:
    with Session(engine_of(request)) as db:
        found = service.person(db, trainer_id)
        has_factor = second_factor.factors(db, trainer_id).any
    return render(
        request,
        "accounts/person.html",
        title=found.name,
        place="people",
        problem=problem,
        person=found,
        has_factor=has_factor,
        chosen=chosen or found.role,
        ask_password=what_to_ask(request, trainer),
        me=trainer.id,
        roles=ROLE_SENTENCE,
        hours=int(LASTS["reset"].total_seconds() // 3600),
    )


def _link_page(request: Request, kind: Kind, token: str, name: str) -> Response:
    return render(
        request,
        "accounts/link.html",
        title="Link to send",
        place="people",
        kind=kind,
        name=name,
        link=base_url(request) + PATH[kind] + token,
        days=LASTS["invite"].days,
        hours=int(LASTS["reset"].total_seconds() // 3600),
    )
