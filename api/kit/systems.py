"""The three systems as the cards show them, and the names of answers."""

from dataclasses import dataclass
from typing import Literal, get_args

System = Literal["threat", "drive", "soothing"]
Answer = Literal["threat", "drive", "soothing", "unsure"]

Vote = Literal["threat", "drive", "soothing", "unsure", "pass"]

SYSTEMS: tuple[System, ...] = get_args(System)
ANSWERS: tuple[Answer, ...] = get_args(Answer)
VOTES: tuple[Vote, ...] = get_args(Vote)

NAME: dict[str, str] = {
    "threat": "Threat",
    "drive": "Drive",
    "soothing": "Soothing",
    "unsure": "Not enough information",
    "pass": "Passed",
}
PLAIN_LABEL: dict[str, str] = {
    "threat": "Keeping safe",
    "drive": "Going for it",
    "soothing": "Feeling safe and cared for",
    "unsure": "The story does not tell us",
}

CAVEAT = (
    "This is a teaching picture. Brain areas and chemicals do many jobs and work together. "
    "No one can tell your chemical levels from a circle."
)


@dataclass(frozen=True, slots=True)
class SystemCard:
    """What one system is for and how it shows; facts after Gilbert 2009 and 2014."""

    slug: System
    name: str
    plain_label: str
    purpose: str
    motive: str
    feelings: str
    attention: str
    thinking: str
    body: str
    behaviour: str
    often_linked_with: str


CARDS: tuple[SystemCard, ...] = (
    SystemCard(
        slug="threat",
        name="Threat",
        plain_label="Keeping safe",
        purpose="Notices danger and protects us.",
        motive="to be safe and avoid loss",
        feelings="Anxiety, anger and disgust. Shame belongs here too.",
        attention="Narrow. It looks out for what might go wrong.",
        thinking="“Better safe than sorry”. Often expects the worst.",
        body="Tense, racing or sick. Sometimes frozen.",
        behaviour="Fight, flee, freeze, please others, check or hide.",
        often_linked_with="The amygdala, adrenaline and cortisol",
    ),
    SystemCard(
        slug="drive",
        name="Drive",
        plain_label="Going for it",
        purpose="Moves us towards things we want or need.",
        motive="to get things, achieve and make progress",
        feelings="Wanting, excitement and pride.",
        attention="Narrow. It stays on the goal.",
        thinking="What comes next, and how to get there.",
        body="Full of energy, or restless.",
        behaviour="Chase, plan, practise and compete.",
        often_linked_with="The nucleus accumbens and dopamine",
    ),
    SystemCard(
        slug="soothing",
        name="Soothing",
        plain_label="Feeling safe and cared for",
        purpose="Settles distress and brings us close to others.",
        motive="to rest, connect, care and be cared for",
        feelings="Contentment, safeness, warmth and trust.",
        attention="Open and unhurried.",
        thinking="Thoughtful, kind and balanced.",
        body="Slower breath and loose muscles.",
        behaviour="Rest, share, comfort and play.",
        often_linked_with="Prefrontal areas, the body’s own opioids and oxytocin",
    ),
)
