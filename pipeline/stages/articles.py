"""The articles table: one row per uri, as the reader gave it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pipeline.article import Article
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage

if TYPE_CHECKING:
    from spacy.tokens import Doc

WORD = re.compile(r"\S*\w\S*")
Basis = Literal["metadata", "html", "url", "filename", "dateline", "option", "none"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow(Row):
    """One article for each uri read. Exact copies share their article_id, and the other tables hold its rows once."""

    article_id: Annotated[Id, "hex id made from the text"]
    uri: Annotated[str, "where it was read: the path as given, and #ID for a record of a file with several; control characters as %XX"]
    source_id: Annotated[str | None, "the input's own id; null where it has none"]
    title: Annotated[str | None, "headline, which also begins the text; null where the input has none"]
    byline: Annotated[str | None, 'authors as the input names them, without "By"; null where it names none']
    publisher: Annotated[str | None, "source the input names, else the agency of the dateline; null where neither is there"]
    url: Annotated[str | None, "address the input gives"]
    language: Annotated[str | None, 'ISO 639 code; always "en", since other languages are failures; null where the check is switched off']
    dateline_place: Annotated[str | None, 'place of the dateline as written ("KYIV, Ukraine"); null where there is no dateline']
    published: Annotated[dt.date | None, "date of publication as its source writes it, in any time zone; null where nothing gives one"]
    published_basis: Annotated[Basis, "where `published` comes from; none where it is null"]
    text: Annotated[str, "title, blank line, body; paragraphs separated by a blank line; every offset points here"]
    n_words: Annotated[int, "words of the text: runs of characters without white space that hold a letter or digit"]
    duplicate_of: Annotated[Id | None, "article_id of the first near copy; null where there is none or this is the first"]
    duplicate_kind: Annotated[Literal["near"] | None, "near: most of the text is the same; null where duplicate_of is"]


@stage(table="articles", row=ArticleRow, version=1)
def articles(article: Article, doc: Doc, ctx: Context) -> Iterator[ArticleRow]:
    """The article's row. The two columns on duplicates are filled by the corpus stage `duplicates`."""
    yield ArticleRow(
        article_id=article.article_id,
        uri=article.uri,
        source_id=article.source_id,
        title=article.title,
        byline=article.byline,
        publisher=article.publisher,
        url=article.url,
        language=article.language,
        dateline_place=article.dateline_place,
        published=article.published,
        published_basis=cast(Basis, article.published_basis),
        text=article.text,
        n_words=len(WORD.findall(article.text)),
        duplicate_of=None,
        duplicate_kind=None,
    )
