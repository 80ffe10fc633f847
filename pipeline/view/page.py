"""One self-contained HTML page of an article and its tables: no network, no server, opens from a mail attachment.

Every cell is escaped by jinja2; the article's text is escaped piece by piece; no data goes into the script at all: the page's script
reads the row ids from attributes.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

import jinja2
from markupsafe import Markup, escape

from pipeline.view.evidence import ID_COLUMN, RowDict, is_null, row_marks, shown
from pipeline.view.spans import Mark, render

LAYERS = ("entities", "dates", "claims", "quotes", "events")
"""The tables whose rows are marked in the text, each with a switch."""

TABLES = ("events", "event_actors", "quotes", "claims", "dates", "entities", "sentences")
"""The tables shown under the text."""

# The columns a reader looks at; the Parquet holds the rest.
SHOWN_COLUMNS = {
    "events": (
        "text", "event_type", "event_mode", "factuality", "actor_name", "recipient_name", "date_start", "date_end", "place", "country",
        "killed_low", "killed_best", "killed_high", "injured_best", "attributed_to", "attribution_strength", "cluster_id", "confidence",
    ),
    "event_actors": ("event_id", "role", "text", "name", "country", "sector"),
    "quotes": ("type", "speaker", "speaker_kind", "cue", "cue_class", "content", "addressee", "medium", "confidence"),
    "claims": ("text", "value", "low", "high", "modifier", "kind", "unit", "counted", "category", "claimed_by", "hedged", "confidence"),
    "dates": ("text", "type", "value", "date_start", "date_end", "precision", "basis"),
    "entities": ("text", "label", "canonical", "title", "affiliation", "country", "lat", "lon", "geo_precision"),
    "sentences": ("sentence_id", "paragraph", "kind", "text"),
}  # fmt: skip


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.view", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("article.html.j2")


def page(article: RowDict, tables: Mapping[str, Sequence[RowDict]]) -> str:
    """The page of one article. `article` is its row of `articles`; `tables` maps table names to the rows of this article."""
    text = str(article["text"])
    marks = [m for layer in LAYERS for row in tables.get(layer, ()) for m in _marks(layer, row)]
    return _template().render(
        title=_cell(article.get("title")) or _cell(article.get("uri")),
        about=[(k, _cell(article.get(k))) for k in _ABOUT if _cell(article.get(k))],
        layers=[(layer, len(tables.get(layer, ()))) for layer in LAYERS],
        paragraphs=[_paragraph(text, marks, start, end) for start, end in paragraphs(text)],
        tables=[_table(name, tables[name]) for name in TABLES if tables.get(name)],
    )


_ABOUT = ("publisher", "byline", "published", "published_basis", "dateline_place", "language", "n_words", "url", "uri", "article_id")


def _cell(value: object) -> str:
    return shown(value)


def _marks(layer: str, row: RowDict) -> list[Mark]:
    """The marks of a row in the text: entities and dates once, under their label; of quotes and events the parts as well."""
    marks = row_marks(layer, row)
    note = _note(layer, row)
    row_id = _row_key(layer, row)
    if layer in ("entities", "dates"):
        label = str(row.get("label") or row.get("type") or "")
        marks = [Mark(m.start, m.end, layer, label) for m in marks if m.label in ("mention", "date")]
    return [Mark(m.start, m.end, m.layer, m.label, row_id, note) for m in marks]


def _row_key(layer: str, row: RowDict) -> str:
    column = ID_COLUMN.get(layer)
    return str(row[column]) if column and column in row else f"{layer}-{row.get('start')}-{row.get('end')}"


def _note(layer: str, row: RowDict) -> str:
    """What a tooltip says of a mark."""
    names = {
        "entities": ("label", "canonical", "country"),
        "dates": ("type", "value", "date_start", "date_end"),
        "claims": ("category", "modifier", "value", "low", "high", "claimed_by"),
        "quotes": ("type", "speaker"),
        "events": ("event_type", "event_mode", "factuality", "actor_name", "recipient_name"),
    }[layer]
    return " · ".join(f"{n.removesuffix('_name')} {_cell(row[n])}" for n in names if n in row and _cell(row[n]))


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Start and end of each paragraph: what stands between blank lines, without the white space around it."""
    out, at = [], 0
    for piece in text.split("\n\n"):
        inner = piece.strip()
        if inner:
            start = at + piece.index(inner)
            out.append((start, start + len(inner)))
        at += len(piece) + 2
    return out


def _paragraph(text: str, marks: Sequence[Mark], start: int, end: int) -> Markup:
    html = render(
        text,
        [m for m in marks if m.start < end and m.end > start],
        opening=lambda m: str(
            Markup('<span class="m {} p-{}" data-row="{}" title="{}">').format(m.layer, _class(m.label), m.row_id, f"{m.label}: {m.note}")
        ),
        closing=lambda _: "</span>",
        escape=lambda piece: str(escape(piece)),
        start=start,
        end=end,
    )
    return Markup(html)  # every piece of it was escaped above


def _class(label: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in label).lower() or "none"


def _table(name: str, rows: Sequence[RowDict]) -> dict[str, object]:
    columns = [c for c in SHOWN_COLUMNS[name] if any(c in row and not is_null(row[c]) for row in rows)]
    return {
        "name": name,
        "columns": [(c, _numeric(rows, c)) for c in columns],
        "rows": [(_row_key(name, row), [_cell(row.get(c)) for c in columns]) for row in rows],
    }


def _numeric(rows: Sequence[RowDict], column: str) -> bool:
    values = [row[column] for row in rows if column in row and not is_null(row[column])]
    return bool(values) and not any(isinstance(v, (str, bool, dt.date)) for v in values)
