"""What a temporal expression means before it is known when it was said: context-free, symbolic."""

from __future__ import annotations

import dataclasses
from typing import Literal

from pipeline.text.date_lexicon import UnitWord

Type = Literal["DATE", "TIME", "DURATION", "SET"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """Fields of the calendar, those not said None: "5 May" has a month and a day, "last Friday" a weekday and a relation.

    `relation` is last, next, this, same, that, past, previous, following, coming, current, any ("a Sunday") or "". `scope` is another
    meaning that gives the missing larger field ("July of that year", "the third quarter of last year", "Monday of next week"). Years
    before Christ are negative.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: int | None = None  # first month of it
    quarter: int | None = None
    half: int | None = None
    week: int | None = None
    decade: int | None = None  # first year of it
    short_decade: int | None = None  # the '90s: 90
    short_year: int | None = None  # '98: 98
    century: int | None = None
    holiday: str | None = None
    fiscal: bool = False
    relation: str = ""
    scope: Meaning | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A period of the calendar by its relation to another: "last week", "the following year", "that month", "the quarter" (relation "")."""

    unit: str
    relation: str
    steps: int = 1  # "the week before last" is 2 back
    base: Meaning | None = None  # "the week of 6 March", "Easter week": the period that holds it
    nth: int | None = None  # "the first week of March": the nth such unit in `base`, -1 the last
    weekday: int | None = None  # "the second Monday of May": the nth such weekday


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day by its distance from the day of speaking: yesterday is -1. `night` covers the day beside it too ("overnight")."""

    offset: int
    night: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """So many units before or after a time: the day of speaking ("two days ago"), the story's ("two days later") or `base` ("the day after
    Easter")."""

    amount: float | None
    unit: UnitWord
    direction: Literal[-1, 1]
    frame: Literal["speech", "story", "base"]
    base: Meaning | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time; `reach` says to which side of the day of speaking it lies, if to any ("the last two weeks" -1, "the next two weeks"
    1)."""

    amount: float | None
    unit: UnitWord
    reach: Literal[-1, 0, 1] = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Recurrent:
    """Something that comes again and again: "every day", "Tuesday nights", "weekly"; its TIMEX3 value."""

    value: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Past, present or future without a date: PAST_REF, PRESENT_REF, FUTURE_REF."""

    value: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time of the clock or part of the day alone: its date is the day the story is at."""


Meaning = Partial | Unit | Day | Shift | Duration | Recurrent | Reference | ClockTime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TimexSpan:
    """One temporal expression of a text. `start`, `end` are offsets; `part` is TimeML's part of the day ("MO"), `clock` "10:30", `zone`
    hours from UTC as text; `modifier` TimeML's MOD ("START", "APPROX", …) or ""; `signal` the word before it that bears on its extent
    ("since", "from", "to", "between", "until") or ""; `sure` False where only context can tell whether the words are temporal at all
    ("may", "fall")."""

    start: int
    end: int
    type: Type
    meaning: Meaning
    part: str = ""
    clock: str = ""
    zone: str = ""
    modifier: str = ""
    signal: str = ""
    sure: bool = True
    rule: str = ""
