"""The grammar of what is said in relation to a time: "last week", "two days later", durations, sets, clock times, references."""

from __future__ import annotations

from typing import Literal

from pipeline.text.date_grammar import DETERMINERS, ERA, Core, Read, rule, valid_day
from pipeline.text.date_lexicon import UnitWord
from pipeline.text.date_meaning import ClockTime, Day, Duration, Meaning, Partial, Recurrent, Reference, Shift, Unit
from pipeline.text.timex import duration_value

# A quantity: "two", "2 1/2", "two and a half", "two to three", "a few", "several", "half a", "a".
QUANTITY = r"(?P<q>a?1f?|[nN](?:[nN]/[nN]|/[nN]|&ah|-?[4:&]-?[nN]|-[nN])?|Y|ah-?|h-?a?|a)"
QUANTITY_FIRST = "a1nNYh"


# --- weekdays, months, seasons and holidays with a relation ------------------------------------------------------------------------------


@rule("relation named", DETERMINERS, rf"(?P<r>[{DETERMINERS}][SPC]?)(?P<n>[MmWwGgJ])(?P<d>[nO](?![%uUq]))?")
def _named(read: Read) -> Core | None:
    relation, kind, value = read.relation(), read.kind("n"), read.at("n")
    if kind in "Ww":
        if relation == "that":
            return None  # "said that Friday's attack": the weekday alone
        return read.core("DATE", Partial(weekday=value, relation=relation)) if not read.has("d") else None
    if kind in "Mm":
        day = read.at("d")
        return read.core("DATE", Partial(month=value, day=day, relation=relation)) if valid_day(None, value, day) else None
    if read.has("d"):
        return None
    return read.core("DATE", Partial(season=value, relation=relation) if kind in "Gg" else Partial(holiday=value, relation=relation))


# --- days and units ----------------------------------------------------------------------------------------------------------------------


@rule("day", "R", r"(?P<d>R)(?P<b>[Bs])?")
def _day(read: Read) -> Core | None:
    offset, part = read.at("d")
    part = read.at("b")[0] if read.has("b") else part
    return read.core("TIME" if part else "DATE", Day(offset=offset), part=part)


@rule("day before yesterday", "U", r"(?P<u>U)(?P<k>[ek])(?P<d>R)(?P<b>B)?")
def _day_before_yesterday(read: Read) -> Core | None:
    offset, _ = read.at("d")
    if read.at("u").name != "day" or (offset, read.kind("k")) not in ((-1, "e"), (1, "k")):
        return None
    part = read.at("b")[0] if read.has("b") else ""
    return read.core("TIME" if part else "DATE", Day(offset=offset * 2), part=part)


def part_of_day(relation: str, part: str) -> Meaning:
    """The day that "last night", "this morning", "the next evening", "that afternoon" belong to."""
    if relation == "last":
        return Day(offset=-1)
    if relation in ("this", "coming", "current", "latest"):
        return Day(offset=0)
    if relation in ("next", "following"):
        return Unit(unit="day", relation="following")
    return Unit(unit="day", relation="previous" if relation in ("previous", "past") else "same")


@rule("relation part of day", DETERMINERS, rf"(?P<r>[{DETERMINERS}][SPC]?)(?P<b>[BQ])")
def _relation_part(read: Read) -> Core | None:
    part, clock = read.at("b")
    return read.core("TIME", part_of_day(read.relation(), part), part="" if clock else part, clock=clock)


@rule("relation unit", DETERMINERS, rf"(?P<r>[{DETERMINERS}][SPC]?)[89]?-?(?P<u>[Uq])(?!-[Uu])")
def _unit(read: Read) -> Core | None:
    relation, unit = read.relation(), read.at("u")
    if unit.code.startswith("T"):
        if relation in ("past", "last", "next", "coming") and "-" not in read.match[0]:
            return read.core("DURATION", Duration(amount=1.0, unit=unit, reach=-1 if relation in ("past", "last") else 1))
        return None
    if relation == "last" and unit.name == "day":
        return None  # "our last day here" looks at no calendar
    if relation == "past" and unit.name in ("decade", "century"):
        return read.core("DURATION", Duration(amount=1.0, unit=unit, reach=-1))
    if relation == "latest" and unit.name not in ("quarter", "year", "week", "month"):
        return None
    return read.core("DATE", Unit(unit=unit.name, relation=relation))


@rule("unit before last", "Ut", r"t?(?P<u>U)(?P<k>[ek])(?P<r>[LX])(?![MmWUuGg])")
def _before_last(read: Read) -> Core | None:
    if read.at("u").code.startswith("T") or (read.kind("k"), read.kind("r")) not in (("e", "L"), ("k", "X")):
        return None
    return read.core("DATE", Unit(unit=read.at("u").name, relation=read.relation(), steps=2))


