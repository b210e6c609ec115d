"""Folders of `api/` stand in layers, and routers are leaves."""

import ast
from pathlib import Path

from tests.tools.folder_graph import imports_of, read, rings, tree

ROOT = Path(__file__).parents[2]


def test_no_folders_import_each_other_in_a_ring() -> None:
    graph, _, _ = read(ROOT)

    assert rings(graph) == []


def test_few_modules_lie_loose() -> None:
    assert len([path for path in (ROOT / "api").glob("*.py") if path.name != "__init__.py"]) <= 8


def test_only_the_application_imports_from_routers() -> None:
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / "api").rglob("*.py")}
    routers = {name for name, path in files.items() if _makes_a_router(path)}

    uses = {
        (name, imported)
        for name, path in files.items()
        if name != "api.app"
        for imported in imports_of(path, set(files))
        if imported in routers
    }

    assert len(routers) > 30
    assert uses == set()


def _makes_a_router(path: Path) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "APIRouter"
        for node in ast.walk(tree(path))
    )


def test_the_state_of_the_application_is_read_through_typed_accessors() -> None:
    reads = sum(
        path.read_text("utf-8").count("app.state")
        for path in (ROOT / "api").rglob("*.py")
        if path != ROOT / "api/app.py"
    )

    assert reads <= 40
