"""When, where and how many: the dates, places and numeric claims of a sentence linked to the event mentions they belong to, by the tree.

Each circumstance has a head word; the nearest word above it that is a trigger, or the clause it stands in, owns it. What no clause owns
stays with nobody: the story carries dates and places between mentions of one happening (see `pipeline.text.happenings`), not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.language import relations as rel

if TYPE_CHECKING:
    from spacy.tokens import Token

CLAUSE_EDGES = frozenset({"root", "ROOT", "ccomp", "acl:relcl", "relcl", "parataxis", "csubj", "advcl", "acl", "conj", "advcl:relcl"})
WEAK_EDGES = frozenset({"xcomp", "advcl", "acl", "conj"})
STEPS = 12
SAME, CLAUSE, NEIGHBOUR = 0, 2, 4
"""Distances: the trigger itself (or its support verb) carries it; its clause does; a clause that goes on from it does."""
FAR = 9


def clause_of(token: Token) -> Token:
    """The head of the clause a word stands in: the nearest predicate at or above it."""
    node = token
    for _ in range(STEPS):
        if node.head.i == node.i:
            return node
        if node.dep_ in CLAUSE_EDGES and (node.pos_ in rel.VERBAL or any(c.dep_ in ("cop", "nsubj", "nsubj:pass") for c in node.children)):
            return node
        node = node.head
    return node


def path_up(token: Token) -> list[int]:
    """Token indices from a word up to its root."""
    found = [token.i]
    for _ in range(STEPS):
        if token.head.i == token.i:
            break
        token = token.head
        found.append(token.i)
    return found


def distance(circumstance: Token, trigger: Token) -> int:
    """How far a date, place or number stands from a trigger in the tree: SAME, CLAUSE, NEIGHBOUR (plus steps), or FAR."""
    up = path_up(circumstance)
    if trigger.i in up:
        between = up[1 : up.index(trigger.i)]
        edges = sum(circumstance.doc[i].dep_ in CLAUSE_EDGES and circumstance.doc[i].pos_ in rel.VERBAL for i in between)
        return SAME if not edges else NEIGHBOUR + edges
    governor = circumstance.head
    if trigger.head.i == governor.i and trigger.pos_ not in rel.VERBAL and governor.pos_ in rel.VERBAL:
        return SAME + 1  # a noun whose verb carries it: "launched an attack on Monday"
    mine, its = clause_of(trigger), clause_of(circumstance)
    if mine.i == its.i:
        return CLAUSE
    if its.i in path_up(mine):  # the trigger's clause goes on from the circumstance's: "On Monday they attacked, killing …"
        node, steps = mine, 0
        while node.i != its.i:
            if node.dep_ in ("ccomp", "parataxis", "acl:relcl", "relcl"):
                return FAR
            if node.dep_ not in WEAK_EDGES:
                return FAR
            node, steps = clause_of(node.head), steps + 1
            if steps > 3:
                return FAR
        return NEIGHBOUR + steps
    if mine.i in path_up(its) and its.dep_ in ("xcomp", "advcl", "acl"):
        return NEIGHBOUR + 2
    return FAR


def before_colon_or_report(token: Token) -> bool:
    """Whether a circumstance hangs on a verb whose content is a clause ("said on Wednesday that …"): it dates the saying."""
    governor = token.head
    return any(c.dep_ == "ccomp" for c in governor.children)
