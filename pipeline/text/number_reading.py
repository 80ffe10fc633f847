"""Reads the figure at a place of the text with its sign, currency and unit."""

from __future__ import annotations

import dataclasses
import re

from pipeline.text import modifiers, number_gates, number_words, unit_senses, units
from pipeline.text.number_words import Cardinal
from pipeline.text.quantity import Draft, MaskedText
from pipeline.text.units import Money, Unit

_OF = re.compile(r"[ \u00a0\n]of[ \u00a0\n]", re.I)
_ARTICLE = re.compile(r"[ \u00a0-](?:of[ \u00a0])?an?(?=[ \u00a0])", re.I)
_MINUS = re.compile(r"(?:(?<![\w.)%])[-−]|\b(?:minus|negative)\s)$", re.I)
_TOLERANCE = re.compile(r"[ \u00a0]?(?:±|\+/[-−])[ \u00a0]?(?=\d)")
_PRICE = re.compile(r"\d+\.\d\d(?![\d.])")
_MILLION_LETTER = re.compile(r"(mm|m|b|t|k|cr)(?![A-Za-z0-9²³])", re.I)
# "1.5m cars", "2m homes": the plural of a thing after "m"; races and other measures are named by their length.
_MANY = re.compile(
    r"[ \u00a0](?!(?:hurdles|metres|meters|finals|heats|races|titles|events|relays|always|across)\b)[a-z]{2,}[^su\W]s\b(?!-)"
)
_OLD = re.compile(r"[ -](?:years?|months?|weeks?|days?|decades?)[ -](?:olds?\b|of age\b)", re.I)
_JOIN = re.compile(r"(?:,?[ \u00a0]and[ \u00a0]|,?[ \u00a0]|-)?")


def read(held: MaskedText, pos: int, floor: int) -> Draft | None:
    """Reads the figure at pos with its sign, currency, range and unit."""
    text = held.text
    feet = units.feet_inches(text, pos)
    if feet:
        inch_unit = units.unit_named("foot")
        number = Cardinal(pos, feet[1], feet[0], raw=feet[0])
        return Draft(pos, feet[1], pos, feet[1], number, unit=inch_unit)
    first = number_words.parse(text, pos)
    if first is None:
        return None
    start = pos
    minus = _MINUS.search(text, max(floor, pos - 10), pos)
    before = units.currency_before(text, pos) if not first.words else None
    if before and before[1] >= floor and _sound_sign(text, before[1], pos, first):
        start = before[1]
    else:
        before = None
    if before and before[0].code is None:
        meant = unit_senses.currency_of(text, before[1], pos)
        if meant is not None:
            before = (dataclasses.replace(before[0], code=meant, basis="noun"), before[1])
    if before:
        minus = re.compile(r"(?<![\w.)%])[-−]$").search(text, max(floor, start - 2), start)
        first = money_scale(text, first)
    elif not first.words:
        first = _bare_million(text, first)
    if minus and first.value is not None:
        first = dataclasses.replace(first, start=minus.start(), value=-first.value)
        start = minus.start()
    draft = Draft(start, first.end, first.start, first.end, first, money=before[0] if before else None)
    if tolerance := _TOLERANCE.match(text, first.end):
        within = number_words.parse(text, tolerance.end())
        draft.end = within.end if within is not None else draft.end
    if first.value is None:
        draft.form = "vague"
    elif first.fraction:
        draft.form = "fraction"
    measure(held, draft)
    return draft


def _sound_sign(text: str, start: int, pos: int, number: Cardinal) -> bool:
    """Whether a currency sign of one letter ("R500", "N1.2bn") is one: the amount must be large or scaled."""
    sign = text[start:pos].strip()
    if not (sign.isalpha() and len(sign) <= 2 and sign not in ("Rs", "Tk", "DM", "RM", "Rp", "Re")):
        return True
    if number.value is None:
        return False
    priced = sign == "R" and bool(_PRICE.match(text, pos))  # "R18.50" a litre in South Africa
    return number.scaled or number.value >= 1000 or priced or bool(_MILLION_LETTER.match(text, number.end))


def money_scale(text: str, number: Cardinal) -> Cardinal:
    """Applies the letters that scale money ("$5m", "£3b", "Rs 5 cr")."""
    found = re.compile(r"[ \u00a0]?(?:(mm|m|b|t|k|cr)|(M|B))(?![A-Za-z0-9²³'’])", re.I).match(text, number.end)
    if not found or number.scaled or number.value is None:
        return number
    letter = found.group().strip()
    if found.group()[0] in " \u00a0" and letter.lower() not in ("m", "cr", "b", "mm"):
        return number
    factor = number_words.words().value[letter.lower()]
    return dataclasses.replace(number, end=found.end(), value=float(f"{number.value * factor:.12g}"), scaled=True, raw=number.value)


