"""Markdown of explanations as safe HTML."""

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
