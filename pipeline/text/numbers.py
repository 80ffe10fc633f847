"""Quantities in English text: numbers with modifier, range, unit, currency, rate and age, each with its characters.

`find` reads a text by a grammar over digits and number words. Figures that are no quantities (dates, names, references …) come with the
reason in `gate`, so that nothing is dropped in silence. Nothing here needs a parse; what is counted is the business of the claims stage.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from collections.abc import Iterator

from pipeline.text import modifiers, number_gates, number_words, units
from pipeline.text.number_words import Cardinal
from pipeline.text.units import Money, Unit


@dataclasses.dataclass(frozen=True, slots=True)
class NumberSpan:
    """A quantity at text[start:end] (modifier, currency and unit included); the figure itself at [number_start:number_end)."""

    start: int
    end: int
    number_start: int
    number_end: int
    value: float | None
    low: float | None
    high: float | None
    modifier: str
    kind: str  # the codebook's claim kinds
    form: str  # cardinal, vague, fraction, range, score, ratio
    unit: str | None = None
    unit_basis: str | None = None  # how a currency was named: iso, symbol, name, noun, ambiguous
    candidates: tuple[str, ...] = ()  # the currencies an ambiguous sign may mean
    per: str | None = None  # denominator of a rate: "day", "barrel"
    si_value: float | None = None
    si_unit: str | None = None
    hyphen: bool = False  # the unit is bound by a hyphen and describes what follows ("three-day")
    words: bool = False
    plain: bool = False  # digits alone, without separator, point or scale
    modifier_end: int | None = None
    gate: str | None = None  # why the figure is no quantity


@dataclasses.dataclass(slots=True)
class _Draft:
    """A quantity in the making."""

    start: int
    end: int
    number_start: int
    number_end: int
    first: Cardinal
    second: Cardinal | None = None
    form: str = "cardinal"
    between: bool = False
    money: Money | None = None
    unit: Unit | None = None
    hyphen: bool = False
    factor: float = 1.0
    add: float = 0.0


_LINK = re.compile(
    r"(?P<dash>[ \u00a0]?(?:[-–—]|--)[ \u00a0]?(?:to[ -])?)|(?P<to>[ \u00a0\n]+(?:to|through|up to|until|till)[ \u00a0\n]+)|(?P<and>[ \u00a0\n]+and[ \u00a0\n]+)"
    r"|(?P<or>,?[ \u00a0\n]+or(?:[ \u00a0\n]+(?:even|perhaps|maybe))?[ \u00a0\n]+)|(?P<tilde>\s?~\s?)"
)
_IN = re.compile(r"[ \u00a0-](?:in|out[ \u00a0]of)(?:[ \u00a0](?:every|each))?[ \u00a0-]", re.I)
_OF = re.compile(r"[ \u00a0\n]of[ \u00a0\n]", re.I)
_ARTICLE = re.compile(r"[ \u00a0-](?:of[ \u00a0])?an?(?=[ \u00a0])", re.I)
_MINUS = re.compile(r"(?:(?<![\w.)%])[-−]|\b(?:minus|negative)\s)$", re.I)
_MILLION_LETTER = re.compile(r"(mm|m|b|t|k|cr)(?![A-Za-z0-9²³])", re.I)
_BELOW = re.compile(r"[ \u00a0](?:below|under)[ \u00a0](?:zero|freezing)\b", re.I)
_ANGLE = re.compile(r"[ -](?:angle|turn|north|south|east|west|latitude|longitude|view|slope|of separation)\b", re.I)
_OLD = re.compile(r"[ -](?:years?|months?|weeks?|days?|decades?)[ -](?:olds?\b|of age\b)", re.I)
_YO = re.compile(r"[ -]?y\.?/?o\b(?!\w)")
_OLD_UNIT = re.compile(r"[ -](?P<unit>year|month|week|day|decade)s?[ -](?:olds?\b|of age\b)", re.I)
_AGE_LEFT = re.compile(r"(?:\b(?:aged|ages?)(?:[ \u00a0](?:of|from))?[ \u00a0]|\bages?[ \u00a0]of[ \u00a0])$", re.I)
_PREFIX_UNIT = re.compile(r"\b(?P<unit>Mach|magnitude)(?:[ -]of)?[ \u00a0-]$", re.I)
_AFTER_TIMES = re.compile(
    r"[ \u00a0]+(?:as|more|the|higher|larger|bigger|greater|faster|less|fewer|that|its|what|better|worse|stronger|lower|smaller|their|normal)\b",
    re.I,
)
_RATE_ADVERB = re.compile(
    r"[ \u00a0](?P<adverb>annually|yearly|monthly|weekly|daily|hourly|nightly|apiece|per capita|per annum)\b|(?P<slash>\s?/\s?)(?P<what>[a-z]+)\b",
    re.I,
)
_RATE_PER = re.compile(
    r"[ \u00a0](?:(?P<per>per|for every|for each)|(?P<article>an?|each|every))[ \u00a0](?P<what>(?:\d[\d,]*(?: \w+)?|[a-z]+(?:-[a-z]+)?))\b",
    re.I,
)
_ADVERB_UNIT = {
    "annually": "year",
    "yearly": "year",
    "monthly": "month",
    "weekly": "week",
    "daily": "day",
    "hourly": "hour",
    "nightly": "night",
}
_JOIN = re.compile(r"(?:,?[ \u00a0]and[ \u00a0]|,?[ \u00a0]|-)?")
_SMALL_RATIO = frozenset({12, 15, 20, 25, 500, 30, 40, 50, 60, 70, 80, 90, 100, 1000, 10000, 100000, 1000000})


def _round(value: float) -> float:
    """Takes the binary dust off a product."""
    return float(f"{value:.15g}")


class _Text:
    """A text with its masked spans, for one run of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.masks = number_gates.masked(text)
        self.starts = [m[0] for m in self.masks]

    def mask_at(self, pos: int) -> tuple[int, int, str] | None:
        """The masked span that holds pos."""
        k = bisect.bisect_right(self.starts, pos) - 1
        return self.masks[k] if k >= 0 and pos < self.masks[k][1] else None


