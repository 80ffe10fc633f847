"""HTML pages: text, title, author, site and date by trafilatura; where it finds no text, the page's own paragraphs in order."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.readers.errors import NoText
from pipeline.readers.markup import PageText, depth, spaced
from pipeline.readers.options import ReadOptions
from pipeline.readers.record import Document
from pipeline.readers.stream import decoded, open_bytes
from pipeline.text import encoding

CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
TAG_OPENING = re.compile(r"<[a-zA-Z]")
# libxml2 gives up at 256 open elements, and recursive code above it goes deep; pages of news stay below 60
DEEPEST = 200
LATEST = "2100-12-31"  # fixed, since htmldate's default is today: the same page must give the same date on any day
FEWEST_CHARACTERS = 200  # trafilatura finds shorter texts unreliable too; the page's own paragraphs are then compared


def documents(path: Path, options: ReadOptions) -> Iterator[tuple[str | None, Document]]:
    """The article of an HTML page, without a record key."""
    with open_bytes(path, options.max_document_bytes) as stream:
        data = stream.read()
    yield None, document_of_page(decoded(data, _declared(data)), options)


def _declared(data: bytes) -> str | None:
    """The encoding the page names, where it is one that Python knows and its bytes can be; byte order marks and UTF-8 count for more."""
    if encoding.sniff(data):
        return None
    try:
        data.decode("utf-8")
        return None
    except UnicodeDecodeError:
        pass
    found = CHARSET.search(data[:4096])
    if not found:
        return None
    name = found[1].decode("ascii").lower()
    name = "cp1252" if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii") else name  # as browsers do
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return None
    return None if name.startswith("utf-") else name


def document_of_page(page: str, options: ReadOptions) -> Document:
    """Text and metadata of a page. Raises NoText where it has none.

    A page with more elements than options.max_html_elements, or nested deeper than DEEPEST, is read without trafilatura.
    """
    plain = PageText(page)
    simple = len(TAG_OPENING.findall(page)) <= options.max_html_elements and depth(page) <= DEEPEST
    found = _extract(page) if simple else None
    text = (found.text or "") if found is not None else ""
    if len(text) < FEWEST_CHARACTERS and len(plain.text) > 2 * len(text):
        text = plain.text
    if not text.strip():
        raise NoText("the page has no text (an empty shell, or text that a script would load)", "save the page as the browser shows it")
    date = _date(found.date) if found is not None else None
    return Document(
        text=spaced(text),
        title=(found.title if found is not None else None) or plain.title,
        byline=found.author if found is not None else None,
        publisher=found.sitename if found is not None else None,
        url=found.url if found is not None else None,
        published=date,
        basis="html",
    )


def _date(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _extract(page: str) -> Any:
    """trafilatura's document, or None where it finds nothing or the page is beyond it."""
    import lxml.etree
    from trafilatura import bare_extraction  # here: importing it takes half a second

    try:
        return bare_extraction(
            DECLARATION.sub("", page),
            include_comments=False,
            include_tables=False,
            with_metadata=True,
            date_extraction_params={"original_date": True, "extensive_search": False, "max_date": LATEST, "deferred_url_extractor": True},
        )
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, AssertionError, lxml.etree.LxmlError):
        return None  # soup that it trips over: the page's own paragraphs are read instead
