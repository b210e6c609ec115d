"""What choosing the next case costs, and whether it costs more with a large library and many learners."""

import json
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random
from sqlite3 import connect
from statistics import median

from rich.console import Console
from sqlalchemy import Engine

from api.persistence.engine import make_engine
from api.persistence.migrations.running import upgrade
from api.practice.service import Practice
from api.practice.shelf import Item
from api.practice.state import Given, State, fold, start_of
from api.server import spare_the_collector
from api.vignettes.catalogue import Catalogue, Vignette
from api.vignettes.reading import read
from tests.bench.made_up_library import make_library
from tests.cast import ANA_FILE

SMALL, LARGE = (100, 1_000), (10_000, 100_000)  # vignettes, learners
GUESSES = 30  # of each learner; the last three are not folded yet
TARGET_MS = 5.0
ASKED = 400


def run(console: Console, *, rounds: int | None, large: tuple[int, int] = LARGE) -> bool:
    """Prints medians, 99th percentiles and the growth; says whether the large one stays below the target."""
    asked = rounds or ASKED
    medians = []
    for vignettes, learners in (SMALL, large):
        with tempfile.TemporaryDirectory(prefix="three-circles-load-") as folder:
            times = _measure(Path(folder) / "practice.db", vignettes, learners, asked)
        elapsed = sorted(elapsed for elapsed, _ in times)
        medians.append(median(elapsed))
        console.print(
            f"{vignettes:,} vignettes, {learners:,} learners with {GUESSES} answers each: "
            f"median {1e3 * medians[-1]:.2f} ms (processor {1e3 * median(work for _, work in times):.2f} ms), "
            f"99 % below {1e3 * elapsed[int(0.99 * len(times))]:.2f} ms; {asked} choices"
        )
    console.print(f"growth of the median {medians[1] / medians[0]:.2f}; target below {TARGET_MS:.0f} ms at the larger")
    return 1e3 * medians[1] < TARGET_MS


def _measure(path: Path, vignettes: int, learners: int, asked: int) -> list[tuple[float, float]]:
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    items, _ = make_library("choosing", vignettes)
    catalogue = _catalogue(engine, items)
    _fill(path, items, learners)
    practice = Practice(engine)
    random = Random("choosing")
    practice.next_case(catalogue, "learner 0")  # makes the shelf, once for a library
    spare_the_collector()
    times = []
    for _ in range(asked):
        learner = f"learner {random.randrange(learners)}"
        started, worked = time.perf_counter(), time.thread_time()
        found = practice.next_case(catalogue, learner)
        times.append((time.perf_counter() - started, time.thread_time() - worked))
        assert found.choice is not None
    engine.dispose()
    return times


def _catalogue(engine: Engine, items: list[Item]) -> Catalogue:
    pattern, _ = read(ANA_FILE)
    assert pattern is not None
    made = {}
    for item in items:
        key = pattern.head.key.model_copy(update={"dominant": item.dominant, "acceptable": list(item.acceptable)})
        changes = {"slug": item.slug, "level": item.level, "skills": list(item.skills), "key": key}
        case = pattern.model_copy(update={"head": pattern.head.model_copy(update=changes)})
        made[item.slug] = Vignette(item.id, 1, 1, "built-in", case)
    catalogue = Catalogue(engine)
    catalogue.vignettes = made
    return catalogue


def _fill(path: Path, items: list[Item], learners: int) -> None:
    """Histories: every learner has met some people; what is known of them is kept as the product keeps it."""
    random = Random("histories")
    answers = ("threat", "drive", "soothing", "unsure")
    rows, states, identity = [], [], 0
    # A few histories are folded in full; the many learners take turns with them.
    histories = []
    for _ in range(200):
        state, given = State(), []
        for number, item in enumerate(random.sample(items, GUESSES)):
            system = item.dominant if random.random() < 0.7 else random.choice(answers)
            at = 1_700_000_000.0 + 86_400 * (number // 10) + 60 * number
            answer = Given(item.id, system, random.choice(("guessing", "leaning", "sure")), 1, at)
            if number < GUESSES - 3:
                fold(state, answer, item, start_of)
            given.append(answer)
        histories.append((json.dumps(state.to_json()), given))
    for number in range(learners):
        text, given = histories[number % len(histories)]
        for place, answer in enumerate(given):
            identity += 1
            rows.append((identity, f"learner {number}", answer.vignette_id, answer.system, answer.confidence))
            if place == GUESSES - 4:
                states.append((f"learner {number}", identity, GUESSES - 3, text))
    with closing(connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.executemany(
            "INSERT INTO vignette (id, slug, status, origin, version, series) "
            "VALUES (?, ?, 'published', 'built-in', 1, 1)",
            [(item.id, item.slug) for item in items],
        )
        connection.executemany(
            "INSERT INTO guess (id, learner, vignette_id, series, version, attempt, system, confidence, created_at) "
            "VALUES (?, ?, ?, 1, 1, 1, ?, ?, '2026-01-05 09:00:00.000000')",
            rows,
        )
        connection.executemany("INSERT INTO practice_state (learner, upto, folded, state) VALUES (?, ?, ?, ?)", states)
        connection.executemany(
            "INSERT INTO difficulty (vignette_id, series, delta, n) VALUES (?, 1, ?, 20)",
            [(item.id, start_of(item)) for item in items],
        )
