"""The picture of a class: three circles that touch, with areas proportional to counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

ROOM = 8.0  # space around the figure and between circles, in its own units
NAME_ROOM = 26.0
VALUE_FITS = 34.0
NAME_FITS = 44.0


@dataclass(frozen=True, slots=True)
class Placed:
    """One circle: centre and radius in the figure's units."""

    system: str
    cx: float
    cy: float
    r: float


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Circles with the width and height of the box that holds them."""

    width: float
    height: float
    circles: tuple[Placed, ...]


def arrange(weights: Mapping[str, float], largest_radius: float = 88.0) -> Arrangement | None:
    """Places up to three circles so that each touches the others, a small gap apart.

    `weights` maps a system to its count (0 or more); zero is left out; None when nothing is left.
    r = R·√(w / max w), so area follows weight. The first circle stands at the origin, the second to its right,
    the third where distances e and f from both meet: x = (d²+e²−f²)/2d, y = √(e²−x²), below the others.
    """
    present = {system: weight for system, weight in weights.items() if weight > 0}
    if not present:
        return None
    top = max(present.values())
    order = [system for system in ("drive", "soothing", "threat") if system in present]
    radii = [largest_radius * sqrt(present[system] / top) for system in order]
    gap = ROOM / 2
    centres = [(0.0, 0.0)]
    if len(order) > 1:
        d = radii[0] + radii[1] + gap
        centres.append((d, 0.0))
    if len(order) > 2:
        e, f = radii[0] + radii[2] + gap, radii[1] + radii[2] + gap
        x = (d * d + e * e - f * f) / (2 * d)
        centres.append((x, sqrt(max(0.0, e * e - x * x))))
    left = min(x - r for (x, _), r in zip(centres, radii, strict=True)) - ROOM
    top_edge = min(y - r for (_, y), r in zip(centres, radii, strict=True)) - ROOM - NAME_ROOM
    right = max(x + r for (x, _), r in zip(centres, radii, strict=True)) + ROOM
    bottom = max(y + r for (_, y), r in zip(centres, radii, strict=True)) + ROOM + NAME_ROOM
    return Arrangement(
        width=right - left,
        height=bottom - top_edge,
        circles=tuple(
            Placed(system, x - left, y - top_edge, r) for system, (x, y), r in zip(order, centres, radii, strict=True)
        ),
    )
