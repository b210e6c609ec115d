"""Three sized circles as shares of a whole, beside ranges and beside those of a class."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The middle of a class and the half around it, in the unit of what was given."""

    low: float
    median: float
    high: float


def shares(sizes: Mapping[str, float]) -> dict[str, float] | None:
    """Each size's part of all of them, in percent, so that they sum to 100; None where all are 0.

    `sizes` are 0 or more, and stand for areas. Raises ValueError for a size below 0.
    """
    if any(size < 0 for size in sizes.values()):
        raise ValueError("a size is 0 or more")
    whole = sum(sizes.values())
    return {name: 100 * size / whole for name, size in sizes.items()} if whole else None


def distance(value: float, span: Sequence[float]) -> float:
    """How far a value lies outside a range (low, high): below 0 under it, 0 within, above 0 over it."""
    low, high = span
    return min(0.0, value - low) or max(0.0, value - high)


def size_word(low: float, high: float) -> str:
    """A range of shares in percent as people read it: “small” below a quarter, “large” from 45 %, else “medium”.

    By the middle of the range. The blend is a teaching judgement, and digits would claim more than that.
    """
    middle = (low + high) / 2
    return "small" if middle < 25 else "large" if middle >= 45 else "medium"


def quartiles(values: Sequence[float]) -> Quartiles:
    """Median and quartiles, with linear interpolation between the two nearest values.

    Source: Hyndman and Fan 1996, Am Stat 50:361-365, definition 7: the p-quantile of n ordered values stands at
    place 1 + (n - 1)p. Raises ValueError without any value.
    """
    if not values:
        raise ValueError("quartiles need a value")
    if len(values) == 1:
        return Quartiles(values[0], values[0], values[0])
    return Quartiles(*quantiles(values, n=4, method="inclusive"))


def class_blend(circles: Iterable[Mapping[str, float]], smallest: int) -> dict[str, Quartiles] | None:
    """Each system's quartiles over people's shares, in percent; None where fewer than `smallest` people sized any."""
    people = [found for sizes in circles if (found := shares(sizes))]
    if not people or len(people) < smallest:
        return None
    return {name: quartiles([own[name] for own in people]) for name in people[0]}
