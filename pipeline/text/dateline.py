"""The dateline of a wire story ("BEIJING, July 18 (Xinhua) --"): its place, agency and date."""

from __future__ import annotations

import dataclasses
import functools
import re

from pipeline import lexicon
from pipeline.text.published import MONTH, MONTHS

WORD = r"[A-Z\u00c0-\u00de\u0100-\u024f][\w.'’`-]*"
SMALL = r"(?:al|de|del|da|do|di|la|le|el|of|the|and|on|upon|sur|ad|ez|as)"  # inside names of places
# "KYIV, Ukraine", "ABOARD THE USS RONALD REAGAN", "WASHINGTON/SEOUL"
NAME = rf"(?:{WORD}|(?:al|el|ad|ez|as)-{WORD})(?:[ \t/]+(?:{SMALL}[ \t]+){{0,2}}{WORD}){{0,5}}"
PLACE = rf"(?P<place>{NAME}(?:,[ \t]+{NAME}){{0,2}})"
CAPITALS = r"(?:[A-Z\u00c0-\u00de]['’A-Z\u00c0-\u00de.-]*(?:[ \t/]+(?=[A-Z\u00c0-\u00de]{2}|[A-Z]\.))?){1,6}"
CAPITAL_PLACE = rf"(?P<place>{CAPITALS}(?:,[ \t]+{NAME}){{0,2}})"
DAY = rf"(?i:{MONTH}\.?[ \t]+(?P<d>\d\d?)|(?P<d2>\d\d?)[ \t]+{MONTH.replace('<b>', '<b2>')})\.?(?:,?[ \t]+(?P<y>(?:19|20)\d\d))?"
DASH = r"(?:-{1,3}|[\u2012-\u2015])"
SPACE = r"[ \t\u00a0]*"
# An agency in brackets makes sure that it is a dateline; the dash may then be missing.
WITH_AGENCY = re.compile(
    rf"(?:{PLACE}(?:[,.;]?[ \t]+{DAY})?|{DAY.replace('>', '_>')})?{SPACE}"
    rf"\((?P<agency>[^()\n]{{2,60}})\){SPACE}(?:(?P<dash>{DASH}|:)|(?=[A-Z\"“‘']))"
)
# Without one: a place in capitals before a dash or colon, or any place with a date between it and the dash.
CAPITALS_DASH = re.compile(rf"{CAPITAL_PLACE}(?:[,.;]?[ \t]+{DAY})?{SPACE}(?:--+|[\u2012-\u2015]|(?<=[ \t])-){SPACE}(?=[\w\"“‘'$])")
CAPITALS_COLON = re.compile(rf"{CAPITAL_PLACE}(?:[,.;]?[ \t]+{DAY})?:[ \t]+(?=[A-Z\"“‘'])")
DATED = re.compile(rf"{PLACE}[,.;]?[ \t]+{DAY}{SPACE}(?:--+|[\u2012-\u2015]|(?<=[ \t])-){SPACE}(?=[A-Z\"“‘'])")
DAY_IN_BRACKETS = re.compile(DAY)
# Captions, bylines and summaries may come first; an agency in brackets is looked for further down than plainer forms.
PARAGRAPHS_WITH_AGENCY, PARAGRAPHS_PLAIN = 8, 4
LONGEST = 120  # characters; "ABOARD USS ABRAHAM LINCOLN, Strait of Hormuz, Nov. 19, 2019 (Reuters) -" has 70
AGENCY_NAME = re.compile(rf"{WORD}(?: {WORD}){{0,4}}")
CAPITAL_RUN = re.compile("[A-Z\u00c0-\u00de]{2}")


@dataclasses.dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline's offsets (its dash included), its place as written, the agency's publisher name, and as much of the date as it gives."""

    start: int
    end: int
    place: str | None
    publisher: str | None
    month: int | None
    day: int | None
    year: int | None


@functools.cache
def _agencies() -> dict[str, str]:
    return {row["name"]: row["publisher"] for row in lexicon.load("agencies").rows}


@functools.cache
def _not_places() -> frozenset[str]:
    return frozenset(row["word"].casefold() for row in lexicon.load("dateline_words").rows)


def _no_place(place: str) -> bool:
    """True for the name of an agency, and for labels and speakers of broadcasts ("UPDATE", "JANE ROE, BYLINE")."""
    return place in _agencies() or not _not_places().isdisjoint((place.casefold(), place.rpartition(", ")[2].casefold()))


def find_dateline(text: str, body_start: int = 0) -> Dateline | None:
    """The first dateline at the beginning of a paragraph of text[body_start:], or None.

    Precise forms only: an agency in brackets, either one of lexicons/agencies.csv or a name between a place in capitals and a dash; a
    place in capitals with a dash or colon; a place and a date with a dash.
    """
    start = body_start
    for number in range(PARAGRAPHS_WITH_AGENCY):
        while start < len(text) and text[start].isspace():
            start += 1
        if start >= len(text):
            return None
        head = text[start : start + LONGEST].partition("\n")[0]
        if found := _with_agency(head, start) or (_plain(head, start) if number < PARAGRAPHS_PLAIN else None):
            return found
        following = text.find("\n\n", start)
        if following < 0:
            return None
        start = following + 2
    return None


def _with_agency(head: str, start: int) -> Dateline | None:
    found = WITH_AGENCY.match(head)
    if not found:
        return None
    publisher = next((_agencies()[part] for part in re.split(r"\s*[,;/]\s*", found["agency"].strip()) if part in _agencies()), None)
    publisher = publisher or _agencies().get(found["agency"].strip())
    place = _place(found["place"])
    if publisher is None and place and found["dash"] and CAPITAL_RUN.match(place) and AGENCY_NAME.fullmatch(found["agency"].strip()):
        publisher = found["agency"].strip()
    if publisher is None or (place and _no_place(place)):
        return None
    month, day, year = _day(found)
    if day is None and (inside := DAY_IN_BRACKETS.search(found["agency"])):
        month, day, year = _day(inside)
    return Dateline(start, start + found.end(), place, publisher, month, day, year)


def _plain(head: str, start: int) -> Dateline | None:
    for pattern in (CAPITALS_DASH, CAPITALS_COLON, DATED):
        found = pattern.match(head)
        if not found:
            continue
        place = _place(found["place"]) or ""
        if _no_place(place) or (pattern is not DATED and not CAPITAL_RUN.match(place)):
            continue
        if pattern is not DATED and len(place) < 3:
            continue
        month, day, year = _day(found)
        return Dateline(start, start + len(found[0].rstrip()), place, None, month, day, year)
    return None


def _place(written: str | None) -> str | None:
    """The place without the punctuation behind it; the full stop of "D.C." or "Mont." stays."""
    place = (written or "").strip(",; ")
    return (place if "," in place or "." in place[:-1] else place.rstrip(".")) or None


def _day(found: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    """(month, day, year) of a match with the groups of DAY, or of DAY with "_" behind its names."""
    groups = found.groupdict()
    for tail in ("", "_"):
        month = groups.get("b" + tail) or groups.get("b2" + tail)
        day = groups.get("d" + tail) or groups.get("d2" + tail)
        if month and day and 1 <= int(day) <= 31:
            year = groups.get("y" + tail)
            return MONTHS[month[:3].lower()], int(day), int(year) if year else None
    return None, None, None
