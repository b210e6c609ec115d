"""Writes a plan as a plan file: what `reading` gives back unchanged."""

from collections.abc import Mapping
from typing import Any

import yaml

from api.kit.yaml import CONTROL
from api.session_plans.plan import Plan


class _Dumper(yaml.SafeDumper):
    """Longer texts stand as they are read: as a block, with their paragraphs. What stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the reader takes none
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    # What the reader takes for a control character goes through it only when it is escaped.
    style = '"' if CONTROL.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _mapping(dumper: _Dumper, mapping: dict[Any, Any]) -> yaml.Node:
    numbers = all(isinstance(key, int) for key in mapping)
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items(), flow_style=numbers)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)


def write(plan: Plan) -> str:
    """The text of the plan file; what has its default is left out."""
    return write_data(plan.model_dump(exclude_defaults=True))


def write_data(data: Mapping[str, Any]) -> str:
    """The same for what a plan file held as it was read, good or not."""
    return yaml.dump(
        dict(data),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=110,
        default_flow_style=False,
    )
