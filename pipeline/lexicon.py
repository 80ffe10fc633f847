"""Loads and checks a lexicon CSV: a header, one record a line, `#` lines are comments.

A lexicon is data that a political scientist can read and edit, so loading names the file, the line and the remedy of what is wrong.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import hashlib
from importlib import resources

from pipeline.errors import LexiconError


@dataclasses.dataclass(frozen=True, slots=True)
class Lexicon:
    """A loaded lexicon: its rows as dictionaries of strings (empty cells are "") and the hash of its bytes."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    digest: str


def _read(name: str) -> bytes:
    path = resources.files("pipeline.lexicons").joinpath(f"{name}.csv")
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise LexiconError(f"there is no lexicon {name!r}", f"add pipeline/lexicons/{name}.csv or mend the stage's lexicons=") from error


@functools.cache
def digest(name: str) -> str:
    """Hash of a lexicon's bytes, without parsing it. Raises LexiconError where the file is missing."""
    return hashlib.blake2b(_read(name), digest_size=8).hexdigest()


@functools.cache
def load(name: str) -> Lexicon:
    """Lexicon NAME from pipeline/lexicons/NAME.csv.

    Raises LexiconError where the file is missing or a line has other columns than the header.
    """
    raw = _read(name)
    lines = [(n, line) for n, line in enumerate(raw.decode("utf-8").splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise LexiconError(f"lexicon {name!r} is empty", "give it a header line and records")
    numbered = [n for n, _ in lines]
    records = list(csv.reader(line for _, line in lines))
    header, rows = tuple(records[0]), []
    for n, record in zip(numbered[1:], records[1:], strict=True):
        if len(record) != len(header):
            raise LexiconError(
                f"{name}.csv line {n} has {len(record)} cells, the header has {len(header)}",
                "quote cells that hold a comma, and give every line a cell per column",
            )
        rows.append({c: v.strip() for c, v in zip(header, record, strict=True)})
    return Lexicon(name, header, tuple(rows), digest(name))


def load_bytes(file: str) -> tuple[bytes, str]:
    """A binary file beside the lexicons (the gazetteer's index) and the hash of its bytes. Raises LexiconError where it is missing."""
    try:
        raw = resources.files("pipeline.lexicons").joinpath(file).read_bytes()
    except FileNotFoundError as error:
        raise LexiconError(f"there is no {file!r} beside the lexicons", "restore pipeline/lexicons from the release") from error
    return raw, hashlib.blake2b(raw, digest_size=8).hexdigest()
