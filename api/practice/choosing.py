"""Which story comes next: a pure function of the library, what is known of the learner, and the time.

The rules, with their reasons: a first block of two for each system, then mixed (Brunmair & Richter 2019); what is weak,
due, or was an error made with confidence comes first; someone new before someone known; an expected success of 75 to
85 %; and now and then a story that shares a confusable pair with the last one under another key (Alfieri 2013).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from api.kit.systems import SYSTEMS
from api.practice.contrasting import partners
from api.practice.elo import chance
from api.practice.shelf import Item, PracticeIndex, is_pair
from api.practice.skills import need
from api.practice.state import State, new_people

Reason = Literal["first", "placement", "pair", "contrast", "surprise", "due", "weak", "new", "chosen", "again"]
Difficulties = Callable[[Sequence[Item]], Mapping[int, float]]

BLOCK = 2  # people of one system in a row, at the very beginning
SKILLS_LOOKED_AT = 6
OF_EACH_LEVEL = 2
A_FEW = 24
AIM = (0.75, 0.85)
EXPLORE = 0.1  # standard deviation of the chance by which a candidate's worth is multiplied
# What a meeting teaches, as against one with someone new under another key.
SAME_KEY = 1 / 1.42  # interleaving, g = .42 (Brunmair & Richter 2019)
CONTRAST = 1.5  # for what the last story shared under another key, d = .50 (Alfieri 2013)
KNOWN = 0.5  # a known story trains memory of that story
OFF_AIM = 1.0  # by so much less for each unit of expected success outside of the aim

WHY: dict[Reason, str] = {
    "first": "An easy story to start with. Similar stories come together at first, and are mixed later.",
    "placement": "One of nine starter stories, from easy to hard, to find your level.",
    "pair": "You felt sure, but our answer was different. Here is a similar story with a different answer.",
    "contrast": "This story is similar to the last one, with one difference. Comparing the two helps.",
    "surprise": "You found this topic tricky last time.",
    "due": "It is some time since you practised this topic.",
    "weak": "This topic is new to you, or still tricky.",
    "new": "A new story at about the right level for you.",
    "chosen": "This story is on a topic that you chose to practise.",
    "again": "You have read every story on this topic, so here is the one you read longest ago.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A vignette, why it was chosen, and the expected probability of matching its key."""

    item: Item
    reason: Reason
    expected: float

    @property
    def why(self) -> str:
        return WHY[self.reason]


@dataclass(frozen=True, slots=True)
class ChoiceConstraints:
    """What a sitting asks of the choice: only these skills, or the place 0 to 8 within a placement."""

    only: tuple[str, ...] = ()
    place: int | None = None


def choose(
    shelf: PracticeIndex,
    state: State,
    now: float,
    difficulties: Difficulties,
    random: Random,
    *,
    without: Collection[int] = (),
    wish: ChoiceConstraints | None = None,
) -> Choice | None:
    """The next vignette, or None when all are in `without`. `difficulties` is asked once, for a few candidates."""
    wish = wish or ChoiceConstraints()
    last = shelf.items.get(state.recent[-1]) if state.recent else None
    startled = []
    if last is not None and state.startled and wish.place is None:
        startled = partners(shelf, last, state, without, random)
    if wish.place is not None or (not startled and sum(state.met.values()) < BLOCK * len(SYSTEMS) and not wish.only):
        easy = (
            _block(shelf, state, last, without, random)
            if wish.place is None
            else _placed(shelf, state, wish.place, without, random)
        )
        if easy:
            best = max(easy, key=lambda item: (_untried(state, item), random.random()))
            expected = chance(state.ability_for(best), difficulties([best])[best.id])
            return Choice(best, "first" if wish.place is None else "placement", expected)
    needs = {skill: need(state.skills.get(skill), state.ability, now) for skill in wish.only or shelf.skills}
    neediest = sorted(needs, key=lambda skill: (-needs[skill], skill))[:SKILLS_LOOKED_AT]
    near = [skill for skill in last.skills if is_pair(skill) and skill in needs] if last else []
    candidates = startled or _candidates(shelf, state, dict.fromkeys([*near, *neediest]), without, random)
    if not candidates:  # only who was met a moment ago is left of these skills
        candidates = [item for item in shelf.items.values() if item.id not in without][:SKILLS_LOOKED_AT]
    if not candidates:
        return None
    hard = difficulties(candidates)
    worth = {item.id: _worth(item, state, last, needs, hard[item.id]) * random.gauss(1, EXPLORE) for item in candidates}
    best = max(candidates, key=lambda item: worth[item.id])
    if all(item.id in state.seen for item in candidates):
        best = min(candidates, key=lambda item: state.seen[item.id])
    expected = chance(state.ability_for(best), hard[best.id])
    return Choice(best, "pair" if startled else _reason(best, state, last, now, wish), expected)


