"""Quantities in English text: numbers with modifier, range, unit, currency, rate and age, each with its characters.

`find` reads a text by a grammar over digits and number words. Figures that are no quantities (dates, names, references …) come with the
reason in `gate`, so that nothing is dropped in silence. Nothing here needs a parse; what is counted is the business of the claims stage.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator

from pipeline import lexicon
from pipeline.text import modifiers, number_gates, number_words, units
from pipeline.text.number_ranges import AGE_LEFT, one_in, pair
from pipeline.text.number_reading import read
from pipeline.text.quantity import Draft, MaskedText, NumberSpan, tidy

__all__ = ["NumberSpan", "find", "quantities"]

_BELOW = re.compile(r"[ \u00a0](?:below|under)[ \u00a0](?:zero|freezing)\b", re.I)
_ANGLE = re.compile(r"[ -](?:angle|turn|north|south|east|west|latitude|longitude|view|slope|of separation)\b", re.I)
_YO = re.compile(r"[ -]?y\.?/?o\b(?!\w)")
_OLD_UNIT = re.compile(r"[ -](?P<unit>year|month|week|day|decade)s?[ -](?:olds?\b|of age\b)", re.I)
_PREFIX_UNIT = re.compile(r"\b(?P<unit>Mach|magnitude)(?:[ -]of)?[ \u00a0-]$", re.I)
_AFTER_TIMES = re.compile(
    r"[ \u00a0]+(?:as|more|the|higher|larger|bigger|greater|faster|less|fewer|that|its|what"
    r"|better|worse|stronger|lower|smaller|their|normal)\b",
    re.I,
)
_RATE_ADVERB = re.compile(r"[ \u00a0](?P<adverb>annually|yearly|monthly|weekly|daily|hourly|nightly|apiece|per capita|per annum)\b", re.I)
_RATE_PER = re.compile(
    r"(?:[ \u00a0](?:(?P<per>per|for every|for each)|(?P<article>an?|each|every))(?=[ \u00a0])"
    r"|[ \u00a0-](?P<hyphen>per|an?)(?=-)|[ \u00a0]?(?P<slash>/))"
    r"[ \u00a0-]?(?P<what>\d[\d,]*(?: \w+)?|[a-z]+(?:-[a-z]+)?)",
    re.I,
)
_DEICTIC = re.compile(r"[ \u00a0](?:ago|earlier|later|before|after|or (?:so|two|more))\b", re.I)
_ADVERB_UNIT = {
    "annually": "year",
    "yearly": "year",
    "monthly": "month",
    "weekly": "week",
    "daily": "day",
    "hourly": "hour",
    "nightly": "night",
}


def find(text: str) -> list[NumberSpan]:
    """All numbers of a text in order, gated ones with their reason. Spans never overlap."""
    held, out, last = MaskedText(text), [], 0
    for match in number_words.trigger().finditer(text):
        pos = match.start()
        if pos < last:
            continue
        mask = held.mask_at(pos)
        if mask:
            last = mask[1]
            if mask[2] != "link":
                out.append(_gated(text, mask))
            continue
        draft = read(held, pos, last)
        if draft is None:
            last = max(last, _skip(text, pos))
            continue
        pair(held, draft, last)
        if draft.second is None and draft.form == "cardinal" and draft.unit is None and draft.money is None:
            one_in(held, draft)
        spans = list(_finish(held, draft, last))
        out += spans
        last = max(s.end for s in spans)
    return _with_articles(held, out)


def quantities(text: str) -> list[NumberSpan]:
    """The quantities of a text: what `find` reads, without the gated."""
    return [s for s in find(text) if s.gate is None]


def per_what(text: str, end: int) -> tuple[str, int] | None:
    """The denominator that follows a counted phrase ending at `end`, with its end: "500,000 migrants annually", "400 people per square
    kilometre", "31 points a game"; None where none does."""
    found = _denominator(text, end, None, money=False, measured=True)
    return (found[0], found[1]) if found else None