def find(text: str) -> list[NumberSpan]:
    """All numbers of a text in order, gated ones with their reason. Spans never overlap."""
    held, out, last = _Text(text), [], 0
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
        draft = _read(held, pos, last)
        if draft is None:
            last = max(last, _skip(text, pos))
            continue
        spans = list(_finish(held, draft, last))
        out += spans
        last = max(s.end for s in spans)
    return _with_articles(held, out)


def quantities(text: str) -> list[NumberSpan]:
    """The quantities of a text: what `find` reads, without the gated."""
    return [s for s in find(text) if s.gate is None]


def _gated(text: str, mask: tuple[int, int, str]) -> NumberSpan:
    return NumberSpan(mask[0], mask[1], mask[0], mask[1], None, None, None, "exact", "other", "cardinal", gate=mask[2])


def _skip(text: str, pos: int) -> int:
    """The end of the token at pos, which began no number."""
    while pos < len(text) and text[pos].isalnum():
        pos += 1
    return pos


def _read(held: _Text, pos: int, floor: int) -> _Draft | None:
    """Reads the figure at pos with its sign, currency, range and unit."""
    text = held.text
    feet = units.feet_inches(text, pos)
    if feet:
        inch_unit = units.unit_named("foot")
        number = Cardinal(pos, feet[1], feet[0], raw=feet[0])
        return _Draft(pos, feet[1], pos, feet[1], number, unit=inch_unit)
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
    if before:
        minus = re.compile(r"(?<![\w.)%])[-−]$").search(text, max(floor, start - 2), start)
        first = _money_scale(text, first)
    elif not first.words:
        first = _bare_million(text, first)
    if minus and first.value is not None:
        first = dataclasses.replace(first, start=minus.start(), value=-first.value)
        start = minus.start()
    draft = _Draft(start, first.end, first.start, first.end, first, money=before[0] if before else None)
    if first.value is None:
        draft.form = "vague"
    elif first.fraction:
        draft.form = "fraction"
    _measure(held, draft)
    _range(held, draft, floor)
    if draft.second is None and draft.form == "cardinal" and draft.unit is None and draft.money is None:
        _one_in(held, draft)
    return draft


