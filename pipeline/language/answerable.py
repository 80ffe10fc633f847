"""Who answers for a figure that stands outside a quote's content: what a reporting verb governs, whose number a sentence breaks down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.language import tree

if TYPE_CHECKING:
    from spacy.tokens import Doc

# What a verb of saying says hangs below it as one of these; adverbials tell when and how it was said, and that is the article's own voice.
_SAID = frozenset({"obj", "ccomp", "xcomp"})
_PARTITIVE = re.compile(r"[\"“]?(?:of|among) (?:(?:that|this|the) (?:number|total|figure)|these|those|them)\b", re.I)


def governed(doc: Doc, cue: tuple[int, int], at: int) -> bool:
    """Whether the token at character `at` follows the cue [start, end) and stands in its object or complement clause: the content where
    it was read too short."""
    verb, word = tree.head_of(doc, *cue), tree.head_of(doc, at, at + 1)
    if verb is None or word is None or at < cue[1]:
        return False
    for below in (word, *tree.ancestors(word)):
        if below.head == verb and below != verb:
            return tree.dep(below) in _SAID
    return False


def continues_count(sentence: str) -> bool:
    """Whether a sentence breaks down a number of the one before it ("Of those, 20 were children"), and so has the same source."""
    return _PARTITIVE.match(sentence.lstrip()) is not None
