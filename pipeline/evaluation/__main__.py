"""`python -m pipeline.evaluation CORPORA`: every task whose corpus is there, one JSON object a line on stdout, words on stderr.

Which files a task is measured on is data: `corpora.csv` beside this file (task, paths under CORPORA separated by spaces; a path may hold
`*`). Each line is a measurement of its own, so a task may have several. Tasks without a line, and lines whose files are missing, are named
and passed over.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

from pipeline.errors import NewsledgerError
from pipeline.evaluation import Task, tasks


@dataclasses.dataclass(frozen=True, slots=True)
class Measurement:
    """One line of `corpora.csv`: a task and the files it is measured on; `missing` is the first path that is not there."""

    task: str
    paths: str
    files: tuple[Path, ...]
    missing: str | None = None


def measurements(corpora: Path, table: str | None = None) -> list[Measurement]:
    """The lines of `corpora.csv` (or of TABLE, its text) with their files under CORPORA."""
    text = table or resources.files("pipeline.evaluation").joinpath("corpora.csv").read_text(encoding="utf-8")
    found = []
    for record in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        hits = {path: sorted(corpora.glob(path)) for path in record["paths"].split()}
        missing = next((path for path, files in hits.items() if not files), None)
        found.append(Measurement(record["task"], record["paths"], tuple(f for files in hits.values() for f in files), missing))
    return found


def measure(known: Mapping[str, Task], wanted: Sequence[Measurement]) -> int:
    """Runs tasks and prints their figures; a task that fails is told of and does not stop the others. The exit status: 0, or 3."""
    failed = 0
    for one in wanted:
        name = f"{one.task} on {one.paths}"
        if one.missing or one.task not in known:
            why = f"there is no {one.missing}" if one.missing else "there is no such task"
            print(f"{name}: passed over, {why}", file=sys.stderr)
            continue
        start = time.perf_counter()
        try:
            figures = known[one.task](list(one.files))
        except Exception as error:
            remedy = f"\n  {error.remedy}" if isinstance(error, NewsledgerError) else ""
            print(f"{name}: {type(error).__name__}: {error}{remedy}", file=sys.stderr)
            failed += 1
            continue
        print(json.dumps({"task": one.task, "files": one.paths, **figures}, ensure_ascii=False, default=str), flush=True)
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 3 if failed else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.evaluation", description="Scores on the public corpora that are there.")
    parser.add_argument("corpora", type=Path, help="folder of the corpora")
    parser.add_argument("tasks", nargs="*", help="only these tasks")
    given = parser.parse_args(arguments)
    known = tasks()
    for name in given.tasks:
        if name not in known:
            parser.error(f"there is no task {name!r}; the tasks are {', '.join(known)}")
    if not given.corpora.is_dir():
        parser.error(f"there is no folder {given.corpora}; say where the corpora are: make evaluate CORPORA=folder")
    wanted = [m for m in measurements(given.corpora) if not given.tasks or m.task in given.tasks]
    for name in sorted(known.keys() - {m.task for m in wanted}):
        if not given.tasks or name in given.tasks:
            print(f"{name}: passed over, corpora.csv names no files for it", file=sys.stderr)
    return measure(known, wanted)


if __name__ == "__main__":
    sys.exit(main())
