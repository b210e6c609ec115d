"""The slides of the seed session, by name, so that a plan can say which of them a step serves."""

from typing import Literal, get_args

Slide = Literal[
    "opening",
    "introductions",
    "rules",
    "aims",
    "review",
    "what-is-compassion",
    "definition",
    "self-compassion",
    "why-build-it",
    "self-criticism",
    "three-systems",
    "person-1",
    "person-2",
    "draw-your-systems",
    "building-soothing",
]
SLIDES: tuple[Slide, ...] = get_args(Slide)
