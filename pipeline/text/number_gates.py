"""Figures that are no quantities: dates, clock times, names and references, list numbering, ordinals, telephone numbers, pronominal
"one"."""

from __future__ import annotations

import dataclasses
import functools
import re

from pipeline import lexicon

Span = tuple[int, int, str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Gates:
    mask: re.Pattern[str]
    names: frozenset[str]
    years: frozenset[str]
    one_before: frozenset[str]
    one_after: frozenset[str]
    references: frozenset[str]  # name words that make a reference even before a plural
    links: frozenset[str]  # words before a year that need more to show one
    openers: frozenset[str]
    homographs: dict[str, frozenset[str]]  # how the unit's word stands ("word", "capital") -> unit names
    plural_next: re.Pattern[str]
    label: re.Pattern[str]
    street: re.Pattern[str]
    superlative: re.Pattern[str]
    scaled_people: re.Pattern[str]


@functools.cache
def gates() -> _Gates:
    """Compiles the `number_gates` lexicon."""
    by_role: dict[str, list[str]] = {}
    for row in lexicon.load("number_gates").rows:
        by_role.setdefault(row["role"] + row["side"], []).append(row["word"])
    # Capitalised or upper-case only: "3 may have died", "the march", "a mar" are no months.
    month = "|".join(form for m in sorted(by_role["month"], key=len, reverse=True) for form in (m.title(), m.upper()))
    zone = "|".join(re.escape(z) for z in by_role["zoneafter"] if z not in ("hours", "hrs", "local"))
    day = r"(?:0?[1-9]|[12]\d|3[01])"
    year = r"(?:1[5-9]|20)\d\d"
    date = (
        rf"(?<![\d.,])\b(?:{day}(?:st|nd|rd|th)?(?:\s?(?:[-–/,]|and|or|to)\s?{day}(?:st|nd|rd|th)?)?(?:\sof)?[\s-](?:{month})\b\.?(?:[\s,-]+{year}\b|[\s-]['’]?\d\d\b(?![\d%]))?)"
        rf"|(?<![a-z'’.])\b(?:(?:{month})\b\.?)[\s-]?(?:the\s)?{day}(?:st|nd|rd|th)?(?![\d%:]|[.,]\d|\s(?i:percent|per\scent|million|people))\b(?:\s?(?:[-–/]|and|or|to)\s?{day}\b(?!\s?(?i:people|percent))(?:st|nd|rd|th)?)?(?:,?\s{year}\b)?"
        rf"|\b(?:{month})\.?,?\s{year}\b|\b{year}[-/.](?:0?[1-9]|1[0-2])[-/.]{day}(?:T[\d:.]+Z?)?\b"
        rf"|(?<![\d.])\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:{year}|\d\d)\b(?![.\d])"
        rf"|\b{year}\s?[-–/]\s?(?:\d\d?|{year})(?![\d,]|\s?%)\b|\b(?i:between)\s{year}\s(?:and|to)\s{year}\b(?!\s[a-z]+s\b)"
        rf"|\b(?:the\s)?{year}[’']?s\b|\b(?:mid|early|late)-?\s?\d0s\b|(?<!\w)['’]?[1-9]0[’']?s\b|\b(?:fy|FY)\s?(?:20)?\d\d(?:-\d\d)?\b|(?<!\w)['’]\d\d\b(?!['’\d])|\b9/11\b|\b24/7\b"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)[\s-](?i:century|centuries)\b|\b{year}\s?(?:BC|AD|BCE|CE)\b"
    )
    time = (
        rf"\b(?:[01]?\d|2[0-4])[:h][0-5]\d(?::[0-5]\d)?(?:\s?(?:[ap]\.?m\b\.?|{zone}))?\b|\b(?:1[0-2]|0?[1-9])(?:[:.][0-5]\d)?\s?(?i:[ap]\.?m\b\.?)"
        rf"|\b(?:[01]?\d|2[0-4])[.][0-5]\d\s?(?i:[ap]\.?m\b|hrs\b|hours\s(?:gmt|local)|{zone})|\b(?:[01]\d|2[0-4])[0-5]\d\s?(?:{zone.upper()}|Z\b|hrs\b|hours\b(?:\s(?:local|GMT))?|local\stime)\b"
        rf"|\b\w+\s(?:{zone})|(?i:\bat\s(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s(?:in\sthe\s(?:morning|afternoon|evening)|o['’]clock))"
    )
    mask = re.compile(
        rf"(?P<link>https?://\S+|www\.\S+|\b[\w.+-]+@[\w-]+\.[\w.]+|(?<!\w)[@#]\w+)"
        rf"|(?P<date>{date})|(?P<time>{time})"
        r"|(?P<phone>\b0\d{2,4}[ -]\d{3,4}[ -]\d{3,4}\b"
        r"|(?<![\w.])(?:\+\d{1,3}[\s.-]?)?(?:\(\d{2,5}\)[\s.-]?)\d{3,4}[\s.-]?\d{3,4}\b|(?<![\w.])\+\d{1,3}(?:[\s.-]\d{2,4}){2,4}\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b|\b1-800-\d{3}-\d{4}\b)"
        r"|(?P<number>\b(?!\d{1,3}(?:\.\d{3}){2,}\b)\d+(?:\.\d+){2,}\b|\b\d{1,3}°\s?\d{1,2}['′]|\b\d+(?![eE]\d{1,2}\b|(?:[kcd]?m|ft)[23]\b|x10(?:[\^−⁻⁰¹²³⁴-⁹]|-\d))[A-Za-z]\d+\w*|\b\d{5,}-\d{3,}\b)"
        r"|(?P<list>(?:^|\n)[ \t]*\(?\d{1,3}[.)](?=[ \t]+\S)|(?<![$€£])\(\d{1,2}\)|\[\d{1,3}(?:[-–,]\s?\d{1,3})*\])"
        r"|(?P<ordinal>\b\d[\d,]*(?:st|nd|rd|th)s?\b)"
    )
    return _Gates(
        mask,
        frozenset(by_role["namebefore"]),
        frozenset(by_role["yearbefore"]),
        frozenset(by_role["onebefore"]),
        frozenset(by_role["oneafter"]),
        frozenset(by_role["refbefore"]),
        frozenset(by_role["linkbefore"]),
        frozenset(by_role["openerbefore"]),
        {how: frozenset(by_role["homograph" + how]) for how in ("word", "capital")},
        re.compile(rf"[ \u00a0-]+(?:[A-Za-z-]+ ){{0,2}}?(?:[A-Za-z]{{2,}}s|{_any(by_role['pluralafter'])})\b"),
        re.compile(rf"(?:{_any(by_role['labelbefore'])}) (?:of )?$"),
        re.compile(rf" (?:[A-Z][\w.’']+ ){{1,3}}(?:{'|'.join(by_role['streetafter'])})\b(?! [a-z]+s\b)"),
        re.compile(rf" of (?:[\w’'.-]+ ){{0,3}}?(?:(?:{_any(by_role['topafter'])})\b|\w+est\b)", re.I),
        re.compile(rf"[ \u00a0](?:[a-z]+ )?(?:{_any(by_role['scaledafter'])})\b"),
    )


