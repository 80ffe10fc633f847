"""The grammar of what is said in relation to a time: "last week", "this Friday", "the first week of May", "the day before"."""

from __future__ import annotations

from pipeline.text.date_grammar import DETERMINERS, ERA, Core, Read, rule, valid_day
from pipeline.text.date_lexicon import context
from pipeline.text.date_meaning import ClockTime, Day, Duration, Meaning, Partial, Unit

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
    return read.core("TIME" if part else "DATE", Day(offset=offset, night=read.low("d") in context("through-the-night")), part=part)


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
@rule("early year", "U", r"(?P<u>U)(?P<y>N)(?![#%])" + ERA)
def _numbered_year(read: Read) -> Core | None:
    if read.at("u").name != "year" or read.low("u") != "year":
        return None
    if read.kind("y") == "N" and (read.at("y") != int(read.at("y")) or not 32 <= read.at("y") < 1000):
        return None  # "year 12" is a form at school, "the year 348" a year
    return read.core("DATE", Partial(year=int(read.at("y")) * (read.at("e") or 1)))


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
    if after and after[0] in context("over"):
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
    return read.core("DATE", Partial(year=read.at("y"))) if name in context("nameless-period") else None
