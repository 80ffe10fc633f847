"""TIMEX3 values as TempEval-3 writes them: periods, durations, parts of the day.

Conventions (ISO-TimeML; Verhagen and Pustejovsky, the TempEval-3 guidelines): days 1998-02-13, weeks 1998-W07, weekends 1998-W07-WE,
months 1998-02, quarters 1998-Q1, halves 1998-H1, seasons 1998-SU, years 1998, decades 199, centuries 19 (the twentieth), years before
Christ BC0490, parts of the day after T (1998-02-13TMO), what is not known X (XXXX-09, XXXX-WXX-3), durations P6W, PT2H, vague ones PXD.
"""

from __future__ import annotations

import datetime as dt

from pipeline.text.calendar import SEASON_OF_MONTH, Period


def year_value(year: int) -> str:
    """ "1998", "0347", "BC0490" (the year -489 is astronomers' 490 BC; here -490 stands for 490 BC)."""
    return f"BC{-year:04d}" if year < 0 else f"{year:04d}"


def period_value(period: Period) -> str:
    """The TIMEX3 value of a period that is known."""
    start = period.start
    if period.unit == "day":
        return f"{start.year:04d}-{start.month:02d}-{start.day:02d}"
    if period.unit in ("week", "weekend"):
        iso = (start + dt.timedelta(days=3 if period.unit == "week" else 0)).isocalendar()  # a Sunday's week is that of its Monday
        return f"{iso.year:04d}-W{iso.week:02d}" + ("-WE" if period.unit == "weekend" else "")
    if period.unit == "month":
        return f"{start.year:04d}-{start.month:02d}"
    if period.unit == "quarter":
        return f"{start.year:04d}-Q{(start.month + 2) // 3}"
    if period.unit == "half":
        return f"{start.year:04d}-H{(start.month + 5) // 6}"
    if period.unit == "season":
        return f"{start.year:04d}-{SEASON_OF_MONTH[start.month]}"
    if period.unit == "year":
        return f"{start.year:04d}"
    if period.unit == "decade":
        return f"{start.year // 10:03d}"
    return f"{start.year // 100:02d}"


HALF_OF = {"Y": "6M", "TH": "T30M", "TM": "T30S", "D": "T12H"}  # half a unit in the next smaller one, as TimeML writes it


def number(amount: float) -> str:
    """An amount as ISO 8601 writes it: 2, 2.5."""
    return f"{amount:.10g}" if amount != int(amount) else str(int(amount))


def duration_value(amount: float | None, code: str, factor: int = 1) -> str:
    """The value of a duration; `code` is the unit's letter ("TH" hours), None an unknown amount.

    Decades and centuries are counted in years, as the corpora mostly do (P20Y), vague ones by their own letters (PXDE, PXCE).
    """
    if amount is None:
        return {"DE": "PXDE", "CE": "PXCE", "ML": "PXML", "WE": "PXWE", "SEASON": "PXM"}.get(code, f"P{code[:-1]}X{code[-1]}")
    scale, letter = {"DE": (10, "Y"), "CE": (100, "Y"), "ML": (1000, "Y"), "SEASON": (3, "M"), "WE": (1, "WE")}.get(code, (factor, code))
    scaled, half = amount * scale, HALF_OF.get(letter)
    if half and scaled % 1 == 0.5:
        whole, time = int(scaled), "T" if letter.startswith("T") or half.startswith("T") else ""
        first = f"{whole}{letter.removeprefix('T')}" if whole else ""
        lead = "T" if letter.startswith("T") else ""
        return f"P{lead}{first}{'' if lead else time}{half.removeprefix('T')}"
    return f"P{'T' if letter.startswith('T') else ''}{number(scaled)}{letter.removeprefix('T')}"
