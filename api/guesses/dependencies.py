"""What other routers ask before they take a guess."""

from fastapi import Request

from api.web.rate_limit import limiter_of


def take_guess(request: Request, who: str) -> None:
    """Counts a guess of this learner or member and this address; raises TooMany."""
    limiter = limiter_of(request)
    limiter.take_here(request, who)
