"""How likely a found quotation is one, by what supports it: a logistic regression whose weights are the lexicon `quote_confidence`.

A quotation is told apart by four things: the frame its content stands in, the kind of its cue in `reporting_verbs`, who saw it (`support`:
the tree alone, the tree and the core with contents that agree, are near, share a part or lie apart, the core alone, quotation marks
alone), and the content's shape. Each says its part, and so do three pairs of them; `pipeline.training.fit_quotations` fits the weights.
Where a pipeline marks no quotation parts at all, the tree is taken at its word (`unread` counts as `agree`).
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

from pipeline.language.attribution import Attribution, QuoteType, Spans
from pipeline.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc

Key = tuple[str, str, str, str]  # frame, kind, support, shape
CLAUSAL = frozenset({"clause", "host", "adjunct", "comma"})
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
    return att.frame, kind, att.support if att.content or att.support == "unread" else "marks", shape


def signs_of(key: Key) -> tuple[str, ...]:
    """The signs of a key, each of which has a weight: its four parts, the mood of the cue, and three pairs."""
    frame, kind, support, shape = key
    base, _, mood = kind.partition("-")
    support = "agree" if support == "unread" else support
    hung = "clausal" if frame in CLAUSAL else "loose"
    seen = "core" if support.startswith("core") else "tree"
    signs = ("bias", f"frame:{frame}", f"kind:{base}", f"support:{support}", f"shape:{shape}")
    pairs = (f"{hung}:{support}", f"{seen}:{shape}", f"{frame}:{shape}")
    return (*signs, *((f"mood:{mood}",) if mood else ()), *pairs)


@functools.cache
def _weights() -> dict[str, float]:
    return {row["sign"]: float(row["weight"]) for row in load("quote_confidence").rows}


@functools.cache
def share(key: Key) -> float:
    """How likely a quotation of a class is one, 0 to 1; a sign that has no weight says nothing."""
    weights = _weights()
    return 1 / (1 + math.exp(-sum(weights.get(sign, 0.0) for sign in signs_of(key))))
