"""What the last run left behind: the files it read, in which state, and whether all was done. A cache: without it, files are read again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import fingerprint
from pipeline.inputs import Noted
from pipeline.store import Store, read_json, write_json


class LastRun:
    """The memory of the runs that answer for the same shards; `name` tells the parts of sharded runs apart ("2of8")."""

    def __init__(self, store: Store, shards: Sequence[int], name: str, reading: str) -> None:
        self._store, self._shards, self._reading = store, shards, reading
        self._path = store.state / "inputs" / f"{name}.json"
        try:
            self._kept: dict[str, Any] = read_json(self._path)
        except (FileNotFoundError, ValueError):
            self._kept = {}
        # Void where other readers or options read the files, or another run has changed the shards' articles since.
        if self._kept.get("reading") != reading or self._kept.get("index") != self._index():
            self._kept = {}

    def noted(self) -> dict[str, Noted]:
        """What is known of each file, by the beginning of its articles' uris."""
        return {uri: Noted(tuple(n[0]), *n[1:]) for uri, n in self._kept.get("files", {}).items()}

    def done(self, key: str) -> bool:
        """Whether the last run with this key (digest of code, model, settings) finished, and nothing was committed since."""
        return self._kept.get("key") == key and self._kept.get("state") == self._state()

    def remember(self, noted: Mapping[str, Noted], key: str | None = None) -> None:
        """Notes files that were read; with `key`, that all is done."""
        files = {**self._kept.get("files", {}), **{uri: dataclasses.astuple(n) for uri, n in noted.items()}}
        self._kept = {"reading": self._reading, "index": self._index(), "files": files}
        if key is not None:
            self._kept |= {"key": key, "state": self._state()}
        write_json(self._path, self._kept)

    def _index(self) -> str:
        """Digest of the uris and articles of the shards, whatever stages ran on them."""
        return fingerprint.digest_of([self._store.shard(n).index for n in self._shards])

    def _state(self) -> str:
        """Digest of everything committed in the shards, and of what the corpus stages saw."""
        linked = self._store.state / "linked.json"
        seen = fingerprint.file_digest(linked) if linked.is_file() and len(self._shards) == self._store.shards else ""
        return fingerprint.digest_of([[dataclasses.asdict(self._store.shard(n)) for n in self._shards], seen])
