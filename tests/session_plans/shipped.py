"""The shipped plans with their stories, and what a group could have made of their steps."""

from functools import cache

from api.groups.pages.pictures import headline, view_ballots
from api.groups.results import Snapshot, present
from api.kit import assets
from api.session_plans.catalogue import load_plans
from api.session_plans.faces import CheckInTotals, Join, Live, RoundFinding, StepFace, face
from api.session_plans.plan import Plan, Step
from api.session_plans.signposting import Signposting, load_signposting
from api.session_plans.steps import BoardStep, CheckInStep, RoundStep
from api.vignettes.case import Case
from api.vignettes.checking import case_files, check_files

SMALLEST = 5
SAID = ("That sounds hard", "I am here", "Take your time", "You are not alone", "Slow and warm")


@cache
def stories() -> dict[str, Case]:
    return {case.head.slug: case for _, case, _ in check_files(case_files([assets.VIGNETTES])) if case}


@cache
def plans() -> dict[str, Plan]:
    levels = {slug: case.head.level for slug, case in stories().items()}
    return dict(load_plans(assets.VIGNETTES / "plans", levels).plans)


@cache
def england() -> Signposting:
    found, faults = load_signposting(assets.VIGNETTES / "signposting" / "england.yaml")
    assert found is not None, faults
    return found


def found(slug: str, *ballots: list[int]) -> RoundFinding:
    """What a group of these counts (of VOTES) said about a story."""
    case = stories()[slug]
    results = present(Snapshot(ballots=list(ballots)), case, "psychoeducation", SMALLEST)
    return RoundFinding(
        case.head.person, headline(results, case.head.person), view_ballots(results.ballots, SMALLEST)[-1]
    )


def in_a_group(step: Step) -> Live:
    """The live part of a step with something of everything."""
    return Live(
        board=tuple(SAID for _ in step.headings) if isinstance(step, BoardStep) else (),
        check_in=(CheckInTotals(9, (4, 5, None)), CheckInTotals(3, None, "Fewer than 5 people answered."))
        if isinstance(step, CheckInStep)
        else (),
        own_check_in=("tried", None),
        found=(found("julie", [2, 6, 1, 1, 0], [1, 9, 0, 0, 0]), found("dave", [1, 1, 0, 0, 1])),
        signposting=england(),
        post_url="/g/ABC234/check-in",
        takeaway_url="/g/ABC234/takeaway",
        join=Join("circles.example.org", "ABC 234"),
        group="ABC234",
    )


def look(step: Step, live: Live | None = None, length: int | None = None) -> StepFace:
    """The faces of a step, in a preview if no live part is given."""
    case = stories()[step.vignette] if isinstance(step, RoundStep) else None
    return face(step, live if live is not None else Live(signposting=england()), case, length)
