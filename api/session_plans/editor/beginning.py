"""Beginning plans of one's own: new, as a copy, or from a file."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.trail import record
from api.kit.errors import Conflict, Unprocessable
from api.kit.versioned_text import free_slug
from api.kit.yaml import Fault
from api.persistence.engine import now, write_engine
from api.session_plans.editor.fields import new_step
from api.session_plans.editor.keeping import OwnText, keep, read_own, within
from api.session_plans.editor.models import OwnPlan
from api.session_plans.plan_writer import write, write_data
from api.session_plans.reading import read

TRIES = 50  # for an address, while others take the same one


class Unreadable(Unprocessable):
    """A file that is no plan; `faults` say where and why."""

    def __init__(self, faults: list[Fault]) -> None:
        told = [{"pointer": "/file", "detail": say(fault)} for fault in faults]
        super().__init__("This file cannot be read as a session plan. Nothing was saved.", told)  # type: ignore[arg-type]
        self.faults = faults


def say(fault: Fault) -> str:
    """The fault as a sentence with its place."""
    return f"Line {fault.line}, column {fault.column}: {fault.message}"


def begin(engine: Engine, trainer: Trainer, title: str, shipped: Collection[str], levels: Mapping[str, int]) -> OwnText:
    """A plan with a card and a goodbye, still blank. `shipped` are slugs that are taken. Raises Unprocessable."""
    title = " ".join(title.split())[:80]

    def frame(slug: str) -> str:
        data: dict[str, Any] = {"slug": slug, "title": title, "audience": "psychoeducation", "who_for": "", "aim": ""}
        steps = [new_step("talk") | {"title": "Welcome"}, new_step("close")]
        return write_data(data | {"lengths": [20], "authors": [trainer.name], "steps": steps})

    return _add(engine, trainer, title, shipped, frame, levels)


def copy_data(
    engine: Engine, trainer: Trainer, data: Mapping[str, Any], shipped: Collection[str], levels: Mapping[str, int]
) -> OwnText:
    """A copy of what a plan file holds, good or not, under an address of its own."""
    named = data.get("title")
    title = f"{named[:73] if isinstance(named, str) else 'A plan'} (copy)"
    found = data.get("authors")
    authors = [*found] if isinstance(found, list | tuple) else []
    if trainer.name not in authors:
        authors.append(trainer.name)

    def text(slug: str) -> str:
        return write_data({**data, "slug": slug, "title": title, "authors": authors})

    return _add(engine, trainer, title, shipped, text, levels)


def take_file(
    engine: Engine, trainer: Trainer, content: bytes, shipped: Collection[str], levels: Mapping[str, int]
) -> OwnText:
    """A plan from a file, under the file's slug or one beside it. Raises Unreadable, TooLarge."""
    try:
        source = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise Unreadable([Fault(line, column, "the file is not UTF-8 text")]) from None
    source = within(source)
    plan, faults = read(source)
    if plan is None:
        raise Unreadable(faults)

    def text(slug: str) -> str:
        return source if slug == plan.slug else write(plan.model_copy(update={"slug": slug}))

    return _add(engine, trainer, plan.slug.replace("-", " "), shipped, text, levels)


def _add(
    engine: Engine,
    trainer: Trainer,
    words: str,
    shipped: Collection[str],
    source: Callable[[str], str],
    levels: Mapping[str, int],
) -> OwnText:
    require(trainer, "write_plan", own=True)
    for _ in range(TRIES):
        try:
            return _add_once(engine, trainer, words, shipped, source, levels)
        except IntegrityError:  # someone else has taken this address a moment ago: look for the next
            continue
    raise Conflict("Several plans with this title are being started at the moment. Please try again.")


def _add_once(
    engine: Engine,
    trainer: Trainer,
    words: str,
    shipped: Collection[str],
    source: Callable[[str], str],
    levels: Mapping[str, int],
) -> OwnText:
    assert trainer.id is not None
    with Session(write_engine(engine)) as db:
        slug = _slug_for(db, words, shipped)
        moment = now()
        row = OwnPlan(
            slug=slug, title=words[:80], author_id=trainer.id, revision=0, created_at=moment, changed_at=moment
        )
        db.add(row)
        db.flush()
        keep(db, row, trainer, within(source(slug)), levels)
        record(db, trainer, "begin_plan", slug)
        text = read_own(db, row, trainer)
        db.commit()
    return text


def _slug_for(db: Session, words: str, shipped: Collection[str]) -> str:
    """An address that neither a plan of one's own nor one of the product has yet."""
    of = select(OwnPlan.slug)
    return free_slug(words, "plan", lambda base: {*shipped, *db.exec(of.where(col(OwnPlan.slug).startswith(base)))})
