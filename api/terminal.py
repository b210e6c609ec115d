"""What commands say: results to standard output, everything else to standard error."""

import typer
from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str) -> typer.Exit:
    """Says in one line what is wrong and what to do, and ends with status 1."""
    err.print(message, style="bold", markup=False)
    return typer.Exit(1)