def _bare_million(text: str, number: Cardinal) -> Cardinal:
    """ "5m people", "1.2m tonnes", "3m euros": a letter that scales where a unit, a currency or people follow."""
    capital = re.compile(r"M(?![A-Za-z0-9²³/-])").match(text, number.end)
    found = capital or re.compile(r"m(?=[ \u00a0][a-z])").match(text, number.end)
    if not found or number.scaled or number.value is None:
        return number
    if capital:
        return dataclasses.replace(number, end=found.end(), value=float(f"{number.value * 1e6:.12g}"), scaled=True, raw=number.value)
    follows = number_gates.gates().scaled_people.match(text, found.end()) or _MANY.match(text, found.end())
    if follows or units.currency_after(text, found.end(), 1e6) or units.unit_after(text, found.end(), attached_letters=False):
        return dataclasses.replace(number, end=found.end(), value=float(f"{number.value * 1e6:.12g}"), scaled=True, raw=number.value)
    return number


def measure(held: MaskedText, draft: Draft) -> None:
    """Reads the unit or currency after the figure at draft.end."""
    text, end, number = held.text, draft.end, draft.first
    if draft.money:
        draft.hyphen = False
        return
    starts = [end]
    follow = _OF.match(text, end)
    if draft.form == "vague" and follow:
        starts.append(follow.end() - 1)
    article = _ARTICLE.match(text, end)
    if article and (draft.form == "fraction"):
        starts.append(article.end())
    loose = modifiers.after(text, end)
    if (loose and loose.role == "hyphen") or (loose and text[loose.start : loose.end] == "+"):
        starts.append(loose.end)
    for at in starts:
        amount = number.value
        sense = unit_senses.after(text, at) if at == end and number.value is not None else None
        if sense is not None:
            draft.end = sense[1]
            if isinstance(sense[0], Money):
                draft.money = sense[0]
            else:
                draft.unit = sense[0]
                _compound(held, draft)
            return
        scale = unit_senses.degrees(text, draft.start, at, amount) if at == end and not number.words and not number.scaled else None
        if scale is not None:
            draft.unit, draft.end = scale
            return
        money = units.currency_after(text, at, amount, scaled=number.scaled)
        unit = units.unit_after(text, at, attached_letters=not number.words)
        if unit and at != end and draft.form == "fraction" and unit[0].kind == "percent":
            unit = None
        if money and (unit is None or money.end > unit[1]):
            draft.money, draft.end = money, money.end
            draft.hyphen = text[at : at + 1] == "-"
            _cents(held, draft)
            return
        if unit and not _false_unit(text, at, unit, number):
            draft.unit, draft.end, draft.hyphen = unit
            _compound(held, draft)
            return


def _false_unit(text: str, at: int, found: tuple[Unit, int, bool], number: Cardinal) -> bool:
    """Words that are units elsewhere: "5 second-graders", "one second thought", "two feet" of a person stay; "20 bar owners" do not."""
    unit, end, _ = found
    word = text[at:end].strip(" -\u00a0")
    if unit.name == "second" and number.value != 1 and word.lower() == "second":
        return text[end : end + 1] not in ("", "-", " ", ",", ".") or bool(re.match(r"[- ](?:graders?|place|half|time|round)", text[end:]))
    homographs = number_gates.gates().homographs
    if number.words and word.lower() in homographs["word"]:
        return True
    return word.istitle() and len(word) > 3 and text[end : end + 1] != "-" and unit.name in homographs["capital"]


def _compound(held: MaskedText, draft: Draft) -> None:
    """Adds a smaller unit of the same kind ("6 ft 2 in", "two hours and thirty minutes", "two years and six months")."""
    text, big = held.text, draft.unit
    if draft.hyphen or big is None or big.si_factor is None or draft.first.value is None or big.kind not in ("length", "mass", "duration"):
        return
    gap = _JOIN.match(text, draft.end)
    at = gap.end() if gap else draft.end
    if held.mask_at(at):
        return
    number = number_words.parse(text, at) if text[at : at + 1].isalnum() else None
    if number is None or number.value is None or number.fraction:
        half = re.compile(r"[ \u00a0]and[ \u00a0](?:a|one)[ \u00a0-](half|quarter)\b").match(text, draft.end)
        if half:
            draft.add = 0.5 if half.group(1) == "half" else 0.25
            draft.end = half.end()
        return
    small = units.unit_after(text, number.end, attached_letters=not number.words)
    if small is None or small[0].kind != big.kind or small[0].si_factor is None or small[0].si_factor >= big.si_factor:
        return
    if number.value * small[0].si_factor > 3 * big.si_factor or _OLD.match(text, number.end):
        return
    draft.add = number.value * small[0].si_factor / big.si_factor
    draft.end = small[1]


def _cents(held: MaskedText, draft: Draft) -> None:
    """Adds the cents of "thirteen dollars and forty-five cents"."""
    text, money = held.text, draft.money
    gap = _JOIN.match(text, draft.end)
    if money is None or money.minor or draft.hyphen or gap is None or not text[gap.end() : gap.end() + 1].isalnum():
        return
    small = number_words.parse(text, gap.end())
    named = units.currency_after(text, small.end, small.value) if small and small.value is not None and 0 < small.value < 100 else None
    if small is not None and small.value is not None and named and named.minor and not set(named.candidates).isdisjoint(money.candidates):
        draft.add, draft.end = small.value / 100, named.end
