"""Splits text into tokens and gives each a class: one character, so that the grammar of dates is regular expressions over short strings.

Numbers in words ("nineteen ninety-one", "a hundred and fifty" but for its article), phrases of the lexicons ("more than", "New Year's
Day") and abbreviations ("Sept.", "a.m.") become one token each. Linear in the length of the text.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from pipeline.text.date_lexicon import Words, words

# One-to-one, so that offsets stay: typographic apostrophes, hyphens and dashes but the em dash, and no-break spaces.
PLAIN = {"’": "'", "‘": "'", "–": "-", "‐": "-", "‑": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "}

# Blanks are part of each match, so that the alternatives are not tried on them; letters of either case are spelled out, since ignoring case
# makes every class slow.
TOKEN = re.compile(
    r"""[ ]{0,2}+(?:(?P<plain>[^\W\d_]{2,}(?![\w.'])) # most tokens by far: tried first
      |(?P<I>\d{4}-\d\d-\d\d(?:[Tt\
      ]\d\d:\d\d(?::\d\d)?)?(?![\d-])|(?<![\d/.,-])\d{1,2}(?P<sep>[/.-])\d{1,2}(?P=sep)\d{4}(?![\d/-]|[.,]\d)|(?<![\d/])\d{4}/\d{1,2}/\d{1,2}(?![\d/])|(?<![\d/.,-])\d{1,2}/\d{1,2}/\d\d(?![\d/]))
      |(?P<D>'?\d0[sS]\b|\d{3}0'?[sS]\b)
      |(?P<O>\d{1,2}(?i:st|nd|rd|th)\b)
      |(?P<K>\d{1,2}[:.hH]\s?\d\d(?::\d\d)?(?=\s?[apAP]\.?\s?[mM]\b)|(?<![\d.,:])\d{1,2}:\s?\d\d(?::\d\d)?(?![\d:%]))
      |(?P<y>(?<![\w'])'\d\d\b(?!['\d]))
      |(?P<n>\d+(?:,\d{3})*(?:\.\d+)?)
      |(?P<j>\b[apAP]\.\s?[mM]\b\.?|[apAP][mM]\b)
      |(?P<poss>'[sS]\b|(?<=[sS])')
      |(?P<abbr>(?:[^\W\d_]\.){2,})
      |(?P<word>(?i:o'clock)\b|[^\W\d_]+)
      |(?P<brk>\n[^\S\n]*\n)
      |(?P<punct>[^\w\s]))""",
    re.VERBOSE,
)
GROUPS = {index: "word" if name == "plain" else name for name, index in TOKEN.groupindex.items()}
SPECIAL = re.compile(r"(?i)(q|h|fy)([1-4](?!\w)|\d{4}(?!\w))")
PUNCTUATION = {",": ",", "-": "-", "/": "/", ".": ".", "(": "`", "$": "%", "£": "%", "€": "%", "¥": "%", "%": "%", "~": "~"}
CODES = frozenset({"q", "h", "fy"})  # of Q1, H2, FY2012
TENS = frozenset({20, 30, 40, 50, 60, 70, 80, 90})


@dataclasses.dataclass(slots=True)
class Tokens:
    """Parallel lists: offsets, lower-cased forms, values; `kinds` is the string of classes, a character a token."""

    start: list[int]
    end: list[int]
    low: list[str]
    value: list[Any]
    kinds: str


def split_words(phrase: str) -> tuple[str, ...]:
    """A phrase as the tokeniser splits it, lower-cased."""
    return tuple(m.group(m.lastgroup or 0).lower() for m in TOKEN.finditer(_plain(phrase)))


def _plain(text: str) -> str:
    """The text with plain apostrophes, hyphens and spaces. A replacement a character is many times faster than `translate` here."""
    if not text.isascii():
        for mark, instead in PLAIN.items():
            text = text.replace(mark, instead)
    return text


def _full_date(form: str) -> tuple[int, int, int, str]:
    """(year, month, day, clock) of a numeric date; month first as in the US unless the first number cannot be a month or dots divide it."""
    date, _, clock = form.replace("T", " ").partition(" ")
    numbers = [int(x) for x in re.split(r"[/.-]", date)]
    if len(re.split(r"[/.-]", date)[0]) == 4:
        return numbers[0], numbers[1], numbers[2], clock
    first, second, year = numbers
    if len(re.split(r"[/.-]", date)[2]) == 2:
        year += 2000 if year < 50 else 1900
    month, day = (second, first) if first > 12 or "." in date else (first, second)
    return year, month, day, clock


def _number(form: str) -> tuple[str, Any]:
    if "," in form or "." in form:
        return "N", float(form.replace(",", ""))
    value = int(form) if len(form) < 9 else 10**9
    if len(form) == 4 and 1000 <= value <= 2199:
        return "Y", value
    return ("n", value) if 1 <= value <= 31 and len(form) <= 2 else ("N", value)


def _classify(group: str, form: str, known: Words) -> tuple[str, Any]:
    if group == "word" and form.lower() in ("am", "pm"):
        return "j", form.lower()
    if group == "word":
        kind, value = known.single.get(form.lower(), ("@" if form.lower() in CODES else "#", None))
        if (kind == "m" and not form[0].isupper()) or (kind == "M" and form in known.capital):
            kind = "v"
        elif kind in "wg" and not form[0].isupper():
            kind = "#" if kind == "w" else kind
        elif kind == "#":
            low = form.lower()
            if low in known.cardinals or low in known.multipliers:
                return "N", known.cardinals.get(low, known.multipliers.get(low))
            if low in known.ordinals:
                return "O", known.ordinals[low]
            if low in known.decades:
                return "D", (None, known.decades[low])
        elif kind == "Z" and not form.isupper():
            kind = "#"
        return kind, value
    if group == "n":
        return _number(form)
    if group == "punct":
        return PUNCTUATION.get(form, "#"), None
    if group == "O":
        return "O", int(re.match(r"\d+", form).group())  # type: ignore[union-attr]
    if group == "I":
        return "I", _full_date(form)
    if group == "D":
        digits = re.sub(r"\D", "", form)
        return "D", (int(digits), None) if len(digits) == 4 else (None, int(digits))
    if group == "K":
        return "K", [int(x) for x in re.split(r"[:.hH]\s?", form)]
    if group == "y":
        return "y", int(form[1:])
    if group == "j":
        return "j", form[0].lower() + "m"
    if group == "poss":
        return "'", None
    if group == "abbr":
        return known.single.get(form.lower(), known.single.get(form.lower()[:-1], ("#", None)))
    return "_", None


def tokenise(text: str) -> Tokens:
    """The classed tokens of a text; offsets point into `text`."""
    known = words()
    temporal, abbreviations = known.vocabulary, known.abbreviations
    plain = _plain(text)
    tokens = Tokens([], [], [], [], "")
    start, end, low, value = tokens.start, tokens.end, tokens.low, tokens.value
    kinds: list[str] = []
    joints: list[int] = []  # tokens that may begin a phrase or a number in words
    add_start, add_end, add_low = start.append, end.append, low.append
    for match in TOKEN.finditer(plain):
        index = match.lastindex or 0
        begin, stop = match.span(index)
        form = plain[begin:stop]
        lowered = form.lower()
        if index == 1 and lowered not in temporal:  # most words of a text: class and value are filled in later
            add_start(begin)
            add_end(stop)
            add_low(lowered)
            continue
        group = GROUPS[index]
        if missing := len(start) - len(kinds):
            kinds += "#" * missing
            value += [None] * missing
        if group == "word" and lowered not in temporal:
            kind, meaning = "#", None
        elif form == "." and low and end[-1] == begin and low[-1] in abbreviations and plain[start[-1]].isupper():
            kinds[-1], value[-1], end[-1] = "W" if kinds[-1] == "w" else kinds[-1], known.single[low[-1]][1], stop
            continue  # "Sept.": the stop is the abbreviation's; "Sun." is a weekday for sure
        else:
            kind, meaning = _classify(group, form, known)
            glued = bool(start) and end[-1] == begin
            if group == "n":
                if kinds and kinds[-1] == "@" and glued:
                    end[-1] = stop
                    continue
                if plain[stop : stop + 1].isalpha() and plain[stop : stop + 2].lower() not in ("am", "pm"):
                    kind = "#"  # 5km, 3D: no number of ours
            elif group == "word":
                if glued and plain[begin - 1].isalnum() and kind != "j":
                    kind = "#"
                elif kind == "@":
                    special = SPECIAL.match(plain, begin)
                    kind, meaning = ("@", (special[1].upper(), int(special[2]))) if special else ("#", None)
            if kind in "NO" or lowered in known.phrases:
                joints.append(len(start))
        add_start(begin)
        add_end(stop)
        add_low(lowered)
        value.append(meaning)
        kinds.append(kind)
    missing = len(start) - len(kinds)
    value += [None] * missing
    tokens.kinds = "".join(kinds) + "#" * missing
    return _merge(tokens, joints, known)


def _merge(tokens: Tokens, joints: list[int], known: Words) -> Tokens:
    """Joins numbers in words and the phrases of the lexicons into one token each. `joints` are the tokens where one may begin."""
    out = Tokens([], [], [], [], "")
    kinds: list[str] = []
    done, low = 0, tokens.low
    for i in joints:
        if i < done:
            continue
        step, kind, value = 1, tokens.kinds[i], tokens.value[i]
        for parts, its_kind, its_value in known.phrases.get(low[i], ()):
            if tuple(low[i : i + len(parts)]) == parts:
                step, kind, value = len(parts), its_kind, its_value
                break
        if step == 1 and kind in "NO" and not low[i][0].isdigit():
            step, kind, value = _number_words(tokens, i, known)
        if step == 1 and kind == tokens.kinds[i]:
            continue
        out.start += [*tokens.start[done:i], tokens.start[i]]
        out.end += [*tokens.end[done:i], tokens.end[i + step - 1]]
        out.low += [*low[done:i], " ".join(low[i : i + step])]
        out.value += [*tokens.value[done:i], value]
        kinds += [tokens.kinds[done:i], kind]
        done = i + step
    out.start += tokens.start[done:]
    out.end += tokens.end[done:]
    out.low += low[done:]
    out.value += tokens.value[done:]
    out.kinds = "".join([*kinds, tokens.kinds[done:]])
    return out


def _pair(low: list[str], i: int, known: Words) -> tuple[int, int | None, bool]:
    """A number below a hundred at `i`: (tokens, value, is an ordinal). "twenty-two", "twenty second", "nineteen"."""
    first = known.cardinals.get(low[i]) if i < len(low) else None
    if first is None:
        ordinal = known.ordinals.get(low[i]) if i < len(low) else None
        return (1, ordinal, True) if ordinal else (0, None, False)
    if first in TENS:
        j = i + 2 if i + 1 < len(low) and low[i + 1] == "-" else i + 1
        if j < len(low):
            ones = known.cardinals.get(low[j], 0)
            if 0 < ones < 10:
                return j + 1 - i, first + ones, False
            if 0 < known.ordinals.get(low[j], 0) < 10:
                return j + 1 - i, first + known.ordinals[low[j]], True
    return 1, first, False


def _number_words(tokens: Tokens, i: int, known: Words) -> tuple[int, str, Any]:
    """The number in words that begins at token `i`: (tokens taken, class, value)."""
    low = tokens.low
    if low[i] in known.multipliers:
        return 1, "N", known.multipliers[low[i]]
    taken, value, ordinal = _pair(low, i, known)
    if value is None:
        return 1, tokens.kinds[i], tokens.value[i]
    if ordinal:
        return taken, "O", value
    j = i + taken
    if 10 <= value <= 20 and j < len(low) and low[j] in known.cardinals and j - i == 1:
        more, tail, its_ordinal = _pair(low, j, known)  # "nineteen ninety-one", "twenty twelve"
        if tail is not None and not its_ordinal and tail >= 10:
            return taken + more, "Y", value * 100 + tail
    total, current = 0, value
    while j < len(low):
        k = j + 1 if low[j] in ("-", "and") else j
        if low[j] in known.multipliers:
            scale = known.multipliers[low[j]]
            if scale >= 1000:
                total, current = total + current * scale, 0
            else:
                current *= scale
            j += 1
        elif current % 100 == 0 and k < len(low) and low[k] in known.cardinals and (total or current):
            more, tail, its_ordinal = _pair(low, k, known)
            if tail is None or its_ordinal:
                break
            current, j = current + tail, k + more
        else:
            break
    value = total + current
    year = (1900 <= value <= 2100 and j - i > 1 and low[i] == "two") or (1100 <= value < 2000 and j - i > 2 and low[i + 1] == "hundred")
    return j - i, "Y" if year else "N", value
