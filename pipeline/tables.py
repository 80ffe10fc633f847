"""The tables as pandas frames: `from pipeline import load; events = load("events"); events.explain(event_id)`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import UsageError
from pipeline.store import Store
from pipeline.view.evidence import ID_COLUMN, Explanation, RowDict, explain, row_marks

DEFAULT_OUT = "data/processed"

ARTICLE_TABLES = ("sentences", "entities", "dates", "claims", "quotes", "events", "event_actors")
"""Tables whose rows a view of one article shows."""

SPREAD = ["article_id", "claim_id", "category", "value", "low", "high", "modifier", "claimed_by", "text"]
"""Columns of a spread of numbers."""


class Table(pd.DataFrame):  # type: ignore[misc]  # pandas is untyped here
    """A pandas frame that knows which table it is and where it was read, so that it can explain its rows."""

    _metadata = ["table", "out"]  # noqa: RUF012 - pandas asks for this list
    table: str
    out: str

    @property
    def _constructor(self) -> Callable[..., Table]:
        return Table

    def explain(self, row_id: str) -> Explanation:
        """What the row with this id (event_id, quote_id, claim_id, mention_id) was read from: `print` it, or let a notebook show it.

        The first characters of an id do where they are unique. Raises UsageError where no row, or more than one, begins with them.
        """
        column = ID_COLUMN.get(self.table)
        if column is None or column not in self or self.table == "articles":
            able = ", ".join(t for t in ID_COLUMN if t != "articles")
            raise UsageError(f"rows of {self.table} have no id to explain", f"explain works for {able}")
        hits = self[self[column].str.startswith(row_id)] if row_id else self.iloc[:0]
        if hits[column].nunique() != 1:
            what = "no row" if hits.empty else f"{hits[column].nunique()} rows"
            raise UsageError(f"{what} of this frame of {self.table} has a {column} that begins with {row_id!r}", f"give a {column} in it")
        row = hits.iloc[0].to_dict()
        store, article_id = Store(self.out), str(row["article_id"])
        needed = ("sentences", "claims") if self.table == "events" else ("sentences",)
        tables = {name: store.table(name, article_id=article_id).to_pylist() for name in needed}
        return explain_row(article_row(store, article_id), tables, self.table, row)

    def spread(self, cluster_id: str) -> pd.DataFrame:
        """The numbers told of one happening and who claims each: a row for each claim behind its events, by article in text order.

        Columns: article_id, claim_id, category ("killed"), value, low, high, modifier, claimed_by (null: the article's own voice), text
        (the quantity as it stands). The first characters of a cluster_id do where they are unique. Raises UsageError for other tables than
        events, and where no cluster, or more than one, begins with them.
        """
        if self.table != "events":
            raise UsageError(f"rows of {self.table} are in no cluster", 'load("events").spread(cluster_id)')
        hits = self[self["cluster_id"].str.startswith(cluster_id)] if cluster_id else self.iloc[:0]
        if hits["cluster_id"].nunique() != 1:
            what = "no cluster" if hits.empty else f"{hits['cluster_id'].nunique()} clusters"
            raise UsageError(f"{what} of this frame begins with {cluster_id!r}", "give a cluster_id in it")
        wanted = {c for ids in hits["claim_ids"].dropna() for c in str(ids).split()}
        store = Store(self.out)
        claims = [store.table("claims", SPREAD, article_id=a).to_pandas() for a in sorted(set(hits["article_id"]))]
        found = pd.concat(claims) if claims else pd.DataFrame(columns=SPREAD)
        return found[found["claim_id"].isin(wanted)].reset_index(drop=True)


def load(table: str, out: str | os.PathLike[str] = DEFAULT_OUT, columns: Sequence[str] | None = None) -> Table:
    """A table as a pandas frame with the types of its schema: whole numbers stay whole beside nulls, dates are dates.

    `out` is the folder `extract --out` wrote. Raises UsageError where there are no tables or no table of this name.
    """
    frame = Table(open_store(out).table(table, columns).to_pandas())
    frame.table, frame.out = table, str(Path(out).resolve())
    return frame


def open_store(out: str | os.PathLike[str]) -> Store:
    """The store in a folder. Raises UsageError where it holds no tables."""
    store = Store(Path(out))
    if not store.exists:
        raise UsageError(f"there are no tables in {os.fspath(out)}", f"make them: newsledger extract ARTICLES --out {os.fspath(out)}")
    return store


def find_article(store: Store, wanted: str) -> dict[str, Any]:
    """The row of `articles` whose article_id begins with WANTED or whose uri ends in it; of exact copies the first.

    Raises UsageError where none fits, or articles of different text do.
    """
    rows = store.table("articles", ["article_id", "uri", "title"]).to_pylist()
    hits = [r for r in rows if wanted and (r["article_id"].startswith(wanted) or r["uri"].endswith(wanted))]
    ids = sorted({r["article_id"] for r in hits})
    if not ids:
        known = "".join(f"\n  {r['article_id']}  {r['title'] or r['uri']}" for r in rows[:8])
        raise UsageError(f"no article's id begins with {wanted!r}, and no uri ends in it", f"articles here are, for example:{known}")
    if len(ids) > 1:
        raise UsageError(f"{wanted!r} fits {len(ids)} articles: {', '.join(ids[:8])}", "give more of the id or the uri")
    return article_row(store, ids[0])


def article_row(store: Store, article_id: str) -> dict[str, Any]:
    """The first row of `articles` with this id, as a dictionary."""
    row: dict[str, Any] = store.table("articles", article_id=article_id).to_pylist()[0]
    return row


def article_tables(store: Store, article_id: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of one article, by table."""
    present = store.manifest.rows
    return {t: store.table(t, article_id=article_id).to_pylist() for t in ARTICLE_TABLES if t in present}


def explain_row(article: RowDict, tables: Mapping[str, Sequence[RowDict]], table: str, row: RowDict) -> Explanation:
    """Explains one row of `table`, with the figures an event counts. `tables` holds the article's `sentences` and, for events, `claims`."""
    wanted = set((row.get("claim_ids") or "").split()) if isinstance(row.get("claim_ids"), str) else set()
    figures = [m for c in tables.get("claims", ()) if c["claim_id"] in wanted for m in row_marks("claims", c) if m.label == "figure"]
    return explain(
        table,
        row,
        title=article.get("title") or "",
        uri=article["uri"],
        text=article["text"],
        sentences=tables["sentences"],
        linked=figures,
    )
