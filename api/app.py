"""Settings in, application out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI

from api.accounts import (
    account_pages,
    audit_pages,
    confirm_pages,
    institution_pages,
    link_pages,
    passkey_pages,
    people_pages,
    second_factor_pages,
)
from api.accounts import api as identity_api
from api.accounts import dependencies as account_dependencies
from api.accounts import pages as identity_pages
from api.accounts.institutions import Institutions
from api.accounts.providers import needed_providers
from api.accounts.removing import Cleaner
from api.accounts.tokens import Tokens
from api.accounts.trainer import needs_setup
from api.audit.refusals import ForbiddenAuditMiddleware
from api.bulk_writes import counting, write_batch
from api.classes import api as classes_api
from api.classes import pages as classes_pages
from api.classes import service as classes
from api.editorial import api as authoring_api
from api.editorial import drafting, editor_pages, list_pages, settings_pages, vignette_pages
from api.exchange import import_jobs
from api.exchange import pages as exchange_pages
from api.groups import api as groups_api
from api.groups.dependencies import VoteBody
from api.groups.live.broker import make_broker
from api.groups.live.hub import Hub
from api.groups.live.page_cache import MemberPageCache
from api.groups.live.state_json import StateSerializer, member_event, screen_event
from api.groups.live.state_loader import StateLoader
from api.groups.pages import console as console_pages
from api.groups.pages import dependencies as group_dependencies
from api.groups.pages import front as front_pages
from api.groups.pages import member as member_pages
from api.groups.pages import screen as screen_pages
from api.groups.pages import session_console as guided_console_pages
from api.groups.pages import session_member as guided_member_pages
from api.groups.pages.view_builder import GroupViewBuilder
from api.groups.sessions import api as guided_api
from api.groups.sessions.showing import SessionViewBuilder
from api.guesses import api as guesses_api
from api.guesses.rules import GuessBody
from api.item_analysis import api as analysis_api
from api.item_analysis import pages as analysis_pages
from api.item_analysis.whole import LibraryAnalysisCache
from api.jobs import purge_quietly, run_purge
from api.kit import assets
from api.kit.settings import Settings
from api.measuring import api as measuring_api
from api.measuring import pages as measuring_pages
from api.observability.logs import request_teller
from api.observability.metrics import Metrics
from api.observability.tracing import Tracing, following, start_tracing
from api.panels import api as panels_api
from api.panels import pages as panel_pages
from api.panels import service as panels
from api.panels import trainer_pages as panel_trainer_pages
from api.panels.experts import Experts, run_experts_refresh
from api.persistence.engine import make_engine
from api.persistence.group_commit import Writer
from api.persistence.migrations.running import upgrade
from api.practice import api as practice_api
from api.practice import pages as practice_pages
from api.practice import personal_data_pages, progress_pages, sitting_pages
from api.practice.service import Practice
from api.private_pages import pages as circles_pages
from api.review import api as review_api
from api.review import pages as review_pages
from api.review import waiting_pages
from api.review.panel import Panel
from api.review.waiting import count_waiting
from api.session_plans.catalogue import load_plans
from api.session_plans.editor import editor_pages as plan_editor_pages
from api.session_plans.editor import keeping as own_plans
from api.session_plans.editor import pages as planning_pages
from api.session_plans.editor import step_pages as plan_step_pages
from api.session_plans.signposting import needed_signposting
from api.vignettes import api as library_api
from api.vignettes.sync import load_library
from api.vignettes.watching import run_catalogue_refresh
from api.web import about, accessibility, health, problems
from api.web.compression import CompressedPages
from api.web.fast_path import FastPathMiddleware
from api.web.health import run_metrics
from api.web.help import router as help_router
from api.web.load_shedding import LoadShedder
from api.web.openapi import describe
from api.web.problems import ProblemDetails
from api.web.rate_limit import Limiter
from api.web.rendering import HashedStatic
from api.web.security import Security
from api.web.shutdown import on_shutdown_signal

ROUTERS = (
    guesses_api.router,
    exchange_pages.router,
    exchange_pages.pages,
    authoring_api.router,
    review_api.router,
    panels_api.router,
    panels_api.stories,
    analysis_api.router,
    library_api.router,
    identity_api.router,
    health.router,
    about.router,
    accessibility.router,
    front_pages.router,
    help_router,
    groups_api.router,
    member_pages.router,
    screen_pages.router,
    console_pages.router,
    guided_api.router,
    guided_console_pages.router,
    guided_member_pages.router,
    measuring_api.router,
    measuring_pages.router,
    classes_api.router,
    classes_api.statistics,
    classes_pages.router,
    practice_api.router,
    practice_pages.router,
    sitting_pages.router,
    progress_pages.router,
    personal_data_pages.router,
    circles_pages.router,
    identity_pages.router,
    institution_pages.router,
    confirm_pages.router,
    second_factor_pages.router,
    passkey_pages.router,
    link_pages.router,
    account_pages.router,
    people_pages.router,
    settings_pages.router,
    audit_pages.router,
    editor_pages.router,
    list_pages.router,
    review_pages.router,
    waiting_pages.router,
    panel_trainer_pages.router,
    panel_pages.router,
    analysis_pages.router,
    vignette_pages.router,
    planning_pages.router,
    plan_editor_pages.router,
    plan_step_pages.router,
)
ACCOUNT_CLEANERS = (
    Cleaner(drafting.delete_drafts_of, drafting.lock_drafts_of),
    Cleaner(own_plans.delete_plans_of, own_plans.lock_plans_of),
    Cleaner(import_jobs.delete_jobs_of),
    Cleaner(drafting.delete_remarks_of),
    Cleaner(classes.delete_classes_of),
    Cleaner(panels.part_with_panels_of),
)
# How parts of the site tell their own problems, by the way their addresses begin.
PROBLEM_PAGES: dict[str, problems.ProblemPage] = {
    "/api/": problems.details,
    **health.PROBLEM_PAGES,
    **account_dependencies.PROBLEM_PAGES,
    **group_dependencies.PROBLEM_PAGES,
    **practice_pages.PROBLEM_PAGES,
}
UPLOADS = {**exchange_pages.UPLOADS, **planning_pages.UPLOADS, **panel_trainer_pages.UPLOADS}
LARGEST_BODY = 64_000  # bytes; a guess is under one thousand


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Database, library and writer come up in its lifespan and go down with it."""
    settings = settings or Settings()
    signposting = needed_signposting(settings.signposting_file)
    tracing = start_tracing()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(settings.resolved_database_url())
        upgrade(engine)
        purge_quietly(engine, settings.audit_days)
        metrics = Metrics()
        writer: Writer[Any, Any] = Writer(engine, write_batch, counting(metrics))
        catalogue = load_library(engine, settings.vignettes_dir)
        serializer = StateSerializer(catalogue, settings.small_group)
        pressure = LoadShedder(writer, metrics)
        hub = Hub(
            engine,
            make_broker(settings.broker_url),
            {"json": serializer.json, "member": member_event, "screen": screen_event, "console": screen_event},
            metrics,
            pressure,
        )
        app.state.engine = engine
        app.state.metrics = metrics
        app.state.writer = writer
        app.state.pressure = pressure
        app.state.catalogue = catalogue
        app.state.plans = load_plans(
            settings.plans_dir, {v.slug: v.case.head.level for v in catalogue.vignettes.values()}
        )
        app.state.panel, app.state.experts = Panel(settings.vignettes_dir), Experts(engine)
        app.state.analysis = LibraryAnalysisCache(engine, settings.small_group)
        # Pages below these folders ask for what stands above them.
        app.state.attention_ids, app.state.count_waiting = (
            app.state.analysis.attention_ids,
            partial(count_waiting, engine),
        )
        app.state.serializer = serializer
        app.state.view_builder = GroupViewBuilder(catalogue, serializer, settings, app.state.tokens, app.state.experts)
        app.state.session_views = SessionViewBuilder(
            engine, catalogue, app.state.view_builder, signposting, settings.small_group
        )
        app.state.state_loader = StateLoader(engine)
        app.state.member_pages = MemberPageCache()
        app.state.hub = hub
        app.state.practice = Practice(engine)
        app.state.needs_setup = needs_setup(engine)
        writer.start()
        hub.start()
        restore = on_shutdown_signal(hub.end_streams_soon, writer.hurry)
        tasks = [
            asyncio.create_task(background_job)
            for background_job in (
                run_purge(engine, settings.audit_days),
                run_catalogue_refresh(catalogue),
                run_experts_refresh(app.state.experts),
                run_metrics(app),
            )
        ]
        async with following(tracing, engine), app.state.institutions:
            yield
        restore()
        for task in tasks:
            task.cancel()
        await writer.stop()
        await hub.close()
        engine.dispose()

    app = FastAPI(
        title="Three Circles",
        summary="Case vignettes, guesses of the biggest system, explanations and class statistics.",
        version="1",
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing is collected that no one set up
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.settings = settings
    app.state.signposting = signposting
    app.state.tokens = Tokens(*settings.resolved_secret_keys())
    app.state.limiter = Limiter(settings)
    app.state.needs_setup = False
    app.state.account_cleaners = ACCOUNT_CLEANERS
    _put_around(app, settings, tracing)
    return app


def _put_around(app: FastAPI, settings: Settings, tracing: Tracing | None) -> None:
    """The routes, and what every request goes through before them."""
    # The routes as they stand: `include_router` would make each a second time with an application's first requests,
    # and look for it twice with every one.
    app.router.routes.extend(route for router in ROUTERS for route in router.routes)
    app.mount("/static", HashedStatic(directory=assets.STATIC))
    app.state.problem_pages = PROBLEM_PAGES
    app.state.institutions = Institutions(needed_providers(settings))
    problems.register(app)
    describe(app, GuessBody, VoteBody, ProblemDetails)
    # Around everything, so that the pages of errors carry the headers too.
    hot = FastPathMiddleware(
        ForbiddenAuditMiddleware(app.build_middleware_stack()),
        largest_body=LARGEST_BODY,
        routes={
            "POST /api/v1/vignettes/{name}/guesses": guesses_api.give_guess,
            "POST /vignettes/{name}/guesses": practice_pages.give_guess,
            "PUT /api/v1/groups/{name}/guess": groups_api.vote,
            "POST /g/{name}/guess": member_pages.give_guess,
            "GET /g/{name}/now/member": member_pages.member_now,
            "GET /g/{name}/live/member": member_pages.live_member,
            "GET /api/v1/groups/{name}/events": groups_api.follow,
            "GET /g/{name}": member_pages.phone,
        },
    )
    tell = request_teller() if settings.access_log else None
    inner = tracing.around(hot) if tracing else hot
    app.middleware_stack = CompressedPages(
        Security(
            inner,
            LARGEST_BODY,
            settings.public_url,
            UPLOADS,
            tell,
            behind_proxy=bool(settings.trusted_proxies),
            subdomains=settings.hsts_subdomains,
        )
    )
