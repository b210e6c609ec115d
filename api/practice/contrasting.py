"""Two similar stories with different keys, to be looked at side by side: what is different?"""

from collections.abc import Collection
from random import Random

from api.practice.shelf import Item, PracticeIndex, is_pair
from api.practice.state import State, new_people

A_FEW = 8


def shared_pair(one: Item, other: Item) -> str | None:
    """The confusable pair that both stories practise under different keys, which makes them a contrasting pair."""
    if one.dominant == other.dominant:
        return None
    return next((skill for skill in one.skills if is_pair(skill) and skill in other.skills), None)


def partners(shelf: PracticeIndex, item: Item, state: State, without: Collection[int], random: Random) -> list[Item]:
    """Up to a few stories that the learner has not met that contrast with this one, the nearest levels first."""
    found: dict[int, Item] = {}
    for pair in filter(is_pair, item.skills):
        by_level = shelf.by_skill.get(pair, {})
        for level in sorted(by_level, key=lambda level: abs(level - item.level)):
            opposite = [other for other in by_level[level] if other.dominant != item.dominant]
            found |= {other.id: other for other in new_people(opposite, state, without, random, A_FEW)}
            if len(found) >= A_FEW:
                return list(found.values())
    return list(found.values())
