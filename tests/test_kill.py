"""A run that is killed at any moment leaves tables from which the next run goes on, to the same files as an undisturbed run."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import store as store_module
from pipeline.errors import LockedError
from pipeline.store import FAILURES, Store, Transaction
from tests.fakestages import setup
from tests.fakestages.setup import extract, parts

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return setup.make_model(tmp_path_factory.mktemp("model") / "fake")


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return setup.write_stories(tmp_path_factory.mktemp("in") / "stories", 30)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, stories: Path, model: Path) -> Path:
    out = tmp_path_factory.mktemp("reference") / "out"
    extract([stories], out, model)
    return out


class Killed(BaseException):
    """Stands for SIGKILL inside this process: nothing catches it, nothing is cleaned up."""


def steps(monkeypatch: pytest.MonkeyPatch, limit: int) -> list[str]:
    """Counts the steps that change the disk, and dies at the `limit`-th of them."""
    seen: list[str] = []

    def dying(owner: object, name: str) -> None:
        plain = getattr(owner, name)

        def step(*args: object, **kwargs: object) -> object:
            seen.append(name)
            if len(seen) == limit:
                raise Killed(name)
            return plain(*args, **kwargs)

        monkeypatch.setattr(owner, name, step)

    dying(store_module, "write_json")
    dying(store_module, "_sync")
    dying(store_module.PartWriter, "close")
    dying(Path, "replace")
    dying(Path, "unlink")
    monkeypatch.setattr(Transaction, "rollback", lambda self: None)  # a killed process rolls nothing back
    return seen


def consistent(out: Path) -> None:
    """Every shard is whole: tokens, marks and sentences only of articles that are there, and the manifest's counts are right."""
    if not Store(out).exists:
        return
    store = Store(out)
    rows = store.manifest.rows
    if "articles" not in rows:
        return
    ids = set(store.table("articles", ["article_id"]).column(0).to_pylist())
    for table in rows:
        found = store.table(table)
        assert found.num_rows == rows[table], table
        if table != FAILURES:
            assert set(found.column("article_id").to_pylist()) <= ids, table


@pytest.mark.parametrize("seed", range(12))
def test_death_at_any_step_of_a_commit(seed: int, stories: Path, model: Path, reference: Path, tmp_path: Path) -> None:
    chance = random.Random(seed)
    out = tmp_path / "out"
    for _ in range(4):
        with pytest.MonkeyPatch.context() as patch:
            steps(patch, chance.randint(1, 160))
            with contextlib.suppress(Killed):
                extract([stories], out, model)
        consistent(out)
    extract([stories], out, model)
    assert parts(out) == parts(reference)
    assert not any((out / "_state" / "staging").iterdir())
    assert not any((out / "_state" / "spool").iterdir())


def run(arguments: dict[str, object]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.fakestages.setup", json.dumps(arguments)]
    return subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_sigkill_at_random_moments(workers: int, stories: Path, model: Path, reference: Path, tmp_path: Path) -> None:
    chance = random.Random(workers)
    out = tmp_path / "out"
    arguments: dict[str, object] = {"paths": [str(stories)], "out": str(out), "model": str(model), "workers": workers}
    for _ in range(3):
        process = run(arguments)
        deadline = time.monotonic() + 60
        while not (out / "_state" / "spool").is_dir() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 2.5))
        process.send_signal(signal.SIGKILL)  # the run alone: its workers must see for themselves
        process.wait()
        consistent(out)
    final = run(arguments)
    assert final.wait(120) == 0
    assert parts(out) == parts(reference)
    assert not any((out / "_state" / "staging").iterdir())


def test_an_orphan_does_not_commit(stories: Path, model: Path, tmp_path: Path) -> None:
    """A worker whose run is dead finds that another run has signed the lock, and leaves the shard alone."""
    out = tmp_path / "out"
    extract([stories], out, model)
    before = parts(out)
    store = Store(out)
    number = next(n for n in range(8) if store.shard(n).uris)
    orphan = Transaction(store, number, "a-dead-run")
    with pytest.raises(LockedError):
        orphan.commit(store.shard(number))
    orphan.rollback()
    assert parts(out) == before


def test_a_committed_shard_is_read_from_staging_until_it_is_moved(stories: Path, model: Path, reference: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_publish", lambda self, manifest: (_ for _ in ()).throw(Killed()))
        patch.setattr(Transaction, "rollback", lambda self: None)
        with pytest.raises(Killed):
            extract([stories], out, model)
    store = Store(out)
    assert not list(out.glob("tokens/part-0*.parquet"))
    assert store.table("tokens").num_rows > 0
    consistent(out)
    extract([stories], out, model)
    assert parts(out) == parts(reference)
