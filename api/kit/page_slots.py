"""Pages with slots: rendered once for many, with marks where each has something else."""

from markupsafe import Markup


def slot(name: str) -> Markup:
    """A mark to render in place of what differs."""
    return Markup(f"<!-- slot: {name} -->")  # noqa: S704  # our own names


def cut(page: str, *marks: Markup) -> tuple[str, ...]:
    """The pieces before, between and after the marks, which stand in the page in this order."""
    pieces = []
    for mark in marks:
        piece, found, page = page.partition(mark)
        if not found:
            raise ValueError(f"{mark} is not in the page")
        pieces.append(piece)
    return (*pieces, page)
