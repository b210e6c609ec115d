"""Settings in, application out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import assets, health, home, problems
from api.db import make_engine
from api.guesses import api as guesses_api
from api.guesses.recording import write_guesses
from api.guesses.rules import GuessBody
from api.guesses.writer import Writer
from api.health import Metrics
from api.identity import api as identity_api
from api.identity import pages as identity_pages
from api.identity.tokens import Tokens
from api.identity.trainer import needs_setup
from api.library import api as library_api
from api.library.sync import load_library
from api.migrations.running import upgrade
from api.openapi import describe
from api.practice import pages as practice_pages
from api.problems import ProblemDetails
from api.ratelimit import Limiter
from api.security import Security
from api.settings import Settings
from api.web import HashedStatic

LARGEST_BODY = 64_000  # bytes; a guess is under one thousand


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Database, library and writer come up in its lifespan and go down with it."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(settings.resolved_database_url())
        upgrade(engine)
        metrics = Metrics()
        writer = Writer(engine, write_guesses, metrics.committed)
        app.state.engine = engine
        app.state.metrics = metrics
        app.state.writer = writer
        app.state.catalogue = load_library(engine, settings.vignettes_dir)
        app.state.needs_setup = needs_setup(engine)
        writer.start()
        yield
        await writer.stop()
        engine.dispose()

    app = FastAPI(
        title="Three Circles",
        summary="Case vignettes, guesses of the biggest system, explanations and class statistics.",
        version="1",
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.settings = settings
    app.state.tokens = Tokens(settings.resolved_secret_key())
    app.state.limiter = Limiter(settings)
    app.state.needs_setup = False
    for router in (
        guesses_api.router,
        library_api.router,
        identity_api.router,
        health.router,
        home.router,
        practice_pages.router,
        identity_pages.router,
    ):
        app.include_router(router)
    app.mount("/static", HashedStatic(directory=assets.STATIC))
    problems.register(app)
    describe(app, GuessBody, ProblemDetails)
    app.add_middleware(Security, public_url=settings.public_url)
    return app
