"""The three systems, and what this is."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.kit.systems import CARDS, CAVEAT
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/systems")
async def systems(request: Request) -> Response:
    return render(request, "systems.html", title="The three systems", section="systems", systems=CARDS, caveat=CAVEAT)


@router.get("/about")
async def about(request: Request) -> Response:
    state = request.app.state
    whole = state.catalogue.vignettes.values()
    reviewed = state.experts.reviewed(vignette.case for vignette in whole)
    return render(request, "about.html", title="About", section="about", reviewed=reviewed, stories=len(whole))
