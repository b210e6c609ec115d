"""What raters who differ most likely saw, and how each of them errs: Dawid and Skene's model, by EM. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

ROUNDS = 200
CLOSE = 1e-7  # no probability of a label moves further than this in the last round
SMALLEST = 1e-12  # stands for a share of zero, whose logarithm there is none of

Repeated = Mapping[str, Mapping[str, Sequence[str]]]  # unit -> rater -> labels, mostly one


@dataclass(frozen=True, slots=True)
class Observers:
    """`labels` in their order; `shares` of each; `units`: of each unit the probability of each label, 0 to 1.

    `errors`: of each rater the table true label by given label, whose rows sum to 1, or to 0 where the rater never
    met the label.
    """

    labels: tuple[str, ...]
    shares: tuple[float, ...]
    units: dict[str, tuple[float, ...]]
    errors: dict[str, tuple[tuple[float, ...], ...]]

    def likeliest(self, unit: str) -> tuple[str, float]:
        """The label that the unit most likely has, and its probability."""
        chances = self.units[unit]
        place = max(range(len(chances)), key=chances.__getitem__)
        return self.labels[place], chances[place]

    def accuracy(self, rater: str) -> float:
        """How often the rater gives the true label: the diagonal, weighted by the shares of labels they have met."""
        table = self.errors[rater]
        met = [share if sum(row) else 0.0 for share, row in zip(self.shares, table, strict=True)]
        right = sum(weight * table[place][place] for place, weight in enumerate(met))
        return right / sum(met) if sum(met) else 0.0


def dawid_skene(ratings: Repeated, labels: Sequence[str], prior: float = 0.0) -> Observers:
    """The model that makes the ratings likeliest, beginning from each unit's shares of labels.

    `prior` is added to each cell of a rater's table before it is divided: with a few ratings each, 0 would take one
    rating for certainty. Source: Dawid & Skene 1979, Appl Stat 28:20-28, eqs. 2.3 to 2.5 and 3.1, where it is 0.
    Raises ValueError without a rating, and for a label that is not among `labels`.
    """
    places = {label: place for place, label in enumerate(labels)}
    given: list[tuple[str, list[tuple[str, int]]]] = []
    for unit, by in ratings.items():
        pairs = [(rater, places[label]) for rater, said in by.items() for label in said if label in places]
        if len(pairs) != sum(len(said) for said in by.values()):
            raise ValueError("a rating has a label that is not among the labels")
        if pairs:
            given.append((unit, pairs))
    if not given:
        raise ValueError("there is no rating")
    size = len(labels)
    chances = [[sum(label == one for _, label in pairs) / len(pairs) for one in range(size)] for _, pairs in given]
    shares, errors = _estimate(given, chances, size, prior)
    for _ in range(ROUNDS):
        newer = [_weigh(pairs, shares, errors) for _, pairs in given]
        moved = max(abs(a - b) for old, new in zip(chances, newer, strict=True) for a, b in zip(old, new, strict=True))
        chances = newer
        shares, errors = _estimate(given, chances, size, prior)
        if moved < CLOSE:
            break
    return Observers(
        tuple(labels),
        tuple(shares),
        {unit: tuple(row) for (unit, _), row in zip(given, chances, strict=True)},
        {rater: tuple(tuple(row) for row in table) for rater, table in errors.items()},
    )


Given = list[tuple[str, list[tuple[str, int]]]]


def _estimate(
    given: Given, chances: list[list[float]], size: int, prior: float
) -> tuple[list[float], dict[str, list[list[float]]]]:
    """Shares of labels and each rater's table, as the present probabilities of the units make them."""
    counted: dict[str, list[list[float]]] = {}
    for (_, pairs), row in zip(given, chances, strict=True):
        for rater, label in pairs:
            table = counted.setdefault(rater, [[prior] * size for _ in range(size)])
            for true in range(size):
                table[true][label] += row[true]
    errors = {
        rater: [[cell / total if (total := sum(row)) else 0.0 for cell in row] for row in table]
        for rater, table in counted.items()
    }
    return [sum(row[label] for row in chances) / len(chances) for label in range(size)], errors


def _weigh(pairs: list[tuple[str, int]], shares: list[float], errors: dict[str, list[list[float]]]) -> list[float]:
    """The probability of each label of one unit; logarithms, or many raters' product would be zero."""
    sums = [
        log(max(share, SMALLEST)) + sum(log(max(errors[rater][true][label], SMALLEST)) for rater, label in pairs)
        for true, share in enumerate(shares)
    ]
    highest = max(sums)
    weights = [exp(one - highest) for one in sums]
    total = sum(weights)
    return [weight / total for weight in weights]
