"""What a learner gets back for a guess: as JSON and as a page."""

from dataclasses import dataclass
from functools import lru_cache
from textwrap import shorten

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from api.guesses.recording import Counts
from api.guesses.rules import CONFIDENCE_LABEL, MATCH_LABEL, Confidence, Match, feedback, key_words, match
from api.kit.systems import ANSWERS, NAME, Answer, System
from api.stats.answer_shares import ClassStatistics
from api.stats.intervals import wilson
from api.vignettes.answer_key import OutcomeKey, answer_key
from api.vignettes.case import Case, Cue
from api.vignettes.view_models import VignetteView, view_cues, view_vignette
from api.vignettes.words import passages

LONGEST_QUOTE = 100  # characters of words that were marked; the story stands beside them
EMPTY = Markup()


class OutcomeGuess(BaseModel):
    system: Answer
    confidence: Confidence | None


class OutcomeCue(BaseModel):
    """Words of the story, by their place in its text, and what they show."""

    text: str
    start: int
    end: int
    system: System
    type: str
    strength: str
    polarity: str
    marked_by_learner: bool


class Explanation(BaseModel):
    summary: str
    by_system: dict[System, str]
    cues: list[OutcomeCue]


class Outcome(BaseModel):
    """A guess beside the key, the explanation, and how everyone first answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "guess": {"system": "drive", "confidence": "sure"},
                "match": "key",
                "key": {
                    "dominant": "drive",
                    "acceptable": ["drive"],
                    "secondary": "threat",
                    "blend": {"threat": [15, 30], "drive": [55, 65], "soothing": [10, 20]},
                },
                "explanation": {
                    "summary": "She likes what the work brings.",
                    "by_system": {"threat": "…", "drive": "…", "soothing": "…"},
                    "cues": [
                        {
                            "text": "enjoys it",
                            "start": 12,
                            "end": 21,
                            "system": "drive",
                            "type": "drive.reward",
                            "strength": "clear",
                            "polarity": "present",
                            "marked_by_learner": True,
                        }
                    ],
                },
                "class_statistics": {
                    "scope": "everyone",
                    "answered": 42,
                    "suppressed": False,
                    "systems": [
                        {"system": "threat", "count": 9, "share": 0.2143, "interval": [0.1172, 0.3594], "few": False}
                    ],
                },
            }
        }
    )

    guess: OutcomeGuess
    match: Match
    key: OutcomeKey
    explanation: Explanation
    class_statistics: ClassStatistics


def outcome_json(
    system: Answer,
    confidence: Confidence | None,
    marked: list[tuple[int, int]],
    case: Case,
    counts: Counts,
    smallest: int,
) -> bytes:
    """An Outcome as JSON. The parts that many answers share are written once and joined."""
    return b'{"guess":%b,"match":"%b","key":%b,"explanation":%b,"class_statistics":%b}' % (
        _guess_json(system, confidence),
        match(system, case).encode(),
        _key_json(case),
        _explanation_json(case, marked),
        _statistics_json(counts, smallest),
    )


@lru_cache
def _guess_json(system: Answer, confidence: Confidence | None) -> bytes:
    return OutcomeGuess(system=system, confidence=confidence).model_dump_json().encode()


def explain(case: Case, marked: list[tuple[int, int]]) -> Explanation:
    """The explanation, with the cues that share a character with the learner's marked words."""
    cues = [
        OutcomeCue(
            text=cue.text,
            start=cue.start,
            end=cue.end,
            system=cue.system,
            type=cue.type,
            strength="partial" if cue.partial else "clear",
            polarity="absent" if cue.absent else "present",
            marked_by_learner=cue.marked,
        )
        for cue in view_cues(case, marked)
    ]
    by_system: dict[System, str] = {case.head.key.dominant: case.why, **case.others}
    return Explanation(summary=case.why, by_system=by_system, cues=cues)


