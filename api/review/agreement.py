"""The report on how far blind readers agree with each other and with the keys, in Markdown."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from api.kit.systems import ANSWERS
from api.review.ratings import BlindRating, Verdict
from api.stats.agreement import gwet_ac1, krippendorff_alpha
from api.vignettes.case import Case, story_mark

LEVELS = (1, 2, 3)
TARGETS = {1: 0.95, 2: 0.85, 3: 0.85}  # the share of ratings that agree with the key, below which a story is rewritten
SPLIT = 0.2  # the share of readers that chooses each acceptable system of a level-3 story
RIGHT = 0.8  # the share of a story's sentences that say rightly what happens
_STRICTNESS = ("right", "partly", "wrong")

_Sentence = tuple[str, str, str]  # the story, who read it, and the mark of its words

_INTRODUCTION = """\
# How far blind readers agree

Made from the tables beside it by `three-circles vignettes agreement`. The readers were language models that saw the
stories and nothing else. They were no clinicians, and clinicians have not yet reviewed the keys: see
[README.md](README.md). Agreement between readers of one kind says that a story reads clearly; it does not say that its
key is right."""

_HOW_TO_READ = """\
At levels 1 and 2 a rating agrees when it is the key's dominant system; the aim is {one:.0%} of ratings at level 1 and
{two:.0%} at level 2. At level 3 it agrees when it is one of the acceptable answers, with an aim of {three:.0%}. Readers
are meant to split between them, so alpha and AC1 near zero are what those stories are written for.

Clarity is how easily readers could say what happens after one reading, from 1 to 5 (5 is effortless): the mean of the
stories' means, and the mean of the least clear story."""


