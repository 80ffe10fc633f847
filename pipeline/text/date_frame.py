"""What a temporal expression is read against, and what it comes to."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Literal

from pipeline.text.calendar import Period
from pipeline.text.date_meaning import Type

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
