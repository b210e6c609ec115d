"""What commands say: results to standard output, everything else to standard error."""

import typer
from pydantic import ValidationError
from rich.console import Console

from api.kit.settings import Settings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str) -> typer.Exit:
    """Says in one line what is wrong and what to do, and ends with status 1."""
    err.print(message, style="bold", markup=False)
    return typer.Exit(1)


def read_settings() -> Settings:
    """The settings; ends with a line for each that cannot be, which never shows what was given for a secret."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            lines.append(f"THREE_CIRCLES_{name}: {fault['msg'].removeprefix('Value error, ')}.")
        raise fail("\n".join(lines)) from None
    except ValueError as error:
        raise fail(str(error)) from None
