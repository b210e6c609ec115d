"""What the JSON of practice holds: the next story, progress, and everything held about a learner."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.guesses.rules import Confidence
from api.kit.systems import Answer, System
from api.vignettes.public import VignetteOut


class NextOut(BaseModel):
    """The next vignette and why it was chosen. `over` when a sitting has come to its end; then there is none."""

    vignette: VignetteOut | None
    reason: str | None
    why: str | None
    expected: float | None = Field(description="The expected probability of matching the key, 0 to 1.")
    contrast_to: str | None = Field(description="The slug of a story to look at beside it: what is different?")
    over: bool


class ShareOut(BaseModel):
    """`matched` of `answered`, with its 95 % Wilson interval; both null before the first answer."""

    name: str
    answered: int
    matched: int
    share: float | None
    interval: tuple[float, float] | None


class BinOut(BaseModel):
    confidence: Confidence
    expected: float
    answered: int
    matched: int
    share: float | None
    interval: tuple[float, float] | None


class CalibrationOut(BaseModel):
    """`bias` is mean confidence less the share matched; `brier` the mean squared distance, 0 to 1."""

    bins: list[BinOut]
    answered: int
    bias: float | None
    brier: float | None


class DetectionOut(BaseModel):
    """How well one system is told from the others (d', 0 is not at all) and how readily it is chosen (c, below 0 is
    readily), with 95 % intervals; null below eight stories of either kind. Only stories with one good answer count.
    """

    name: System
    signals: int = Field(description="Stories whose suggested answer it is.")
    hits: int
    noise: int = Field(description="The other stories.")
    false_alarms: int
    sensitivity: float | None
    sensitivity_interval: tuple[float, float] | None
    criterion: float | None
    criterion_interval: tuple[float, float] | None


class SkillOut(BaseModel):
    skill: str
    name: str
    answered: int
    matched: int
    due: datetime | None = Field(description="When it comes back; null when it was not met yet.")


class AdviceOut(BaseModel):
    skill: str | None
    title: str
    sentence: str


class ProgressOut(BaseModel):
    """First answers only. `confusion[key][answer]` counts what was taken for what."""

    answered: int
    overall: ShareOut
    systems: list[ShareOut]
    levels: list[ShareOut]
    confusion: dict[System, dict[System, int]]
    unsure: dict[System, int]
    also_fit: int
    calibration: CalibrationOut
    detection: list[DetectionOut]
    curve: list[ShareOut]
    skills: list[SkillOut]
    advice: AdviceOut


class GuessOut(BaseModel):
    vignette: str
    series: int
    version: int
    attempt: int
    system: Answer
    confidence: Confidence | None
    cues: list[Any] | None
    reason: str | None
    circles: dict[str, Any] | None
    created_at: datetime


class SittingOut(BaseModel):
    kind: str
    skill: str | None
    planned: int | None
    done: int
    started_at: datetime
    ended_at: datetime | None


class OwnClassOut(BaseModel):
    code: str
    name: str
    joined_at: datetime


class ExportOut(BaseModel):
    """Every row about the learner. `worked_out` is made from the guesses and says nothing beyond them."""

    learner: str
    guesses: list[GuessOut]
    sittings: list[SittingOut]
    own_class: OwnClassOut | None
    worked_out: dict[str, Any] | None
