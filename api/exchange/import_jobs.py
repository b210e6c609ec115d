"""Imports that trainers started in the browser: read, shown, and carried out when they say so.

The file stands in the database while it is worked on, so that any process can tell how far it is.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Any, Literal, Self

import structlog
from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.editorial.models import ImportJob
from api.exchange.formats import read_file
from api.exchange.formats.rows import LARGEST_UPLOAD, Progress, Refused, Row
from api.exchange.import_preview import ImportPreview
from api.exchange.importing import apply, planned
from api.kit.errors import Busy, Conflict, NotFound, TooLarge, Unprocessable
from api.persistence.engine import now, table, write_engine

State = Literal["reading", "ready", "refused", "importing", "done", "stopped"]

KEPT = timedelta(days=1)
SHOWN = 300  # rows; of a longer file the ones with faults come first, then what changes
# Progress is written this often at most.
STEP = 50
AT_ONCE = 4  # imports in one process: each holds a file and what was read of it in memory

_job = table(ImportJob)

_places = threading.BoundedSemaphore(AT_ONCE)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the report: where it stands, what happens to it, and why."""

    place: str
    slug: str
    action: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import would do or has done. `more` is the number of rows that are not shown."""

    summary: str
    counts: dict[str, int]
    lines: tuple[ImportRow, ...]
    more: int

    @classmethod
    def of(cls, plan: ImportPreview) -> Self:
        order = {"fault": 0, "create": 1, "update": 2, "unchanged": 3}
        steps = sorted(plan.steps, key=lambda step: order[step.action])
        lines = tuple(
            ImportRow(
                step.place,
                step.slug or "",
                step.action,
                (*(f"{f.place}: {f.message}" for f in step.findings), *step.changes),
            )
            for step in steps[:SHOWN]
        )
        return cls(
            plan.summary,
            {str(action): count for action, count in plan.counts.items()},
            lines,
            max(0, len(steps) - SHOWN),
        )

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        lines = tuple(ImportRow(**line | {"told": tuple(line["told"])}) for line in kept["lines"])
        return cls(kept["summary"], kept["counts"], lines, kept["more"])


@dataclass(frozen=True, slots=True)
class Job:
    """How far an import is: `done` of `total` rows of the present step, or 0 of 0 at its start."""

    token: str
    name: str
    state: State
    done: int
    total: int
    report: Report | None


@contextmanager
def place() -> Iterator[None]:
    """One of the places for imports, for as long as it lasts. Raises Busy when all are taken."""
    _take_place()
    try:
        yield
    finally:
        _places.release()


def _take_place() -> None:
    if not _places.acquire(blocking=False):
        raise Busy(f"{AT_ONCE} imports are under way at the moment. Nothing was changed; send yours again in a minute.")


def begin(engine: Engine, trainer: Trainer, name: str, data: bytes) -> str:
    """Takes a file and starts to read it; gives the token of the job.

    Raises Unprocessable, TooLarge, Forbidden, and Busy when very many are being read.
    """
    require(trainer, "import")
    name = PurePath(name.replace("\\", "/")).name[:200]
    if not data:
        raise Unprocessable("Choose a file first.", [{"pointer": "/file", "detail": "a file that is not empty"}])
    if len(data) > LARGEST_UPLOAD:
        raise TooLarge(f"The file is larger than {LARGEST_UPLOAD // 2**20} MB. Split it into smaller files.")
    token = secrets.token_urlsafe(16)
    assert trainer.id is not None
    job = ImportJob(token=token, trainer_id=trainer.id, name=name, data=data, state="reading", created_at=now())
    with _place_for(engine, token, _read), Session(write_engine(engine)) as db:
        db.exec(delete(ImportJob).where(col(ImportJob.created_at) < now() - KEPT))
        db.add(job)
        db.commit()
    return token


def find(engine: Engine, trainer: Trainer, token: str) -> Job:
    """How far one's own import is. Raises NotFound."""
    # All but the file itself.
    shown = (_job.c.token, _job.c.name, _job.c.state, _job.c.done, _job.c.total, _job.c.report)
    with engine.connect() as connection:
        row = connection.execute(
            select(*shown).where(_job.c.token == token, _job.c.trainer_id == trainer.id)
        ).one_or_none()
    if row is None:
        raise NotFound("This import has finished or expired. Choose the file again to start a new import.")
    return Job(row.token, row.name, row.state, row.done, row.total, Report.read(row.report) if row.report else None)


