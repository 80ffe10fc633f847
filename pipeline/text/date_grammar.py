"""The grammar of temporal expressions: regular expressions over strings of token classes (see `date_lexicon`), each with what it means.

`@rule(name, first, pattern)`: `first` lists the classes a match may begin with, so that few rules are tried at a token; groups of the
pattern name the tokens whose values count. A builder returns None where the values do not fit (30 February is no date). All repetitions
are bounded, so matching is linear in the text. This file holds what is said in terms of the calendar; `date_relations` what is said in
relation to a time.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from pipeline.text.calendar import safe_date
from pipeline.text.date_meaning import Meaning, Partial, Type, Unit
from pipeline.text.date_tokens import Tokens

RELATION = {
    "L": "last",
    "X": "next",
    "T": "this",
    "S": "same",
    "H": "that",
    "P": "past",
    "V": "previous",
    "F": "following",
    "C": "coming",
    "c": "current",
    "l": "latest",
    "!": "recent",
}
DETERMINERS = "LXTSHPVFCcl"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """What a rule read: tokens `first` to `last` (exclusive) and their meaning (the other fields are TimexSpan's)."""

    first: int
    last: int
    type: Type
    meaning: Meaning
    part: str = ""
    clock: str = ""
    zone: str = ""
    modifier: str = ""
    sure: bool = True
    rule: str = ""


class Read:
    """A rule's match, asked for the values of the tokens that its groups caught."""

    __slots__ = ("match", "tokens")

    def __init__(self, tokens: Tokens, match: re.Match[str]) -> None:
        self.tokens, self.match = tokens, match

    def has(self, group: str) -> bool:
        return group in self.match.re.groupindex and bool(self.match[group])

    def at(self, group: str) -> Any:
        """Value of the first token of a group, None where the group caught nothing."""
        return self.tokens.value[self.match.start(group)] if self.has(group) else None

    def low(self, group: str) -> str:
        return self.tokens.low[self.match.start(group)] if self.has(group) else ""

    def kind(self, group: str) -> str:
        return self.match[group][0] if self.has(group) else ""

    def core(self, type_: Type, meaning: Meaning, **more: Any) -> Core:
        return Core(first=self.match.start(), last=self.match.end(), type=type_, meaning=meaning, **more)

    def relation(self, group: str = "r") -> str:
        """The relation that determiners name: the last of them counts ("this past", "that same"), but for "this same"."""
        found = [k for k in self.match[group] if k in RELATION]
        if len(found) > 1 and found[-1] == "S":
            return RELATION[found[-2]]
        return RELATION[found[-1]] if found else ""

    def year(self) -> tuple[int | None, int | None]:
        """(year, two-digit year) of the groups y and e (era)."""
        value = self.at("y")
        if value is None:
            return None, None
        return (None, int(value)) if self.kind("y") == "y" else (int(value) * (self.at("e") or 1), None)

    def amount(self, group: str = "q") -> tuple[float | None, bool]:
        """(number, True) of a quantity, (None, True) of a vague one, (None, False) of what is none. Of "two to three" the first."""
        lo, hi = self.match.span(group)
        kinds, values = self.tokens.kinds[lo:hi], self.tokens.value[lo:hi]
        if "1" in kinds:
            return values[kinds.index("1")], True
        if "/" in kinds:
            cut = kinds.index("/")
            if not values[cut + 1]:
                return None, False
            return (float(values[0]) if cut > 1 else 0.0) + values[cut - 1] / values[cut + 1], True
        if kinds[0] in "nNY":
            return float(values[0]) + {"h": 0.5, "q": 0.25}.get(kinds[-1], 0.0), True
        return (0.5 if "h" in kinds else 1.0), True


Builder = Callable[[Read], Core | tuple[Core, ...] | None]


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    name: str
    first: str
    pattern: re.Pattern[str]
    build: Builder


RULES: list[Rule] = []
BY_FIRST: dict[str, list[Rule]] = {}


def rule(name: str, first: str, pattern: str) -> Callable[[Builder], Builder]:
    """Declares a rule of the grammar."""

    def add(build: Builder) -> Builder:
        made = Rule(name, first, re.compile(pattern), build)
        RULES.append(made)
        for kind in first:
            BY_FIRST.setdefault(kind, []).append(made)
        return build

    return add


def valid_day(year: int | None, month: int | None, day: int | None) -> bool:
    """Whether there is such a day (29 February passes where no year is said)."""
    return day is None or safe_date(year if year and year > 0 else 2000, month or 1, day) is not None


# --- full and partial dates -------------------------------------------------------------------------------------------------------------

ERA = r"(?P<e>0)?"
WEEKDAY = r"(?:(?P<w>[Ww]),?t?)?"
# The year that words give: "of that year", "last year", "of the same year".
YEAR_SCOPE = r"(?P<s>,?f?t?[LXTHPVFCc]?[LXTHPVFCcSP])9?(?P<su>U)"


def scope(read: Read) -> Meaning | None:
    """The year a month, quarter or season belongs to where words give it; None where the unit is no year."""
    return Unit(unit="year", relation=read.relation("s")) if read.has("su") and read.at("su").name == "year" else None


def scope_fits(read: Read) -> bool:
    return not read.has("su") or read.at("su").name == "year"


@rule("full date", "I", r"(?P<d>I)")
def _full(read: Read) -> Core | None:
    year, month, day, clock = read.at("d")
    if safe_date(year, month, day) is None:
        return None
    return read.core("TIME" if clock else "DATE", Partial(year=year, month=month, day=day), clock=clock[:5])


@rule("weekday, full date", "Ww", r"[Ww],?`?(?P<d>I)")
def _weekday_full(read: Read) -> Core | tuple[Core, ...] | None:
    return _full(read)


@rule("month day", "MmvWw", WEEKDAY + r"(?P<m>[Mmv])t?(?P<d>[nOz])(?![%/]|-?[Uu]|,n)(?:,?f?(?P<y>Y)|,?(?P<y2>y))?" + ERA)
@rule("day month", "nOWw", WEEKDAY + r"(?P<d>[nO])f?(?P<m>[Mmv])(?:,?f?(?P<y>[Yy]))?" + ERA)
@rule("day-month-year", "n", r"(?P<d>n)[-/](?P<m>[Mmv])[-/](?P<y>Y)")
@rule("year month day", "Y", r"(?P<y>Y)(?:,?(?P<m>M)|[/-](?P<m2>[Mmv])[/-])(?P<d>[nO])")
@rule("ordinal day of month", "O", r"(?P<d>O)(?P<u>U)fa?t?(?P<m>[Mm])(?:,?f?(?P<y>[Yy]))?")
def _day_month(read: Read) -> Core | None:
    if read.has("u") and read.at("u").name != "day":
        return None
    year, short = read.year()
    short = int(read.at("y2")) if read.has("y2") else short
    month, day = read.at("m") or read.at("m2"), read.at("d")
    if not valid_day(year, month, day):
        return None
    if read.kind("m") == "v" and not (year or read.kind("d") == "O"):
        return None  # "may 20 people"
    return read.core("DATE", Partial(year=year, short_year=short, month=month, day=day, weekday=read.at("w")))


@rule("month day of year", "MmWw", WEEKDAY + r"(?P<m>[Mm])(?P<d>[nO])" + YEAR_SCOPE)
@rule("day month of year", "nOWw", WEEKDAY + r"(?P<d>[nO])f?(?P<m>[Mm])" + YEAR_SCOPE)
def _day_month_of_year(read: Read) -> Core | None:
    if not scope_fits(read) or not valid_day(None, read.at("m"), read.at("d")):
        return None
    return read.core("DATE", Partial(month=read.at("m"), day=read.at("d"), scope=scope(read)))


@rule("weekday day", "W", r"(?P<w>W),?t(?P<d>O)(?![-Uuq])")
def _weekday_day(read: Read) -> Core | None:
    return read.core("DATE", Partial(weekday=read.at("w"), day=read.at("d"))) if read.at("d") <= 31 else None


@rule("day of the month", "O", r"(?P<d>O)(?:Uf?|f)(?P<r>t|[TLXHVFC]S?|tS)(?P<u>U)")
def _day_of_month(read: Read) -> Core | None:
    if read.at("u").name != "month" or read.at("d") > 31:
        return None
    return read.core("DATE", Partial(day=read.at("d"), scope=Unit(unit="month", relation=read.relation())))


@rule("day of the story's month", "O", r"(?P<d>O)(?![-Uuqf#Y])")
def _bare_day(read: Read) -> Core | None:
    if not read.low("d")[:1].isdigit() or read.at("d") > 31:
        return None
    return read.core("DATE", Partial(day=read.at("d")), sure=False)


@rule("nth weekday", "OzL", r"(?P<o>[OzL])(?P<w>W)f(?:(?P<m>[Mm])(?:,?f?(?P<y>Y))?|(?P<r>t?[LXTHVFC]S?|tS)(?P<u>U))")
def _nth_weekday(read: Read) -> Core | None:
    """ "the second Monday of next month", "the last Thursday in May" but for its preposition."""
    nth = -1 if read.kind("o") == "L" else read.at("o")
    if nth > 5 or (read.has("u") and read.at("u").name != "month"):
        return None
    base: Meaning = Unit(unit="month", relation=read.relation()) if read.has("u") else Partial(year=read.at("y"), month=read.at("m"))
    return read.core("DATE", Unit(unit="day", relation="", base=base, nth=nth, weekday=read.at("w")))


@rule("month year", "Mmv", r"(?P<m>[Mmv])[,/]?f?(?P<y>[Yy])" + ERA)
@rule("year month", "Y", r"(?P<y>Y)-?(?P<m>M)(?![nO])")
def _month_year(read: Read) -> Core | None:
    year, short = read.year()
    if read.kind("m") == "v" and short:
        return None
    return read.core("DATE", Partial(year=year, short_year=short, month=read.at("m")))


@rule("month of short year", "Mm", r"(?P<m>[Mm])f(?P<y>N)")
@rule("day of short year", "nO", r"(?P<d>[nO])f?(?P<m>[Mm])f(?P<y>N)")
def _of_short_year(read: Read) -> Core | None:
    """ "April of 87": two digits that are no day of a month."""
    year = read.at("y")
    if not (len(read.low("y")) == 2 and read.low("y").isdigit()) or not valid_day(None, read.at("m"), read.at("d")):
        return None
    return read.core("DATE", Partial(short_year=int(year), month=read.at("m"), day=read.at("d")))


@rule("month, early year", "Mm", r"(?P<m>[Mm]),?f?(?P<y>[nN])(?P<e>0)")
def _month_early_year(read: Read) -> Core | None:
    year, _ = read.year()
    return read.core("DATE", Partial(year=year, month=read.at("m")))


@rule("season, early year", "Gg", r"(?P<g>[Gg]),?f?(?P<y>[nN])(?P<e>0)")
def _season_early_year(read: Read) -> Core | None:
    year, _ = read.year()
    return read.core("DATE", Partial(year=year, season=read.at("g")))


@rule("month of year", "Mm", r"(?P<m>[Mm])" + YEAR_SCOPE)
def _month_of_year(read: Read) -> Core | None:
    return read.core("DATE", Partial(month=read.at("m"), scope=scope(read))) if scope_fits(read) else None


@rule("month", "Mm", r"(?P<m>[Mm])")
def _month(read: Read) -> Core | None:
    return read.core("DATE", Partial(month=read.at("m")), sure=read.kind("m") == "M")


@rule("year", "Y", r"(?P<y>Y)(?P<e>0)?(?![%/])")
def _year(read: Read) -> Core | None:
    return read.core("DATE", Partial(year=read.at("y") * (read.at("e") or 1)), sure=read.has("e"))


@rule("year era", "nN", r"(?P<y>[nN])(?P<e>0)")
def _year_era(read: Read) -> Core | None:
    value = read.at("y")
    return read.core("DATE", Partial(year=int(value) * read.at("e"))) if value == int(value) and 1 <= value <= 2100 else None


@rule("era year", "0", r"(?P<e>0)(?P<y>[nNY])")
def _era_year(read: Read) -> Core | None:
    value = read.at("y")
    if not read.low("e").startswith("a") or not 1 <= value <= 2100:
        return None
    return read.core("DATE", Partial(year=int(value)))


@rule("short year", "y", r"(?P<y>y)")
def _short_year(read: Read) -> Core | None:
    return read.core("DATE", Partial(short_year=read.at("y")), sure=False)


@rule("decade", "D", r"(?P<d>D)" + ERA)
def _decade(read: Read) -> Core | None:
    full, short = read.at("d")
    if full is not None and read.at("e") == -1:
        return read.core("DATE", Partial(decade=-full))
    if full is not None and not 1000 <= full <= 2190:
        return None
    if full is not None and full % 100 == 0 and full < 2000:
        return read.core("DATE", Partial(century=full // 100 + 1))  # the 1800s
    return read.core("DATE", Partial(decade=full, short_decade=short), sure=full is not None)


@rule("BC decade", "N", r"(?P<d>N)#(?P<e>0)")
def _early_decade(read: Read) -> Core | None:
    value = read.at("d")  # "the 460s BC", where the s is a token of its own
    if read.tokens.low[read.match.start() + 1] != "s" or value % 10 or not 0 < value < 1000:
        return None
    return read.core("DATE", Partial(decade=int(value) * read.at("e")))


@rule("century", "Oz", r"(?P<d>[Oz])-?(?P<u>U)" + ERA)
def _century(read: Read) -> Core | None:
    if read.at("u").name != "century" or read.at("d") > 21:
        return None
    return read.core("DATE", Partial(century=read.at("d") * (read.at("e") or 1)))


# --- quarters, halves, seasons, fiscal years ---------------------------------------------------------------------------------------------

YEAR_TAIL = rf"(?:,?f?t?9?U?(?P<y>Y)|{YEAR_SCOPE})?"


@rule("quarter", "Oz9L", r"(?:9-?)?(?P<d>[OzL])-?9?-?(?P<q>q)" + YEAR_TAIL)
def _quarter(read: Read) -> Core | None:
    number = 4 if read.kind("d") == "L" else read.at("d")
    if number > 4 or not scope_fits(read) or (read.kind("d") == "L" and not (read.has("y") or read.has("s"))):
        return None
    return read.core("DATE", Partial(quarter=number, year=read.at("y"), scope=scope(read)))


@rule("year, quarter", "YLXTVHFcC", r"(?:(?P<y>Y)|(?P<s>[LXTVHFcC])(?P<su>U))'?-?9?(?P<d>[Oz])-?q")
def _year_quarter(read: Read) -> Core | None:
    """ "the 1988 third quarter", "last year's first quarter"."""
    if read.at("d") > 4 or not scope_fits(read):
        return None
    return read.core("DATE", Partial(quarter=read.at("d"), year=read.at("y"), scope=scope(read)))


@rule("half", "OzLx", r"(?P<d>[OzLx])-?h(?:-U)?" + YEAR_TAIL)
def _half(read: Read) -> Core | None:
    number = 2 if read.kind("d") in "Lx" else read.at("d")
    if number not in (1, 2) or not (read.has("y") or read.has("s")) or not scope_fits(read):
        return None
    return read.core("DATE", Partial(half=number, year=read.at("y"), scope=scope(read)))


@rule("coded period", "@", r"(?P<c>@)(?:-?f?(?P<y>Y))?")
@rule("year coded", "Y", r"(?P<y>Y)-?(?P<c>@)")
def _coded(read: Read) -> Core | None:
    letter, number = read.at("c")
    if letter == "FY":
        return read.core("DATE", Partial(year=number, fiscal=True)) if number > 1900 else None
    if number > 4 or (letter == "H" and (number > 2 or not read.has("y"))):
        return None
    field: dict[str, Any] = {"Q": {"quarter": number}, "H": {"half": number}}[letter]
    return read.core("DATE", Partial(year=read.at("y"), **field), sure=read.has("y"))


@rule("fiscal year", "9", r"9U?(?P<y>[Yy])")
def _fiscal_year(read: Read) -> Core | None:
    year, short = read.year()
    return read.core("DATE", Partial(year=year, short_year=short, fiscal=True))


@rule("season", "Gg", rf"(?P<g>[Gg])(?:,?f?(?P<y>[Yy]){ERA}|{YEAR_SCOPE})?")
@rule("year season", "Y", r"(?P<y>Y)(?P<g>[Gg])(?!#)")
def _season(read: Read) -> Core | None:
    if not scope_fits(read):
        return None
    year, short = read.year()
    return read.core(
        "DATE", Partial(season=read.at("g"), year=year, short_year=short, scope=scope(read)), sure=read.has("y") or read.has("s")
    )


# --- weekdays and holidays ---------------------------------------------------------------------------------------------------------------


@rule("weekday", "Ww", r"(?P<w>[Ww])(?:(?P<s>f?t?[LXTHPVFCc][LXTHPVFCcS]?)(?P<u>U))?")
def _weekday(read: Read) -> Core | None:
    week = None
    if read.has("s"):
        if read.at("u").name != "week":
            return None
        week = Unit(unit="week", relation=read.relation("s"))
    return read.core("DATE", Partial(weekday=read.at("w"), scope=week), sure=read.kind("w") == "W")


@rule("holiday", "J", rf"(?P<h>J)(?P<x>U)?(?:,?f?(?P<y>Y)|{YEAR_SCOPE})?")
@rule("holiday weekend", "J", r"(?P<h>J)(?P<y>Y)(?P<x>U)")
@rule("weekend of holiday", "U", r"(?P<x>U)ft?(?P<h>J)(?:,?f?(?P<y>Y))?")
@rule("year holiday", "Y", r"(?P<y>Y)(?P<h>J)")
def _holiday(read: Read) -> Core | None:
    if not scope_fits(read):
        return None
    week = read.has("x") and read.at("x").name in ("week", "weekend")
    meaning: Meaning = Partial(holiday=read.at("h"), year=read.at("y"), scope=scope(read))
    if week:
        meaning = Unit(unit=read.at("x").name, relation="", base=meaning)
    elif read.has("x") and read.at("x").name not in ("day", "season", "month"):
        return None
    return read.core("DATE", meaning)