def between_commas(text: str, span: NumberSpan) -> bool:
    """Whether a bare figure that may be somebody's age stands between commas (or a comma and a full stop)."""
    bare = span.kind == "count" and not span.words and span.plain and span.value is not None and 0 < span.value <= 120
    return bare and text[max(0, span.start - 2) : span.start] == ", " and text[span.end : span.end + 1] in (",", ".")


def as_age(span: NumberSpan) -> NumberSpan:
    """The same figure read as an age in years."""
    year = units.unit_named("year")
    si_value, si_unit = (year.si(span.value), year.si_unit) if year is not None else (None, None)
    return dataclasses.replace(span, kind="age", unit="year", si_value=si_value, si_unit=si_unit)


def _gated(text: str, mask: tuple[int, int, str]) -> NumberSpan:
    return NumberSpan(mask[0], mask[1], mask[0], mask[1], None, None, None, "exact", "other", "cardinal", gate=mask[2])


def _skip(text: str, pos: int) -> int:
    """The end of the token at pos, which began no number."""
    while pos < len(text) and text[pos].isalnum():
        pos += 1
    return pos


def _finish(held: MaskedText, draft: Draft, floor: int) -> Iterator[NumberSpan]:
    """Turns a draft into a NumberSpan: modifiers, rates, ages, the gate."""
    text, first, second = held.text, draft.first, draft.second
    start, end, value = draft.start, draft.end, first.value
    if value is not None:
        value = tidy(value + draft.add) if draft.add else value
    kind, unit, basis, si_value, si_unit, si = "count", None, None, None, None, None
    candidates: tuple[str, ...] = ()
    if draft.money:
        kind, unit, basis, candidates = "money", draft.money.code, draft.money.basis, draft.money.candidates
        if draft.money.minor:
            unit, candidates = draft.money.minor, ()
    elif draft.unit:
        kind, unit, si = draft.unit.kind, draft.unit.name, draft.unit
    elif draft.form == "fraction":
        kind, unit = "ratio", "ratio"
    elif draft.form == "ratio" and second and second.value and value is not None:
        kind, unit, value, second = "ratio", "ratio", value / second.value, None
    elif draft.form == "score":
        kind, second = "score", None
    if unit == "times":
        marked = text[draft.number_end : end].strip(" -\u00a0").lower()
        if marked == "times" and not _AFTER_TIMES.match(text, end):
            kind, unit, si = "count", "time", None
    if kind == "temperature" and value is not None and (below := _BELOW.match(text, end)):
        value, end = -abs(value), below.end()
    if unit == "degree" and (_ANGLE.match(text, end) or re.search(r"(?:rotate|turn|tilt)\w*\s$", text[max(0, start - 10) : start], re.I)):
        kind = "other"
    # ages
    old = _OLD_UNIT.match(text, draft.number_end)
    young = _YO.match(text, draft.number_end) if old is None else None
    if young:
        kind, unit, si, end = "age", "year", units.unit_named("year"), young.end()
    left = AGE_LEFT.search(text, max(floor, start - 14), start)
    aged_start = start
    if old:
        kind, end = "age", old.end()
        unit, si, draft.hyphen = old.group("unit").lower(), units.unit_named(old.group("unit")), True
    elif left and kind in ("count",) and value is not None and 0 <= value <= 125 and draft.form in ("cardinal", "range"):
        kind, unit, si, aged_start = "age", "year", units.unit_named("year"), left.start()
    prefix = _PREFIX_UNIT.search(text, max(floor, start - 16), start)
    if prefix and kind == "count":
        named = units.unit_named(prefix.group("unit").title()) or units.unit_named(prefix.group("unit").lower())
        if named:
            kind, unit, si, start = named.kind, named.name, named, prefix.start()
            aged_start = start
    # modifiers
    mark = modifiers.before(text, aged_start)
    if mark and (mark.start < floor or not _fits(mark, kind, draft, text)):
        mark = None
    trail = modifiers.after(text, draft.number_end) if draft.form != "score" else None
    if trail is None and end > draft.number_end and draft.form != "score":
        trail = modifiers.after(text, end)
        if trail and trail.role == "hyphen":
            trail = None
    if trail and text[trail.start : trail.end].strip() in ("MAX", "Max", "Maximum", "PLUS", "Plus", "Tops", "tops") and draft.unit is None:
        trail = None
    word = mark.modifier if mark and mark.role != "limit" else "exact"
    if trail and (number_words.parse(text, trail.end + 1) or text[trail.end : trail.end + 5] == " than"):
        trail = None  # "above 1,000 and below 1,500"
    if trail and (word in ("exact", "about") or mark is None):
        word = trail.modifier
    low, high = first.low, None
    if draft.form == "range" and second is not None and second.value is not None and value is not None:
        low, high = value, second.value
        value, word = tidy((low + high) / 2), "between"
    elif kind == "money" or draft.form != "range":
        value, low, high, word = modifiers.bounds(value, low, word)
    if trail:
        end = max(end, trail.end)
    per, kind, end = _rate(text, end, kind, unit, draft)
    if draft.unit and draft.unit.kind == "rate" and unit and " per " in unit:  # "bpd", "mpg", "Mbps": a unit and what it is by
        unit, _, by = unit.partition(" per ")
        per = per or by
    span_start = mark.start if mark and mark.role != "focus" and (mark.role != "limit" or draft.between) else aged_start
    if si:
        si_value, si_unit = si.si(value if value is not None else low), si.si_unit
    bare = (
        draft.unit is None
        and draft.money is None
        and mark is None
        and not first.scaled
        and draft.form in ("cardinal", "score")
        and kind == "count"
    )
    gate = None
    if not (draft.unit or draft.money) or draft.hyphen or text[max(0, start - 1) : start] in ("-", "–"):
        gate = number_gates.why_not(
            text,
            draft.number_start,
            draft.number_end,
            value=first.value,
            words=first.words,
            bare=bare and not (trail and text[trail.start] == "+"),
        )
    yield NumberSpan(
        start=min(span_start, start),
        end=end,
        number_start=draft.number_start,
        number_end=draft.number_end,
        value=value,
        low=low,
        high=high,
        modifier=word,
        kind=kind,
        form=draft.form,
        unit=unit,
        unit_basis=basis,
        candidates=candidates,
        per=per,
        si_value=si_value,
        si_unit=si_unit,
        hyphen=draft.hyphen,
        words=first.words,
        plain=text[draft.number_start : draft.number_end].isdecimal(),
        modifier_end=mark.end if mark else None,
        gate=gate,
    )


