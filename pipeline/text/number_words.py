"""Cardinal numbers in English text: digits and words to a value, with the characters they stand on.

The grammar is the press's: "1,234", "816 000", "12,34,567", "1.000", "2 1/2", "one point five million", "a hundred and fifty", "two dozen",
"half a million", "two-thirds", "5 lakh", and the vague plurals "dozens", "tens of thousands", "several hundred".
"""

from __future__ import annotations

import dataclasses
import functools
import re

from pipeline import lexicon


@dataclasses.dataclass(frozen=True, slots=True)
class Cardinal:
    """A number read at text[start:end]. `value` is None for a vague plural, whose least meaning is `low`."""

    start: int
    end: int
    value: float | None
    low: float | None = None
    scaled: bool = False  # a scale word or abbreviation belongs to it ("1.5 million")
    fraction: bool = False  # a share: "two-thirds", "3/4", "half"
    words: bool = False  # written in words
    raw: float | None = None  # the figure before its scale ("1.5")


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """The number-word lexicons, compiled."""

    value: dict[str, float]
    kind: dict[str, str]
    vague: dict[str, float]
    quantifiers: frozenset[str]


@functools.cache
def words() -> Words:
    """Compiles `number_words` and `vague_quantities`."""
    rows = lexicon.load("number_words").rows
    vague = lexicon.load("vague_quantities").rows
    return Words(
        {r["word"]: float(r["value"]) for r in rows},
        {r["word"]: r["class"] for r in rows},
        {r["word"]: float(r["low"]) for r in vague if r["role"] == "plural"},
        frozenset(r["word"] for r in vague if r["role"] == "quantifier"),
    )


GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅕": 0.2, "⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875}

_SPACE = "[ \u00a0\u2009\u202f]"
_DIGITS = re.compile(
    rf"(?P<glyph>(?P<before>\d+)?{_SPACE}?[{''.join(GLYPHS)}])"
    rf"|(?P<mixed>\d+)(?:{_SPACE}|-|{_SPACE}and{_SPACE})(?P<top>\d{{1,2}})[/⁄](?P<bottom>[2-9]|1[0-9]|100?)(?![\d/])"
    r"|(?P<over>\d{1,3})[/⁄](?P<under>[1-9]\d{0,2})(?![\d/])"
    r"|(?P<comma>\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)(?:\.\d+)?)"
    rf"|(?P<space>\d{{1,3}}(?:{_SPACE}\d{{3}})+(?![\d/%:])(?:\.\d+)?)"
    r"|(?P<apostrophe>\d{1,3}(?:['’]\d{3})+(?!\d))"
    r"|(?P<dots>\d{1,3}(?:\.\d{3}){2,}(?![\d.])|[1-9]\d{0,2}\.000(?![\d.]))"
    r"|(?P<power>\d+(?:\.\d+)?[eE][+-]?\d{1,2}(?![\w.]))"
    r"|(?P<decimal>\d*[.·]\d+(?![\d]*[.,]\d)|\d+)"
)
_EUROPEAN = re.compile(rf"\d+,\d{{1,2}}(?=(?:{_SPACE}|-)?(?:million|billion|trillion|thousand|bn\b|mn\b|per{_SPACE}?cent|%))", re.I)
# "3 x 10^8", "2.48×10−5", "10¹²": with a caret, a raised figure or a minus, so that "2 x 10 km" stays a product.
_TEN_POWER = re.compile(
    r"(?:[ \u00a0]?[x×*·][ \u00a0]?10|(?<=10))"
    r"(?:\^[({]?(?P<caret>[-−–+]?\d{1,2})[)}]?|(?P<minus>[-−]\d{1,2})(?!\d)|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))"
)
_LOWERED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹−–", "-+0123456789--")
_WORD = re.compile(r"[A-Za-z]+")
_GAP = re.compile(rf"(?:{_SPACE}?[–-]{_SPACE}?|{_SPACE}+|\n(?!\n))")
_HALF_OF = re.compile(
    r"-(?:hour|day|mile|century|year|decade|inch|acre|ton|tonne|metre|meter|kilometre|kilometer|pound|litre|liter|gallon|pint|point|percent|marathon)"
)
_SHARE_NEXT = re.compile(
    r"\s+of\b|\s*(?:[.,;:)\"”]|$)|\s+(?:to|in|by|from|on|at|when|as|than|and|or|more|less|since|over|this|last)\b", re.I
)


