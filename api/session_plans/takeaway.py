"""The page to take home: the systems, what the group found, room for what the device puts in, and help. Pure."""

from dataclasses import dataclass

from markupsafe import Markup

from api.kit.prose import inline
from api.kit.systems import CARDS, SystemCard
from api.private_pages.view_models import MOMENTS, Moment
from api.session_plans.faces import SIMPLER, PrivateFace, RoundFinding, private_face
from api.session_plans.plan import Plan
from api.session_plans.signposting import Signposting
from api.session_plans.steps import CirclesStep, CloseStep, PrivateStep


@dataclass(frozen=True, slots=True)
class TakeawayView:
    """What `session_plans/takeaway.html` shows. The server knows which private steps there were, not their contents."""

    title: str
    summary: tuple[Markup, ...]
    systems: tuple[SystemCard, ...]
    note: str
    found: tuple[RoundFinding, ...]
    circles: bool
    moments: tuple[Moment, ...]
    private: tuple[PrivateFace, ...]
    help: Signposting | None
    group: str | None
    back_url: str | None


def takeaway(
    plan: Plan,
    found: tuple[RoundFinding, ...],
    signposting: Signposting | None,
    *,
    length: int | None = None,
    group: str | None = None,
    back_url: str | None = None,
) -> TakeawayView:
    """The page of a session of `length` minutes; None: of all steps. `group`: the code whose private notes belong."""
    steps = plan.steps if length is None else plan.steps_in(length)
    faces = {own.key: own for own in (private_face(step) for step in steps if isinstance(step, PrivateStep))}
    return TakeawayView(
        title=plan.title,
        summary=tuple(inline(line) for step in steps if isinstance(step, CloseStep) for line in step.summary),
        systems=CARDS,
        note=SIMPLER,
        found=found,
        circles=any(isinstance(step, CirclesStep) for step in steps),
        moments=MOMENTS,
        private=tuple(faces.values()),
        help=signposting,
        group=group,
        back_url=back_url,
    )
