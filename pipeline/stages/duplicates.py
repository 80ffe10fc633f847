"""Near copies across the corpus: each names the first, so that a story that many papers print is counted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pipeline.stage import CorpusContext, Tables, corpus_stage
from pipeline.stages.articles import ArticleRow
from pipeline.text.signatures import first_copies, signature

NO_SIGNATURE = b"-"  # stands in the memo for a text too short to have one


@corpus_stage(table="articles", fills=["duplicate_of", "duplicate_kind"], key="uri", reads=[ArticleRow], version=1)
def duplicates(tables: Tables, ctx: CorpusContext) -> Mapping[str, tuple[str | None, str | None]]:
    """`duplicate_of` and `duplicate_kind` by uri.

    The first copy is the earliest published (undated ones come last), then the one with the smallest article_id: content decides, not
    the order of reading. Where an article was read under several uris with different dates, the earliest counts.
    """
    ids: dict[str, str] = {}
    dates: dict[str, dt.date] = {}
    for part in tables.parts(ArticleRow, ["uri", "article_id", "published"]):
        for uri, article_id, published in zip(*(part.column(c).to_pylist() for c in ("uri", "article_id", "published")), strict=True):
            ids[uri] = article_id
            dates[article_id] = min(dates.get(article_id, dt.date.max), published or dt.date.max)
    signatures = _signatures(tables, ctx, set(dates))
    first = first_copies(signatures, sorted(dates, key=lambda a: (dates[a], a)))
    return {uri: (first[a], "near" if first[a] else None) for uri, a in ids.items()}


def _signatures(tables: Tables, ctx: CorpusContext, wanted: set[str]) -> dict[str, bytes | None]:
    """Signatures by article_id: from the memo, and from the texts where the memo has none."""
    found = {a: ctx.memo[a] for a in sorted(wanted) if a in ctx.memo}
    if len(found) < len(wanted):
        for part in tables.parts(ArticleRow, ["article_id", "text"]):
            for article_id, text in zip(part.column("article_id").to_pylist(), part.column("text").to_pylist(), strict=True):
                if article_id not in found:
                    found[article_id] = ctx.memo[article_id] = signature(text) or NO_SIGNATURE
    return {a: None if state == NO_SIGNATURE else state for a, state in found.items()}
