"""Date and place of a claim: what its own clause gives, by the tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.language import tree
from pipeline.language.entitylike import EntityLike
from pipeline.language.figures import Figure
from pipeline.language.rowlike import DateLike

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def date_of(doc: Doc, clause: Token, one: Figure, dates: Sequence[DateLike]) -> DateLike | None:
    """The resolved date nearest to the claim's predicate in the tree, else the only one of its sentence."""
    inside = [
        d for d in dates if one.sentence.start <= d.start < one.sentence.end and d.date_start is not None and d.type in ("DATE", "TIME")
    ]
    scored = [
        (n, abs(d.start - one.start), k) for k, d in enumerate(inside) if (n := tree.distance(doc, clause, d.start, d.end)) is not None
    ]
    if scored:
        return inside[min(scored)[2]]
    return (
        inside[0]
        if len(inside) == 1 and one.fate.role not in ("headline", "") and not tree.other_clause(doc, clause, inside[0].start, inside[0].end)
        else None
    )


_PLACE_CASES = frozenset(
    {"in", "at", "near", "outside", "inside", "across", "around", "off", "on", "throughout", "from", "within", "into", "to"}
)


def place_of(doc: Doc, clause: Token, one: Figure, entities: Sequence[EntityLike]) -> str | None:
    """The place nearest to the claim's predicate or counted noun in the tree, where a preposition makes it one."""
    best: tuple[int, int, str] | None = None
    for entity in entities:
        if entity.start >= one.sentence.end:
            break
        if entity.start < one.sentence.start or entity.label not in ("LOC", "FAC") or one.start <= entity.start < one.end:
            continue
        head = tree.head_of(doc, entity.start, entity.end)
        if head is None or (not any(c.lower_ in _PLACE_CASES for c in head.children) and head.head.lower_ not in _PLACE_CASES):
            continue
        steps = tree.distance(doc, clause, entity.start, entity.end)
        if steps is None and one.counted.head is not None:
            steps = tree.distance(doc, one.counted.head, entity.start, entity.end)
        if steps is not None and (best is None or (steps, abs(entity.start - one.start)) < best[:2]):
            best = (steps, abs(entity.start - one.start), entity.text)
    return best[2] if best else None
