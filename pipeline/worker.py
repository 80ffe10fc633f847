"""One shard in a worker: its old rows and its new articles in, its new parts out, by one commit."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline import execute, inputs
from pipeline.article import Article, Failure
from pipeline.config import Settings
from pipeline.execute import Failed, storable
from pipeline.fingerprint import table_versions
from pipeline.pool import limit_threads
from pipeline.schema import FailureRow, Row, arrow_schema
from pipeline.stage import ARTICLES, CORE_TABLES, Stages, discover
from pipeline.store import (
    FAILURES,
    INDEX,
    IndexRow,
    PartReader,
    PartWriter,
    ShardManifest,
    Store,
    Transaction,
    file_metadata,
    rows_of,
    table_of,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc

LANGUAGE = "language"  # the stage that failures of the encoder are filed under
NO_TEXT = Failed("ReadError", "the article's text is not in the tables", "run `extract --force articles`, which reads the files again")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShardTask:
    """What a worker needs to know to bring one shard up to date."""

    out: str
    run_id: str
    shard: int
    package: str
    model: str
    fingerprints: Mapping[str, str]  # of every stage, as they should be
    versions: Mapping[str, str]
    forced: frozenset[str]
    settings: Settings
    threads: int  # of the encoder and BLAS; 0 leaves them to the machine


@dataclasses.dataclass(slots=True)
class ShardResult:
    """What a worker did to a shard."""

    shard: int
    committed: bool = False
    articles: int = 0  # articles on which some stage ran
    words: int = 0  # words the encoder read
    pruned: int = 0
    stages: set[str] = dataclasses.field(default_factory=set)
    seconds: defaultdict[str, float] = dataclasses.field(default_factory=lambda: defaultdict(float))  # stage -> seconds


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One uri of the shard, as it is to be. `article` has the text only where it was read in this run."""

    row: IndexRow
    article: Article | None
    failure: Failure | None = None


@dataclasses.dataclass(slots=True)
class Job:
    """One article: which stages run on it, and the rows of all stages as far as they are known."""

    article: Article
    copies: Sequence[Article]  # the article for each of its uris
    run: frozenset[str]
    old: Mapping[str, pa.Table]  # its old rows, of the tables that are needed
    made: dict[str, list[Row]] = dataclasses.field(default_factory=dict)  # table -> new rows
    failed: set[str] = dataclasses.field(default_factory=set)  # stages without rows, by their own failure or another's


def run_shard(task: ShardTask) -> ShardResult:
    """Brings a shard up to date and commits it. A stage's error on an article is a failure row.

    Raises LockedError where the shard has passed to another run.
    """
    limit_threads(task.threads)
    return _Shard(task).run()


def merge(task: ShardTask, store: Store, old: Mapping[str, IndexRow]) -> tuple[dict[str, Entry], int]:
    """The shard's uris as they are to be, and how many were pruned.

    That is the old ones and over them those read in this run, without those whose article moved to another shard, failures that
    are gone from a file read again, and, when pruning, articles whose source is gone.
    """
    spool = store.state / "spool" / task.run_id
    new = {item.uri: _read_entry(source, item) for source, item in inputs.spooled(spool, task.shard)}
    reread, present = inputs.noted_sources(str(spool))
    suspects = [row for row in old.values() if row.uri not in new and row.source in reread]
    seen = inputs.uris_in(spool, "seen") if suspects else frozenset()
    changed = inputs.uris_in(spool, "changed") if suspects else frozenset()
    pruned = 0
    for row in old.values():
        if row.uri in new:
            continue
        key = inputs.uri_key(row.uri)
        gone = row.source in reread and key not in seen
        if (row.source in reread and key in changed) or (gone and row.article_id is None):
            continue
        if present is not None and (gone or row.source not in present):
            pruned += 1
            continue
        new[row.uri] = _old_entry(row)
    return new, pruned


def _read_entry(source: str, item: Article | Failure) -> Entry:
    if isinstance(item, Failure):
        return Entry(IndexRow(uri=item.uri, source=source, article_id=None, digest=inputs.failure_digest(item), article=None), None, item)
    raw = inputs.article_json(item, leave_out=("uri", "article_id", "text"))
    row = IndexRow(uri=item.uri, source=source, article_id=item.article_id, digest=inputs.article_digest(item), article=raw)
    return Entry(row, item)