@rule("nth unit", "OzL", r"(?P<o>[OzL])8?(?P<u>U)f(?:(?P<y>Y)|(?P<r>t?[LXTHVFC]S?|tS)(?P<b>U))")
def _nth_unit(read: Read) -> Core | None:
    """ "the first week of 2015", "the last week of last month", "the third month of that year"."""
    unit, outer = read.at("u").name, read.at("b").name if read.has("b") else "year"
    if (unit, outer) not in (("week", "year"), ("month", "year"), ("week", "month"), ("weekend", "month")):
        return None
    base: Meaning = Unit(unit=outer, relation=read.relation()) if read.has("b") else Partial(year=read.at("y"))
    nth = -1 if read.kind("o") == "L" else read.at("o")
    return read.core("DATE", Unit(unit=unit, relation="", base=base, nth=nth)) if nth <= 53 else None


@rule("unit of date", "UOzL", r"(?:(?P<o>[OzL])8?)?(?P<u>U)f(?P<m>[Mm])(?P<d>[nO](?!%))?(?:,?f?(?P<y>Y))?")
def _unit_of_date(read: Read) -> Core | None:
    """ "the week of March 6", "the first week of May", "the last weekend of April"."""
    unit, month, day = read.at("u").name, read.at("m"), read.at("d")
    if unit not in ("week", "weekend") or not valid_day(read.at("y"), month, day):
        return None
    nth = None
    if read.has("o"):
        nth = -1 if read.kind("o") == "L" else read.at("o")
    elif day is None:
        return None
    return read.core("DATE", Unit(unit=unit, relation="", base=Partial(year=read.at("y"), month=month, day=day), nth=nth))


@rule("numbered week", "U", r"(?P<u>U)(?P<n>n)(?:,?f?(?P<y>Y))?(?!Y)")
def _numbered_week(read: Read) -> Core | None:
    if read.low("u") != "week" or not read.has("y"):
        return None
    return read.core("DATE", Partial(week=read.at("n"), year=read.at("y"))) if read.at("n") <= 53 else None


@rule("unit before", "t", r"t(?P<u>[Uq])(?P<k>[ekF])(?![tamMWwYnNRTLXHC9DIJ1])")
def _unit_before(read: Read) -> Core | None:
    unit = read.at("u")
    following = read.tokens.low[read.match.end() : read.match.end() + 1]
    if following and following[0][0].isalnum() and read.kind("k") != "F" and read.tokens.kinds[read.match.end()] == "#":
        return None  # "the day after he fled" is counted from what follows
    if unit.code.startswith("T") or read.low("k") == "previously":
        return None
    return read.core("DATE", Unit(unit=unit.name, relation="previous" if read.kind("k") == "e" else "following"))


@rule("numbered year", "U", r"(?P<u>U)f?(?P<y>Y)" + ERA)
def _numbered_year(read: Read) -> Core | None:
    if read.at("u").name != "year":
        return None
    return read.core("DATE", Partial(year=read.at("y") * (read.at("e") or 1)))


@rule("end of unit", "U", r"(?P<u>U)(?:'|-)?(?P<x>x)(?!f)")
def _end_of_unit(read: Read) -> Core | None:
    """ "year's end", "month-end", "year end"."""
    if read.at("u").name not in ("year", "month", "week", "quarter") or read.low("x") != "end":
        return None
    return read.core("DATE", Unit(unit=read.at("u").name, relation=""), modifier="END")


@rule("bare unit", "t", r"t[98]?(?P<u>[Uq])(?!-)")
def _bare_unit(read: Read) -> Core | None:
    unit = read.at("u")
    if unit.code.startswith("T") or unit.name in ("decade", "century", "millennium", "season", "fortnight"):
        return None
    after = read.tokens.low[read.match.end() : read.match.end() + 1]
    if after and after[0] in ("ended", "ending"):
        return read.core("DURATION", Duration(amount=1.0, unit=unit))
    return read.core("DATE", Unit(unit=unit.name, relation=""), sure=unit.name == "weekend")


@rule("bare part of day", "t", r"t(?P<b>[B])")
def _bare_part(read: Read) -> Core | None:
    return read.core("TIME", ClockTime(), part=read.at("b")[0], sure=False)


@rule("part before day", "B", r"(?P<b>B)(?=[RW])")
def _part_before_day(read: Read) -> Core | None:
    return read.core("TIME", ClockTime(), part=read.at("b")[0])


@rule("dated unit", "Y", r"(?P<y>Y)9?(?P<u>[Uq]|#)")
def _dated_unit(read: Read) -> Core | None:
    """ "the 1988 quarter", "the 1989 period": a year, whose part the story knows."""
    name = read.low("u")
    if name == "quarter":
        return read.core("DATE", Partial(year=read.at("y"), relation="quarter"))
    return read.core("DATE", Partial(year=read.at("y"))) if name in ("period", "year") else None


# --- shifts ------------------------------------------------------------------------------------------------------------------------------


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


# --- durations ---------------------------------------------------------------------------------------------------------------------------


