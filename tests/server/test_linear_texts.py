"""Whatever reads text that people send takes time in proportion to it: ten times the length, ten times the time.

A pattern that looks through the rest of a text from each of its places would hold everyone else up, for Python looks
for patterns with its lock held.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants, _parser  # what a pattern is made of
from time import thread_time
from typing import Any

import pytest
from markupsafe import escape

import api
from api.accounts.tokens import Tokens
from api.editorial.advice import advise
from api.exchange.formats import read_file
from api.exchange.formats.archive import pack
from api.exchange.formats.rows import Refused, quiet
from api.kit import prose
from api.kit.join_codes import normalise
from api.kit.plain_text import names
from api.kit.spreadsheet import safe_cell
from api.kit.text_diff import stretches
from api.session_plans.checking import check as check_plan
from api.session_plans.wording import brain_links, diagnoses, words_to_avoid
from api.vignettes.checking import check
from api.vignettes.readability import reading_age
from api.vignettes.reading import LARGEST_FILE
from api.vignettes.searching import matching
from tests.cast import ANA_FILE
from tests.session_plans.sample import SAMPLE

SHORT, LONG = 1_000, 10_000
TOO_QUICK = 0.0001  # seconds: what a square takes is more at the first length already
WORTH_SECONDS = 0.1  # below this a text of the greatest length holds no one up
MOST = 15  # times as long, for ten times the length


def _sources() -> list[Path]:
    return sorted(Path(api.__path__[0]).rglob("*.py"))


def _held(value: object) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value of a module, however it holds them."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _held(each)
    elif isinstance(value, dict):
        yield from _held((*value.keys(), *value.values()))


def _written(source: Path) -> Iterator[re.Pattern[Any] | str]:
    """The patterns that stand in calls of `re`, and the place of each that is put together when it is needed."""
    for node in ast.walk(ast.parse(source.read_text())):
        called = node.func if isinstance(node, ast.Call) else None
        if not (
            isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "re" and called.attr in dir(re)
        ):
            continue
        assert isinstance(node, ast.Call)
        if called.attr in ("escape", "Pattern"):
            continue
        first = node.args[0]
        if isinstance(first, ast.Constant):
            yield re.compile(first.value, re.MULTILINE)
        else:
            yield f"{source.relative_to(Path(api.__path__[0]).parent)}:{called.attr}"


def _patterns() -> dict[str, re.Pattern[Any]]:
    found: dict[str, re.Pattern[Any]] = {}
    for module in pkgutil.walk_packages(api.__path__, "api."):
        if "migrations" not in module.name:
            for value in vars(importlib.import_module(module.name)).values():
                found |= {str(pattern.pattern): pattern for pattern in _held(value)}
    for source in _sources():
        for pattern in _written(source):
            if not isinstance(pattern, str):
                found.setdefault(str(pattern.pattern), pattern)
    return found


def _sample(parsed: Any) -> str:
    """A short text that a part of a pattern matches, or nearly."""
    text = ""
    for kind, value in parsed:
        if kind in (_constants.LITERAL, _constants.NOT_LITERAL):
            text += chr(value) if kind is _constants.LITERAL else "a"
        elif kind is _constants.ANY:
            text += "a"
        elif kind is _constants.IN:
            text += _member(value)
        elif kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
            text += _sample(value[2]) * max(1, min(value[0], 3))
        elif kind is _constants.SUBPATTERN:
            text += _sample(value[3])
        elif kind is _constants.BRANCH:
            text += _sample(value[1][0])
    return text


def _member(members: Any) -> str:
    kinds = {_constants.CATEGORY_SPACE: " ", _constants.CATEGORY_DIGIT: "1", _constants.CATEGORY_WORD: "a"}
    for kind, value in members:
        if kind is _constants.LITERAL:
            return chr(value)
        if kind is _constants.RANGE:
            return chr(value[0])
        if kind is _constants.CATEGORY and value in kinds:
            return kinds[value]
    return "a"


def attacks(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """Texts of any length that begin again and again, or go on for ever, wherever the pattern could have ended."""
    flat = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    sample = _sample(_parser.parse(flat, pattern.flags & re.VERBOSE))[:24]
    starts = [sample[:size] for size in range(len(sample) + 1)]
    for start in starts:
        if start:
            yield lambda length, start=start: start * (length // len(start))  # type: ignore[misc]
        for more in dict.fromkeys((*sample[-3:], start[-1:] or "a", " ", "\n", "a", "1")):
            yield lambda length, start=start, more=more: start + more * (length - len(start)) + "\0"  # type: ignore[misc]


def least(run: Callable[[], object], times: int = 3) -> float:
    """The least time of some runs, in seconds."""
    found = float("inf")
    for _ in range(times):
        began = thread_time()
        run()
        found = min(found, thread_time() - began)
    return found


def slow_patterns(patterns: dict[str, re.Pattern[Any]]) -> dict[str, str]:
    """The patterns that a text of ten times the length holds up for more than MOST times as long, with such a text."""
    found: dict[str, str] = {}
    for name, pattern in patterns.items():
        as_read: Callable[[str], Any] = str if isinstance(pattern.pattern, str) else lambda text: text.encode("latin-1")

        def search(text: Any, pattern: re.Pattern[Any] = pattern) -> object:
            return pattern.sub(text[:0], text)  # what looks at every place

        for attack in attacks(pattern):
            short, long = as_read(attack(SHORT)), as_read(attack(LONG))
            if least(lambda short=short, search=search: search(short), 1) < TOO_QUICK:  # type: ignore[misc]
                continue
            slow = least(lambda short=short, search=search: search(short), 5)  # type: ignore[misc]
            again = (1, 3)  # the first time it may only have been interrupted
            if slow >= TOO_QUICK and all(
                least(lambda long=long, search=search: search(long), times) > MOST * slow  # type: ignore[misc]
                for times in again
            ):
                found[name] = attack(40)
                break
    return found


def test_every_pattern_is_linear() -> None:
    patterns = _patterns()
    assert len(patterns) > 30, "the walk finds the patterns"

    assert slow_patterns(patterns) == {}


def test_the_patterns_that_were_slow_once_are_found() -> None:
    once = (r"\{\s*\.(?P<type>[\w.]+)(?P<rest>[^{}]*)\}", r"\s*\n\s*", r"<[a-z][^>]*>")
    flags = {pattern: re.compile(pattern, re.MULTILINE) for pattern in once}

    assert set(slow_patterns(flags)) == set(once)


def test_patterns_put_together_when_needed_are_those_that_the_texts_below_reach() -> None:
    put_together = {each for source in _sources() for each in _written(source) if isinstance(each, str)}

    assert put_together == {
        "api/vignettes/checking.py:search",
        "api/kit/yaml.py:compile",
        "api/session_plans/wording.py:finditer",
        "api/exchange/formats/gift.py:search",
        "api/kit/plain_text.py:compile",
        "api/kit/plain_text.py:search",
    }


HEAD, BODY = ANA_FILE.split("\n\n", 1)
PLAN_HEAD, PLAN_STEPS = SAMPLE.split("steps:", 1)
TOKENS = Tokens("a secret of the tests")


def _story(text: str) -> object:
    case, faults = check(f"{HEAD}\n\n{text}\n", None)
    return advise(case, faults)


def _sections(text: str) -> object:
    return check(ANA_FILE + text)


def _front(text: str) -> object:
    return check(ANA_FILE.replace("tags: [sport]", f"tags: [sport]\n{text}"))


def _plan(text: str) -> object:
    return check_plan(f"{PLAN_HEAD}steps:{PLAN_STEPS}{text}", {})


def _change(text: str) -> object:
    return list(stretches(text, text[::2] + "b" + text[::3]))


def _item(text: str) -> dict[str, bytes]:
    words = f"<!-- {text.replace('--', '-')} --><p>{escape(text)}</p>"
    choice = f'<choiceInteraction><simpleChoice identifier="A">{words}</simpleChoice></choiceInteraction>'
    item = f"<assessmentItem><itemBody>{words}{choice}</itemBody></assessmentItem>"
    return {"imsmanifest.xml": b"<manifest/>", "item.xml": item.encode()}


# Each with the length up to which it is let in.
ENTRANCES: dict[str, tuple[Callable[[str], object], int]] = {
    "the story of a file": (_story, LARGEST_FILE - 1_000),
    "the sections of a file": (_sections, LARGEST_FILE - len(ANA_FILE) - 1_000),
    "the front matter of a file": (_front, 20_000),
    "a plan": (_plan, 20_000),
    "two texts side by side": (_change, LARGEST_FILE),
    "Markdown": (prose.html.__wrapped__, LARGEST_FILE),
    "a line of Markdown": (prose.inline.__wrapped__, LARGEST_FILE),
    "words of a plan": (
        lambda text: (reading_age(text), [*words_to_avoid(text)], [*diagnoses(text)], brain_links(text)),
        20_000,
    ),
    "a table": (lambda text: _refused(read_file, "stories.csv", text.encode(), quiet), LARGEST_FILE),
    "a question bank in GIFT": (lambda text: _refused(read_file, "bank.gift", text.encode(), quiet), LARGEST_FILE),
    "an item of QTI": (lambda text: _refused(read_file, "items.zip", pack(_item(text)), quiet), LARGEST_FILE),
    "words as people see them": (lambda text: (names(text, "Ana"), names("Ana", text)), LARGEST_FILE),
    "a list in JSON": (lambda text: _refused(read_file, "stories.json", text.encode(), quiet), LARGEST_FILE),
    "a search": (lambda text: matching("sqlite", text), 20_000),
    "a code": (normalise, 20_000),
    "a token": (lambda text: TOKENS.read("learner", text), 20_000),
    "a cell": (safe_cell, 20_000),
}
UNITS = (
    "[",
    "[a]{.b",
    "[a]{.a.b}",
    "a]{ ",
    "{.a",
    "a ",
    "\n",
    " \n",
    "- ",
    "*a",
    "`",
    "“",
    "drive ",
    "## \n",
    "a: ",
    "](",
)


def _refused(run: Callable[..., object], *given: object) -> object:
    try:
        return run(*given)
    except Refused as refused:
        return refused


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_way_in_for_text_is_linear(entrance: str) -> None:
    read, longest = ENTRANCES[entrance]
    for unit in UNITS:
        texts = [(unit * length)[:length] for length in (longest // 10, longest)]
        long = least(lambda text=texts[1]: read(text), 1)  # type: ignore[misc]
        if long < WORTH_SECONDS:
            continue
        short = least(lambda text=texts[0]: read(text), 3)  # type: ignore[misc]
        if long > MOST * short:  # so it may only have been interrupted
            long = least(lambda text=texts[1]: read(text), 3)  # type: ignore[misc]
        assert long <= MOST * short or long < WORTH_SECONDS, (unit, short, long)