def _next_word(text: str, pos: int) -> tuple[str, int, int]:
    """The word after a gap at pos: (lower-case word, its start, its end), or ("", pos, pos)."""
    gap = _GAP.match(text, pos)
    at = gap.end() if gap else pos
    found = _WORD.match(text, at) if gap else None
    return (found.group().lower(), at, found.end()) if found else ("", pos, pos)


def _digit_value(found: re.Match[str]) -> tuple[float, bool]:
    """The value of a digit match and whether it is a share below one."""
    kind = found.lastgroup
    text = found.group()
    if found.group("glyph") is not None:
        part = GLYPHS[text[-1]]
        return (float(found.group("before")) + part, False) if found.group("before") else (part, True)
    if found.group("mixed") is not None:
        return float(found.group("mixed")) + float(found.group("top")) / float(found.group("bottom")), False
    if found.group("over") is not None:
        return float(found.group("over")) / float(found.group("under")), True
    if found.group("dots") is not None:
        return float(text.replace(".", "")), False
    if kind in ("decimal", "power"):
        return float(text.replace("·", ".")), False
    return float(re.sub(r"[,'’\s]", "", text)), False


def digits(text: str, pos: int) -> Cardinal | None:
    """The number in digits at pos, with the scale that follows it ("1.5 million", "4.5bn", "5 lakh", "3 dozen")."""
    european = _EUROPEAN.match(text, pos)
    if european:
        value, share, end = float(european.group().replace(",", ".")), False, european.end()
    else:
        found = _DIGITS.match(text, pos)
        if not found:
            return None
        value, share = _digit_value(found)
        end = found.end()
        if text[end : end + 1] in _BEFORE_POWER:
            value, end = _times_power(text, end, value)
    raw, scaled = value, False
    half, half_end = _and_fraction(text, end)
    if half:
        value, end = value + half, half_end
    factor, scale_end = _scale(text, end)
    if factor:
        value, end, scaled = value * factor, scale_end, True
        # Decimal figures times a scale pick up binary dust (1.1 million): digits beyond the twelfth are dust.
        value = float(f"{value:.12g}")
        rest, rest_end = _remainder(text, end, factor)
        value, end = value + rest, rest_end
    return Cardinal(pos, end, value, scaled=scaled, fraction=share and not scaled, raw=raw)


_BEFORE_POWER = frozenset(" \u00a0x×*·^⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹")


def _times_power(text: str, pos: int, value: float) -> tuple[float, int]:
    """The value with the power of ten that follows it ("2.48×10−5"), and the end; "10^12" is a power alone."""
    found = _TEN_POWER.match(text, pos)
    if not found or (found.group("minus") and found.group()[0] in "-−"):
        return value, pos
    power = int((found.group("caret") or found.group("minus") or found.group("raised")).translate(_LOWERED))
    alone = found.start() == found.start(found.lastgroup or "caret") or text[pos] == "^"
    if alone and (value != 10 or text[pos] != "^"):
        return value, pos
    return float(f"{value * 10.0 ** (power - 1 if alone else power):.15g}"), found.end()


def _remainder(text: str, pos: int, below: float) -> tuple[float, int]:
    """What follows a scaled figure as part of it ("3 hundred and 21", "4 thousand 3 hundred", "2 crore 50 lakh"): (amount, end)."""
    found = re.compile(rf"{_SPACE}(?:and{_SPACE})?(?=\d)").match(text, pos)
    if not found:
        return 0.0, pos
    rest = digits(text, found.end())
    joined = "and" in found.group()
    if rest is None or rest.value is None or rest.fraction or rest.value >= below or not (rest.scaled or (joined and below == 100.0)):
        return 0.0, pos
    return rest.value, rest.end


