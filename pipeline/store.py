"""The only file that opens the tables' Parquet: parts, their atomic commit, the manifest, readers.

A folder of tables (`out`)::

    <table>/part-0007.parquet    rows of shard 7, where it has any;  <table>/part-schema.parquet: no rows, so that every table can be read
    _state/store.json            format and number of shards
    _state/shards/0007.json      manifest of a shard: what is committed (stage fingerprints, rows and digests of the parts)
    _state/index/0007.parquet    every uri of the shard with its digest and metadata
    _state/staging/0007-<run>/   parts on their way: written, not yet committed
    _state/locks/, spool/, memo/, inputs/        of the runner
    _runs/<run_id>/run.json, log.txt

**Commit.** All new parts of a shard are written to staging, then its manifest is replaced in one step, then the parts are moved to
their places. A run killed before the replacement leaves the old shard, one killed after it the new one: whoever reads through `Store`
sees a staged part of a committed manifest, and `recover` finishes the moves at the start of the next run. Whatever else lies in
staging is swept.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import LockedError, StoreError, UsageError
from pipeline.fingerprint import file_digest
from pipeline.schema import Row, by_column

FORMAT = 1
FAILURES = "failures"
INDEX = "_state/index"
ROW_GROUP = 32_768  # rows held at once by who streams a part; small enough for ten tables at a time, large enough for compression
COMPRESSION = "zstd"
DICTIONARY_ROWS = 4_096  # in fewer rows a dictionary of every column costs more time than it spares bytes
STATISTICS = ("article_id",)  # what rows are looked up by; the least and most of other columns helps nobody, and takes a fifth of the time
SYNCS_AT_ONCE = 12  # a disk that is told to write many files at once is done as soon as with one; no processor is needed
SCHEMA_PART = "part-schema.parquet"
REWRITE = "run `extract --from articles` with all inputs: it writes every part again"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow(Row):
    """One uri of a shard: what it was when its rows were written."""

    uri: str
    source: str  # file it was read from
    article_id: str | None  # null where it could not be read
    digest: str  # of the article and its metadata, or of the failure
    article: str | None  # the Article's fields as JSON, but for text, uri and article_id


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShardManifest:
    """What is committed of one shard."""

    shard: int
    stages: Mapping[str, str] = dataclasses.field(default_factory=dict)  # stage -> fingerprint its rows were made with
    tables: Mapping[str, Mapping[str, Any]] = dataclasses.field(
        default_factory=dict
    )  # table -> {"rows", "digest"}; tables without rows are absent
    articles: int = 0  # distinct article ids
    uris: int = 0  # rows of articles and failures to read
    failures: Mapping[str, int] = dataclasses.field(default_factory=dict)  # error class -> rows
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    index: str = ""  # digest of the index part, "" where there is none
    staged: str = ""  # staging folder of the commit
    removed: Sequence[str] = ()  # tables whose part the commit takes away


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """What the store holds, all shards together."""

    shards: int
    rows: Mapping[str, int]  # table -> rows
    files: Mapping[str, tuple[str, ...]]  # table -> files, relative to the store
    uris: int
    articles: int
    failures: Mapping[str, int]  # error class -> rows
    versions: Mapping[
        str, str
    ]  # "pipeline", "model", "stage:NAME", "lexicon:NAME" -> version; where parts differ, all of them joined by " | "


class Store:
    """Tables in a folder. Reading needs no lock and sees the last committed state of every shard."""

    def __init__(self, out: Path | str) -> None:
        self.out = Path(out)
        self.state = self.out / "_state"

    @property
    def exists(self) -> bool:
        return (self.state / "store.json").is_file()

    def create(self, shards: int) -> None:
        """Makes the folder. Raises UsageError where it holds tables in another number of shards, StoreError where in another format."""
        if self.exists:
            about = self._about()
            if about["shards"] != shards:
                raise UsageError(
                    f"{self.out} holds tables in {about['shards']} shards, the settings say {shards}",
                    f"set run.shards to {about['shards']}, or extract into another folder",
                )
            return
        if strays := [p.relative_to(self.out).as_posix() for p in sorted(self.out.glob("*/part-0*.parquet"))]:
            raise StoreError(
                f"{self.out} holds tables ({strays[0]}…) without their _state", "extract into another folder, or delete these tables"
            )
        for folder in ("shards", "index", "staging", "locks", "spool", "inputs", "memo"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        write_json(self.state / "store.json", {"format": FORMAT, "shards": shards})

    def _about(self) -> dict[str, Any]:
        try:
            about: dict[str, Any] = read_json(self.state / "store.json")
        except FileNotFoundError:
            raise UsageError(f"there are no tables in {self.out}", "run `extract` first, or give the folder it wrote to") from None
        if about.get("format") != FORMAT:
            raise StoreError(
                f"{self.out} has format {about.get('format')!r}, this version reads {FORMAT}", "extract into a new folder with this version"
            )
        return about

    @property
    def shards(self) -> int:
        return int(self._about()["shards"])

    def shard(self, number: int) -> ShardManifest:
        """Manifest of one shard; an empty one where nothing is committed."""
        path = self.state / "shards" / f"{number:04d}.json"
        try:
            return ShardManifest(**read_json(path))
        except FileNotFoundError:
            return ShardManifest(shard=number)
        except (TypeError, ValueError) as error:
            raise StoreError(f"{path} is damaged: {error}", "delete it and the parts of that number, and run `extract` again") from error

    @property
    def manifest(self) -> Manifest:
        """The manifests of all shards, added up."""
        rows: Counter[str] = Counter()
        files: dict[str, list[str]] = {
            p.parent.name: [p.relative_to(self.out).as_posix()] for p in sorted(self.out.glob(f"*/{SCHEMA_PART}"))
        }
        failures: Counter[str] = Counter()
        versions: dict[str, set[str]] = {}
        parts = [self.shard(n) for n in range(self.shards)]
        for m in parts:
            failures.update(m.failures)
            for key, value in m.versions.items():
                versions.setdefault(key, set()).add(value)
            for table, about in m.tables.items():
                rows[table] += about["rows"]
                files.setdefault(table, []).append(self.part(m, table).relative_to(self.out).as_posix())
        return Manifest(
            shards=len(parts),
            rows={table: rows[table] for table in files},
            files={table: tuple(found) for table, found in files.items()},
            uris=sum(m.uris for m in parts),
            articles=sum(m.articles for m in parts),
            failures=dict(sorted(failures.items())),
            versions={key: " | ".join(sorted(values)) for key, values in sorted(versions.items())},
        )

    def part(self, manifest: ShardManifest, table: str) -> Path:
        """Where the committed part of a table is: in its place, or still in staging."""
        staged = self.state / "staging" / manifest.staged / f"{table.replace('/', '.')}.parquet"
        return staged if manifest.staged and staged.is_file() else self.place(table, manifest.shard)

    def part_or_none(self, manifest: ShardManifest, table: str) -> Path | None:
        """Where the committed part of a table is; None where the shard has no rows of it, or where somebody has deleted it."""
        path = self.part(manifest, table) if table in manifest.tables else None
        return path if path is not None and path.is_file() else None

    def missing(self, shards: Sequence[int]) -> list[str]:
        """Committed parts that somebody has deleted, relative to the store."""
        paths = [self.part(m, t) for m in map(self.shard, shards) for t in (*m.tables, *([INDEX] if m.index else []))]
        return [p.relative_to(self.out).as_posix() for p in paths if not p.is_file()]

    def read_part(self, manifest: ShardManifest, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The committed rows of one shard."""
        with pq.ParquetFile(self.part(manifest, table)) as file:
            return file.read(list(columns) if columns is not None else None)

    def part_rows(self, manifest: ShardManifest, table: str, row: type[Row]) -> list[Any]:
        """The committed rows of a small table of one shard, as row objects."""
        return rows_of(row, self.read_part(manifest, table)) if table in manifest.tables else []

    def memo(self, stage: str, fingerprint: str) -> dict[str, bytes]:
        """What a corpus stage kept for itself, if it was the same stage."""
        try:
            kept = pq.read_table(self.state / "memo" / f"{stage}.parquet", partitioning=None)
        except (OSError, pa.ArrowInvalid):
            return {}
        if (kept.schema.metadata or {}).get(b"fingerprint") != fingerprint.encode():
            return {}
        return dict(zip(kept.column("key").to_pylist(), kept.column("value").to_pylist(), strict=True))

    def keep_memo(self, stage: str, fingerprint: str, values: Mapping[str, bytes]) -> None:
        """Keeps what a corpus stage wants to find again."""
        keys = sorted(values)
        schema = pa.schema([("key", pa.string()), ("value", pa.binary())], metadata={"fingerprint": fingerprint})
        place = self.state / "memo" / f"{stage}.parquet"
        waiting = place.with_name(f"{stage}.{os.getpid()}.tmp")
        pq.write_table(
            pa.Table.from_arrays([pa.array(keys, pa.string()), pa.array([values[k] for k in keys], pa.binary())], schema=schema), waiting
        )
        waiting.replace(place)

    def place(self, table: str, shard: int) -> Path:
        name = f"{shard:04d}.parquet" if table == INDEX else f"part-{shard:04d}.parquet"
        return self.out / table / name

    def table(self, name: str, columns: Sequence[str] | None = None, *, article_id: str | None = None) -> pa.Table:
        """Rows of a table, by shard, article_id and start; those of one article only where `article_id` is given.

        Raises UsageError for a table or column that is not there, StoreError where a committed part is missing or damaged.
        """
        manifest = self.manifest
        if name not in manifest.files:
            raise UsageError(f"there is no table {name!r} in {self.out}", f"one of: {', '.join(manifest.files)}")
        filters = None if article_id is None else pc.field("article_id") == article_id
        wanted = None if columns is None else list(columns)
        found = []
        for file in manifest.files[name]:
            try:
                have = pq.read_schema(self.out / file).names
                if missing := set(wanted or ()) - set(have):
                    raise UsageError(f"table {name!r} has no column {min(missing)!r}", f"one of: {', '.join(have)}")
                found.append(pq.read_table(self.out / file, columns=wanted, filters=filters, partitioning=None))
            except (OSError, pa.ArrowInvalid) as error:
                raise StoreError(f"{file} cannot be read: {error}", REWRITE) from error
        return pa.concat_tables([t.cast(found[0].schema) for t in found])

    def failures(self) -> pa.Table:
        """The table `failures`."""
        return self.table(FAILURES)

    def runs(self) -> list[dict[str, Any]]:
        """The run records, the latest last."""
        return [read_json(path) for path in sorted((self.out / "_runs").glob("*/run.json"))]

    def index(self, manifest: ShardManifest) -> list[IndexRow]:
        """Every uri of a shard, in the order of uris."""
        if not manifest.index:
            return []
        return rows_of(IndexRow, self.read_part(manifest, INDEX))

    def index_digests(self) -> dict[str, str]:
        """uri -> article_id and digest of every uri in the store; "" for one that two shards hold, between two jobs of a sharded run."""
        found: dict[str, str] = {}
        for number in range(self.shards):
            manifest = self.shard(number)
            if manifest.index:
                read = self.read_part(manifest, INDEX, ["uri", "article_id", "digest"])
                for uri, article_id, digest in zip(*(read.column(i).to_pylist() for i in range(3)), strict=True):
                    found[uri] = "" if uri in found else f"{article_id}:{digest}"
        return found

    def recover(self, shards: Sequence[int]) -> None:
        """Finishes the moves of committed parts and sweeps what killed runs left. The caller holds the shards' locks."""
        staging = self.state / "staging"
        folders = sorted(staging.iterdir()) if staging.is_dir() else []
        for number in shards:
            mine = [f for f in folders if f.name.startswith(f"{number:04d}-")]
            if mine:
                self._publish(self.shard(number))
                for folder in mine:
                    shutil.rmtree(folder)

    def _publish(self, manifest: ShardManifest) -> None:
        """Moves the committed parts of a shard to their places."""
        if not manifest.staged:
            return
        for staged in sorted((self.state / "staging" / manifest.staged).glob("*.parquet")):
            table = staged.stem if staged.stem in manifest.tables else INDEX
            place = self.place(table, manifest.shard)
            place.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(place)
        for table in manifest.removed:
            self.place(table, manifest.shard).unlink(missing_ok=True)

    def ensure_schemas(self, schemas: Mapping[str, pa.Schema], scratch: Path) -> None:
        """Writes the empty part of every table, so that a table without rows has its schema. `scratch` is a folder on the same disk."""
        for table, schema in schemas.items():
            place = self.out / table / SCHEMA_PART
            place.parent.mkdir(parents=True, exist_ok=True)
            waiting = scratch / f"{table}-{SCHEMA_PART}"
            pq.ParquetWriter(waiting, schema, compression=COMPRESSION).close()
            waiting.replace(place)


