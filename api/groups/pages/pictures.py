"""A round's results as pictures and tables: ballots, movement between them, and the words people marked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from api.charts.figures import BallotView, view_class_statistics
from api.groups.results import GroupResults, Snapshot
from api.guesses.rules import CONFIDENCE_LABEL
from api.kit.systems import NAME, VOTES
from api.stats.answer_shares import ClassStatistics
from api.stats.disclosure import FEW
from api.vignettes.case import Case
from api.vignettes.view_models import CueView, view_cues

OTHERS = "others"
_WIDTH, _HEIGHT = 720.0, 300.0
_NODE, _GAP = 14.0, 12.0
_RING_DOTS = 60


@dataclass(frozen=True, slots=True)
class Node:
    """The bar of one answer at one side of the movement picture."""

    answer: str
    name: str
    x: float
    y: float
    width: float
    height: float
    count: str


@dataclass(frozen=True, slots=True)
class Band:
    """People who went from one answer to another: a filled shape."""

    start: str
    end: str
    start_name: str
    end_name: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class MovementView:
    """How answers moved between the votes, as a picture and as a table."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    headline: str
    columns: tuple[str, ...]
    table: tuple[tuple[str, tuple[str, ...]], ...]
    description: str


@dataclass(frozen=True, slots=True)
class HeatSegment:
    """A stretch of the story that equally many people marked; `count` stands at its end."""

    text: str
    heat: int
    count: int | None
    cue: CueView | None


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """Of those who felt so sure, how many chose an answer that the key accepts."""

    label: str
    answered: int
    matched: int
    percent: int | None


def view_ballots(ballots: Sequence[ClassStatistics], smallest: int) -> tuple[BallotView, ...]:
    """The votes in their order."""
    titles = ("First vote", "Second vote") if len(ballots) > 1 else ("Our vote",)
    views = []
    for number, (title, statistics) in enumerate(zip(titles, ballots, strict=True), start=1):
        view = view_class_statistics(statistics, smallest)
        views.append(BallotView(number, title, view.answered, view.suppressed, smallest, view.rows, view.figure))
    return tuple(views)


def view_movement(results: GroupResults, snapshot: Snapshot) -> MovementView | None:
    """Bands for what may be shown; the rest pools as others. None with one vote, or when nothing may be shown."""
    if results.movement is None:
        return None
    shown = {(s, e): n for s, row in results.movement.items() for e, n in row.items() if n}
    total = sum(sum(row.values()) for row in snapshot.movement.values())
    pooled = total - sum(shown.values())
    if not shown:
        return None
    bands = dict(shown) | ({(OTHERS, OTHERS): pooled} if pooled else {})
    nodes, shapes = _layout(bands, total)
    changed = sum(n for (s, e), n in shown.items() if s != e)
    return MovementView(
        width=_WIDTH,
        height=_HEIGHT,
        nodes=nodes,
        bands=shapes,
        headline=_movement_headline(shown, changed, pooled),
        columns=tuple(NAME[vote] for vote in VOTES),
        table=tuple(
            (NAME[start], tuple("–" if n is None else str(n) for n in (results.movement[start][end] for end in VOTES)))
            for start in VOTES
        ),
        description=" ".join(
            f"{band.count} stayed with {band.end_name.lower()}."
            if band.start == band.end
            else f"{band.count} changed from {band.start_name.lower()} to {band.end_name.lower()}."
            for band in shapes
            if band.start != OTHERS
        ),
    )


def movement_contradicts(results: GroupResults, snapshot: Snapshot) -> bool:
    """Whether the bands that may be shown add up to other numbers than the votes do, because the rest is pooled.

    A reader would see two numbers for one answer, and no one could explain it.
    """
    shown = {(s, e): n for s, row in (results.movement or {}).items() for e, n in row.items() if n}
    total = sum(sum(row.values()) for row in snapshot.movement.values())
    if total == sum(shown.values()):
        return False
    return any(
        share.count is not None and share.count != sum(n for cell, n in shown.items() if cell[side] == share.system)
        for side, ballot in enumerate(results.ballots)
        for share in ballot.systems
    )


def _movement_headline(shown: dict[tuple[str, str], int], changed: int, pooled: int) -> str:
    moves = {cell: n for cell, n in shown.items() if cell[0] != cell[1]}
    if moves:
        (start, end), count = max(moves.items(), key=lambda item: item[1])
        people = "person" if count == 1 else "people"
        return f"After talking, {count} {people} changed from {_lower(start)} to {_lower(end)}"
    if changed == 0 and pooled == 0:
        return "No one changed their answer"
    return "Most of us kept our answer"


def _lower(vote: str) -> str:
    return {"unsure": "not sure", "pass": "passing"}.get(vote, vote)


