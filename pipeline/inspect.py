"""An article in the terminal: its text with what was found marked, and each event with its evidence."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.errors import UsageError
from pipeline.store import Store
from pipeline.tables import article_row, article_tables, explain_row, find_article
from pipeline.view.evidence import RowDict, row_marks, shown
from pipeline.view.spans import Mark, bracketed

STYLES = {
    "entities": "cyan",
    "claims": "yellow",
    "quotes": "italic",
    "events": "bold red",
    "dates": "green",
    "speaker": "italic underline",
    "cue": "italic magenta",
    "actor": "underline blue",
    "recipient": "underline magenta",
    "place": "underline green",
}
"""How a mark looks: by its label, else by its table."""

LAYERS = ("entities", "dates", "claims", "quotes", "events")


def layer_marks(tables: dict[str, list[dict[str, Any]]], layers: tuple[str, ...]) -> list[Mark]:
    """The marks of the wanted layers; an event's trigger is called by its type, an entity by its label."""
    out: list[Mark] = []
    for layer in layers:
        for row in tables.get(layer, ()):
            for mark in row_marks(layer, row):
                if layer in ("events", "entities", "dates", "claims") and mark.label not in ("trigger", "mention", "date", "figure"):
                    continue
                out.append(Mark(mark.start, mark.end, layer, _label(layer, row, mark.label), mark.row_id))
    return out


def _label(layer: str, row: RowDict, part: str) -> str:
    named = {"events": "event_type", "entities": "label", "dates": "value", "claims": "category"}.get(layer)
    return str(row.get(named) or part) if named else part


def inspect_article(store: Store, wanted: str, layers: tuple[str, ...], console: Console | None = None) -> None:
    """Prints the article; colours on a terminal, `[words|LABEL]` in a pipe. Raises UsageError for an unknown layer or article."""
    for layer in layers:
        if layer not in LAYERS:
            raise UsageError(f"there is no layer {layer!r}", f"layers are {', '.join(LAYERS)}")
    article_id = find_article(store, wanted)["article_id"]
    article, tables = article_row(store, article_id), article_tables(store, article_id)
    console = console or Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
    about = [str(article[k]) for k in ("publisher", "published", "language", "uri") if article.get(k)]
    console.print(Text(" · ".join([article_id, *about]), style="dim"))
    console.print(marked_text(article["text"], layer_marks(tables, layers), colours=console.is_terminal))
    for event in tables.get("events", ()):
        console.print()
        console.print(event_text(article, tables, event))


def marked_text(text: str, marks: list[Mark], *, colours: bool) -> Text:
    """The text with its marks, as styles or as brackets."""
    if not colours:
        return Text(bracketed(text, marks))
    out = Text(text)
    for mark in marks:
        out.stylize(STYLES.get(mark.label, STYLES.get(mark.layer, "")), mark.start, mark.end)
    return out


def event_text(article: RowDict, tables: dict[str, list[dict[str, Any]]], event: RowDict) -> Text:
    """One event: what happened in a line, then the passages it was read from."""
    explanation = explain_row(article, tables, "events", event)
    what = [str(event["event_type"]), *(shown(event.get(k)) for k in ("event_mode", "factuality"))]
    out = Text(" ".join(w for w in what if w), style=STYLES["events"])
    told = {
        "actor": event.get("actor_name") or event.get("actor"),
        "recipient": event.get("recipient_name") or event.get("recipient"),
        "date": _span(event.get("date_start"), event.get("date_end")),
        "place": event.get("place"),
        "killed": event.get("killed_best"),
        "injured": event.get("injured_best"),
        "according to": event.get("attributed_to"),
    }
    out.append("  " + " · ".join(f"{k} {shown(v)}" for k, v in told.items() if shown(v)), style="default")
    out.append(f"  ({event['event_id']})", style="dim")
    for passage in explanation.passages:
        words = bracketed(explanation.text, explanation.marks, passage.start, passage.end)
        out.append(f"\n  {passage.caption}: {' '.join(words.split())}", style="default")
    return out


def _span(start: Any, end: Any) -> str:
    first, last = shown(start), shown(end)
    return first if first == last or not last else f"{first} to {last}"
