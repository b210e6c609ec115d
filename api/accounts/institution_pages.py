"""To an institution and back: signing in, joining, and confirming that it is you; then linking and signing out there.

Links lead there, never a form: our policy lets no form lead to another site, not even by way of a redirect.
"""

from typing import Annotated, Any, cast
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.accounts import identities, invitations, transactions
from api.accounts.attempts import in_turn, known_device, limit_sign_in
from api.accounts.confirming import LASTS, limit_confirming, note_confirmed, own_page, what_to_ask
from api.accounts.confirming import confirm as confirm_password
from api.accounts.dependencies import CurrentTrainer, MaybeTrainer, sign_in_page
from api.accounts.entering import enter
from api.accounts.identities import Visitor
from api.accounts.institutions import NotSignedIn, ProviderAway, institutions_of
from api.accounts.models import Trainer
from api.accounts.providers import Provider
from api.accounts.second_factor import factors
from api.accounts.sessions import Proof, end_of_institution, is_token, spend
from api.accounts.trainer import password_counts, sign_in
from api.accounts.transactions import Aim, Begun
from api.accounts.visitors import find_visitor, forget_visitor, remember_visitor
from api.audit.trail import record_export, record_refused
from api.kit.errors import Conflict, Forbidden, NotFound, Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of
from api.persistence.engine import now, write_engine
from api.web.dependencies import settings_of
from api.web.rate_limit import SIGN_INS_PER_ADDRESS, take_from
from api.web.rendering import RowNumber, base_url, render

router = APIRouter(prefix="/trainers", include_in_schema=False)

_NOT_OURS = "We cannot tell that it was you who began to sign in here, or it took too long. Please try again."
_CANCELLED = "Your institution did not sign you in. Please try again."

Answer = Annotated[str, Query(max_length=4000)]


