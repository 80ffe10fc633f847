"""Reads the temporal expressions of a text in order, each against what was said before: the discourse layer over `recognise` and
`normalise`.

A story sets a time ("on 6 March", "in September 2020") and goes on from it ("two days later", "that month", "in October"). News is told
from the day of publication, a narrative from the time it is at; which of the two a text is, its own dates tell (`is_narrative`).
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence

from pipeline import lexicon
from pipeline.text.calendar import Period
from pipeline.text.date_frame import Frame, Resolved, Tense
from pipeline.text.date_meaning import ClockTime, Day, Partial, Shift, TimexSpan, Unit
from pipeline.text.date_resolve import normalise
from pipeline.text.timex import period_value

# How far from an expression its clause is searched for signs of tense, in characters.
TENSE_WINDOW = 90
CLAUSE_EDGE = re.compile(r"[.!?;:\n](?=\s|$)|[”“\"]")


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """An expression and what it comes to; `date_start`, `date_end` read it with the words around it ("since", "between … and", "from …
    to")."""

    span: TimexSpan
    resolved: Resolved
    date_start: dt.date | None
    date_end: dt.date | None


@functools.cache
def _tense_words() -> dict[str, Tense]:
    return {row["word"]: row["tense"] for row in lexicon.load("date_tense").rows}  # type: ignore[misc]


WORD = re.compile(r"'?\w+(?:n't)?")
PHRASE_WORDS = 3  # no phrase of date_tense.csv has more


def _sign(words: Sequence[str], i: int) -> Tense:
    """The tense that a word, or the phrase that ends with it, is a sign of; "" where it is none."""
    known = _tense_words()
    for size in range(min(PHRASE_WORDS, i + 1), 0, -1):
        if found := known.get(" ".join(words[i - size + 1 : i + 1])):
            return found
    return "past" if len(words[i]) > 3 and words[i].endswith("ed") else ""


def tense_near(text: str, start: int, end: int) -> Tense:
    """The tense that the words around an expression suggest: the nearest sign to its left in its clause, else to its right; "" where there
    is none."""
    left = text[max(0, start - TENSE_WINDOW) : start]
    edges = [m.end() for m in CLAUSE_EDGE.finditer(left)]
    words = WORD.findall((left[edges[-1] :] if edges else left).lower().replace("’", "'"))
    for i in range(len(words) - 1, -1, -1):
        if sign := _sign(words, i):
            # "will be held on", "are expected to": the auxiliary before it decides
            return "future" if any(_sign(words, k) == "future" for k in range(max(0, i - 3), i)) else sign
    right = text[end : end + TENSE_WINDOW]
    edge = CLAUSE_EDGE.search(right)
    words = WORD.findall((right[: edge.start()] if edge else right).lower().replace("’", "'"))
    return next((sign for i in range(len(words)) if (sign := _sign(words, i))), "")


# A text whose dates with a year lie this many years or more before publication, and outnumber its words of the day ("Tuesday", "last
# week") by
# this much, is a narrative: history, biography. Chosen on the WikiWars and TempEval-3 training texts, which it tells apart without an
# error.
NARRATIVE_YEARS = 2
NARRATIVE_SHARE = 3.0
NARRATIVE_LEAST = 4


def is_narrative(spans: Sequence[TimexSpan], published: dt.date | None) -> bool:
    """Whether the text tells of a past of its own rather than news of its day. Always so where the day is not known."""
    if published is None:
        return True
    distant = spoken = 0
    for span in spans:
        meaning = span.meaning
        if isinstance(meaning, Partial) and meaning.year is not None:
            distant += abs(published.year - meaning.year) >= NARRATIVE_YEARS
        elif (
            isinstance(meaning, Day)
            or (isinstance(meaning, Partial) and meaning.weekday and not meaning.month)
            or (isinstance(meaning, Shift) and meaning.frame == "speech")
            or (isinstance(meaning, Unit) and meaning.relation in ("last", "this", "next", "past", "current"))
        ):
            spoken += 1
    return distant >= NARRATIVE_LEAST and distant >= NARRATIVE_SHARE * spoken


class Story:
    """The time the story is at: the last period set, and the last day where it is still at that day."""

    __slots__ = ("day", "last", "quarter")

    def __init__(self) -> None:
        self.last: Period | None = None
        self.day: Period | None = None
        self.quarter: Period | None = None  # the quarter a report is about, until a year is named

    def set(self, period: Period) -> None:
        if period.unit in ("decade", "century"):
            return
        if period.unit in ("quarter", "year"):
            self.quarter = period if period.unit == "quarter" else None
        if period.unit == "day":
            self.day = period
        elif self.day and not period.start <= self.day.start <= period.end:
            self.day = None
        self.last = period


# A date without a year stands in the year that the same sentence set just before ("in September 2008 … and in November"), if no farther
# than this.
SAME_SENTENCE = 160


def read_dates(
    text: str,
    spans: Sequence[TimexSpan],
    published: dt.date | None,
    tenses: Mapping[int, Tense] | None = None,
    narrative: bool | None = None,
) -> list[Reading]:
    """The expressions resolved in reading order. `tenses` (by the span's start) come from a parse; without one the words around suggest
    them. `narrative` overrides what `is_narrative` would say."""
    told = is_narrative(spans, published) if narrative is None else narrative
    story, resolved = Story(), []
    stops = [m.end() for m in re.finditer(r"[.!?]\s+(?=[\"“A-Z])|\n\s*\n", text)]
    previous: tuple[TimexSpan, Resolved] | None = None
    for span in spans:
        tense = tenses.get(span.start, "") if tenses is not None else ""
        tense = tense or tense_near(text, span.start, span.end)
        if span.signal in ("until", "by") and (tense != "past" or text[max(0, span.start - 6) : span.start].strip() not in ("Until", "By")):
            tense = "future"
        local = told or _in_sentence(span, previous, stops, published)
        opened = previous[1].period if previous and _joins(text, previous[0], span) else None
        frame = Frame(
            published=published, story=story.last, story_day=story.day, quarter=story.quarter, opened=opened, tense=tense, narrative=local
        )
        found = normalise(span, frame)
        compared = (
            isinstance(span.meaning, Shift) and span.meaning.unit.code == "Y" and not told
        )  # "up from a year earlier" leaves the story where it is
        told_elsewhere = local and found.basis == "relative"  # "today" in a history is its author's
        if found.period and span.type in ("DATE", "TIME") and not compared and not told_elsewhere:
            story.set(found.period)
            previous = (span, found)
        resolved.append(found)
    _lend(text, spans, resolved)
    return _with_extents(text, list(spans), resolved, published)


# What may stand between a clock time, a "today", and the date that says its day.
BESIDE = re.compile(r"\s*(?:,|\(|on|,\s*on)\s*(?:the\s)?", re.IGNORECASE)


def _lend(text: str, spans: Sequence[TimexSpan], resolved: list[Resolved]) -> None:
    """Gives a clock time the day named right after it ("at 10:30 a.m. on Tuesday"), and an open "today" the date in brackets after it."""
    for i in range(len(spans) - 1):
        span, following, its = spans[i], spans[i + 1], resolved[i + 1].period
        open_day = isinstance(span.meaning, Day) and span.meaning.offset == 0 and resolved[i].period is None
        if not (isinstance(span.meaning, ClockTime) or open_day) or its is None or its.unit != "day" or following.type == "DURATION":
            continue
        if isinstance(following.meaning, ClockTime) or not BESIDE.fullmatch(text[span.end : following.start][:16]):
            continue
        tail = resolved[i].value.partition("T")[2]
        resolved[i] = dataclasses.replace(
            resolved[i + 1], value=period_value(its) + (f"T{tail}" if tail else ""), type=span.type, date_end=its.end, period=its
        )


def _joins(text: str, before: TimexSpan, span: TimexSpan) -> bool:
    """Whether an expression ends the range that the one before it opens ("from March to May", "5-7 May", "between March and May")."""
    gap = text[before.end : span.start]
    if len(gap) >= 16 or not JOINS.fullmatch(gap):
        return False
    word = gap.strip().lower().removesuffix(" the")
    return word != "and" or before.signal == "between"


def _in_sentence(span: TimexSpan, previous: tuple[TimexSpan, Resolved] | None, stops: list[int], published: dt.date | None) -> bool:
    """Whether a month or day without a year follows, in its sentence, a date whose year was said and is not that of publication."""
    meaning = span.meaning
    if (
        previous is None
        or published is None
        or not isinstance(meaning, Partial)
        or meaning.year
        or meaning.scope
        or meaning.relation
        or not meaning.month
    ):
        return False
    before, its = previous
    if (
        its.basis not in ("explicit", "narrative")
        or its.period is None
        or its.period.unit not in ("day", "month")
        or its.period.start.year == published.year
    ):
        return False
    return span.start - before.end < SAME_SENTENCE and bisect.bisect(stops, before.end) == bisect.bisect(stops, span.start)


JOINS = re.compile(r"\s*(?:-|–|—|to|till|until|through|and|,? ?to)\s*(?:the\s)?", re.IGNORECASE)


def _names_event(text: str, span: TimexSpan) -> bool:
    """Whether a date only names what it stands before: "since the February 2021 coup" lasts from the coup, which is in that month."""
    return (
        text[span.start : span.start + 4].lower() == "the "
        and isinstance(span.meaning, Partial)
        and NOUN_AFTER.match(text, span.end) is not None
    )


NOUN_AFTER = re.compile(r"(?: attacks?| [a-z]{3,})(?<! and)(?<! when)(?<! but)(?<! until)")


def _with_extents(text: str, spans: list[TimexSpan], resolved: list[Resolved], published: dt.date | None) -> list[Reading]:
    """Gives each the days it covers with the words around it. "since X" lasts to publication; both members of a range cover the range."""
    out = [Reading(s, r, r.date_start, r.date_end) for s, r in zip(spans, resolved, strict=True)]
    for i, reading in enumerate(out):
        if reading.span.signal == "since" and reading.date_start and not _names_event(text, reading.span):
            end = published if published and published >= reading.date_start else None
            out[i] = dataclasses.replace(reading, date_end=end)
        if i == 0:
            continue
        first = out[i - 1]
        if not (first.resolved.date_start and reading.resolved.date_end and _joins(text, first.span, reading.span)):
            continue
        start, end = first.resolved.date_start, reading.resolved.date_end
        if start <= end and "DURATION" not in (first.resolved.type, reading.resolved.type):
            out[i - 1] = dataclasses.replace(first, date_start=start, date_end=end)
            out[i] = dataclasses.replace(reading, date_start=start, date_end=end)
    return out
