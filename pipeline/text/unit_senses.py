"""Which unit a sign or word of several senses means ("30C", "5,000 pounds", "12″"), by the words around it."""

from __future__ import annotations

import dataclasses
import functools
import re

from pipeline import lexicon
from pipeline.text import number_gates, units
from pipeline.text.units import Money, Unit

_WINDOW = 90  # characters on either side in which a cue counts
_EDGE = re.compile(r"[.!?][\"”']?\s+(?=[A-Z])|\n")


@dataclasses.dataclass(frozen=True, slots=True)
class _Senses:
    signs: re.Pattern[str]
    rows: dict[str, tuple[tuple[str, re.Pattern[str]], ...]]  # sign -> (target, cues), in the lexicon's order


@functools.cache
def _senses() -> _Senses:
    """Compiles the `unit_senses` lexicon."""
    rows: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for row in lexicon.load("unit_senses").rows:
        cues = "|".join(re.escape(cue) for cue in sorted(row["cues"].split("|"), key=len, reverse=True))
        pattern = re.compile(rf"(?<!\w)(?:{cues})(?!\w)", re.I)
        for sign in row["sign"].split("|"):
            rows.setdefault(sign, []).append((row["target"], pattern))
    signs = "|".join(re.escape(s) for s in sorted(rows, key=len, reverse=True))
    return _Senses(re.compile(rf"[ \u00a0]?(?P<sign>{signs})(?![\w°²³/])"), {k: tuple(v) for k, v in rows.items()})


def after(text: str, pos: int) -> tuple[Unit | Money, int] | None:
    """The unit or currency that the sign at pos (after a number) means by the words of its sentence, with its end; None where the sign
    has one sense only or no word tells."""
    found = _senses().signs.match(text, pos)
    if found is None:
        return None
    target = _meant(text, pos, found.end(), found.group("sign"))
    if target is None:
        return None
    unit = units.unit_named(target)
    if unit is None and target in units.currencies().minor_names:
        return Money(None, "noun", (), minor=units.currencies().minor_names[target], end=found.end()), found.end()
    return (unit, found.end()) if unit is not None else (Money(target, "noun", (target,), end=found.end()), found.end())


_ROOM = re.compile(r"(?:^|[^\w.%])(?P<word>[A-Za-z][\w’'-]*)[ \u00a0]$")
_DEGREES = {"C": ("degree Celsius", -90.0, 60.0), "F": ("degree Fahrenheit", -100.0, 130.0)}


def degrees(text: str, start: int, end: int, value: float | None) -> tuple[Unit, int] | None:
    """The scale of a letter set against a figure that a thermometer may show ("30C", "-5C", "100F"), with its end; no name or place
    ("Flat 12C", "seat 22F") stands before it."""
    scale = _DEGREES.get(text[end : end + 1])
    if scale is None or value is None or text[end + 1 : end + 2].isalnum() or text[end + 1 : end + 2] in ("-", "/", "+", "#"):
        return None
    signed = text[start : start + 1] in ("-", "−", "–")
    before = _ROOM.search(text, max(0, start - 24), start)
    named = before is not None and (before.group("word")[0].isupper() or before.group("word").lower() in number_gates.gates().names)
    if (named and not signed) or not scale[1] <= value <= scale[2]:
        return None
    unit = units.unit_named(scale[0])
    return (unit, end + 1) if unit is not None else None


def currency_of(text: str, start: int, end: int) -> str | None:
    """The code of the currency that the sign at text[start:end] before an amount means by the words of its sentence, or None."""
    return _meant(text, start, end, text[start:end].strip())


def _meant(text: str, start: int, end: int, sign: str) -> str | None:
    """The sense of a sign at text[start:end] by the cues in its sentence."""
    rows = _senses().rows.get(sign)
    if rows is None:
        return None
    before, behind = text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
    cut = [m.end() for m in _EDGE.finditer(before)]
    stop = _EDGE.search(behind)
    near = before[cut[-1] if cut else 0 :] + " " + (behind[: stop.start()] if stop else behind)
    return next((target for target, cues in rows if cues.search(near)), None)
