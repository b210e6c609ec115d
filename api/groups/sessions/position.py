"""Where a guided session stands, kept in the row of its group."""

from dataclasses import dataclass

NOT_BEGUN = 0  # the visit before the first step


@dataclass(frozen=True, slots=True)
class SessionPosition:
    """Where a guided session stands. It is kept with the group, so that to know it costs no query.

    `visit` goes up whenever a step is entered. `step` is the step's own number, which it keeps; `number` its place
    among the `steps`, from 1. `round` is the number of the round that belongs to the step. `change` goes up when what
    phones see of the step has changed. `closed`: what was gathered at the step has been shown, and takes no more.
    """

    visit: int
    step: int
    number: int
    steps: int
    kind: str
    title: str
    round: int | None = None
    change: int = 0
    closed: bool = False

    @property
    def begun(self) -> bool:
        return self.visit > NOT_BEGUN

    @property
    def mark(self) -> str:
        return f"s{self.visit}-{self.step}-{self.change}-"