def _fits(mark: modifiers.Found, kind: str, draft: Draft, text: str) -> bool:
    """Whether a modifier may speak of this kind of number."""
    if mark.role == "limit":
        return draft.between
    if mark.role == "time":
        return kind in ("duration", "length", "age")
    if mark.role == "money":
        return kind in ("money", "percent")
    if mark.role == "verb":
        return draft.first.scaled or (draft.first.value or 0) >= 1000
    return True


def _rate(text: str, end: int, kind: str, unit: str | None, draft: Draft) -> tuple[str | None, str, int]:
    """The denominator of a rate after a quantity: (per, kind, end)."""
    if draft.hyphen or draft.form in ("score", "ratio"):
        return None, kind, end
    measured = draft.unit is not None or draft.money is not None or kind == "percent"
    found = _denominator(text, end, unit, money=draft.money is not None, measured=measured)
    return (found[0], "rate", found[1]) if found else (None, kind, end)


def _denominator(text: str, end: int, unit: str | None, *, money: bool, measured: bool) -> tuple[str, int] | None:
    """What a quantity ending at `end` is by: (name, end). An article or a bare adverb makes a rate of a measured quantity only."""
    if text[end : end + 1] not in (" ", "\u00a0", "/", "-"):
        return None
    adverb = _RATE_ADVERB.match(text, end) if measured else None
    if adverb:
        word = adverb.group("adverb").lower()
        return _ADVERB_UNIT.get(word, "person" if word == "per capita" else "piece" if word == "apiece" else "year"), adverb.end()
    found = _RATE_PER.match(text, end)
    if not found or (found.group("slash") and not measured) or (found.group("hyphen") and not money):
        return None
    what, at = found.group("what").lower(), found.start("what")
    named = units.unit_after(text, at) if not what[0].isdigit() else None
    last = named[1] if named else found.end()
    if text[last : last + 1].isalpha():
        return None
    if found.group("per") or found.group("slash"):
        return (named[0].name if named else what), last
    if named and measured and named[0].kind in ("duration", "mass", "volume", "area", "length") and named[0].name != unit:
        return None if _DEICTIC.match(text, last) else (named[0].name, last)
    return (what, found.end()) if (money or found.group("article")) and measured and what in _heads() else None


