"""Pairs the quotation marks of a text, and says which quoted stretches cannot be anybody's words.

Handles typographic, low, angled, straight and doubled marks, single marks told apart from apostrophes, nested quotations, quotations
that run over paragraphs (every paragraph re-opens, only the last one closes), and marks whose partner was lost. Pure: no spaCy, no I/O.

A paragraph is a run of text without a line break: no quotation is paired over a line break, except by re-opening.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from typing import Literal

from pipeline.lexicon import load

Family = Literal["double", "single", "angle"]
Use = Literal["words", "term", "title", "nickname"]


@dataclasses.dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted stretch. `start`/`end`: what stands between the marks; `outer_start`/`outer_end`: with them (code points of the text).

    `opened`/`closed`: whether the mark on that side is there; where it is not, that edge is the paragraph's (a guess).
    `goes_on`: no closing mark because the next paragraph re-opens; `goes_on_from`: this is such a next paragraph.
    `depth`: 0 for an outermost stretch, 1 for one inside it.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    family: Family
    depth: int = 0
    opened: bool = True
    closed: bool = True
    goes_on: bool = False
    goes_on_from: bool = False

    @property
    def certain(self) -> bool:
        """Both edges are known: two marks, or an edge that a re-opened paragraph proves."""
        return (self.opened or self.goes_on_from) and (self.closed or self.goes_on)


@dataclasses.dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    family: Family
    can_open: bool
    can_close: bool
    sure: bool  # the sign itself or its surroundings leave one reading only


_MARK = re.compile("''|``|[\"“”„‟«»‹›‘’‚'`´]")
_PARAGRAPH = re.compile(r"[^\n\r\u2028\u2029]+")
_OPENS = "“„‟«‹‘‚"
_SINGLE = "‘’‚'`´"
_ANGLE = "«»‹›"
_ELISION = re.compile(r"['’‘](\d{2}s?|[A-Za-z]+)\b")
_STOPS = frozenset(".,!?…;")


@functools.cache
def _lexicon(kind: str) -> frozenset[str]:
    return frozenset(r["text"].lower() for r in load("quote_marks").rows if r["kind"] == kind)


def _marks(text: str, start: int, end: int) -> Iterator[_Mark]:
    """The marks of one paragraph with what each could be by its sign and its neighbours; apostrophes are left out."""
    for match in _MARK.finditer(text, start, end):
        a, b, sign = match.start(), match.end(), match.group()
        before = text[a - 1] if a > start else " "
        after = text[b] if b < end else " "
        opening_place = before.isspace() or before in "([{—–-/\"“‘'«:" or (not before.isalnum() and before not in ".,!?…;)]}%”’»")
        closing_place = not before.isspace() and (after.isspace() or not after.isalnum())
        if b == end and a > start:  # "…,' he said. \"": nothing is left to open
            opening_place, closing_place = False, True
        if sign in ("''", "``", '"', "“", "”", "„", "‟") or sign in _ANGLE:
            yield _double(sign, a, b, opening_place, closing_place, before, after)
        elif before.isalnum() and after.isalnum():
            continue  # an apostrophe inside a word
        else:
            mark = _single(text, sign, a, b, opening_place, closing_place, after)
            if mark is not None:
                yield mark


def _double(sign: str, a: int, b: int, opening_place: bool, closing_place: bool, before: str, after: str) -> _Mark:
    family: Family = "angle" if sign in _ANGLE else "double"
    if sign in "“„‟«‹" or sign == "``":
        if closing_place and not opening_place and sign in "“«":
            return _Mark(a, b, family, True, True, False)  # „German style“, or a sign typed where only a closing one makes sense
        return _Mark(a, b, family, True, False, True)
    if sign in "”»›":
        if opening_place and not after.isspace() and not closing_place:
            return _Mark(a, b, family, True, True, False)  # ”Swedish style”, or a slip
        return _Mark(a, b, family, False, True, True)
    if opening_place == closing_place:
        return _Mark(a, b, family, True, True, False)
    return _Mark(a, b, family, opening_place, closing_place, True)


def _single(text: str, sign: str, a: int, b: int, opening_place: bool, closing_place: bool, after: str) -> _Mark | None:
    elision = _ELISION.match(text, a)
    if elision and opening_place and sign not in "‚`":
        word = elision.group(1).lower()
        if word[0].isdigit() or word in _lexicon("elision"):
            return None
    if sign in "‘‚`" or (opening_place and not after.isspace()):
        if after.isspace() or not opening_place:
            return _Mark(a, b, "single", False, True, False) if closing_place else None
        return _Mark(a, b, "single", True, False, False)
    return _Mark(a, b, "single", False, True, False) if closing_place else None


def _closes_single(text: str, mark: _Mark, later: list[_Mark]) -> bool:
    """Whether a single mark at the end of a word closes the open quotation, or is the apostrophe of "the workers' party"."""
    before = text[mark.start - 1]
    if before in _STOPS or before not in "sS":
        return True
    after = text[mark.end : mark.end + 2]
    if not (len(after) == 2 and after[0] == " " and after[1].islower()):
        return True
    for other in later:  # a plural's apostrophe only where a better closing mark follows before the next opening one
        if other.family == "single":
            return other.can_open
    return True


def _pair(text: str, start: int, end: int) -> list[Quoted]:
    """The quoted stretches of one paragraph, outermost first."""
    marks = list(_marks(text, start, end))
    stack: list[_Mark] = []
    out: list[Quoted] = []

    def close(opening: _Mark, inner_end: int, outer_end: int, closed: bool) -> None:
        out.append(Quoted(opening.end, inner_end, opening.start, outer_end, opening.family, len(stack), True, closed))

    for i, mark in enumerate(marks):
        later = marks[i + 1 :]
        open_families = [m.family for m in stack]
        if mark.family == "single":
            if "single" in open_families and mark.can_close:
                if _closes_single(text, mark, later):
                    while stack[-1].family != "single":  # an unclosed mark inside; it says nothing
                        stack.pop()
                    close(stack.pop(), mark.start, mark.end, True)
            elif mark.can_open and "single" not in open_families and _has_single_close(later):
                stack.append(mark)
            continue
        inside = mark.family in open_families
        if mark.can_close and inside and not (mark.can_open and mark.sure):
            while stack[-1].family != mark.family:
                stack.pop()
            close(stack.pop(), mark.start, mark.end, True)
        elif mark.can_open and inside:
            if _nests(mark, stack, later):
                stack.append(mark)
            elif _reopens(text, start, mark, stack, later):
                continue
            else:  # the earlier opening mark was never closed
                while stack[-1].family != mark.family:
                    stack.pop()
                opening = stack.pop()
                cut = _sentence_end(text, opening.end, mark.start)
                close(opening, cut, cut, False)
                stack.append(mark)
        elif mark.can_open and (not mark.can_close or mark.sure or _likelier_open(text, mark, end)):
            stack.append(mark)
        elif mark.can_close and not stack:
            lost = max([start, *(q.outer_end for q in out)])
            lost += len(text[lost : mark.start]) - len(text[lost : mark.start].lstrip())
            if not _inch(text, mark) and mark.start > lost:
                out.append(Quoted(lost, mark.start, lost, mark.end, mark.family, 0, False, True))
    while stack:
        opening = stack.pop()
        if opening.family != "single":
            close(opening, end, end, False)
    return sorted((q for q in out if text[q.start : q.end].strip()), key=lambda q: (q.outer_start, -q.outer_end))


def _has_single_close(later: list[_Mark]) -> bool:
    """A single mark opens only where a mark in the same paragraph can close it, else it is an apostrophe."""
    return any(other.family == "single" and other.can_close for other in later)


def _nests(mark: _Mark, stack: list[_Mark], later: list[_Mark]) -> bool:
    """A second opening mark of a family nests only where marks enough follow, before any other opens, to close both."""
    if not (mark.sure and not mark.can_close):
        return False
    need = 1 + sum(m.family == mark.family for m in stack)
    for other in later:
        if other.family == mark.family:
            if other.can_open:
                return False
            need -= 1
            if need == 0:
                return True
    return False


_STOPPED = re.compile(r"[.!?…][)’']?\s+$")


def _reopens(text: str, start: int, mark: _Mark, stack: list[_Mark], later: list[_Mark]) -> bool:
    """Whether an opening mark opens the next of several paragraphs that were run together: the paragraph began with a quotation, a sentence
    of it has just ended, and a mark that can only close follows."""
    opening = next(m for m in reversed(stack) if m.family == mark.family)
    if opening.start != start:
        return False
    stopped = _STOPPED.search(text, max(opening.end, mark.start - 6), mark.start) is not None
    closes = any(m.family == mark.family and m.can_close and (m.sure or not m.can_open) for m in later)
    return mark.sure and stopped and closes and not any(c in "”»" for c in text[opening.end : mark.start])


def _likelier_open(text: str, mark: _Mark, end: int) -> bool:
    """A straight mark whose neighbours fit both readings, with nothing open: it opens unless it stands for inches or ends the text."""
    return mark.end < end and not text[mark.end].isspace() and not _inch(text, mark)


def _inch(text: str, mark: _Mark) -> bool:
    return mark.start > 0 and text[mark.start - 1].isdigit() and text[mark.start : mark.end] in ('"', "''", "'", "”", "’")


_SENTENCE_END = re.compile(r"[.!?…]+(?=\s+[A-Z“\"'‘])")


def _sentence_end(text: str, start: int, end: int) -> int:
    """The end of the first sentence in text[start:end], or the end of its text."""
    match = _SENTENCE_END.search(text, start, end)
    return match.end() if match else start + len(text[start:end].rstrip())


def quoted(text: str) -> list[Quoted]:
    """All quoted stretches of a text, sorted by start; nested ones follow the one they stand in."""
    out: list[Quoted] = []
    hanging: Quoted | None = None  # an unclosed stretch that reaches its paragraph's end
    for paragraph in _PARAGRAPH.finditer(text):
        if not paragraph.group().strip():
            continue
        start = paragraph.start() + len(paragraph.group()) - len(paragraph.group().lstrip())
        end = paragraph.start() + len(paragraph.group().rstrip())
        found = _pair(text, start, end)
        if found and hanging is not None and found[0].outer_start == start and found[0].opened and found[0].family == hanging.family:
            out[out.index(hanging)] = dataclasses.replace(hanging, goes_on=True)
            found[0] = dataclasses.replace(found[0], goes_on_from=True)
        out.extend(found)
        hanging = next((q for q in found if not q.closed and q.depth == 0 and q.outer_end == end), None)
    return out


_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_BEFORE = re.compile(r"([^\W\d_][\w'’-]*)(?:\s+([^\W\d_][\w'’-]*))?[\s,:]*[(]?\s*$")


def use_of(text: str, stretch: Quoted) -> Use:
    """What a stretch is by its shape and surroundings: `words` of somebody, a `term` (so-called, a slogan), `title` of a work, `nickname`.

    Only what the surface proves is called other than `words`; a short stretch in somebody's mouth is decided by the tree.
    """
    inner = text[stretch.start : stretch.end]
    tokens = _WORD.findall(inner)
    ahead = _BEFORE.search(text, max(0, stretch.outer_start - 60), stretch.outer_start)
    last = ahead.group(2) or ahead.group(1) if ahead else ""
    pair = f"{ahead.group(1)} {ahead.group(2)}".lower() if ahead and ahead.group(2) else ""
    if not tokens:
        return "term"
    sentence_like = inner.rstrip()[-1:] in ".,!?…" or len(tokens) > 9
    if 1 <= len(tokens) <= 3 and tokens[0][0].isupper() and _between_names(text, stretch) and inner.strip()[-1] not in ".,!?":
        return "nickname"
    if last.lower() in _lexicon("term") or pair in _lexicon("term"):
        return "term" if len(tokens) <= 9 else "words"
    capitals = sum(t[0].isupper() or t[0].isdigit() for t in tokens if len(t) > 3 or t[0].isupper())
    content = sum(len(t) > 3 or t[0].isupper() for t in tokens)
    title_case = len(tokens) >= 2 and tokens[0][0].isupper() and content > 0 and capitals == content and tokens[-1][0].isupper()
    if (last.lower() in _lexicon("work") or pair in _lexicon("work")) and tokens[0][0].isupper() and (title_case or not sentence_like):
        return "title"
    if title_case and inner.rstrip()[-1:] not in ".!?" and len(tokens) >= 3 and not _speech_before(text, stretch):
        return "title"
    return "words"


_NAME_BEFORE = re.compile(r"[A-Z][\w'’.-]+\s+[(]?$")
_NAME_AFTER = re.compile(r"[)]?\s+(?:[a-z]{1,3}\s+)?[A-Z][\w'’-]+")


def _between_names(text: str, stretch: Quoted) -> bool:
    return bool(
        _NAME_BEFORE.search(text, max(0, stretch.outer_start - 30), stretch.outer_start)
        and _NAME_AFTER.match(text, stretch.outer_end, min(len(text), stretch.outer_end + 30))
    )


def _speech_before(text: str, stretch: Quoted) -> bool:
    before = text[max(0, stretch.outer_start - 3) : stretch.outer_start].rstrip(" ")
    return before.endswith((":", ",", "\n")) or not before
