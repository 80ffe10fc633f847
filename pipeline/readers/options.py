"""What a run can set about reading, and the limits that keep memory bounded."""

from __future__ import annotations

import dataclasses
import datetime as dt

MEGABYTE = 1_000_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Settings of the readers. The limits guard memory and time against files that are not news, far above any that is."""

    published: dt.date | None = None
    """Publication date of articles for which nothing else gives one (`--published`)."""
    language_check: bool = True
    """Whether text that is not English is a failure."""
    max_text_characters: int = 6 * MEGABYTE
    """The longest text of one article: a million words, two long books, and about 1 GB for its Doc. Longer text is a failure, never cut."""
    max_document_bytes: int = 32 * MEGABYTE
    """The largest text, HTML page, JSON object, line or cell, unpacked: held in memory as a whole. Five times the longest text."""
    max_unpacked_bytes: int = 64_000 * MEGABYTE
    """The most bytes read from one file with many records, which streams. Only a compression bomb (gzip packs 1,000 to 1) is beyond."""
    max_html_elements: int = 10_000
    """The most elements of an HTML page that trafilatura reads, whose time grows with their square in tables (10,000 take three seconds).
    A long news page has 5,000; a longer one gives the text of its own paragraphs, without metadata but for its title."""
