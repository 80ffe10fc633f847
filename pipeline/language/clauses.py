"""Which tokens of a clause somebody says: without the word that introduces it and without what reports for itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.language.attribution import SUBJECTS, subtree
from pipeline.language.cues import cue_at, dep

if TYPE_CHECKING:
    from spacy.tokens import Token


def content_tokens(clause: Token, without: Iterable[int]) -> set[int]:
    """A clause's tokens without the conjunction that introduces it, and without coordinations that belong to the reporting verb."""
    drop = list(without)
    for c in clause.children:
        if dep(c) == "mark" and c.lower_ == "that" and c.i < clause.i:
            drop.append(c.i)
        if dep(c) == "conj" and c.pos_ == "VERB" and c.i > clause.i and _is_own_cue(c, clause):
            drop.append(c.i)
    return subtree(clause, [*drop, *saying(clause)])


def of_another(clause: Token, verb: Token) -> bool:
    """Whether a clause the tree hung on a cue follows another verb that hangs on it: "said without telling what they wanted"."""
    before = verb.doc[clause.left_edge.i - 1] if clause.left_edge.i > verb.i + 1 else None
    return before is not None and before.tag_ == "VBG" and before.head.i == verb.i and cue_at(before) is None


def led_by(clause: Token, verb: Token, frames: frozenset[str]) -> set[int]:
    """The subject of a clause where the tree hung it on the cue before it: "said the town would hold", with "town" as object of "said"."""
    first = clause.left_edge.i
    for c in verb.children:
        loose = dep(c) in ("nsubj", "nsubj:pass") or (dep(c) == "obj" and "obj-to" not in frames)
        beside = c.pos_ in ("NOUN", "PROPN", "PRON") and verb.i < c.left_edge.i <= verb.i + 2 and c.right_edge.i + 1 == first
        if loose and beside and any(k.tag_ in ("VBD", "VBZ", "VBP", "MD") for k in (clause, *clause.children)):
            return subtree(c)
    return set()


def saying(clause: Token) -> list[int]:
    """Participles hung on a clause that report for the speaker of the clause around it: "said it would go, adding that …"."""
    return [
        t.i
        for t in clause.subtree
        if t.tag_ == "VBG" and dep(t) in ("advcl", "conj", "parataxis", "acl") and t.i and t.doc[t.i - 1].text == "," and _reports(t)
    ]


def _reports(verb: Token) -> bool:
    found = cue_at(verb)
    return found is not None and found.entry.kind == "speech" and any(dep(c) in ("ccomp", "xcomp", "obj") for c in verb.children)


def _is_own_cue(verb: Token, clause: Token) -> bool:
    """ "said he was ready and added that …": a coordinated cue with a clause of its own and no subject reports for itself."""
    found = cue_at(verb)
    return (
        found is not None
        and found.entry.kind == "speech"
        and verb.tag_ in ("VBD", "VBZ", "VBP")
        and not any(dep(c) in SUBJECTS for c in verb.children)
        and any(dep(c) == "ccomp" for c in verb.children)
        and clause.tag_ not in (verb.tag_,)
    )
