"""Difficulty and ability on one scale, moved by every first attempt: Elo with guessing.

Source: Pelánek 2016, Computers & Education 98:169-179. Pure arithmetic; both are in logits, 0 is average.
"""

from math import exp

GUESSING = 1 / 3  # three systems
# Where a vignette starts before anyone has answered it.
START: dict[int, float] = {1: -0.75, 2: 0.0, 3: 0.75}


def sigmoid(x: float) -> float:
    """1/(1+e⁻ˣ), also for x so far below zero that eˣ is all that is left."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def chance(ability: float, difficulty: float) -> float:
    """The probability of matching the key: 1/3 + 2/3·σ(θ−δ), from 1/3 to 1."""
    return GUESSING + (1 - GUESSING) * sigmoid(ability - difficulty)


def step(n: int) -> float:
    """How far the answer after `n` others moves an estimate: K(n) = 1/(1+0.05n)."""
    return 1 / (1 + 0.05 * n)


def surprise(ability: float, difficulty: float, matched: bool) -> float:
    """What happened less what was expected, from −1 to ⅔. An ability moves by K times this, a difficulty by −K."""
    return matched - chance(ability, difficulty)
