"""Resolves what a temporal expression means against the time it was said and the time the story is at: `normalise`.

Frames of reference: `published` is the day of speaking, `story` what the text set last. Method: Mazur and Dale's "semantics of temporal
expressions" in outline; the choices are documented at each function of `date_partial` and `date_units`. Nothing is guessed: what no frame
settles keeps X in its value.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from pipeline.text import calendar, holidays
from pipeline.text.calendar import Period
from pipeline.text.date_frame import PRECISION, UNKNOWN, Found, Frame, Resolved, settle
from pipeline.text.date_meaning import ClockTime, Day, Duration, Meaning, Partial, Recurrent, Reference, Shift, TimexSpan, Unit
from pipeline.text.date_partial import partial
from pipeline.text.date_units import duration, shift, unit


def normalise(span: TimexSpan, frame: Frame) -> Resolved:
    """The value and extent of an expression in its frame. Total: every meaning gets a value, with X for what is not known."""
    meaning = span.meaning
    if isinstance(meaning, Duration):
        if (
            span.signal == "in"
            and frame.tense == "future"
            and not meaning.reach
            and meaning.amount
            and meaning.unit.factor
            and not frame.narrative
        ):
            ahead = Shift(amount=meaning.amount, unit=meaning.unit, direction=1, frame="speech")  # "will be back in two days"
            return normalise(dataclasses.replace(span, meaning=ahead, type="TIME" if meaning.unit.code.startswith("T") else "DATE"), frame)
        return duration(meaning, frame)
    if isinstance(meaning, Recurrent):
        return Resolved(meaning.value, "SET", None, None, "none", "none")
    if isinstance(meaning, Reference):
        return Resolved(meaning.value, "DATE", None, None, "none", "none")
    period, value, basis = _period(meaning, frame)
    if value.startswith("P") and period is None:
        return Resolved(value, "DURATION" if value[1:2] != "A" and not value.endswith("REF") else "DATE", None, None, "none", "none")
    if span.part or span.clock:
        value += f"T{span.clock or span.part}" + ("Z" if span.clock and span.zone == "0" else "")
    if period is None:
        return Resolved(value, span.type, None, None, "none", basis if value[:1].isdigit() else "none")
    if isinstance(meaning, Unit) and meaning.relation == "past" and basis == "relative" and frame.published and period.unit != "weekend":
        # "over the past month": its value is the month before, as TimeML has it, but it reaches to the day of speaking
        back = calendar.shift_by(calendar.day(frame.published), period.unit, -1)
        if back:
            return Resolved(value, span.type, back.start, frame.published, PRECISION[period.unit], basis, period)
    if isinstance(meaning, Day) and meaning.night and (other := calendar.add_days(period.start, 1 if frame.tense == "future" else -1)):
        first, last = sorted((period.start, other))  # the night before the day of speaking, or the one to come
        return Resolved(value, span.type, first, last, "day", basis, period)
    start, end = _third(span, period) or (period.start, _last_day(meaning, period))
    return Resolved(value, span.type, start, end, PRECISION[period.unit], basis, period)


def _third(span: TimexSpan, period: Period) -> tuple[dt.date, dt.date] | None:
    """The days of an early or a late month, as the coded articles read them: to the 10th, from the 21st. The middle of a month and the
    parts of a year are coded as the whole."""
    if period.unit != "month" or not isinstance(span.meaning, Partial) or span.modifier not in ("START", "END"):
        return None
    return (period.start, period.start.replace(day=10)) if span.modifier == "START" else (period.start.replace(day=21), period.end)


def _last_day(meaning: Meaning, period: Period) -> dt.date:
    """The last day of a period; holidays may last several days."""
    if isinstance(meaning, Partial) and meaning.holiday and period.unit == "day":
        return calendar.add_days(period.end, holidays.holidays()[meaning.holiday].days - 1) or period.end
    return period.end


def _period(meaning: Meaning, frame: Frame) -> Found:
    if isinstance(meaning, Partial):
        return partial(meaning, frame, _period)
    if isinstance(meaning, Unit):
        return unit(meaning, frame, _period)
    if isinstance(meaning, Shift):
        return shift(meaning, frame, _period)
    if isinstance(meaning, Day):
        moved = calendar.add_days(frame.published, meaning.offset) if frame.published else None
        return settle(calendar.day(moved) if moved else None, UNKNOWN["day"], "relative")
    if isinstance(meaning, ClockTime):
        if frame.story_day:
            return settle(frame.story_day, UNKNOWN["day"], "narrative")
        return settle(calendar.day(frame.published) if frame.published and not frame.narrative else None, UNKNOWN["day"], "relative")
    raise TypeError(f"{type(meaning).__name__} has no period")