def _scale(text: str, pos: int, below: float = float("inf")) -> tuple[float, int]:
    """The product of scale words at pos ("hundred thousand", "lakh crore", "dozen"; abbreviations against digits) and its end; (0, pos)
    for none."""
    lex, factor, end = words(), 0.0, pos
    attached = _WORD.match(text, pos)
    if attached:
        kind = lex.kind.get(attached.group().lower())
        if kind in ("abbreviation", "scale") and attached.group() not in ("MN", "TN", "MM"):
            return lex.value[attached.group().lower()], attached.end()
        return 0.0, pos
    while True:
        word, at, after = _next_word(text, end)
        kind = lex.kind.get(word)
        known = (
            kind in ("hundred", "scale") or (kind == "dozen" and word != "score") or (kind == "abbreviation" and word != "k" and not factor)
        )
        if not known:
            return factor, end
        if kind == "abbreviation" and text[at:after].istitle():
            return factor, end
        factor, end = (factor or 1.0) * lex.value[word], after


def _and_fraction(text: str, pos: int) -> tuple[float, int]:
    """The fraction added at pos (" and a half", " and three quarters", "-and-a-half") and its end; (0, pos) for none."""
    word, _, end = _next_word(text, pos)
    if word != "and":
        return 0.0, pos
    lex = words()
    top, _, after = _next_word(text, end)
    count = 1.0 if top in ("a", "an") else lex.value.get(top, 0.0) if lex.kind.get(top) == "unit" else 0.0
    if top == "half":
        return 0.5, after
    part, _, last = _next_word(text, after)
    single = part[:-1] if part.endswith("s") and part != "s" else part
    single = "half" if part == "halves" else single
    if (
        count
        and lex.kind.get(single) in ("half", "part")
        and not (lex.kind[single] == "part" and count == 1.0 and single not in ("quarter", "third"))
    ):
        return count * lex.value[single], last
    return 0.0, pos


def vague(text: str, pos: int) -> Cardinal | None:
    """A vague plural at pos: "dozens", "tens of thousands", "hundreds of thousands", "several hundred", "a few dozen", "a couple of"."""
    lex = words()
    first = _WORD.match(text, pos)
    if not first:
        return None
    word, end, quantified = first.group().lower(), first.end(), False
    if word in ("a", "the", "an"):
        word, _, end = _next_word(text, end)
        if word not in lex.quantifiers:
            pair = lex.kind.get(word) == "pair" and _next_word(text, end)[0] == "of"
            return Cardinal(pos, end, lex.value[word], words=True, raw=lex.value[word]) if pair else None
    while word in lex.quantifiers:
        quantified, before = True, end
        couple = word == "couple"
        word, _, end = _next_word(text, end)
        if word == "of" and (couple or lex.quantifiers):
            inner, _, inner_end = _next_word(text, end)
            if inner in lex.vague or lex.kind.get(inner) in ("hundred", "scale", "dozen"):
                word, end = inner, inner_end
            elif couple:
                return Cardinal(pos, before, None, low=2.0, words=True)
    if word in lex.vague:
        low = lex.vague[word]
        link, _, link_end = _next_word(text, end)
        other, _, other_end = _next_word(text, link_end)
        if link == "of" and other in lex.vague:
            base = lex.vague[other] / 2 if other != "dozens" else 12.0
            return Cardinal(pos, other_end, None, low=low * base, scaled=True, words=True)
        if link == "and" and other == word:
            end = other_end
        return None if word == "tens" else Cardinal(pos, end, None, low=low, scaled=True, words=True)
    if quantified and lex.kind.get(word) in ("hundred", "scale", "dozen") and word != "score":
        low = 2 * lex.value[word]
        factor, scale_end = _scale(text, end)
        return Cardinal(pos, scale_end if factor else end, None, low=low * (factor or 1.0), scaled=True, words=True)
    return None


