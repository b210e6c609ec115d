"""What to ask next."""

from collections.abc import Mapping, Sequence

from api.library.catalogue import Vignette


def choose_next(vignettes: Sequence[Vignette], answered: Mapping[int, int], after: str | None) -> Vignette | None:
    """The next vignette for a learner who has `answered` these ids, oldest answer first.

    A case not yet seen, the easiest level first, with another dominant system than the last one where that is
    possible: mixing kinds trains telling them apart (Brunmair & Richter 2019). None when all are answered.
    `after` is the slug just answered or skipped, which is not given again at once.
    """
    last = next((vignette for vignette in vignettes if vignette.slug == after), None)
    unseen = [vignette for vignette in vignettes if vignette.id not in answered and vignette is not last]
    if not unseen:
        return last if last is not None and last.id not in answered else None
    order = {vignette.slug: place for place, vignette in enumerate(vignettes)}
    # A skipped case waits until the others of its level have been offered.
    position = order[last.slug] if last is not None else -1

    def rank(vignette: Vignette) -> tuple[int, bool, bool, int]:
        head = vignette.case.head
        same_kind = last is not None and head.key.dominant == last.case.head.key.dominant
        return (head.level, same_kind, order[vignette.slug] < position, order[vignette.slug])

    return min(unseen, key=rank)


def choose_again(vignettes: Sequence[Vignette], answered: Mapping[int, int], after: str | None) -> Vignette | None:
    """The least recently answered vignette, for a learner who goes round once more."""
    by_id = {vignette.id: vignette for vignette in vignettes}
    order = [by_id[vignette_id] for vignette_id in answered if vignette_id in by_id]
    return next((vignette for vignette in order if vignette.slug != after), order[0] if order else None)
