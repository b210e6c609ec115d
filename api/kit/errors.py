"""Refusals that people can act on, each with its HTTP status."""

from collections.abc import Sequence

from typing_extensions import TypedDict

UNFORESEEN = "This is our fault, not yours. Please try again. If it happens again, tell the person who runs this site."


class FieldError(TypedDict):
    """One bad field: a JSON pointer into the body, and what would be right."""

    pointer: str
    detail: str


class Problem(Exception):
    """A refusal with its HTTP status. Nothing that was refused is half done."""

    status = 500
    title = "Sorry, something went wrong"

    def __init__(
        self, detail: str = UNFORESEEN, errors: Sequence[FieldError] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}


class Unauthorized(Problem):
    status, title = 401, "Please sign in"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    status, title = 403, "You do not have permission"


class NotFound(Problem):
    status, title = 404, "We could not find that"


class Ended(NotFound):
    """What was here has ended, and anyone who asks was part of it: `part` says as what."""

    title = "This group has ended"

    def __init__(self, part: str) -> None:
        super().__init__("This group has ended, and its answers have been deleted.")
        self.part = part


class Conflict(Problem):
    status, title = 409, "That cannot be done at this point"


class PreconditionFailed(Problem):
    """What `If-Match` named is no longer the newest."""

    status, title = 412, "Someone else saved changes before you"


class TooLarge(Problem):
    status, title = 413, "That is too long"


class Unprocessable(Problem):
    status, title = 422, "Please check what you entered"


class TooMany(Problem):
    status, title = 429, "Too many requests"

    def __init__(self, retry_after: int, detail: str = "") -> None:
        seconds = "1 second" if retry_after == 1 else f"{retry_after} seconds"
        super().__init__(
            detail or f"Please wait {seconds} and try again. Nothing is lost.",
            headers={"Retry-After": str(retry_after)},
        )


class Unavailable(Problem):
    status, title = 503, "We cannot save or load anything at the moment"

    def __init__(self, detail: str = "Your answer is not saved yet. Please send it again in a moment.") -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


class Busy(Problem):
    """Something that can wait, while what cannot is dealt with."""

    status, title = 503, "Please try again in a moment"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "5"})
