"""Charts as markup. In Python, not in a template: they hold nothing but our own words and numbers, the outcome of every
guess draws them, and a template takes ten times as long to write a number."""

from functools import cache, lru_cache

from markupsafe import Markup, escape

from api.charts.figures import Circle, Circles, Row
from api.web.rendering import templates

_BIG = 70  # radius from which on a circle's name is written larger


def circles(figure: Circles) -> Markup:
    """Three circles whose area is the number of answers. Needs _patterns.html once in the document.

    Screen readers read the description and not the pieces of the picture after it.
    """
    size = f'viewBox="0 0 {figure.width} {figure.height}" width="{figure.width}" height="{figure.height}"'
    drawn = "".join(map(_circle, figure.circles)) + "".join(map(_labels, figure.circles))
    return Markup(  # noqa: S704  # our own words and numbers
        f'<figure class="circles">\n<svg {size} role="img" aria-label="{escape(figure.description)}">'
        f'<g aria-hidden="true">{drawn}</g>\n</svg>\n</figure>'
    )


def _circle(c: Circle) -> str:
    place = f'cx="{c.cx}" cy="{c.cy}" r="{c.r}"/>'
    if c.few:
        return f'\n<g class="{c.system} circle-in"><circle class="fill-few" {place}</g>'
    pattern = f'<circle fill="url(#pt-{c.system})" mask="url(#keep-rim)" {place}'
    return f'\n<g class="{c.system} circle-in"><circle class="fill" {place}{pattern}</g>'


def _labels(c: Circle) -> str:
    on = "" if c.few else " on"
    size: float = 15 if c.few else round(min(c.r * 0.58, 52), 1)
    text = ""
    if c.show_value:
        y = round(c.cy + size * (0.35 if c.beside else 0.12), 1)
        text = f'\n<text class="value{on}" x="{c.cx}" y="{y}" font-size="{size}">{c.value}</text>'
    if c.beside:
        return f'{text}\n<text class="label" x="{c.label_x}" y="{c.label_y}" font-size="15">{escape(c.beside)}</text>'
    down, font = (24, 18) if c.r >= _BIG else (18, 15)
    y = round(c.cy + size * 0.12 + down, 1)
    return f'{text}\n<text class="label{on}" x="{c.cx}" y="{y}" font-size="{font}">{c.name}</text>'


@lru_cache(maxsize=4096)
def bar(answer: str, percent: int | None, interval: tuple[int, int] | None = None) -> Markup:
    """One bar on a scale of 0 to 100 %, with the likely range as a thin line. The numbers are next to it in words."""
    fill = whisker = ""
    if percent:
        place = f'width="{percent}%" height="100%" rx="4"/>'
        fill = f'<rect class="fill" {place}<rect fill="url(#pt-{escape(answer)})" {place}'
    if interval:
        ends = ((interval[0], interval[1], 50, 50), *((end, end, 20, 80) for end in interval))
        line = '<line class="whisker" x1="{}%" x2="{}%" y1="{}%" y2="{}%"/>'
        whisker = "".join(line.format(*end) for end in ends)
    return Markup(f'<span class="bar {escape(answer)}" aria-hidden="true"><svg>{fill}{whisker}</svg></span>')  # noqa: S704


@lru_cache(maxsize=4096)
def statistics_row(row: Row) -> Markup:
    """One answer in the table of class statistics. From one answer to the next few rows of a table change."""
    count = "hidden" if row.few else row.count
    share = '<span class="vh">not shown</span>' if row.percent is None else f"{row.percent}%"
    if row.few:
        told = '<span class="bar bar--few" aria-hidden="true"></span>to protect privacy'
    else:
        between = f"likely between {row.interval[0]}% and {row.interval[1]}%" if row.interval else ""
        told = f"{bar(row.answer, row.percent, row.interval)}{between}"
    return Markup(  # noqa: S704  # our own words and numbers
        f'\n      <tr class="{row.answer}" role="row">'
        f'\n        <th role="rowheader" scope="row"><span class="name">{_icon(row.answer)}{row.name}</span></th>'
        f'\n        <td role="cell">{count}</td>'
        f'\n        <td role="cell">{share}</td>'
        f'\n        <td class="range" role="cell">{told}</td>'
        "\n      </tr>"
    )


@cache
def _icon(name: str) -> str:
    icon = templates.env.get_template("_icons.html").module.icon  # type: ignore[attr-defined]  # a macro
    return str(icon(name))


templates.env.globals.update(circles=circles, bar=bar, statistics_row=statistics_row)
