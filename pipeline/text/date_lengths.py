"""The grammar of lengths of time: shifts ("two days ago", "a year earlier"), durations ("six weeks") and reaches ("the past two weeks")."""

from __future__ import annotations

from typing import Literal

from pipeline.text.date_grammar import Core, Read, rule, valid_day
from pipeline.text.date_lexicon import UnitWord
from pipeline.text.date_meaning import Day, Duration, Meaning, Partial, Reference, Shift, Unit
from pipeline.text.timex import duration_value

# A quantity: "two", "2 1/2", "two and a half", "one and a quarter", "two to three", "a few", "several", "half a", "a".
QUANTITY = r"(?P<q>a?1f?|[nN](?:[nN]/[nN]|/[nN]|&a?[hq](?=-?8{0,2}-?[Uu])|-?[4:&]-?[nN]|-[nN])?|Y|ah-?|h-?a?|a)"
QUANTITY_FIRST = "a1nNYh"


# --- shifts -----------------------------------------------------------------------------------------------------------------------------


def _direction(kind: str) -> Literal[-1, 1]:
    return -1 if kind in "oeV" else 1


def ends_clause(read: Read) -> bool:
    """Whether nothing hangs on "after" or "before": "two days after the attack" is a length of time, "two days after." a date."""
    if read.low("k") not in ("after", "before"):
        return True
    rest = read.tokens.kinds[read.match.end() : read.match.end() + 1]
    return rest in ("", ",", ".", "_", "-") or (rest == "#" and not read.tokens.low[read.match.end()][0].isalnum())


@rule("shift", QUANTITY_FIRST, QUANTITY + r"8?-?(?P<u>[Uuq]);?-?(?P<k>[oek>])")
def _shift(read: Read) -> Core | None:
    amount, found = read.amount()
    unit, kind = read.at("u"), read.kind("k")
    if not found or not ends_clause(read):
        return None
    frame: Literal["speech", "story"] = "speech" if kind in "o>" else "story"
    return read.core(
        "TIME" if unit.code.startswith("T") else "DATE", Shift(amount=amount, unit=unit, direction=_direction(kind), frame=frame)
    )


@rule("vague shift", "u", r"(?P<u>u)(?P<k>[oek])")
def _vague_shift(read: Read) -> Core | None:
    unit, kind = read.at("u"), read.kind("k")
    if not ends_clause(read):
        return None
    frame: Literal["speech", "story"] = "speech" if kind == "o" else "story"
    return read.core(
        "TIME" if unit.code.startswith("T") else "DATE", Shift(amount=None, unit=unit, direction=_direction(kind), frame=frame)
    )


@rule(
    "shift from",
    QUANTITY_FIRST + "U",
    r"(?:" + QUANTITY + r")?8?(?P<u>[Uu])(?P<k>[ek5])(?P<b>(?:t(?=J))?(?P<n>[RJWI]|M[nO](?:,?Y)?|n[Mm]Y?))",
)
def _shift_from(read: Read) -> Core | None:
    """ "two days after Easter", "the day after Christmas", "three days from Tuesday"."""
    amount, found = read.amount() if read.has("q") else (1.0, True)
    unit = read.at("u")
    if not found or unit.code.startswith("T") or (read.kind("k") == "5" and amount is None):
        return None
    base = _simple(read)
    if base is None:
        return None
    return read.core("DATE", Shift(amount=amount, unit=unit, direction=_direction(read.kind("k")), frame="base", base=base))


def _simple(read: Read) -> Meaning | None:
    start, tokens = read.match.start("n"), read.tokens
    kind, value = tokens.kinds[start], tokens.value[start]
    if kind == "R":
        return Day(offset=value[0])
    if kind == "J":
        return Partial(holiday=value)
    if kind == "W":
        return Partial(weekday=value)
    if kind == "I":
        return Partial(year=value[0], month=value[1], day=value[2])
    found = {k: tokens.value[i] for i, k in enumerate(read.match["n"], start)}
    month, day = found.get("M", found.get("m")), found.get("n", found.get("O"))
    return Partial(year=found.get("Y"), month=month, day=day) if valid_day(found.get("Y"), month, day) else None


@rule("year-ago", "U", r"(?P<u>U)-(?P<k>[oe])(?P<n>9?[#q])?")
def _year_ago(read: Read) -> Core | None:
    """ "the year-ago quarter", "year-earlier"."""
    unit = read.at("u")
    if unit.name not in ("year", "month", "week"):
        return None
    shifted = Shift(amount=1.0, unit=unit, direction=-1, frame="story")
    if read.has("n") and read.tokens.low[read.match.end() - 1] not in ("quarter", "period"):
        return Core(first=read.match.start(), last=read.match.end() - 1, type="DATE", meaning=shifted)
    return read.core("DATE", shifted)


