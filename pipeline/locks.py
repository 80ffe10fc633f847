"""Locks on shards: two runs may work in one folder, but never on one shard."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LockedError


class ShardLocks:
    """Holds the locks of some shards, all of them or none. The operating system frees them when the process dies, however it dies."""

    def __init__(self, folder: Path, shards: Sequence[int], run_id: str) -> None:
        self._folder, self._shards, self._run_id = folder, shards, run_id
        self._held = ExitStack()

    def __enter__(self) -> ShardLocks:
        self._folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            for shard in self._shards:
                lock = FileLock(self._folder / f"{shard:04d}.lock", timeout=0)
                try:
                    stack.enter_context(lock)
                except Timeout:
                    raise LockedError(
                        f"another run holds the lock: {self._owner(shard)}", "wait until it ends, or extract into another folder"
                    ) from None
                # Whoever holds the lock signs here: a worker that outlives its run sees it, and leaves the shard alone.
                signature = {"run_id": self._run_id, "pid": os.getpid(), "host": socket.gethostname()}
                self._signature(shard).write_text(json.dumps(signature), encoding="utf-8")
            self._held = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def _signature(self, shard: int) -> Path:
        return self._folder / f"{shard:04d}.json"

    def _owner(self, shard: int) -> str:
        try:
            about = json.loads(self._signature(shard).read_text(encoding="utf-8"))
            return f"run {about['run_id']}, process {about['pid']} on {about['host']}"
        except (OSError, ValueError, KeyError):
            return f"shard {shard}"
