"""What a run would do and what it did."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from pipeline import report


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an `extract` would do. Counts are uris, but for `stale`."""

    uris: int  # all uris of the inputs: articles and what cannot be read
    new: int
    changed: int  # text or metadata differ from the tables'
    same: int  # text and metadata are as in the tables
    failed: int  # uris that cannot be read; new + changed + same + failed = uris
    gone: int  # uris in the tables that the inputs no longer hold; counted when pruning, else 0
    stale: Mapping[str, int]  # stage to run again -> articles in the tables that it has to be run on
    skipped: Sequence[str] = ()  # notes on files that are passed over (codings `*.gold.json`, hidden files)

    def text(self) -> str:
        """One line: "132 new, 4 changed, 8,113 up to date"."""
        return report.plan_text(self)


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
    stage_seconds: Mapping[str, float]  # of all workers together; "language" is the encoder with its decoding
    pruned: int
    dry_run: bool = False

    def text(self) -> str:
        """A few lines for the terminal."""
        return report.summary_text(self)