@router.get("/sign-in/{provider}")
async def begin(
    request: Request,
    provider: str,
    link: Annotated[str, Query(max_length=60)] = "",
    confirm: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """Leads to the institution: to sign in, to accept the invitation `link`, or to confirm and come back to a page."""
    client = institutions_of(request).client(provider)
    await take_from(request, SIGN_INS_PER_ADDRESS, "to-institution")
    aim: Aim = "join" if link else "confirm" if confirm else "sign-in"
    if link and not is_token(link):
        raise invitations.gone()
    begun = transactions.begin(request, provider, aim, link or (own_page(confirm) if confirm else ""))
    try:
        address = await client.authorization_address(begun.transaction, afresh=aim == "confirm")
    except ProviderAway as problem:
        return _failed(request, problem)
    response = RedirectResponse(address, status_code=303)
    transactions.keep(request, response, begun)
    return response


@router.get("/sign-in/{provider}/back")
async def come_back(
    request: Request,
    provider: str,
    trainer: MaybeTrainer,
    state: Answer = "",
    code: Answer = "",
    iss: Annotated[str | None, Query(max_length=400)] = None,
    error: Answer = "",
) -> Response:
    """Where the institution sends people: their code is exchanged for who they are, once."""
    client = institutions_of(request).client(provider)
    await take_from(request, SIGN_INS_PER_ADDRESS, "from-institution")
    begun = transactions.come_back(request, provider, state)
    try:
        if begun is None:
            raise NotSignedIn(_NOT_OURS)
        if error or not code:
            raise NotSignedIn(_CANCELLED)
        claims = await client.redeem(code, begun.transaction, iss)
        response = await run_in_threadpool(_arrived, request, client.provider, begun, claims, trainer)
    except (NotSignedIn, ProviderAway, Forbidden, Conflict, NotFound) as problem:
        if isinstance(problem, NotSignedIn | Forbidden):
            await run_in_threadpool(record_refused, engine_of(request), trainer, "sign_in", client.provider.name)
        response = _failed(request, problem)
    transactions.forget(request, response)
    return response


@router.post("/sign-in/{provider}/logged-out")
async def logged_out(
    request: Request, provider: str, logout_token: Annotated[str, Form(max_length=20_000)] = ""
) -> Response:
    """What the institution itself calls when someone signs out there: their sign-ins through it end here too."""
    client = institutions_of(request).client(provider)
    await take_from(request, SIGN_INS_PER_ADDRESS, "logged-out")
    subject, session, number, until = await client.logged_out(logout_token)

    def end() -> int:
        engine = engine_of(request)
        who = None
        if subject is not None:
            with Session(engine) as db:
                who = identities.owner_of(db, Visitor(client.provider.issuer, subject, "", None))
            if who is None:
                return 0
        there = identities.session_hash(session)
        spent = f"{provider} {number}"
        return end_of_institution(engine, provider, client.provider.name, who, there, spent, until)

    await run_in_threadpool(end)
    return Response(headers={"cache-control": "no-store"})


@router.get("/link")
def link(request: Request, trainer: MaybeTrainer) -> Response:
    """Asks someone whom an institution has vouched for who they are here."""
    visitor, provider = _visitor(request)
    return _link_page(request, visitor, provider, trainer)


async def _limit_link(request: Request, trainer: MaybeTrainer, name: Annotated[str, Form(max_length=200)] = "") -> None:
    if trainer is None:
        await limit_sign_in(request, name)
    else:
        await limit_confirming(request, trainer)


@router.post("/link", dependencies=[Depends(_limit_link), Depends(in_turn)])
def post_link(
    request: Request,
    trainer: MaybeTrainer,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    present: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Links the account of the name and password, or the one that is signed in, and signs in."""
    visitor, provider = _visitor(request)
    engine = engine_of(request)
    try:
        if trainer is not None:
            confirm_password(request, trainer, present, "link_identity")
        else:
            trainer = sign_in(engine, name, password, known=bool(known_device(request, name)))
            if trainer is None:
                raise Unprocessable("Name or password is incorrect. Please try again.")
        linked = identities.link(engine, cast(int, trainer.id), visitor, provider)
    except (Unprocessable, Conflict, TooMany) as problem:
        return _link_page(request, visitor, provider, None if name else trainer, problem, name)
    response = _to_account() if request.state.sign_in_id else enter(request, linked, by_both(provider))
    forget_visitor(request, response)
    return response


@router.post("/link/new", dependencies=[Depends(limit_sign_in)])
def post_new(request: Request) -> Response:
    """Makes an account for someone new, where the operator allows it."""
    visitor, provider = _visitor(request)
    try:
        trainer = identities.create(engine_of(request), visitor, provider)
    except (Forbidden, Conflict) as problem:
        return _link_page(request, visitor, provider, None, problem)
    response = enter(request, trainer, Proof(provider.name, None, provider.key))
    forget_visitor(request, response)
    return response


@router.post("/account/links/{identity_id}/remove")
def post_unlink(request: Request, trainer: CurrentTrainer, identity_id: RowNumber) -> Response:
    """Takes one's own link to an institution away, where another way in is left."""
    engine = engine_of(request)
    with Session(engine) as db:
        found = next((one for one in identities.links(db, trainer) if one.id == identity_id), None)
        passkeys = factors(db, cast(int, trainer.id)).passkeys
    if found is not None:
        password = bool(trainer.password_hash) and password_counts(engine, trainer, settings_of(request).password_admin)
        identities.unlink(
            engine, trainer, identity_id, name_of(request, found.issuer), other_way=password or passkeys > 0
        )
    return RedirectResponse("/trainers/account", status_code=303)


@router.get("/signed-out/{provider}")
async def signed_out(request: Request, provider: str) -> Response:
    """Signed out here; and the link to sign out there too."""
    client = institutions_of(request).client(provider)
    there = await client.end_session_address(f"{base_url(request)}/trainers")
    return render(
        request,
        "accounts/signed_out.html",
        title="Signed out",
        section="trainers",
        institution=client.provider.name,
        there=there,
    )


def _arrived(
    request: Request, provider: Provider, begun: Begun, claims: dict[str, Any], trainer: Trainer | None
) -> Response:
    """What someone came for, once the institution's token holds."""
    engine = engine_of(request)
    visitor = identities.visitor_of(provider, claims)
    with Session(write_engine(engine)) as db:
        if not spend(db, begun.token, begun.ends_at):
            raise NotSignedIn(_NOT_OURS)
        db.commit()
    proof = Proof(provider.name, identities.proved_at(claims), provider.key, identities.session_hash(claims.get("sid")))
    if begun.aim == "confirm":
        return _confirmed(request, provider, visitor, proof, trainer, begun.about)
    if (known := identities.enter(engine, visitor, provider)) is not None:
        return enter(request, known, proof)
    if begun.aim == "join":
        return enter(request, identities.accept_invitation(engine, begun.about, visitor, provider), proof)
    response = RedirectResponse("/trainers/link", status_code=303)
    remember_visitor(request, response, visitor)
    return response


def _confirmed(
    request: Request, provider: Provider, visitor: Visitor, proof: Proof, trainer: Trainer | None, back: str
) -> Response:
    """Back to the page that asked, if it is the same person and they have just signed in there."""
    if trainer is None:
        raise NotSignedIn("You have been signed out here. Please sign in again.")
    with Session(engine_of(request)) as db:
        if identities.owner_of(db, visitor) != trainer.id:
            raise Forbidden(f"You signed in to {provider.name} as someone else. Nothing has been changed.")
    if proof.at is None or now() - proof.at >= LASTS:
        raise NotSignedIn(f"{provider.name} did not ask you to sign in again, so we cannot tell that it is you.")
    note_confirmed(request, proof.at)
    record_export(engine_of(request), trainer, "confirm", provider.name)
    return RedirectResponse(back, status_code=303)


def _to_account() -> Response:
    return RedirectResponse("/trainers/account?linked=1", status_code=303)


def by_both(provider: Provider) -> Proof:
    """A password, after the institution had vouched for the person."""
    return Proof(f"password, {provider.name}", now(), provider.key)


def _failed(request: Request, problem: Problem) -> Response:
    """The sign-in form with what went wrong: a local way in may still work."""
    response = sign_in_page(request, problem.detail, status=problem.status)
    response.headers.update(problem.headers)
    return response


def _visitor(request: Request) -> tuple[Visitor, Provider]:
    """Whom an institution has vouched for in this browser. Raises NotFound when that is too long ago."""
    visitor = find_visitor(request)
    providers = institutions_of(request).providers
    provider = next((one for one in providers if visitor and one.issuer == visitor.issuer), None)
    if visitor is None or provider is None:
        raise NotFound("It is too long ago that you came from your institution. Go to Trainers and sign in once more.")
    return visitor, provider


def _link_page(
    request: Request,
    visitor: Visitor,
    provider: Provider,
    trainer: Trainer | None,
    problem: Problem | None = None,
    name: str = "",
) -> Response:
    return render(
        request,
        "accounts/link_institution.html",
        title="Link your account",
        section="trainers",
        problem=problem,
        institution=provider,
        visitor=visitor.name,
        me=trainer.name if trainer else None,
        ask_password=what_to_ask(request, trainer) if trainer else "",
        name=name,
    )


def name_of(request: Request, issuer: str) -> str:
    """What an institution is called, be it one that is not set up any more."""
    found = next((one.name for one in institutions_of(request).providers if one.issuer == issuer), None)
    return found or urlsplit(issuer).netloc
