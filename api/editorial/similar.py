"""Finds the published vignette whose story is most like another: runs of three words that both have."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from api.vignettes.case import Case
from api.vignettes.catalogue import Vignette
from api.vignettes.checking import WORD

RUN = 3  # words
ALIKE = 0.2  # of the runs of both; twelve stories written independently of each other stay below 0.02
_LOW = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Likeness:
    """A vignette with the share of runs, 0 to 1, that it has in common with another (Jaccard 1901)."""

    slug: str
    title: str
    share: float


class Index:
    """Every run of every story in one sorted array: its hash in the high half, the story's place in the low one."""

    def __init__(self, vignettes: Mapping[str, Vignette]) -> None:
        self.vignettes = vignettes
        self._heads = [(vignette.slug, vignette.case.head.title) for vignette in vignettes.values()]
        runs = [_runs(vignette.case) for vignette in vignettes.values()]
        self._sizes = [len(each) for each in runs]
        self._entries = array("Q", sorted(run << 32 | place for place, each in enumerate(runs) for run in each))

    def nearest(self, case: Case) -> Likeness | None:
        """The published story most like this one, itself left out; None where none is alike."""
        wanted = _runs(case)
        shared: Counter[int] = Counter()
        for run in wanted:
            at = bisect_left(self._entries, run << 32)
            while at < len(self._entries) and self._entries[at] >> 32 == run:
                shared[self._entries[at] & _LOW] += 1
                at += 1
        shares = (
            (both / (len(wanted) + self._sizes[place] - both), place)
            for place, both in shared.items()
            if self._heads[place][0] != case.head.slug
        )
        share, place = max(shares, default=(0.0, 0))
        return Likeness(*self._heads[place], share) if share >= ALIKE else None


_kept: list[Index] = []


def index_of(vignettes: Mapping[str, Vignette]) -> Index:
    """The index of the catalogue as it now stands; made anew only after the catalogue has changed."""
    if not _kept or _kept[0].vignettes is not vignettes:
        _kept[:] = [Index(vignettes)]
    return _kept[0]


def _runs(case: Case) -> set[int]:
    """Hashes of 32 bits. The person's name does not count: a copy under another name is still a copy."""
    name = case.head.person.lower()
    words = [word for each in WORD.findall(case.story.lower()) if (word := each) != name]
    return {hash(run) & _LOW for run in zip(*(words[start:] for start in range(RUN)), strict=False)}