def _any(words: list[str]) -> str:
    """A pattern of any of the words, with either case of the first letter where they are given in lower case."""
    return "|".join(f"[{w[0].upper()}{w[0]}]{re.escape(w[1:])}" if w[0].islower() else re.escape(w) for w in words)


# Only text near a digit (or a clock time in words) can be masked, so the long pattern runs on windows around those.
_FIGURE = re.compile(r"\d+")
_HOUR = re.compile(r"in the (?:morning|afternoon|evening)\b|clock\b")
_MARGIN = 48  # characters: longer than any date, reference or telephone number on either side of its first digit


def _windows(text: str) -> list[tuple[int, int]]:
    """Stretches of the text that may hold a masked span, cut at white space."""
    out: list[tuple[int, int]] = []
    places = [m.start() for m in _FIGURE.finditer(text)]
    hours = [m.start() for m in _HOUR.finditer(text)]
    for at in sorted(places + hours) if hours else places:
        if out and at < out[-1][1] - _MARGIN // 2:
            continue
        low = max(0, at - _MARGIN)
        while low > 0 and not text[low - 1].isspace():
            low -= 1
        high = min(len(text), at + _MARGIN)
        while high < len(text) and not text[high].isspace():
            high += 1
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out


def masked(text: str) -> list[Span]:
    """Spans of the text whose figures are no quantities, with the reason (link, date, time, phone, number, list, ordinal), sorted."""
    mask = gates().mask
    return [(m.start(), m.end(), m.lastgroup or "") for low, high in _windows(text) for m in mask.finditer(text, low, high)]


