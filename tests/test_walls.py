"""Who may import what. A wall that is climbed once is no wall: each module of the package is parsed and its imports are checked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "pipeline").rglob("*.py"))

# Library -> the places that may import it, as prefixes of the path under pipeline/.
ONLY_THERE = {
    "onnxruntime": ("language/", "training/"),  # training quantises with its tools; nothing that runs imports training
    "torch": ("training/",),
    "onnx": ("training/",),
    "safetensors": ("training/",),
    "transformers": ("training/",),
    "typer": ("cli.py",),
    "jinja2": ("view/",),
    "trafilatura": ("readers/",),
    "htmldate": ("readers/",),
    "charset_normalizer": ("readers/", "text/encoding.py"),
    "py3langid": ("readers/",),
    "rensa": ("text/",),
    "pyarrow.parquet": ("store.py", "readers/"),
    "pyarrow.dataset": ("store.py", "readers/"),
    "filelock": ("store.py", "runner.py", "locks.py"),
    "dask": (),
    "distributed": (),
}
# Part of the package -> what it must not import: libraries and modules of the package.
NEVER = {
    "text/": ("spacy", "pyarrow", "pandas", "os", "pathlib", "shutil", "tempfile", "urllib", "socket", "requests",
              "pipeline.language", "pipeline.stages", "pipeline.readers", "pipeline.store", "pipeline.runner"),
    "stages/": ("os", "pathlib", "shutil", "tempfile", "urllib.request", "socket", "requests", "pandas",
                "pipeline.store", "pipeline.runner", "pipeline.readers", "pipeline.cli", "pipeline.view", "pipeline.evaluation",
                "pipeline.training", "pipeline.language.model", "pipeline.language.encoder"),
    "readers/": ("spacy", "pipeline.store", "pipeline.runner", "pipeline.stages", "pipeline.language"),
    "language/": ("pipeline.store", "pipeline.runner", "pipeline.readers", "pipeline.cli", "pipeline.training"),
    "view/": ("spacy", "pyarrow", "pandas", "pipeline.store", "pipeline.runner", "pipeline.stages"),
    "schema.py": ("spacy", "pandas"),
    "errors.py": ("pipeline",),
    "ids.py": ("pipeline",),
}  # fmt: skip


def imports(tree: ast.AST, package: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(module, names) of every import that runs; those under TYPE_CHECKING are for the reader alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for other in node.orelse:
                yield from imports(other, package)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])]), tuple(a.name for a in node.names)
        else:
            yield from imports(node, package)


def within(module: str, names: tuple[str, ...], wall: str) -> bool:
    """Whether `import module` or `from module import names` reaches what stands behind the wall."""
    reached = {module, *(f"{module}.{n}" for n in names)}
    return any(r == wall or r.startswith(wall + ".") for r in reached)


def breaches(place: str, source: str) -> list[str]:
    """What a module at `place` (its path under pipeline/) imports against the rules."""
    package = ".".join(["pipeline", *Path(place).parent.parts])
    found = []
    for module, names in imports(ast.parse(source), package):
        for library, places in ONLY_THERE.items():
            if within(module, names, library) and not place.startswith(places):
                found.append(f"{library} belongs to {' and '.join(places) or 'nobody'}")
        for part, forbidden in NEVER.items():
            if place.startswith(part):
                found += [f"{part} knows nothing of {wall}" for wall in forbidden if within(module, names, wall)]
        if place.startswith("stages/") and module.startswith("pipeline.stages."):
            found += [f"a stage takes rows of others, not {module}.{n}" for n in names if not n[:1].isupper()]
            if not names:
                found.append(f"a stage takes rows of others by name, not {module}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_modules_import_only_what_their_place_allows(path: Path) -> None:
    place = path.relative_to(ROOT / "pipeline").as_posix()
    assert breaches(place, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name in ("text", "stages")], ids=lambda p: p.relative_to(ROOT).as_posix())
def test_pure_modules_open_no_files(path: Path) -> None:
    calls = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    assert not [c for c in calls if isinstance(c, ast.Name) and c.id in ("open", "print", "input", "exec", "eval")]


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("text/numbers.py", "import spacy"),
        ("text/numbers.py", "from pathlib import Path"),
        ("text/numbers.py", "def f():\n    from ..language import tree"),
        ("stages/claims.py", "from pipeline.stages.quotes import find_quotes"),
        ("stages/claims.py", "from pipeline import store"),
        ("stages/claims.py", "import pyarrow.parquet as pq"),
        ("cli.py", "from pyarrow import parquet"),
        ("cli.py", "import torch.nn"),
        ("runner.py", "if True:\n    import onnxruntime"),
    ],
)
def test_the_check_sees_a_breach(place: str, source: str) -> None:
    assert breaches(place, source)


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("stages/claims.py", "from pipeline.stages.quotes import Quote"),
        ("stages/claims.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pathlib import Path"),
        ("store.py", "import pyarrow.parquet as pq"),
        ("readers/tabular.py", "import pyarrow.parquet as pq"),
        ("text/dates.py", "import datetime as dt\nfrom pipeline.lexicon import load"),
    ],
)
def test_the_check_lets_through_what_is_allowed(place: str, source: str) -> None:
    assert breaches(place, source) == []
