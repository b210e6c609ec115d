"""What is said instead of a figure while there is too little to work it out from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotEnough:
    """Too little data: `have` of the `need` things that `what` names, such as learners."""

    have: int
    need: int
    what: str

    def __str__(self) -> str:
        return f"not enough data yet: {self.have} of {self.need} {self.what}"
