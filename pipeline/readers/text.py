"""Plain text files: one article each; the first paragraph is the title when it looks like one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.readers.options import ReadOptions
from pipeline.readers.record import Document
from pipeline.readers.stream import whole_text
from pipeline.text.boilerplate import is_boilerplate
from pipeline.text.dateline import find_dateline
from pipeline.text.normalise import clean, looks_like_title, one_line, paragraphs


def documents(path: Path, options: ReadOptions) -> Iterator[tuple[str | None, Document]]:
    """The article of a text file, without a record key."""
    text = paragraphs(clean(whole_text(path, options)))
    first, _, rest = text.partition("\n\n")
    titled = bool(rest.strip()) and looks_like_title(first) and not is_boilerplate(first) and find_dateline(first) is None
    yield None, Document(text=rest if titled else text, title=one_line(first) if titled else None)
