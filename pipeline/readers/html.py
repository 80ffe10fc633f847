"""HTML pages: text, title, author, site and date by trafilatura; where it finds no text, the page's own paragraphs in order."""

from __future__ import annotations

import datetime as dt
import html.parser
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.readers.errors import NoText, TooLarge
from pipeline.readers.options import ReadOptions
from pipeline.readers.record import Document
from pipeline.readers.stream import decoded, open_bytes
from pipeline.text import encoding

CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
TAG_OPENING = re.compile(r"<[a-zA-Z]")
NESTED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
# libxml2 gives up at 256 open elements, and recursive code above it goes deep; pages of news stay below 60
DEEPEST = 200
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
))
SILENT = frozenset((
    "script", "style", "noscript", "template", "svg", "math", "head", "nav", "footer", "form", "button", "select", "option", "iframe",
    "object",
))
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
))
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
    """Text and metadata of a page. Raises NoText where it has none, TooLarge where it has too many elements."""
    elements = len(TAG_OPENING.findall(page))
    if elements > options.max_html_elements:
        raise TooLarge(f"the page has {elements:,} elements, the limit is {options.max_html_elements:,}", "save the article alone")
    plain = _Paragraphs.of(page)
    found = _extract(page) if _depth(page) <= DEEPEST else None
    text = (found.text or "") if found is not None else ""
    if len(text) < FEWEST_CHARACTERS and len(plain.text) > 2 * len(text):
        text = plain.text
    if not text.strip():
        raise NoText("the page has no text (an empty shell, or text that a script would load)", "save the page as the browser shows it")
    date = _date(found.date) if found is not None else None
    return Document(
        text=_spaced(text),
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


def _spaced(text: str) -> str:
    """trafilatura ends each paragraph with one line break; the tables' text has a blank line between paragraphs."""
    return "\n\n".join(line.strip() for line in text.split("\n") if line.strip())


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


def _depth(page: str) -> int:
    """How deep the page's elements may nest, counted on its tags."""
    deepest = depth = 0
    for closing, name, empty in NESTED.findall(page):
        if name.lower() in VOID or empty:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


class _Paragraphs(html.parser.HTMLParser):
    """The text of a page's blocks in order, and its title: no tree and no recursion, so that any soup can be read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[str] = []
        self.open: list[str] = []
        self.silent: list[str] = []
        self.in_title = False
        self.titles: list[str] = []

    @classmethod
    def of(cls, page: str) -> _Paragraphs:
        reader = cls()
        try:
            reader.feed(page)
            reader.close()
        except (AssertionError, ValueError):  # a malformed declaration; what came before it counts
            pass
        reader._break()
        return reader

    @property
    def text(self) -> str:
        return "\n".join(self.done)

    @property
    def title(self) -> str | None:
        return " ".join("".join(self.titles).split()) or None

    def _break(self) -> None:
        line = " ".join("".join(self.open).split())
        if line:
            self.done.append(line)
        self.open.clear()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "title" and not self.titles:
            self.in_title = True
        elif tag in SILENT:
            self.silent.append(tag)
        elif tag in BLOCKS:
            self._break()
        if tag == "body":
            self.silent.clear()  # a head that was never closed

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.in_title = False
        elif tag in SILENT:
            if tag in self.silent:
                del self.silent[self.silent.index(tag) :]
        elif tag in BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.titles.append(data)
        elif not self.silent:
            self.open.append(data)


def text_of_fragment(fragment: str) -> str:
    """The text of a record's HTML ("<p>…</p><p>…</p>"), its paragraphs separated by a blank line."""
    return _spaced(_Paragraphs.of(fragment).text)