class PartWriter:
    """Writes a part as a stream. The bytes depend on the rows alone, not on the pieces they come in."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.schema, self.rows = path, schema, 0
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._opened: pq.ParquetWriter | None = None

    def _writer(self, rows: int) -> pq.ParquetWriter:
        """Opened by the first row group, of so many rows: of a shard's tables many have none."""
        if self._opened is None:
            self._opened = pq.ParquetWriter(
                self.path,
                self.schema,
                compression=COMPRESSION,
                use_dictionary=rows >= DICTIONARY_ROWS,
                write_statistics=[c for c in STATISTICS if c in self.schema.names],
            )
        return self._opened

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, table: pa.Table) -> None:
        """Adds rows; the table has the schema's columns."""
        if not table.num_rows:
            return
        self._waiting.append(table if table.schema.equals(self.schema, check_metadata=True) else table.cast(self.schema))
        self._waiting_rows += table.num_rows
        self.rows += table.num_rows
        while self._waiting_rows >= ROW_GROUP:
            self._flush(ROW_GROUP)

    def _flush(self, rows: int) -> None:
        whole = pa.concat_tables(self._waiting).combine_chunks()
        self._writer(rows).write_table(whole.slice(0, rows).combine_chunks(), row_group_size=ROW_GROUP)
        self._waiting = [whole.slice(rows)] if whole.num_rows > rows else []
        self._waiting_rows = whole.num_rows - min(rows, whole.num_rows)

    def close(self) -> None:
        if self._waiting_rows:
            self._flush(self._waiting_rows)
        self._writer(0).close()

    def discard(self) -> None:
        """Ends the writing of a part that nobody wants."""
        if self._opened is not None:
            self._opened.close()


