"""Dates: one row per temporal expression, with its TIMEX3 value and the days it covers."""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.language.dating import Marked, overlaps, read_doc
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.sentences import Sentence
from pipeline.text.date_confidence import confidence
from pipeline.text.date_reader import Reading

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article

# A span that only the model saw, and that the grammar cannot read, becomes a row from this probability on.
UNREAD_LEAST = 0.7


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DateRow(Row):
    """One temporal expression. `value` reads the expression itself; `date_start` and `date_end` are the days it covers with the words
    around it: a "since" lasts to publication, and both dates of a range ("from March to May") cover the range."""

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
        Literal["day", "week", "month", "quarter", "season", "year", "decade", "century", "none"],
        "how fine the extent is (a half year counts as quarter)",
    ]
    basis: Annotated[
        Literal["explicit", "relative", "narrative", "none"],
        "what the extent was read from: the expression alone, the day of publication, the time the story is at, nothing",
    ]
    confidence: Annotated[
        float, "probability that expression and value are right, by the rule's accuracy on the TempEval-3 and WikiWars training texts"
    ]
    modifier: Annotated[
        str | None, "TIMEX3 mod: START, MID, END, APPROX, MORE_THAN, LESS_THAN, EQUAL_OR_MORE, EQUAL_OR_LESS; null where there is none"
    ]
    signal: Annotated[
        str | None, "preposition before the expression that places something by it (since, until, before, after, from, to, between, by …)"
    ]
    zone: Annotated[str | None, "hours from UTC of a clock time whose zone is named; the value keeps the time as it stands"]
    rule: Annotated[str, "rule of the grammar that read it, or `model`"]


LEXICONS = [
    "date_contexts",
    "date_numbers",
    "date_tense",
    "tense_verbs",
    "dayparts",
    "holiday_dates",
    "holidays",
    "months",
    "seasons",
    "temporal_units",
    "temporal_words",
    "weekdays",
    "date_confidence",
]


@stage(table="dates", row=DateRow, reads=[Sentence], lexicons=LEXICONS, version=3)
def dates(article: Article, doc: Doc, ctx: Context) -> Iterator[DateRow]:
    """Rows of the temporal expressions outside boilerplate, in order."""
    sentences = list(ctx.rows(Sentence))
    starts = [s.start for s in sentences]

    def wanted(position: int) -> bool:
        sentence = _sentence_at(sentences, starts, position)
        return sentence is not None and sentence.kind != "boilerplate"

    readings, marked = read_doc(article.text, doc, article.published, wanted)
    rows = [_row(article, sentences, starts, reading, marked) for reading in readings]
    rows += _unread(article, sentences, starts, marked, readings)
    yield from sorted(rows, key=lambda row: (row.start, row.end))


def _sentence_at(sentences: Sequence[Sentence], starts: list[int], position: int) -> Sentence | None:
    index = bisect.bisect_right(starts, position) - 1
    return sentences[index] if index >= 0 else None


def _row(article: Article, sentences: Sequence[Sentence], starts: list[int], reading: Reading, marked: Marked) -> DateRow:
    span, resolved = reading.span, reading.resolved
    agreed = max((score for a, b, _, score in marked if a < span.end and span.start < b), default=None) if marked else None
    sentence = _sentence_at(sentences, starts, span.start)
    return DateRow(
        article_id=article.article_id,
        sentence_id=sentence.sentence_id if sentence else 0,
        start=span.start,
        end=span.end,
        text=article.text[span.start : span.end],
        type=resolved.type,
        value=resolved.value,
        date_start=reading.date_start,
        date_end=reading.date_end,
        precision=resolved.precision,
        basis=resolved.basis,
        confidence=confidence(span.rule, resolved.basis, agreed, bool(marked)),
        modifier=span.modifier or None,
        signal=span.signal or None,
        zone=span.zone or None,
        rule=span.rule,
    )


def _unread(
    article: Article, sentences: Sequence[Sentence], starts: list[int], marked: Marked, readings: Sequence[Reading]
) -> Iterator[DateRow]:
    """Rows of what the model alone calls a temporal expression: their value stays null."""
    taken = sorted((r.span.start, r.span.end) for r in readings)
    for start, end, label, score in marked:
        text = article.text[start:end]
        if (
            label not in ("DATE", "TIME", "DURATION", "SET")
            or score < UNREAD_LEAST
            or overlaps(taken, start, end)
            or not text.strip()
            or "\n" in text
        ):
            continue
        sentence = _sentence_at(sentences, starts, start)
        if sentence is None or sentence.kind == "boilerplate":
            continue
        yield DateRow(
            article_id=article.article_id,
            sentence_id=sentence.sentence_id,
            start=start,
            end=end,
            text=text,
            type=label,  # type: ignore[arg-type]
            value=None,
            date_start=None,
            date_end=None,
            precision="none",
            basis="none",
            confidence=confidence("model", "none", score, True),
            modifier=None,
            signal=None,
            zone=None,
            rule="model",
        )