@rule("duration", QUANTITY_FIRST, QUANTITY + r"-?8{0,2}-?(?P<u>[Uuq])(?P<h>&ah)?(?P<o>-\"|\"(?=[^#]|$))?;?")
def _duration(read: Read) -> Core | None:
    amount, found = read.amount()
    unit = read.at("u")
    if not found or (unit.name in ("season", "night") and (amount is None or amount > 30)):
        return None
    if read.has("h"):
        amount = (amount or 0) + 0.5
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


# --- sets ------------------------------------------------------------------------------------------------------------------------------


@rule("every", "2", r"2(?P<q>[nN]|X|O)?(?P<u>[Uuq])")
def _every(read: Read) -> Core | None:
    unit = read.at("u")
    amount = float(read.at("q")) if read.has("q") and read.kind("q") in "nN" else 1.0
    if read.kind("q") == "O":
        return None
    return read.core("SET", Recurrent(value=duration_value(amount, unit.code, unit.factor)))


@rule("every named", "2", r"2(?P<q>[OzX])?(?P<n>[MWGJB])(?P<b>B)?")
def _every_named(read: Read) -> Core | None:
    return read.core("SET", Recurrent(value=_named_set(read.kind("n"), read.at("n"), read.at("b")[0] if read.has("b") else "")))


def _named_set(kind: str, value: object, part: str) -> str:
    tail = f"T{part}" if part else ""
    if kind in "Ww":
        return f"XXXX-WXX-{value}{tail}"
    if kind == "M":
        return f"XXXX-{value:02d}"
    if kind == "G":
        return {3: "XXXX-SP", 6: "XXXX-SU", 9: "XXXX-FA", 12: "XXXX-WI"}[int(str(value))]
    if kind in "Bs" and isinstance(value, tuple):
        return f"XXXX-XX-XXT{value[0]}"
    return "P1Y"


@rule("weekday parts", "W", r"(?P<n>W)(?P<b>s)")
def _weekday_parts(read: Read) -> Core | None:
    return read.core("SET", Recurrent(value=_named_set("W", read.at("n"), read.at("b")[0])))


@rule("set word", "=", r"(?P<s>=)")
def _set_word(read: Read) -> Core | None:
    return read.core("SET", Recurrent(value=read.at("s")), sure=False)


@rule("per unit", "3", r"3(?P<u>[Uq])")
def _per(read: Read) -> Core | None:
    unit = read.at("u")
    if unit.code.startswith("T"):
        return None  # a rate, not a date
    return read.core("SET", Recurrent(value=duration_value(1.0, unit.code, unit.factor)))


# --- references
# ------------------------------------------------------------------------------------------------------------------------------


@rule("the past", "t", r"t(?P<r>P)(?=[,._p&7fk]|$)")
def _the_past(read: Read) -> Core | None:
    return read.core("DATE", Reference(value="PAST_REF"))


@rule("reference", "r", r"(?P<r>r)")
def _reference(read: Read) -> Core | None:
    value = str(read.at("r"))
    return read.core("DATE", Reference(value=value.rstrip("?")), sure=not value.endswith("?"))


@rule("current", "c", r"(?P<c>c)(?![Uuq9])")
def _current(read: Read) -> Core | None:
    return read.core("DATE", Reference(value="PRESENT_REF"), sure=False) if read.low("c") == "current" else None


@rule("recent", "!", r"(?P<c>!)(?!u)")
def _recent(read: Read) -> Core | None:
    return read.core("DATE", Reference(value="PAST_REF"), sure=False)


# --- the clock
# -------------------------------------------------------------------------------------------------------------------------------


@rule("clock", "KnNQ", r"(?:(?P<k>[Kn])(?P<j>j)?|(?P<n>N)(?P<j2>j)|(?P<q>Q))(?:p?t?(?P<b>B))?`?(?P<z>Z)?")
@rule("clock GMT", "YN", r"(?P<k>[YN])(?P<z>Z)")
def _clock(read: Read) -> Core | None:
    zone = read.at("z") or ""
    part = read.at("b")[0] if read.has("b") else ""
    if read.has("q"):
        return read.core("TIME", ClockTime(), clock=read.at("q")[1], zone=zone)
    kind, value, half = read.kind("k") or read.kind("n"), read.at("k") if read.has("k") else read.at("n"), read.at("j") or read.at("j2")
    if kind != "K" and half is None and not read.has("z"):
        return None
    four = len(read.low("k")) == 4 and read.low("k").isdigit()
    if kind == "N" and not four and half is None:
        return None
    hour, minute = (value[0], value[1]) if kind == "K" else divmod(int(value), 100) if four else (int(value), 0)
    if half in ("am", "pm") and not 1 <= hour <= 12:
        return None
    if half == "pm" or ((half is None or half == "") and part in ("AF", "EV") and hour < 12):
        hour = hour % 12 + 12
    elif half == "am":
        hour %= 12
    if hour > 24 or minute > 59:
        return None
    return read.core("TIME", ClockTime(), clock=f"{hour:02d}:{minute:02d}", zone=zone, sure=bool(half or zone or part) or four)
