"""Event clusters across articles: which mentions of the corpus tell one happening, which of them stands for it, how many tell it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.stage import CorpusContext, Tables, corpus_stage
from pipeline.stages.articles import ArticleRow
from pipeline.stages.events import Event
from pipeline.text.crossarticle import Happening, join
from pipeline.text.happenings import stem_of

COLUMNS = [
    "article_id", "event_id", "start", "text", "trigger_lemma", "event_type", "factuality", "actor", "actor_name",
    "recipient", "recipient_name",
    "date_start", "date_end", "place", "geonames_id", "country", "killed_low", "killed_best", "story_cluster_id", "evidence",
]  # fmt: skip
FULL = ("actor", "recipient", "date_start", "place", "country", "killed_low")
"""Columns that make a mention full: the head of a cluster is the latest story's fullest mention."""


@corpus_stage(
    table="events", fills=["cluster_id", "is_head", "n_reports", "n_sources"], key="event_id", reads=[ArticleRow, Event], version=1
)
def clusters(tables: Tables, ctx: CorpusContext) -> Mapping[str, tuple[str, bool, int, int]]:
    """`cluster_id`, `is_head`, `n_reports` and `n_sources` by event_id.

    An article's own clusters are its rows with one story_cluster_id; clusters of one article are never joined, so that they can be told
    apart again, and dropping an article undoes what it joined.
    """
    articles = _articles(tables)
    own: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for part in tables.parts(Event, COLUMNS):
        for row in part.to_pylist():
            own.setdefault((row["article_id"], row["story_cluster_id"]), []).append(row)
    rows_of: dict[str, list[dict[str, Any]]] = {}
    happenings = []
    for (article, _), rows in own.items():
        rows.sort(key=lambda r: (r["start"], r["event_id"]))
        key = rows[0]["event_id"]
        rows_of[key] = rows
        happenings.append(_happening(key, rows, *articles.get(article, (None, None, None))))
    groups: dict[str, list[str]] = {}
    for key, chosen in join(happenings).items():
        groups.setdefault(chosen, []).append(key)
    found: dict[str, tuple[str, bool, int, int]] = {}
    for chosen, keys in groups.items():
        rows = [row for key in keys for row in rows_of[key]]
        head = _head(rows, articles)
        sources = len({articles.get(r["article_id"], (None, None, None))[2] or r["article_id"] for r in rows})
        for row in rows:
            found[row["event_id"]] = (chosen, row["event_id"] == head, len(rows), sources)
    return found


def _articles(tables: Tables) -> dict[str, tuple[dt.date | None, str | None, str | None]]:
    """(published, near copy of, publisher) by article_id."""
    found: dict[str, tuple[dt.date | None, str | None, str | None]] = {}
    for part in tables.parts(ArticleRow, ["article_id", "published", "duplicate_of", "publisher"]):
        for row in part.to_pylist():
            known = found.get(row["article_id"])
            if known is None or (row["published"] is not None and (known[0] is None or row["published"] < known[0])):
                found[row["article_id"]] = (row["published"], row["duplicate_of"], row["publisher"])
    return found


def _happening(key: str, rows: Sequence[dict[str, Any]], published: dt.date | None, copy: str | None, _publisher: str | None) -> Happening:
    dated = [r for r in rows if r["date_start"] is not None]
    first = min(dated, key=lambda r: (r["date_end"] - r["date_start"], r["date_start"])) if dated else None
    killed = [r["killed_best"] if r["killed_best"] is not None else r["killed_low"] for r in rows]
    return Happening(
        key=key,
        article=rows[0]["article_id"],
        copy=copy,
        type=rows[0]["event_type"],
        stems=frozenset(stem_of(r["trigger_lemma"].lower()) for r in rows),
        countries=_set(rows, "country"),
        places=frozenset(str(r["geonames_id"] or r["place"].lower()) for r in rows if r["place"]),
        actors=_set(rows, "actor_name", "actor"),
        recipients=_set(rows, "recipient_name", "recipient"),
        start=first["date_start"] if first else None,
        end=first["date_end"] if first else None,
        killed=next((k for k in killed if k is not None), None),
        published=published,
        words=frozenset(f"{r['text']}\x1f{r['evidence']}" for r in rows),
    )


def _set(rows: Sequence[dict[str, Any]], *columns: str) -> frozenset[str]:
    values = (next((r[c] for c in columns if r[c]), None) for r in rows)
    return frozenset(v.lower() for v in values if v)


def _head(rows: Sequence[dict[str, Any]], articles: Mapping[str, tuple[dt.date | None, str | None, str | None]]) -> str:
    """The latest story's fullest mention."""

    def rank(row: dict[str, Any]) -> tuple[dt.date, str, int, int]:
        published = articles.get(row["article_id"], (None, None, None))[0]
        return published or dt.date.min, row["article_id"], sum(row[c] is not None for c in FULL), -row["start"]

    return str(max(rows, key=rank)["event_id"])
