"""Publication dates: from a metadata value, a URL or a file name. Each gives a date or None; none of them guesses."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_tz

EARLIEST_YEAR = 1800  # newspaper archives go back that far; older or later years are numbers that are no dates
LATEST_YEAR = 2100
MONTHS = {m: i for i, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
MONTH = (
    r"(?P<b>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
YEAR = r"(?P<y>1[89]\d\d|20\d\d)"
ISO = re.compile(rf"{YEAR}(?P<s>[-/.])(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)(?:(?:[T\s,;]+|[+-])\d.*|Z)?", re.I | re.S)
COMPACT = re.compile(rf"{YEAR}(?P<m>\d\d)(?P<d>\d\d)(?:T?\d{{4}}(?:\d\d)?Z?)?")  # GDELT's form with hours too
DAY_FIRST = re.compile(rf"(?:\w+,?\s+)?(?P<d>\d\d?)(?:st|nd|rd|th)?[\s.-]+{MONTH}\.?,?[\s-]+{YEAR}\b.*", re.I | re.S)
MONTH_FIRST = re.compile(rf"(?:\w+,?\s+)?{MONTH}\.?[\s-]+(?P<d>\d\d?)(?:st|nd|rd|th)?,?[\s-]+{YEAR}\b.*", re.I | re.S)
NUMBERS = re.compile(rf"(?P<a>\d\d?)[-/.](?P<c>\d\d?)[-/.]{YEAR}\b(?:[T\s,;]+\d.*)?", re.S)
# In names and URLs a date must stand alone: "000_8640bbb" and "world-49284329" hold none, hashes and numbers of stories least of all.
ALONE, NOT_AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
PLACES_IN_NAME = (
    re.compile(rf"{ALONE}{YEAR}(?P<s>[-_./])(?P<m>\d\d?)(?P=s)(?P<d>\d\d?){NOT_AFTER}"),
    re.compile(rf"{ALONE}{YEAR}(?P<s>[-_./]){MONTH}(?P=s)(?P<d>\d\d?){NOT_AFTER}", re.I),
    re.compile(rf"{ALONE}(?P<d>\d\d?)(?P<s>[-_.]){MONTH}(?P=s){YEAR}{NOT_AFTER}", re.I),
    re.compile(rf"{ALONE}{MONTH}(?P<s>[-_.])(?P<d>\d\d?)(?P=s){YEAR}{NOT_AFTER}", re.I),
    re.compile(rf"{ALONE}(?P<a>\d\d?)(?P<s>[-_.])(?P<c>\d\d?)(?P=s){YEAR}{NOT_AFTER}"),
)
COMPACT_IN_NAME = re.compile(rf"{ALONE}{YEAR}(?P<m>\d\d)(?P<d>\d\d)(?:T\d{{4,6}}Z?)?{NOT_AFTER}")
# In a URL eight digits behind a slug are mostly the story's number, so a compact date begins a segment or a query value.
COMPACT_IN_URL = re.compile(rf"(?<=[/=]){YEAR}/?(?P<m>\d\d)/?(?P<d>\d\d){NOT_AFTER}")
REUTERS_ID = re.compile(rf"-id[A-Z]{{3,}}[0-9A-Z]*?{YEAR}(?P<m>\d\d)(?P<d>\d\d){NOT_AFTER}")
YEAR_SEGMENT = re.compile(rf"(?<=/){YEAR}(?=/)")
EPOCH_DIGITS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}  # seconds, milli-, micro-, nanoseconds of dates since 2001


def date_or_none(year: int, month: int, day: int) -> dt.date | None:
    """The date, or None where the calendar or the span of years that can be publication dates does not have it."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _from_match(found: re.Match[str]) -> dt.date | None:
    """The date in a match with groups y and (m or b, d) or (a, c: two numbers whose order only a day above 12 can tell)."""
    groups = found.groupdict()
    year = int(groups["y"])
    if groups.get("a"):
        first, second = int(groups["a"]), int(groups["c"])
        if first > 12 or first == second:
            return date_or_none(year, second, first)
        return date_or_none(year, first, second) if second > 12 else None
    month = MONTHS[groups["b"][:3].lower()] if groups.get("b") else int(groups["m"])
    return date_or_none(year, month, int(groups["d"]))


def from_metadata(value: object) -> dt.date | None:
    """The calendar date of a metadata value, as written there (a time zone does not move it), or None.

    Reads dates and datetimes, ISO 8601 and its compact form, RFC 2822, "5 October 2022", "Oct. 5, 2022", "13/10/2022" (not "5/10/2022":
    whether that is May or October the value does not say) and Unix times in seconds to nanoseconds.
    """
    if isinstance(value, dt.datetime):
        return date_or_none(value.year, value.month, value.day)
    if isinstance(value, dt.date):
        return date_or_none(value.year, value.month, value.day)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if len(text) > 100:  # a date has fewer characters; longer ones are another field
        return None
    if text.isascii() and text.isdigit() and len(text) in EPOCH_DIGITS:
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=int(text) // EPOCH_DIGITS[len(text)])
        return date_or_none(moment.year, moment.month, moment.day)
    for pattern in (ISO, COMPACT, DAY_FIRST, MONTH_FIRST, NUMBERS):
        if found := pattern.fullmatch(text):
            return _from_match(found)
    parsed = parsedate_tz(text)
    return date_or_none(*parsed[:3]) if parsed else None


def from_url(url: str | None) -> dt.date | None:
    """The date in a URL ("/2014/07/18/", "/2014/jul/18/", "…-idUSKBN0L01XS20150127"), or None."""
    if not url or len(url) > 5_000:  # longer ones are data, not addresses
        return None
    path = url.partition("#")[0]
    return _first((*PLACES_IN_NAME[:2], COMPACT_IN_URL, *PLACES_IN_NAME[2:], REUTERS_ID), path)


def from_filename(name: str) -> dt.date | None:
    """The date in a file name without its folder ("2022-10-05_baku.txt", "afp_20221005.json"), or None."""
    return _first((*PLACES_IN_NAME, COMPACT_IN_NAME), name)


def year_in_path(path: str | None) -> int | None:
    """A year that is a whole segment of a URL or path ("/world/2014/story"), which can complete a dateline's "July 18"; else None."""
    found = {int(m["y"]) for m in YEAR_SEGMENT.finditer(path or "")}
    return found.pop() if len(found) == 1 else None


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> dt.date | None:
    for pattern in patterns:
        for found in pattern.finditer(text):
            if date := _from_match(found):
                return date
    return None
