"""The inputs of a run: which files there are, which have changed since the last run, and their articles handed on to the shards.

Reading is the first half of a run: every changed file is read once, and each article that is new or changed goes to the spool of its
shard, a file of JSON lines. A file whose size, times and inode, or else whose bytes, are those of the last run is not read again.
"""

from __future__ import annotations

import array
import dataclasses
import datetime as dt
import functools
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, TextIO

from pipeline.article import Article, Failure
from pipeline.fingerprint import digest_of, file_digest
from pipeline.ids import content_id

RACY_SECONDS = 2.0  # a file changed this shortly before it was noted may change again within its clock's tick: its bytes are compared


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `uri` is the beginning of its articles' uris; `failure` says why the path gives no file."""

    path: str
    uri: str
    failure: Failure | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Noted:
    """What is remembered of a file that was read: its state, and how many articles and failures it gave to these shards."""

    stat: tuple[int, ...]  # size, mtime, ctime (ns), inode
    noted: float  # when it was read, seconds
    digest: str
    articles: int
    failures: int


def find_sources(paths: Sequence[Path | str]) -> Iterator[Source]:
    """The files of the paths in the readers' order, with uris made unique: a file `a#b` cannot be taken for record b of file `a`."""
    from pipeline.readers.walk import find

    found = list(find(paths))
    files = {f.uri for f in found}
    taken: set[str] = set()
    for f in found:
        uri, n = f.uri, 1
        parts = uri.split("#")
        clash = any("#".join(parts[:k]) in files for k in range(1, len(parts)))
        while clash or uri in taken:
            n += 1
            uri, clash = f"{f.uri}~{n}", False
        taken.add(uri)
        error = f.error
        failure = Failure(uri=uri, error=type(error).__name__, message=error.message, remedy=error.remedy) if error else None
        yield Source(str(f.path), uri, failure)


def file_state(path: str) -> tuple[int, ...]:
    """Size, times and inode of a file. ctime is there because nobody can set it back. Raises OSError."""
    info = Path(path).stat()
    return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)


def unchanged(source: Source, noted: Noted | None) -> bool:
    """Whether a file is as it was when it was noted: by its state, or where that differs or is too fresh, by its bytes."""
    if noted is None or source.failure is not None:
        return False
    try:
        state = file_state(source.path)
        if state == noted.stat and noted.noted - max(state[1], state[2]) / 1e9 > RACY_SECONDS:
            return True
        return state[0] == noted.stat[0] and file_digest(Path(source.path)) == noted.digest
    except OSError:
        return False


def note(source: Source, articles: int, failures: int) -> Noted | None:
    """What to remember of a file before it is read; None for what is no plain file."""
    try:
        return (
            Noted(file_state(source.path), time.time(), file_digest(Path(source.path)), articles, failures)
            if source.failure is None
            else None
        )
    except OSError:
        return None


def shard_of(key: str, shards: int) -> int:
    """The shard of an article_id (or of the uri of what could not be read): by hash, never by position."""
    return int(content_id(key), 16) % shards


def belongs(uri: str, sources: Set[str]) -> bool:
    """Whether a uri is of one of these sources: a file, or a record of it (FILE#ID), however numbered to be unique (~2)."""
    parts = uri.split("#")
    return any("#".join(parts[:k]) in sources for k in range(1, len(parts) + 1)) or uri.rpartition("~")[0] in sources


