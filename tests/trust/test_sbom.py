"""The bill of materials: valid, and whole."""

import hashlib
import json
import shutil
import tomllib
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from api.kit.assets import STATIC
from tests.tools.bill import VENDORED, bill
from tests.trust.markdown import ROOT


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    uv = shutil.which("uv") or str(ROOT / ".build" / "uv" / "bin" / "uv")
    if shutil.which(uv) is None:
        pytest.skip("uv is not installed")
    return bill(uv)


def test_the_bill_is_cyclonedx(found: dict[str, Any]) -> None:
    # The validator reads each address with a whole grammar, which takes minutes for all of uv's: ours are enough.
    ours = len(VENDORED)
    others = [{**component, "externalReferences": []} for component in found["components"][:-ours]]
    short = found | {"components": others + found["components"][-ours:]}

    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(json.dumps(short)) is None
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(json.dumps(short | {"bomFormat": "other"})) is not None


def test_the_bill_names_every_locked_and_vendored_component(found: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    names = {component["name"].lower() for component in found["components"]}

    for line in wanted:
        assert line.partition(">=")[0].partition("[")[0].lower() in names, line

    sums = {
        part["name"]: part["hashes"][0]["content"]
        for component in found["components"]
        for part in component.get("components", ())
    }
    # Whatever was checked into the tree from elsewhere has a checksum there.
    for line in (STATIC / "CHECKSUMS.sha256").read_text().splitlines():
        checksum, _, name = line.partition("  ")
        if name.endswith((".js", ".woff2")):
            assert sums.pop(f"frontend/static/{name}") == checksum
            assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == checksum
    assert sums == {}
