"""The only file that opens the tables' Parquet."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """What the store holds: rows and files of every table, stage fingerprints, versions."""

    shards: int
    rows: Mapping[str, int]  # table -> rows, in the order of the stages; `failures` last
    files: Mapping[str, tuple[str, ...]]  # table -> paths relative to the store
    uris: int
    articles: int  # distinct article ids
    versions: Mapping[str, str]  # "pipeline", "schema", "model", "stage:NAME", "lexicon:NAME" -> version or digest; several in one store joined by " | "


class Store:
    """Tables in a folder. Reading needs no lock and sees the last committed state of every shard."""

    def __init__(self, out: Path | str) -> None: ...

    @property
    def exists(self) -> bool: ...
    @property
    def manifest(self) -> Manifest: ...
    def table(self, name: str, columns: Sequence[str] | None = None, *, article_id: str | None = None) -> pa.Table:
        """Rows of a table (of one article only), sorted by article_id (within a shard: shards follow each other). UsageError names the tables there are."""
        ...

    def failures(self) -> pa.Table: ...
    def runs(self) -> list[dict[str, Any]]:
        """Run records, the latest last: the fields of RunSummary, started, arguments, versions."""
        ...
