"""Imports that trainers started in the browser: read, shown, and carried out when they say so.

The file stands in the database while it is worked on, so that any process can tell how far it is.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import PurePath
from typing import Any, Literal

import structlog
from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.editorial.models import ImportJob
from api.exchange.formats.rows import LARGEST_UPLOAD, Progress, Refused
from api.exchange.import_report import Report
from api.exchange.import_work import Cancelled, Task, run
from api.kit.errors import Busy, Conflict, NotFound, TooLarge, Unprocessable
from api.persistence.engine import now, table, write_engine

State = Literal["reading", "ready", "refused", "importing", "done", "stopped"]

KEPT = timedelta(days=1)
# Progress is written this often at most.
STEP = 50
AT_ONCE = 4  # imports in one process: each holds a file and what was read of it in memory

_job = table(ImportJob)

_places = threading.BoundedSemaphore(AT_ONCE)

log = structlog.get_logger()


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


def carry_out(engine: Engine, trainer: Trainer, token: str, *, replace: bool = False) -> None:
    """Starts what the report told; drafts of others are replaced only with `replace`.

    Raises Conflict when it is not ready, Busy, NotFound, Forbidden.
    """
    require(trainer, "import")
    with _place_for(engine, token, partial(_import, replace=replace)):
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
    """Forgets the file, and stops what is done with it. What has been imported stays."""
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
        except Cancelled:
            log.info("import_cancelled")
        except Exception as error:  # whatever it is, the trainer is told that it stopped
            log.exception("import_stopped", error=type(error).__name__)
            _note(engine, token, state="stopped")
        finally:
            _places.release()

    threading.Thread(target=run, name="import", daemon=True).start()


def _read(engine: Engine, token: str) -> None:
    report = _work(engine, token)
    if report is not None:
        _note(engine, token, state="refused" if report.refused else "ready", report=asdict(report))


def _import(engine: Engine, token: str, *, replace: bool) -> None:
    report = _work(engine, token, apply=True, replace=replace)
    if report is not None:
        _note(engine, token, state="refused" if report.refused else "done", report=asdict(report), data=b"")


def _work(engine: Engine, token: str, *, apply: bool = False, replace: bool = True) -> Report | None:
    """Reads the job's file, and carries it out with `apply`; None when it cannot be read, which the job then tells."""
    wanted = (_job.c.name, _job.c.data, _job.c.trainer_id)
    with engine.connect() as connection:
        row = connection.execute(select(*wanted).where(_job.c.token == token)).one_or_none()
    if row is None:
        raise Cancelled
    task = Task(row.name, row.trainer_id, apply=apply, replace=replace)
    try:
        return run(engine, task, row.data, _teller(engine, token))
    except Refused as refused:
        _note(engine, token, state="refused", report=asdict(Report(str(refused), {}, (), 0)))
        return None


def _teller(engine: Engine, token: str) -> Progress:
    """Writes down how far it is. Raises Cancelled once the trainer has thrown the file away."""

    def tell(done: int, total: int) -> None:
        if (done % STEP == 0 or done == total) and not _note(engine, token, done=done, total=total):
            raise Cancelled

    return tell


def _note(engine: Engine, token: str, **values: Any) -> bool:
    """Keeps what there is to tell of a job; says whether it is still there."""
    with Session(write_engine(engine)) as db:
        there = db.exec(update(ImportJob).where(col(ImportJob.token) == token).values(**values)).rowcount
        db.commit()
    return there > 0


def delete_jobs_of(db: Session, trainer_id: int) -> None:
    """Deletes the trainer's files that wait for an import."""
    db.exec(delete(ImportJob).where(col(ImportJob.trainer_id) == trainer_id))
