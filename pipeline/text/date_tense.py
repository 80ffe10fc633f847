"""The tense of an expression's clause as the words around it tell it, where no parse is at hand."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from pipeline import lexicon
from pipeline.text.date_frame import Tense
from pipeline.text.date_lexicon import context

# How far from an expression its clause is searched for signs of tense, in characters.
TENSE_WINDOW = 90
CLAUSE_EDGE = re.compile(r"[.!?;:\n](?=\s|$)|[”“\"]")
WORD = re.compile(r"'?\w+(?:n't)?")
PHRASE_WORDS = 3  # no phrase of date_tense.csv has more
NOUN_BEFORE = frozenset({"the", "a", "an", "its", "his", "her", "their", "our", "this", "that", "these", "those"})
HELPERS = 3  # words before a sign among which its auxiliary may stand ("will be held", "had long been due")


@functools.cache
def _tense_words() -> dict[str, Tense]:
    return {row["word"]: row["tense"] for row in lexicon.load("date_tense").rows}  # type: ignore[misc]


def _sign(words: Sequence[str], i: int) -> Tense:
    """The tense that a word, or the phrase that ends with it, is a sign of; "" where it is none. "United" is a name, no past."""
    known = _tense_words()
    if i and words[i - 1].lower() in NOUN_BEFORE and words[i].lower() in context("plan-noun"):
        return ""  # "announced the plan Aug. 21"
    for size in range(min(PHRASE_WORDS, i + 1), 0, -1):
        if found := known.get(" ".join(words[i - size + 1 : i + 1]).lower()):
            return found
    return "past" if len(words[i]) > 3 and words[i].endswith("ed") and words[i].islower() else ""


def _words(clause: str) -> list[str]:
    return WORD.findall(clause.replace("’", "'"))


def tense_near(text: str, start: int, end: int) -> Tense:
    """The tense that the words around an expression suggest: the nearest sign to its left in its clause, else to its right; "" where there
    is none."""
    left = text[max(0, start - TENSE_WINDOW) : start]
    edges = [m.end() for m in CLAUSE_EDGE.finditer(left)]
    words = _words(left[edges[-1] :] if edges else left)
    for i in range(len(words) - 1, -1, -1):
        if sign := _sign(words, i):
            helpers = range(max(0, i - HELPERS), i)
            if sign == "future":
                return "past" if any(words[k].lower() == "had" for k in helpers) else "future"  # "had been due to expire Friday"
            # "will be held on", "are expected to": the auxiliary before it decides
            return "future" if any(_sign(words, k) == "future" for k in helpers) else sign
    right = text[end : end + TENSE_WINDOW]
    edge = CLAUSE_EDGE.search(right)
    words = _words(right[: edge.start()] if edge else right)
    for i, word in enumerate(words):
        if word.lower() in context("plan-noun") and words[i + 1 : i + 2] != ["to"]:
            continue  # "on Friday, when she set aside vacation plans"
        if sign := _sign(words, i):
            return sign
    return ""
