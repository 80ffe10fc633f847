"""Reads articles from files and folders: text, HTML, JSON, JSON lines, CSV and Parquet, each also packed by gzip.

`read` streams: it holds one article (or, for Parquet, one batch) in memory. Whatever cannot be read is a Failure with its
reason and remedy, in the place where the article would have been.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.article import Article, Failure
from pipeline.errors import LexiconError, ReadError
from pipeline.readers import html, json, tabular, text
from pipeline.readers.errors import UnknownFormat
from pipeline.readers.options import ReadOptions
from pipeline.readers.record import Document, article_of
from pipeline.readers.walk import LOG, Found, Note, find, uri_of

__all__ = ["FORMATS", "Document", "ReadOptions", "read"]

Item = tuple[str | None, Document | Exception]
FORMATS: dict[str, Callable[[Path, ReadOptions], Iterator[Item]]] = {
    ".txt": text.documents,
    ".html": html.documents,
    ".htm": html.documents,
    ".json": json.documents,
    ".jsonl": json.json_lines,
    ".csv": tabular.csv_rows,
    ".parquet": tabular.parquet_rows,
}
PACKED = ".gz"
LONGEST_KEY = 200  # characters of a record's id in a uri; a longer one is cut and told apart by a hash


def read(paths: Iterable[str | os.PathLike[str]], options: ReadOptions | None = None, note: Note = LOG.info) -> Iterator[Article | Failure]:
    """Articles and failures of the paths, lazily, in an order that depends on names only; every uri comes once.

    A record of a file with several is FILE#ID, with its number in the file where it has no id; a repeated uri gets "~2" and so on.
    `note` hears of each file that is left out on purpose (hidden, a coding, read already); by default the log does.
    """
    options = options or ReadOptions()
    uris = _Uris()
    for found in find(paths, note):
        yield from _file(found, options, uris)


class _Uris:
    """Makes uris unique. Only those that a hostile name or id can make equal are remembered, as hashes."""

    def __init__(self) -> None:
        self.seen: dict[bytes, int] = {}

    def unique(self, uri: str) -> str:
        if "#" not in uri and "%" not in uri:
            return uri
        wanted = uri
        while True:
            digest = hashlib.blake2b(uri.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            count = self.seen.get(digest, 0)
            self.seen[digest] = count + 1
            if not count:
                return uri
            first = hashlib.blake2b(wanted.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            uri = f"{wanted}~{self.seen[first]}"


def _file(found: Found, options: ReadOptions, uris: _Uris) -> Iterator[Article | Failure]:
    """Everything in one file. Whatever goes wrong in it, the other files are read."""
    if found.error:
        yield _failure(uris.unique(found.uri), found.error)
        return
    try:
        for key, document in _reader(found.path)(found.path, options):
            uri = uris.unique(found.uri if key is None else f"{found.uri}#{_safe_key(key)}")
            try:
                if isinstance(document, Exception):
                    raise document
                yield article_of(document, uri, str(found.path) if key is None else None, options)
            except (ReadError, RecursionError, ValueError, MemoryError) as error:
                yield _failure(uri, error)
    except (LexiconError, GeneratorExit):
        raise
    except Exception as error:  # a bad file never stops a run: whatever it is becomes a row of failures
        yield _failure(uris.unique(found.uri), error)


def _reader(path: Path) -> Callable[[Path, ReadOptions], Iterator[Item]]:
    name = path.name.lower().removesuffix(PACKED)
    for ending, reader in FORMATS.items():
        if name.endswith(ending):
            return reader
    raise UnknownFormat(
        f"no reader knows the ending of this name ({path.suffix[:20] or 'none'})",
        f"use one of {', '.join(FORMATS)}, each also with {PACKED}",
    )


def _safe_key(key: str) -> str:
    """A record's id as part of a uri: on one line, of bounded length, injective."""
    safe = uri_of(key)
    if len(safe) <= LONGEST_KEY:
        return safe
    return f"{safe[:LONGEST_KEY]}…{hashlib.blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def _failure(uri: str, error: Exception) -> Failure:
    if isinstance(error, ReadError):
        return Failure(uri=uri, error=type(error).__name__, message=uri_of(error.message), remedy=error.remedy)
    return Failure(
        uri=uri,
        error=type(error).__name__,
        message=uri_of(f"the reader failed: {error}"[:500]),
        remedy="check that the file opens elsewhere; if it does, report it with the file",
    )
