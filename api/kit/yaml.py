"""Reads YAML that people write by hand: safely, and with the line and column of every fault."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor

from api.kit.plain_text import tidy

# Among them the line breaks that only some programs know: lines are counted by \n alone.
MOST_FAULTS = 100  # told of one part: each costs a look through the text, and no one reads more at once
CONTROL = re.compile("[^\\t\\n\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

MOST_BRACKETS = 200
_NOT_SIMPLE = re.compile(r"[*&]|^ {40}|[-?:] +[-?] ", re.M)

_UNREAD: Final = (
    "each line is “name: value”; put a value in quotes if it has a colon, a # or brackets, and close what you open"
)

Path = Sequence[int | str]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at a place in a file; line and column count from 1.

    `path` leads to the part of the document that it is about, where the finder knows it; forms show it there.
    """

    line: int
    column: int
    message: str
    path: tuple[int | str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document as data, with the nodes that know where everything stands.

    `text` is what was parsed, and `first_line` the line of the file where it begins.
    """

    text: str
    first_line: int
    root: yaml.Node
    data: Any

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of what a path of keys and indices leads to, or of the last part that there is."""
        return self._at(_follow(self.root, path)[0])

    def find(self, path: Path, pattern: str) -> tuple[int, int]:
        """Where the pattern first stands in the value at the path; the value's own place if it does not."""
        mark, node = _follow(self.root, path)
        found = re.compile(pattern).search(self.text, node.start_mark.index, node.end_mark.index)
        if found is None:
            return self._at(mark)
        line_start = self.text.rfind("\n", 0, found.start()) + 1
        return self.first_line + self.text.count("\n", 0, found.start()), found.start() - line_start + 1

    def _at(self, mark: Any) -> tuple[int, int]:
        return mark.line + self.first_line, mark.column + 1


def clean(text: str, largest: int, kind: str) -> tuple[str, list[Fault]]:
    """The text with plain line ends; a fault if it has more than `largest` bytes or holds control characters."""
    if len(text.encode("utf-8", "surrogatepass")) > largest:
        return "", [Fault(1, 1, f"the file is larger than {largest} bytes; {kind}")]
    text = tidy(text)
    if odd := CONTROL.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        column = odd.start() - text.rfind("\n", 0, odd.start())
        return "", [Fault(line, column, "there is a control character here. The file must be plain text")]
    return text, []


def parse(text: str, name: str, example: str, first_line: int = 1) -> tuple[Document | None, list[Fault]]:
    """The document, which is a mapping, or the fault why there is none; `name` is what the file's people call it."""
    loaders = (*_QUICKEST, *_LOADERS) if _is_simple(text) else _LOADERS
    document, faults = _parse(loaders[0](text), text, name, example, first_line)
    if faults and loaders[1:]:
        return _parse(loaders[-1](text), text, name, example, first_line)
    return document, faults


def _is_simple(text: str) -> bool:
    """Whether it can hold no alias and nest nowhere deep: libyaml's own composer refuses neither."""
    return text.count("[") + text.count("{") < MOST_BRACKETS and not _NOT_SIMPLE.search(text)


def _parse(loader: Any, text: str, name: str, example: str, first_line: int) -> tuple[Document | None, list[Fault]]:
    try:
        root = loader.get_single_node()
        data = loader.construct_document(root) if root else None
    # PyYAML's constructors let all of these escape from odd scalars and deep nesting.
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = error.problem if isinstance(error, _Refusal) else _UNREAD
        line, column = (mark.line + first_line, mark.column + 1) if mark else (first_line, 1)
        return None, [Fault(line, column, f"{name} is not plain YAML: {problem}")]
    finally:
        loader.dispose()
    if root is None or not isinstance(data, dict):
        return None, [Fault(first_line, 1, f"{name} is a list of lines such as “{example}”")]
    return Document(text, first_line, root, data), []


def lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]


def _follow(root: yaml.Node, path: Path) -> tuple[Any, yaml.Node]:
    """The mark of a field's name (or a list item) and the node of its value, as far as the path goes."""
    node, mark = root, root.start_mark
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if found is None:
                break
            mark, node = found[0].start_mark, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            mark = node.start_mark
        else:
            break
    return mark, node


class _Refusal(yaml.MarkedYAMLError):
    """What we refuse ourselves, in our own words."""


class _Mappings(SafeConstructor):
    """Safe YAML without repeated keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refusal(problem="a name is a word, not a list", problem_mark=key.start_mark)
            if key.value in seen:
                raise _Refusal(problem=f"“{key.value}” is here twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Strict(Composer, _Mappings):
    """Without aliases too, which a small file can use to grow without bound.

    It stands before libyaml's own composer, which cannot be told to refuse aliases.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        events: Any = self  # which the other bases of a loader give
        if events.check_event(yaml.AliasEvent):
            mark = events.peek_event().start_mark
            raise _Refusal(problem="aliases (*name) are not used here", problem_mark=mark)
        return super().compose_node(parent, index)


class _Loader(_Strict, yaml.SafeLoader):
    """Tells best what is wrong, and reads some odd things that libyaml does not."""

    def __init__(self, text: str) -> None:
        yaml.SafeLoader.__init__(self, text)


_LOADERS: tuple[type, ...] = (_Loader,)
_QUICKEST: tuple[type, ...] = ()

if yaml.__with_libyaml__:  # PyYAML comes without it where it was built without libyaml

    class _FastLoader(_Strict, yaml.CSafeLoader):
        """Several times as fast, which an import of thousands needs."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            Composer.__init__(self)

    class _QuickestLoader(_Mappings, yaml.CSafeLoader):
        """Composes in C, for text without aliases, and takes words, lists and names as they are."""

        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            if node.tag == "tag:yaml.org,2002:str" and isinstance(node, yaml.ScalarNode):
                return node.value
            if node.tag == "tag:yaml.org,2002:seq" and isinstance(node, yaml.SequenceNode):
                return [self.construct_object(item, deep=True) for item in node.value]
            if node.tag == "tag:yaml.org,2002:map" and isinstance(node, yaml.MappingNode):
                return self.construct_mapping(node, deep=True)
            return super().construct_object(node, deep)

    _LOADERS = (_FastLoader, _Loader)
    _QUICKEST = (_QuickestLoader,)
