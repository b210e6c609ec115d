"""The sign-in form, for every page that needs somebody signed in."""

from fastapi import Request
from fastapi.responses import Response

from api.web.rendering import render


def sign_in_page(request: Request, error: str | None = None, name: str = "", status: int = 200) -> Response:
    """The form; with an error after a refused try."""
    return render(
        request,
        "accounts/sign_in.html",
        title="Sign in",
        section="trainers",
        status_code=status,
        error=error,
        name=name,
    )
