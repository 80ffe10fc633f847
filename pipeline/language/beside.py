"""The person named beside or within a source phrase whose head is an office or description: "a social worker, A. B., said"."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.language.cues import dep, text_of
from pipeline.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipeline.language.entitylike import EntityLike


@functools.cache
def _people() -> frozenset[str]:
    return frozenset(r["lemma"].lower() for r in load("unnamed_sources").rows)


def named_within(doc: Doc, at: Mapping[int, EntityLike], span: tuple[int, int]) -> Token | None:
    """The head of the only name in a phrase; None where it holds none or several."""
    phrase = doc.char_span(*span, alignment_mode="expand")
    rows = {row.start: row for t in phrase or () if (row := at.get(t.i)) is not None}
    if len(rows) != 1:
        return None
    row = next(iter(rows.values()))
    name = doc.char_span(row.start, row.end, alignment_mode="expand")
    return name.root if name is not None else None


def person_beside(doc: Doc, at: Mapping[int, EntityLike], span: tuple[int, int] | None, token: Token, cue: int | None) -> EntityLike | None:
    """A person named right after the phrase: "a social worker, A.

    B.," or between the phrase and the cue ("U.S. Secretary of State A. B. said").
    """
    if span is None:
        return None
    follows = min((q for q in at.values() if q.label == "PERSON" and q.start >= span[1]), key=lambda q: q.start, default=None)
    if follows is not None and follows.start - span[1] <= 40 and _only_titles(doc, span[1], follows.start):
        comma = "," in text_of(doc)[span[1] : follows.start]
        if not comma or token.lemma_.lower() in _people() or _shares_cue(doc, follows, cue):
            return follows
    if cue is not None and cue > token.i:
        row = at.get(cue - 1)
        if (
            row is not None
            and row.label == "PERSON"
            and 0 <= row.start - span[1] < 40
            and "," not in text_of(doc)[span[1] : row.start]
            and not any(t.pos_ == "ADP" for t in doc.char_span(span[1], row.start, alignment_mode="contract") or ())
        ):
            return row
    return None


def _only_titles(doc: Doc, start: int, end: int) -> bool:
    """Whether nothing but titles, points and one comma stands between two places of a sentence ("Maj. Gen. A. B.")."""
    if end - start <= 1 or "\n" in text_of(doc)[start:end]:
        return end - start <= 1
    between = doc.char_span(start, end, alignment_mode="contract")
    if between is None:
        return not text_of(doc)[start:end].strip(" .,")
    return sum(t.text == "," for t in between) <= 1 and all(
        t.text in (",", ".") or (t.pos_ in ("PROPN", "NOUN", "ADJ") and t.text[0].isupper()) for t in between
    )


def _shares_cue(doc: Doc, row: EntityLike, cue: int | None) -> bool:
    """Whether a person hangs as a second subject on the reporting word, as an apposition does that the tree took for one."""
    first = doc.char_span(row.start, row.end, alignment_mode="expand")
    return first is not None and cue is not None and first.root.head.i == cue and dep(first.root).startswith("nsubj")


def person_within(doc: Doc, at: Mapping[int, EntityLike], span: tuple[int, int] | None, token: Token) -> EntityLike | None:
    """The one person a phrase names beside an office ("Environment Minister A.

    B."), not one an office belongs to ("spokesman for A. B.").
    """
    if span is None:
        return None
    rows = {r.start: r for r in at.values() if r.label == "PERSON" and span[0] <= r.start and r.end <= span[1]}
    if len(rows) != 1:
        return None
    row = next(iter(rows.values()))
    first = doc.char_span(row.start, row.end, alignment_mode="expand")
    if first is None or text_of(doc)[row.end : row.end + 2] in ("'s", "’s"):
        return None
    ahead = text_of(doc)[span[0] : row.start]
    if any(t.pos_ == "ADP" and t.i > token.i for t in doc[token.i : first.start]) and "," not in ahead:
        return None
    if (
        token.i < first.start
        and any(dep(t) in ("case", "nmod:poss") or t.pos_ == "VERB" for t in doc[token.i : first.start])
        and "," not in ahead
    ):
        return None
    return row if token.i <= first.end or first.end <= token.i <= first.end + 2 else None
