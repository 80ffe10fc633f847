"""Resolves periods by their relation to another ("last week", "the following year", "the first week of May"), shifts ("two days later")
and lengths of time."""

from __future__ import annotations

import datetime as dt

from pipeline.text import calendar
from pipeline.text.calendar import Period
from pipeline.text.date_frame import PRECISION, STORY_RELATIONS, UNKNOWN, Basis, Found, Frame, PeriodOf, Resolved, Tense, settle
from pipeline.text.date_meaning import Duration, Meaning, Shift, Unit
from pipeline.text.timex import duration_value

# --- periods by their relation -----------------------------------------------------------------------------------------------------------

STEP = {"last": -1, "past": -1, "previous": -1, "recent": -1, "next": 1, "following": 1, "coming": 1}


def unit(meaning: Unit, frame: Frame, period_of: PeriodOf) -> Found:
    """The period of a unit by its relation; `period_of` resolves its base."""
    unit, relation = meaning.unit, meaning.relation
    if unit in ("millennium", "fortnight", "season", "night"):
        return (
            None,
            {"fortnight": "P2W"}.get(
                unit, "PAST_REF" if STEP.get(relation, 0) < 0 else "FUTURE_REF" if STEP.get(relation, 0) > 0 else "PRESENT_REF"
            ),
            "none",
        )
    if unit not in UNKNOWN:
        return None, "PRESENT_REF", "none"
    if meaning.base is not None:
        return _unit_of(meaning, meaning.base, frame, period_of)
    own: calendar.Unit = unit  # type: ignore[assignment]
    anchor, basis = _anchor(own, relation, frame)
    if anchor is None:
        return None, UNKNOWN[unit], "none"
    here = calendar.containing(anchor, own)
    if unit == "weekend":
        return settle(_weekend(anchor, relation, frame.tense, meaning.steps), UNKNOWN[unit], basis)
    if unit == "quarter" and relation in ("", "latest") and basis == "relative" and here:
        return settle(calendar.shift(here, -1), UNKNOWN[unit], basis)  # the one that is reported on
    steps = STEP.get(relation, 0) * meaning.steps
    if unit == "week" and basis == "relative" and anchor.isoweekday() == 7 and (moved := _week_of_sunday(anchor, steps, frame.tense)):
        return settle(moved, UNKNOWN[unit], basis)
    return settle(calendar.shift(here, steps) if here else None, UNKNOWN[unit], basis)


def _anchor(unit: calendar.Unit, relation: str, frame: Frame) -> tuple[dt.date | None, Basis]:
    """The day a relation counts from: the story's for "the same", "that", "the previous", "the following" and "the next day", else that of
    speaking."""
    story: Period | None = frame.story
    if unit == "day":
        story = frame.story_day
    elif story and calendar.FINENESS[story.unit] > calendar.FINENESS[unit]:
        story = None  # "that month" after "in 1941": no month is set
    wants_story = (
        relation in STORY_RELATIONS
        or (unit == "day" and relation in ("next", ""))
        or (frame.narrative and relation in ("", "this") and (relation == "" or unit == "day"))
    )
    if relation == "" and unit == "quarter" and story and not frame.narrative:
        wants_story = story.unit == unit
    if wants_story and story:
        return story.start, "narrative"
    if wants_story and (frame.narrative or (unit == "day" and relation != "")):
        return None, "none"
    return frame.published, "relative"


def _week_of_sunday(now: dt.date, steps: int, tense: Tense) -> Period | None:
    """ "last week" as a Sunday's paper means it: the seven days before that Sunday; what is to come "this week" comes in those that begin
    with it. So the coded articles have it. None where the ISO week serves."""
    if steps > 0 or (steps == 0 and tense != "future"):
        return None
    first, last = calendar.add_days(now, 7 * steps), calendar.add_days(now, 7 * steps + 6)
    return Period("week", first, last) if first and last else None


def _weekend(now: dt.date, relation: str, tense: Tense, steps: int) -> Period | None:
    """ "the weekend" is the latest begun, unless the clause speaks of the future; "this weekend" that of the week, "last weekend" the one
    before it."""
    here = calendar.containing(now, "weekend")
    if here is None:
        return None
    begun = here if now >= here.start else calendar.shift(here, -1)
    if relation in ("next", "coming", "following"):
        return calendar.shift(here, steps) if relation != "coming" or now >= here.start else here
    if relation in ("last", "past", "previous"):
        if relation == "past":
            return begun
        return calendar.shift(here, -steps)
    if relation in ("this", "current"):
        return begun if tense == "past" else here
    if relation in ("same", "that"):
        return here
    return here if tense == "future" else begun


