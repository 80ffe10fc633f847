"""What a temporal expression is read against, and what it comes to."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Literal

from pipeline.text.calendar import Period
from pipeline.text.date_meaning import Meaning, Type
from pipeline.text.timex import period_value

Tense = Literal["past", "present", "future", ""]
Basis = Literal["explicit", "relative", "narrative", "none"]
Precision = Literal["day", "week", "month", "quarter", "season", "year", "decade", "century", "none"]


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """What an expression is read against. `story` is the last period set, `story_day` the last day where the story is still at it,
    `quarter` the one that a report of figures is about, `opened` the beginning of a range that the expression ends; `narrative` texts
    know no day of speaking of their own. `tense` is that of the clause, "" where unknown."""

    published: dt.date | None = None
    story: Period | None = None
    story_day: Period | None = None
    quarter: Period | None = None
    opened: Period | None = None
    tense: Tense = ""
    narrative: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Resolved:
    """TIMEX3 `value` and `type`, first and last day (inclusive, None where unresolved), their precision, what they were read from; `period`
    for those that come later in the text."""

    value: str
    type: Type
    date_start: dt.date | None
    date_end: dt.date | None
    precision: Precision
    basis: Basis
    period: Period | None = None


PRECISION: dict[str, Precision] = {
    "day": "day",
    "weekend": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "half": "quarter",
    "season": "season",
    "year": "year",
    "decade": "decade",
    "century": "century",
}
UNKNOWN = {
    "day": "XXXX-XX-XX",
    "week": "XXXX-WXX",
    "weekend": "XXXX-WXX-WE",
    "month": "XXXX-XX",
    "quarter": "XXXX-QX",
    "year": "XXXX",
    "decade": "XXX",
    "century": "XX",
    "season": "XXXX-XX",
}
STORY_RELATIONS = frozenset({"same", "that", "previous", "following"})
"""Relations that count from what the story set, not from the day of speaking."""

Found = tuple[Period | None, str, Basis]
"""A period and its value, or None and the value with X for what is not known."""

PeriodOf = Callable[[Meaning, Frame], Found]
"""Finds the period that a meaning names: what a scope ("of last year") or a base ("after Easter") is resolved with."""


def settle(period: Period | None, unknown: str, basis: Basis) -> Found:
    """A period with its value, or the value `unknown` where there is none."""
    return (period, period_value(period), basis) if period else (None, unknown, "none")
