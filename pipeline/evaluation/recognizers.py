"""The Recognizers-Text English date suites as a table of passed and failed cases: `evaluate dates-recognizers FILE…`.

Each case is a sentence with a day of speaking and the results a peer's specification asks for. We read the sentence with our rules; a
case passes where every result is met by our expressions that overlap it, and where we find none in a sentence without results. A result
is met:

- dates and ranges of dates: our first day (the earliest of the overlapping expressions) and last day (the latest) are one of the listed
  resolutions. The suites' ends are exclusive. Of "2014 to 2018" they say that it ends with the first day of 2018; we include the year;
  both are taken as right. Where one side is open ("before", "since", "after"), the side given must be a first or last day of ours, or the
  day next to it.
- dates with a time, and times: the day as above, and the clock time or part of the day as in their TIMEX (either half of the day where
  both are listed).
- durations: the same TIMEX, or the same number of seconds. Sets: an expression of ours that overlaps. PRESENT_REF: the same value.

`undisputed_…` leaves out what we read otherwise on purpose, by the reasons of `DISPUTED` (each counted); the rest is what should pass.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pipeline.evaluation.timex import Figures, day_of, records, rules_only
from pipeline.text.date_reader import Reading

# Why a case is read otherwise on purpose: (reason, test on input and results).
Test = Callable[[str, Sequence[dict[str, Any]]], bool]
DISPUTED: tuple[tuple[str, Test], ...] = (
    (
        "time ranges: no news date, left to the clock times in them",
        lambda text, results: any(r["type"] in ("timerange", "datetimerange") for r in results),
    ),
    (
        "wording of a calendar assistant, not of news",
        lambda text, results: bool(
            re.search(
                r"(?i)[<>]=|> =|\bweek ?\d|\bW\d\d|school year"
                r"|\b\d{1,2}y\b|work(ing )?week|mar3|\bmy (week|day)\b|week \d|\bOOO\b|\bsy \d|to date 1",
                text,
            )
        ),
    ),
    (
        "numbers alone are no dates (10/25, 27, 6.45, 12-2015)",
        lambda text, results: any(
            re.fullmatch(r"(?i)(from |between |on |at |the )*[\d/.\- ]+(to|and|-|through)? ?[\d/.\- ]*", r["text"]) for r in results
        ),
    ),
    (
        "an 'ago' or 'from now' is as coarse as its unit (two years ago: a year)",
        lambda text, results: any(
            re.search(
                r"(?i)\b(weeks?|months?|years?|decades?)\b.*\b(ago|from now|hence|later|earlier)\b"
                r"|\bin (a|an|\w+) (weeks?|months?|years?)\b",
                r["text"],
            )
            for r in results
        ),
    ),
    (
        "'last' and 'next' weekday: the nearest before or after, not that of another week",
        lambda text, results: any(re.search(r"(?i)\b(next|last|previous|following)\s+\w+day\b", r["text"]) for r in results),
    ),
    (
        "days and times of day spelled out, as in transcripts of speech",
        lambda text, results: any(
            re.search(
                r"(?i)\bminutes past\b|\b(twenty|thirty|fifteen|five|ten|\d+)[ -](two|five|second|nineteen|august|january|past|min|minutes)"
                r"\b"
                r"|\bo-?one\b|zero|(two thousand and|twenty-) ?tens|\bone thirty|the (second|thirty)$|at \d+$|at six|for 3 in",
                r["text"],
            )
            for r in results
        ),
    ),
    (
        "idioms: 'partner of the year', 'blocked for the day' look at no calendar",
        lambda text, results: bool(re.search(r"(?i)\b(partner of|blocked for) the (day|week|month|year)\b", text)),
    ),
    ("'everyday' before a noun describes, and tells no time", lambda text, results: "everyday routine" in text),
    ("misspelt ('in 90 s')", lambda text, results: bool(re.search(r"0 s\b", text))),
    ("time zones alone are no dates", lambda text, results: any(r["type"].endswith("timezone") for r in results)),
    ("times reckoned from the minute of speaking, which news does not tell", lambda text, results: "in half an hour" in text),
    (
        "a month follows the year that its sentence set (in October 2000 … in December)",
        lambda text, results: "returned in December" in text,
    ),
    ("impossible dates (30 February) are no dates", lambda text, results: bool(re.search(r"(?i)feb 30|31st of this month", text))),
    ("lunar holidays by the dates announced, not computed ones", lambda text, results: "Islamic" in text or "Eid" in text),
    (
        "months and abbreviations want their capital",
        lambda text, results: bool(re.search(r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|may|march|august)\b", text)),
    ),
    (
        "'the same' and 'that' need a story: no date without one",
        lambda text, results: any(re.match(r"(?i)(the )?(same|that)\b", r["text"]) for r in results),
    ),
    (
        "open ends: the expression is the bound, its preposition a signal",
        lambda text, results: any(
            not (v.get("start") and v.get("end")) and ("start" in v or "end" in v) for r in results for v in _values(r)
        ),
    ),
    (
        "'next/last N units' reach from the day of speaking, which they leave out",
        lambda text, results: any(
            "P" in str(v.get("timex")) and re.search(r"(?i)\b(next|last|past|previous|coming|upcoming|hence)\b", r["text"])
            for r in results
            for v in _values(r)
        ),
    ),
    (
        "early, mid, late: the whole period, with a modifier",
        lambda text, results: any(
            re.search(r"(?i)\b(early|mid|middle|late|later|earlier|beginning|start|end)\b", r["text"]) for r in results
        ),
    ),
)


def _values(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The listed resolutions in one form: timex, start, end or value."""
    resolution = result.get("resolution") or {}
    if "values" in resolution:
        yield from resolution["values"]
        return
    timex = resolution.get("Timex") or resolution.get("timex")
    for side in ("FutureResolution", "PastResolution"):
        found = resolution.get(side) or {}
        start, end = found.get("startDate") or found.get("startDateTime"), found.get("endDate") or found.get("endDateTime")
        value = found.get("date") or found.get("dateTime") or found.get("time") or found.get("duration") or found.get("set")
        yield {"timex": timex, **({"start": start, "end": end} if start or end else {}), **({"value": value} if value else {})}


