"""Refusals that people can act on, each with its HTTP status."""

from collections.abc import Sequence

from typing_extensions import TypedDict

UNFORESEEN = "It is not you. Please try again, and tell whoever runs this if it stays."


class FieldError(TypedDict):
    """One bad field: a JSON pointer into the body, and what would be right."""

    pointer: str
    detail: str


class Problem(Exception):
    """A refusal with its HTTP status. Nothing that was refused is half done."""

    status = 500
    title = "Something went wrong here"

    def __init__(
        self, detail: str = UNFORESEEN, errors: Sequence[FieldError] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}


class Unauthorized(Problem):
    status, title = 401, "Please say who is asking"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    status, title = 403, "This is not open to you"


class NotFound(Problem):
    status, title = 404, "We could not find that"


class Conflict(Problem):
    status, title = 409, "That does not fit right now"


class Stale(Problem):
    """Somebody else has saved since; `theirs` is the text as it now stands, `etag` its mark."""

    status, title = 412, "Somebody else has saved in the meantime"

    def __init__(self, detail: str, theirs: str = "", etag: str = "") -> None:
        super().__init__(detail, headers={"ETag": f'"{etag}"'} if etag else {})
        self.theirs, self.etag = theirs, etag


class TooLarge(Problem):
    status, title = 413, "That is too long"


class Unprocessable(Problem):
    status, title = 422, "Something is missing or not understood"


class TooMany(Problem):
    status, title = 429, "That was a lot at once"

    def __init__(self, retry_after: int, detail: str = "") -> None:
        super().__init__(
            detail or f"Please wait {retry_after} seconds and try again. Nothing is lost.",
            headers={"Retry-After": str(retry_after)},
        )


class Unavailable(Problem):
    status, title = 503, "We cannot keep your answer right now"

    def __init__(self, detail: str = "It is not lost on your side. Please send it again in a moment.") -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


class Busy(Problem):
    """Something that can wait, while what cannot is dealt with."""

    status, title = 503, "Please look again in a moment"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "5"})
