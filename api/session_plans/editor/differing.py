"""Two texts of one plan beside each other: only the parts that differ, with the words that differ. Pure."""

from collections.abc import Mapping
from typing import Any

from api.kit.text_diff import SideBySide, side_by_side
from api.session_plans.editor.arranging import title_of
from api.session_plans.editor.sheet import PlanDraft
from api.session_plans.plan_writer import write_data


def differences(mine: PlanDraft, theirs: PlanDraft) -> tuple[SideBySide, ...]:
    """Part by part and step by step; as whole files where one cannot be read."""
    if mine.data is None or theirs.data is None:
        return () if mine.text == theirs.text else (side_by_side("The file", mine.text, theirs.text),)
    found = [
        side_by_side(str(name).replace("_", " ").capitalize(), _part(mine.data, name), _part(theirs.data, name))
        for name in dict.fromkeys((*mine.data, *theirs.data))
        if name != "steps" and mine.data.get(name) != theirs.data.get(name)
    ]
    titles = [[title_of(step) for step in sheet.steps] for sheet in (mine, theirs)]
    if titles[0] != titles[1]:
        found.append(side_by_side("Order of the steps", *("\n".join(each) for each in titles)))
    steps = [[_step(step) for step in sheet.steps] for sheet in (mine, theirs)]
    # Only what one of them has and the other has not, in the order in which it stands.
    known = [frozenset(each) for each in steps]
    here = [text for text in steps[0] if text not in known[1]]
    there = [text for text in steps[1] if text not in known[0]]
    for number in range(max(len(here), len(there))):
        one, other = (each[number] if number < len(each) else "" for each in (here, there))
        found.append(side_by_side("A step", one, other))
    return tuple(found)


def _part(data: Mapping[str, Any], name: str) -> str:
    return write_data({name: data[name]}).strip() if name in data else ""


def _step(step: Any) -> str:
    return write_data(step).strip() if isinstance(step, dict) else str(step)
