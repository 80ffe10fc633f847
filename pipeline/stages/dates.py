"""Dates: one row per temporal expression, with its TIMEX3 value and the days it covers."""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.language.tense import Tense, tense_at
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.sentences import Sentence
from pipeline.text.date_confidence import confidence
from pipeline.text.date_meaning import Partial, TimexSpan, Unit
from pipeline.text.date_reader import Reading, read_dates
from pipeline.text.dates import recognise

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article

# A span that only the model saw becomes a row from this probability on. A rule's reading of words that only context can tell ("May", "the year") is
# dropped where a model that marks temporal expressions in the article left them out with this certainty.
MODEL_LEAST = 0.5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DateRow(Row):
    """One temporal expression. `value` reads the expression itself; `date_start` and `date_end` are the days it covers with the words around it: a
    "since" lasts to publication, and both dates of a range ("from March to May") cover the range."""

    article_id: Annotated[Id, "article the row belongs to"]
    sentence_id: Annotated[int, "sentence of the article the expression begins in"]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last in articles.text"]
    text: Annotated[str, "the expression as it stands, prepositions left out"]
    type: Annotated[Literal["DATE", "TIME", "DURATION", "SET"], "TIMEX3 type"]
    value: Annotated[
        str | None,
        "TIMEX3 value: 1998-02-13, 1998-W07, 1998-Q1, 1998-SU, 199 (decade), P6W, PXD (vague), PAST_REF, XXXX-10-05 (year unknown); "
        "null where the model marked an expression that the grammar cannot read",
    ]
    date_start: Annotated[dt.date | None, "first day covered, null where unresolved and for durations and sets without a place in time"]
    date_end: Annotated[dt.date | None, "last day covered (inclusive), null where unresolved or open"]
    precision: Annotated[
        Literal["day", "week", "month", "quarter", "season", "year", "decade", "century", "none"], "how fine the extent is (a half year counts as quarter)"
    ]
    basis: Annotated[
        Literal["explicit", "relative", "narrative", "none"],
        "what the extent was read from: the expression alone, the day of publication, the time the story is at, nothing",
    ]
    confidence: Annotated[float, "probability that expression and value are right, by the rule's accuracy on the TempEval-3 and WikiWars training texts"]
    modifier: Annotated[str | None, "TIMEX3 mod: START, MID, END, APPROX, MORE_THAN, LESS_THAN, EQUAL_OR_MORE, EQUAL_OR_LESS; null where there is none"]
    signal: Annotated[str | None, "preposition before the expression that places something by it (since, until, before, after, from, to, between, by …)"]
    zone: Annotated[str | None, "hours from UTC of a clock time whose zone is named; the value keeps the time as it stands"]
    rule: Annotated[str, "rule of the grammar that read it, or `model`"]


LEXICONS = [
    "date_numbers", "date_tense", "dayparts", "holiday_dates", "holidays", "months", "seasons", "temporal_units", "temporal_words", "weekdays",
    "date_confidence",
]  # fmt: skip


@stage(table="dates", row=DateRow, reads=[Sentence], lexicons=LEXICONS, version=1)
def dates(article: Article, doc: Doc, ctx: Context) -> Iterator[DateRow]:
    """Rows of the temporal expressions outside boilerplate, in order."""
    sentences = list(ctx.rows(Sentence))
    starts = [s.start for s in sentences]
    marked = _model_spans(doc)
    has_model = any(label for _, _, label, _ in marked)
    trusted = [(a, b) for a, b, _, score in marked if score >= MODEL_LEAST]
    spans = []
    for span in recognise(article.text, trusted):
        sentence = _sentence_at(sentences, starts, span.start)
        if sentence is None or sentence.kind == "boilerplate":
            continue
        if not span.sure and has_model and span.rule in DOUBTFUL and not _overlaps(trusted, span.start, span.end):
            continue
        spans.append(span)
    offsets = [t.idx for t in doc]
    tenses = {s.start: _tense(doc, offsets, s) for s in spans if _wants_tense(s)}
    readings = read_dates(article.text, spans, article.published, tenses)
    rows = [_row(article, sentences, starts, reading, marked) for reading in readings]
    rows += _unread(article, sentences, starts, marked, spans)
    yield from sorted(rows, key=lambda row: (row.start, row.end))


