"""The plans that come with the product, and where members can turn for help."""

from fastapi import Request

from api.session_plans.catalogue import PlanCatalogue
from api.session_plans.signposting import Signposting


def plans_of(request: Request) -> PlanCatalogue:
    plans: PlanCatalogue = request.app.state.plans
    return plans


def signposting_of(request: Request) -> Signposting:
    signposting: Signposting = request.app.state.signposting
    return signposting
