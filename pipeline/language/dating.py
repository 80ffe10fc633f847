"""Temporal expressions of a Doc: the rules' spans and the model's joined, each read with the tense of its clause."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from spacy.attrs import LENGTH, SPACY  # type: ignore[import-untyped,unused-ignore]

from pipeline.language.tense import Tense, tense_at
from pipeline.text.date_meaning import Partial, TimexSpan, Unit
from pipeline.text.date_reader import Reading, read_dates
from pipeline.text.dates import recognise

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

# From this probability on a model's span opens the gates of the grammar: its words count as temporal ("May", "the fall").
MODEL_LEAST = 0.5
# Rules whose words are temporal only in context. Where the model reads names well enough to know a person from a month, its word is asked.
NAMES = frozenset({"PERSON", "ORG", "PRODUCT", "MISC", "FAC", "LOC"})
MAY_BE_NAMES = frozenset(
    {
        "month",
        "season",
        "weekday",
        "holiday",
        "relation unit",
        "relation named",
        "clock",
        "year",
        "day",
        "bare unit",
        "reference",
        "set word",
    }
)

Marked = list[tuple[int, int, str, float]]  # start, end, label ("" of a DATE name), probability


def model_spans(doc: Doc, ents: Sequence[Span] | None = None) -> Marked:
    """The temporal expressions and DATE names that the language core marked, in order."""
    found: Marked = []
    group = doc.spans.get("timex")
    if group is not None:
        scores = list(group.attrs.get("scores", ()))
        found += [(s.start_char, s.end_char, s.label_, scores[i] if i < len(scores) else 1.0) for i, s in enumerate(group)]
    found += [(e.start_char, e.end_char, "", 1.0) for e in (doc.ents if ents is None else ents) if e.label_ == "DATE"]
    return sorted(found)


def overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the spans (sorted by start) shares a character with start to end."""
    index = bisect.bisect_left(spans, (start, -1))
    near = spans[max(0, index - 3) : index + 1]
    return any(a < end and start < b for a, b in near) or (index < len(spans) and spans[index][0] < end)


def read_doc(text: str, doc: Doc, published: dt.date | None, wanted: Callable[[int], bool]) -> tuple[list[Reading], Marked]:
    """The readings of a text's expressions that begin where `wanted` allows, and the model's spans. `doc.text` is `text`."""
    ents = doc.ents  # spaCy makes them anew each time
    marked = model_spans(doc, ents)
    trusted = [(a, b) for a, b, _, score in marked if score >= MODEL_LEAST]
    names = sorted((e.start_char, e.end_char) for e in ents if e.label_ in NAMES)
    spans = [s for s in recognise(text, trusted) if wanted(s.start) and not _part_of_name(s, names, trusted)]
    offsets = token_offsets(doc)
    tenses = {s.start: _tense(doc, offsets, s) for s in spans if _wants_tense(s)}
    return read_dates(text, spans, published, tenses), marked


def token_offsets(doc: Doc) -> list[int]:
    """The offset of each token, without making the tokens."""
    if not len(doc):
        return []
    widths = doc.to_array([LENGTH, SPACY]).sum(axis=1, dtype=np.int64)
    return [0, *np.cumsum(widths)[:-1].tolist()]


def _part_of_name(span: TimexSpan, names: Sequence[tuple[int, int]], trusted: Sequence[tuple[int, int]]) -> bool:
    """Whether the model reads the words as a name's ("Theresa May", "Black Friday Ltd", "This Week") and not as a time."""
    if span.rule not in MAY_BE_NAMES or overlaps(trusted, span.start, span.end):
        return False
    index = bisect.bisect_right(names, (span.start, 10**12))
    return any(
        a <= span.start and span.end <= b and (b - a > span.end - span.start or not span.sure) for a, b in names[max(0, index - 2) : index]
    )


def _wants_tense(span: TimexSpan) -> bool:
    meaning = span.meaning
    if isinstance(meaning, Partial):
        return meaning.year is None
    return isinstance(meaning, Unit) and meaning.unit in ("week", "weekend")


def _tense(doc: Doc, offsets: list[int], span: TimexSpan) -> Tense:
    first, stop = bisect.bisect_right(offsets, span.start) - 1, bisect.bisect_left(offsets, span.end)
    return tense_at(doc, max(first, 0), stop)