def _explanation_json(case: Case, marked: list[tuple[int, int]]) -> bytes:
    """An Explanation as JSON: its cues are written once marked and once not, and put together for each answer."""
    first, cues, last = _explanation_pieces(case)
    return b"%b%b%b" % (first, b",".join([yes if cue.touches(marked) else no for cue, no, yes in cues]), last)


@lru_cache(maxsize=4096)
def _explanation_pieces(case: Case) -> tuple[bytes, tuple[tuple[Cue, bytes, bytes], ...], bytes]:
    plain, all_marked = explain(case, []), explain(case, [(0, len(case.story))])
    first, _, last = plain.model_copy(update={"cues": []}).model_dump_json().encode().rpartition(b"[]")
    in_order = sorted(case.cues, key=lambda cue: cue.start)
    both = zip(in_order, plain.cues, all_marked.cues, strict=True)
    cues = tuple((cue, no.model_dump_json().encode(), yes.model_dump_json().encode()) for cue, no, yes in both)
    return first + b"[", cues, b"]" + last


@lru_cache(maxsize=4096)
def _key_json(case: Case) -> bytes:
    return answer_key(case).model_dump_json().encode()


@lru_cache(maxsize=512)
def _statistics_json(counts: Counts, smallest: int) -> bytes:
    """A ClassStatistics as JSON; by hand, for the counts change with every guess of a busy class."""
    answered = max(0, sum(counts))
    suppressed = answered < smallest or min(counts) < 0
    shares = [] if suppressed else [_share_json(a, n, answered) for a, n in zip(ANSWERS, counts, strict=True)]
    return (
        f'{{"scope":"everyone","answered":{answered},"suppressed":{"true" if suppressed else "false"},'
        f'"systems":[{",".join(shares)}]}}'
    ).encode()


def _share_json(answer: str, count: int, total: int) -> str:
    low, high = wilson(count, total)
    return (
        f'{{"system":"{answer}","count":{count},"share":{count / total:.4f},'
        f'"interval":[{low:.4f},{high:.4f}],"few":false}}'
    )


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What `practice/_outcome.html` shows. `explanation` and `statistics` are rendered once for many, `own` for one.

    `own_class` is how the learner's class answered, or what brings it; empty for anyone who is in none.
    """

    vignette: VignetteView
    guess: Answer
    guess_name: str
    confidence: str | None
    match: Match
    headline: str
    match_label: str
    feedback: str
    dominant: System
    marked: tuple[str, ...]
    key_words: tuple[str, ...]
    own: Markup
    explanation: Markup
    statistics: Markup
    own_class: Markup
    attempt: int
    next_url: str
    again_url: str
    changed: str | None


def view_outcome(
    case: Case,
    guess: Answer,
    confidence: Confidence | None,
    marked: list[tuple[int, int]],
    attempt: int,
    explanation: Markup,
    statistics: Markup,
    own: Markup = EMPTY,
    changed: str | None = None,
    own_class: Markup = EMPTY,
) -> OutcomeView:
    """The page for a guess; its words come from the case and the field's tone, never from a score.

    `own` is what only this learner's page shows: the reason in their words, and their circles.
    `changed` says that there is a newer text of the vignette than the one that was answered.
    """
    dominant = case.head.key.dominant
    matched = match(guess, case)
    return OutcomeView(
        vignette=view_vignette(case),
        guess=guess,
        guess_name=NAME[guess],
        confidence=CONFIDENCE_LABEL[confidence] if confidence else None,
        match=matched,
        headline=f"{NAME[dominant]} looks biggest for {case.head.person}",
        match_label=MATCH_LABEL[matched],
        feedback=feedback(guess, case, marked),
        dominant=dominant,
        marked=tuple(shorten(text, LONGEST_QUOTE, placeholder=" …") for text in passages(case.story, marked)),
        key_words=tuple(key_words(case)),
        own=own,
        explanation=explanation,
        statistics=statistics,
        own_class=own_class,
        attempt=attempt,
        next_url=f"/practice?after={case.head.slug}",
        again_url=f"/vignettes/{case.head.slug}?open=1",
        changed=changed,
    )
