"""From what a format's reader found to an Article: field names, text form, dateline, language, publication date, ids."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math
import re
from collections.abc import Mapping
from pathlib import PurePath

from pipeline import lexicon
from pipeline.article import Article
from pipeline.ids import content_id
from pipeline.readers.errors import NotEnglish, NoText, NotText, TooLarge
from pipeline.readers.language import language_of
from pipeline.readers.markup import without_markup
from pipeline.readers.options import ReadOptions
from pipeline.text import published as dates
from pipeline.text.dateline import Dateline, find_dateline
from pipeline.text.encoding import looks_binary
from pipeline.text.normalise import clean, compose, one_line, paragraphs

KEY_NOISE = re.compile(r"[\s_-]+")
BY = re.compile(r"^by:?\s+", re.I)
LONGEST_METADATA = 1_000  # characters of an id, name or address; a longer one is damage, and is cut with "…"
LONGEST_URL = 4_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a reader found in a file or record, not yet normalised. `basis` says where `published` comes from."""

    text: str
    title: str | None = None
    source_id: str | None = None
    byline: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: dt.date | None = None
    basis: str = "metadata"


@functools.cache
def _field_names() -> dict[str, tuple[str, int]]:
    """Key of a record without case, white space, "-" and "_" -> (field, rank among the field's names)."""
    return {KEY_NOISE.sub("", row["name"].casefold()): (row["field"], rank) for rank, row in enumerate(lexicon.load("record_fields").rows)}


def field_of(key: str) -> tuple[str, int] | None:
    """The field that a record's key or a table's column stands for, with its rank among the field's names, or None."""
    return _field_names().get(KEY_NOISE.sub("", key.strip().removeprefix("\ufeff").casefold()))


def document_of(record: Mapping[str, object]) -> Document:
    """The article in a record with the usual names (lexicons/record_fields.csv). Raises NoText where there is none."""
    values = _values(record)
    text = without_markup(_words(values.get("text"), "\n\n") or "")
    if not text.strip():
        keys = ", ".join(sorted(k[:40] for k in list(record)[:20]))
        names = ", ".join(row["name"] for row in lexicon.load("record_fields").rows if row["field"] == "text")
        raise NoText(f"the record has no text; it has: {keys or 'nothing'}", f"name the text one of: {names}")
    return Document(
        text=text,
        title=_words(values.get("title")),
        source_id=_words(values.get("source_id")),
        byline=_words(values.get("byline")),
        publisher=_words(values.get("publisher")),
        url=_words(values.get("url")),
        published=dates.from_metadata(values.get("published")),
    )


def key_of(record: Mapping[str, object]) -> str | None:
    """The record's own id, or None."""
    return _words(_values(record).get("source_id"))


def _values(record: Mapping[str, object]) -> dict[str, object]:
    """Field -> value, under the first of the field's names that has one."""
    best: dict[str, tuple[int, object]] = {}
    for key, value in record.items():
        field = field_of(key)
        if field and not _missing(value) and (field[0] not in best or field[1] < best[field[0]][0]):
            best[field[0]] = (field[1], value)
    return {name: value for name, (_, value) in best.items()}


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or (isinstance(value, str) and not value.strip())


def _words(value: object, between: str = ", ") -> str | None:
    """A field's value as text: a list joins its parts, an object gives its name."""
    if isinstance(value, Mapping):
        value = next((value[k] for k in ("name", "title", "text", "#text", "value") if k in value), None)
    if isinstance(value, (list, tuple)):
        return between.join(part for part in (_words(v, between) for v in value[:100_000]) if part) or None
    if _missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _short(value: str | None, longest: int = LONGEST_METADATA) -> str | None:
    """Metadata on one line, cut at `longest` characters; None where nothing is left."""
    line = one_line(value[: 2 * longest]) if value else ""
    return (line if len(line) <= longest else line[: longest - 1] + "…") or None


def article_of(document: Document, uri: str, name: str | None, options: ReadOptions) -> Article:
    """The Article of a document. `name` is the path of the file when the file is this one article, else None.

    Raises TooLarge, NotText, NoText or NotEnglish.
    """
    if len(document.text) > options.max_text_characters:
        raise TooLarge(
            f"the text has {len(document.text):,} characters, the limit is {options.max_text_characters:,}",
            "split it into its articles, or raise the reading limit in the configuration",
        )
    if looks_binary(document.text):
        raise NotText("the text is binary data or in an unknown encoding", "convert it to UTF-8 text")
    body = paragraphs(clean(document.text))
    if not any(c.isalnum() for c in body):
        raise NoText("the text holds no word", "check where the text went, or remove the record")
    title = one_line(document.title) if document.title else None
    text, title_end = compose(title, body)
    language = language_of(body) if options.language_check else None
    if language not in (None, "en"):
        raise NotEnglish(
            f"the text is not English (py3langid says {language!r})",
            "remove or translate it; Newsledger reads English only",
        )
    line = find_dateline(text, title_end)
    date, basis = _published(document, name, line, options)
    byline = _short(document.byline)
    return Article(
        article_id=content_id(text),
        uri=uri,
        text=text,
        title=text[:title_end] or _short(title),
        title_end=title_end,
        source_id=_short(document.source_id),
        byline=BY.sub("", byline) or None if byline else None,
        publisher=_short(document.publisher) or (line.publisher if line else None),
        url=_short(document.url, LONGEST_URL),
        language=language,
        dateline_place=line.place if line else None,
        dateline_start=line.start if line else None,
        dateline_end=line.end if line else None,
        published=date,
        published_basis=basis,
    )


def _published(document: Document, name: str | None, line: Dateline | None, options: ReadOptions) -> tuple[dt.date | None, str]:
    """(publication date, basis): metadata or HTML, URL, file name, dateline, `--published`; (None, "none") where none gives a date."""
    if document.published:
        return document.published, document.basis
    if date := dates.from_url(document.url):
        return date, "url"
    if name and (date := dates.from_filename(PurePath(name).name)):
        return date, "filename"
    if line and line.month and line.day:
        year = line.year or dates.year_in_path(document.url) or dates.year_in_path(name)
        if year and (date := dates.date_or_none(year, line.month, line.day)):
            return date, "dateline"
    return (options.published, "option") if options.published else (None, "none")
