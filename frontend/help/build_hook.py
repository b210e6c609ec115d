"""Makes the help while a wheel is built; a checkout makes it with `make docs`."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from properdocs.commands.build import build
from properdocs.config import load_config


class HelpHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface names it
        if version != "editable":
            build(load_config(str(Path(self.root) / "frontend" / "help" / "properdocs.yml")))
