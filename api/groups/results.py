"""What a round shows: counts and movement with small numbers hidden, marked words, and advice. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from api.kit.systems import ANSWERS, VOTES
from api.stats.answer_shares import ClassStatistics, class_statistics
from api.stats.blend import class_blend
from api.stats.disclosure import enough, is_large, least_marked, shown_movement
from api.vignettes.case import Case
from api.vignettes.words import word_spans

Kind = Literal["psychoeducation", "training"]
Advice = Literal["reread", "discuss", "explain"]
Movement = dict[str, dict[str, int]]


class Calibration(BaseModel):
    """Of those who felt so sure, how many chose an answer that the key accepts."""

    answered: int
    matched: int


class Sized(BaseModel):
    """The middle of the circles that people sized for the person: each system's median share, in percent."""

    people: int
    medians: dict[str, float]


class Snapshot(BaseModel):
    """A round's raw counts, frozen when they are shown, so that no later answer can be worked out by difference.

    `ballots`: for each ballot a count for each of VOTES. `movement`: of those who answered in both.
    `words`: how many marked each word of the story, by its place among the words. `people`: how many were in the room,
    where the facilitator had said so.
    """

    ballots: list[list[int]]
    movement: Movement = Field(default_factory=dict)
    words: dict[int, int] = Field(default_factory=dict)
    calibration: dict[str, Calibration] = Field(default_factory=dict)
    sized: Sized | None = None
    people: int | None = None


class Heat(BaseModel):
    """Words of the story and how many people marked them."""

    start: int
    end: int
    count: int


class GroupResults(BaseModel):
    """A round's ballots, the movement between them (null where so few moved that it would single them out)."""

    ballots: list[ClassStatistics]
    movement: dict[str, dict[str, int | None]] | None
    gain: float | None = Field(description="Normalised gain (p2 - p1) / (1 - p1) of answers that the key accepts.")
    heat_map: list[Heat]
    circles: Sized | None = Field(
        default=None,
        description="Median shares of the circles that people sized; null unless enough did.",
    )


def count_words(story: str, marked: Iterable[Sequence[Sequence[int]]]) -> dict[int, int]:
    """How many people marked each word: `marked` holds each person's spans. Words no one marked are left out."""
    counts: Counter[int] = Counter()
    spans = word_spans(story)
    for own in marked:
        counts.update(
            place for place, (start, end) in enumerate(spans) if any(span[0] < end and start < span[1] for span in own)
        )
    return dict(counts)


def present(snapshot: Snapshot, case: Case, kind: Kind, smallest: int) -> GroupResults:
    """The results as people may see them."""
    careful = kind == "psychoeducation"
    scope = "group"
    ballots = [
        class_statistics(tuple(counts), smallest, scope, careful, snapshot.people) for counts in snapshot.ballots
    ]
    both_shown = len(ballots) == 2 and not any(ballot.suppressed for ballot in ballots)
    least = least_marked(careful)
    spans = word_spans(case.story)
    return GroupResults(
        ballots=ballots,
        movement=present_movement(snapshot.movement, careful) if both_shown else None,
        gain=gain(snapshot.ballots, case) if both_shown and not careful else None,
        heat_map=[]
        if not ballots or ballots[-1].suppressed
        else [
            Heat(start=spans[place][0], end=spans[place][1], count=count)
            for place, count in sorted(snapshot.words.items())
            if count >= least and place < len(spans)
        ],
        circles=snapshot.sized if snapshot.sized and enough(snapshot.sized.people, smallest, snapshot.people) else None,
    )


def present_movement(movement: Movement, careful: bool) -> dict[str, dict[str, int | None]]:
    """Every step between two answers with its count; None where it is hidden, which is in careful groups alone."""
    table: dict[tuple[str, str], int] = {
        (start, end): movement.get(start, {}).get(end, 0) for start in VOTES for end in VOTES
    }
    shown = shown_movement(table) if careful else table.keys()
    return {start: {end: table[start, end] if (start, end) in shown else None for end in VOTES} for start in VOTES}


def gain(ballots: Sequence[Sequence[int]], case: Case) -> float | None:
    """Normalised gain g = (p2 - p1) / (1 - p1) (Hake 1998) of the share that the key accepts; None at p1 = 1."""
    first, second = (_accepted_share(counts, case) for counts in ballots)
    if first is None or second is None or first == 1:
        return None
    return round((second - first) / (1 - first), 4)


def _accepted_share(counts: Sequence[int], case: Case) -> float | None:
    by_vote = dict(zip(VOTES, counts, strict=True))
    answered = sum(by_vote[answer] for answer in ANSWERS)
    return sum(by_vote[answer] for answer in case.acceptable) / answered if answered else None


def advise(first: Sequence[int], case: Case, low: float, high: float) -> Advice:
    """What to do after the first ballot, by the share that matches the key (Crouch & Mazur 2001).

    `first` are its counts in the order of VOTES. Below `low` read again together, up to `high` talk in pairs and vote
    again, above explain. With two acceptable answers there is no right share: then it goes by the largest one, and
    disagreement means talking. Only counts so large that one answer more or less leaves them shown are looked at, for
    the advice stays while answers may still change, and must not tell how.
    """
    large = {vote: count for vote, count in zip(VOTES, first, strict=True) if is_large(count)}
    answered = sum(first) - large.get("pass", 0)
    if not large:
        return "discuss"
    if len(case.acceptable) > 1:
        most = max(large.get(answer, 0) for answer in ANSWERS)
        return "explain" if answered and most / answered > high else "discuss"
    if not answered:
        return "reread"
    share = large.get(case.head.key.dominant, 0) / answered
    return "reread" if share < low else "discuss" if share <= high else "explain"


def middle_of(circles: Iterable[Mapping[str, float]]) -> Sized | None:
    """The medians of people's circles as shares of each person's whole, in whole percent."""
    given = [sizes for sizes in circles if any(sizes.values())]
    blend = class_blend(given, 1)
    return (
        Sized(people=len(given), medians={name: round(found.median) for name, found in blend.items()})
        if blend
        else None
    )


def calibrate(votes: Iterable[tuple[str, str | None]], case: Case) -> dict[str, Calibration]:
    """For each confidence that was given: how many answered so, and how many of them the key accepts."""
    table: dict[str, Calibration] = {}
    for system, confidence in votes:
        if confidence is not None and system != "pass":
            row = table.setdefault(confidence, Calibration(answered=0, matched=0))
            row.answered += 1
            row.matched += system in case.acceptable
    return table


def count_movement(first: Mapping[str, str], second: Mapping[str, str]) -> Movement:
    """How many went from which answer to which, of the members who answered in both ballots."""
    movement: Movement = {}
    for member, start in first.items():
        if (end := second.get(member)) is not None:
            row = movement.setdefault(start, {})
            row[end] = row.get(end, 0) + 1
    return movement
