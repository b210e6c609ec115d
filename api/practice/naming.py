"""What skills are called when people read about them."""

from api.kit.systems import NAME
from api.practice.skills import DAY
from api.vignettes.codebook import CUE_LABEL, PAIR_NAME, PAIR_QUESTION


def skill_name(skill: str) -> str:
    """A pair's name, or the cue in words, such as “Cue: watching for danger”."""
    if skill in PAIR_NAME:
        return PAIR_NAME[skill]
    return f"Cue: {CUE_LABEL[skill]}" if skill in CUE_LABEL else NAME.get(skill, skill)


def question_of(skill: str) -> str | None:
    """The question that tells a pair apart."""
    return PAIR_QUESTION.get(skill)


def comes_back(due: float, now: float) -> str:
    """When a skill is to come back, in words; times in seconds."""
    days = round((due - now) / DAY)
    if due <= now or days < 1:
        return "today" if due - now < DAY / 2 else "tomorrow"
    if days == 1:
        return "tomorrow"
    if days < 14:
        return f"in {days} days"
    return f"in {round(days / 7)} weeks" if days < 60 else f"in {round(days / 30)} months"
