"""How likely a found quotation is one, by what supports it: measured shares from the lexicon `quote_confidence`, not estimates.

A quotation is told apart by four things: the frame its content stands in, the kind of its cue in `reporting_verbs`, who saw it (`support`:
the tree alone, the tree and the core with contents that agree, are near, share a part or lie apart, the core alone, quotation marks
alone), and the content's shape. A class that was seldom seen is drawn to the wider class it belongs to.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pipeline.language.attribution import Attribution, QuoteType, Spans
from pipeline.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc

Key = tuple[str, str, str, str]  # frame, kind, support, shape
WEIGHT = 8.0  # how many cases of its own a class needs to outweigh the wider one
PRIOR = 0.5  # where a class and all wider ones are unseen
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})


def band(score: float) -> str:
    """The core's own probability of an attribution in three bands."""
    return "core-high" if score >= 0.8 else "core-middle" if score >= 0.6 else "core-low"


def shape_of(pieces: Spans, kind: QuoteType, doc: Doc) -> str:
    """direct or mixed by the marks; else whether the content holds a finite verb, only another one, or none."""
    if kind != "indirect":
        return kind
    tokens = [t for a, b in pieces for t in doc.char_span(a, b, alignment_mode="expand") or ()]
    if any(t.tag_ in _FINITE for t in tokens):
        return "finite"
    return "verbal" if any(t.pos_ in ("VERB", "AUX") for t in tokens) else "bare"


def key_of(att: Attribution, shape: str, doc: Doc) -> Key:
    kind = att.entry.kind if att.entry is not None else "unlisted"
    if att.entry is not None and att.unreal:
        kind += "-unreal"
    elif att.entry is not None and att.negated:
        kind += "-negated"
    elif att.entry is not None and att.cue and doc[att.cue[0]].tag_ == "VB":
        kind += "-base"  # "to say", "asked the army to detail": said by nobody yet
    return att.frame, kind, att.support if att.content else "marks", shape


def widened(key: Key) -> list[Key]:
    """The classes a key belongs to, from the widest to itself; "*" stands for any."""
    frame, kind, _, shape = key
    return [("*", "*", "*", shape), (frame, "*", "*", shape), (frame, kind, "*", shape), key]


@functools.cache
def _table() -> dict[Key, tuple[int, int]]:
    """(quotes, right ones) of each class and of the wider ones."""
    out: dict[Key, tuple[int, int]] = {}
    for row in load("quote_confidence").rows:
        for key in widened((row["frame"], row["kind"], row["support"], row["shape"])):
            n, right = out.get(key, (0, 0))
            out[key] = (n + int(row["seen"]), right + int(row["right"]))
    return out


@functools.cache
def share(key: Key) -> float:
    """The smoothed share of right quotations in a class."""
    p = PRIOR
    for wider in widened(key):
        n, right = _table().get(wider, (0, 0))
        p = (right + WEIGHT * p) / (n + WEIGHT)
    return p
