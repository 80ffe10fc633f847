"""The runner: what changed among the inputs, shards to workers, corpus stages, the run's record.

`extract` brings the tables up to date with the inputs, `plan` tells what it would do, `link` runs the corpus stages alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import os
import platform
import secrets
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

import pipeline
from pipeline import config, fingerprint, inputs, report
from pipeline.config import Settings
from pipeline.errors import StoreError, UsageError
from pipeline.inputs import Noted, ReadResult, ReadTask, Source
from pipeline.lastrun import LastRun
from pipeline.locks import ShardLocks
from pipeline.pool import Pool
from pipeline.store import FAILURES, REWRITE, Store, file_metadata, write_json
from pipeline.summary import Plan, RunSummary

if TYPE_CHECKING:
    from pipeline.stage import Stages

DEFAULT_MODEL = "models/wire_en"
DEFAULT_PACKAGE = "pipeline.stages"
FILES_INLINE = 24  # so few files are read sooner than a second process starts
ARTICLES_A_WORKER = 12  # so few articles are not worth a worker of their own, which takes seconds to load its model


def extract(
    paths: Sequence[Path | str],
    out: Path | str,
    *,
    settings: Settings | None = None,
    published: dt.date | None = None,
    model: str = DEFAULT_MODEL,
    workers: int | None = None,
    shard: tuple[int, int] | None = None,
    force: Sequence[str] = (),
    from_stage: str | None = None,
    dry_run: bool = False,
    quiet: bool = False,
    prune: bool = False,
    executor: Executor | None = None,
    package: str = DEFAULT_PACKAGE,
) -> RunSummary:
    """Brings the tables in `out` up to date with the articles in `paths`.

    shard=(i, n) does the i-th of n parts of the shards, 1 <= i <= n, and leaves the corpus stages to `link`. `force` names stages to run
    again, with all that need them; `from_stage` runs that stage and all after it again. `prune` drops the rows of articles that are in
    none of `paths`. Words go to stderr. Any executor of `concurrent.futures` may do the work; without one, `workers` processes do (a
    script that calls this needs `if __name__ == "__main__":`, as with every spawned process).
    Raises UsageError (unknown path, stage, shard), ModelError, LexiconError, LockedError, StoreError; articles that fail end in `failures`.
    """
    run = _Run(list(paths), Path(out), settings or config.load(), published, model, shard, force, from_stage, prune, package)
    if not dry_run and (summary := run.nothing_to_do()):
        return run.keep(summary)
    if dry_run:
        found, _ = run.read(None, Pool(1), quiet)
        return run.summary(found, dry_run=True)
    count = workers or settings_workers(run.settings)
    return run.carry_out(count, executor, quiet)


def plan(
    paths: Sequence[Path | str],
    out: Path | str,
    *,
    settings: Settings | None = None,
    published: dt.date | None = None,
    model: str = DEFAULT_MODEL,
    shard: tuple[int, int] | None = None,
    force: Sequence[str] = (),
    from_stage: str | None = None,
    prune: bool = False,
    package: str = DEFAULT_PACKAGE,
) -> Plan:
    """What `extract` with these arguments would do; writes nothing."""
    return extract(
        paths,
        out,
        settings=settings,
        published=published,
        model=model,
        shard=shard,
        force=force,
        from_stage=from_stage,
        dry_run=True,
        quiet=True,
        prune=prune,
        package=package,
    ).plan


def link(out: Path | str, *, settings: Settings | None = None, quiet: bool = False, package: str = DEFAULT_PACKAGE) -> RunSummary:
    """Runs the corpus stages over what all shards wrote. Raises UsageError where there are no tables."""
    run = _Run([], Path(out), settings or config.load(), None, DEFAULT_MODEL, None, (), None, False, package)
    return run.link(quiet)


def settings_workers(settings: Settings) -> int:
    """The number of workers: the setting, or one for every core this process may use."""
    return settings.run.workers or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1))


class _Run:
    """The state of one run."""

    def __init__(
        self,
        paths: Sequence[Path | str],
        out: Path,
        settings: Settings,
        published: dt.date | None,
        model: str,
        shard: tuple[int, int] | None,
        force: Sequence[str],
        from_stage: str | None,
        prune: bool,
        package: str,
    ) -> None:
        for path in paths:
            if not os.path.lexists(path):
                raise UsageError(f"there is no file or folder {path}", "mend the path")
        if shard is not None and not 1 <= shard[0] <= shard[1]:
            raise UsageError(f"--shard {shard[0]}/{shard[1]} is no part", "give i/n with 1 <= i <= n, as 2/8")
        self.began = time.monotonic()
        self.started = dt.datetime.now(dt.UTC)
        self.run_id = f"{self.started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self.paths, self.store, self.settings, self.model, self.shard, self.package = paths, Store(out), settings, model, shard, package
        self.force, self.from_stage, self.prune = tuple(force), from_stage, prune
        self.options = {**settings.read.model_dump(), "published": published}
        shards = self.store.shards if self.store.exists else settings.run.shards
        part, of = shard or (1, 1)
        self.mine = tuple(n for n in range(shards) if n % of == part - 1)
        self.part = f"{part}of{of}"
        self.record = out / "_runs" / self.run_id
        self.skipped: Sequence[str] = ()
        self._stages: Stages | None = None
        self._sources: list[Source] | None = None
        self.forced: frozenset[str] = frozenset()

    # What there is

    @property
    def stages(self) -> Stages:
        if self._stages is None:
            from pipeline.stage import discover

            self._stages = discover(self.package)
        return self._stages

    @property
    def sources(self) -> list[Source]:
        if self._sources is None:
            notes = report.LeftOut()
            report.LOG.addHandler(notes)
            try:
                self._sources = list(inputs.find_sources(self.paths))
            finally:
                report.LOG.removeHandler(notes)
            self.skipped = notes.lines
        return self._sources

    @functools.cached_property
    def model_digest(self) -> str:
        """Taken once: the rows of a run are those of the model it began with."""
        return fingerprint.model_digest(self.model)

    def _reading(self) -> str:
        return fingerprint.reading_digest(self.options)

    def _key(self) -> str:
        """Digest of all that decides the rows beside the inputs, found without importing any stage."""
        rows = self.settings.model_dump(exclude={"run"})
        return fingerprint.digest_of([fingerprint.package_digest(self.package), self.model_digest, self._reading(), rows, self.package])

    def nothing_to_do(self) -> RunSummary | None:
        """The summary of a run that has nothing to do; None where that is not plain without importing the stages."""
        if self.force or self.from_stage or self.prune or not self.store.exists or self._leftovers():
            return None
        last = self._last_run()
        noted = last.noted()
        if not last.done(self._key()) or not all(inputs.unchanged(s, noted.get(s.uri)) for s in self.sources):
            return None
        if self.store.missing(self.mine):
            return None
        self.store.create(self.settings.run.shards)
        return self.summary(self._from_notes([noted[s.uri] for s in self.sources]))

    def _last_run(self) -> LastRun:
        return LastRun(self.store, self.mine, self.part, self._reading())

    def _leftovers(self) -> bool:
        return any((self.store.state / "staging").iterdir())

    def _from_notes(self, noted: Sequence[Noted]) -> ReadResult:
        return ReadResult(same=sum(n.articles for n in noted), failed=sum(n.failures for n in noted))

    # What a run does

    def _check_stages(self) -> frozenset[str]:
        """The stages to run again because the user says so. Raises UsageError for one that is not there."""
        names = [s.name for s in self.stages.article]
        corpus = [s.name for s in self.stages.corpus]
        for name in (*self.force, *([self.from_stage] if self.from_stage else [])):
            if name not in (*names, *corpus):
                raise UsageError(f"there is no stage {name!r}", f"one of: {', '.join((*names, *corpus))}")
        forced = set(self.stages.dependents(n for n in self.force if n in names)) | {n for n in self.force if n in corpus}
        if self.from_stage:
            order = [*names, *corpus]
            forced |= set(order[order.index(self.from_stage) :])
        return frozenset(forced)

    def read(self, spool: Path | None, pool: Pool, quiet: bool) -> tuple[ReadResult, list[Source]]:
        """Reads the files that have changed, and hands their articles to the spool; what came of it, and the files read."""
        self.forced = self._check_stages()
        again = "articles" in self.forced
        noted = {} if again or self.prune or not self.store.exists else self._last_run().noted()
        kept, changed = [], []
        for source in self.sources:
            if inputs.unchanged(source, note := noted.get(source.uri)) and note is not None:
                kept.append(note)
            else:
                changed.append(source)
        result = self._from_notes(kept)
        shards = self.store.shards if self.store.exists else self.settings.run.shards
        pieces = 1 if len(changed) <= FILES_INLINE or pool.size == 1 else pool.size * 4
        tasks = [
            ReadTask(
                n, group, self.options, str(self.store.out), shards, frozenset(self.mine), str(spool) if spool else None, self.run_id, again
            )
            for n, group in enumerate(inputs.tasks_of(changed, pieces))
        ]
        with report.Progress("files read", len(changed), quiet=quiet, heartbeat=self.settings.run.heartbeat_seconds) as progress:
            for task, found in pool.map(inputs.read_sources, tasks, progress.tick, inline=pieces == 1):
                result.add(found)
                progress.advance(len(task.sources))
        return result, changed

    def carry_out(self, workers: int, executor: Executor | None, quiet: bool) -> RunSummary:
        """The run itself, under the locks of its shards."""
        self.store.create(self.settings.run.shards)
        spool = self.store.state / "spool" / self.run_id
        with ShardLocks(self.store.state / "locks", self.mine, self.run_id), report.RunLog(self.record / "log.txt"):
            self._sweep(spool)
            alive = FileLock(spool / "alive.lock")
            spool.mkdir(parents=True)
            with alive:
                write_json(self.record / "run.json", self._about())
                self.store.recover(self.mine)
                self._check_parts()
                summary = self._work(spool, workers, executor, quiet)
            shutil.rmtree(spool, ignore_errors=True)
        return self.keep(summary)

    def _check_parts(self) -> None:
        """Raises StoreError where committed parts are gone, unless all is to be written again."""
        missing = self.store.missing(self.mine)
        if missing and not (self.from_stage == "articles" and not any(m.startswith("_state") for m in missing)):
            raise StoreError(f"{len(missing)} parts are missing, {missing[0]} the first", REWRITE)

    def _sweep(self, mine: Path) -> None:
        """Removes the spools of runs that are dead."""
        for folder in sorted(mine.parent.glob("*")):
            try:
                with FileLock(folder / "alive.lock", timeout=0):
                    pass
            except Timeout:
                continue
            shutil.rmtree(folder, ignore_errors=True)

    def _work(self, spool: Path, workers: int, executor: Executor | None, quiet: bool) -> RunSummary:
        from pipeline.worker import ShardTask, run_shard

        model = self.model_digest
        rows = self.settings.model_dump(exclude={"run", "read"})
        stages = self.stages
        prints = fingerprint.stage_fingerprints(stages, model, rows)
        versions = fingerprint.versions_of(stages, model, Path(self.model).name)
        with Pool(workers, executor) as pool:
            found, reread = self.read(spool, pool, quiet)
            inputs.note_sources(spool, (s.uri for s in reread), (s.uri for s in self.sources) if self.prune else None)
            manifests = {n: self.store.shard(n) for n in self.mine}
            stale = {
                n for n, m in manifests.items() if m.uris and (self.forced - {s.name for s in stages.corpus} or dict(m.stages) != prints)
            }
            moved = {n for n, m in manifests.items() if m.uris and (found.moved or self.prune or (m.failures and reread))}
            todo = sorted(stale | moved | {n for n in found.to_do if found.to_do[n]})
            articles = {n: found.to_do[n] + (manifests[n].articles if n in stale else 0) for n in todo}
            pool.limit(-(-sum(articles.values()) // ARTICLES_A_WORKER))
            tasks = [
                ShardTask(
                    out=str(self.store.out),
                    run_id=self.run_id,
                    shard=n,
                    package=self.package,
                    model=self.model,
                    fingerprints=prints,
                    versions=versions,
                    forced=self.forced,
                    settings=self.settings,
                    threads=pool.threads,
                )
                for n in todo
            ]
            results = []
            with report.Progress(
                "articles", sum(articles.values()), quiet=quiet, heartbeat=self.settings.run.heartbeat_seconds
            ) as progress:
                for task, result in pool.map(run_shard, tasks, progress.tick):
                    results.append(result)
                    progress.advance(articles[task.shard])
        seconds: defaultdict[str, float] = defaultdict(float)
        for result in results:
            for name, value in result.seconds.items():
                seconds[name] += value
        self._ensure_schemas(versions, spool)
        last = self._last_run()
        last.remember(found.noted)
        linked = []
        if self.shard is None:
            from pipeline.linking import run_corpus_stages

            linked = run_corpus_stages(self.store, stages, self.settings, self.run_id, self.forced, seconds)
            last.remember(found.noted, self._key())
        report.log_stages(seconds)
        return self.summary(
            found,
            rewritten=sum(r.committed for r in results),
            stages=[s.name for s in stages.article if any(s.name in r.stages for r in results)],
            corpus_stages=linked,
            words=sum(r.words for r in results),
            pruned=sum(r.pruned for r in results),
            stage_seconds={name: round(value, 3) for name, value in seconds.items()},
        )

    def link(self, quiet: bool) -> RunSummary:
        """The corpus stages, under the locks of all shards."""
        from pipeline.linking import run_corpus_stages

        shards = self.store.shards  # raises UsageError where there are no tables
        self.mine = tuple(range(shards))
        seconds: defaultdict[str, float] = defaultdict(float)
        with ShardLocks(self.store.state / "locks", self.mine, self.run_id):
            self.store.recover(self.mine)
            before = [self.store.shard(n).tables for n in self.mine]
            linked = run_corpus_stages(self.store, self.stages, self.settings, self.run_id, frozenset(), seconds)
            changed = sum(self.store.shard(n).tables != old for n, old in zip(self.mine, before, strict=True))
        manifest = self.store.manifest
        articles = manifest.rows.get("articles", 0)
        found = ReadResult(same=articles, failed=manifest.uris - articles)
        return self.keep(self.summary(found, rewritten=changed, corpus_stages=linked, stage_seconds=dict(seconds)))

    def _ensure_schemas(self, versions: Mapping[str, str], scratch: Path) -> None:
        from pipeline.schema import FailureRow, arrow_schema

        schemas = {
            table: arrow_schema(row, file_metadata(fingerprint.table_versions(self.stages, table, versions)))
            for table, row in self.stages.tables.items()
        }
        self.store.ensure_schemas({**schemas, FAILURES: arrow_schema(FailureRow, file_metadata(versions))}, scratch)

    def summary(self, found: ReadResult, *, dry_run: bool = False, rewritten: int = 0, **done: Any) -> RunSummary:
        """The summary of a run that read this and did that."""
        articles = found.new + found.changed + found.same
        stale: dict[str, int] = {}
        rows: Mapping[str, int] = {}
        failures: Counter[str] = Counter()
        if self.store.exists:
            rows = self.store.manifest.rows
            failures = self._failures()
        if dry_run and self.store.exists:
            stale = self._stale()
        plan = Plan(
            uris=articles + found.failed,
            new=found.new,
            changed=found.changed,
            same=found.same,
            failed=found.failed,
            gone=done.get("pruned", 0),
            stale=stale,
            skipped=tuple(self.skipped),
        )
        return RunSummary(
            run_id=self.run_id,
            exit_code=3 if failures and not dry_run else 0,
            plan=plan,
            articles=articles,
            failures=dict(failures),
            rows=rows,
            rewritten=rewritten,
            stages=done.get("stages", ()),
            corpus_stages=done.get("corpus_stages", ()),
            words=done.get("words", 0),
            seconds=round(time.monotonic() - self.began, 3),
            stage_seconds=done.get("stage_seconds", {}),
            pruned=done.get("pruned", 0),
            dry_run=dry_run,
        )

    def _failures(self) -> Counter[str]:
        """Failures standing for the uris of this run, by class."""
        if not self.store.manifest.failures:  # most runs: spares opening Parquet, which imports pandas
            return Counter()
        table = self.store.table(FAILURES, ["uri", "error"])
        sources = {s.uri for s in self.sources}
        pairs = zip(table.column("uri").to_pylist(), table.column("error").to_pylist(), strict=True)
        return Counter(error for uri, error in pairs if not self.paths or inputs.belongs(uri, sources))

    def _stale(self) -> dict[str, int]:
        """Stages that are out of date or forced -> articles they have to be run on."""
        rows = self.settings.model_dump(exclude={"run", "read"})
        prints = fingerprint.stage_fingerprints(self.stages, self.model_digest, rows)
        count: Counter[str] = Counter()
        for n in self.mine:
            manifest = self.store.shard(n)
            for name, value in prints.items():
                if manifest.articles and (name in self.forced or manifest.stages.get(name) != value):
                    count[name] += manifest.articles
        return {name: count[name] for name in prints if count[name]}

    def _about(self) -> dict[str, Any]:
        """The beginning of the run's record: what was asked."""
        return {
            "run_id": self.run_id,
            "started": self.started.isoformat(timespec="seconds"),
            "paths": [os.fsencode(p).decode("utf-8", "backslashreplace") for p in self.paths],
            "model": self.model,
            "published": self.options["published"].isoformat() if self.options["published"] else None,
            "shard": self.shard,
            "force": self.force,
            "from_stage": self.from_stage,
            "prune": self.prune,
            "settings": self.settings.model_dump(),
            "pipeline": pipeline.__version__,
            "host": platform.node(),
            "python": platform.python_version(),
        }

    def keep(self, summary: RunSummary) -> RunSummary:
        """Writes the run's record."""
        write_json(self.record / "run.json", {**self._about(), **dataclasses.asdict(summary)})
        return summary
