"""What each word means to the grammar of dates: one character of class and a value, compiled once from the lexicons.

The classes (see `date_tokens`): M m v months (sure, capital but also a word, lower case but also a word) · W w weekdays · G g seasons · U
u units (singular, plural), q quarter, h half, z second · n N Y numbers (1-31, others, years) · O ordinals · y '98 · D decades · I full
numeric dates · K clock, j am/pm, Q noon and midnight, Z zone · B s dayparts (singular, plural) · R today … · r references (now) · J
holidays · @ Q1, H1, FY2012 · L last, X next, T this, S same, H that, P past, V previous, F following, C coming, c current, l latest, !
recent · o ago, e earlier, k later, > from now · E early, A late, d middle, b beginning, x end · ~ about, more than · 1 several · 2 every
· 3 per · = daily · 8 fillers · ; "or so" · " old, long · 9 fiscal · 0 BC, AD · p prepositions · 4 to · 5 from · 6 until · 7 since · i
between · f of · a a · t the · & and · : or · _ paragraph break.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from pipeline import lexicon

ROLE_CLASS = {
    "day": "R",
    "ref": "r",
    "last": "L",
    "next": "X",
    "this": "T",
    "same": "S",
    "that": "H",
    "past": "P",
    "previous": "V",
    "following": "F",
    "coming": "C",
    "current": "c",
    "latest": "l",
    "recent": "!",
    "ago": "o",
    "earlier": "e",
    "later": "k",
    "hence": ">",
    "early": "E",
    "late": "A",
    "middle": "d",
    "beginning": "b",
    "end": "x",
    "approx": "~",
    "vague": "1",
    "every": "2",
    "per": "3",
    "set": "=",
    "filler": "8",
    "orso": ";",
    "old": '"',
    "fiscal": "9",
    "era": "0",
    "zone": "Z",
    "clock": "j",
    "prep": "p",
    "to": "4",
    "until": "6",
    "since": "7",
    "from": "5",
    "between": "i",
    "of": "f",
    "a": "a",
    "the": "t",
    "and": "&",
    "or": ":",
    "half": "h",
}


@dataclasses.dataclass(frozen=True, slots=True)
class UnitWord:
    """A unit of time: canonical name, ISO 8601 letter, how many of that letter."""

    name: str
    code: str
    factor: int


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """`single`: word -> (class, value); `vocabulary`: every word that means something here, alone or at the head of a phrase; `phrases`:
    first word -> longer phrases, longest first; `abbreviations` take a full stop with them."""

    single: dict[str, tuple[str, Any]]
    vocabulary: frozenset[str]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str, Any], ...]]
    abbreviations: frozenset[str]
    capital: frozenset[str]
    cardinals: dict[str, int]
    multipliers: dict[str, int]
    ordinals: dict[str, int]
    decades: dict[str, int]


def _numbers() -> tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int]]:
    kinds: dict[str, dict[str, int]] = {"cardinal": {}, "multiplier": {}, "ordinal": {}, "decade": {}}
    for row in lexicon.load("date_numbers").rows:
        kinds[row["kind"]][row["word"]] = int(row["value"])
    return kinds["cardinal"], kinds["multiplier"], kinds["ordinal"], kinds["decade"]


def _role_value(role: str, value: str) -> Any:
    if role == "day":
        offset, _, part = value.partition(",")
        return int(offset), part
    if role == "vague":
        return float(value) if value else None
    if role == "era":
        return int(value)
    return value


@functools.cache
def words() -> Words:
    """The compiled lexicons (once in a worker)."""
    from pipeline.text.date_tokens import split_words  # the tokeniser splits the phrases as it splits the text

    single: dict[str, tuple[str, Any]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
    abbreviations: set[str] = set()
    named: dict[str, list[str]] = {}

    def add(phrase: str, kind: str, value: Any) -> None:
        parts = split_words(phrase)
        if len(parts) == 1:
            single.setdefault(parts[0], (kind, value))
        else:
            phrases.setdefault(parts[0], []).append((parts, kind, value))

    for row in lexicon.load("months").rows:
        single[row["word"]] = ("m" if row["reading"] == "word" else "M", int(row["month"]))
        named.setdefault(row["month"], []).append(row["word"])
    for names in named.values():  # "jan" and "sept" begin a longer name of their month, "may" does not
        abbreviations.update(name for name in names if any(other != name and other.startswith(name) for other in names))
    for row in lexicon.load("weekdays").rows:
        single[row["word"]] = ("W" if row["reading"] == "name" else "w", int(row["weekday"]))
        if not row["word"].endswith("day"):
            abbreviations.add(row["word"])
    for row in lexicon.load("seasons").rows:
        single[row["word"]] = ("G" if row["reading"] == "name" else "g", int(row["month"]))
    for row in lexicon.load("temporal_units").rows:
        kind = "q" if row["word"] == "quarter" else "U" if row["number"] == "singular" else "u"
        single[row["word"]] = (kind, UnitWord(row["unit"], row["code"], int(row["factor"])))
    for row in lexicon.load("dayparts").rows:
        kind = "Q" if row["clock"] else "B" if row["number"] == "singular" else "s"
        single.pop(row["word"], None)  # "night" is a part of the day rather than a unit
        add(row["word"], kind, (row["part"], row["clock"]))
    capital = frozenset(row["word"] for row in lexicon.load("months").rows if row["reading"] == "capital")
    cardinals, multipliers, ordinals, decades = _numbers()
    for word in ordinals.keys() & single.keys():  # "second"
        single[word] = ("z", ordinals[word])
    for row in lexicon.load("holidays").rows:
        for name in row["names"].split("|"):
            add(name, "J", row["holiday"])
    for row in lexicon.load("temporal_words").rows:
        add(row["phrase"], ROLE_CLASS[row["role"]], _role_value(row["role"], row["value"]))
    ordered = {first: tuple(sorted(found, key=lambda item: -len(item[0]))) for first, found in phrases.items()}
    vocabulary = frozenset({*single, *ordered, *cardinals, *multipliers, *ordinals, *decades, "q", "h", "fy", "am", "pm"})
    return Words(single, vocabulary, ordered, frozenset(abbreviations), capital, cardinals, multipliers, ordinals, decades)


@functools.cache
def context(name: str) -> frozenset[str]:
    """The words of one context of date_contexts.csv, lower case."""
    return _contexts().get(name, frozenset())


@functools.cache
def _contexts() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in lexicon.load("date_contexts").rows:
        found.setdefault(row["context"], set()).add(row["word"])
    return {name: frozenset(held) for name, held in found.items()}
