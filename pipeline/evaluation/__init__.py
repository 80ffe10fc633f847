"""Scores tables and models on public corpora.

A module of this package that measures something has `TASKS`, which maps a task's name to a function from files to one flat dictionary of
figures; the function's docstring is the protocol. `newsledger evaluate TASK FILE…` runs one, `python -m pipeline.evaluation CORPORA` all
whose files are there.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.errors import UsageError

Task = Callable[[list[Path]], dict[str, object]]


def tasks() -> Mapping[str, Task]:
    """Every task by name, from all modules of this package that declare some, sorted. A name declared twice is a TypeError."""
    found: dict[str, Task] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        if info.name.startswith("_") or info.name == "bench":
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name, function in getattr(module, "TASKS", {}).items():
            if name in found:
                raise TypeError(f"evaluation task {name!r} is declared twice, the second time in {module.__name__}")
            found[name] = function
    return dict(sorted(found.items()))


def run(name: str, files: Sequence[Path]) -> dict[str, object]:
    """Runs a task on files. Raises UsageError for an unknown task, no files, or a file that is not there."""
    known = tasks()
    if name not in known:
        raise UsageError(f"there is no task {name!r}", f"the tasks are {', '.join(known) or 'none yet'}")
    if not files:
        raise UsageError(f"task {name} needs the files it is to be measured on", _first_line(known[name]))
    for file in files:
        if not file.exists():
            raise UsageError(f"there is no file {file}", "check the path; corpora come as one folder each")
    return known[name](list(files))


def listing() -> str:
    """The tasks, one a line with the first line of its protocol."""
    known = tasks()
    width = max(map(len, known), default=0)
    return "\n".join(f"{name:<{width}}  {_first_line(task)}".rstrip() for name, task in known.items())


def _first_line(task: Task) -> str:
    """The first line of a task's docstring; of its module's where several tasks share one protocol."""
    function = task.func if isinstance(task, functools.partial) else task
    return (inspect.getdoc(function) or inspect.getdoc(inspect.getmodule(function)) or "").partition("\n")[0]


def figures_text(name: str, figures: Mapping[str, object]) -> str:
    """The figures of a task, one a line; fractions with four digits."""
    width = max(map(len, figures), default=0)
    shown = {k: f"{v:.4f}" if isinstance(v, float) else str(v) for k, v in figures.items()}
    return "\n".join([name, *(f"  {k:<{width}}  {v}" for k, v in shown.items())])
