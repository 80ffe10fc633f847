"""What a row was read from: its sentence with the parts marked, and the parts that stand elsewhere in the article."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from pipeline.view.spans import Mark, bracketed, render

RowDict = Mapping[str, Any]

MAIN = {"events": "trigger", "quotes": "content", "claims": "figure", "dates": "date", "entities": "mention", "sentences": "sentence"}
"""What a table's own `start`/`end` mark."""

ID_COLUMN = {"events": "event_id", "quotes": "quote_id", "claims": "claim_id", "entities": "mention_id", "articles": "article_id"}
"""The column that names one row of a table."""

# Facts of a row worth a line in its explanation, in this order; only those that hold something are shown.
FACTS = {
    "events": (
        "event_type", "event_mode", "quad", "cameo_root", "acled_event_type", "acled_sub_event_type", "factuality", "actor_name",
        "actor_country", "actor_sector", "recipient_name", "recipient_country", "recipient_sector", "date_start", "date_end",
        "date_precision", "date_basis", "place", "country", "lat", "lon", "geo_precision", "geo_basis", "killed_low", "killed_best",
        "killed_high", "injured_low", "injured_best", "injured_high", "detained_best", "released_best", "missing_best",
        "displaced_best", "deployed_best", "attributed_to", "attribution_strength", "cluster_id", "confidence", "rule",
    ),
    "quotes": (
        "type", "speaker", "speaker_kind", "speaker_role", "speaker_affiliation", "speaker_country", "cue_lemma", "cue_class", "addressee",
        "medium", "date_start", "date_end", "confidence", "rule",
    ),
    "claims": (
        "value", "low", "high", "modifier", "kind", "unit", "counted", "counted_group", "predicate", "category", "date_start",
        "date_end", "place", "claimed_by", "hedged", "negated", "confidence", "rule",
    ),
    "entities": ("label", "canonical", "title", "affiliation", "country", "lat", "lon", "geo_precision", "confidence"),
    "dates": ("type", "value", "date_start", "date_end", "precision", "basis", "confidence"),
}  # fmt: skip


def is_null(value: Any) -> bool:
    """Whether a cell is empty: None, NaN, NaT or pandas' NA."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA answers a comparison with itself
        return True


def shown(value: Any) -> str:
    """A cell as a reader wants it: 2000 for 2000.0, three digits for other floats."""
    if is_null(value):
        return ""
    if isinstance(value, float):
        return f"{int(value):,}" if value == int(value) else f"{value:.3f}".rstrip("0")
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def row_marks(table: str, row: RowDict) -> list[Mark]:
    """Every stretch of the article that a row points at: its own and those of its `x_start`, `x_end` column pairs.

    A quote's content is marked in its pieces (column `segments`), so that "…," he said, "…" leaves the middle out.
    """
    row_id = str(row.get(ID_COLUMN.get(table, ""), "") or "")
    out: list[Mark] = []
    segments = row.get("segments")
    if isinstance(segments, str) and segments.strip():
        for piece in segments.split():
            start, _, end = piece.partition(":")
            out.append(Mark(int(start), int(end), table, MAIN.get(table, table), row_id))
    elif _offset(row.get("start")) and _offset(row.get("end")):
        out.append(Mark(int(row["start"]), int(row["end"]), table, MAIN.get(table, table), row_id))
    for name in row:
        part = name.removesuffix("_start")
        if part == name or f"{part}_end" not in row:
            continue
        if _offset(row[name]) and _offset(row[f"{part}_end"]):  # date_start and date_end are dates, not offsets
            out.append(Mark(int(row[name]), int(row[f"{part}_end"]), table, part, row_id))
    return out


def _offset(value: Any) -> bool:
    return not is_null(value) and not isinstance(value, (str, dt.date, bool))


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the article shown in an explanation: `caption` says why it is there."""

    caption: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True)
class Explanation:
    """One row with what it was read from. `print(it)` gives plain text; a notebook shows it as HTML."""

    table: str
    row_id: str
    title: str
    uri: str
    text: str
    marks: tuple[Mark, ...]
    passages: tuple[Passage, ...]
    facts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        lines = [f"{self.table[:-1]} {self.row_id} in {self.title or self.uri!r}", ""]
        for passage in self.passages:
            shown_text = bracketed(self.text, self.marks, passage.start, passage.end).strip()
            lines.append(f"  {passage.caption}: {' '.join(shown_text.split())}")
        width = max((len(k) for k, _ in self.facts), default=0)
        lines += ["", *(f"  {k:<{width}}  {v}" for k, v in self.facts)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [f"<p><b>{escape(self.table[:-1])} {escape(self.row_id)}</b> in <i>{escape(self.title or self.uri)}</i></p>"]
        for passage in self.passages:
            marked = render(
                self.text,
                self.marks,
                opening=lambda m: f'<mark style="background:{COLOURS.get(m.label, "#eee")}">',
                closing=lambda m: f' <sub style="color:#555">{escape(m.label)}</sub></mark>',
                escape=escape,
                start=passage.start,
                end=passage.end,
            )
            parts.append(f'<p style="max-width:50em"><small>{escape(passage.caption)}</small><br>{marked}</p>')
        cells = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in self.facts)
        return f"<div>{''.join(parts)}<table>{cells}</table></div>"


COLOURS = {
    "trigger": "#ffd9a8", "actor": "#cfe8ff", "recipient": "#e6d6ff", "place": "#d3f2d3", "figure": "#fff2a8", "content": "#f3e9d8",
    "cue": "#ffd6e0", "speaker": "#cfe8ff", "date": "#d8f5f0", "mention": "#e8eef5",
}  # fmt: skip
"""Light backgrounds, so that black text on any of them stays readable."""


def explain(
    table: str, row: RowDict, *, title: str, uri: str, text: str, sentences: Sequence[RowDict], linked: Sequence[Mark] = ()
) -> Explanation:
    """Explains one row: the sentence it stands in, then each sentence that holds a part of it, then its facts.

    `linked` are marks of rows this one builds on (the figures an event counts), shown with the row's own.
    """
    own = row_marks(table, row)
    marks = [*own, *linked]
    start, end = int(row["start"]), int(row["end"])
    inside = _sentences_of(sentences, start, end)
    caption = "evidence" if table == "events" else "read from"
    passages = [Passage(caption, inside[0][0], inside[-1][1])] if inside else [Passage(caption, start, end)]
    for mark in marks:
        if any(p.start <= mark.start and mark.end <= p.end for p in passages):
            continue
        around = _sentences_of(sentences, mark.start, mark.end)
        span = (around[0][0], around[-1][1]) if around else (mark.start, mark.end)
        passages.append(Passage(f"{mark.label} from", *span))
    facts = tuple((name, shown(row[name])) for name in FACTS.get(table, ()) if name in row and shown(row[name]))
    row_id = str(row.get(ID_COLUMN.get(table, ""), "") or "")
    return Explanation(table, row_id, title, uri, text, tuple(marks), tuple(passages), facts)


def _sentences_of(sentences: Sequence[RowDict], start: int, end: int) -> list[tuple[int, int]]:
    return sorted((int(s["start"]), int(s["end"])) for s in sentences if int(s["start"]) < end and int(s["end"]) > start)
