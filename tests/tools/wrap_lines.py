"""Breaks long lines of templates and style sheets where that changes nothing: before a block of the page, else between
the attributes of a tag, and between the declarations of a rule.

python -m tests.tools.wrap_lines [--check] [file …]

With --check it names the lines that could be broken and are not. Words that people read are left alone, for tests look
for them, and so is everything between <pre> or <textarea> and its end.
"""

import re
import sys
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
_STRING = re.compile(
    r"{%-? if (?:(?!{%-? if).)*?endif -?%}|\"(?:{{.*?}}|{%.*?%}|[^\"])*\"|'[^']*'|{%.*?%}|{{.*?}}", re.DOTALL
)


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
    """Lines broken at the blanks of tags and of Jinja's marks, the last that fits first."""
    if re.search(r"<(?:pre|textarea)\b", text):  # a blank counts there
        return text
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if len(line) > LONGEST and (cut := _place(line)) is not None:
            indent = line[: len(line) - len(line.lstrip())] + INDENT
            lines[at : at + 1] = [line[:cut].rstrip(), indent + line[cut:].lstrip()]
        at += 1
    return "\n".join(lines)


def _place(line: str) -> int | None:
    """Where to break: before the last block that fits, else at the last blank in a tag that fits; None if nowhere."""
    begins = len(line) - len(line.lstrip())
    blocks, blanks = [], []
    for mark in _MARK.finditer(line):
        if mark.start() > begins and _BLOCK.match(mark[0]) and line[mark.start() - 1] in ">}":
            blocks.append(mark.start())
        if mark[0].startswith("<"):
            strings = [(found.start(), found.end()) for found in _STRING.finditer(mark[0])]
            for blank in re.finditer(" ", mark[0]):
                if not any(low <= blank.start() < high for low, high in strings):
                    blanks.append(mark.start() + blank.start())
    for places in (blocks, blanks):
        fits = [place for place in places if begins + SHORTEST < place <= LONGEST]
        if fits:
            return fits[-1]
    return next((place for place in blocks if place > begins), None)


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
