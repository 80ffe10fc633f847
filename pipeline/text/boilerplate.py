"""What stands among an article's paragraphs and is no part of it: credits, players, share lines, promotions, bylines.

The patterns are data (lexicons/boilerplate.csv). Marked text stays in the article; its spans only tell the sentences stage to
give them the kind `boilerplate`. A caption's own words are news and stay: only the label before and the credit behind it are marked.
"""

from __future__ import annotations

import dataclasses
import functools
import re

from pipeline import lexicon
from pipeline.errors import LexiconError

WHERE = ("paragraph", "start", "end")


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """One row of the lexicon; `longest` is how many characters of a line it looks at."""

    rule: str
    regex: re.Pattern[str]
    longest: int


@dataclasses.dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns tried in the same way. `gate` finds something in every line that one of them matches, and rules out nearly all others."""

    members: tuple[Pattern, ...]
    gate: re.Pattern[str]
    longest: int


@functools.cache
def _patterns() -> dict[str, Patterns]:
    """Patterns by where they are tried: "start", "end", "plain" (whole lines) and "hinted" (whole lines that hold a hint)."""
    members: dict[str, list[Pattern]] = {"start": [], "end": [], "plain": [], "hinted": []}
    gates: dict[str, list[str]] = {kind: [] for kind in members}
    for row in lexicon.load("boilerplate").rows:
        if row["where"] not in WHERE:
            raise LexiconError(f"boilerplate.csv: rule {row['rule']!r} has where={row['where']!r}", f"one of {', '.join(WHERE)}")
        kind = row["where"] if row["where"] != "paragraph" else ("hinted" if row["hint"] else "plain")
        written = f"(?:{row['pattern']})" + ("" if kind == "start" else r"\Z")
        try:
            members[kind].append(Pattern(row["rule"], re.compile(written), int(row["longest"])))
        except (re.error, ValueError) as error:
            raise LexiconError(f"boilerplate.csv: rule {row['rule']!r} is not readable: {error}", "mend pattern or number") from error
        gates[kind].extend([re.escape(h) for h in row["hint"].split("|") if h] if kind in ("end", "hinted") else [written])
    return {
        kind: Patterns(tuple(found), re.compile("|".join(dict.fromkeys(gates[kind]))), max((p.longest for p in found), default=0))
        for kind, found in members.items()
    }


PARAGRAPH = re.compile(r"\S(?:.*\S)?")  # a line: paragraphs of hard-wrapped text have several


def boilerplate_spans(text: str, start: int = 0) -> list[tuple[int, int, str]]:
    """(start, end, rule) of the boilerplate in text[start:], in order and without overlap.

    Spans are whole lines, or a part at a line's beginning or end, without white space at their edges: sentences are to be split at them.
    """
    spans: list[tuple[int, int, str]] = []
    for line in PARAGRAPH.finditer(text, start):
        spans.extend((line.start() + a, line.start() + b, rule) for a, b, rule in _in_line(line[0]))
    return spans


def is_boilerplate(paragraph: str) -> bool:
    """True where every line of the paragraph is boilerplate from end to end."""
    lines = [line[0] for line in PARAGRAPH.finditer(paragraph)]
    return bool(lines) and all(any(a == 0 and b == len(line) for a, b, _ in _in_line(line)) for line in lines)


def _in_line(line: str) -> list[tuple[int, int, str]]:
    """Spans within one line: the whole of it, or what is left when parts are taken off its beginning and end."""
    a, b = 0, len(line)
    front: list[tuple[int, int, str]] = []
    back: list[tuple[int, int, str]] = []
    while a < b:
        rest = line[a:b]
        if rule := _whole(rest):
            return _joined([*front, (a, b, rule), *reversed(back)], line)
        if start := _at_start(rest):
            end, rule = start
            front.append((a, a + len(rest[:end].rstrip()), rule))
            a += len(rest) - len(rest[end:].lstrip())
        elif ending := _at_end(rest):
            first, rule = ending
            back.append((a + first, b, rule))
            b = a + len(rest[:first].rstrip())
        else:
            break
    return _joined([*front, *reversed(back)], line)


def _whole(line: str) -> str | None:
    """The rule that marks the whole line, or None."""
    plain, hinted = _patterns()["plain"], _patterns()["hinted"]
    if len(line) <= plain.longest and plain.gate.match(line):
        for pattern in plain.members:
            if len(line) <= pattern.longest and pattern.regex.match(line):
                return pattern.rule
    if len(line) <= hinted.longest and hinted.gate.search(line.lower()):
        for pattern in hinted.members:
            if len(line) <= pattern.longest and pattern.regex.match(line):
                return pattern.rule
    return None


def _at_start(line: str) -> tuple[int, str] | None:
    """(end, rule) of boilerplate at the beginning of the line, or None."""
    patterns = _patterns()["start"]
    if patterns.gate.match(line):
        for pattern in patterns.members:
            found = pattern.regex.match(line, 0, pattern.longest)
            if found and found[0].strip():
                return found.end(), pattern.rule
    return None


def _at_end(line: str) -> tuple[int, str] | None:
    """(start, rule) of boilerplate at the end of the line, or None."""
    patterns = _patterns()["end"]
    if patterns.gate.search(line[-patterns.longest :].lower()):
        for pattern in patterns.members:
            found = pattern.regex.search(line, max(0, len(line) - pattern.longest))
            if found and found[0].strip():
                return found.end() - len(found[0].lstrip()), pattern.rule
    return None


def _joined(spans: list[tuple[int, int, str]], line: str) -> list[tuple[int, int, str]]:
    """Neighbours with nothing but white space between them made one, under the first one's rule."""
    out: list[tuple[int, int, str]] = []
    for a, b, rule in spans:
        if out and not line[out[-1][1] : a].strip():
            out[-1] = (out[-1][0], b, out[-1][2])
        elif a < b:
            out.append((a, b, rule))
    return out
