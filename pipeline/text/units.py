"""Units of measure and currencies beside a number: which, of what kind, with what SI value, and how plainly a currency is named."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable

from pipeline import lexicon

_SPACE = "[ \u00a0\u2009\u202f\n]"


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: canonical name, codebook kind, and its SI unit with factor and offset (None where it has none)."""

    name: str
    kind: str
    si_unit: str | None = None
    si_factor: float | None = None
    si_offset: float = 0.0

    def si(self, value: float | None) -> float | None:
        """The value in the SI unit."""
        if value is None or self.si_factor is None:
            return None
        return float(f"{value * self.si_factor + self.si_offset:.12g}")


@dataclasses.dataclass(frozen=True, slots=True)
class Money:
    """A currency beside a number. `code` is None where the words leave it open; `candidates` are then the codes they may mean."""

    code: str | None
    basis: str  # iso, symbol, name, noun, ambiguous
    candidates: tuple[str, ...] = ()
    minor: str | None = None  # name of the small coin where the amount is in it (cent, penny)
    end: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class _UnitTable:
    aliases: dict[str, Unit]  # words, lower case
    symbols: dict[str, Unit]  # as written
    hidden: dict[str, Unit]  # names that are other words too (barn, mole, gray) and are not read as words
    patterns: dict[str, re.Pattern[str]]  # finds either at a place, by its first character in lower case


def _by_first(words: Iterable[str]) -> dict[str, list[str]]:
    """Words by their first character in lower case, longest first. A pattern of a thousand alternatives is slow, one of thirty is not."""
    out: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        out.setdefault(word[0].lower(), []).append(word)
    return out


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in words) or r"(?!)"


_UNIT_GAP = re.compile(rf"{_SPACE}[–-]{_SPACE}|{_SPACE}{{0,2}}-?")


@functools.cache
def _unit_table() -> _UnitTable:
    """Compiles the `units` lexicon."""
    aliases: dict[str, Unit] = {}
    symbols: dict[str, Unit] = {}
    hidden: dict[str, Unit] = {}
    for row in lexicon.load("units").rows:
        factor = float(row["si_factor"]) if row["si_factor"] else None
        unit = Unit(row["unit"], row["kind"], row["si_unit"] or None, factor, float(row["si_offset"] or 0))
        names = row["aliases"].split("|")
        (hidden if "~" in names else aliases)[row["unit"].lower()] = unit
        for alias in names:
            if alias and alias != "~":
                aliases[alias.lower()] = unit
        for symbol in row["symbols"].split("|"):
            if symbol:
                symbols[symbol] = unit
    words, signs = _by_first(aliases), _by_first(symbols)
    patterns = {
        first: re.compile(
            rf"(?:(?P<word>(?i:{_any(words.get(first, ())).replace(chr(92) + ' ', '[ ' + chr(160) + '-]').replace(chr(92) + '-', '[ -]')}))"
            rf"|(?P<sign>{_any(signs.get(first, ()))}))(?![A-Za-z0-9²³°])"
        )
        for first in {*words, *signs}
    }
    return _UnitTable(aliases, symbols, hidden, patterns)


def unit_named(name: str) -> Unit | None:
    """The unit of this name or alias (singular or plural)."""
    table, low = _unit_table(), re.sub(r"[\s\u00a0]+", " ", name.lower())
    return table.aliases.get(low) or table.aliases.get(low.replace("-", " ")) or table.symbols.get(name) or table.hidden.get(low)


_INCH_NEXT = re.compile(
    r"\s*(?:[.,;)x×*]|$|by\b|wide|long|tall|thick|deep|high|in diameter|diameter|screen|gun|display|of (?:rain|snow))", re.I
)
_BY_NEXT = re.compile(r"\s?\d")  # "4 x 100" is a product and no fourfold
_LETTER_SPACED = frozenset("mglLtWVJ")
_FEET_INCHES = re.compile(r"(\d+)\s?['′’]\s?(\d{1,2})\s?(?:[\"″”]|['′’]{2})")


