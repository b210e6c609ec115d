"""Two small plans: one with a step of every kind for members, and one for training."""

from pathlib import Path
from typing import Final

_NOTES = "notes: {say: [Say hello.], watch: [Somebody may be late.], end: Go on gently.}"


def _step(kind: str, title: str, minutes: str, *own: str) -> str:
    lines = [f"  - kind: {kind}", f"    title: {title}", f"    minutes: {minutes}"]
    lines += [f"    wall: On the wall of {title}.", f"    phone: On the phone of {title}."]
    lines += [f"    {line}" for line in own]
    return "\n".join([*lines, f"    {_NOTES}"])


def _plan(slug: str, audience: str, lengths: str, *steps: str) -> str:
    return "\n".join(
        [
            f"slug: {slug}",
            f"title: The plan {slug}",
            f"audience: {audience}",
            "who_for: Anybody who is curious.",
            "aim: People have met the three systems.",
            f"lengths: {lengths}",
            "before: [Put out paper and pens.]",
            "authors: [Three Circles]",
            "steps:",
            *steps,
            "",
        ]
    )


CLOSE = _step("close", "Goodbye", "3", "summary: [We met three systems.]", "goodbye: See you.")
HOUR: Final = _plan(
    "an-hour",
    "psychoeducation",
    "[30, 34]",
    _step("talk", "Hello", "3"),
    _step("rules", "Rules", "3", "rules: [Passing is fine., We listen.]"),
    _step("check_in", "Since last time", "3", "questions: [Noticing my attention, Turning it outwards]"),
    _step("board", "Kindness", "3", "headings: [They say, They do]"),
    _step("systems", "Three systems", "3", "brain_links: false"),
    _step("round", "Meet Ana", "3", "vignette: ana-the-race", "second_vote: false", "ask: [cues, circles]"),
    _step("talk", "A longer talk", "{34: 4}"),
    _step("round", "Meet Cleo", "3", "vignette: cleo-the-letter", "ask: []"),
    _step("circles", "Draw yours", "2", "prompts: [How big is each]"),
    _step("private", "For yourself", "2", "prompts: [{question: What helps, examples: [Tea, A walk]}]"),
    _step("pause", "A breath", "2", "instead: [Look around.]"),
    CLOSE,
)
TRAINING: Final = _plan(
    "for-trainees",
    "training",
    "[10]",
    _step("round", "Meet Cleo", "7", "vignette: cleo-the-letter", "ask: [confidence, reason]"),
    CLOSE,
)


def put_plans(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "an-hour.yaml").write_text(HOUR)
    (folder / "for-trainees.yaml").write_text(TRAINING)
    return folder