def _unit_of(meaning: Unit, base: Meaning, frame: Frame, period_of: PeriodOf) -> Found:
    """ "the week of 6 March", "the first week of May"."""
    outer, _, basis = period_of(base, frame)
    if outer is None:
        return None, UNKNOWN.get(meaning.unit, ""), "none"
    own: calendar.Unit = meaning.unit  # type: ignore[assignment]
    if meaning.weekday is not None and meaning.nth is not None:
        date = calendar.nth_weekday(outer.start.year, outer.start.month, meaning.nth, meaning.weekday)
        return settle(calendar.day(date) if date else None, UNKNOWN["day"], basis)
    if own == "weekend" and outer.unit == "day" and outer.start.isoweekday() in (1, 2):  # Labor Day's weekend comes before its Monday
        before = calendar.containing(outer.start, own)
        return settle(calendar.shift(before, -1) if before else None, UNKNOWN["weekend"], basis)
    if meaning.nth is None:
        return settle(calendar.containing(outer.start, own), UNKNOWN[meaning.unit], basis)
    if own == "month":
        return settle(calendar.month(outer.start.year, 12 if meaning.nth < 0 else meaning.nth), UNKNOWN["month"], basis)
    if outer.unit == "year" and own == "week" and meaning.nth > 0:
        return settle(calendar.week(outer.start.year, meaning.nth), UNKNOWN["week"], basis)
    # The first week of a month is that with its fourth day: most of it lies in the month, as ISO counts the weeks of a year.
    day = calendar.add_days(outer.end, -3) if meaning.nth < 0 else calendar.add_days(outer.start, 7 * meaning.nth - 4)
    return settle(calendar.containing(day, own) if day else None, UNKNOWN[meaning.unit], basis)


# --- shifts and durations ----------------------------------------------------------------------------------------------------------------


def shift(meaning: Shift, frame: Frame, period_of: PeriodOf) -> Found:
    """So many units from a time. The result is as fine as the unit ("two months ago" is a month), but a quarter stays one ("a year
    earlier")."""
    if meaning.amount is None:
        return None, "PAST_REF" if meaning.direction < 0 else "FUTURE_REF", "none"
    if abs(meaning.amount) > 100_000:
        return None, "PAST_REF" if meaning.direction < 0 else "FUTURE_REF", "none"
    start, basis = _shift_base(meaning, frame, period_of)
    code = meaning.unit.code
    if start is None:
        return None, {"Y": "XXXX", "M": "XXXX-XX", "W": "XXXX-WXX", "Q": "XXXX-QX"}.get(code, UNKNOWN["day"]), "none"
    if code.startswith("T"):
        return settle(calendar.containing(start.start, "day"), UNKNOWN["day"], basis)
    unit, scale = _SHIFT_UNIT.get(code, ("day", 1))
    steps = meaning.amount * scale * meaning.unit.factor * meaning.direction
    if start.unit == "quarter" and code == "Y" and steps == int(steps):
        return settle(calendar.shift_by(start, "year", int(steps)), "XXXX-QX", "narrative")
    if steps != int(steps):  # a year and a half ago: eighteen months
        finer: dict[str, tuple[calendar.Unit, float]] = {"year": ("month", 12), "month": ("week", 4.35), "week": ("day", 7)}
        unit, factor = finer.get(unit, ("day", 1))
        steps *= factor
    if meaning.frame == "base" and unit == "week" and start.unit == "day":
        unit, steps = "day", steps * 7  # "two weeks before Christmas" is a day
    moved = calendar.shift_by(calendar.day(start.start), unit, round(steps))
    return settle(calendar.containing(moved.start, unit) if moved else None, UNKNOWN[unit], basis)


_SHIFT_UNIT: dict[str, tuple[calendar.Unit, int]] = {
    "D": ("day", 1), "W": ("week", 1), "M": ("month", 1), "Q": ("quarter", 1), "Y": ("year", 1), "DE": ("decade", 1), "CE": ("century", 1),
    "ML": ("century", 10), "WE": ("weekend", 1),
}  # fmt: skip


def _shift_base(meaning: Shift, frame: Frame, period_of: PeriodOf) -> tuple[Period | None, Basis]:
    if meaning.frame == "base" and meaning.base is not None:
        period, _, basis = period_of(meaning.base, frame)
        return period, basis
    if frame.quarter and meaning.unit.code == "Y" and meaning.amount == 1 and meaning.direction < 0 and not frame.narrative:
        return frame.quarter, "narrative"  # "up from 3 million a year earlier"
    if meaning.frame == "story":
        day_wise = meaning.unit.code in ("D", "W") or meaning.unit.code.startswith("T")
        story = frame.story_day if day_wise else frame.story
        if story and meaning.unit.code == "M" and calendar.FINENESS[story.unit] > calendar.FINENESS["month"]:
            story = None
        if story or frame.narrative or day_wise:
            return story, "narrative"
    return (calendar.day(frame.published) if frame.published else None), "relative"


def duration(meaning: Duration, frame: Frame) -> Resolved:
    """The value of a length of time; its extent where it reaches from or to the day of speaking ("the last two weeks")."""
    unit = meaning.unit
    value = duration_value(meaning.amount, unit.code, unit.factor) if unit.factor else unit.code
    if (
        not meaning.reach
        or meaning.amount is None
        or frame.narrative
        or frame.published is None
        or unit.code not in _SHIFT_UNIT
        or unit.factor == 0
    ):
        return Resolved(value, "DURATION", None, None, "none", "none")
    step, scale = _SHIFT_UNIT[unit.code]
    steps = round(meaning.amount * scale * unit.factor) * meaning.reach
    other = calendar.shift_by(calendar.day(frame.published), step, steps) if steps else None
    if other is None:
        return Resolved(value, "DURATION", None, None, "none", "none")
    first, last = sorted((frame.published, other.start))
    return Resolved(value, "DURATION", first, last, PRECISION[step], "relative")