def unit_after(text: str, pos: int, *, attached_letters: bool = True) -> tuple[Unit, int, bool] | None:
    """The unit that follows a number ending at pos: (unit, end, whether a hyphen binds it), or None.

    One-letter symbols stand against the number or, for a few of them, one space away; "in" is an inch only where the words after it say so.
    """
    space = _UNIT_GAP.match(text, pos)
    at = space.end() if space else pos
    table = _unit_table()
    pattern = table.patterns.get(text[at : at + 1].lower())
    found = pattern.match(text, at) if pattern else None
    if not found:
        return None
    aliases, symbols = table.aliases, table.symbols
    gap, sign = text[pos:at], found.group("sign")
    hyphen = "-" in gap or "–" in gap
    if sign:
        if (sign in ("'", '"', "′", "″") or (sign == "''" and gap)) or (not attached_letters and len(sign) == 1 and sign.isalpha()):
            return None
        if sign == "in" and not (hyphen or _INCH_NEXT.match(text, found.end())):
            return None
        if (
            len(sign) == 1
            and sign.isalpha()
            and gap
            and (sign not in _LETTER_SPACED or hyphen or text[found.end() : found.end() + 1] in ("-", "'", "’", "."))
        ):
            return None
        if sign in ("AU", "ac", "pt", "ct", "st", "MT", "mt") and gap and hyphen:
            return None
        return symbols[sign], found.end(), hyphen
    word = re.sub(r"[\s\u00a0]+", " ", found.group("word").lower())
    unit = aliases.get(word) or aliases.get(word.replace("-", " ")) or aliases.get(word.replace(" ", "-"))
    if unit is None or (word == "x" and _BY_NEXT.match(text, found.end())):
        return None
    end = found.end()
    if text[end : end + 1] == "." and len(word) <= 3 and word.isalpha() and text[end + 1 : end + 3].strip()[:1].islower():
        end += 1  # an abbreviation's full stop
    return unit, end, hyphen


def feet_inches(text: str, pos: int) -> tuple[float, int] | None:
    """Feet and inches in marks at pos ("6'2\""): (feet, end)."""
    found = _FEET_INCHES.match(text, pos)
    return (int(found.group(1)) + int(found.group(2)) / 12, found.end()) if found else None


@dataclasses.dataclass(frozen=True, slots=True)
class _Currencies:
    before: re.Pattern[str]
    after: dict[str, re.Pattern[str]]  # names and signs after an amount, by their first character in lower case
    codes: dict[str, tuple[str, ...]]  # symbol -> codes
    nouns: dict[str, tuple[str, ...]]  # bare noun -> codes
    traps: frozenset[str]
    adjectives: dict[str, frozenset[str]]  # adjective -> codes
    minors: dict[str, tuple[str, ...]]
    minor_names: dict[str, str]
    countries: dict[str, frozenset[str]]  # code -> alpha-3


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou") else noun + "s"


def _freeze(sets: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(values)) for key, values in sets.items()}


@functools.cache
def currencies() -> _Currencies:
    """Compiles the `currencies` lexicon."""
    symbols: dict[str, set[str]] = {}
    nouns: dict[str, set[str]] = {}
    adjectives: dict[str, set[str]] = {}
    minors: dict[str, set[str]] = {}
    minor_names: dict[str, str] = {}
    traps: set[str] = set()
    iso, countries = [], {}
    for row in lexicon.load("currencies").rows:
        code = row["code"]
        iso.append(code)
        countries[code] = frozenset(row["countries"].split())
        for symbol in filter(None, row["symbols"].split("|")):
            symbols.setdefault(symbol, set()).add(code)
        for noun in filter(None, (*row["nouns"].split("|"), *row["plurals"].split("|"))):
            bare = noun.lstrip("~").lower()
            nouns.setdefault(bare, set()).add(code)
            if noun.startswith("~"):
                traps |= {bare, _plural(bare)}
        for adjective in filter(None, row["adjectives"].split("|")):
            adjectives.setdefault(adjective.lower(), set()).add(code)
        coins = [m for m in row["minor"].split("|") if m]
        for minor in coins:
            for form in (minor, _plural(minor)):
                minor_names.setdefault(form, coins[0])
                minors.setdefault(form, set()).add(code)
    for code in iso:
        symbols.setdefault(code, set()).add(code)
    for traded in ("$", "¥"):
        symbols.setdefault(traded, set())
    symbols["$"] = {c for c in iso if "dollar" in nouns and c in nouns["dollar"]}
    symbols["¥"] = {"JPY", "CNY"}
    # After a figure stand signs and abbreviations of two letters and more; before it also names ("Rupees 50 lakh", "Taka 20 crore").
    after = _after_patterns(nouns, adjectives, minors, iso, [x for x in symbols if not x.isalpha() or (len(x) > 1 and x not in iso)])
    for noun, codes in nouns.items():
        if noun not in traps and noun.isalpha():
            symbols.setdefault(noun.title(), set()).update(codes)
    signs = "|".join(re.escape(x) for x in sorted(symbols, key=len, reverse=True))
    before = re.compile(rf"(?<![A-Za-z$€£])({signs}){_SPACE}?$")
    return _Currencies(
        before,
        after,
        _freeze(symbols),
        _freeze(nouns),
        frozenset(traps),
        {k: frozenset(v) for k, v in adjectives.items()},
        _freeze(minors),
        minor_names,
        countries,
    )


