"""Private pages: what people draw and write there stays on their device. The server only hands out the empty page."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.private_pages.view_models import MOMENTS, NOTHING_LEAVES, PROMPTS, PaperView
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/circles")
async def draw(request: Request) -> Response:
    return _private(
        render(request, "private_pages/draw.html", title="Draw your systems", section="systems", moments=MOMENTS)
    )


@router.get("/circles/paper")
async def drawing_paper(request: Request, words: bool = False) -> Response:
    view = PaperView(words, MOMENTS)
    return _private(render(request, "private_pages/paper.html", title="Circles on paper", section="systems", view=view))


@router.get("/soothing")
async def build_soothing(request: Request) -> Response:
    return _private(
        render(request, "private_pages/soothing.html", title="Building soothing", section="systems", prompts=PROMPTS)
    )


@router.get("/soothing/paper")
async def soothing_paper(request: Request) -> Response:
    return _private(
        render(
            request, "private_pages/soothing_paper.html", title="Soothing on paper", section="systems", prompts=PROMPTS
        )
    )


def _private(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = NOTHING_LEAVES
    return response
