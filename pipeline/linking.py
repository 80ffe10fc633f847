"""Corpus stages: columns filled from the rows of all shards, only the parts rewritten in which a value changed."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline import lexicon
from pipeline.config import Settings
from pipeline.errors import DeclarationError, StageError
from pipeline.fingerprint import corpus_fingerprint, digest_of
from pipeline.schema import BadValueError, Column, Row, arrow_schema, check_values, columns
from pipeline.stage import CorpusStage, Stages
from pipeline.store import INDEX, ShardManifest, Store, Transaction, read_json, write_json

LINKED = "linked.json"


class ShardTables:
    """The tables as a corpus stage sees them: what it declared, without the columns it fills."""

    def __init__(self, store: Store, manifests: Sequence[ShardManifest], stages: Stages, stage: CorpusStage) -> None:
        self._store, self._manifests, self._stages, self._stage = store, manifests, stages, stage

    def read(self, row: type[Row], columns: Sequence[str]) -> pa.Table:
        found = list(self.parts(row, columns))
        return pa.concat_tables([arrow_schema(row).empty_table().select(list(columns)), *found])

    def parts(self, row: type[Row], columns: Sequence[str]) -> Iterator[pa.Table]:
        table = self._stages.table_of(row)
        if row not in self._stage.reads:
            raise DeclarationError(f"corpus stage {self._stage.name!r} reads {row.__name__} without declaring it", "name it in its reads=")
        if own := [c for c in columns if table == self._stage.table and c in self._stage.fills]:
            raise DeclarationError(
                f"corpus stage {self._stage.name!r} reads column {own[0]!r}, which it fills itself", "keep what it needs in another column"
            )
        schema = arrow_schema(row).empty_table().select(list(columns)).schema
        for manifest in self._manifests:
            if table in manifest.tables:
                yield self._store.read_part(manifest, table, columns).cast(schema)


class Memo(MutableMapping[str, bytes]):
    """Bytes kept from run to run; what a run does not touch is dropped."""

    def __init__(self, kept: Mapping[str, bytes]) -> None:
        self._kept, self.used = dict(kept), dict[str, bytes]()

    def __getitem__(self, key: str) -> bytes:
        value = self.used[key] if key in self.used else self._kept[key]
        self.used[key] = value
        return value

    def __setitem__(self, key: str, value: bytes) -> None:
        self.used[key] = value

    def __delitem__(self, key: str) -> None:
        found = key in self.used or key in self._kept
        self.used.pop(key, None)
        self._kept.pop(key, None)
        if not found:
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._kept, **self.used})

    def __len__(self) -> int:
        return len({**self._kept, **self.used})


@dataclasses.dataclass(slots=True)
class LinkContext:
    """What a corpus stage may look at beside the tables."""

    settings: Settings
    memo: MutableMapping[str, bytes]
    stage: CorpusStage

    def lexicon(self, name: str) -> lexicon.Lexicon:
        if name not in self.stage.lexicons:
            raise DeclarationError(f"stage {self.stage.name!r} uses lexicon {name!r} without declaring it", "name it in its lexicons=")
        return lexicon.load(name)


def run_corpus_stages(
    store: Store, stages: Stages, settings: Settings, run_id: str, forced: frozenset[str], seconds: MutableMapping[str, float]
) -> list[str]:
    """Runs the corpus stages whose tables have changed since they last ran; the names of those that ran. The caller holds all locks."""
    path = store.state / LINKED
    done: dict[str, str] = read_json(path) if path.is_file() else {}
    ran: list[str] = []
    settled: list[CorpusStage] = []
    manifests = [store.shard(n) for n in range(store.shards)]
    for s in stages.corpus:
        settled.append(s)
        if s.name in forced or done.get(s.name) != _inputs(manifests, stages, s, settings):
            began = time.perf_counter()
            manifests = _run(store, manifests, stages, s, settings, run_id)
            seconds[s.name] = seconds.get(s.name, 0.0) + time.perf_counter() - began
            ran.append(s.name)
            # What it filled is no new input for those before it, which have had their turn; those after it have theirs yet to come.
            done |= {n.name: _inputs(manifests, stages, n, settings) for n in settled}
            write_json(path, done)
    return ran


def _inputs(manifests: Sequence[ShardManifest], stages: Stages, s: CorpusStage, settings: Settings) -> str:
    """Digest of the parts a corpus stage reads and fills, and of what decides its values."""
    tables = sorted({s.table, *(stages.table_of(r) for r in s.reads)})
    parts = [[m.tables.get(t, {}).get("digest") for t in tables] for m in manifests]
    return digest_of([corpus_fingerprint(s, settings.model_dump(exclude={"run", "read"})), parts])


def _run(
    store: Store, manifests: Sequence[ShardManifest], stages: Stages, s: CorpusStage, settings: Settings, run_id: str
) -> list[ShardManifest]:
    """Runs a corpus stage over what the manifests name; the manifests afterwards."""
    fingerprint = corpus_fingerprint(s, settings.model_dump(exclude={"run", "read"}))
    memo = Memo(store.memo(s.name, fingerprint))
    values = s.function(ShardTables(store, manifests, stages, s), LinkContext(settings, memo, s))
    row = stages.tables[s.table]
    filled = {c.name: c for c in columns(row) if c.name in s.fills}
    after = [_fill(store, m, s, values, filled, run_id) if s.table in m.tables else m for m in manifests]
    store.keep_memo(s.name, fingerprint, memo.used)
    return after


def _fill(
    store: Store, manifest: ShardManifest, s: CorpusStage, values: Mapping[str, Sequence[Any]], filled: Mapping[str, Column], run_id: str
) -> ShardManifest:
    """Writes a part again with the filled columns, where that changes it; the shard's manifest afterwards."""
    part = store.read_part(manifest, s.table)
    keys = part.column(s.key).to_pylist()
    try:
        records = [values[k] for k in keys]
    except KeyError as error:
        raise StageError(
            f"corpus stage {s.name!r} gives no values for {s.table}.{s.key} = {error.args[0]!r}", "every row must be covered"
        ) from error
    new = part
    for n, name in enumerate(s.fills):
        column = [r[n] for r in records]
        try:
            check_values(filled[name], column)
        except BadValueError as error:
            raise StageError(f"corpus stage {s.name!r}: {error}", "mend the stage") from error
        at = part.schema.get_field_index(name)
        new = new.set_column(at, part.schema.field(at), pa.array(column, part.schema.field(at).type))
    if new.equals(part):
        return manifest
    transaction = Transaction(store, manifest.shard, run_id)
    try:
        transaction.writer(s.table, part.schema).write(new)
        return transaction.commit(manifest, keep=[t for t in (*manifest.tables, INDEX) if t != s.table])
    except BaseException:
        transaction.rollback()
        raise
