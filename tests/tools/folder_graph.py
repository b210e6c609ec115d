"""Prints which folders of `api/` import which, those that import each other, the largest ring, and lines per folder.

python -m tests.tools.folder_graph [checkout]
"""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

Graph = Mapping[str, set[str]]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports_of(path: Path, modules: set[str]) -> Iterator[str]:
    """The modules among `modules` that a file imports, at the top or inside functions."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in modules else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def read(root: Path) -> tuple[dict[str, set[str]], Counter[str], dict[tuple[str, str], list[str]]]:
    """The graph of folders, lines per folder, and which files an edge comes from.

    Modules that lie loose in `api/` are not part of the graph: they put the application together.
    """
    files = {".".join(path.relative_to(root).with_suffix("").parts): path for path in (root / "api").rglob("*.py")}
    modules = {name.removesuffix(".__init__") for name in files}
    folders = {path.name for path in (root / "api").iterdir() if (path / "__init__.py").exists()}
    graph: dict[str, set[str]] = {folder: set() for folder in folders}
    lines: Counter[str] = Counter()
    causes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, path in files.items():
        folder = name.split(".")[1]
        lines[folder if folder in folders else "(loose)"] += len(path.read_text("utf-8").splitlines())
        if folder not in folders or "migrations" in name:
            continue
        for imported in imports_of(path, modules):
            parts = imported.split(".")
            if parts[0] == "api" and len(parts) > 1 and parts[1] in folders and parts[1] != folder:
                graph[folder].add(parts[1])
                causes[folder, parts[1]].append(f"{name} imports {imported}")
    return graph, lines, causes


def rings(graph: Graph) -> list[set[str]]:
    """The groups of folders that reach each other, largest first; a folder by itself is none."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for folder in graph[waiting.pop()] - seen:
                seen.add(folder)
                waiting.append(folder)
        return seen

    reach = {folder: reached(folder) for folder in graph}
    found = {frozenset(b for b in reach[a] if a in reach[b]) for a in graph}
    return sorted((set(ring) for ring in found if ring), key=len, reverse=True)


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    graph, lines, causes = read(root)
    found = rings(graph)
    mutual = [(a, b) for a in sorted(graph) for b in sorted(graph[a]) if a < b and a in graph[b]]
    for folder in sorted(graph, key=lambda name: (len(graph[name]), name)):
        print(f"{folder:15} {lines[folder]:6}  {' '.join(sorted(graph[folder]))}")
    loose = sorted(path.name for path in (root / "api").glob("*.py") if path.name != "__init__.py")
    print(f"{'(loose)':15} {lines['(loose)']:6}  {len(loose)}: {' '.join(loose)}")
    edges, largest = sum(map(len, graph.values())), max(map(len, found), default=0)
    print(f"{len(graph)} folders, {edges} edges, {len(mutual)} mutual pairs, largest ring {largest}")
    for a, b in mutual:
        for edge in ((a, b), (b, a)):
            print(f"  {edge[0]} -> {edge[1]}: " + "; ".join(sorted(set(causes[edge]))[:8]))


if __name__ == "__main__":
    main()
