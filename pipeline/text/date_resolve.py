"""Resolves what a temporal expression means against the time it was said and the time the story is at: `normalise`.

Frames of reference: `published` is the day of speaking, `story` what the text set last. News reads bare months, weekdays and quarters
from the day of speaking, by the tense of their clause; a narrative (or an article without a date) reads them from the story. Method:
Mazur and Dale's "semantics of temporal expressions" in outline; the choices are documented at each function. Nothing is guessed: what no
frame settles keeps X in its value.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from pipeline.text import calendar, holidays
from pipeline.text.calendar import Period
from pipeline.text.date_frame import Basis, Frame, Precision, Resolved, Tense
from pipeline.text.date_meaning import ClockTime, Day, Duration, Meaning, Partial, Recurrent, Reference, Shift, TimexSpan, Unit
from pipeline.text.timex import duration_value, period_value, year_value

SEASON_CODE = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}
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


Found = tuple[Period | None, str, Basis]  # the period, or None and the value with X


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
        return _duration(meaning, frame)
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
    end = _last_day(meaning, period)
    return Resolved(value, span.type, period.start, end, PRECISION[period.unit], basis, period)


def _last_day(meaning: Meaning, period: Period) -> dt.date:
    """The last day of a period; holidays may last several days."""
    if isinstance(meaning, Partial) and meaning.holiday and period.unit == "day":
        return calendar.add_days(period.end, holidays.holidays()[meaning.holiday].days - 1) or period.end
    return period.end


def _found(period: Period | None, unknown: str, basis: Basis) -> Found:
    return (period, period_value(period), basis) if period else (None, unknown, "none")


def _period(meaning: Meaning, frame: Frame) -> Found:
    if isinstance(meaning, Partial):
        return _partial(meaning, frame)
    if isinstance(meaning, Unit):
        return _unit(meaning, frame)
    if isinstance(meaning, Shift):
        return _shift(meaning, frame)
    if isinstance(meaning, Day):
        moved = calendar.add_days(frame.published, meaning.offset) if frame.published else None
        return _found(calendar.day(moved) if moved else None, UNKNOWN["day"], "relative")
    if isinstance(meaning, ClockTime):
        if frame.story_day:
            return _found(frame.story_day, UNKNOWN["day"], "narrative")
        return _found(calendar.day(frame.published) if frame.published and not frame.narrative else None, UNKNOWN["day"], "relative")
    raise TypeError(f"{type(meaning).__name__} has no period")


# --- dates by their fields ---------------------------------------------------------------------------------------------------------------


def _partial(meaning: Partial, frame: Frame) -> Found:
    if meaning.relation == "quarter":  # "the 1988 quarter": the quarter the story is at, in that year
        if frame.story and frame.story.unit == "quarter" and meaning.year:
            return _found(calendar.quarter(meaning.year, (frame.story.start.month + 2) // 3), f"{meaning.year:04d}-QX", "narrative")
        return None, f"{meaning.year:04d}-QX", "explicit"
    if meaning.century is not None:
        number = meaning.century
        return (None, f"BC{-number - 1:02d}", "explicit") if number < 0 else _found(calendar.century(number), "", "explicit")
    if meaning.decade is not None or meaning.short_decade is not None:
        return _decade(meaning, frame)
    year = meaning.year
    if meaning.short_year is not None:
        year = _full_year(meaning.short_year, frame)
    if year is not None:
        return _with_year(meaning, year)
    if meaning.scope is not None:
        return _scoped(meaning, meaning.scope, frame)
    if meaning.holiday and (single := holidays.once(meaning.holiday)):
        return _found(calendar.day(single), "", "explicit")
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
    return _found(calendar.decade(first), "", "explicit")


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
    found = in_year(meaning, year)
    if found:
        return _found(found[0], "", "explicit")
    return None, _unknown(meaning, year_value(year)), "explicit"


def _scoped(meaning: Partial, scope: Meaning, frame: Frame) -> Found:
    """ "July of that year", "Monday of next week", "the 21st of this month": the scope gives the larger field."""
    outer, _, basis = _period(scope, frame)
    if outer is None:
        return None, _unknown(meaning), "none"
    if meaning.weekday and not meaning.month:
        found = calendar.weekday_on_or_after(outer.start, meaning.weekday)
        return _found(calendar.day(found) if found else None, _unknown(meaning), basis)
    if meaning.day and not meaning.month:
        found = calendar.safe_date(outer.start.year, outer.start.month, meaning.day)
        return _found(calendar.day(found) if found else None, _unknown(meaning), basis)
    periods = in_year(meaning, outer.start.year)
    return _found(periods[0] if periods else None, _unknown(meaning), basis)


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
        return _found(
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
    return _found(picked, _unknown(meaning), basis)


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


# --- periods by their relation -----------------------------------------------------------------------------------------------------------

STEP = {"last": -1, "past": -1, "previous": -1, "recent": -1, "next": 1, "following": 1, "coming": 1}


def _unit(meaning: Unit, frame: Frame) -> Found:
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
        return _unit_of(meaning, meaning.base, frame)
    own: calendar.Unit = unit  # type: ignore[assignment]
    anchor, basis = _anchor(own, relation, frame)
    if anchor is None:
        return None, UNKNOWN[unit], "none"
    here = calendar.containing(anchor, own)
    if unit == "weekend":
        return _found(_weekend(anchor, relation, frame.tense, meaning.steps), UNKNOWN[unit], basis)
    if unit == "quarter" and relation in ("", "latest") and basis == "relative" and here:
        return _found(calendar.shift(here, -1), UNKNOWN[unit], basis)  # the one that is reported on
    steps = STEP.get(relation, 0) * meaning.steps
    return _found(calendar.shift(here, steps) if here else None, UNKNOWN[unit], basis)


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


def _unit_of(meaning: Unit, base: Meaning, frame: Frame) -> Found:
    """ "the week of 6 March", "the first week of May"."""
    outer, _, basis = _period(base, frame)
    if outer is None:
        return None, UNKNOWN.get(meaning.unit, ""), "none"
    own: calendar.Unit = meaning.unit  # type: ignore[assignment]
    if meaning.weekday is not None and meaning.nth is not None:
        date = calendar.nth_weekday(outer.start.year, outer.start.month, meaning.nth, meaning.weekday)
        return _found(calendar.day(date) if date else None, UNKNOWN["day"], basis)
    if meaning.nth is None:
        return _found(calendar.containing(outer.start, own), UNKNOWN[meaning.unit], basis)
    if own == "month":
        return _found(calendar.month(outer.start.year, 12 if meaning.nth < 0 else meaning.nth), UNKNOWN["month"], basis)
    if outer.unit == "year" and own == "week" and meaning.nth > 0:
        return _found(calendar.week(outer.start.year, meaning.nth), UNKNOWN["week"], basis)
    # The first week of a month is that with its fourth day: most of it lies in the month, as ISO counts the weeks of a year.
    day = calendar.add_days(outer.end, -3) if meaning.nth < 0 else calendar.add_days(outer.start, 7 * meaning.nth - 4)
    return _found(calendar.containing(day, own) if day else None, UNKNOWN[meaning.unit], basis)


# --- shifts and durations ----------------------------------------------------------------------------------------------------------------


def _shift(meaning: Shift, frame: Frame) -> Found:
    """So many units from a time. The result is as fine as the unit ("two months ago" is a month), but a quarter stays one ("a year
    earlier")."""
    if meaning.amount is None:
        return None, "PAST_REF" if meaning.direction < 0 else "FUTURE_REF", "none"
    if abs(meaning.amount) > 100_000:
        return None, "PAST_REF" if meaning.direction < 0 else "FUTURE_REF", "none"
    start, basis = _shift_base(meaning, frame)
    code = meaning.unit.code
    if start is None:
        return None, {"Y": "XXXX", "M": "XXXX-XX", "W": "XXXX-WXX", "Q": "XXXX-QX"}.get(code, UNKNOWN["day"]), "none"
    if code.startswith("T"):
        return _found(calendar.containing(start.start, "day"), UNKNOWN["day"], basis)
    unit, scale = _SHIFT_UNIT.get(code, ("day", 1))
    steps = meaning.amount * scale * meaning.unit.factor * meaning.direction
    if start.unit == "quarter" and code == "Y" and steps == int(steps):
        return _found(calendar.shift_by(start, "year", int(steps)), "XXXX-QX", "narrative")
    if steps != int(steps):  # a year and a half ago: eighteen months
        finer: dict[str, tuple[calendar.Unit, float]] = {"year": ("month", 12), "month": ("week", 4.35), "week": ("day", 7)}
        unit, factor = finer.get(unit, ("day", 1))
        steps *= factor
    if meaning.frame == "base" and unit == "week" and start.unit == "day":
        unit, steps = "day", steps * 7  # "two weeks before Christmas" is a day
    moved = calendar.shift_by(calendar.day(start.start), unit, round(steps))
    return _found(calendar.containing(moved.start, unit) if moved else None, UNKNOWN[unit], basis)


_SHIFT_UNIT: dict[str, tuple[calendar.Unit, int]] = {
    "D": ("day", 1), "W": ("week", 1), "M": ("month", 1), "Q": ("quarter", 1), "Y": ("year", 1), "DE": ("decade", 1), "CE": ("century", 1),
    "ML": ("century", 10), "WE": ("weekend", 1),
}  # fmt: skip


def _shift_base(meaning: Shift, frame: Frame) -> tuple[Period | None, Basis]:
    if meaning.frame == "base" and meaning.base is not None:
        period, _, basis = _period(meaning.base, frame)
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


def _duration(meaning: Duration, frame: Frame) -> Resolved:
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
