"""How far raters agree on nominal labels, corrected for what chance would bring. Raters may leave units out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

RELIABLE, TENTATIVE = 0.800, 0.667  # Krippendorff 2004, Hum Commun Res 30:411-433
ONE_SIDED = 0.80  # the share of one label above which chance-corrected figures part company

Ratings = Mapping[str, Mapping[str, str]]  # unit -> rater -> label
Counts = Sequence[Mapping[str, int]]  # for each unit, how many raters gave each label


def count_labels(ratings: Ratings) -> list[Counter[str]]:
    """For each unit, how many raters gave each label: what every figure here is made of."""
    return [Counter(by_rater.values()) for by_rater in ratings.values()]


def raw_agreement(counts: Counts) -> float | None:
    """The mean over units with two or more ratings of the share of rater pairs who agree, from 0 to 1.

    Source: Fleiss 1971, Psychol Bull 76:378-382, eq. 2, which for two raters is percent agreement. None without pairs.
    """
    shares = [_pairs_agreeing(unit) / (total * (total - 1)) for unit, total in _pairable(counts)]
    return sum(shares) / len(shares) if shares else None


def krippendorff_alpha(counts: Counts) -> float | None:
    """Krippendorff's alpha for nominal data, at most 1; 0 is chance. None where it is undefined: fewer than two labels.

    α = 1 − D_o/D_e; over units with m ≥ 2 ratings D_o = Σ_u Σ_k v(m−v)/(m−1) and D_e = Σ_k N_k(N−N_k)/(N−1).
    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability (coincidence matrices, section C).
    """
    units = _pairable(counts)
    totals: Counter[str] = Counter()
    for unit, _ in units:
        totals.update(unit)
    everything = totals.total()
    expected = sum(n * (everything - n) for n in totals.values()) / (everything - 1) if everything > 1 else 0.0
    if expected == 0:
        return None
    observed = sum(sum(v * (m - v) for v in unit.values()) / (m - 1) for unit, m in units)
    return 1 - observed / expected


def gwet_ac1(counts: Counts, labels: Iterable[str] | None = None) -> float | None:
    """Gwet's AC1, at most 1; 0 is chance. None without a rater pair, or with fewer than two labels.

    AC1 = (P_a − P_e)/(1 − P_e), P_e = Σ_k π_k(1−π_k)/(q−1), π_k the mean over rated units of the label's share.
    `labels` are the q labels that could be given; left out, those that were. Source: Gwet 2008, Br J Math Stat Psychol
    61:29-48; with gaps as in Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 5.
    """
    agreed = raw_agreement(counts)
    rated = [(unit, total) for unit in counts if (total := sum(unit.values()))]
    known = set(labels or ()).union(*(label_of for label_of, _ in rated)) if rated else set()
    if agreed is None or len(known) < 2:
        return None
    shares = [sum(unit.get(label, 0) / total for unit, total in rated) / len(rated) for label in known]
    chance = sum(share * (1 - share) for share in shares) / (len(known) - 1)
    return (agreed - chance) / (1 - chance)


def fleiss_kappa(counts: Counts) -> float | None:
    """Fleiss' kappa, at most 1; 0 is chance. None unless every unit has the same two or more raters, or one label only.

    κ = (P̄ − P̄_e)/(1 − P̄_e) with P̄_e = Σ_k p_k². Source: Fleiss 1971, Psychol Bull 76:378-382.
    """
    sizes = {sum(unit.values()) for unit in counts}
    agreed = raw_agreement(counts)
    if len(sizes) != 1 or agreed is None:
        return None
    totals: Counter[str] = Counter()
    for unit in counts:
        totals.update(unit)
    everything = totals.total()
    chance = sum((n / everything) ** 2 for n in totals.values())
    return None if len([n for n in totals.values() if n]) < 2 else (agreed - chance) / (1 - chance)


def confusion(counts: Counts) -> dict[tuple[str, str], int]:
    """How many pairs of ratings of the same unit carry each two labels; the labels of a pair in alphabetical order."""
    table: Counter[tuple[str, str]] = Counter()
    for unit in counts:
        for label, n in unit.items():
            table[label, label] += n * (n - 1) // 2
        for first, second in combinations(sorted(unit), 2):
            table[first, second] += unit[first] * unit[second]
    return {pair: n for pair, n in table.items() if n}


def between(ratings: Ratings, first: str, second: str) -> dict[tuple[str, str], int]:
    """How often rater `first` gave the one label and rater `second` the other, over the units that both rated."""
    return dict(Counter((by[first], by[second]) for by in ratings.values() if first in by and second in by))


def say(counts: Counts, labels: Iterable[str] | None = None) -> str:
    """What alpha and AC1 mean here, in plain sentences."""
    alpha, ac1, agreed = krippendorff_alpha(counts), gwet_ac1(counts, labels), raw_agreement(counts)
    if agreed is None:
        return "Nothing was rated by two people, so agreement cannot be worked out."
    told = f"Two raters gave the same answer {agreed:.0%} of the time."
    if alpha is None:
        return f"{told} Everyone gave the same answer every time, so alpha says nothing."
    if alpha >= RELIABLE:
        told += f" Alpha is {alpha:.3f}: at .800 or above, the key can be relied on."
    elif alpha >= TENTATIVE:
        told += f" Alpha is {alpha:.3f}: between .667 and .800 conclusions are tentative."
    else:
        told += f" Alpha is {alpha:.3f}: below .667 the key cannot be relied on yet."
    if ac1 is not None and alpha < RELIABLE <= ac1 and _largest_share(counts) >= ONE_SIDED:
        told += (
            f" AC1 is {ac1:.3f}: a bank that is nearly all one system makes alpha low though raters agree."
            " Read the two together."
        )
    return told


def _pairable(counts: Counts) -> list[tuple[Mapping[str, int], int]]:
    return [(unit, total) for unit in counts if (total := sum(unit.values())) > 1]


def _pairs_agreeing(unit: Mapping[str, int]) -> int:
    return sum(n * (n - 1) for n in unit.values())


def _largest_share(counts: Counts) -> float:
    totals: Counter[str] = Counter()
    for unit in counts:
        totals.update(unit)
    return max(totals.values()) / totals.total()