def _sound_sign(text: str, start: int, pos: int, number: Cardinal) -> bool:
    """Whether a currency sign of one letter ("R500", "N1.2bn") is one: the amount must be large or scaled."""
    sign = text[start:pos].strip()
    if not (sign.isalpha() and len(sign) <= 2 and sign not in ("Rs", "Tk", "DM", "RM", "Rp", "Re")):
        return True
    return number.value is not None and (number.scaled or number.value >= 1000 or bool(_MILLION_LETTER.match(text, number.end)))


def _money_scale(text: str, number: Cardinal) -> Cardinal:
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
    follows = re.compile(r"[ \u00a0](?:people|others|[a-z]+ (?:people|workers|voters|refugees))\b").match(text, found.end())
    if follows or units.currency_after(text, found.end(), 1e6) or units.unit_after(text, found.end(), attached_letters=False):
        return dataclasses.replace(number, end=found.end(), value=float(f"{number.value * 1e6:.12g}"), scaled=True, raw=number.value)
    return number


def _measure(held: _Text, draft: _Draft) -> None:
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
    if unit.name in ("bar", "bit", "stone", "league", "cup") and number.words and word.lower() in ("bar", "stone", "league"):
        return True
    if word.istitle() and len(word) > 3 and not text[end : end + 1] == "-" and unit.name in ("cup", "stone", "league", "mile", "block"):
        return True
    return False


def _compound(held: _Text, draft: _Draft) -> None:
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


def _cents(held: _Text, draft: _Draft) -> None:
    """Adds the cents of "thirteen dollars and forty-five cents"."""
    text, money = held.text, draft.money
    gap = _JOIN.match(text, draft.end)
    if money is None or money.minor or draft.hyphen or gap is None or not text[gap.end() : gap.end() + 1].isalnum():
        return
    small = number_words.parse(text, gap.end())
    named = units.currency_after(text, small.end, small.value) if small and small.value is not None and 0 < small.value < 100 else None
    if small is not None and small.value is not None and named and named.minor and not set(named.candidates).isdisjoint(money.candidates):
        draft.add, draft.end = small.value / 100, named.end


def _scale_of(number: Cardinal) -> float:
    """The scale a number ends in (1e6 for "three million")."""
    if not number.scaled or number.value is None:
        return 1.0
    if number.raw and number.raw != number.value:
        return number.value / number.raw
    return next((v for v in (1e12, 1e9, 1e7, 1e6, 1e5, 1e3, 100.0, 12.0) if number.value % v == 0), 1.0)


def _range(held: _Text, draft: _Draft, floor: int) -> None:
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
    aged = _AGE_LEFT.search(text, max(floor, draft.start - 14), draft.start)
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
    if second is None or second.value is None or (second.fraction and not first.fraction):
        return
    if draft.money:
        second = _money_scale(text, second)
    tail = _Draft(
        at,
        second.end,
        at,
        second.end,
        second,
        money=draft.money
        if sign or (draft.money and draft.money.basis in ("symbol", "ambiguous", "iso") and draft.start < first.start)
        else None,
    )
    _measure(held, tail)
    scale = _scale_of(second)
    low = first.value
    if scale > 1 and not first.scaled and second.value and abs(first.value) < abs(second.value) / scale:
        low = _round(first.value * scale)
    if (
        (draft.unit and tail.unit and draft.unit != tail.unit)
        or (draft.unit and tail.money)
        or (draft.money and tail.unit and tail.unit.kind != "duration")
    ):
        return
    if draft.unit and tail.unit is None and tail.money is None and kind not in ("and",) and not (kind == "dash"):
        return
    if low >= second.value:
        _score(held, draft, second, kind, tail)
        return
    cue = _cue(text, opener.start if limited and opener else draft.start)
    if kind == "to" and (cue == "change" or (not limited and cue == "score")):
        return
    if (
        kind == "dash"
        and cue == "score"
        and not tail.unit
        and not tail.money
        and second.value < 200
        and first.value < 200
        and not first.scaled
    ):
        _score(held, draft, second, kind, tail)
        return
    if kind == "dash" and (first.words != second.words or (first.words and (second.value - low > 3 or second.value >= 20))):
        return
    if kind == "or" and (
        first.scaled != second.scaled
        or second.value > 3 * low
        or (draft.unit is not None and tail.unit is None)
        or (first.words and second.value > 20)
    ):
        return
    if limited and opener and not word_between and _cue(text, opener.start) == "change":
        return
    draft.first = dataclasses.replace(first, value=low)
    draft.second, draft.form = second, "range"
    draft.between = limited
    draft.number_end, draft.end = second.end, tail.end
    draft.unit, draft.money, draft.hyphen = tail.unit or draft.unit, draft.money or tail.money, tail.hyphen or draft.hyphen
    draft.add = 0.0


