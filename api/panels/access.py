"""Who asks about a panel: the mark of its link, and the signed id of someone who rates in it."""

from typing import Annotated, Final

from fastapi import Depends, Path, Request, Response

from api.accounts.cookies import put_cookie, read_cookie
from api.accounts.learner import bearer
from api.accounts.tokens import tokens_of
from api.kit.errors import NotFound, Unauthorized
from api.kit.join_codes import normalise
from api.panels.rating import TAKEN_BACK
from api.panels.service import PanelInfo, find_panel
from api.persistence.dependencies import engine_of
from api.web.rendering import base_url

_LINK: Final = "panel-link"  # the purposes of a mark and of a token
_RATER: Final = "panel-rater"
_DAYS: Final = 90 * 24 * 3600
BAD_LINK: Final = "This panel link does not work. Copy the whole link, or ask the person who sent it for a new one."

PanelCode = Annotated[str, Path(max_length=40)]


def panel_url(request: Request, panel: PanelInfo) -> str:
    """The link that lets people in: without its mark the code alone opens nothing."""
    return f"{base_url(request)}/panels/{panel.code}?k={tokens_of(request).mark(_LINK, panel.code)}"


def linked_panel(request: Request, code: str, k: str) -> PanelInfo:
    """The panel of a link. Nothing is looked up for a mark that was not made here. Raises NotFound."""
    if not tokens_of(request).is_marked(_LINK, normalise(code), k):
        raise NotFound(BAD_LINK)
    return find_panel(engine_of(request), code)


def rater_token(request: Request, panel: PanelInfo, rater: str) -> str:
    return tokens_of(request).sign(_RATER, f"{panel.code}:{rater}")


def remember_rater(request: Request, response: Response, panel: PanelInfo, rater: str) -> None:
    put_cookie(request, response, f"panel-{panel.code}", rater_token(request, panel, rater), _DAYS)


def find_rater(request: Request, code: str) -> str | None:
    """Who rates here, by bearer token or by this panel's cookie; None for anyone else."""
    code = normalise(code)
    token = bearer(request) or read_cookie(request, f"panel-{code}")
    value = tokens_of(request).read(_RATER, token) if token else None
    whose, _, rater = (value or "").partition(":")
    return rater if rater and whose == code else None


def require_rater(request: Request, code: PanelCode) -> str:
    """Who rates here. Raises Unauthorized."""
    rater = find_rater(request, code)
    if rater is None:
        raise Unauthorized(TAKEN_BACK + " Open the link of the panel to begin.")
    return rater


CurrentRater = Annotated[str, Depends(require_rater)]
