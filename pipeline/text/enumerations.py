"""Lists written on one line ("1) The first. 2) The second."): where their items begin.

A sentence head learned from treebanks seldom sees such lists and takes the mark's stop for the end of a sentence. What makes a list is
plain: a paragraph that opens with a mark and goes on with the next ones, in order and in the same form.
"""

from __future__ import annotations

import bisect
import re
from typing import NamedTuple

MARK = re.compile(
    r"(?:(?<=\s)|(?<![^\n]))"  # after white space, or where a line begins
    r"(?P<bullet>[•‣⁃◦▪∙·–*-]\s?)?(?P<open>\()?"
    r"(?:(?P<number>\d{1,2})|(?P<letter>[a-z]|[A-Z](?=\.?\))))"  # "A. Smith" opens no list
    r"(?P<close>\.\)|\.|\))\s+(?=[\"“'‘(]?\w)"
)
"""A list mark: an optional bullet, a number or a letter, and a closing stop or bracket; white space and a word follow it."""


class Item(NamedTuple):
    """Offsets of an item's mark in the text: `start`, and `body`, where the item's own words begin."""

    start: int
    body: int


def list_items(text: str) -> list[Item]:
    """The items of every list in one paragraph: at least two marks of one form, in unbroken order from the paragraph's start."""
    found: list[Item] = []
    for paragraph in re.finditer(r"[^\n]+", text):
        found.extend(_items(text, paragraph.start(), paragraph.end()))
    return found


def _items(text: str, start: int, end: int) -> list[Item]:
    first = MARK.match(text, start + len(text[start:end]) - len(text[start:end].lstrip()), end)
    if first is None:
        return []
    run = [first]
    for mark in MARK.finditer(text, first.end(), end):
        if _form(mark) == _form(first) and _rank(mark) == _rank(run[-1]) + 1:
            run.append(mark)
    return [Item(m.start(), m.end()) for m in run] if len(run) > 1 else []


def _form(mark: re.Match[str]) -> tuple[object, ...]:
    """What the marks of one list share: bullet, brackets, and whether they count by numbers, small letters or capitals."""
    letter = mark["letter"]
    return (mark["bullet"] or "").strip(), mark["open"], mark["close"], letter and letter.isupper(), letter is None


def _rank(mark: re.Match[str]) -> int:
    return int(mark["number"]) if mark["number"] else ord(mark["letter"])


def forced_starts(text: str, offsets: list[int]) -> dict[int, bool]:
    """Whether the word at each index opens a sentence, for words on which a list decides: True for the first word of an item, False for the
    rest of its mark and the first word of its body. `offsets` are the words' starts, ascending."""
    decided: dict[int, bool] = {}
    for item in list_items(text):
        inside = range(bisect.bisect_left(offsets, item.start), bisect.bisect_right(offsets, item.body))
        decided |= {i: k == 0 for k, i in enumerate(inside)}
    return decided