def _cue(text: str, pos: int) -> str | None:
    """The role of the nearest of the six words before pos: change, range or score."""
    for word, start, _ in reversed(modifiers.words_before(text, pos)[-6:]):
        if re.search(r"[.;!?]\s", text[start:pos]):
            return None
        for role in ("range", "change", "score"):
            if modifiers.has_role(role, word):
                return role
    return None


_SCORE_NEXT = re.compile(
    r"[ \u00a0](?:[a-z]+[ \u00a0])?(?:vote|win|victory|defeat|loss|draw|lead|ruling|decision|majority|split|margin|aggregate|votes?)\b",
    re.I,
)


def _score(held: _Text, draft: _Draft, second: Cardinal, kind: str, tail: _Draft) -> None:
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


def _one_in(held: _Text, draft: _Draft) -> None:
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
    if unit and (unit[0].kind in ("duration", "percent") or not first.value == 1):
        return
    draft.second, draft.form = second, "ratio"
    draft.number_end = draft.end = second.end


def _finish(held: _Text, draft: _Draft, floor: int) -> Iterator[NumberSpan]:
    """Turns a draft into a NumberSpan: modifiers, rates, ages, the gate."""
    text, first, second = held.text, draft.first, draft.second
    start, end, value = draft.start, draft.end, first.value
    if value is not None:
        value = _round(value + draft.add) if draft.add else value
    kind, unit, basis, candidates, si_value, si_unit, si = "count", None, None, (), None, None, None
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
    left = _AGE_LEFT.search(text, max(floor, start - 14), start)
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
        value, word = _round((low + high) / 2), "between"
    elif kind == "money" or draft.form != "range":
        value, low, high, word = modifiers.bounds(value, low, word)
    if trail:
        end = max(end, trail.end)
    per, kind, end = _rate(text, end, kind, unit, draft)
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


def _fits(mark: modifiers.Found, kind: str, draft: _Draft, text: str) -> bool:
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


def _rate(text: str, end: int, kind: str, unit: str | None, draft: _Draft) -> tuple[str | None, str, int]:
    """The denominator of a rate after a quantity: (per, kind, end)."""
    if draft.hyphen or draft.form in ("score", "ratio"):
        return None, kind, end
    adverb = _RATE_ADVERB.match(text, end)
    if adverb and (draft.unit or draft.money or kind == "percent"):
        if adverb.group("adverb"):
            word = adverb.group("adverb").lower()
            return (
                _ADVERB_UNIT.get(word, "person" if word == "per capita" else "piece" if word == "apiece" else "year"),
                "rate",
                adverb.end(),
            )
        named = units.unit_named(adverb.group("what"))
        return (named.name if named else adverb.group("what").lower()), "rate", adverb.end()
    found = _RATE_PER.match(text, end)
    if not found:
        return None, kind, end
    what = found.group("what")
    named = units.unit_named(what.lower())
    if found.group("per"):
        return (named.name if named else what.lower()), "rate", found.end()
    if (
        (draft.money or unit is not None or kind == "percent")
        and named
        and named.kind in ("duration", "mass", "volume", "area", "length")
        and named.name != unit
    ):
        return named.name, "rate", found.end()
    if draft.money and what.lower() in _heads():
        return what.lower(), "rate", found.end()
    return None, kind, end


@functools.cache
def _heads() -> frozenset[str]:
    """Nouns by which prices are given ("$50 a person"): the people of `counted_groups` and the barrel's kin are units already."""
    from pipeline import lexicon

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
    from pipeline import lexicon

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


def _with_articles(held: _Text, spans: list[NumberSpan]) -> list[NumberSpan]:
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