@dataclass(frozen=True, slots=True)
class Read:
    """A vignette with the ratings that count here."""

    case: Case
    ratings: tuple[BlindRating, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(rating.label for rating in self.ratings)

    @property
    def clarity(self) -> float | None:
        """How easily readers could say what happens after one reading, from 1 to 5; None where no one was asked."""
        given = [rating.clarity for rating in self.ratings if rating.clarity is not None]
        return fmean(given) if given else None

    @property
    def agreeing(self) -> int:
        return sum(fits(self.case, rating) for rating in self.ratings)

    @property
    def splits(self) -> bool:
        """Whether each acceptable system was chosen by at least one reader in five."""
        wanted = [answer for answer in self.case.acceptable if answer != "unsure"]
        return bool(self.ratings) and all(self.counts[answer] >= SPLIT * len(self.ratings) for answer in wanted)


def fits(case: Case, rating: BlindRating) -> bool:
    """Whether a rating agrees with the key: the dominant system, or at level 3 any acceptable answer."""
    return rating.label in (case.acceptable if case.head.level == 3 else [case.head.key.dominant])


def read_as_they_stand(cases: Iterable[Case], rounds: Mapping[str, Sequence[BlindRating]]) -> list[Read]:
    """Each vignette with the ratings, of all rounds, of exactly its present words."""
    everything = [rating for ratings in rounds.values() for rating in ratings]
    return [Read(case, _of(case, everything, present_only=True)) for case in cases]


def report(cases: Sequence[Case], rounds: Mapping[str, Sequence[BlindRating]], verdicts: Sequence[Verdict] = ()) -> str:
    """The whole report; the same data give the same text."""
    present = read_as_they_stand(cases, rounds)
    parts = [
        _INTRODUCTION,
        "## The stories as they stand",
        "Only ratings of exactly these words, from all rounds.",
        _table(present),
        _HOW_TO_READ.format(one=TARGETS[1], two=TARGETS[2], three=TARGETS[3]),
        *_differing(present),
        "### Level 3, story by story",
        _how_often_split(cases, rounds),
        _level_three(present),
        *_what_happens(present, verdicts),
        "## How often each story was rewritten",
        _rewrites(cases, rounds),
    ]
    for name, ratings in rounds.items():
        rated = [Read(case, _of(case, ratings, present_only=False)) for case in cases]
        parts += [f"## {name.replace('-', ' ').capitalize()}", _about_round(cases, ratings), _table(rated)]
    return "\n\n".join(parts) + "\n"


def _of(case: Case, ratings: Iterable[BlindRating], *, present_only: bool) -> tuple[BlindRating, ...]:
    mark = story_mark(case)
    return tuple(r for r in ratings if r.unit == case.head.slug and (not present_only or r.story == mark))


def _about_round(cases: Sequence[Case], ratings: Sequence[BlindRating]) -> str:
    marks = {case.head.slug: story_mark(case) for case in cases}
    changed = {rating.unit for rating in ratings if rating.story != marks.get(rating.unit)}
    raters = {rating.rater for rating in ratings}
    units = {rating.unit for rating in ratings}
    return (
        f"Readers: {len(raters)}. Stories: {len(units)}. Ratings: {len(ratings)}, set against the keys of today.\n"
        f"Stories with other words now: {len(changed)}."
    )


def _table(read: Sequence[Read]) -> str:
    rows = [
        "| level | stories | ratings | fewest for a story | agree with the key | alpha | AC1 | clarity | least clear |",
        "| --- " * 9 + "|",
    ]
    for level in LEVELS:
        rows.append(_row(str(level), [one for one in read if one.case.head.level == level]))
    return "\n".join([*rows, _row("all", read)])


def _row(name: str, read: Sequence[Read]) -> str:
    rated = [one for one in read if one.ratings]
    counts = [one.counts for one in rated]
    total = sum(len(one.ratings) for one in rated)
    agreeing = sum(one.agreeing for one in rated)
    clear = [one.clarity for one in rated if one.clarity is not None]
    cells = (
        name,
        len(rated),
        total,
        min((len(one.ratings) for one in rated), default=0),
        f"{agreeing} of {total} ({agreeing / total:.1%})" if total else "–",
        _figure(krippendorff_alpha(counts)),
        _figure(gwet_ac1(counts, ANSWERS)),
        f"{fmean(clear):.2f}" if clear else "–",
        f"{min(clear):.1f}" if clear else "–",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _differing(read: Sequence[Read]) -> Iterator[str]:
    """The stories of levels 1 and 2 where someone saw something else."""
    lines = [
        f"- {one.case.head.slug} (key {one.case.head.key.dominant}): {_told(one.counts)}"
        for one in read
        if one.case.head.level < 3 and one.agreeing < len(one.ratings)
    ]
    if lines:
        yield "Where someone saw something else at levels 1 and 2:"
        yield "\n".join(lines)


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{answer} {counts[answer]}" for answer in ANSWERS if counts.get(answer))


def _how_often_split(cases: Sequence[Case], rounds: Mapping[str, Sequence[BlindRating]]) -> str:
    """In how many stories of level 3 readers of the present words split: ever, in one round, in the newest round."""
    of_level = [case for case in cases if case.head.level == 3]
    pooled = sum(one.splits for one in read_as_they_stand(of_level, rounds))
    by_round = [
        [
            read.splits
            for ratings in rounds.values()
            if (read := Read(case, _of(case, ratings, present_only=True))).ratings
        ]
        for case in of_level
    ]
    return (
        "A story splits where each of its two acceptable systems was chosen by at least one reader in five.\n"
        f"Readers split between acceptable answers in {pooled} of {len(of_level)} stories, all rounds taken together;\n"
        f"in {sum(any(splits) for splits in by_round)} of {len(of_level)} within a single round; and in "
        f"{sum(splits[-1] for splits in by_round if splits)} of {len(of_level)} in the newest round that read them.\n"
        f"Taken round by round, that is {sum(map(sum, by_round))} splits "
        f"in {sum(map(len, by_round))} readings of a story."
    )


def _short_of_a_split(one: Read) -> str:
    if len(one.ratings) < 2:
        return "not enough ratings yet"
    return "gave one answer" if len(one.counts) == 1 else "fewer than one in five chose one of the systems"


def _level_three(read: Sequence[Read]) -> str:
    rows = ["| story | acceptable | ratings | readers |", "| --- | --- | --- | --- |"]
    of_level = [one for one in read if one.case.head.level == 3]
    for one in of_level:
        verdict = "split" if one.splits else _short_of_a_split(one)
        accepted = ", ".join(one.case.acceptable)
        rows.append(f"| {one.case.head.slug} | {accepted} | {_told(one.counts) or '–'} | {verdict} |")
    return "\n".join(rows)


def _what_happens(read: Sequence[Read], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """How many of the readers' sentences say rightly what happens, for the words as they stand."""
    given: dict[_Sentence, list[str]] = {}
    for verdict in verdicts:
        given.setdefault((verdict.unit, verdict.rater, verdict.story), []).append(verdict.verdict)
    if not given:
        return
    judged = {sentence: max(said, key=_STRICTNESS.index) for sentence, said in given.items()}
    rows = ["| level | sentences | right | partly | wrong | stories that pass |", "| --- " * 6 + "|"]
    short: list[str] = []
    for level in LEVELS:
        of_level = [one for one in read if one.case.head.level == level]
        counted = ((one.case.head.slug, Counter(_verdicts_of(one, judged))) for one in of_level)
        found = {slug: counts for slug, counts in counted if counts}
        passed = [slug for slug, counts in found.items() if counts["right"] >= RIGHT * counts.total()]
        short += [
            f"- {slug}: {counts['right']} of {counts.total()} right"
            for slug, counts in found.items()
            if slug not in passed
        ]
        told = sum(found.values(), Counter[str]())
        cells = (
            level,
            told.total(),
            *(told[one] for one in _STRICTNESS),
            f"{len(passed)} of {len(found)}",
        )
        rows.append(f"| {' | '.join(map(str, cells))} |")
    yield "## What happens: the readers' sentences"
    twice = [said for said in given.values() if len(said) > 1]
    alike = sum(len(set(said)) == 1 for said in twice)
    yield (
        "Each sentence was judged beside its story by someone other than its author, by the rule in README.md.\n"
        f"Of {len(given)} sentences {len(twice)} were judged twice, and both judges said the same of {alike}. Where\n"
        "they differ, the stricter verdict counts here. The table is of the words as they stand.\n"
        f"A story passes when at least {RIGHT:.0%} of its sentences are right."
    )
    yield "\n".join(rows)
    if short:
        yield "Stories that do not pass:"
        yield "\n".join(short)


def _verdicts_of(one: Read, judged: Mapping[_Sentence, str]) -> list[str]:
    keys = [(rating.unit, rating.rater, rating.story) for rating in one.ratings]
    return [judged[key] for key in keys if key in judged]


def _rewrites(cases: Sequence[Case], rounds: Mapping[str, Sequence[BlindRating]]) -> str:
    """How many times each story was reworded after readers had read it, by the words that the rounds read."""
    read: dict[str, set[str]] = {case.head.slug: {story_mark(case)} for case in cases}
    for rating in chain.from_iterable(rounds.values()):
        read.get(rating.unit, set()).add(rating.story)
    by_number: dict[int, list[str]] = {}
    for slug, marks in read.items():
        by_number.setdefault(len(marks) - 1, []).append(slug)
    rows = ["| rewrites | stories | which |", "| --- " * 3 + "|"]
    for number, slugs in sorted(by_number.items()):
        rows.append(f"| {number} | {len(slugs)} | {'the others' if number == 0 else ', '.join(sorted(slugs))} |")
    return "\n".join(rows)