@functools.cache
def _heads() -> frozenset[str]:
    """Nouns by which prices are given ("$50 a person"): the people of `counted_groups` and the barrel's kin are units already."""
    return frozenset(r["noun"] for r in lexicon.load("counted_groups").rows) | {
        "head",
        "share",
        "piece",
        "plate",
        "ticket",
        "unit",
        "game",
        "visit",
        "vote",
    }


@functools.cache
def _article_pattern() -> re.Pattern[str]:
    """ "a year", "a single day", "an hour and a half": a unit whose number is its article."""
    names = [
        r["unit"]
        for r in lexicon.load("units").rows
        if r["kind"] in ("duration", "length", "area", "mass", "volume") and " " not in r["unit"]
    ]
    keep = "|".join(
        sorted(
            (
                n
                for n in names
                if n not in ("second", "quarter", "stone", "block", "league", "cup", "pound-mass", "foot", "night", "weekend")
            ),
            key=len,
            reverse=True,
        )
    )
    return re.compile(
        rf"\b(?P<number>an?(?P<single> single)?) (?P<unit>{keep})(?P<half> and an? (?:half|quarter))?\b(?! (?:and|or) an? )", re.I
    )


def _with_articles(held: MaskedText, spans: list[NumberSpan]) -> list[NumberSpan]:
    """Adds "more than a year", "a single day", "a year and a half": the article counts where a modifier or "single" says so."""
    text, extra = held.text, []
    taken = sorted((s.start, s.end) for s in spans)
    for match in _article_pattern().finditer(text):
        mark = modifiers.before(text, match.start())
        unit = units.unit_named(match.group("unit"))
        if unit is None or (mark and mark.role in ("limit", "money", "verb", "focus")):
            continue
        if (mark and mark.modifier == "exact") or (mark and mark.role == "time" and unit.kind == "duration"):
            mark = None
        if not (mark or match.group("single") or match.group("half")):
            continue
        start = mark.start if mark else match.start()
        if any(a < match.end() and start < b and not (a >= match.start() and b <= match.end()) for a, b in taken):
            continue
        add = 0.0 if not match.group("half") else 0.5 if match.group("half").endswith("half") else 0.25
        value, low, high, word = modifiers.bounds(1.0 + add, None, mark.modifier if mark else "exact")
        spans = [s for s in spans if not (s.start >= match.start() and s.end <= match.end())]
        extra.append(
            NumberSpan(
                start,
                match.end(),
                match.start("number"),
                match.end("number"),
                value,
                low,
                high,
                word,
                unit.kind,
                "cardinal",
                unit=unit.name,
                si_value=unit.si(value),
                si_unit=unit.si_unit,
                words=True,
                modifier_end=mark.end if mark else None,
            )
        )
    return sorted(spans + extra, key=lambda s: s.start) if extra else spans