class PartReader:
    """Reads a part article by article, as a stream: ids must be asked for in ascending order. `empty` is the table without rows."""

    def __init__(self, path: Path | None, empty: pa.Table) -> None:
        self._empty = empty
        self._pieces = self._stream(path) if path is not None else iter(())
        self._next = next(self._pieces, None)

    def _stream(self, path: Path) -> Iterator[tuple[str, pa.Table]]:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                ids = table.column("article_id").combine_chunks()
                runs = pc.run_end_encode(ids) if len(ids) else None
                start = 0
                if runs is not None:
                    for value, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
                        yield value, table.slice(start, end - start)
                        start = end

    def take(self, article_id: str) -> pa.Table:
        """The rows of an article; none where it has none. Rows of ids before it are passed over."""
        while self._next is not None and self._next[0] < article_id:
            self._next = next(self._pieces, None)
        found = []
        while self._next is not None and self._next[0] == article_id:  # an article's rows may go on in the next row group
            found.append(self._next[1])
            self._next = next(self._pieces, None)
        return pa.concat_tables(found) if found else self._empty


class Transaction:
    """New parts of one shard, committed all together or not at all."""

    def __init__(self, store: Store, shard: int, run_id: str) -> None:
        self.store, self.old, self.run_id = store, store.shard(shard), run_id
        self.name = f"{shard:04d}-{run_id}-{uuid.uuid4().hex[:8]}"  # never the name of an earlier commit, whose manifest still names it
        self.folder = store.state / "staging" / self.name
        self.folder.mkdir(parents=True)
        self._writers: dict[str, PartWriter] = {}

    def writer(self, table: str, schema: pa.Schema) -> PartWriter:
        """A writer for the shard's new part of a table."""
        self._writers[table] = PartWriter(self.folder / f"{table.replace('/', '.')}.parquet", schema)
        return self._writers[table]

    def rollback(self) -> None:
        """Throws the new parts away."""
        for writer in self._writers.values():
            writer.discard()
        shutil.rmtree(self.folder, ignore_errors=True)

    def commit(self, manifest: ShardManifest, keep: Sequence[str] = ()) -> ShardManifest:
        """Commits the parts written; `keep` names tables whose old part stays. Tables in neither lose their part.

        `manifest` gives stages, counts and versions; its tables, index and staging are set here.
        Raises LockedError where another run has taken the shard.
        """
        tables = {t: dict(self.old.tables[t]) for t in keep if t in self.old.tables}
        index, written = "", [self.folder]
        for table, writer in self._writers.items():
            if not writer.rows:
                writer.discard()
                continue
            writer.close()
            written.append(writer.path)
            digest = file_digest(writer.path)
            if table == INDEX:
                index = digest
            else:
                tables[table] = {"rows": writer.rows, "digest": digest}
        if INDEX in keep:
            index = self.old.index
        removed = [t for t in self.old.tables if t not in tables] + ([INDEX] if self.old.index and not index else [])
        new = dataclasses.replace(manifest, tables=dict(sorted(tables.items())), index=index, staged=self.name, removed=removed)
        with ThreadPoolExecutor(SYNCS_AT_ONCE) as pool:
            list(pool.map(_sync, written))
        check_owner(self.store, new.shard, self.run_id)
        write_json(self.store.state / "shards" / f"{new.shard:04d}.json", dataclasses.asdict(new))
        self.store._publish(new)
        shutil.rmtree(self.folder, ignore_errors=True)
        return new


