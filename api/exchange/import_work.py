"""Reads a file and carries it out: a large one in a process of its own, so that people who answer meanwhile lose no
processor time to it.

The process gets its task and the file on its input, tells how far it is in lines of JSON, and ends with a report. It
has no more memory than LARGEST_MEMORY, stands behind everyone else in line for the processor, and ends by itself when
no one reads what it tells any more.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any, Final

from sqlalchemy import Engine

from api.exchange.formats import read_file
from api.exchange.formats.rows import Progress, Refused
from api.exchange.import_report import Report
from api.exchange.importing import apply, current_case, planned
from api.persistence.engine import make_engine

SMALL: Final = 64 * 1024  # bytes; a smaller file is read before a process has begun
LARGEST_MEMORY: Final = 2 * 1024**3  # bytes of address space
BEHIND: Final = 10  # of the 19 steps behind others in line
STEP: Final = 50  # rows between two lines


class Cancelled(Exception):  # it is no error
    """The trainer has thrown the file away."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with a file of this name: tell what it would do, or `apply` it, in the name of `author_id`."""

    name: str
    author_id: int | None
    apply: bool = False
    replace: bool = True


def run(engine: Engine, task: Task, data: bytes, progress: Progress) -> Report:
    """Does the task here or in a process of its own. Raises Refused, and whatever `progress` raises."""
    return _run_here(engine, task, data, progress) if len(data) <= SMALL else _run_apart(engine, task, data, progress)


def _run_here(engine: Engine, task: Task, data: bytes, progress: Progress) -> Report:
    rows = read_file(task.name, data, progress, current_case(engine))
    if task.apply:
        return Report.of(apply(engine, rows, task.author_id, replace=task.replace, progress=progress))
    return Report.of(planned(engine, rows, task.author_id, replace=task.replace))


def _run_apart(engine: Engine, task: Task, data: bytes, progress: Progress) -> Report:
    told = {"url": engine.url.render_as_string(hide_password=False), "task": asdict(task)}
    child = subprocess.Popen(  # this very program
        [sys.executable, "-m", "api.exchange.import_work"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(told).encode() + b"\n" + data)
        child.stdin.close()
        for line in _lines(child.stdout):
            if "report" in line:
                return Report.read(line["report"])
            if "refused" in line:
                raise Refused(line["refused"])
            progress(line["done"], line["total"])
        raise RuntimeError(f"the import's process ended with {child.wait()}")
    finally:
        child.kill()
        child.wait()


def _lines(stream: IO[bytes]) -> Iterator[Any]:
    for line in stream:
        yield json.loads(line)


def main() -> None:
    """The process's own part: a task on the input, lines on the output."""
    os.nice(BEHIND)
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    told = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()

    def tell(**line: Any) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    def progress(done: int, total: int) -> None:
        if done % STEP == 0 or done == total:
            tell(done=done, total=total)

    engine = make_engine(told["url"])
    try:
        tell(report=asdict(_run_here(engine, Task(**told["task"]), data, progress)))
    except Refused as refused:
        tell(refused=str(refused))
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
