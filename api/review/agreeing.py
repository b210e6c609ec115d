"""What blind ratings say about a story: who chose what, whose words agree, and whether the sizes fit. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from api.guesses.rules import GuessBody
from api.kit.systems import ANSWERS, NAME, SYSTEMS, Answer, System
from api.stats.agreement import gwet_ac1, krippendorff_alpha, raw_agreement, say
from api.stats.enough import NotEnough
from api.vignettes.case import Case
from api.vignettes.checking import WORD

MARKED = ("marked", "left")
STORIES_NEEDED = 10  # alpha compares stories with each other: of a few it says next to nothing


class Rating(Protocol):
    """Who rated, and what they answered."""

    @property
    def rater(self) -> str: ...
    @property
    def body(self) -> GuessBody: ...


@dataclass(frozen=True, slots=True)
class Figures:
    """Agreement over `units` things that `raters` people labelled; a figure is None where it is undefined."""

    raters: int
    units: int
    raw: float | None
    alpha: float | None
    ac1: float | None


@dataclass(frozen=True, slots=True)
class OverLibrary:
    """Agreement on the system over all stories with two or more ratings, or what is still too little for it."""

    stories: int
    alpha: float | None
    ac1: float | None
    sentence: str
    missing: NotEnough | None


@dataclass(frozen=True, slots=True)
class Blend:
    """One system: the author's range, and what each rater's circles gave it, all in percent of the three together."""

    system: System
    low: int
    high: int
    given: tuple[tuple[str, int], ...]
    middle: int | None

    @property
    def fits(self) -> bool | None:
        return None if self.middle is None else self.low <= self.middle <= self.high


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other that the same people marked; `sign` is the author's system for them, if any."""

    text: str
    sign: System | None
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What the raters said together. `split` is the answer that at least half of them gave and the key leaves out."""

    raters: int
    answers: tuple[tuple[Answer, int, bool], ...]
    system_sentence: str
    markers: int
    words: Figures
    word_sentence: str
    phrases: tuple[Phrase, ...]
    blend: tuple[Blend, ...]
    split: Answer | None


def review(case: Case, ratings: Sequence[Rating]) -> Review:
    """The review of a case by its blind ratings; there may be none."""
    chosen = Counter(rating.body.system for rating in ratings)
    words = word_agreement(case, ratings)
    return Review(
        raters=len(ratings),
        answers=tuple((answer, chosen[answer], answer in case.acceptable) for answer in ANSWERS),
        system_sentence=say_systems(case, chosen),
        markers=words.raters,
        words=words,
        word_sentence=say_words(words),
        phrases=phrases(case, ratings),
        blend=blends(case, ratings),
        split=next(
            (a for a, n in chosen.most_common() if a not in case.acceptable and n >= 2 and 2 * n >= len(ratings)), None
        ),
    )


def say_systems(case: Case, chosen: Mapping[Answer, int]) -> str:
    """Who chose what, beside the key, as a sentence."""
    everyone = sum(chosen.values())
    if not everyone:
        return "No one has rated this version yet."
    fitting = sum(n for answer, n in chosen.items() if answer in case.acceptable)
    people = "One rater has" if everyone == 1 else f"{everyone} raters have"
    told = f"{people} answered. "
    if fitting == everyone:
        told += "Everyone chose an answer that the key accepts."
    else:
        others = ", ".join(
            f"{n} {NAME[a].lower()}"
            for a, n in sorted(chosen.items(), key=lambda item: -item[1])
            if a not in case.acceptable
        )
        told += f"{fitting} chose what the key accepts, the others: {others}."
    labels: list[Mapping[str, int]] = [{str(answer): n for answer, n in chosen.items()}]
    agreed = raw_agreement(labels)
    if agreed is not None:
        told += f" Of all pairs of raters {agreed:.0%} gave the same answer."
    return told


def over_library(counts: Sequence[Mapping[str, int]]) -> OverLibrary:
    """Agreement from how often each answer was given to each story."""
    if len(counts) < STORIES_NEEDED:
        missing = NotEnough(len(counts), STORIES_NEEDED, "stories with two blind ratings")
        return OverLibrary(len(counts), None, None, "", missing)
    return OverLibrary(len(counts), krippendorff_alpha(counts), gwet_ac1(counts, ANSWERS), say(counts, ANSWERS), None)


def system_agreement(ratings: Sequence[Rating]) -> float | None:
    """The share of pairs of raters who gave the same answer, from 0 to 1; None without a pair."""
    chosen: Mapping[str, int] = Counter(str(rating.body.system) for rating in ratings)
    return raw_agreement([chosen])


def word_agreement(case: Case, ratings: Sequence[Rating]) -> Figures:
    """Agreement on which words show something: each word is a unit, which each rater marked or left.

    Anyone who marked nothing at all is left out: they may have passed over the marking.
    """
    spans = [match.span() for match in WORD.finditer(case.story)]
    markers = [rating.body.cues for rating in ratings if rating.body.cues]
    counts = []
    for start, end in spans:
        marked = sum(any(a < end and start < b for a, b in cues) for cues in markers)
        counts.append({"marked": marked, "left": len(markers) - marked})
    return Figures(
        len(markers), len(spans), raw_agreement(counts), krippendorff_alpha(counts), gwet_ac1(counts, MARKED)
    )


def say_words(figures: Figures) -> str:
    """What the figures on words mean, in plain words."""
    if figures.raters < 2 or figures.raw is None:
        return "Agreement is shown once two people have marked words."
    told = f"For a word of the story, two raters did the same (marked it or left it) {figures.raw:.0%} of the time."
    if figures.alpha is None:
        return told
    if figures.alpha >= 0.8:
        return told + " They marked the same words."
    if figures.alpha >= 0.667:
        return told + " They mostly marked the same words."
    if figures.alpha >= 0.2:
        return told + " They agree on some of the words. No one marked most of the words, which alone makes AC1 high."
    return told + " They marked different words. Look at the phrases below together."


def phrases(case: Case, ratings: Sequence[Rating]) -> tuple[Phrase, ...]:
    """Where author and raters differ: runs of words that some of them marked and others left, in reading order."""
    markers = [(rating.rater, rating.body.cues) for rating in ratings if rating.body.cues]
    found: list[tuple[int, int, System | None, tuple[str, ...]]] = []
    for match in WORD.finditer(case.story):
        start, end = match.span()
        sign = next((cue.system for cue in case.cues if cue.start < end and start < cue.end), None)
        who = tuple(name for name, cues in markers if any(a < end and start < b for a, b in cues))
        if found and found[-1][2:] == (sign, who) and "\n\n" not in case.story[found[-1][1] : start]:
            found[-1] = (found[-1][0], end, sign, who)
        else:
            found.append((start, end, sign, who))
    return tuple(
        Phrase(case.story[start:end], sign, who)
        for start, end, sign, who in found
        if markers and (who or sign) and not (sign and len(who) == len(markers))
    )


def blends(case: Case, ratings: Sequence[Rating]) -> tuple[Blend, ...]:
    """The raters' circles beside the author's ranges, as shares of the three circles together."""
    given: dict[System, list[tuple[str, int]]] = {system: [] for system in SYSTEMS}
    for rating in ratings:
        sizes = rating.body.circles.model_dump() if rating.body.circles else {}
        if (total := sum(sizes.values())) > 0:
            for system in SYSTEMS:
                given[system].append((rating.rater, round(100 * sizes[system] / total)))
    return tuple(
        Blend(
            system,
            getattr(case.head.key.blend, system)[0],
            getattr(case.head.key.blend, system)[1],
            tuple(given[system]),
            round(median(share for _, share in given[system])) if given[system] else None,
        )
        for system in SYSTEMS
    )
