"""Content notes are shown before a story; a browser can say once that it need not be asked again today."""

from fastapi import Request, Response

from api.accounts.cookies import put_cookie, read_cookie
from api.vignettes.case import Case

COOKIE = "content-notes"
_GO_ON = "go-on"

_LASTS = 12 * 3600  # seconds: one day's practice


def is_open(request: Request, case: Case, asked: bool) -> bool:
    """Whether the story may stand on the page: no note, a note that was read, or no asking today."""
    return asked or case.head.content_note is None or read_cookie(request, COOKIE) == _GO_ON


def stop_asking(request: Request, response: Response) -> None:
    """From now on stories open at once, with their note above them."""
    put_cookie(request, response, COOKIE, _GO_ON, _LASTS)
