"""What an answer says about a skill, and when the skill is to come back.

The spacing is FSRS (the package `fsrs`), attached to the skill and not to the vignette: asking for the same vignette
again trains memory of that vignette. Times are seconds since 1970, UTC.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from fsrs import Card, Rating, Scheduler, State

from api.practice.elo import sigmoid
from api.practice.shelf import Item, is_pair, systems_of

DAY = 86_400.0
# No minutes within a sitting: there the choice itself looks at what is weak.
_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
# A confident error corrects best, and still comes back after a week (Butterfield & Metcalfe 2001): so it is asked
# again the next day, and once more within a week, however well that went.
SOON = DAY
WEEK = 7 * DAY


@dataclass(slots=True)
class Skill:
    """What is known of a learner's skill. `theta` is added to the learner's ability, in logits."""

    theta: float = 0.0
    n: int = 0
    missed: int = 0
    stability: float | None = None  # days
    difficulty: float | None = None  # FSRS's own, 1 to 10
    last: float = 0.0
    due: float = 0.0
    surprised: float | None = None  # when an error was made with confidence, until it has come back after a week

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    def review(self, rating: Rating, at: float, *, confident_error: bool) -> None:
        """Moves the spacing by one answer given at `at`; an answer before the last one counts as given with it."""
        at = max(at, self.last)
        card = Card(
            card_id=1,
            state=State.Learning if self.stability is None else State.Review,
            step=0 if self.stability is None else None,
            stability=self.stability,
            difficulty=self.difficulty,
            due=_time(at),
            last_review=None if self.stability is None else _time(self.last),
        )
        card, _ = _SCHEDULER.review_card(card, rating, _time(at))
        self.stability, self.difficulty = card.stability, card.difficulty
        self.due = card.due.timestamp()
        self.last = at
        if confident_error:
            self.surprised = at
            self.due = at
        elif self.surprised is not None:
            if rating != Rating.Again and at >= self.surprised + WEEK - DAY:
                self.surprised = None
            else:
                self.due = min(self.due, at + SOON if at < self.surprised + SOON else self.surprised + WEEK)

    def retrievability(self, now: float) -> float:
        """The probability, 0 to 1, that the skill is at hand now, after FSRS; 0 before the first answer."""
        if self.stability is None:
            return 0.0
        card = Card(card_id=1, state=State.Review, stability=self.stability, last_review=_time(self.last))
        return float(_SCHEDULER.get_card_retrievability(card, _time(max(now, self.last))))


def need(skill: Skill | None, ability: float, now: float) -> float:
    """How much a skill asks for practice, from 0 to about 3: how weak it is, and how far it is forgotten.

    Weakness is 1 − σ(θ). Forgetting reaches ½ when the skill is due by FSRS (retrievability .9), at most 1; an
    untried skill counts as forgotten. A confident error that has not come back yet adds ½.
    """
    if skill is None or skill.stability is None:
        return 1 - sigmoid(ability) + 1.0
    forgotten = min(1.0, 5 * (1 - skill.retrievability(now)))
    waiting = 0.5 if skill.surprised is not None and now >= skill.due else 0.0
    return 1 - sigmoid(ability + skill.theta) + forgotten + waiting


def rate(matched: bool, confidence: str | None, attempt: int) -> Rating:
    """The answer as FSRS's rating: a match weighs by confidence, and little when the story was known already."""
    if not matched:
        return Rating.Again
    if attempt > 1 or confidence == "guessing":
        return Rating.Hard
    return Rating.Easy if confidence == "sure" else Rating.Good


def affected_skills(item: Item, answer: str, matched: bool) -> tuple[str, ...]:
    """The skills that an answer speaks about.

    A match speaks for all of the vignette's skills. Taking one system for another speaks of the pairs that tell
    those two apart and of the signs of the system that was missed, not of the rest; "not enough information" speaks
    of the signs of the key's system. Where that leaves none, all are concerned.
    """
    if matched:
        return item.skills
    both = {item.dominant, answer}
    missed = tuple(
        skill
        for skill in item.skills
        if (both <= systems_of(skill) if is_pair(skill) and answer != "unsure" else item.dominant in systems_of(skill))
    )
    return missed or item.skills


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
