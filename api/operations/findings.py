"""What the doctor finds: one thing looked at, how it is, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic_core import to_json

Level = Literal["good", "notice", "trouble"]
_WORD: dict[Level, str] = {"good": "good", "notice": "look", "trouble": "TROUBLE"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`told` is how it is, `act` what to do; empty when nothing is to be done."""

    about: str
    level: Level
    told: str
    act: str = ""


def good(about: str, told: str) -> Finding:
    return Finding(about, "good", told)


def notice(about: str, told: str, act: str) -> Finding:
    """Worth a look, and nothing is broken."""
    return Finding(about, "notice", told, act)


def trouble(about: str, told: str, act: str) -> Finding:
    """Something is broken or soon will be."""
    return Finding(about, "trouble", told, act)


def is_trouble(findings: Sequence[Finding]) -> bool:
    return any(finding.level == "trouble" for finding in findings)


def as_document(findings: Sequence[Finding]) -> str:
    """JSON: whether all is well, and every finding."""
    return to_json({"good": not is_trouble(findings), "findings": list(findings)}, indent=2).decode()


def as_lines(findings: Sequence[Finding]) -> list[str]:
    """Lines for people: what is in trouble comes last, where it is read first on a terminal."""
    order: tuple[Level, ...] = ("good", "notice", "trouble")
    lines = []
    for finding in sorted(findings, key=lambda finding: order.index(finding.level)):
        lines.append(f"{_WORD[finding.level]:<8} {finding.about}: {finding.told}")
        if finding.act:
            lines.append(f"{'':<8} → {finding.act}")
    troubles = sum(finding.level == "trouble" for finding in findings)
    lines.append("")
    lines.append("No problems found." if not troubles else f"{troubles} of {len(findings)} checks need your attention.")
    return lines
