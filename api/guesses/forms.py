"""An answer as a form sends it: alone, in a group and by a blind rater. Read in one way, refused in the same words."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pydantic import ValidationError

from api.guesses.rules import CircleSizes, MarkedBody
from api.kit.errors import Unprocessable
from api.kit.systems import SYSTEMS
from api.vignettes.words import Span, phrases, spans_of

_SIZE = {f"circle_{system}": system for system in SYSTEMS}
CHOOSE = "Choose one of the circles, or “not enough information”."
_SAYS = {
    "system": CHOOSE,
    "confidence": "Choose how sure you are from the list, or leave it blank.",
    "reason": "Please keep your reason to one line of at most 280 characters.",
    "cues": "Please mark at most 40 places in the story.",
    "circles": "Give all three circles a size from 0 to 100, or leave all three blank.",
}
Body = TypeVar("Body", bound=MarkedBody)
_UNREADABLE = "We could not read which words you marked. Mark them again, or send your answer without them."


@dataclass(frozen=True)
class AnswerForm:
    """What was typed and chosen, as it came: it goes back onto the page if the answer is refused."""

    fields: list[tuple[str, str]]

    @cached_property
    def given(self) -> dict[str, str]:
        """The fields that hold something, by name; of two with one name, the last."""
        return {name: value for name, value in self.fields if value}

    @property
    def system(self) -> str | None:
        return self.given.get("system")

    @property
    def confidence(self) -> str | None:
        return self.given.get("confidence")

    @property
    def reason(self) -> str:
        return self.given.get("reason", "")

    @property
    def circles(self) -> dict[str, str]:
        """The sizes by system; those left blank are left out."""
        return {system: self.given[name] for name, system in _SIZE.items() if name in self.given}

    @property
    def marked(self) -> list[Span]:
        """The marked words; none where the form says them in a way that no form of ours does."""
        try:
            return spans_of(self.fields)
        except ValueError:
            return []

    def parse(self, body: type[Body], choose: str = CHOOSE, by_size: bool = False) -> Body:
        """The answer. With `by_size`, the biggest circle counts where no system was chosen.

        Raises `Unprocessable`: what is wrong with the first faulty field; `choose` where no answer was chosen.
        """
        says = _SAYS | {"system": choose}
        answer: dict[str, object] = {name: self.given.get(name) for name in ("system", "confidence", "reason")}
        try:
            answer["cues"] = phrases(spans_of(self.fields)) or None
        except ValueError:
            raise Unprocessable(_UNREADABLE) from None
        try:
            if self.circles:
                sizes = {system: _number(size) for system, size in self.circles.items()}
                circles = CircleSizes.model_validate(sizes)
                answer["circles"] = circles
                answer["system"] = answer["system"] or (circles.biggest() if by_size else None)
        except ValidationError:
            raise Unprocessable(says["circles"]) from None
        try:
            return body.model_validate(answer)
        except ValidationError as error:
            faulty = [str(fault["loc"][0]) if fault["loc"] else "cues" for fault in error.errors(include_url=False)]
            raise Unprocessable(next(sentence for name, sentence in says.items() if name in faulty)) from None


def _number(size: str) -> int | str:
    """A size as a number where it is one: six digits are none."""
    size = size.strip()
    return int(size) if size.isdecimal() and len(size) < 6 else size