def carry_out(engine: Engine, trainer: Trainer, token: str) -> None:
    """Starts what the report told. Raises Conflict when it is not ready, Busy, NotFound, Forbidden."""
    require(trainer, "import")
    with _place_for(engine, token, _import):
        with Session(write_engine(engine)) as db:
            moved = db.exec(
                update(ImportJob)
                .where(
                    col(ImportJob.token) == token,
                    col(ImportJob.trainer_id) == trainer.id,
                    col(ImportJob.state).in_(("ready", "stopped")),
                )
                .values(state="importing", done=0, total=0)
            )
            db.commit()
        if not moved.rowcount:
            find(engine, trainer, token)
            raise Conflict("This import has already started or finished.")


def throw_away(engine: Engine, trainer: Trainer, token: str) -> None:
    """Forgets the file. What has been imported stays."""
    with Session(write_engine(engine)) as db:
        db.exec(delete(ImportJob).where(col(ImportJob.token) == token, col(ImportJob.trainer_id) == trainer.id))
        db.commit()


@contextmanager
def _place_for(engine: Engine, token: str, work: Any) -> Iterator[None]:
    """Takes a place, and once what is to be written first is written, begins the work, which gives the place back."""
    _take_place()
    try:
        yield
        _in_background(engine, token, work)
    except BaseException:
        _places.release()
        raise


def _in_background(engine: Engine, token: str, work: Any) -> None:
    def run() -> None:
        try:
            work(engine, token)
        except Exception as error:  # whatever it is, the trainer is told that it stopped
            log.exception("import_stopped", error=type(error).__name__)
            _note(engine, token, state="stopped")
        finally:
            _places.release()

    threading.Thread(target=run, name="import", daemon=True).start()


def _read(engine: Engine, token: str) -> None:
    rows = _rows(engine, token)
    if rows is not None:
        plan = planned(engine, rows)
        _note(engine, token, state="refused" if plan.refused else "ready", report=asdict(Report.of(plan)))


def _import(engine: Engine, token: str) -> None:
    rows = _rows(engine, token)
    if rows is None:
        return
    with engine.connect() as connection:
        author = connection.execute(select(_job.c.trainer_id).where(_job.c.token == token)).scalar_one()
    plan = apply(engine, rows, author, progress=_teller(engine, token))
    _note(engine, token, state="refused" if plan.refused else "done", report=asdict(Report.of(plan)), data=b"")


def _rows(engine: Engine, token: str) -> list[Row] | None:
    """The rows of the job's file; None when it cannot be read, which the job then tells."""
    with engine.connect() as connection:
        name, data = connection.execute(select(_job.c.name, _job.c.data).where(_job.c.token == token)).one()
    try:
        return read_file(name, data, _teller(engine, token))
    except Refused as refused:
        _note(engine, token, state="refused", report=asdict(Report(str(refused), {}, (), 0)))
        return None


def _teller(engine: Engine, token: str) -> Progress:
    def tell(done: int, total: int) -> None:
        if done % STEP == 0 or done == total:
            _note(engine, token, done=done, total=total)

    return tell


def _note(engine: Engine, token: str, **values: Any) -> None:
    with Session(write_engine(engine)) as db:
        db.exec(update(ImportJob).where(col(ImportJob.token) == token).values(**values))
        db.commit()


def delete_jobs_of(db: Session, trainer_id: int) -> None:
    """Deletes the trainer's files that wait for an import."""
    db.exec(delete(ImportJob).where(col(ImportJob.trainer_id) == trainer_id))
