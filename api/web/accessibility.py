"""The accessibility statement: what was tried, with what and when, from the one file that the tests are held to."""

from datetime import date
from functools import cache

import yaml
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.kit import assets
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


class Engine(BaseModel):
    """A browser engine that the tests run in; `version` is as far as it was when the statement was last changed."""

    name: str
    version: str
    family: str
    how: str


class Check(BaseModel):
    """A kind of check that runs at every change."""

    name: str
    what: str


class Trial(BaseModel):
    """What was tried by hand, once."""

    when: date
    what: str


class Tried(BaseModel):
    updated: date
    engines: list[Engine]
    checks: list[Check]
    once: list[Trial]
    never: list[str]
    limits: list[str]


@cache
def tried() -> Tried:
    return Tried.model_validate(yaml.safe_load(assets.ACCESSIBILITY.read_text(encoding="utf-8")))


@router.get("/accessibility")
async def accessibility(request: Request) -> Response:
    return render(request, "accessibility.html", title="Accessibility", section="about", tried=tried())
