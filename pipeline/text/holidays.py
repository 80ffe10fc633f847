"""Dates of holidays: fixed days, nth weekdays, days counted from Easter, and tables for those that follow the moon."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

from pipeline import lexicon
from pipeline.text import calendar


@dataclasses.dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday's rule (see holidays.csv) and its length in days."""

    name: str
    rule: str
    days: int


@functools.cache
def holidays() -> dict[str, Holiday]:
    return {row["holiday"]: Holiday(row["holiday"], row["rule"], int(row["days"])) for row in lexicon.load("holidays").rows}


@functools.cache
def _table() -> dict[tuple[str, int], tuple[dt.date, ...]]:
    found: dict[tuple[str, int], list[dt.date]] = {}
    for row in lexicon.load("holiday_dates").rows:
        date = dt.date.fromisoformat(row["date"])
        found.setdefault((row["holiday"], date.year), []).append(date)
    return {key: tuple(sorted(dates)) for key, dates in found.items()}


def fixed(name: str) -> tuple[int, int] | None:
    """(month, day) of a holiday that falls on the same day each year, else None."""
    rule = holidays()[name].rule
    return (int(rule[:2]), int(rule[3:])) if len(rule) == 5 and rule[2] == "-" else None


def once(name: str) -> dt.date | None:
    """The date of a named day that happened once ("9/11"), else None."""
    rule = holidays()[name].rule
    return dt.date.fromisoformat(rule) if len(rule) == 10 and rule[4] == "-" else None


def first_days(name: str, year: int) -> tuple[dt.date, ...]:
    """The first days of the holiday in a year: one as a rule, two where the moon brings it twice, none where unknown."""
    rule = holidays()[name].rule
    if single := once(name):
        return (single,) if single.year == year else ()
    if day := fixed(name):
        found = calendar.safe_date(year, *day)
    elif rule.startswith("nth:"):
        month, nth, weekday = (int(x) for x in rule[4:].split(":"))
        found = calendar.nth_weekday(year, month, nth, weekday)
    elif rule.startswith(("easter", "orthodox")):
        sunday = calendar.easter(year) if rule.startswith("easter") else calendar.orthodox_easter(year)
        found = calendar.add_days(sunday, int(rule.removeprefix("easter").removeprefix("orthodox"))) if sunday else None
    elif rule.startswith("nearest:"):
        return tuple(sorted(day for other in rule.split(":")[1:] for day in first_days(other, year)))
    else:
        return _table().get((name, year), ())
    return (found,) if found else ()
