"""The institutions that trainers sign in through: are they found, do they describe themselves well, is their clock
ours; and is there a way in without them."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from api.accounts.institutions import ProviderAway
from api.accounts.providers import Provider, UnusableProviders, needed_providers
from api.accounts.trainer import active_admin
from api.kit.settings import Settings
from api.operations.clock import look_at_clock
from api.operations.findings import Finding, good, trouble
from api.persistence.engine import make_engine


def look_at_institutions(settings: Settings) -> list[Finding]:
    """Nothing, where there are none."""
    try:
        providers = needed_providers(settings)
    except UnusableProviders as error:
        return [trouble("Institutions", str(error), "Correct the file or the setting; the server does not start so.")]
    found = [finding for provider in providers for finding in _look_at(provider)]
    return [*found, *_look_at_password_admin(settings)]


def _look_at(provider: Provider) -> list[Finding]:
    """Its description and keys, as the server itself reads them, and its clock."""
    from api.accounts.oidc import Client, Web  # noqa: PLC0415  # loaded only where there are institutions

    async def ask() -> datetime | None:
        web = Web()
        try:
            await Client(provider, web).endpoints()
            return await web.clock(provider)
        finally:
            await web.close()

    about = f"Institution {provider.key}"
    try:
        there = asyncio.run(ask())
    except ProviderAway:
        act = (
            f"Check that this machine reaches {provider.issuer}/.well-known/openid-configuration over https, and that "
            "the issuer is written there exactly as in the file. The lines above say what was wrong."
        )
        return [trouble(about, "it does not answer as OpenID Connect says.", act)]
    answers = good(about, f"{provider.issuer} describes itself and tells its keys.")
    if there is None:
        return [answers]
    return [answers, look_at_clock(f"the institution {provider.key}", (there - datetime.now(UTC)).total_seconds())]


def _look_at_password_admin(settings: Settings) -> list[Finding]:
    if not settings.password_admin:
        return []
    about = "Way in without an institution"
    engine = make_engine(settings.resolved_database_url())
    try:
        there = active_admin(engine, settings.password_admin)
    except SQLAlchemyError:
        return []  # told under Database
    finally:
        engine.dispose()
    if there:
        return [good(about, f"{settings.password_admin} can sign in with a password.")]
    act = "Name an admin’s account in THREE_CIRCLES_PASSWORD_ADMIN. Until then every admin may use a password."
    return [trouble(about, f"there is no admin called {settings.password_admin} who can sign in.", act)]
