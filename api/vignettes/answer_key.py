"""A story's suggested answer, as JSON gives it."""

from pydantic import BaseModel

from api.kit.systems import Answer, System
from api.vignettes.case import Blend, Case


class OutcomeKey(BaseModel):
    dominant: System
    acceptable: list[Answer]
    secondary: System | None
    blend: Blend


def answer_key(case: Case) -> OutcomeKey:
    key = case.head.key
    return OutcomeKey(dominant=key.dominant, acceptable=case.acceptable, secondary=key.secondary, blend=key.blend)
