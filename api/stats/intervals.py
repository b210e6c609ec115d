"""Shares with their uncertainty."""

from functools import cache
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist


def wilson(count: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share: (low, high), each from 0 to 1.

    Source: Wilson 1927, J Am Stat Assoc 22:209-212; centre (p+z²/2n)/(1+z²/n), half-width
    z·√(p(1−p)/n+z²/4n²)/(1+z²/n). Raises ValueError unless 0 <= count <= total and total > 0.
    """
    if total <= 0 or not 0 <= count <= total:
        raise ValueError("a share needs 0 <= count <= total, and a total above 0")
    z = _z(confidence)
    share = count / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    # Exact at the ends, where rounding would leave 1e-17 and exclude a share of exactly 0 or 1.
    return (0.0 if count == 0 else centre - half, 1.0 if count == total else centre + half)


def tail(count: int, total: int, share: float) -> float:
    """The chance of `count` or more of `total` where each comes with probability `share`: the exact binomial tail."""
    if count <= 0:
        return 1.0
    if not 0 < share < 1:
        return 1.0 if share >= 1 else 0.0
    whole, here, elsewhere = lgamma(total + 1), log(share), log1p(-share)
    return min(
        1.0,
        sum(
            exp(whole - lgamma(k + 1) - lgamma(total - k + 1) + k * here + (total - k) * elsewhere)
            for k in range(count, total + 1)
        ),
    )


@cache
def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)
