"""Markdown of explanations as safe HTML, and words in quotation marks."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_TAGS = {"p", "em", "strong", "ul", "ol", "li", "blockquote", "br"}
_markdown = MarkdownIt("commonmark", {"html": False})
LONGEST = 5_000  # characters of one text; the longest honest one is a quarter of this


@lru_cache(maxsize=4096)
def html(text: str) -> Markup:
    """Paragraphs, emphasis, lists and quotations; everything else is dropped. Too long a text stays as it was typed."""
    if len(text) > LONGEST:
        return Markup("<p>{}</p>").format(text)
    return Markup(nh3.clean(_markdown.render(text), tags=_TAGS, attributes={}))  # noqa: S704


@lru_cache(maxsize=4096)
def inline(text: str) -> Markup:
    """One line with emphasis, and no paragraph around it."""
    if len(text) > LONGEST:
        return escape(text)
    return Markup(nh3.clean(_markdown.renderInline(text), tags=_TAGS, attributes={}))  # noqa: S704


_OPENING, _CLOSING = '“‘«„"', '”»"'


def quoted(text: str) -> str:
    """Words in quotation marks, once: those that the words begin or end with themselves are left out.

    A closing ’ is taken for a quotation mark only where the words also open with one, or after the end of a sentence:
    else it belongs to a word.
    """
    inner = text.strip()
    opened = inner[:1] in _OPENING
    inner = inner.lstrip(_OPENING + "'" if opened else _OPENING).rstrip(_CLOSING)
    if inner.endswith(("’", "'")) and (opened or inner[-2:-1] in ".!?,…"):
        inner = inner[:-1]
    return f"“{inner}”"
