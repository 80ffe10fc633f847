"""The time a story is at, and whether a text is a story of its own time (history, biography) or the news of its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pipeline.text import calendar
from pipeline.text.calendar import Period
from pipeline.text.date_meaning import Day, Partial, Shift, TimexSpan, Unit

# A text whose dates with a year lie this many years or more before publication, and outnumber its words of the day ("Tuesday", "last week")
# by this much, is a narrative: history, biography. Chosen on the WikiWars and TempEval-3 training texts, which it tells apart without an
# error.
NARRATIVE_YEARS = 2
NARRATIVE_SHARE = 3.0
NARRATIVE_LEAST = 4
# A day without a year takes the year of a full date of the text that is no farther from it than this, in days.
NEAR = 60


def is_history(spans: Sequence[TimexSpan], published: dt.date | None) -> bool:
    """Whether the dates with a year outnumber the words of the day; without a day of publication all of them count as distant."""
    distant = spoken = 0
    for span in spans:
        meaning = span.meaning
        if isinstance(meaning, Partial) and meaning.year is not None:
            distant += published is None or abs(published.year - meaning.year) >= NARRATIVE_YEARS
        elif (
            isinstance(meaning, Day)
            or (isinstance(meaning, Partial) and meaning.weekday and not meaning.month)
            or (isinstance(meaning, Shift) and meaning.frame == "speech")
            or (isinstance(meaning, Unit) and meaning.relation in ("last", "this", "next", "past", "current"))
        ):
            spoken += 1
    return distant >= NARRATIVE_LEAST and distant >= NARRATIVE_SHARE * spoken


def is_narrative(spans: Sequence[TimexSpan], published: dt.date | None) -> bool:
    """Whether the text tells of a past of its own rather than news of its day. Always so where the day is not known."""
    return published is None or is_history(spans, published)


def days_named(spans: Sequence[TimexSpan]) -> list[dt.date]:
    """The days that the text names in full, with their year, in its order."""
    found = []
    for span in spans:
        meaning = span.meaning
        if isinstance(meaning, Partial) and meaning.year and meaning.month and meaning.day:
            date = calendar.safe_date(meaning.year, meaning.month, meaning.day)
            if date:
                found.append(date)
    return found


def nearest_day(meaning: Partial, named: Sequence[dt.date]) -> dt.date | None:
    """The full date that is within NEAR days of a month and day without a year; None where there is none, or for a month alone."""
    if not meaning.month or not meaning.day:
        return None
    best: tuple[int, dt.date] | None = None
    for date in named:
        for year in (date.year - 1, date.year, date.year + 1):
            day = calendar.safe_date(year, meaning.month, meaning.day)
            if day and abs((day - date).days) <= NEAR and (best is None or abs((day - date).days) < best[0]):
                best = abs((day - date).days), date
    return best[1] if best else None


class Story:
    """The time the story is at: the last period set, and the last day where it is still at that day."""

    __slots__ = ("day", "last", "quarter")

    def __init__(self) -> None:
        self.last: Period | None = None
        self.day: Period | None = None
        self.quarter: Period | None = None  # the quarter a report is about, until a year is named

    def set(self, period: Period) -> None:
        """The story goes on at a period; decades and centuries leave it where it is."""
        if period.unit in ("decade", "century"):
            return
        if period.unit in ("quarter", "year"):
            self.quarter = period if period.unit == "quarter" else None
        if period.unit == "day":
            self.day = period
        elif self.day and not period.start <= self.day.start <= period.end:
            self.day = None
        self.last = period
