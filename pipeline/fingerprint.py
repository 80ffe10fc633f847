"""Digests of what decides the rows: code, settings, model, lexicons, stages. Where a digest is unchanged, so are the rows."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pipeline
from pipeline import lexicon
from pipeline.schema import Row, columns
from pipeline.stage import CorpusStage, Stage, Stages

DIGEST_BYTES = 8


def digest_of(value: Any) -> str:
    """Digest of a JSON-able value."""
    raw = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.blake2b(raw.encode(), digest_size=DIGEST_BYTES).hexdigest()


def file_digest(path: Path) -> str:
    """Digest of a file's bytes. Raises OSError."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, lambda: hashlib.blake2b(digest_size=DIGEST_BYTES)).hexdigest()


def tree_digest(root: Path, parts: Iterable[str] = (".",), endings: tuple[str, ...] = ()) -> str:
    """Digest of the files below `root` (only of these parts and endings): names and bytes, so a touched file is unchanged."""
    files = {f for part in parts for f in ([root / part] if (root / part).is_file() else (root / part).rglob("*")) if f.is_file()}
    kept = sorted(f for f in files if "__pycache__" not in f.parts and (not endings or f.suffix in endings))
    return digest_of([(f.relative_to(root).as_posix(), file_digest(f)) for f in kept])


def package_digest(stages: str) -> str:
    """Digest of the code and lexicons of Newsledger and of the package of stages: unchanged, none needs to be imported to know them."""
    own = Path(pipeline.__file__).parent
    found = importlib.util.find_spec(stages)
    folders = {own, *(Path(f) for f in (found.submodule_search_locations or ()) if found)} if found else {own}
    return digest_of([tree_digest(f, endings=(".py", ".csv", ".toml")) for f in sorted(folders) if f == own or not f.is_relative_to(own)])


def reading_digest(options: Mapping[str, Any]) -> str:
    """Digest of what turns files into articles: the readers' code and lexicons, and their options."""
    root = Path(pipeline.__file__).parent
    return digest_of([tree_digest(root, ("readers", "text", "lexicons", "article.py", "ids.py"), (".py", ".csv")), dict(options)])


def model_folder(model: str) -> Path:
    """The folder of a model given as a path or as the name of an installed spaCy pipeline. Raises ModelError."""
    from pipeline.language.paths import model_path

    spec = importlib.util.find_spec(model) if model.isidentifier() and not Path(model).is_dir() else None
    return Path(spec.origin).parent if spec is not None and spec.origin else model_path(model)


def model_digest(model: str) -> str:
    """Digest of a model's files."""
    return tree_digest(model_folder(model))


def schema_digest(row: type[Row]) -> str:
    """Digest of a row class's columns: names, types, nulls, closed sets."""
    return digest_of([(c.name, str(c.type), c.nullable, c.values) for c in columns(row)])


def stage_fingerprints(stages: Stages, model: str, settings: Any) -> dict[str, str]:
    """Stage name -> digest of all that decides its rows, the stages it reads included.

    `model` is the model's digest, `settings` are those that can change a row.
    """
    found: dict[str, str] = {}
    for s in stages.article:
        found[s.name] = digest_of(
            {
                "pipeline": pipeline.__version__,
                "version": s.version,
                "schema": {table: schema_digest(row) for table, row in s.rows.items()},
                "lexicons": {name: lexicon.digest(name) for name in s.lexicons},
                "model": model if s.core else None,
                "settings": settings,
                "needs": {n.name: found[n.name] for n in stages.needs(s)},
            }
        )
    return found


def corpus_fingerprint(s: CorpusStage, settings: Any) -> str:
    """Digest of what decides a corpus stage's values beside the tables it reads."""
    return digest_of(
        {
            "pipeline": pipeline.__version__,
            "version": s.version,
            "fills": s.fills,
            "lexicons": {name: lexicon.digest(name) for name in s.lexicons},
            "settings": settings,
        }
    )


def versions_of(stages: Stages, model: str, name: str) -> dict[str, str]:
    """Versions by key: "pipeline", "model" (name and digest), "schema:TABLE", "stage:NAME", "lexicon:NAME"."""
    every: list[Stage | CorpusStage] = [*stages.article, *stages.corpus]
    return {
        "pipeline": pipeline.__version__,
        "model": f"{name} {model}",
        **{f"schema:{table}": schema_digest(row) for table, row in stages.tables.items()},
        **{f"stage:{s.name}": str(s.version) for s in every},
        **{f"lexicon:{lex}": lexicon.digest(lex) for s in every for lex in s.lexicons},
    }


def table_versions(stages: Stages, table: str, versions: Mapping[str, str]) -> dict[str, str]:
    """Those versions that decide the rows of one table: a part that is up to date says the same whenever it was written."""
    needed = [stages.writer(table)]
    for s in reversed(stages.article):
        if s not in needed and any(s in stages.needs(n) for n in needed):
            needed.append(s)
    fillers = [s for s in stages.corpus if s.table == table]
    every: list[Stage | CorpusStage] = [*needed, *fillers]
    keys = {
        "pipeline",
        "model",
        f"schema:{table}",
        *(f"stage:{s.name}" for s in every),
        *(f"lexicon:{lex}" for s in every for lex in s.lexicons),
    }
    return {key: value for key, value in versions.items() if key in keys}
