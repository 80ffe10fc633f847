"""Pairs of figures: ranges ("20 to 30", "two or three"), scores ("3-0") and ratios ("one in five", "4-to-1")."""

from __future__ import annotations

import dataclasses
import re

from pipeline.text import modifiers, number_words, units
from pipeline.text.number_reading import measure, money_scale
from pipeline.text.number_words import Cardinal
from pipeline.text.quantity import Draft, MaskedText, tidy

_LINK = re.compile(
    r"(?P<dash>[ \u00a0]?(?:[-–—]|--)[ \u00a0]?(?:to[ -])?)|(?P<to>[ \u00a0\n]+(?:to|through|up to|until|till)[ \u00a0\n]+)"
    r"|(?P<and>[ \u00a0\n]+and[ \u00a0\n]+)"
    r"|(?P<or>,?[ \u00a0\n]+or(?:[ \u00a0\n]+(?:even|perhaps|maybe))?[ \u00a0\n]+)|(?P<tilde>\s?~\s?)"
)
_IN = re.compile(r"[ \u00a0-](?:in|out[ \u00a0]of)(?:[ \u00a0](?:every|each))?[ \u00a0-]", re.I)
_SMALL_RATIO = frozenset({12, 15, 20, 25, 500, 30, 40, 50, 60, 70, 80, 90, 100, 1000, 10000, 100000, 1000000})
_SCORE_NEXT = re.compile(
    r"[ \u00a0](?:[a-z]+[ \u00a0])?(?:vote|win|victory|defeat|loss|draw|lead|ruling|decision|majority|split|margin|aggregate|votes?)\b",
    re.I,
)
AGE_LEFT = re.compile(r"(?:\b(?:aged|ages?)(?:[ \u00a0](?:of|from))?[ \u00a0]|\bages?[ \u00a0]of[ \u00a0])$", re.I)


def pair(held: MaskedText, draft: Draft, floor: int) -> None:
    """Reads "20 to 30", "20-30", "between 20 and 30", "two or three", and scores ("3-0")."""
    text, first = held.text, draft.first
    if first.value is None or draft.add:
        return
    link = _LINK.match(text, draft.end)
    if not link or (draft.hyphen and link.lastgroup == "dash"):
        # "5- to 12-year-olds"
        link = re.compile(r"-[ \u00a0](?:to|or|and)[ \u00a0]").match(text, draft.end)
        if not link:
            return
    at, kind = link.end(), link.lastgroup or "to"
    aged = AGE_LEFT.search(text, max(floor, draft.start - 14), draft.start)
    opener = modifiers.before(text, aged.start() if aged else draft.start)
    limited = opener is not None and opener.role == "limit" and opener.start >= floor
    word_between = limited and opener is not None and text[opener.start : opener.end].lower().endswith("between")
    if kind == "and" and not word_between:
        return
    sign = re.compile(r"(?:US|A|C|HK|NZ|S|R|NT)?[$€£₹¥]|(?:Rs\.?|USD|EUR|GBP)[ \u00a0]?").match(text, at)
    skip = (
        re.compile(r"(?:about|around|nearly|almost|as many as|possibly|perhaps|up to|the)[ \u00a0]").match(text, at)
        if kind in ("to", "and")
        else None
    )
    at = sign.end() if sign else skip.end() if skip else at
    if held.mask_at(at):
        return
    second = number_words.parse(text, at)
    if second is not None and draft.money:
        second = money_scale(text, second)
    if second is None or second.value is None or (second.fraction and not first.fraction):
        return
    tail = Draft(
        at,
        second.end,
        at,
        second.end,
        second,
        money=draft.money
        if sign or (draft.money and draft.money.basis in ("symbol", "ambiguous", "iso") and draft.start < first.start)
        else None,
    )
    measure(held, tail)
    scale = _scale_of(second)
    low: float = first.value
    if scale > 1 and not first.scaled and abs(first.value) < abs(second.value) / scale:
        low = tidy(first.value * scale)
    if (
        (draft.unit and tail.unit and draft.unit != tail.unit)
        or (draft.unit and tail.money)
        or (draft.money and tail.unit and tail.unit.kind != "duration")
    ):
        return
    if draft.unit and tail.unit is None and tail.money is None and kind not in ("and",) and kind != "dash":
        return
    if draft.money and tail.money and draft.money.minor != tail.money.minor:
        return  # "12 cents to $24.50"
    high = second.value
    if low >= high:
        _score(held, draft, second, kind, tail)
        return
    cue = _cue(text, opener.start if limited and opener else draft.start)
    if kind == "to" and (cue == "change" or (not limited and cue == "score")):
        return
    if kind == "dash" and cue == "score" and not tail.unit and not tail.money and high < 200 and low < 200 and not first.scaled:
        _score(held, draft, second, kind, tail)
        return
    if kind == "dash" and (first.words != second.words or (first.words and (high - low > 3 or high >= 20))):
        return
    if kind == "or" and (first.scaled != second.scaled or high > 3 * low or draft.unit is not None or (first.words and high > 20)):
        return
    if limited and opener and not word_between and _cue(text, opener.start) == "change":
        return
    draft.first = dataclasses.replace(first, value=low)
    draft.second, draft.form = second, "range"
    draft.between = limited
    draft.number_end, draft.end = second.end, tail.end
    draft.unit, draft.money, draft.hyphen = tail.unit or draft.unit, draft.money or tail.money, tail.hyphen or draft.hyphen
    draft.add = 0.0