@rule("year-ago quarter", "U", r"(?P<u>U)-(?P<k>[oe])9?(?P<d>[Oz])-?q")
def _year_ago_quarter(read: Read) -> Core | None:
    if read.at("u").name != "year" or read.at("d") > 4:
        return None
    return read.core("DATE", Partial(quarter=read.at("d"), scope=Unit(unit="year", relation="last")))


# --- durations --------------------------------------------------------------------------------------------------------------------------


@rule("duration", QUANTITY_FIRST, QUANTITY + r"-?8{0,2}-?(?P<u>[Uuq])(?P<h>&a?[hq](?![Uu]))?(?P<o>-\"|\"(?=[^#]|$))?;?")
def _duration(read: Read) -> Core | None:
    amount, found = read.amount()
    unit = read.at("u")
    if not found or (unit.name in ("season", "night") and (amount is None or amount > 30)):
        return None
    if read.has("h"):
        amount = (amount or 0) + (0.5 if read.match["h"].endswith("h") else 0.25)
    following = read.tokens.low[read.match.end() - 1 : read.match.end() + 2]
    if "old" in following or following[-2:] == ["of", "age"]:
        return None  # an age
    if unit.name == "quarter" and ("-" in read.match[0] or following[1:2] == ["of"]):
        return None  # three-quarters
    if read.match["q"] == "h" and unit.name == "quarter":
        return None
    modifier = "APPROX" if ";" in read.match[0] else ""
    return read.core("DURATION", Duration(amount=amount, unit=unit), modifier=modifier, sure=read.match["q"] not in ("a", "h"))


@rule("double duration", "nN", r"(?P<q>[nN])(?P<u>[Uu])(?:,|&|,&)?(?P<q2>[nN])(?P<u2>[Uu])")
def _double_duration(read: Read) -> Core | None:
    """ "two hours and ten minutes", "1 year 6 months"."""
    big, small = read.at("u"), read.at("u2")
    order = ("year", "month", "week", "day", "hour", "minute", "second")
    if big.name not in order or small.name not in order or order.index(big.name) >= order.index(small.name):
        return None
    first = duration_value(float(read.at("q")), big.code, big.factor)
    second = duration_value(float(read.at("q2")), small.code, small.factor).removeprefix("P")
    joined = first + (second.removeprefix("T") if "T" in first else second)
    return read.core("DURATION", Duration(amount=float(read.at("q")), unit=UnitWord(joined, joined, 0)))


@rule("reach", "LXPCT", r"(?P<r>T?[LXPC])(?P<q>1f?|[nN](?:-?[4:&]-?[nN]|-[nN])?|8?a?1f?)8?(?P<u>[Uuq]);?")
@rule("counted reach", "nN1", r"(?P<q>1f?|[nN])(?P<r>[LXPVC])8?(?P<u>u)")
@rule("bare reach", "LXPC!", r"(?P<r>[PXC!L])8?(?P<u>u)")
def _reach(read: Read) -> Core | None:
    """ "the past two weeks", "the next few days", "recent years", "coming months"."""
    amount, found = read.amount() if read.has("q") else (None, True)
    if not found:
        return None
    relation, unit = read.relation(), read.at("u")
    if not read.has("q"):
        if relation == "last":
            return None
        if relation in ("recent", "past") and unit.name == "year":
            return read.core("DATE", Reference(value="PAST_REF"))
        if relation == "coming":
            return read.core("DATE", Reference(value="FUTURE_REF"))
    reach: Literal[-1, 1] = 1 if relation in ("next", "coming") else -1
    return read.core("DURATION", Duration(amount=amount, unit=unit, reach=reach), modifier="APPROX" if ";" in read.match[0] else "")


@rule("ordinal reach", "OzL", r"(?P<o>[OzL])(?P<q>1f?|[nN])8?(?P<u>u)")
def _ordinal_reach(read: Read) -> Core | None:
    """ "the first nine months", "the final two weeks"."""
    amount, found = read.amount()
    return read.core("DURATION", Duration(amount=amount, unit=read.at("u"))) if found and read.kind("o") != "L" else None


@rule("same span", "tHTV", r"[tHTV](?P<q>[nN])8?(?P<u>u)")
@rule("following span", "F", r"F(?P<q>[nN1])8?(?P<u>u)")
def _story_span(read: Read) -> Core | None:
    amount, _ = read.amount()
    return read.core("DURATION", Duration(amount=amount, unit=read.at("u")))


@rule("bare plural", "u", r"(?P<u>u)(?:-\")?")
def _bare_plural(read: Read) -> Core | None:
    unit = read.at("u")
    if unit.name in ("second", "night", "quarter") or read.low("u") in ("mins", "secs", "hrs"):
        return None
    return read.core("DURATION", Duration(amount=None, unit=unit), sure=False)


@rule("long unit", "U", r"(?P<u>U)-\"")
def _long_unit(read: Read) -> Core | None:
    if read.tokens.low[read.match.end() - 1] == "old":
        return None
    return read.core("DURATION", Duration(amount=1.0, unit=read.at("u")))
