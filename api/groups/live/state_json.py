"""The state and results of a group as JSON, for each kind of reader."""

import json
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, Field
from pydantic_core import to_json

from api.groups.phases import Phase
from api.groups.results import GroupResults, Kind, Snapshot, present
from api.groups.state import GroupState, OwnVote, RoundState
from api.guesses.outcome import Explanation, explain
from api.guesses.rules import Confidence, Match, match
from api.kit.systems import Vote
from api.stats.answer_shares import ClassStatistics
from api.vignettes.answer_key import OutcomeKey, answer_key
from api.vignettes.catalogue import Catalogue, Vignette
from api.vignettes.public import VignetteOut, public_fields


class GroupGuess(BaseModel):
    """A member's own answer in the present ballot."""

    system: Vote
    confidence: Confidence | None


class GroupOutcome(BaseModel):
    """What everyone sees once the answers are shown; `guess` and `match` are the member's own."""

    guess: GroupGuess | None
    match: Match | Literal["pass"] | None
    key: OutcomeKey
    explanation: Explanation
    class_statistics: ClassStatistics


class SessionOut(BaseModel):
    """The present step of a guided session; `number` is 0 before it has begun."""

    number: int
    steps: int
    kind: str
    title: str


class StateOut(BaseModel):
    """A group's whole present state. `outcome` and `results` stay null until the answers are shown."""

    version: int = Field(description="Goes up with every change.")
    phase: Phase | None = Field(description="Null before the first round.")
    ballot: int
    round: int = Field(description="The number of the round, from 1; 0 before the first.")
    kind: Kind
    vignette: VignetteOut | None
    members: int
    people: int | None = Field(None, description="How many are in the room, where the facilitator has said so.")
    answered: int
    guess: GroupGuess | None
    outcome: GroupOutcome | None
    results: GroupResults | None
    session: SessionOut | None = Field(None, description="Where a guided session stands; null in a group without one.")


class StateSerializer:
    """Tells states. It knows the library and how small a group's statistics may be."""

    def __init__(self, catalogue: Catalogue, smallest: int) -> None:
        self._catalogue = catalogue
        self._smallest = smallest

    def vignette(self, round_state: RoundState | None) -> Vignette | None:
        """The vignette as the round's people read it, even when the library has a newer text by now."""
        return self._catalogue.version(round_state.vignette_id, round_state.vignette_version) if round_state else None

    def results(self, state: GroupState, live: Snapshot | None = None) -> GroupResults | None:
        """The frozen results, or the `live` ones of a training group; None before there are any."""
        snapshot = state.frozen or live
        vignette = self.vignette(state.round)
        if snapshot is None or vignette is None:
            return None
        return present(snapshot, vignette.case, state.kind, self._smallest)

    def json(self, state: GroupState, own: OwnVote | None) -> bytes:
        """The state as one line; before the answers are shown it holds no count, key or explanation."""
        vignette = self.vignette(state.round)
        guess = {"system": own.system, "confidence": own.confidence} if own else None
        results = self.results(state) if state.shown else None
        outcome: dict[str, Any] | None = None
        if state.shown and vignette is not None and results is not None:
            outcome = {
                "guess": guess,
                "match": _match(own, vignette),
                "key": answer_key(vignette.case),
                "explanation": _explanation(vignette),
                "class_statistics": results.ballots[-1],
            }
        place = state.place
        session = (
            {"number": place.number, "steps": place.steps, "kind": place.kind, "title": place.title} if place else None
        )
        return to_json({
            "version": state.version,
            "phase": state.phase,
            "ballot": state.ballot,
            "round": state.round_number,
            "kind": state.kind,
            "vignette": public_fields(vignette) if vignette else None,
            "members": state.members,
            "people": state.people,
            "answered": state.answered,
            "guess": guess,
            "outcome": outcome,
            "results": results,
            "session": session,
        })  # fmt: skip


def _match(own: OwnVote | None, vignette: Vignette) -> str | None:
    if own is None:
        return None
    return "pass" if own.system == "pass" else match(own.system, vignette.case)


@lru_cache(maxsize=1024)
def _explanation(vignette: Vignette) -> Explanation:
    return explain(vignette.case, [])


def member_event(state: GroupState, own: OwnVote | None) -> bytes:
    """What a page's stream carries: where the group is. The page fetches its part when the step has changed.

    `sent` is the reader's own answer in the open ballot, so that a second tab learns what the first has sent.
    """
    told = {"step": state.step, "members": state.members, "answered": state.answered}
    more = {"notice": state.notice, "sent": own.system if own else None}
    return json.dumps(told | {name: value for name, value in more.items() if value}).encode()


def screen_event(state: GroupState, own: OwnVote | None) -> bytes:
    """The same for wall and console, which follow every change."""
    told = json.loads(member_event(state, own))
    return json.dumps(told | {"version": state.version}).encode()