_MONEY_GAP = re.compile(rf"(?:{_SPACE}[–-]{_SPACE}|-|{_SPACE}{{0,2}})(?:of{_SPACE})?(?:in{_SPACE})?")


def _after_patterns(
    nouns: Iterable[str], adjectives: Iterable[str], minors: Iterable[str], iso: Iterable[str], signs: Iterable[str]
) -> dict[str, re.Pattern[str]]:
    names = _any(sorted(nouns, key=len, reverse=True))
    coins = [m for m in minors if len(m) > 1]
    small = _any(sorted(coins, key=len, reverse=True))
    noun, adj, minor, code, sign = (_by_first(words) for words in (nouns, adjectives, coins, iso, signs))
    return {
        c: re.compile(
            rf"(?:(?P<adj>(?i:{_any(adj.get(c, ()))})){_SPACE}(?P<named>(?i:{names}))|(?P<noun>(?i:{_any(noun.get(c, ()))}))"
            rf"|(?P<madj>(?i:{_any(adj.get(c, ()))})){_SPACE}(?P<minor>(?i:{small}))|(?P<coin>(?i:{_any(minor.get(c, ()))}))"
            rf"|(?P<iso>{_any(code.get(c, ()))})|(?P<sign>{_any(sign.get(c, ()))})|(?P<pence>p))(?![A-Za-z0-9])"
        )
        for c in {*noun, *adj, *minor, *code, *sign, "p"}
    }


def currency_before(text: str, pos: int) -> tuple[Money, int] | None:
    """The currency sign or code that ends at pos: (currency, its start)."""
    window = max(0, pos - 8)
    found = currencies().before.search(text[window:pos])
    if not found:
        return None
    sign = found.group(1)
    codes = currencies().codes[sign]
    code = codes[0] if len(codes) == 1 else None
    basis = "iso" if sign.isalpha() and sign.isupper() and len(sign) == 3 else "symbol"
    if code is None and sign == "£":
        code = "GBP"
    return Money(code, basis if code else "ambiguous", codes, end=pos), window + found.start(1)


def currency_after(text: str, pos: int, amount: float | None, *, scaled: bool = False) -> Money | None:
    """The currency named after an amount that ends at pos ("million euros", "dollars", "US cents", "5 million USD")."""
    lex = currencies()
    space = _MONEY_GAP.match(text, pos)
    at = space.end() if space else pos
    pattern = lex.after.get(text[at : at + 1].lower())
    found = pattern.match(text, at) if pattern else None
    if not found:
        return None
    end = found.end()
    if found.group("iso"):
        return Money(found.group("iso"), "iso", (found.group("iso"),), end=end)
    if found.group("sign"):
        codes = lex.codes[found.group("sign")]
        code = "GBP" if found.group("sign") == "£" else codes[0] if len(codes) == 1 else None
        return Money(code, "symbol" if code else "ambiguous", codes, end=end)
    if found.group("pence"):
        attached = found.start("pence") == pos
        return Money("GBP", "symbol", ("GBP",), minor="penny", end=end) if attached else None
    coin = (found.group("minor") or found.group("coin") or "").lower()
    if coin:
        candidates = set(lex.minors[coin])
        if found.group("madj"):
            candidates &= lex.adjectives[found.group("madj").lower()]
        code = next(iter(candidates)) if len(candidates) == 1 else None
        return Money(code, "name" if code else "ambiguous", tuple(sorted(candidates)), minor=lex.minor_names[coin], end=end)
    if found.group("named"):
        both = set(lex.nouns[found.group("named").lower()]) & lex.adjectives[found.group("adj").lower()]
        if not both:
            return None
        code = next(iter(both)) if len(both) == 1 else None
        return Money(code, "name" if code else "ambiguous", tuple(sorted(both)), end=end)
    noun = found.group("noun").lower()
    large = scaled or (amount is not None and abs(amount) >= 1000)
    if noun in lex.traps and (not large or noun in ("pound", "pounds")):
        return None
    codes = tuple(c for c in lex.nouns[noun] if lex.countries[c]) or lex.nouns[noun]
    return Money(codes[0] if len(codes) == 1 else None, "noun" if len(codes) == 1 else "ambiguous", codes, end=end)
