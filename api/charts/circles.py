"""The picture of a class: three circles that touch, with areas proportional to counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot, sqrt

ROOM = 8.0  # space around the figure and between circles, in its own units
# A label beside its circle, in 15 units of semi-bold type: the widest letters of ours take 9.2 units on average.
LETTER, ASCENT, DESCENT = 9.2, 13.0, 4.0
LABEL_GAP = 6.0
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
    top_edge = min(y - r for (_, y), r in zip(centres, radii, strict=True)) - ROOM
    right = max(x + r for (x, _), r in zip(centres, radii, strict=True)) + ROOM
    bottom = max(y + r for (_, y), r in zip(centres, radii, strict=True)) + ROOM
    return Arrangement(
        width=right - left,
        height=bottom - top_edge,
        circles=tuple(
            Placed(system, x - left, y - top_edge, r) for system, (x, y), r in zip(order, centres, radii, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class Label:
    """The words beside a circle: the middle of their base line, and half their width."""

    x: float
    y: float
    half: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        return self.x - self.half, self.y - ASCENT, self.x + self.half, self.y + DESCENT


def place_labels(arrangement: Arrangement, texts: Mapping[str, str]) -> tuple[Arrangement, dict[str, Label]]:
    """Finds room for the words beside circles: none covers a circle or other words, and the box holds them all.

    `texts` maps the systems that have words beside them to these. A circle's words go above or below it, else to one
    side, else further and further out.
    """
    labels: dict[str, Label] = {}
    for circle in arrangement.circles:
        if circle.system in texts:
            half = LETTER * len(texts[circle.system]) / 2
            places = (place for out in range(12) for place in _around(circle, half, arrangement.height, 9.0 * out))
            labels[circle.system] = next(
                place for place in places if _is_free(place, arrangement.circles, labels.values())
            )
    return _enlarged(arrangement, labels)


def _around(circle: Placed, half: float, height: float, out: float) -> Sequence[Label]:
    above = Label(circle.cx, circle.cy - circle.r - LABEL_GAP - DESCENT - out, half)
    below = Label(circle.cx, circle.cy + circle.r + LABEL_GAP + ASCENT + out, half)
    level = circle.cy + (ASCENT - DESCENT) / 2
    left = Label(circle.cx - circle.r - LABEL_GAP - out - half, level, half)
    right = Label(circle.cx + circle.r + LABEL_GAP + out + half, level, half)
    sides = (right, left) if circle.system == "soothing" else (left, right)
    return (above, *sides, below) if circle.cy < height / 2 else (below, *sides, above)


def _is_free(label: Label, circles: Sequence[Placed], others: Iterable[Label]) -> bool:
    left, top, right, bottom = label.box
    for circle in circles:
        across = max(left - circle.cx, 0.0, circle.cx - right)
        along = max(top - circle.cy, 0.0, circle.cy - bottom)
        if hypot(across, along) < circle.r + 1:
            return False
    for other in others:
        o_left, o_top, o_right, o_bottom = other.box
        if left < o_right + LABEL_GAP and o_left < right + LABEL_GAP and top < o_bottom and o_top < bottom:
            return False
    return True


def _enlarged(arrangement: Arrangement, labels: Mapping[str, Label]) -> tuple[Arrangement, dict[str, Label]]:
    if not labels:
        return arrangement, {}
    boxes = [label.box for label in labels.values()]
    left = min([0.0, *(box[0] - ROOM for box in boxes)])
    top = min([0.0, *(box[1] - ROOM for box in boxes)])
    right = max([arrangement.width, *(box[2] + ROOM for box in boxes)])
    bottom = max([arrangement.height, *(box[3] + ROOM for box in boxes)])
    circles = tuple(replace(circle, cx=circle.cx - left, cy=circle.cy - top) for circle in arrangement.circles)
    moved = {system: replace(label, x=label.x - left, y=label.y - top) for system, label in labels.items()}
    return Arrangement(right - left, bottom - top, circles), moved
