"""How hard vignettes have proved, read for a few at a time and remembered for a minute by this process."""

from collections.abc import Iterable, Mapping
from time import monotonic

from sqlalchemy import Connection, bindparam, select

from api.persistence.engine import insert_into, table
from api.practice.elo import step
from api.practice.models import Difficulty
from api.practice.shelf import Item
from api.practice.state import start_of

FRESH_SECONDS = 60.0

_difficulty = table(Difficulty)
_READ = select(_difficulty.c.vignette_id, _difficulty.c.series, _difficulty.c.delta, _difficulty.c.n).where(
    _difficulty.c.vignette_id.in_(bindparam("ids", expanding=True))
)


class Difficulties:
    """Elo difficulties by vignette, each with the number of first attempts behind it."""

    def __init__(self, series: Mapping[int, int]) -> None:
        self.series = series  # by vignette id
        self._known: dict[int, tuple[float, float, int]] = {}  # when read, difficulty, number

    def read(self, connection: Connection, items: Iterable[Item]) -> dict[int, float]:
        """The difficulty of each item by its id; asks the database at most once, and for what is not known yet."""
        now = monotonic()
        items = list(items)
        old = [item for item in items if item.id not in self._known or self._known[item.id][0] < now - FRESH_SECONDS]
        if old:
            rows = connection.execute(_READ, {"ids": [item.id for item in old]})
            found = {row.vignette_id: row for row in rows if row.series == self.series.get(row.vignette_id)}
            for item in old:
                row = found.get(item.id)
                self._known[item.id] = (now, row.delta, row.n) if row else (now, start_of(item), 0)
        return {item.id: self._known[item.id][1] for item in items}

    def move(self, connection: Connection, surprises: Iterable[tuple[Item, float]]) -> None:
        """Moves each item's difficulty against the surprise of one first attempt: δ −= K(n)·surprise."""
        steps: dict[int, tuple[Item, float, int]] = {}
        for item, surprise in surprises:
            _, total, count = steps.get(item.id, (item, 0.0, 0))
            _, _, n = self._known[item.id]
            steps[item.id] = (item, total - step(n + count) * surprise, count + 1)
        # In the order of their keys, so that two processes on one database cannot wait for each other.
        for vignette_id, (item, by, count) in sorted(steps.items(), key=lambda pair: pair[0]):
            statement = insert_into(_difficulty, connection).values(
                vignette_id=vignette_id, series=self.series[vignette_id], delta=start_of(item) + by, n=count
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["vignette_id", "series"],
                    set_={"delta": _difficulty.c.delta + by, "n": _difficulty.c.n + count},
                )
            )
            read_at, delta, n = self._known[vignette_id]
            self._known[vignette_id] = (read_at, delta + by, n + count)
