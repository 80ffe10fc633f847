"""Resolves dates by their fields ("5 May", "last Friday", "July of that year", "the third quarter"): which of the calendar's periods is
meant.

News reads bare months, weekdays and quarters from the day of speaking, by the tense of their clause; a narrative (or an article without a
date) reads them from the story.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from pipeline.text import calendar, holidays
from pipeline.text.calendar import Period
from pipeline.text.date_frame import STORY_RELATIONS, Basis, Found, Frame, PeriodOf, Tense, settle
from pipeline.text.date_meaning import Meaning, Partial
from pipeline.text.timex import year_value

SEASON_CODE = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}


def partial(meaning: Partial, frame: Frame, period_of: PeriodOf) -> Found:
    """The period that a date's fields name; `period_of` resolves its scope."""
    if meaning.relation == "quarter":  # "the 1988 quarter": the quarter the story is at, in that year
        if frame.story and frame.story.unit == "quarter" and meaning.year:
            return settle(calendar.quarter(meaning.year, (frame.story.start.month + 2) // 3), f"{meaning.year:04d}-QX", "narrative")
        return None, f"{meaning.year:04d}-QX", "explicit"
    if meaning.century is not None:
        number = meaning.century
        return (None, f"BC{-number - 1:02d}", "explicit") if number < 0 else settle(calendar.century(number), "", "explicit")
    if meaning.decade is not None or meaning.short_decade is not None:
        return _decade(meaning, frame)
    year = meaning.year
    if meaning.short_year is not None:
        year = _full_year(meaning.short_year, frame)
    if year is not None:
        return _with_year(meaning, year)
    if meaning.scope is not None:
        return _scoped(meaning, meaning.scope, frame, period_of)
    if meaning.holiday and (single := holidays.once(meaning.holiday)):
        return settle(calendar.day(single), "", "explicit")
    return _choose(meaning, frame)


def _full_year(short: int, frame: Frame) -> int:
    """'98 is the latest such year not more than ten years after the text's own time."""
    now = (frame.story.start if frame.narrative and frame.story else frame.published) or dt.date(2020, 1, 1)
    return (now.year + 10) - (now.year + 10 - short) % 100


def _decade(meaning: Partial, frame: Frame) -> Found:
    first = meaning.decade
    if first is None:
        first = _full_year(meaning.short_decade or 0, frame)
        now = (frame.story.start if frame.narrative and frame.story else frame.published) or dt.date(2020, 1, 1)
        first -= 100 if first > now.year else 0
    if first < 0:
        return None, f"BC{-first // 10:03d}", "explicit"
    return settle(calendar.decade(first), "", "explicit")


def in_year(meaning: Partial, year: int) -> list[Period]:
    """The periods of `year` (none, one, or two for a lunar holiday) that the fields name; weekdays are not found here."""
    if meaning.holiday:
        return [calendar.day(date) for date in holidays.first_days(meaning.holiday, year)]
    if meaning.month and meaning.day:
        date = calendar.safe_date(year, meaning.month, meaning.day)
        return [calendar.day(date)] if date else []
    if meaning.month:
        found = calendar.month(year, meaning.month)
    elif meaning.season:
        found = calendar.season(year, meaning.season)
    elif meaning.quarter:
        found = calendar.quarter(year, meaning.quarter)
    elif meaning.half:
        found = calendar.half(year, meaning.half)
    elif meaning.week:
        found = calendar.week(year, meaning.week)
    else:
        found = calendar.year(year)
    return [found] if found else []


def _unknown(meaning: Partial, year: str = "XXXX") -> str:
    """The value of a partial date whose year (or more) is not known."""
    if meaning.holiday:
        day = holidays.fixed(meaning.holiday)
        return f"{year}-{day[0]:02d}-{day[1]:02d}" if day else f"{year}-XX-XX"
    if meaning.month:
        return f"{year}-{meaning.month:02d}" + (f"-{meaning.day:02d}" if meaning.day else "")
    if meaning.day:
        return f"{year}-XX-{meaning.day:02d}"
    if meaning.weekday:
        return f"{year}-WXX-{meaning.weekday}"
    if meaning.season:
        return f"{year}-{SEASON_CODE[meaning.season]}"
    if meaning.quarter:
        return f"{year}-Q{meaning.quarter}"
    if meaning.half:
        return f"{year}-H{meaning.half}"
    return year


def _with_year(meaning: Partial, year: int) -> Found:
    periods = in_year(meaning, year)
    if periods:
        return settle(periods[0], "", "explicit")
    return None, _unknown(meaning, year_value(year)), "explicit"


def _scoped(meaning: Partial, scope: Meaning, frame: Frame, period_of: PeriodOf) -> Found:
    """ "July of that year", "Monday of next week", "the 21st of this month": the scope gives the larger field."""
    outer, _, basis = period_of(scope, frame)
    if outer is None:
        return None, _unknown(meaning), "none"
    if meaning.weekday and not meaning.month:
        found = calendar.weekday_on_or_after(outer.start, meaning.weekday)
        return settle(calendar.day(found) if found else None, _unknown(meaning), basis)
    if meaning.day and not meaning.month:
        found = calendar.safe_date(outer.start.year, outer.start.month, meaning.day)
        return settle(calendar.day(found) if found else None, _unknown(meaning), basis)
    periods = in_year(meaning, outer.start.year)
    return settle(periods[0] if periods else None, _unknown(meaning), basis)


def _candidates(meaning: Partial, around: dt.date) -> list[Period]:
    """The periods that the fields may name near a day, in order of time."""
    if meaning.day and not meaning.month:  # "the 20th", "Saturday the 23rd"
        months = [calendar.add_months(around.replace(day=1), k) for k in range(-12, 13)]
        dates = [calendar.safe_date(m.year, m.month, meaning.day) for m in months if m]
        return [calendar.day(d) for d in dates if d and (not meaning.weekday or d.isoweekday() == meaning.weekday)]
    if meaning.weekday and not meaning.month:
        first = calendar.weekday_on_or_before(around, meaning.weekday)
        moved = [calendar.add_days(first, 7 * k) for k in range(-1, 3)] if first else []
        return [calendar.day(d) for d in moved if d]
    span = range(around.year - (12 if meaning.weekday and meaning.day else 2), around.year + (13 if meaning.weekday and meaning.day else 3))
    found = [p for year in span for p in in_year(meaning, year)]
    if meaning.weekday and meaning.day:
        fitting = [p for p in found if p.start.isoweekday() == meaning.weekday]
        near = [p for p in found if abs((p.start - around).days) < 366]
        found = fitting if any(p in fitting for p in near) or not near else near
    return found


def _choose(meaning: Partial, frame: Frame) -> Found:
    """A partial date without a year: which of the candidates the relation, the tense or nearness picks."""
    relation = meaning.relation
    spoken = relation in ("last", "this", "next", "past", "coming", "current", "latest") or bool(
        meaning.weekday and not meaning.day and not relation
    )
    if spoken and frame.published is None:
        return None, _unknown(meaning), "none"  # a bare weekday, "last March": only the day of speaking could tell
    bare_day = bool(meaning.day and not meaning.month and not meaning.weekday and frame.story and frame.story.unit in ("day", "month"))
    from_story = bare_day or (frame.narrative and not spoken) or (relation in STORY_RELATIONS and frame.story is not None)
    anchor = frame.story if from_story else None
    now = anchor.start if anchor else (None if from_story else frame.published)
    if now is None:
        return None, _unknown(meaning), "none"
    basis: Basis = "narrative" if anchor else "relative"
    if frame.opened and not relation:
        near = _candidates(meaning, frame.opened.start)
        return settle(
            next((p for p in near if p.end > frame.opened.end), None), _unknown(meaning), "narrative" if from_story else "relative"
        )
    if relation == "any":
        return None, _unknown(meaning), "none"  # "on a Sunday"
    bare = dataclasses.replace(meaning, relation="")
    candidates = _candidates(bare, now)
    here = calendar.day(now) if anchor is None or meaning.weekday or meaning.day or meaning.holiday else anchor
    before = [p for p in candidates if p.end < here.start]
    after = [p for p in candidates if p.start > here.end]
    current = [p for p in candidates if p.start <= here.end and p.end >= here.start]
    if relation in ("last", "past", "previous"):
        if relation == "last" and meaning.month and not meaning.day and current:
            before = [p for p in before if p.end < current[0].start]
        picked = before[-1] if before else None
    elif relation in ("next", "coming", "following"):
        picked = after[0] if after else None
    elif relation in ("this", "current", "latest"):
        picked = _this(meaning, candidates, current, now, frame)
    elif from_story:
        picked = _in_story(meaning, candidates, anchor or here, relation)
    elif meaning.weekday and not meaning.day:
        picked = _weekday(candidates, now, frame.tense)
    else:
        picked = _by_tense(before, current, after, now, frame.tense)
    return settle(picked, _unknown(meaning), basis)


def _this(meaning: Partial, candidates: list[Period], current: list[Period], now: dt.date, frame: Frame) -> Period | None:
    """ "this Friday" is in the week of speaking, "this summer" in the year of speaking (the winter may have begun the year before)."""
    if meaning.weekday and not meaning.day:
        week = calendar.containing(now, "week")
        return next((p for p in candidates if week and week.start <= p.start <= week.end), None)
    if current:
        return current[0]
    if meaning.season == 12 and frame.tense == "past":
        return next((p for p in reversed(candidates) if p.end < now), None)
    return next((p for p in candidates if p.start.year == now.year), None)


def _weekday(candidates: list[Period], now: dt.date, tense: Tense) -> Period | None:
    """The latest such day up to and including that of speaking, unless the clause speaks of the future."""
    if tense == "future":
        return next((p for p in candidates if p.start >= now), None)
    return next((p for p in reversed(candidates) if p.start <= now), None)


# Of the last and the next month, day or season of a name the nearer is meant, distances weighed by tense: news tells mostly of the past,
# and a date
# without a year is seldom far. Tuned on the TempEval-3 training texts.
AHEAD_WEIGHT: dict[Tense, float] = {"past": 8.0, "present": 1.5, "": 1.5, "future": 0.15}
AHEAD_WEIGHT_OF_DAYS: dict[Tense, float] = {"past": 3.0, "present": 1.5, "": 1.5, "future": 0.15}  # "payable Jan. 2", "extended to Nov. 16"


def _by_tense(before: list[Period], current: list[Period], after: list[Period], now: dt.date, tense: Tense) -> Period | None:
    if current:
        return current[0]
    if not before or not after:
        return before[-1] if before else after[0] if after else None
    back, ahead = (now - before[-1].end).days, (after[0].start - now).days
    weight = (AHEAD_WEIGHT_OF_DAYS if after[0].unit == "day" else AHEAD_WEIGHT)[tense]
    return after[0] if ahead * weight < back else before[-1]


# In a narrative a month or day without a year is looked for from this many days before the time the story is at to as many days after as
# fill a year:
# stories mostly go on, and sometimes look back. Tuned on the WikiWars training texts.
LOOK_BACK = 120


def _in_story(meaning: Partial, candidates: list[Period], anchor: Period, relation: str) -> Period | None:
    if meaning.day and not meaning.month and not meaning.weekday:  # "on the 20th" is in the month that the story is at
        return next((p for p in candidates if p.start >= anchor.start.replace(day=1)), None)
    if relation in ("same", "that"):
        return next((p for p in candidates if p.start.year == anchor.start.year), None)
    if anchor.unit in ("year", "season") and not meaning.weekday:  # "in 1941 … In June"
        return next((p for p in candidates if p.start.year == anchor.start.year), None)
    return next((p for p in candidates if (p.end - anchor.start).days >= -LOOK_BACK), None)