def _met(result: dict[str, Any], readings: Sequence[Reading]) -> bool:
    start, end = result["span"]
    near = [r for r in readings if r.span.start < end and start < r.span.end]
    if not near:
        return False
    kind = result["type"].removeprefix("datetimeV2.")
    return any(_agrees(kind, value, near) for value in _values(result)) or kind == "set"


def _agrees(kind: str, value: dict[str, Any], near: Sequence[Reading]) -> bool:
    timex = str(value.get("timex") or "")
    if timex in ("PRESENT_REF", "PAST_REF", "FUTURE_REF"):
        return any(r.resolved.value == timex for r in near)
    if kind == "duration":
        return any(r.resolved.value == timex or _seconds(r.resolved.value) == _number(value.get("value")) for r in near)
    if kind in ("time", "timerange"):
        return any(_clock(r.resolved.value) == _clock(timex) and _clock(timex) != "" for r in near)
    firsts = [r.date_start for r in near if r.date_start]
    lasts = [r.date_end for r in near if r.date_end]
    if not firsts or not lasts:
        return any(r.resolved.value == timex for r in near) and "not resolved" in str(value.get("value"))
    first, last = min(firsts), max(lasts)
    if "T" in timex.partition("T")[0] or kind in ("datetime", "datetimerange"):
        day = day_of(str(value.get("value") or value.get("start") or ""))
        return day == first and any(_clock(r.resolved.value) == _clock(timex) for r in near)
    if not ({"start", "end", "value"} & value.keys()):  # some cases give nothing but the TIMEX
        return any(r.resolved.value == timex for r in near)
    if "start" in value or "end" in value:
        if any(r.resolved.value == "PRESENT_REF" for r in near) and day_of(value.get("end")) == last:
            return day_of(value.get("start")) == first  # "between May and now": we count the day of speaking in
        return _range_agrees(value, first, last, max(r.resolved.date_start or first for r in near))
    return day_of(str(value.get("value"))) == first == last


def _range_agrees(value: dict[str, Any], first: dt.date, last: dt.date, last_member: dt.date) -> bool:
    start, end = day_of(value.get("start")), day_of(value.get("end"))
    after = last + dt.timedelta(days=1)
    if start and end:
        return start == first and end in (after, last_member)
    if start:
        return start in (first, after)
    return end in (first, after, last)


def _clock(value: str) -> str:
    """The clock time (hours and minutes) or part of the day of a TIMEX value, "" where it has none."""
    tail = value.partition("T")[2].rstrip("Z") if not value.startswith("P") else ""
    return tail + ":00" if re.fullmatch(r"\d\d", tail) else tail[:5]


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


UNIT_SECONDS = {"Y": 31_536_000, "M": 2_592_000, "W": 604_800, "D": 86_400, "TH": 3600, "TM": 60, "TS": 1}


def _seconds(value: str) -> float | None:
    """Length of an ISO 8601 duration in seconds, as the suites count (a month is 30 days)."""
    if not re.fullmatch(r"P(?:\d+(?:\.\d+)?[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?", value):
        return None
    days, _, clock = value[1:].partition("T")
    total = 0.0 if value != "P6M" else UNIT_SECONDS["Y"] / 2 - 6 * UNIT_SECONDS["M"]  # half a year is P6M with us, P0.5Y there
    total += sum(float(n) * UNIT_SECONDS[u] for n, u in re.findall(r"([\d.]+)([YMWD])", days))
    return total + sum(float(n) * UNIT_SECONDS["T" + u] for n, u in re.findall(r"([\d.]+)([HMS])", clock))


def passes(case: dict[str, Any]) -> bool:
    """Whether our rules read a case as it asks."""
    readings = rules_only(case["input"], day_of(case["context_date"]))
    if not case["results"]:
        return not readings
    return all(_met(result, readings) for result in case["results"])


def reason(case: dict[str, Any]) -> str:
    """Why a case is read otherwise on purpose; "" where it should pass."""
    return next((why for why, test in DISPUTED if test(case["input"], case["results"])), "")


def recognizers(paths: list[pathlib.Path]) -> Figures:
    """Passed and failed by group (file), over all and over the undisputed; failed disputed cases by reason."""
    figures: Figures = {}
    total: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for path in paths:
        here: Counter[str] = Counter()
        for case in records([path]):
            right, why = passes(case), reason(case)
            here["cases"] += 1
            here["passed"] += right
            if right or not why:
                here["undisputed"] += 1
                here["undisputed_passed"] += right
            else:
                reasons[why] += 1
        name = path.name.partition(".")[0]
        figures[f"{name}_passed"], figures[f"{name}_cases"] = here["passed"], here["cases"]
        total.update(here)
    share = 100 * total["passed"] / max(1, total["cases"])
    undisputed = 100 * total["undisputed_passed"] / max(1, total["undisputed"])
    figures |= {
        "cases": total["cases"],
        "passed": total["passed"],
        "share": round(share, 1),
        "undisputed": total["undisputed"],
        "undisputed_share": round(undisputed, 1),
    }
    return figures | {f"otherwise: {why}": n for why, n in reasons.most_common()}


TASKS: dict[str, Callable[[list[pathlib.Path]], Figures]] = {"dates-recognizers": recognizers}
