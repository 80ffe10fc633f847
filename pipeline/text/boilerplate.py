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
    """One row of the lexicon. Every match has one of the literals `hints` in it: most lines are ruled out by them alone."""

    rule: str
    where: str
    regex: re.Pattern[str]
    hints: tuple[str, ...]
    longest: int

    def may_match(self, folded: str) -> bool:
        """Whether the pattern is worth trying on a line, given in lower case."""
        if self.where == "paragraph":
            if len(folded) > self.longest:
                return False
        elif len(folded) > self.longest:
            folded = folded[: self.longest] if self.where == "start" else folded[-self.longest :]
        return not self.hints or any(hint in folded for hint in self.hints)


@functools.cache
def _patterns() -> tuple[Pattern, ...]:
    out = []
    for row in lexicon.load("boilerplate").rows:
        if row["where"] not in WHERE:
            raise LexiconError(f"boilerplate.csv: where={row['where']!r} in rule {row['rule']!r}", f"use one of {', '.join(WHERE)}")
        try:
            regex = re.compile(f"(?:{row['pattern']})\\Z" if row["where"] == "end" else row["pattern"])
        except re.error as error:
            broken = f"boilerplate.csv: the pattern of rule {row['rule']!r} does not compile: {error}"
            raise LexiconError(broken, "mend the regular expression") from error
        out.append(Pattern(row["rule"], row["where"], regex, tuple(h for h in row["hint"].split("|") if h), int(row["longest"])))
    return tuple(out)


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
    changed = True
    while changed and a < b:
        changed = False
        rest = line[a:b]
        folded = rest.lower()
        for pattern in _patterns():
            if not pattern.may_match(folded):
                continue
            if pattern.where == "paragraph":
                if pattern.regex.fullmatch(rest):
                    return _joined([*front, (a, b, pattern.rule), *reversed(back)], line)
                continue
            if pattern.where == "start":
                found = pattern.regex.match(rest)
                if found and found[0].strip():
                    front.append((a, a + len(found[0].rstrip()), pattern.rule))
                    a += len(rest) - len(rest[found.end() :].lstrip())
                    changed = True
                    break
            else:
                found = pattern.regex.search(rest, max(0, len(rest) - pattern.longest))
                if found and found[0].strip():
                    first = a + found.start() + len(found[0]) - len(found[0].lstrip())
                    back.append((first, b, pattern.rule))
                    b = a + len(rest[: found.start()].rstrip())
                    changed = True
                    break
    return _joined([*front, *reversed(back)], line)


def _joined(spans: list[tuple[int, int, str]], line: str) -> list[tuple[int, int, str]]:
    """Neighbours with nothing but white space between them made one, under the first one's rule."""
    out: list[tuple[int, int, str]] = []
    for a, b, rule in spans:
        if out and not line[out[-1][1] : a].strip():
            out[-1] = (out[-1][0], b, out[-1][2])
        elif a < b:
            out.append((a, b, rule))
    return out
