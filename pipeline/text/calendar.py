"""The calculus of calendar periods: days, ISO weeks, weekends, months, quarters, halves, seasons, years, decades, centuries.

A `Period` is a unit of the calendar with its first and last day, both inclusive. Everything here is proleptic Gregorian arithmetic; what
falls outside the years 1 to 9999 is None, never an error. Weeks are ISO weeks (Monday first), weekends their Saturday and Sunday, seasons
meteorological and northern (winter of a year begins in its December), centuries are counted as the press counts them (the 20th:
1900-1999).
"""

from __future__ import annotations

import calendar as _calendar
import dataclasses
import datetime as dt
from typing import Literal

Unit = Literal["day", "week", "weekend", "month", "quarter", "half", "season", "year", "decade", "century"]

MONTHS_IN: dict[Unit, int] = {"month": 1, "quarter": 3, "half": 6, "season": 3, "year": 12, "decade": 120, "century": 1200}
DAYS_IN: dict[Unit, int] = {"day": 1, "week": 7, "weekend": 7}
# From fine to coarse: which of two periods is the more precise.
FINENESS: dict[str, int] = {
    "day": 0, "weekend": 1, "week": 2, "month": 3, "season": 4, "quarter": 4, "half": 5, "year": 6, "decade": 7, "century": 8,
}  # fmt: skip
SEASON_OF_MONTH = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """A calendar period, `start` and `end` inclusive."""

    unit: Unit
    start: dt.date
    end: dt.date

    @property
    def year(self) -> int:
        """The year the period belongs to (the ISO year of a week)."""
        return self.start.isocalendar().year if self.unit in ("week", "weekend") else self.start.year


def safe_date(year: int, month: int, day: int) -> dt.date | None:
    """The date, or None where there is no such day (30 February, year 0 or 10000)."""
    if 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= _calendar.monthrange(year, month)[1]:
        return dt.date(year, month, day)
    return None


def add_days(day: dt.date, days: int) -> dt.date | None:
    """`day` moved by `days`, or None outside the years 1 to 9999."""
    ordinal = day.toordinal() + days
    return dt.date.fromordinal(ordinal) if 1 <= ordinal <= dt.date.max.toordinal() else None


def add_months(day: dt.date, months: int) -> dt.date | None:
    """`day` moved by months; a day the month lacks becomes its last (31 January plus one month is 28 or 29 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return None
    return dt.date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def _months_span(unit: Unit, year: int, month: int, length: int) -> Period | None:
    first = safe_date(year, month, 1)
    if first is None:
        return None
    last_month = add_months(first, length - 1)
    if last_month is None:
        return None
    return Period(unit, first, last_month.replace(day=_calendar.monthrange(last_month.year, last_month.month)[1]))


def day(date: dt.date) -> Period:
    return Period("day", date, date)


def month(year: int, number: int) -> Period | None:
    return _months_span("month", year, number, 1) if 1 <= number <= 12 else None


def quarter(year: int, number: int) -> Period | None:
    return _months_span("quarter", year, 3 * number - 2, 3) if 1 <= number <= 4 else None


def half(year: int, number: int) -> Period | None:
    return _months_span("half", year, 6 * number - 5, 6) if 1 <= number <= 2 else None


def season(year: int, first_month: int) -> Period | None:
    return _months_span("season", year, first_month, 3)


def year(number: int) -> Period | None:
    return _months_span("year", number, 1, 12)


def decade(first_year: int) -> Period | None:
    return _months_span("decade", first_year, 1, 120) if first_year >= 1 else None


def century(number: int) -> Period | None:
    """The `number`th century as the press counts it: the 20th is 1900 to 1999."""
    start = (number - 1) * 100
    return _months_span("century", max(start, 1), 1, 1200 if start else 1188) if 1 <= number <= 99 else None


def week(iso_year: int, number: int) -> Period | None:
    """ISO week `number`; None where the year has no such week."""
    try:
        monday = dt.date.fromisocalendar(iso_year, number, 1)
    except ValueError:
        return None
    sunday = add_days(monday, 6)
    return Period("week", monday, sunday) if sunday else None


def containing(date: dt.date, unit: Unit) -> Period | None:
    """The period of `unit` that holds `date` (for a weekend, that of its ISO week)."""
    if unit == "day":
        return day(date)
    if unit in ("week", "weekend"):
        monday = add_days(date, -date.weekday())
        first, last = (add_days(monday, 5 if unit == "weekend" else 0), add_days(monday, 6)) if monday else (None, None)
        return Period(unit, first, last) if first and last else None
    if unit == "month":
        return month(date.year, date.month)
    if unit == "quarter":
        return quarter(date.year, (date.month + 2) // 3)
    if unit == "half":
        return half(date.year, (date.month + 5) // 6)
    if unit == "season":
        first_month = date.month // 3 * 3
        return season(date.year, first_month) if first_month else season(date.year - 1, 12)
    if unit == "year":
        return year(date.year)
    if unit == "decade":
        return decade(date.year // 10 * 10)
    return century(date.year // 100 + 1)


def shift(period: Period, steps: int) -> Period | None:
    """The period `steps` of its own unit later (negative: earlier)."""
    return shift_by(period, period.unit, steps)


def shift_by(period: Period, unit: Unit, steps: int) -> Period | None:
    """The period of its own unit that begins `steps` of `unit` after `period` does."""
    if abs(steps) > 200_000:  # beyond any calendar: keep the arithmetic small
        return None
    if unit in DAYS_IN:
        moved = add_days(period.start, steps * DAYS_IN[unit])
    else:
        moved = add_months(period.start, steps * MONTHS_IN[unit])
    return containing(moved, period.unit) if moved else None


def weekday_on_or_before(date: dt.date, iso_weekday: int) -> dt.date | None:
    return add_days(date, -((date.isoweekday() - iso_weekday) % 7))


def weekday_on_or_after(date: dt.date, iso_weekday: int) -> dt.date | None:
    return add_days(date, (iso_weekday - date.isoweekday()) % 7)


def nth_weekday(year: int, month: int, nth: int, iso_weekday: int) -> dt.date | None:
    """The `nth` (1…5, or -1 for the last) weekday of a month, or None."""
    first = safe_date(year, month, 1)
    if first is None:
        return None
    if nth < 0:
        last = first.replace(day=_calendar.monthrange(year, month)[1])
        return weekday_on_or_before(last, iso_weekday)
    found = weekday_on_or_after(first, iso_weekday)
    found = add_days(found, 7 * (nth - 1)) if found else None
    return found if found and found.month == month else None


def easter(year: int) -> dt.date | None:
    """Easter Sunday of the Western churches (the Meeus/Jones/Butcher algorithm), for years from 1583."""
    if not 1583 <= year <= 9999:
        return None
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    found_month, found_day = divmod(h + el - 7 * m + 114, 31)
    return safe_date(year, found_month, found_day + 1)


def orthodox_easter(year: int) -> dt.date | None:
    """Easter Sunday of the Orthodox churches (Meeus's Julian algorithm, moved to the Gregorian calendar), for years from 1583."""
    if not 1583 <= year <= 9998:
        return None
    a, b, c = year % 4, year % 7, year % 19
    d = (19 * c + 15) % 30
    e = (2 * a + 4 * b - d + 34) % 7
    julian_month, julian_day = divmod(d + e + 114, 31)
    found = safe_date(year, julian_month, julian_day + 1)
    lag = year // 100 - year // 400 - 2  # days the Julian calendar is behind in that century
    return add_days(found, lag) if found else None
