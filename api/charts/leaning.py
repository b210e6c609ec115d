"""Sensitivity and response bias in words and rows: which answer someone leans towards."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.kit.systems import NAME
from api.stats.detection import LEAST_SIGNALS, Detection

_TIMES = ((0.6, "half as often"), (0.9, "not as often"), (1.1, "about as often"))


@dataclass(frozen=True, slots=True)
class LeanRow:
    """One system: how well it is told from the others, and how readily it is chosen, as text with its likely range."""

    system: str
    name: str
    told: str
    told_range: str
    lean: str
    lean_range: str


@dataclass(frozen=True, slots=True)
class Lean:
    """What the rows say, and the rows; none while there is too little to tell."""

    sentences: tuple[str, ...]
    rows: tuple[LeanRow, ...]
    least: int


def view_lean(found: Sequence[Detection], who: str) -> Lean:
    """`who` begins the sentences: “you choose”, “this class chooses”."""
    rows = tuple(_row(one) for one in found if one.sensitivity is not None)
    sentences = tuple(_says(one, who) for one in found if one.leans)
    if rows and not sentences:
        sentences = ("No lean towards one answer can be told so far.",)
    return Lean(sentences, rows, LEAST_SIGNALS)


def _row(one: Detection) -> LeanRow:
    return LeanRow(
        one.name,
        NAME[one.name],
        _figure(one.sensitivity),
        _range(one.sensitivity_interval),
        _figure(one.criterion),
        _range(one.criterion_interval),
    )


def _says(one: Detection, who: str) -> str:
    """Such as: You choose threat one and a half times as often as the suggested answers do."""
    begins = f"{who[0].upper()}{who[1:]} {NAME[one.name].lower()}"
    return f"{begins} {_times(one.ratio or 0)} as the suggested answers do ({one.chosen} times against {one.signals})."


def _times(ratio: float) -> str:
    for below, words in _TIMES:
        if ratio < below:
            return words
    if 1.4 <= ratio < 1.75:
        return "one and a half times as often"
    return "twice as often" if 1.75 <= ratio < 2.25 else f"{ratio:.1f} times as often"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}".replace("-", "−")


def _range(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{_figure(interval[0])} to {_figure(interval[1])}"