def article_digest(article: Article) -> str:
    """Digest of an article and its metadata, but for its uri."""
    values = {f.name: getattr(article, f.name) for f in dataclasses.fields(article) if f.name not in ("uri", "text")}
    text = hashlib.blake2b(article.text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return digest_of([text, values])


def failure_digest(failure: Failure) -> str:
    """Digest of a failure to read."""
    return digest_of(dataclasses.asdict(failure))


def uri_key(uri: str) -> int:
    """A uri's hash, as `Spool.see` notes it."""
    return int(content_id(uri), 16)


def article_json(article: Article, leave_out: Sequence[str] = ()) -> str:
    """An Article's fields as JSON."""
    values = {f.name: getattr(article, f.name) for f in dataclasses.fields(article) if f.name not in leave_out}
    if article.published:
        values["published"] = article.published.isoformat()
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"))


def article_from_json(raw: str, **more: Any) -> Article:
    """The Article of `article_json`, with the fields left out."""
    values = {**json.loads(raw), **more}
    if values.get("published"):
        values["published"] = dt.date.fromisoformat(values["published"])
    return Article(**values)


@dataclasses.dataclass(frozen=True, slots=True)
class ReadTask:
    """Some files for one worker to read. `mine` are the shards of this run; `spool` is None in a dry run."""

    number: int
    sources: tuple[Source, ...]
    options: Mapping[str, Any]
    out: str
    shards: int
    mine: frozenset[int]
    spool: str | None
    run_id: str
    again: bool  # hand on what is unchanged too


@dataclasses.dataclass(slots=True)
class ReadResult:
    """What reading gave, in the run's shards. `new`, `changed` and `same` count articles, `failed` uris that gave none."""

    new: int = 0
    changed: int = 0
    same: int = 0
    failed: int = 0
    fresh_failures: int = 0  # of `failed`: not standing in the tables yet
    to_do: Counter[int] = dataclasses.field(default_factory=Counter)  # shard -> articles and failures handed on
    moved: int = 0  # uris whose article changed, and with it perhaps the shard
    noted: dict[str, Noted] = dataclasses.field(default_factory=dict)

    def add(self, other: ReadResult) -> None:
        for name in ("new", "changed", "same", "failed", "fresh_failures", "moved"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.to_do.update(other.to_do)
        self.noted.update(other.noted)


@functools.lru_cache(maxsize=1)
def _known(out: str, run_id: str) -> dict[str, str]:
    """uri -> article_id:digest as the tables have it, read once in a process and run."""
    from pipeline.store import Store

    store = Store(out)
    return store.index_digests() if store.exists else {}


class Spool:
    """Articles on their way to the shards: a file of JSON lines for each task and shard."""

    def __init__(self, folder: Path, task: int) -> None:
        self.folder, self.task = folder, task
        self._files: dict[int, TextIO] = {}
        self._seen, self._changed = array.array("Q"), array.array("Q")
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, shard: int, source: str, item: Article | Failure) -> None:
        if shard not in self._files:
            self._files[shard] = (self.folder / f"{shard:04d}-{self.task:05d}.jsonl").open("w", encoding="utf-8")
        kind, raw = ("article", article_json(item)) if isinstance(item, Article) else ("failure", json.dumps(dataclasses.asdict(item)))
        self._files[shard].write(f'{{"source":{json.dumps(source)},"{kind}":{raw}}}\n')

    def see(self, uri: str, changed: bool) -> None:
        """Notes a uri as read, and whether the tables have another article of that uri."""
        key = uri_key(uri)
        self._seen.append(key)
        if changed:
            self._changed.append(key)

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        for name, keys in (("seen", self._seen), ("changed", self._changed)):
            (self.folder / f"{name}-{self.task:05d}.bin").write_bytes(keys.tobytes())


def note_sources(folder: Path, reread: Iterable[str], present: Iterable[str] | None) -> None:
    """Notes which files were read in this run and, when pruning, which there are."""
    folder.mkdir(parents=True, exist_ok=True)
    notes = {"reread": list(reread), "present": None if present is None else list(present)}
    (folder / "sources.json").write_text(json.dumps(notes), encoding="utf-8")


@functools.lru_cache(maxsize=1)
def noted_sources(folder: str) -> tuple[frozenset[str], frozenset[str] | None]:
    """Uris of the files read in this run, and of those that are there (None when not pruning)."""
    notes = json.loads((Path(folder) / "sources.json").read_text(encoding="utf-8"))
    return frozenset(notes["reread"]), None if notes["present"] is None else frozenset(notes["present"])


def uris_in(folder: Path, name: str) -> frozenset[int]:
    """Hashes of the uris noted by all tasks: `seen` or `changed`."""
    keys = array.array("Q")
    for path in sorted(folder.glob(f"{name}-*.bin")):
        keys.frombytes(path.read_bytes())
    return frozenset(keys)


def spooled(folder: Path, shard: int) -> Iterator[tuple[str, Article | Failure]]:
    """(source, article or failure) of everything handed to a shard."""
    for path in sorted(folder.glob(f"{shard:04d}-*.jsonl")):
        with path.open(encoding="utf-8") as f:
            for line in f:
                record = json.loads(line)
                if "failure" in record:
                    yield record["source"], Failure(**record["failure"])
                else:
                    values = record["article"]
                    values["published"] = dt.date.fromisoformat(values["published"]) if values["published"] else None
                    yield record["source"], Article(**values)


def read_sources(task: ReadTask) -> ReadResult:
    """Reads files and hands what is new or changed to the spool. Whatever a reader raises is a failure of that file."""
    result, known = ReadResult(), _known(task.out, task.run_id)
    spool = Spool(Path(task.spool), task.number) if task.spool else None
    for source in task.sources:
        noted, articles, failures = note(source, 0, 0), 0, 0
        for item in _items(source, task.options):
            key = item.article_id if isinstance(item, Article) else None
            shard = shard_of(key or item.uri, task.shards)
            state = f"{key}:{article_digest(item) if isinstance(item, Article) else failure_digest(item)}"
            before = known.get(item.uri)
            if spool:
                spool.see(item.uri, before is not None and before != state)
            result.moved += before is not None and before != state
            if shard not in task.mine:
                continue
            if isinstance(item, Article):
                articles += 1
                result.new += before is None
                result.changed += before is not None and before != state
                result.same += before == state
            else:
                failures += 1
                result.fresh_failures += before != state
            if before != state or task.again:
                result.to_do[shard] += 1
                if spool:
                    spool.put(shard, source.uri, item)
        result.failed += failures
        if noted is not None:
            result.noted[source.uri] = dataclasses.replace(noted, articles=articles, failures=failures)
    if spool:
        spool.close()
    return result


def _items(source: Source, options: Mapping[str, Any]) -> Iterator[Article | Failure]:
    """Articles and failures of one file, uris beginning with the source's."""
    from pipeline.readers import ReadOptions, read
    from pipeline.readers.walk import uri_of

    if source.failure is not None:
        yield source.failure
        return
    plain = uri_of(source.path)
    seen = False
    try:
        for item in read([Path(source.path)], ReadOptions(**options)):
            seen = True
            yield item if source.uri == plain else dataclasses.replace(item, uri=source.uri + item.uri.removeprefix(plain))
    except Exception as error:  # a reader's own fault must not stop the run either
        yield Failure(
            uri=f"{source.uri}~reader" if seen else source.uri,
            error=type(error).__name__,
            message=f"the reader failed: {str(error)[:500]}".encode("utf-8", "replace").decode(),
            remedy="check that the file opens elsewhere; if it does, report it with the file",
        )


def tasks_of(sources: Sequence[Source], pieces: int) -> Iterable[tuple[Source, ...]]:
    """The sources in about `pieces` groups of neighbours, alike in bytes."""
    sizes = [_size(s.path) + 1_000 for s in sources]
    goal, group, held = max(1, sum(sizes) // max(1, pieces)), [], 0
    for source, size in zip(sources, sizes, strict=True):
        group.append(source)
        held += size
        if held >= goal:
            yield tuple(group)
            group, held = [], 0
    if group:
        yield tuple(group)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return 0
