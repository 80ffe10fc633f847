"""The grammar of two dates in one breath: "5-7 May", "March 5 to 9, 1918", "2012-13", "from March to May 1999". Each date is a timex of its
own."""

from __future__ import annotations

from pipeline.text.date_grammar import Core, Read, rule, valid_day
from pipeline.text.date_meaning import Partial

JOIN = r"(?P<j>[-&:,]|4t?|6t?|&t)"


@rule("days of one month", "nO", r"(?P<d>[nO])" + JOIN + r"(?P<d2>[nO])f?(?P<m>[Mm])(?:,?f?(?P<y>Y))?(?![-/]n)")
def _days_month(read: Read) -> tuple[Core, ...] | None:
    year, month, first, second = read.at("y"), read.at("m"), read.at("d"), read.at("d2")
    if not valid_day(year, month, second) or read.kind("j") == ",":
        return None
    start, before, its_year = read.match.start(), month, year
    if first >= second:  # "from the 27th to the 3rd of April" begins in March
        if read.kind("j") not in "46" or read.kind("d") != "O":
            return None
        before, its_year = (month - 1, year) if month > 1 else (12, year - 1 if year else None)
    if not valid_day(its_year, before, first):
        return None
    return (
        Core(first=start, last=start + 1, type="DATE", meaning=Partial(year=its_year, month=before, day=first)),
        Core(first=read.match.start("d2"), last=read.match.end(), type="DATE", meaning=Partial(year=year, month=month, day=second)),
    )


@rule("month with days", "Mm", r"(?P<m>[Mm])t?(?P<d>[nO])" + JOIN.replace(",", "") + r"(?P<d2>[nO])(?![%/#uUqMm]|,n)(?:,?f?(?P<y>Y))?")
def _month_days(read: Read) -> tuple[Core, ...] | None:
    year, month, first, second = read.at("y"), read.at("m"), read.at("d"), read.at("d2")
    after = month
    if first >= second:  # "from April 27th to the 3rd" ends in May
        if "t" not in read.match["j"] or year:
            return None
        after = month % 12 + 1
    if not valid_day(year, month, first) or not valid_day(year, after, second):
        return None
    return (
        Core(first=read.match.start(), last=read.match.end("d"), type="DATE", meaning=Partial(year=year, month=month, day=first)),
        Core(first=read.match.start("d2"), last=read.match.end(), type="DATE", meaning=Partial(year=year, month=after, day=second)),
    )


@rule("two days of one year", "Mm", r"(?P<m>[Mm])(?P<d>[nO])" + JOIN.replace(",", "") + r"(?P<m2>[Mm])(?P<d2>[nO]),?(?P<y>Y)")
@rule(
    "two days of one year, day first", "nO", r"(?P<d>[nO])f?(?P<m>[Mm])" + JOIN.replace(",", "") + r"(?P<d2>[nO])f?(?P<m2>[Mm]),?(?P<y>Y)"
)
@rule("months of one year", "Mm", r"(?P<m>[Mm])" + JOIN.replace(",", "") + r"(?P<m2>[Mm])[,fp]?(?P<y>Y)")
def _one_year(read: Read) -> tuple[Core, ...] | None:
    month, second = read.at("m"), read.at("m2")
    year = read.at("y")
    first_year = year if (month, read.at("d") or 0) <= (second, read.at("d2") or 0) else year - 1  # November to March 1998
    if not valid_day(first_year, month, read.at("d")) or not valid_day(year, second, read.at("d2")):
        return None
    return (
        Core(
            first=read.match.start(),
            last=read.match.start("j"),
            type="DATE",
            meaning=Partial(year=first_year, month=month, day=read.at("d")),
        ),
        Core(first=read.match.end("j"), last=read.match.end(), type="DATE", meaning=Partial(year=year, month=second, day=read.at("d2"))),
    )


@rule("years", "Y", r"(?P<y>Y)(?P<j>[-/])(?P<z>[nN])(?![-/%])")
def _years(read: Read) -> tuple[Core, ...] | None:
    """ "2012-13": the year and the next, or the years between."""
    low, year, tail = read.low("z"), read.at("y"), read.at("z")
    if len(low) != 2 or not low.isdigit() or not 1000 <= year <= 2100:
        return None
    second = year // 100 * 100 + int(tail)
    if second <= year:
        return None
    return (
        Core(first=read.match.start(), last=read.match.start() + 1, type="DATE", meaning=Partial(year=year), sure=False),
        Core(first=read.match.start("z"), last=read.match.end(), type="DATE", meaning=Partial(year=second), sure=False),
    )


@rule("years of an era", "nNY", r"(?P<y>[nNY])(?P<j>-|4|6)(?P<z>[nNY])(?P<e>0)")
def _era_years(read: Read) -> tuple[Core, ...] | None:
    """ "499-493 BC", "from 264 to 241 BC", "27-30 AD": years before Christ count down."""
    first, second, era = read.at("y"), read.at("z"), read.at("e")
    if first != int(first) or second != int(second) or not 1 <= min(first, second) <= max(first, second) <= 2100:
        return None
    if (first > second) != (era < 0) or first == second:
        return None
    start = read.match.start()
    return (
        Core(first=start, last=start + 1, type="DATE", meaning=Partial(year=int(first) * era)),
        Core(first=read.match.start("z"), last=read.match.end(), type="DATE", meaning=Partial(year=int(second) * era)),
    )


@rule("two years", "Y", r"(?P<y>Y)(?P<j>[-~46])(?P<z>Y)(?![-/%])")
def _two_years(read: Read) -> tuple[Core, ...] | None:
    first, second = read.at("y"), read.at("z")
    if read.kind("j") == "~" and read.low("j") != "~":
        return None
    if not (1000 <= first < second <= 2100 and second - first < 500):
        return None
    return (
        Core(first=read.match.start(), last=read.match.start() + 1, type="DATE", meaning=Partial(year=first), sure=False),
        Core(first=read.match.start("z"), last=read.match.end(), type="DATE", meaning=Partial(year=second), sure=False),
    )
