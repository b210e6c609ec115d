"""The software bill of materials: what uv has locked, with what stands in the tree from elsewhere.

`python -m tests.tools.bill UV OUT` writes it, as CycloneDX 1.5.
"""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from api.kit.assets import STATIC
from tests.trust.markdown import ROOT

# Files, name, licence, and where they come from.
VENDORED = (
    (("htmx.min.js",), "htmx.org", "0BSD", "https://github.com/bigskysoftware/htmx"),
    (("sortable.min.js",), "sortablejs", "MIT", "https://github.com/SortableJS/Sortable"),
    (
        (
            "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2",
            "fonts/atkinson-hyperlegible-next-latin-wght-italic.woff2",
            "fonts/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2",
        ),
        "Atkinson Hyperlegible Next",
        "OFL-1.1",
        "https://github.com/googlefonts/atkinson-hyperlegible-next",
    ),
    (
        ("fonts/atkinson-hyperlegible-mono-latin-wght-normal.woff2",),
        "Atkinson Hyperlegible Mono",
        "OFL-1.1",
        "https://github.com/googlefonts/atkinson-hyperlegible-next-mono",
    ),
)


def bill(uv: str) -> dict[str, Any]:
    """The whole bill. What the product runs with, all extras included; not what it is tested with."""
    command = [uv, "export", "--quiet", "--frozen", "--no-dev", "--all-extras", "--format", "cyclonedx1.5"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    found["components"] += [_vendored(*entry) for entry in VENDORED]
    return found


def _vendored(files: tuple[str, ...], name: str, licence: str, source: str) -> dict[str, Any]:
    parts = [
        {
            "type": "file",
            "bom-ref": f"file:{file}",
            "name": f"frontend/static/{file}",
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256((STATIC / file).read_bytes()).hexdigest()}],
        }
        for file in files
    ]
    told = (
        re.search(r'(?:version="|^/\*! Sortable )([\d.]+)', (STATIC / files[0]).read_text())
        if files[0].endswith(".js")
        else None
    )
    version = {"version": told[1]} if told else {}  # the fonts are known by their checksums
    return {
        "type": "library",
        "bom-ref": f"vendored:{name}",
        "name": name,
        **version,
        "licenses": [{"license": {"id": licence}}],
        "externalReferences": [{"type": "vcs", "url": source}],
        "components": parts,
    }


if __name__ == "__main__":
    out = Path(sys.argv[2])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(bill(sys.argv[1]), indent=2) + "\n")
    sys.stdout.write(f"{out}\n")
