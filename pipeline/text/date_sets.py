"""The grammar of what is no single date: sets ("every day", "Tuesday nights"), references ("now", "recently"), times of the clock."""

from __future__ import annotations

from pipeline.text.date_grammar import Core, Read, rule
from pipeline.text.date_meaning import ClockTime, Recurrent, Reference
from pipeline.text.timex import duration_value

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
