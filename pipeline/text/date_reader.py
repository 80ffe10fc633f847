"""Reads the temporal expressions of a text in order, each against what was said before: the discourse layer over `recognise` and
`normalise`.

A story sets a time ("on 6 March", "in September 2020") and goes on from it ("two days later", "that month", "in October"). News is told
from the day of publication, a narrative from the time it is at; which of the two a text is, its own dates tell (`is_narrative`).
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence

from pipeline.text import calendar
from pipeline.text.calendar import Period
from pipeline.text.date_frame import Frame, Resolved, Tense
from pipeline.text.date_meaning import ClockTime, Day, Partial, Shift, TimexSpan
from pipeline.text.date_resolve import normalise
from pipeline.text.date_story import Story, days_named, is_history, is_narrative, nearest_day
from pipeline.text.date_tense import TENSE_WINDOW, tense_near
from pipeline.text.timex import period_value


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """An expression and what it comes to; `date_start`, `date_end` read it with the words around it ("since", "between … and", "from …
    to")."""

    span: TimexSpan
    resolved: Resolved
    date_start: dt.date | None
    date_end: dt.date | None


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
    undated = published is None and narrative is None and not is_history(spans, None)
    named = days_named(spans) if undated else []
    story, resolved = Story(), []
    stops = [m.end() for m in re.finditer(r"[.!?]\s+(?=[\"“A-Z])|\n\s*\n", text)]
    previous: tuple[TimexSpan, Resolved] | None = None
    for span in spans:
        tense = tenses.get(span.start, "") if tenses is not None else ""
        tense = tense or tense_near(text, span.start, span.end)
        if span.signal in ("until", "by") and (tense != "past" or text[max(0, span.start - 6) : span.start].strip() not in ("Until", "By")):
            tense = "future"
        coming = tense == "future" and published is not None and WILL.search(text, max(0, span.start - TENSE_WINDOW), span.start)
        local = told or (_in_sentence(span, previous, stops, published) and not coming)
        opened = previous[1].period if previous and _joins(text, previous[0], span) and _finer(previous[1].period, span) else None
        last = story.last
        if undated and _wants_year(span):
            last = _year_giver(span, last, previous, stops, named)
        frame = Frame(
            published=published, story=last, story_day=story.day, quarter=story.quarter, opened=opened, tense=tense, narrative=local
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


WILL = re.compile(r"\b(?:will|is (?:due|expected|scheduled|set)|are (?:due|expected|scheduled|set))\b[^.;\n]*$")


def _finer(first: Period | None, span: TimexSpan) -> bool:
    """Whether a period and the expression after it may be the ends of a range: "this year through Oct. 19" and "Friday to December's
    figures" are not."""
    meaning = span.meaning
    if first is None or not isinstance(meaning, Partial) or meaning.year:
        return True
    if meaning.month and first.unit in ("year", "decade", "century"):
        return False
    return not (meaning.month and not meaning.day and first.unit == "day")


def _wants_year(span: TimexSpan) -> bool:
    meaning = span.meaning
    return isinstance(meaning, Partial) and bool(meaning.month) and not (meaning.year or meaning.scope or meaning.relation)


def _year_giver(
    span: TimexSpan, last: Period | None, previous: tuple[TimexSpan, Resolved] | None, stops: list[int], named: Sequence[dt.date]
) -> Period | None:
    """What may give a month or day its year in news whose day is not known: the date before it if that is finer than a year or in the same
    sentence (a bare year in the background of a story says nothing about the months of its news), else a full date close by in the year,
    even if it comes later ("on May 28 … wrote on May 29, 2017")."""
    if last and (last.unit in ("day", "month") or (previous and _same_sentence(previous[0], span, stops))):
        return last
    near = nearest_day(span.meaning, named) if isinstance(span.meaning, Partial) else None
    return calendar.day(near) if near else None


def _same_sentence(before: TimexSpan, span: TimexSpan, stops: list[int]) -> bool:
    return span.start - before.end < SAME_SENTENCE and bisect.bisect(stops, before.end) == bisect.bisect(stops, span.start)


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
    return _same_sentence(before, span, stops)


JOINS = re.compile(r"\s*(?:-|–|—|~|to|till|until|through|and|,? ?to)\s*(?:the\s)?", re.IGNORECASE)


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
        if reading.resolved.value == "PRESENT_REF" and first.resolved.date_start and published and _joins(text, first.span, reading.span):
            out[i - 1] = dataclasses.replace(first, date_end=max(published, first.resolved.date_start))  # "between May 2019 and now"
            continue
        if not (first.resolved.date_start and reading.resolved.date_end and _joins(text, first.span, reading.span)):
            continue
        start, end = first.resolved.date_start, reading.resolved.date_end
        if start <= end and "DURATION" not in (first.resolved.type, reading.resolved.type):
            out[i - 1] = dataclasses.replace(first, date_start=start, date_end=end)
            out[i] = dataclasses.replace(reading, date_start=start, date_end=end)
    return out