_BEFORE_WORD = re.compile(r"(?P<word>[A-Za-z][A-Za-z.'’-]*|№|#)(?P<gap>[\s\u00a0]*(?:#|No\.?|no\.?)?[\s\u00a0]*)$")
_YEAR = re.compile(r"(?:1[5-9]\d\d|20\d\d)$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\"“”'‘’(\n—–-])\s*$")
_ORDINAL_NEXT = re.compile(
    r"[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth|th|nd|rd|st)\b(?!s)", re.I
)


def why_not(text: str, start: int, end: int, *, value: float | None, words: bool, bare: bool) -> str | None:
    """Why the number at text[start:end] is no quantity, or None. `bare`: it has no unit, currency, modifier or scale of its own."""
    left, right = text[max(0, start - 40) : start], text[end : end + 40]
    if words:
        return _word_reason(text, start, end, left, right, value)
    if left[-1:].isalpha() or (left[-1:] in "-–/_" and left[-2:-1].isalnum() and not left[-2:-1].islower()):
        return "name"
    if left[-1:] in "-–" and left[-2:-1].islower() and bare:
        return "name"
    if re.match(r"[A-Za-z]", right) or re.match(r"[-–/_][A-Z0-9]", right):
        return "name" if bare or (left[-1:] in "-–" and left[-2:-1].isupper()) else None
    if not bare:
        return None
    if gates().street.match(right):
        return "name"
    before = _BEFORE_WORD.search(left)
    figure = text[start:end]
    if before:
        word = before.group("word")
        low = word.lower().rstrip(".")
        title = word[0].isupper()
        initial = (
            bool(_SENTENCE_START.search(left[: before.start()])) and not _SENTENCE_START.fullmatch(left[: before.start()][-1:] or "x")
        ) or False
        if before.group("gap").strip() or (
            low in gates().names and (title or not gates().plural_next.match(right) or low in gates().references)
        ):
            return (
                "name"
                if not (
                    low in ("no", "number")
                    and not before.group("gap").strip()
                    and word == "no"
                    and right[:1] == " "
                    and gates().plural_next.match(right)
                )
                else None
            )
        if _YEAR.match(figure) and (low == "the" or not gates().plural_next.match(right)):
            return "date"
        if _YEAR.match(figure) and low in gates().years and low not in gates().links:
            return "date"
        if (
            title
            and not initial
            and len(figure) <= 4
            and "," not in figure
            and not gates().plural_next.match(right)
            and word not in gates().openers
        ):
            return "name" if not word.isupper() or len(word) > 1 else None
    elif _YEAR.match(figure) and not gates().plural_next.match(right):
        return "date"
    return None


def _word_reason(text: str, start: int, end: int, left: str, right: str, value: float | None) -> str | None:
    if _ORDINAL_NEXT.match(right) and value is not None and (value % 10 == 0 or value % 100 == 0):
        return "ordinal"
    if (
        value is not None
        and 13 <= value <= 20
        and re.match(r"[ -](?:hundreds|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|oh)\b", right, re.I)
    ):
        return "date"
    word = text[start:end]
    before = _BEFORE_WORD.search(left)
    if word.istitle() and before and before.group("word")[0].isupper() and not _SENTENCE_START.search(left):
        low = before.group("word").lower()
        if low in gates().names:
            return "name"
    if gates().label.search(left) and word[:1].isupper():
        return "name"
    if value == 1 and word.lower() == "one":
        return _one(left, right)
    return None


def _one(left: str, right: str) -> str | None:
    """Why "one" is a pronoun or adverb here."""
    before = _BEFORE_WORD.search(left)
    follow = re.match(r"[ \u00a0-]+([A-Za-z’']+)", right)
    word = follow.group(1).lower() if follow else ""
    if before and before.group("word").lower() in gates().one_before:
        return "pronoun"
    if word in gates().one_after or re.match(r"['’]s\b|-on-one|-time\b|-sided|-way\b|-off\b|-party\b", right):
        return "pronoun"
    if word == "of":
        return (
            "pronoun"
            if not re.match(
                r" of (?:the |its |their |his |her )?(?:\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", right
            )
            or gates().superlative.match(right)
            else None
        )
    return None
