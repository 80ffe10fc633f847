"""What the readers give: an article whose text every offset points into, or the reason why there is none."""

from __future__ import annotations

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article. `text` is title, blank line, body; paragraphs are separated by a blank line."""

    article_id: str
    uri: str
    text: str
    title: str | None = None
    title_end: int = 0  # text[:title_end] is the title; 0 where there is none
    source_id: str | None = None
    byline: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    dateline_place: str | None = None
    dateline_start: int | None = None  # offsets of the dateline in text ("MOSCOW (Reuters) -"), where there is one
    dateline_end: int | None = None
    published: dt.date | None = None
    published_basis: str = "none"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A uri that gave no article: the class of the error, what happened and what the user can do about it."""

    uri: str
    error: str
    message: str
    remedy: str
    stage: str = "read"
    article_id: str | None = None