def _scale_of(number: Cardinal) -> float:
    """The scale a number ends in (1e6 for "three million")."""
    if not number.scaled or number.value is None:
        return 1.0
    if number.raw and number.raw != number.value:
        return number.value / number.raw
    return next((v for v in (1e12, 1e9, 1e7, 1e6, 1e5, 1e3, 100.0, 12.0) if number.value % v == 0), 1.0)


def _cue(text: str, pos: int) -> str | None:
    """The role of the nearest of the six words before pos: change, range or score."""
    for word, start, _ in reversed(modifiers.words_before(text, pos)[-6:]):
        if re.search(r"[.;!?]\s", text[start:pos]):
            return None
        for role in ("range", "change", "score"):
            if modifiers.has_role(role, word):
                return role
    return None


def _score(held: MaskedText, draft: Draft, second: Cardinal, kind: str, tail: Draft) -> None:
    """Makes a score of two figures ("3-0", "89 to 8", "60-40")."""
    text, first = held.text, draft.first
    if (
        draft.unit
        or draft.money
        or tail.money
        or (tail.unit and tail.unit.kind != "ratio")
        or first.scaled
        or second.scaled
        or first.value is None
        or second.value is None
    ):
        return
    if kind not in ("dash", "to") or first.value != int(first.value) or second.value != int(second.value) or first.fraction:
        return
    if kind == "to" and not (_cue(text, draft.start) == "score" or _SCORE_NEXT.match(text, second.end)):
        return
    if kind == "dash" and "to" in text[draft.end : second.start] and second.value:
        draft.second, draft.form, draft.number_end, draft.end = second, "ratio", second.end, second.end  # "4-to-1"
        return
    if kind == "dash" and (second.value > 999 or text[second.end : second.end + 1] in ("-", "/") or (first.words and not second.words)):
        return
    draft.second, draft.form = second, "score"
    draft.number_end = draft.end = second.end


def one_in(held: MaskedText, draft: Draft) -> None:
    """ "one in five", "three out of 10": a ratio."""
    text, first = held.text, draft.first
    link = _IN.match(text, draft.end)
    if not link or first.value is None or not 1 <= first.value <= 99 or held.mask_at(link.end()):
        return
    second = number_words.parse(text, link.end())
    if second is None or second.value is None or second.value <= first.value or second.fraction:
        return
    if not (second.value <= 10 or second.value in _SMALL_RATIO) or (second.value > 100 and first.value > 9):
        return
    unit = units.unit_after(text, second.end, attached_letters=not second.words)
    if unit and (unit[0].kind in ("duration", "percent") or first.value != 1):
        return
    draft.second, draft.form = second, "ratio"
    draft.number_end = draft.end = second.end
