"""How likely a found quotation is one, by what supports it: a logistic regression whose weights are the lexicon `quote_confidence`.

A quotation is told apart by the frame its content stands in, the kind and class of its cue in `reporting_verbs` and the cue's tag, who saw
it (`support`: the tree alone, the tree and the core with contents that agree, are near, share a part or lie apart, the core alone,
quotation marks alone), the content's shape and length, what the source is, and whether it stands inside somebody's quoted words. Each says
its part, and so do five pairs of them; `pipeline.training.fit_quotations` fits the weights. Where a pipeline marks no quotation parts at
all, the tree is taken at its word (`unread` counts as `agree`).
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, NamedTuple

from pipeline.language.attribution import Attribution, QuoteType, Spans
from pipeline.language.cues import text_of
from pipeline.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc


class Key(NamedTuple):
    """What tells how likely a quotation is one; `words` of the content by bands, `source` and `tag` by part of speech ("none")."""

    frame: str
    kind: str
    support: str
    shape: str
    cue_class: str = "none"
    source: str = "none"
    tag: str = "none"
    words: str = "none"
    inside: bool = False


WORDS = ((4, "1-3"), (8, "4-7"), (16, "8-15"))
CLAUSAL = frozenset({"clause", "host", "adjunct", "comma", "colon"})
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


def key_of(att: Attribution, pieces: Spans, kind: QuoteType, doc: Doc, inside: bool) -> Key:
    """The key of an attribution whose content is `pieces`, reported as `kind`; `inside`: its cue stands in somebody's quoted words."""
    mood = att.entry.kind if att.entry is not None else "unlisted"
    if att.entry is not None and att.unreal:
        mood += "-unreal"
    elif att.entry is not None and att.negated:
        mood += "-negated"
    elif att.entry is not None and att.cue and doc[att.cue[0]].tag_ == "VB":
        mood += "-base"  # "to say", "asked the army to detail": said by nobody yet
    said = sum(len(text_of(doc)[a:b].split()) for a, b in pieces)
    return Key(
        frame=att.frame,
        kind=mood,
        support=att.support if att.content or att.support == "unread" else "marks",
        shape=shape_of(pieces, kind, doc),
        cue_class=att.entry.cue_class if att.entry is not None else "none",
        source="none" if att.source is None or att.speaker is None else doc[att.speaker].pos_.lower(),
        tag=doc[att.cue[0]].tag_ if att.cue else "none",
        words=next((band for most, band in WORDS if said < most), "16+"),
        inside=inside,
    )


def signs_of(key: Key) -> tuple[str, ...]:
    """The signs of a key, each of which has a weight: its parts, the mood of the cue, and five pairs."""
    base, _, mood = key.kind.partition("-")
    frame, shape = key.frame, key.shape
    support = "agree" if key.support == "unread" else key.support
    hung = "clausal" if frame in CLAUSAL else "loose"
    seen = "core" if support.startswith("core") else "tree"
    signs = ("bias", f"frame:{frame}", f"kind:{base}", f"support:{support}", f"shape:{shape}")
    more = (f"class:{key.cue_class}", f"source:{key.source}", f"tag:{key.tag}", f"words:{key.words}", *(("inside",) if key.inside else ()))
    pairs = (f"{hung}:{support}", f"{seen}:{shape}", f"{frame}:{shape}", f"{key.cue_class}:{frame}", f"{shape}:{key.words}")
    return (*signs, *((f"mood:{mood}",) if mood else ()), *more, *pairs)


@functools.cache
def _weights() -> dict[str, float]:
    return {row["sign"]: float(row["weight"]) for row in load("quote_confidence").rows}


@functools.cache
def share(key: Key) -> float:
    """How likely a quotation of a class is one, 0 to 1; a sign that has no weight says nothing."""
    weights = _weights()
    return 1 / (1 + math.exp(-sum(weights.get(sign, 0.0) for sign in signs_of(key))))