def _old_entry(row: IndexRow) -> Entry:
    if row.article_id is None or row.article is None:
        return Entry(row, None)
    return Entry(row, inputs.article_from_json(row.article, uri=row.uri, article_id=row.article_id, text=""))


def group(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """article_id -> the entries of its uris, ids ascending. The first gives the article that stages see: the earliest, then by uri."""
    groups: dict[str, list[Entry]] = {}
    for e in entries:
        if e.article is not None:
            groups.setdefault(e.article.article_id, []).append(e)

    def rank(e: Entry) -> tuple[dt.date, str]:
        return (e.article.published if e.article else None) or dt.date.max, e.row.uri

    return {i: sorted(groups[i], key=rank) for i in sorted(groups)}


@functools.lru_cache(maxsize=4)
def empty_tables(package: str, versions: frozenset[tuple[str, str]]) -> dict[str, pa.Table]:
    """Every table without rows, its schema naming these versions; made once in a process, not once a shard."""
    stages = discover(package)
    return {
        table: arrow_schema(row, file_metadata(table_versions(stages, table, dict(versions)))).empty_table()
        for table, row in stages.tables.items()
    }


class _Shard:
    """The state of one `run_shard`."""

    def __init__(self, task: ShardTask) -> None:
        self.task = task
        self.stages: Stages = discover(task.package)
        self.by_name = {s.name: s for s in self.stages.article}
        self.store = Store(task.out)
        self.old: ShardManifest = self.store.shard(task.shard)
        self.result = ShardResult(task.shard)
        self.dirty = frozenset(
            s.name for s in self.stages.article if s.name in task.forced or self.old.stages.get(s.name) != task.fingerprints[s.name]
        )
        self.empty = empty_tables(task.package, frozenset(task.versions.items()))
        self.schemas = {table: empty.schema for table, empty in self.empty.items()}
        self.failures: list[FailureRow] = []
        self.readers: dict[str, PartReader] = {}

    def run(self) -> ShardResult:
        old = {row.uri: row for row in self.store.index(self.old)}
        new, self.result.pruned = merge(self.task, self.store, old)
        touched = {u for u in old.keys() | new.keys() if u not in old or u not in new or old[u].digest != new[u].row.digest}
        if not touched and not self.dirty and set(self.old.tables) <= {*self.stages.tables, FAILURES}:
            return self.result
        groups, before = group(new.values()), group(map(_old_entry, old.values()))
        changed = {i for i, g in groups.items() if i not in before or before[i][0].row.digest != g[0].row.digest}
        recopied = {i for i, g in groups.items() if i in changed or [e.row for e in g] != [e.row for e in before[i]]}
        renewed = bool(changed) or groups.keys() != before.keys()
        tables = [t for t in self.stages.tables if renewed or self.stages.writer(t).name in self.dirty or (t == ARTICLES and recopied)]
        self._take_failures(new, groups, changed, recopied)
        transaction = Transaction(self.store, self.task.shard, self.task.run_id)
        try:
            self._write(transaction, tables, groups, changed, recopied)
            self._commit(transaction, tables, new, groups)
        except BaseException:
            transaction.rollback()
            raise
        return self.result

    def _take_failures(
        self, new: Mapping[str, Entry], groups: Mapping[str, Sequence[Entry]], changed: Set[str], recopied: Set[str]
    ) -> None:
        """Keeps the old failures that still stand, and adds those of what could not be read."""
        for row in self.store.part_rows(self.old, FAILURES, FailureRow):
            entry = new.get(row.uri)
            unread = entry is not None and entry.article is None and entry.failure is None
            standing = row.article_id in groups and row.stage not in self._stages_run(row.article_id or "", changed, recopied)
            if unread or standing:
                self.failures.append(row)
        for entry in new.values():
            if entry.failure is not None:
                f = entry.failure
                self._fail(f.uri, f.article_id, f.stage, Failed(f.error, f.message, f.remedy))

    def _fail(self, uri: str, article_id: str | None, stage: str, why: Failed) -> None:
        self.failures.append(
            FailureRow(
                run_id=self.task.run_id,
                uri=storable(uri),
                article_id=article_id,
                stage=stage,
                error=why.error,
                message=storable(why.message),
                remedy=storable(why.remedy),
            )
        )

    def _stages_run(self, article_id: str, changed: Set[str], recopied: Set[str]) -> frozenset[str]:
        """Stages that run on an article. The encoder's failure stands for the core stages'."""
        names = frozenset(s.name for s in self.stages.article) if article_id in changed else self.dirty
        if article_id in recopied:
            names |= {s.name for s in self.stages.article if s.per_uri}
        core = {s.name for s in self.stages.article if s.core}
        return names | {LANGUAGE} if core & names else names

    def _write(
        self,
        transaction: Transaction,
        tables: Sequence[str],
        groups: Mapping[str, Sequence[Entry]],
        changed: set[str],
        recopied: set[str],
    ) -> None:
        """Writes the new part of every table in `tables`, article by article in the order of their ids."""
        kept_failures: dict[str, set[str]] = {}
        for row in self.failures:
            if row.article_id is not None:
                kept_failures.setdefault(row.article_id, set()).add(row.stage)
        read = {self.stages.table_of(r) for s in self.stages.article if s.name in self.dirty for r in s.reads}
        needed = [t for t in self.stages.tables if t in tables or t in read or t in (ARTICLES, *CORE_TABLES)]
        self.readers = {t: PartReader(self.store.part_or_none(self.old, t), self.empty[t]) for t in needed}
        writers = {t: transaction.writer(t, self.schemas[t]) for t in tables}
        ids = iter(groups)
        while chunk := list(itertools.islice(ids, self.task.settings.run.batch)):
            jobs = [self._job(groups[i], self._stages_run(i, changed, recopied)) for i in chunk]
            for job in jobs:
                job.failed = self._without_rows(kept_failures.get(job.article.article_id, set()) - job.run)
                self._copies(job)
            self._encode([j for j in jobs if LANGUAGE in j.run and ARTICLES not in j.failed])
            for job in jobs:
                self._run(job)
                self.result.articles += bool(job.run)
            for table, writer in writers.items():
                self._write_table(table, writer, jobs)

    def _job(self, entries: Sequence[Entry], run: frozenset[str]) -> Job:
        first = entries[0].article
        assert first is not None  # entries of a group have articles
        old = {t: reader.take(first.article_id) for t, reader in self.readers.items()}
        text = next((e.article.text for e in entries if e.article and e.article.text), None)
        if text is None and old[ARTICLES].num_rows:
            text = old[ARTICLES].column("text")[0].as_py()
        copies = [dataclasses.replace(e.article, text=text or "") for e in entries if e.article]
        return Job(copies[0], copies, run, old)

    def _without_rows(self, failed: Iterable[str]) -> set[str]:
        """The stages that have no rows of an article on which these failed: they and those that need them."""
        names = set(failed)
        if LANGUAGE in names:
            names |= {s.name for s in self.stages.article if s.core}
        return set(self.stages.dependents(names))

    def _encode(self, jobs: Sequence[Job]) -> None:
        """The encoder's pass over articles, and the stages that keep what it said."""
        if not jobs:
            return
        nlp = execute.load_language(self.task.model)
        with execute.bounded(nlp):
            began = time.perf_counter()
            docs = execute.encode(nlp, [j.article for j in jobs])
            self.result.seconds[LANGUAGE] += time.perf_counter() - began
            for job, doc in zip(jobs, docs, strict=True):
                self.result.words += len(job.article.text.split())
                if isinstance(doc, Exception):
                    self._fail(job.article.uri, job.article.article_id, LANGUAGE, execute.failed(doc, "sentences"))
                    job.failed |= self._without_rows({LANGUAGE})
                    continue
                for s in self.stages.article:
                    if s.core:
                        self._apply(s.name, job, doc)

    def _run(self, job: Job) -> None:
        """The stages of an article that need no encoder, on a Doc made from its rows."""
        with execute.bounded(execute.shared_vocab()):
            doc: Doc | None = None
            for s in self.stages.article:
                if s.name not in job.run or s.core or s.per_uri or s.name in job.failed:
                    continue
                if doc is None:
                    from pipeline.language.doc import rebuild

                    tokens, marks = (self._rows(self.stages.tables[t], job) for t in ("tokens", "marks"))
                    doc = rebuild(job.article, tokens, marks, execute.shared_vocab())
                self._apply(s.name, job, doc)

    def _rows(self, row: type[Any], job: Job) -> Sequence[Any]:
        """An article's rows of a class, new or old, columns that corpus stages fill taken out."""
        table = self.stages.table_of(row)
        if table not in job.made:
            job.made[table] = rows_of(row, job.old[table])
        filled = self.stages.filled(table)
        return [dataclasses.replace(r, **dict.fromkeys(filled)) for r in job.made[table]] if filled else job.made[table]

    def _apply(self, name: str, job: Job, doc: Doc) -> None:
        if name in job.failed:
            return
        s = self.by_name[name]
        rows = {row: self._rows(row, job) for row in s.reads}
        made = execute.run_stage(s, job.article, doc, rows, self.task.settings, self.result.seconds)
        self.result.stages.add(name)
        if isinstance(made, Failed):
            job.failed |= self.stages.dependents({name})
            self._fail(job.article.uri, job.article.article_id, name, self._with_dependents(name, made))
        else:
            job.made.update(made)

    def _with_dependents(self, name: str, why: Failed) -> Failed:
        """Says in the message which other stages did not run for want of this one."""
        others = [s.name for s in self.stages.article if s.name in self.stages.dependents({name}) - {name}]
        return dataclasses.replace(why, message=f"{why.message}; not run for want of it: {', '.join(others)}") if others else why

    def _copies(self, job: Job) -> None:
        """The stage of `articles`, once for each uri. An article without a row there has none anywhere."""
        for s in self.stages.article:
            if not s.per_uri or s.name not in job.run:
                continue
            job.made.update({table: [] for table in s.rows})
            self.result.stages.add(s.name)
            for copy in job.copies:
                made = execute.run_stage(s, copy, None, {}, self.task.settings, self.result.seconds) if copy.text else NO_TEXT
                if isinstance(made, Failed):
                    self._fail(copy.uri, copy.article_id, s.name, made)
                else:
                    for table, rows in made.items():
                        job.made[table] += rows
        if not (job.made[ARTICLES] if ARTICLES in job.made else job.old[ARTICLES].num_rows):
            job.failed = {ARTICLES, *(s.name for s in self.stages.article if not s.per_uri)}

    def _write_table(self, table: str, writer: PartWriter, jobs: Sequence[Job]) -> None:
        """Adds the jobs' rows to a part: those made now, or the old ones as they are."""
        row, stage = self.stages.tables[table], self.stages.writer(table).name
        waiting: list[Row] = []
        for job in jobs:
            if stage in job.run:
                waiting += [] if stage in job.failed else job.made.get(table, [])
            else:
                writer.write(table_of(row, waiting, self.schemas[table]))
                waiting = []
                writer.write(job.old[table])
        writer.write(table_of(row, waiting, self.schemas[table]))

    def _commit(
        self, transaction: Transaction, tables: Sequence[str], new: Mapping[str, Entry], groups: Mapping[str, Sequence[Entry]]
    ) -> None:
        index = transaction.writer(INDEX, arrow_schema(IndexRow))
        index.write(table_of(IndexRow, [new[u].row for u in sorted(new)], index.schema))
        self.failures.sort(key=lambda f: (f.article_id or "", f.uri, f.stage))
        failures = transaction.writer(FAILURES, arrow_schema(FailureRow, file_metadata(self.task.versions)))
        failures.write(table_of(FailureRow, self.failures, failures.schema))
        manifest = ShardManifest(
            shard=self.task.shard,
            stages=dict(self.task.fingerprints),
            articles=len(groups),
            uris=len(new),
            failures=dict(sorted(Counter(f.error for f in self.failures).items())),
            versions=dict(self.task.versions),
        )
        transaction.commit(manifest, keep=[t for t in self.stages.tables if t not in tables])
        self.result.committed = True