# Rules whose words are temporal only in context: the model's word counts there.
DOUBTFUL = frozenset({"month", "season", "weekday", "bare unit", "bare part of day", "bare plural", "reference", "current", "recent", "short year", "duration"})


def _wants_tense(span: TimexSpan) -> bool:
    meaning = span.meaning
    if isinstance(meaning, Partial):
        return meaning.year is None
    return isinstance(meaning, Unit) and meaning.unit == "weekend"


def _tense(doc: Doc, offsets: list[int], span: TimexSpan) -> Tense:
    first, stop = bisect.bisect_right(offsets, span.start) - 1, bisect.bisect_left(offsets, span.end)
    return tense_at(doc, max(first, 0), stop)


def _sentence_at(sentences: Sequence[Sentence], starts: list[int], position: int) -> Sentence | None:
    index = bisect.bisect_right(starts, position) - 1
    return sentences[index] if index >= 0 else None


Marked = list[tuple[int, int, str, float]]  # start, end, label ("" of a DATE name), probability


def _model_spans(doc: Doc) -> Marked:
    """The temporal expressions and DATE names that the language core marked, in order."""
    found: Marked = []
    group = doc.spans.get("timex")
    if group is not None:
        scores = list(group.attrs.get("scores", ()))
        found += [(s.start_char, s.end_char, s.label_, scores[i] if i < len(scores) else 1.0) for i, s in enumerate(group)]
    found += [(e.start_char, e.end_char, "", 1.0) for e in doc.ents if e.label_ == "DATE"]
    return sorted(found)


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(a < end and start < b for a, b in spans)


def _row(article: Article, sentences: Sequence[Sentence], starts: list[int], reading: Reading, marked: Marked) -> DateRow:
    span, resolved = reading.span, reading.resolved
    agreed = max((score for a, b, _, score in marked if a < span.end and span.start < b), default=None) if marked else None
    sentence = _sentence_at(sentences, starts, span.start)
    return DateRow(
        article_id=article.article_id, sentence_id=sentence.sentence_id if sentence else 0, start=span.start, end=span.end,
        text=article.text[span.start : span.end], type=resolved.type, value=resolved.value, date_start=reading.date_start, date_end=reading.date_end,
        precision=resolved.precision, basis=resolved.basis, confidence=confidence(span.rule, resolved.basis, agreed, bool(marked)),
        modifier=span.modifier or None, signal=span.signal or None, zone=span.zone or None, rule=span.rule,
    )  # fmt: skip


def _unread(
    article: Article, sentences: Sequence[Sentence], starts: list[int], marked: Marked, spans: Sequence[TimexSpan]
) -> Iterator[DateRow]:
    """Rows of what the model alone calls a temporal expression: their value stays null."""
    taken = [(s.start, s.end) for s in spans]
    for start, end, label, score in marked:
        text = article.text[start:end]
        if label not in ("DATE", "TIME", "DURATION", "SET") or score < MODEL_LEAST or _overlaps(taken, start, end) or not text.strip() or "\n" in text:
            continue
        sentence = _sentence_at(sentences, starts, start)
        if sentence is None or sentence.kind == "boilerplate":
            continue
        taken.append((start, end))
        yield DateRow(
            article_id=article.article_id, sentence_id=sentence.sentence_id, start=start, end=end, text=text, type=label, value=None,  # type: ignore[arg-type]
            date_start=None, date_end=None, precision="none", basis="none", confidence=confidence("model", "none", score, True), modifier=None,
            signal=None, zone=None, rule="model",
        )  # fmt: skip
