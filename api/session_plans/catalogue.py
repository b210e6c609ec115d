"""The session plans in memory: read once from their folder when the product starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import structlog

from api.session_plans.checking import check_file, plan_files
from api.session_plans.plan import Plan

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PlanCatalogue:
    """Good plans by slug, in the order of their slugs; and for each other file why it is left out."""

    plans: Mapping[str, Plan]
    problems: tuple[str, ...]


def load_plans(folder: Path, levels: Mapping[str, int]) -> PlanCatalogue:
    """Every plan of the folder. `levels` are the vignettes that there are, by slug; a fault leaves a plan out."""
    plans: dict[str, Plan] = {}
    problems: list[str] = []
    for path in plan_files([folder]):
        checked = check_file(path, levels)
        if checked.plan is not None and not checked.faults:
            plans[checked.plan.slug] = checked.plan
        else:
            log.warning("plan_skipped", file=path.name, faults=len(checked.faults))
        problems += [f"{path.name}:{fault.line}:{fault.column}: {fault.message}" for fault in checked.faults]
    return PlanCatalogue(MappingProxyType(plans), tuple(problems))
