"""Breaks long lines of templates and style sheets where that changes nothing: before a block of the page, else at a
blank between words or attributes, and between the declarations of a rule.

python -m tests.tools.wrap_lines [--check] [file …]

With --check it names the files with lines that could be broken and are not. A page gets one blank for a break, however
it is indented (`api.web.rendering.OneBlank`).
"""

import re
import sys
from bisect import bisect
from collections.abc import Iterator
from pathlib import Path

LONGEST = 160
INDENT = "  "
SHORTEST = 40  # a shorter first line helps no one
ROOT = Path(__file__).parents[2]
_MARK = re.compile(
    r"{#.*?#}|{%.*?%}|{{.*?}}|<[a-zA-Z](?:\"(?:{{.*?}}|{%.*?%}|[^\"])*\"|{{.*?}}|{%.*?%}|[^\">])*>", re.DOTALL
)
_BLOCK = re.compile(
    r"<(?:p|div|section|article|header|nav|ul|ol|li|dl|dt|dd|h[1-6]|table|thead|tbody|tr|th|td|form|fieldset)\b"
)
# A condition inside a tag stays with what it adds: value="threat"{% if chosen %} checked{% endif %} is one thing.
_CONDITION = r"{%-? if (?:(?!{%-? if).)*?endif -?%}"
_VALUE = r"\"(?:{{.*?}}|{%.*?%}|[^\"])*\""
_JINJA = r"{#.*?#}|{%.*?%}|{{.*?}}"
_IN_TAG = re.compile(f"{_CONDITION}|{_VALUE}|{_JINJA}", re.DOTALL)
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")


def wrap_css(text: str) -> str:
    """Each rule of an at-rule, and each declaration of a rule, that is too long on a line of its own."""
    lines = []
    for line in _rules(text.split("\n")):
        rule = re.fullmatch(r"(\s*)(.*?\{) ?([^{}]+?;?) ?\}", line)
        if len(line) <= LONGEST or rule is None:
            lines.append(line)
            continue
        indent, head, body = rule.groups()
        lines.append(indent + head)
        lines += [f"{indent}{INDENT}{part.strip()};" for part in _declarations(body)]
        lines.append(indent + "}")
    return "\n".join(lines)


def _rules(lines: list[str]) -> Iterator[str]:
    for line in lines:
        nested = re.fullmatch(r"(@[^{}]*\{)((?:[^{}]*\{[^{}]*\})+)\}", line)
        if len(line) <= LONGEST or nested is None:
            yield line
            continue
        yield nested[1]
        for rule in re.findall(r"[^{}]*\{[^{}]*\}", nested[2]):
            yield INDENT + rule.strip()
        yield "}"


def _declarations(body: str) -> Iterator[str]:
    depth, part = 0, ""
    for character in body:
        depth += (character == "(") - (character == ")")
        if character == ";" and not depth:
            yield part
            part = ""
        else:
            part += character
    if part.strip():
        yield part


def wrap_html(text: str) -> str:
    """Lines broken where the last block or blank that fits is; what follows a first break stands one step in."""
    blocks, easy, hard = _places(text)
    done, start = [], 0
    for line in text.split("\n"):
        end, indent = start + len(line), ""
        deeper = line[: len(line) - len(line.lstrip())] + INDENT
        while len(indent) + end - start > LONGEST:
            least = start + SHORTEST + len(deeper)
            most = start + LONGEST - len(indent)
            cut = next((fits[-1] for kind in (blocks, easy, hard) if (fits := _within(kind, least, most))), None)
            cut = cut or next(iter(_within(blocks, least, end)), None)
            if cut is None:
                break
            done.append(indent + text[start:cut].rstrip())
            start = cut + (text[cut] == " ")
            indent = deeper
        done.append(indent + text[start:end])
        start = end + 1
    return "\n".join(done)


def _within(places: list[int], least: int, most: int) -> list[int]:
    return [place for place in places[bisect(places, least) :] if place <= most]


def _places(text: str) -> tuple[list[int], list[int], list[int]]:
    """Where a text may be broken: before blocks; between words or attributes; inside of values and of Jinja's marks."""
    marks = list(_MARK.finditer(text))
    blocks = [mark.start() for mark in marks if _BLOCK.match(mark[0]) and text[mark.start() - 1 : mark.start()] in ">}"]
    whole, strings = [], []
    for mark in marks:
        inner = [mark] if mark[0].startswith("{") else list(_IN_TAG.finditer(text, mark.start() + 1, mark.end() - 1))
        whole += [found.span() for found in inner]
        for jinja in re.finditer(_JINJA, mark[0], re.DOTALL):
            begin = mark.start() + jinja.start()
            strings += [(begin + found.start(), begin + found.end()) for found in _STRING.finditer(jinja[0])]
            strings += [
                (begin, begin + 4),
                (begin + len(jinja[0]) - 4, begin + len(jinja[0])),
            ]  # its signs stay with it
    return blocks, _blanks(text, whole), _blanks(text, strings)


def _blanks(text: str, kept: list[tuple[int, int]]) -> list[int]:
    """The blanks outside of these spans."""
    barred = {place for low, high in kept for place in range(low, high)}
    return [found.start() for found in re.finditer(" ", text) if found.start() not in barred]


def main(arguments: list[str]) -> int:
    named = [Path(name) for name in arguments if name != "--check"]
    paths = named or sorted([*ROOT.glob("frontend/templates/**/*.html"), *ROOT.glob("frontend/static/*.css")])
    late = []
    for path in paths:
        text = path.read_text("utf-8")
        wrapped = wrap_css(text) if path.suffix == ".css" else wrap_html(text)
        if wrapped == text:
            continue
        late.append(path)
        if "--check" not in arguments:
            path.write_text(wrapped, "utf-8")
    if "--check" in arguments:
        for path in late:
            print(f"{path}: lines over {LONGEST} characters; python -m tests.tools.wrap_lines {path}")
        return bool(late)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
