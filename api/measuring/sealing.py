"""Sealing stories for a course and letting them go again. While a story is sealed it is shown nowhere else."""

from collections.abc import Collection, Iterable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlmodel import Session

from api.groups.models import GroupRound
from api.groups.sessions.models import GuidedPlan
from api.kit import assets
from api.measuring.models import Course
from api.measuring.timing import last_day
from api.persistence.engine import now, table, write_engine
from api.session_plans.editor.models import OwnPlan, OwnPlanText
from api.vignettes.catalogue import PUBLISHED, SEALED, Vignette
from api.vignettes.models import Vignette as VignetteRow
from api.vignettes.storing import tell_others

_vignette, _course, _round = table(VignetteRow), table(Course), table(GroupRound)


def spoken_for(engine: Engine, folders: Iterable[Path], library: Collection[Vignette]) -> set[int]:
    """The stories that a session plan, a suggestion, the help or a running group uses: they cannot be sealed."""
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix in (".yaml", ".yml")
    ]
    texts += [unescape(page.read_text(encoding="utf-8")) for page in assets.HELP.rglob("*.html")]
    with engine.connect() as connection:
        for column in (table(OwnPlan).c.offered, table(OwnPlanText).c.source, table(GuidedPlan).c.document):
            texts += [str(text) for text in connection.execute(select(column)).scalars() if text]
        used = set(connection.execute(select(_round.c.vignette_id)).scalars())
    whole = "\n".join(texts)
    return used | {
        one.id
        for one in library
        if any(words in whole for words in (one.slug, one.case.head.title, one.case.story.partition(".")[0]))
    }


def seal(db: Session, stories: Iterable[int]) -> bool:
    """Seals published stories, in the caller's transaction; whether all of them were there to be sealed."""
    wanted = set(stories)
    there = db.connection().execute(
        select(_vignette.c.id)
        .where(_vignette.c.id.in_(wanted), _vignette.c.status.in_((PUBLISHED, SEALED)))
        .with_for_update()
    )
    if set(there.scalars()) != wanted:
        return False
    db.connection().execute(update(_vignette).where(_vignette.c.id.in_(wanted)).values(status=SEALED))
    tell_others(db)
    return True


def release(engine: Engine, today: date | None = None) -> int:
    """Publishes again what no running course needs, and says how many stories."""
    with Session(write_engine(engine)) as db:
        needed = {story for course in running(db.connection(), today) for own in course.sets for story in own}
        sealed = set(db.connection().execute(select(_vignette.c.id).where(_vignette.c.status == SEALED)).scalars())
        free = sealed - needed
        if free:
            db.connection().execute(update(_vignette).where(_vignette.c.id.in_(free)).values(status=PUBLISHED))
            tell_others(db)
            db.commit()
    return len(free)


def running(connection: Connection, today: date | None = None) -> list[Any]:
    """The courses whose stories are still sealed."""
    day = today or now().date()
    rows = connection.execute(select(*_course.c).where(_course.c.stopped_at.is_(None)))
    return [row for row in rows if last_day(row.ends) >= day]