def _layout(bands: dict[tuple[str, str], int], total: int) -> tuple[tuple[Node, ...], tuple[Band, ...]]:
    """Stacks both sides in the order of VOTES and joins them with curved bands; heights are counts."""
    order = [*VOTES, OTHERS]
    present = [vote for vote in order if any(vote in cell for cell in bands)]
    unit = (_HEIGHT - _GAP * (len(present) - 1)) / total
    sides: list[dict[str, float]] = []
    nodes = []
    for side, x in ((0, 0.0), (1, _WIDTH - _NODE)):
        top, tops = 0.0, {}
        for vote in present:
            count = sum(n for cell, n in bands.items() if cell[side] == vote)
            if count:
                tops[vote] = top
                name = "Others" if vote == OTHERS else NAME[vote]
                told = "a few" if vote == OTHERS and count <= FEW else str(count)
                nodes.append(Node(vote, name, x, round(top, 1), _NODE, round(count * unit, 1), told))
                top += count * unit + _GAP
        sides.append(tops)
    shapes = []
    in_order = sorted(bands.items(), key=lambda item: (order.index(item[0][0]), order.index(item[0][1])))
    for (start, end), count in in_order:
        left, right, height = sides[0][start], sides[1][end], count * unit
        sides[0][start] += height
        sides[1][end] += height
        a, b, middle = _NODE, _WIDTH - _NODE, _WIDTH / 2
        path = (
            f"M{a:.0f} {left:.1f}C{middle:.0f} {left:.1f} {middle:.0f} {right:.1f} {b:.0f} {right:.1f}"
            f"V{right + height:.1f}C{middle:.0f} {right + height:.1f} {middle:.0f} {left + height:.1f} "
            f"{a:.0f} {left + height:.1f}Z"
        )
        names = ["Others" if vote == OTHERS else NAME[vote] for vote in (start, end)]
        shapes.append(Band(start, end, names[0], names[1], count, path))
    return tuple(nodes), tuple(shapes)


def view_heat(results: GroupResults, case: Case) -> tuple[tuple[HeatSegment, ...], ...] | None:
    """The story in stretches by how many marked them, in three steps up to the most-marked words.

    None when no one marked words, or too few to show.
    """
    if not results.heat_map:
        return None
    most = max(heat.count for heat in results.heat_map)
    counts = [0] * len(case.story)
    for heat in results.heat_map:
        counts[heat.start : heat.end] = [heat.count] * (heat.end - heat.start)
    _bridge(counts, case.story)
    cues: list[CueView | None] = [None] * len(case.story)
    for cue in view_cues(case):
        cues[cue.start : cue.end] = [cue] * (cue.end - cue.start)
    paragraphs = []
    offset = 0
    for paragraph in case.story.split("\n\n"):
        end = offset + len(paragraph)
        paragraphs.append(tuple(_stretches(case.story, counts, cues, offset, end, most)))
        offset = end + 2
    return tuple(paragraphs)


def _bridge(counts: list[int], story: str) -> None:
    """Fills what stands between two words of the same count, so that a run reads as one."""
    place = 0
    while place < len(story):
        if counts[place] or not place or not counts[place - 1]:
            place += 1
            continue
        end = place
        while end < len(story) and not counts[end] and not story[end].isalnum() and story[end] != "\n":
            end += 1
        if end < len(story) and counts[end] == counts[place - 1]:
            counts[place:end] = [counts[end]] * (end - place)
        place = end + 1


def _stretches(
    story: str, counts: list[int], cues: list[CueView | None], start: int, end: int, most: int
) -> list[HeatSegment]:
    segments = []
    place = start
    while place < end:
        stop = place + 1
        while stop < end and counts[stop] == counts[place] and cues[stop] is cues[place]:
            stop += 1
        count = counts[place]
        last = stop == end or counts[stop] != count
        heat = 0 if not count else 1 + min(2, 3 * count // (most + 1))
        segments.append(HeatSegment(story[place:stop], heat, count if count and last else None, cues[place]))
        place = stop
    return segments


def view_calibration(snapshot: Snapshot) -> tuple[CalibrationRow, ...]:
    """Confidence against the key, from a hunch to very sure."""
    return tuple(
        CalibrationRow(
            label, row.answered, row.matched, round(100 * row.matched / row.answered) if row.answered else None
        )
        for confidence, label in CONFIDENCE_LABEL.items()
        if (row := snapshot.calibration.get(confidence)) is not None
    )


def ring(members: int, answered: int) -> tuple[tuple[float, float, bool], ...]:
    """The answer ring in a box of 200 by 200: dots fill clockwise from the top, in order and never by seat.

    Above 60 members each dot stands for a share.
    """
    dots = min(max(members, answered), _RING_DOTS)
    filled = answered if members <= _RING_DOTS else round(dots * answered / max(members, answered))
    return tuple(
        (
            round(100 + 84 * sin(2 * pi * place / dots), 1),
            round(100 - 84 * cos(2 * pi * place / dots), 1),
            place < filled,
        )
        for place in range(dots)
    )


def headline(results: GroupResults, person: str) -> str:
    """The finding in one sentence, with words instead of numbers where few have answered so."""
    last = results.ballots[-1]
    told = "After talking, " if len(results.ballots) > 1 else ""
    if last.suppressed:
        return f"{person}’s story: too few answers to show"
    shares = [share for share in last.systems if share.count is not None]
    if not shares:
        return "We saw it in different ways"
    top = max(shares, key=lambda share: share.count or 0)
    ties = [share for share in shares if share.count == top.count]
    share = (top.count or 0) / last.answered
    if len(ties) > 1 or share < 0.4:
        text = "we saw it in different ways"
    else:
        many = "all of us" if share == 1 else "most of us" if share > 0.5 else "many of us"
        chose = {"pass": "passed", "unsure": "were not sure"}.get(top.system, f"chose {top.system}")
        text = f"{many} {chose}"
    return (told + text)[0].upper() + (told + text)[1:]
