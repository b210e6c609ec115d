"""How far two nominal attributes go together."""

from collections import Counter
from collections.abc import Iterable
from math import sqrt


def cramers_v(pairs: Iterable[tuple[str, str]]) -> float:
    """Cramér's V of pairs of labels, from 0 (the one tells nothing about the other) to 1 (it tells everything).

    V = √(χ²/(n·(min(r, c)−1))) with χ² = n·(Σ o²/(r_i·c_j) − 1); 0 where either attribute has one label only.
    Source: Cramér 1946, Mathematical Methods of Statistics, section 21.9. Not corrected for small samples.
    """
    seen = Counter(pairs)
    rows, columns = Counter[str](), Counter[str]()
    for (row, column), count in seen.items():
        rows[row] += count
        columns[column] += count
    smaller = min(len(rows), len(columns)) - 1
    if smaller < 1:
        return 0.0
    surprise = sum(count * count / (rows[row] * columns[column]) for (row, column), count in seen.items()) - 1
    # Rounding can leave a little less than 0, or more than 1.
    return sqrt(min(max(surprise / smaller, 0.0), 1.0))