def check_owner(store: Store, shard: int, run_id: str) -> None:
    """Raises LockedError where the shard's lock has passed to another run: the process that held it has died, and this is its orphan."""
    try:
        owner = read_json(store.state / "locks" / f"{shard:04d}.json")["run_id"]
    except (FileNotFoundError, ValueError, KeyError):
        owner = None
    if owner != run_id:
        raise LockedError(f"shard {shard} has passed to run {owner}", "nothing is lost: that run does the work")


def rows_of(row: type[Row], table: pa.Table) -> list[Any]:
    """Row objects of an Arrow table with the row class's columns."""
    names = [f.name for f in dataclasses.fields(row)]
    values = [table.column(n).to_pylist() for n in names]
    return [row(**dict(zip(names, record, strict=True))) for record in zip(*values, strict=True)]


def table_of(row: type[Row], records: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """An Arrow table of row objects."""
    if not records:
        return schema.empty_table()
    arrays = [pa.array(values, f.type) for f, values in zip(schema, by_column(records, schema.names), strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def file_metadata(versions: Mapping[str, str]) -> dict[str, str]:
    """Versions as the metadata of a Parquet file: "newsledger.model", "newsledger.stage:quotes"…"""
    return {f"newsledger.{key}": value for key, value in sorted(versions.items())}


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Replaces a JSON file in one step, and makes sure it reaches the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with waiting.open("w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=True, indent=1)
        f.flush()
        os.fsync(f.fileno())
    waiting.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Makes sure that a file's bytes, or a folder's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
