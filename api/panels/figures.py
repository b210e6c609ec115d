"""What the ratings of panels say about raters and keys. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Literal

from api.kit.systems import ANSWERS, Answer
from api.panels.bands import KINDS, Kind
from api.stats.disclosure import enough
from api.stats.observers import dawid_skene
from api.stats.resampling import Agreed, agreed
from api.vignettes.case import Case
from api.vignettes.words import word_spans

LEAST_RATERS: Final = 5  # whatever SMALL_GROUP says: fewer are no panel
CONTESTED: Final = 0.6  # below this share of answers that the key accepts a story is contested
SURE: Final = 0.8  # above this probability the model has an answer of its own
PRIOR: Final = 0.5  # half a made-up rating in each cell of a rater's table (Jeffreys)
LEAST_SHARED: Final = 5  # stories that others rated too, before it is said how far someone differs

StandingKind = Literal["not reviewed", "rated", "contested"]
DECISIONS: Final[dict[str, str]] = {
    "keep": "Keep the answer as it is",
    "both": "Accept both answers",
    "rewrite": "Rewrite the story",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating: who, of which kind, of which story, and what."""

    rater: str
    kind: Kind
    vignette_id: int
    system: Answer
    cues: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a story stands with clinicians: how many rated its present words, and how many the key agrees with."""

    raters: int
    fitting: int

    @property
    def kind(self) -> StandingKind:
        if not self.raters:
            return "not reviewed"
        return "contested" if self.raters >= LEAST_RATERS and self.fitting < CONTESTED * self.raters else "rated"

    def __str__(self) -> str:
        if self.kind == "not reviewed":
            return "Not reviewed by clinicians"
        people = "1 clinician" if self.raters == 1 else f"{self.raters} clinicians"
        if self.kind == "contested":
            return f"Contested: {self.fitting} of {people} chose an answer that the key accepts"
        return f"Rated by {people}"


def _standing(ratings: Sequence[Rated], acceptable: Sequence[Answer]) -> Standing:
    own = [one for one in ratings if one.kind == "clinicians"]
    return Standing(len(own), sum(one.system in acceptable for one in own))


@dataclass(frozen=True, slots=True)
class KindAgreed:
    """Agreement within one kind of rater; `kind` is None for all together."""

    kind: Kind | None
    raters: int
    ratings: int
    figures: Agreed


@dataclass(frozen=True, slots=True)
class RaterRow:
    """How far someone goes with the rest: of `shared` ratings of stories that others rated too, the mean share of
    those others who gave the same answer; and how often they give what the model holds for true.
    """

    rater: str
    kind: Kind
    ratings: int
    shared: int
    alike: float | None
    accuracy: float | None
    differs: bool


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story: who chose what, what the model makes of it, how far marked words overlap, and whether to look again."""

    vignette_id: int
    counts: tuple[int, ...]
    standing: Standing
    likeliest: Answer | None
    chance: float | None
    overlap: float | None
    look: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a panel's ratings say. `confusion`: rows the key's answer, columns what raters chose."""

    ratings: int
    raters: int
    kinds: tuple[KindAgreed, ...]
    confusion: tuple[tuple[int, ...], ...]
    people: tuple[RaterRow, ...]
    stories: tuple[StoryRow, ...]


def find(ratings: Sequence[Rated], cases: Mapping[int, Case]) -> Findings:
    """What ratings say of these cases; ratings of other stories are left out."""
    known = [one for one in ratings if one.vignette_id in cases]
    by_story: dict[int, list[Rated]] = {}
    for one in known:
        by_story.setdefault(one.vignette_id, []).append(one)
    units = {str(story): {one.rater: [one.system] for one in own} for story, own in by_story.items()}
    model = dawid_skene(units, ANSWERS, PRIOR) if known else None
    stories = []
    for story, own in by_story.items():
        case = cases[story]
        chosen = Counter(one.system for one in own)
        told = enough(len(own), LEAST_RATERS) and model is not None
        likeliest, chance = model.likeliest(str(story)) if told and model else (None, None)
        stood = _standing(own, case.acceptable)
        away = likeliest is not None and likeliest not in case.acceptable and (chance or 0) >= SURE
        stories.append(
            StoryRow(
                story,
                tuple(chosen[answer] for answer in ANSWERS),
                stood,
                likeliest,  # type: ignore[arg-type]  # one of ANSWERS
                chance,
                overlap(case, own),
                away or stood.kind == "contested",
            )
        )
    table = [[0] * len(ANSWERS) for _ in ANSWERS]
    for one in known:
        key = cases[one.vignette_id].head.key.dominant
        table[ANSWERS.index(key)][ANSWERS.index(one.system)] += 1
    return Findings(
        len(known),
        len({one.rater for one in known}),
        tuple(_agreed(kind, known) for kind in (*KINDS, None)),
        tuple(tuple(row) for row in table),
        tuple(_person(rater, by_story, known, model.accuracy(rater) if model else None) for rater in _in_order(known)),
        tuple(sorted(stories, key=lambda row: (not row.look, row.vignette_id))),
    )


def _agreed(kind: Kind | None, ratings: Sequence[Rated]) -> KindAgreed:
    own = [one for one in ratings if kind in (None, one.kind)]
    counts: dict[int, Counter[str]] = {}
    for one in own:
        counts.setdefault(one.vignette_id, Counter())[one.system] += 1
    return KindAgreed(kind, len({one.rater for one in own}), len(own), agreed(list(counts.values()), ANSWERS))


def _in_order(ratings: Sequence[Rated]) -> list[str]:
    return list(dict.fromkeys(one.rater for one in ratings))


def _person(
    rater: str, by_story: Mapping[int, Sequence[Rated]], ratings: Sequence[Rated], accuracy: float | None
) -> RaterRow:
    own = [one for one in ratings if one.rater == rater]
    shares, expected = [], []
    for one in own:
        others = [other for other in by_story[one.vignette_id] if other.rater != rater]
        if others:
            shares.append(sum(other.system == one.system for other in others) / len(others))
            expected.append(_pairs_alike(others))
    alike = fmean(shares) if len(shares) >= LEAST_SHARED else None
    among = [share for share in expected if share is not None]
    # Someone differs when they go with the others less than half as often as those go with each other.
    differs = alike is not None and len(among) >= LEAST_SHARED and alike < fmean(among) / 2
    return RaterRow(rater, own[0].kind, len(own), len(shares), alike, accuracy if alike is not None else None, differs)


def _pairs_alike(others: Sequence[Rated]) -> float | None:
    counts = Counter(one.system for one in others)
    total = len(others)
    return sum(n * (n - 1) for n in counts.values()) / (total * (total - 1)) if total > 1 else None


def overlap(case: Case, ratings: Sequence[Rated]) -> float | None:
    """The mean share that two raters' marked words have in common, 0 to 1 (Jaccard); None unless two marked some."""
    spans = word_spans(case.story)
    marked = [
        frozenset(place for place, (start, end) in enumerate(spans) if any(a < end and start < b for a, b in one.cues))
        for one in ratings
        if one.cues
    ]
    pairs = [
        len(first & second) / len(first | second)
        for place, first in enumerate(marked)
        for second in marked[place + 1 :]
        if first | second
    ]
    return fmean(pairs) if pairs else None