def _spelled(text: str, pos: int) -> Cardinal | None:
    """The longest number in words at pos, by the rules of succession (a unit after a ten, hundreds before tens, scales falling)."""
    lex = words()
    total, current, end, last, scaled = 0.0, 0.0, pos, "", False
    ceiling, at = float("inf"), pos
    first = _WORD.match(text, pos)
    if not first:
        return None
    word, after = first.group().lower(), first.end()
    if word in ("a", "an"):
        word, _, after = _next_word(text, after)
        if lex.kind.get(word) not in ("hundred", "scale", "dozen") or word == "score":
            return None
        current, last = 1.0, "unit"
    while True:
        kind = lex.kind.get(word)
        if kind == "zero" and not last:
            return Cardinal(pos, after, 0.0, words=True, raw=0.0)
        value = lex.value.get(word, 0.0)
        if (kind == "unit" and last in ("", "ten", "hundred", "scale", "and")) or (
            kind in ("teen", "ten") and last in ("", "hundred", "scale", "and")
        ):
            current += value
        elif kind == "hundred" and last in ("", "unit", "teen"):
            current = (current or 1.0) * value
            scaled = True
        elif kind == "dozen" and last in ("", "unit", "teen", "ten") and (word == "dozen" or last):
            current, scaled = (current or 1.0) * value, True
        elif kind == "scale" and value < ceiling and last:
            total, current, ceiling, scaled = total + (current or 1.0) * value, 0.0, value, True
        elif kind == "scale" and last == "scale" and value > ceiling:
            total, scaled = total * value, True  # "two lakh crore", "a thousand billion"
        else:
            break
        end, last = after, kind or ""
        at = end
        word, _, after = _next_word(text, at)
        if word == "and" and last in ("hundred", "scale"):
            follower, _, follower_end = _next_word(text, after)
            if lex.kind.get(follower) in ("unit", "teen", "ten") and not _share_word(text, follower_end):
                word, after, last = follower, follower_end, "and"
    if not last or (end == pos):
        return None
    if word in lex.vague and lex.kind.get(word[:-1]) in ("scale", "dozen") and lex.value[word[:-1]] < ceiling:
        factor = lex.value[word[:-1]]  # "three thousand millions", "two hundred dozens"
        return Cardinal(pos, after, (total + current) * factor, scaled=True, words=True, raw=total + current)
    return Cardinal(pos, end, total + current, scaled=scaled, words=True, raw=total + current)


def _share_word(text: str, pos: int) -> bool:
    """Whether the word after pos is the denominator of a fraction."""
    word, _, _ = _next_word(text, pos)
    kind = words().kind
    return kind.get(word[:-1] if word.endswith("s") else word) == "part" or word in ("half", "halves")


def _point(text: str, number: Cardinal) -> Cardinal:
    """Adds "point five", "point two five" to a number in words, and the scale after it."""
    word, _, end = _next_word(text, number.end)
    if word != "point" or number.value is None:
        return number
    lex, figures = words(), ""
    tens = _spelled(text, _next_word(text, end)[1])
    if tens is not None and tens.value is not None and 10 <= tens.value <= 99:  # "point seventy-one"
        return Cardinal(number.start, tens.end, float(f"{int(number.value)}.{int(tens.value)}"), words=True, raw=number.raw)
    while True:
        digit, _, after = _next_word(text, end)
        if lex.kind.get(digit) not in ("unit", "zero") or lex.value[digit] > 9:
            break
        figures, end = figures + str(int(lex.value[digit])), after
    if not figures:
        return number
    raw = float(f"{int(number.value)}.{figures}")
    factor, scale_end = _scale(text, end)
    value = float(f"{raw * (factor or 1.0):.12g}")
    return Cardinal(number.start, scale_end if factor else end, value, scaled=bool(factor), words=True, raw=raw)


