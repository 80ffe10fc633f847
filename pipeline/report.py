"""What a run says while it works and when it is done: a bar on a terminal, a line a minute elsewhere, all of it on stderr."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.summary import Plan, RunSummary

LOG = logging.getLogger("pipeline")


def plural(n: int, one: str, many: str = "") -> str:
    """ "1 article", "2,000 articles"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def plan_text(plan: Plan) -> str:
    """One line: "132 new, 4 changed, 8,113 up to date"."""
    parts = [f"{plan.new:,} new", f"{plan.changed:,} changed", f"{plan.same:,} up to date"]
    if plan.failed:
        parts.append(f"{plan.failed:,} unreadable")
    if plan.gone:
        parts.append(f"{plan.gone:,} gone")
    line = ", ".join(parts)
    if plan.stale:
        most = max(plan.stale.values())
        line += f"; to run again on {plural(most, 'article')}: {', '.join(plan.stale)}"
    if plan.skipped:
        line += f" ({plural(len(plan.skipped), 'file')} left out: codings, hidden files, other paths of the same file)"
    return line


def summary_text(summary: RunSummary) -> str:
    """A few lines on what a run did."""
    s = summary
    if s.dry_run:
        return plan_text(s.plan)
    nothing = not s.rewritten and not s.corpus_stages
    lines = ["nothing to do: everything is up to date" if nothing else plan_text(s.plan)]
    unread = s.plan.uris - s.articles
    lines.append(f"{plural(s.plan.uris, 'uri')} read = {plural(s.articles, 'row')} of articles + {plural(unread, 'failure')}")
    if not nothing:
        rate = f", {s.words:,} words encoded, {s.words / s.seconds:,.0f} a second" if s.words and s.seconds else ""
        lines.append(f"{plural(s.rewritten, 'shard')} written in {s.seconds:,.1f} seconds{rate}")
        lines.append("rows: " + ", ".join(f"{table} {n:,}" for table, n in s.rows.items()))
    if s.pruned:
        lines.append(f"{plural(s.pruned, 'uri')} pruned")
    if s.failures:
        lines.append("failures: " + ", ".join(f"{error} {n:,}" for error, n in sorted(s.failures.items(), key=lambda f: (-f[1], f[0]))))
        lines.append("`newsledger failures DIR` tells reasons and remedies")
    return "\n".join(lines)


class Progress:
    """Counts articles done. A bar where stderr is a terminal, else a line every `heartbeat` seconds; nothing when quiet."""

    def __init__(self, what: str, total: int, *, quiet: bool, heartbeat: float) -> None:
        self.what, self.total, self.heartbeat, self.done = what, total, heartbeat, 0
        self._began = self._spoke = time.monotonic()
        self._quiet = quiet or not total
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self.what, total=self.total)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, n: int) -> None:
        """Notes that n more are done."""
        self.done += n
        if self._bar is not None:
            self._bar.advance(self._task, n)
        self.tick()

    def tick(self) -> None:
        """Says the line when it is time; to be called now and then, also when nothing has moved."""
        now = time.monotonic()
        if self._quiet or self._bar is not None or now - self._spoke < self.heartbeat:
            return
        self._spoke = now
        left = (now - self._began) / self.done * (self.total - self.done) if self.done else None
        say(f"{self.what}: {self.done:,} of {self.total:,}" + (f", about {left / 60:,.0f} minutes left" if left is not None else ""))


def say(line: str) -> None:
    """A line on stderr."""
    print(line, file=sys.stderr, flush=True)


class RunLog:
    """The log file of a run; collects what the readers left out."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        self._notes = LeftOut()

    def __enter__(self) -> Sequence[str]:
        self._level = LOG.level
        LOG.setLevel(logging.INFO)
        LOG.addHandler(self._handler)
        LOG.addHandler(self._notes)
        return self._notes.lines

    def __exit__(self, *_: object) -> None:
        LOG.removeHandler(self._handler)
        LOG.removeHandler(self._notes)
        LOG.setLevel(self._level)
        self._handler.close()


class LeftOut(logging.Handler):
    """Keeps the readers' notes on files they left out."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("pipeline.readers"):
            self.lines.append(record.getMessage())


def log_stages(seconds: Mapping[str, float]) -> None:
    """Notes how long each stage took, all workers together."""
    for name, value in sorted(seconds.items(), key=lambda item: -item[1]):
        LOG.info("%s took %.2f seconds", name, value)
