"""Words that say how sure a number is ("at least", "nearly", "or so"), read to the left and the right of it."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re

from pipeline import lexicon

LEFT_WINDOW = 70  # characters: the longest modifier with its fillers is well below


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A modifier in the text: the codebook's value, its characters, and its role in the lexicon."""

    modifier: str
    start: int
    end: int
    role: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Modifiers:
    before: dict[tuple[str, ...], tuple[str, str]]
    after: re.Pattern[str]
    after_values: dict[str, tuple[str, str]]
    longest: int
    roles: dict[str, frozenset[str]]


@functools.cache
def _compiled() -> _Modifiers:
    before: dict[tuple[str, ...], tuple[str, str]] = {}
    after: dict[str, tuple[str, str]] = {}
    roles: dict[str, set[str]] = {}
    for row in lexicon.load("modifiers").rows:
        phrase, role = row["phrase"].lower(), row["role"]
        if row["side"] == "before":
            before[tuple(phrase.split())] = (row["modifier"], role)
        elif row["side"] == "after":
            after[phrase] = (row["modifier"], role)
        else:
            roles.setdefault(role, set()).add(phrase)
    words = "|".join(
        re.escape(p).replace(r"\ ", r"\s") for p in sorted(after, key=len, reverse=True) if p[0].isalpha() and after[p][1] != "hyphen"
    )
    hyphens = "|".join(p for p in after if after[p][1] == "hyphen" or p == "plus")
    pattern = re.compile(rf",?\s(?P<word>{words})(?![A-Za-z-])|(?P<sign>\+)(?!\d)|[ -](?P<hyphen>{hyphens})(?![A-Za-z])", re.IGNORECASE)
    return _Modifiers(before, pattern, after, max(map(len, before)), {k: frozenset(v) for k, v in roles.items()})


_LEFT = re.compile(r"[A-Za-z]+(?:['’.][A-Za-z]*)?\.?|[<>≤≥~≈]=?")
_LEFT_GAP = re.compile(r"[\s,(:\"“‘-]*")


def words_before(text: str, pos: int, window: int = LEFT_WINDOW) -> list[tuple[str, int, int]]:
    """The words of the same line before pos, nearest last: (lower case, start, end)."""
    low = max(0, pos - window)
    line = max(text.rfind("\n\n", low, pos) + 2, low) if "\n\n" in text[low:pos] else low
    found = [(m.group().lower(), m.start(), m.end()) for m in _LEFT.finditer(text, line, pos)]
    if found and line > 0 and found[0][1] == line and text[line - 1].isalnum():
        found = found[1:]
    return found


def before(text: str, pos: int) -> Found | None:
    """The longest modifier that ends right before pos, fillers ("another", "the") allowed between; None where there is none."""
    words = words_before(text, pos)
    lex, skip = _compiled(), 0
    while True:
        until = words[len(words) - 1 - skip][2] if len(words) > skip else 0
        right = words[len(words) - skip][1] if skip else pos
        if len(words) <= skip or text[until:right].strip(" \t\n\u00a0-"):
            return None
        tail = words[: len(words) - skip]
        for size in range(min(lex.longest, len(tail)), 0, -1):
            run = tail[-size:]
            key = tuple(w for w, _, _ in run)
            if key in lex.before and _unbroken(text, run):
                modifier, role = lex.before[key]
                if role == "never" or (role == "focus" and skip):
                    return None
                return Found(modifier, run[0][1], run[-1][2], role)
        if skip >= 2 or not has_role("filler", tail[-1][0]):
            return None
        skip += 1


def _unbroken(text: str, run: list[tuple[str, int, int]]) -> bool:
    return all(not text[a[2] : b[1]].strip(" \n\t\u00a0-") for a, b in itertools.pairwise(run))


def after(text: str, pos: int) -> Found | None:
    """The modifier that begins right after pos ("or more", "or so", "-odd", "+")."""
    found = _compiled().after.match(text, pos)
    if not found:
        return None
    group = found.lastgroup or "word"
    phrase = " ".join(found.group(group).lower().split())
    modifier, role = _compiled().after_values[phrase]
    return Found(modifier, found.start(), found.end(), role)


def has_role(role: str, word: str) -> bool:
    """Whether the word has this role in the lexicon ("change", "range", "score")."""
    return word in _compiled().roles.get(role, frozenset())


def bounds(value: float | None, low: float | None, modifier: str) -> tuple[float | None, float | None, float | None, str]:
    """(value, low, high, modifier) by the codebook: a bound is its own best reading, "about" has no bounds, a vague plural only its
    least."""
    if value is None:
        return None, low, None, "approximate_word"
    if modifier in ("at_least", "more_than"):
        return value, value, None, modifier
    if modifier in ("at_most", "less_than"):
        return value, None, value, modifier
    if modifier == "about":
        return value, None, None, modifier
    return value, value, value, "exact"
