"""A share and its interval as a band to draw."""

from dataclasses import dataclass

from api.stats.shares import Share


@dataclass(frozen=True, slots=True)
class Band:
    """A share with its interval, in whole percent; nothing is drawn while there is no answer."""

    key: str
    name: str
    matched: int
    answered: int
    percent: int | None
    low: int | None
    high: int | None


def band(row: Share, name: str | None = None) -> Band:
    if row.share is None or row.interval is None:
        return Band(row.name, name or row.name, 0, 0, None, None, None)
    low, high = row.interval
    return Band(
        row.name,
        name or row.name,
        row.matched,
        row.answered,
        round(100 * row.share),
        round(100 * low),
        round(100 * high),
    )
