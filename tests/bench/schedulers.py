"""Ways to order the same number of cases: ours, and the four that it is compared with."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from fsrs import Card, Rating, Scheduler

from api.kit.systems import SYSTEMS
from api.practice.choosing import choose
from api.practice.elo import step
from api.practice.shelf import Item, PracticeIndex
from api.practice.skills import DAY
from api.practice.state import Given, State, fold, start_of
from tests.bench.learner import Answer, Learner, weight

EPOCH = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Order(Protocol):
    """Chooses case after case; `day` is days since the first sitting, `place` counts from 0 within one."""

    def next(self, day: float, place: int) -> Item: ...
    def answered(self, item: Item, answer: Answer, day: float) -> None: ...


class Listed:
    """Goes through a list again and again; a shuffled one is shuffled anew each time round."""

    def __init__(self, items: Sequence[Item], random: Random | None = None) -> None:
        self._items, self._random = list(items), random
        self._left: list[Item] = []

    def next(self, day: float, place: int) -> Item:
        if not self._left:
            self._left = list(self._items)
            if self._random:
                self._random.shuffle(self._left)
        return self._left.pop(0)

    def answered(self, item: Item, answer: Answer, day: float) -> None:
        pass


class Anki:
    """Spacing by vignette with FSRS at its own settings: those due first, else the next new one of the library.

    At most half of a sitting is new; when nothing is due and no new one is allowed, the one that is due soonest.
    """

    NEW = 5

    def __init__(self, items: Sequence[Item], random: Random) -> None:
        self._new = list(items)
        random.shuffle(self._new)
        self._cards: dict[int, tuple[Item, Card]] = {}
        self._scheduler = Scheduler(enable_fuzzing=False)
        self._given = 0

    def next(self, day: float, place: int) -> Item:
        if place == 0:
            self._given = 0
        now = EPOCH + timedelta(days=day)
        soonest = min(self._cards.values(), key=lambda pair: pair[1].due, default=None)
        if soonest is not None and (soonest[1].due <= now or not self._new or self._given >= self.NEW):
            return soonest[0]
        self._given += 1
        return self._new.pop(0)

    def answered(self, item: Item, answer: Answer, day: float) -> None:
        _, card = self._cards.get(item.id, (item, Card(card_id=1)))
        rating = Rating.Good if answer.matches else Rating.Again
        card, _ = self._scheduler.review_card(card, rating, EPOCH + timedelta(days=day))
        self._cards[item.id] = (item, card)


class Ours:
    """The product's own choice, with the state folded after every answer and difficulties learned as it does."""

    def __init__(self, items: Sequence[Item], random: Random, difficulties: dict[int, tuple[float, int]]) -> None:
        self._shelf, self._random, self._state = PracticeIndex(items), random, State()
        self._difficulties = difficulties
        self._today: set[int] = set()
        self._attempts: dict[int, int] = {}

    def next(self, day: float, place: int) -> Item:
        if place == 0:
            self._today = set()
        known = self._difficulties
        choice = choose(
            self._shelf,
            self._state,
            EPOCH.timestamp() + day * DAY,
            lambda items: {item.id: known.get(item.id, (start_of(item), 0))[0] for item in items},
            self._random,
            without=self._today,
        )
        assert choice is not None
        self._today.add(choice.item.id)
        return choice.item

    def answered(self, item: Item, answer: Answer, day: float) -> None:
        delta, n = self._difficulties.get(item.id, (start_of(item), 0))
        attempt = self._attempts[item.id] = self._attempts.get(item.id, 0) + 1
        at = EPOCH.timestamp() + day * DAY
        given = Given(item.id, answer.system, answer.confidence, attempt, at)
        moved = fold(self._state, given, item, lambda _: delta)
        if moved is not None:
            self._difficulties[item.id] = (delta - step(n) * moved, n + 1)


class Knowing:
    """No scheduler can be built so: it looks into the learner's head and takes what teaches most in the next minute."""

    def __init__(self, items: Sequence[Item], learner: Learner) -> None:
        self._items, self._learner = items, learner

    def next(self, day: float, place: int) -> Item:
        return max(self._items, key=self._taught)

    def answered(self, item: Item, answer: Answer, day: float) -> None:
        pass

    def _taught(self, item: Item) -> float:
        learner, parameters = self._learner, self._learner.parameters
        times, _ = learner.met.get(item.id, (0, 0.0))
        before = learner.before
        same = before is not None and before.dominant == item.dominant
        factor = parameters.repeat**times
        if same and learner.keys_met.get(item.dominant, 0) >= 3:
            factor *= parameters.same_key
        taught = 0.0
        for skill in item.skills:
            shared = before is not None and not same and skill in before.skills
            own = learner.skills[skill]
            moved = min(1.0, factor * weight(skill, item) * (parameters.contrast if shared else 1.0))
            taught += moved * (1 - own.start - own.gained) * (1.0 if "." in skill else 2.0)
        return taught


Make = Callable[[Sequence[Item], Random, dict[int, tuple[float, int]], Learner], Order]

ORDERS: dict[str, Make] = {
    "ours": lambda items, random, difficulties, _: Ours(items, random, difficulties),
    "random order": lambda items, random, *_: Listed(items, random),
    "fixed order": lambda items, *_: Listed(items),
    "blocked by system": lambda items, *_: Listed(
        sorted(items, key=lambda item: (SYSTEMS.index(item.dominant), item.level, item.id))
    ),
    "Anki by vignette": lambda items, random, *_: Anki(items, random),
    "(knows all)": lambda items, _random, _difficulties, learner: Knowing(items, learner),
}
