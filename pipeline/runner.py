"""The runner: what changed among the inputs, shards to workers, corpus stages, the run's record.

`extract` brings the tables up to date with the inputs, `plan` tells what it would do, `link` runs the corpus stages alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

from pipeline.config import Settings

DEFAULT_MODEL = "models/wire_en"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an `extract` would do. Counts are uris, but for `stale`."""

    uris: int  # uris read: articles and failures to read, unchanged ones too
    new: int
    changed: int  # text or metadata differ from the table's
    same: int  # text and metadata as in the tables
    failed: int  # uris that cannot be read (among new, changed and same they are not counted)
    gone: int  # uris in the tables that the inputs no longer hold; kept unless pruned. -1 where it was not counted
    stale: Mapping[str, int]  # stages to run again -> articles whose text is unchanged
    skipped: Sequence[str] = ()  # notes on files that are passed over (codings `*.gold.json`, hidden files)

    def text(self) -> str:
        """One line: "132 new, 4 changed, 8,113 up to date"."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a run did; `run.json` holds the same."""

    run_id: str
    exit_code: int  # 0 done, 3 done with failures standing
    plan: Plan
    articles: int  # rows of `articles` for the uris read
    failures: Mapping[str, int]  # error class -> rows of `failures` for the uris read, from this run and standing from earlier ones
    rows: Mapping[str, int]  # rows of every table after the run
    rewritten: int  # shards committed
    stages: Sequence[str]  # stages that ran on some article
    corpus_stages: Sequence[str]
    words: int  # words of the articles that the encoder read
    seconds: float
    pruned: int
    dry_run: bool = False

    def text(self) -> str:
        """A few lines for the terminal."""
        raise NotImplementedError


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
) -> RunSummary:
    """Brings the tables in `out` up to date with the articles in `paths`.

    shard=(i, n) does the i-th of n parts of the shards, 1 <= i <= n, and leaves the corpus stages to `link`. `force` names stages to run again,
    with all that need them; `from_stage` runs that stage and all after it again. Words go to stderr.
    Raises UsageError (unknown path, stage, shard), ModelError, LexiconError, LockedError, StoreError; articles that fail end in `failures`.
    """
    raise NotImplementedError


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
) -> Plan:
    """What `extract` with these arguments would do; writes nothing."""
    raise NotImplementedError


def link(out: Path | str, *, settings: Settings | None = None, quiet: bool = False) -> RunSummary:
    """Runs the corpus stages over what all shards wrote."""
    raise NotImplementedError
