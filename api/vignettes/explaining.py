"""The explanation of a vignette as a part of pages: the same for everyone, so it is rendered once."""

from functools import lru_cache

from markupsafe import Markup

from api.vignettes.case import Case
from api.vignettes.view_models import view_explanation
from api.web.rendering import fragment


@lru_cache(maxsize=4096)
def explanation(case: Case, folded: bool = False) -> Markup:
    """The story with its cues, why the key says so, what speaks for the others, and questions.

    `folded`: for a phone in a group, where the rest stands behind a press and the facilitator asks the questions.
    """
    return Markup(fragment("practice/_explanation.html", {"view": view_explanation(case), "folded": folded}))  # noqa: S704  # a template
