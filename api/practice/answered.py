"""The stories that a learner has answered, with their answer beside the suggested one: to look back at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from api.guesses.models import Guess
from api.guesses.rules import MATCH_LABEL, match
from api.kit.systems import NAME, Answer, System
from api.persistence.engine import table
from api.vignettes.catalogue import Catalogue
from api.vignettes.models import Vignette

PAGE = 40  # stories on one page
_guess, _vignette = table(Guess), table(Vignette)


@dataclass(frozen=True, slots=True)
class AnsweredStory:
    """One story with the newest answer; `differs` where the key accepts another one."""

    slug: str
    title: str
    given: Answer
    given_name: str
    dominant: System
    match_label: str
    differs: bool
    at: datetime


def answered_stories(
    engine: Engine, catalogue: Catalogue, learner: str, after: int = 0, number: int | None = None
) -> list[AnsweredStory]:
    """The newest answer to each story, the newest first; or the first `number` answers after a guess, in their order.

    A story stands there as it was read. One whose text is kept nowhere any more is left out.
    """
    columns = (_vignette.c.id, _vignette.c.slug, _guess.c.version, _guess.c.system, _guess.c.created_at)
    statement = select(*columns).join(_vignette, _vignette.c.id == _guess.c.vignette_id)
    if number is None:
        newest = select(func.max(_guess.c.id)).where(_guess.c.learner == learner).group_by(_guess.c.vignette_id)
        statement = statement.where(_guess.c.id.in_(newest)).order_by(_guess.c.id.desc())
    else:
        here = (_guess.c.learner == learner, _guess.c.id > after)
        statement = statement.where(*here).order_by(_guess.c.id).limit(number)
    with engine.connect() as connection:
        rows = connection.execute(statement).all()
    found = []
    for identity, slug, version, system, at in rows:
        if (vignette := catalogue.version(identity, version)) is not None:
            matched = match(system, vignette.case)
            found.append(
                AnsweredStory(
                    slug=slug,
                    title=vignette.case.head.title,
                    given=system,
                    given_name=NAME[system],
                    dominant=vignette.case.head.key.dominant,
                    match_label=MATCH_LABEL[matched],
                    differs=system not in vignette.case.acceptable,
                    at=at,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class AnsweredView:
    """One page of the list; `stories` and `differing` count all of it."""

    rows: Sequence[AnsweredStory]
    stories: int
    differing: int
    only_differing: bool
    page: int
    pages: int


def view_answered(stories: Sequence[AnsweredStory], only_differing: bool, page: int) -> AnsweredView:
    """The page of that number, the last one where there are fewer."""
    differing = [story for story in stories if story.differs]
    shown = differing if only_differing else list(stories)
    pages = max(1, -(-len(shown) // PAGE))
    page = min(page, pages)
    return AnsweredView(
        shown[(page - 1) * PAGE : page * PAGE], len(stories), len(differing), only_differing, page, pages
    )
