"""`python -m pipeline.evaluation CORPORA`: every task whose corpus is there, one JSON object a line on stdout, words on stderr.

Which files a task is measured on is data: `corpora.csv` beside this file (task, path under CORPORA; a path may hold `*`; a task may have
several lines). Tasks without a line there, and lines whose files are missing, are named and passed over.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

from pipeline.errors import NewsledgerError
from pipeline.evaluation import Task, tasks


def corpus_files(corpora: Path) -> dict[str, list[Path] | None]:
    """Files of each task under CORPORA, in the order of `corpora.csv`; None for a task of which a line finds no file."""
    text = resources.files("pipeline.evaluation").joinpath("corpora.csv").read_text(encoding="utf-8")
    found: dict[str, list[Path] | None] = {}
    for record in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        hits = sorted(corpora.glob(record["path"]))
        so_far = found.setdefault(record["task"], [])
        if so_far is not None:
            found[record["task"]] = [*so_far, *hits] if hits else None
    return found


def measure(known: Mapping[str, Task], files: Mapping[str, list[Path] | None], only: Sequence[str]) -> int:
    """Runs the tasks and prints their figures; a task that fails is told of and does not stop the others. The exit status: 0, or 3."""
    failed = 0
    for name, task in known.items():
        if only and name not in only:
            continue
        paths = files.get(name)
        if not paths:
            why = "its corpus is not there" if name in files else "corpora.csv names no files for it"
            print(f"{name}: passed over, {why}", file=sys.stderr)
            continue
        start = time.perf_counter()
        try:
            figures = task(paths)
        except NewsledgerError as error:
            print(f"{name}: {error}\n  {error.remedy}", file=sys.stderr)
            failed += 1
            continue
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            failed += 1
            continue
        print(json.dumps({"task": name, **figures}, ensure_ascii=False, default=str), flush=True)
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
    return measure(known, corpus_files(given.corpora), given.tasks)


if __name__ == "__main__":
    sys.exit(main())