def _worth(item: Item, state: State, last: Item | None, needs: Mapping[str, float], difficulty: float) -> float:
    """What the story is likely to teach: the needs of all its skills, by what the literature says of such a meeting."""
    alternates = last is None or item.dominant != last.dominant
    worth = 0.0
    for skill in item.skills:
        # Below level 2 a story has no competing sign, so that the pair is hardly at work.
        own = needs.get(skill, 0.0) * (2.0 if is_pair(skill) and item.level > 1 else 1.0)
        worth += own * (CONTRAST if last is not None and alternates and skill in last.skills else 1.0)
    if not alternates:
        worth *= SAME_KEY
    if item.id in state.seen:
        worth *= KNOWN
    expected = chance(state.ability_for(item), difficulty)
    return worth * (1 - OFF_AIM * max(0.0, AIM[0] - expected, expected - AIM[1]))


def _contrasts(item: Item, last: Item | None) -> bool:
    """Whether the item stands against the last one: a shared pair, another key."""
    return (
        last is not None
        and item.dominant != last.dominant
        and any(is_pair(skill) and skill in last.skills for skill in item.skills)
    )


def _reason(item: Item, state: State, last: Item | None, now: float, wish: ChoiceConstraints) -> Reason:
    if item.id in state.seen:
        return "again"
    if _contrasts(item, last):
        return "contrast"
    own = [state.skills[skill] for skill in item.skills if skill in state.skills]
    if any(skill.surprised is not None and now >= skill.due for skill in own):
        return "surprise"
    if wish.only:
        return "chosen"
    if any(now >= skill.due for skill in own):
        return "due"
    if len(own) < len(item.skills) or any(skill.theta < 0 for skill in own):
        return "weak"
    return "new"


def _untried(state: State, item: Item) -> int:
    return sum(skill not in state.skills for skill in item.skills)


def _block(
    shelf: PracticeIndex, state: State, last: Item | None, without: Collection[int], random: Random
) -> list[Item]:
    """People for the first block: the clearest level that is left, and two of one system before the next."""
    going_on = last is not None and state.met.get(last.dominant, 0) % BLOCK != 0
    fewest = min(state.met.get(system, 0) for system in SYSTEMS)
    wanted = (
        [last.dominant]
        if last is not None and going_on
        else [system for system in SYSTEMS if state.met.get(system, 0) == fewest]
    )
    for level in (1, 2, 3):
        of_level = {s: new_people(shelf.by_system.get((level, s), ()), state, without, random, A_FEW) for s in SYSTEMS}
        if found := [item for system in wanted for item in of_level[system]] or [
            item for items in of_level.values() for item in items
        ]:
            return found
    return []


def _placed(shelf: PracticeIndex, state: State, place: int, without: Collection[int], random: Random) -> list[Item]:
    """People for the nine of a placement: each system at each level, from clear to open, no two of a kind in a row."""
    system = SYSTEMS[(place + place // 3) % 3]
    for level in sorted((1, 2, 3), key=lambda level: abs(level - (1 + place // 3))):
        if found := new_people(shelf.by_system.get((level, system), ()), state, without, random, A_FEW):
            return found
    return []


def _candidates(
    shelf: PracticeIndex, state: State, skills: Iterable[str], without: Collection[int], random: Random
) -> list[Item]:
    """A few unmet stories for each skill and level; where all were met, those met longest ago."""
    found: dict[int, Item] = {}
    for skill in skills:
        new = [
            item
            for items in shelf.by_skill.get(skill, {}).values()
            for item in new_people(items, state, without, random, OF_EACH_LEVEL)
        ]
        if not new:
            known = [
                item
                for items in shelf.by_skill.get(skill, {}).values()
                for item in items
                if item.id not in without and item.id not in state.recent
            ]
            new = sorted(known, key=lambda item: state.seen.get(item.id, 0))[:OF_EACH_LEVEL]
        found |= {item.id: item for item in new}
    return list(found.values())
