"""Inputs and models for tests with the small set of stages, and what two folders of tables are compared by."""

from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import spacy

from pipeline import config, runner
from pipeline.summary import RunSummary
from tests.fakestages import core  # noqa: F401 (registers the component)

NAMES = ("Amara", "Boris", "Chandra", "Delia", "Emeka", "Farid", "Greta", "Hana")


def make_model(folder: Path) -> Path:
    """A spaCy pipeline that needs no training."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("fake_core")
    nlp.to_disk(folder)
    return folder


def story(seed: int) -> dict[str, str]:
    """A record of a story whose numbers and names the stages find."""
    pick = random.Random(seed)
    said = [
        f"{pick.choice(NAMES)} counted {pick.randint(1, 400)} boats and {pick.randint(1, 400)} nets at the harbour."
        for _ in range(pick.randint(2, 7))
    ]
    body = "\n\n".join(" ".join(said[i : i + 2]) for i in range(0, len(said), 2))
    return {"id": f"s{seed}", "title": f"Boats counted in harbour {seed}", "text": body, "published": f"2024-03-{seed % 28 + 1:02d}"}


def write_stories(folder: Path, count: int, first: int = 0) -> Path:
    """A folder of `count` stories, each a JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count):
        (folder / f"s{seed:04d}.json").write_text(json.dumps(story(seed)), encoding="utf-8")
    return folder


def extract(paths: list[Path], out: Path, model: Path, shards: int = 8, **more: Any) -> RunSummary:
    """`runner.extract` with the small set of stages, in this process unless `workers` or `executor` say otherwise."""
    settings = config.parse(f"[run]\nshards = {shards}\nbatch = {more.pop('batch', 5)}", "test")
    return runner.extract(paths, out, settings=settings, model=str(model), package="tests.fakestages", quiet=True, **{"workers": 1, **more})


def parts(out: Path, *, failures: bool = False) -> dict[str, str]:
    """Path -> digest of every file of the tables; of `failures`, which carry their run, only where asked."""
    found = {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.glob("*/*.parquet"))}
    return {k: v for k, v in found.items() if failures or not k.startswith("failures/")}


def main() -> None:
    """Runs `extract` with arguments from the command line as JSON: what the kill tests kill."""
    given = json.loads(sys.argv[1])
    summary = extract([Path(p) for p in given.pop("paths")], Path(given.pop("out")), Path(given.pop("model")), **given)
    sys.exit(summary.exit_code)


if __name__ == "__main__":
    main()