def _fraction(text: str, pos: int) -> Cardinal | None:
    """A share in words at pos: "half", "a third", "two-thirds", "three quarters", "half a million", "a quarter of a million"."""
    lex = words()
    first = _WORD.match(text, pos)
    if not first:
        return None
    word, end = first.group().lower(), first.end()
    top, certain = 1.0, False
    if word in ("a", "an"):
        word, _, end = _next_word(text, end)
    elif lex.kind.get(word) in ("unit", "teen", "ten"):
        spelled = _spelled(text, pos)
        if spelled is None or spelled.value is None or spelled.scaled:
            return None
        top, certain = spelled.value, True
        word, _, end = _next_word(text, spelled.end)
    single = "half" if word == "halves" else word[:-1] if word.endswith("s") else word
    kind = lex.kind.get(single)
    if kind not in ("half", "part") or (top == 1.0 and word != single) or (top > 1.0 and word == single and word != "half"):
        return None
    if top > 1.0 and word == "half":
        return None
    value = top / round(1 / lex.value[single])
    article, _, article_end = _next_word(text, end)
    of_end = end
    if article == "of":
        of_end = article_end
        article, _, article_end = _next_word(text, article_end)
    base = article_end if article in ("a", "an") else of_end if article != "of" else end
    factor, scale_end = _scale(text, base) if (article in ("a", "an") or single == "half" or of_end == end) else (0.0, end)
    if factor:
        return Cardinal(pos, scale_end, float(f"{value * factor:.12g}"), scaled=True, words=True, raw=value)
    if single == "half" and text[end : end + 1] == "-" and _WORD.match(text, end + 1) and not _HALF_OF.match(text, end):
        return None  # "half-brother", "half-mast"
    if kind == "part" and not certain and not _SHARE_NEXT.match(text, end):
        return None  # "a third time", "the fourth man"
    if kind == "part" and not certain and first.group().lower() not in ("a", "an"):
        return None
    return Cardinal(pos, end, value, fraction=True, words=True, raw=value)


def spelled(text: str, pos: int) -> Cardinal | None:
    """The number in words at pos, fraction or cardinal or vague plural; None where no quantity begins."""
    fraction = _fraction(text, pos)
    if fraction:
        return fraction
    loose = vague(text, pos)
    if loose:
        return loose
    number = _spelled(text, pos)
    if number is None or number.value is None:
        return None
    number = _point(text, number)
    half, end = _and_fraction(text, number.end)
    if half and number.value is not None:
        factor, scale_end = _scale(text, end)
        if number.scaled and factor and factor < number.value:
            total = number.value + half * factor  # "one billion and a half million"
            return Cardinal(number.start, scale_end, total, scaled=True, words=True, raw=number.value)
        if number.scaled and not factor:
            # "a million and a half" is 1.5 million; "one hundred and a half" is 100.5.
            unit = max((v for v in (1e12, 1e9, 1e7, 1e6, 1e5) if number.value % v == 0), default=1.0)
            return Cardinal(number.start, end, number.value + half * unit, scaled=True, words=True, raw=number.value)
        value = float(f"{(number.value + half) * (factor or 1.0):.12g}")
        return Cardinal(number.start, scale_end if factor else end, value, scaled=bool(factor), words=True, raw=number.value + half)
    return number


def parse(text: str, pos: int) -> Cardinal | None:
    """The number that begins at text[pos], in digits or words."""
    head = text[pos : pos + 1]
    return digits(text, pos) if head.isdecimal() or head in GLYPHS or head in ".·" else spelled(text, pos)


@functools.cache
def trigger() -> re.Pattern[str]:
    """Finds where a number may begin; all parsing starts at its matches, so the rest of a text costs one regex scan."""
    lex = words()
    starts = [w for w, k in lex.kind.items() if k in ("zero", "unit", "teen", "ten", "hundred", "dozen") and w != "score"] + [
        "half",
        *lex.vague,
    ]
    scales = [w for w, k in lex.kind.items() if k in ("hundred", "scale", "dozen") and w != "score"]
    quantified = (
        rf"(?:a[ -])?(?:{'|'.join(sorted(lex.quantifiers, key=len, reverse=True))})[ -](?:of )?(?:{'|'.join([*scales, *lex.vague])})"
    )
    parts = "|".join(w for w, k in lex.kind.items() if k == "part")
    plain = "|".join(sorted(starts, key=len, reverse=True))
    either = rf"{quantified}|an?[ -](?:{'|'.join(scales)}|half|{parts})|a (?:couple|pair) of|{plain}"
    either = re.sub(r"[a-z]", lambda m: f"[{m[0]}{m[0].upper()}]", either)  # much faster than ignoring case
    return re.compile(rf"\d|(?<!\d)[.·](?=\d)|[{''.join(GLYPHS)}]|(?<![A-Za-z0-9])(?:{either})(?![A-Za-z])")
