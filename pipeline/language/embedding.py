"""Whom an act touches that is told through another one: "threatened to attack Israel", "refused to lift the ban on exports from Chile".

An agreement, threat, refusal, concession or sanction whose own clause names nobody it is done to is done to whom its complement is done to.
The complement is an infinitive ("agreed to meet the rebels"), the infinitive of a noun ("their refusal to meet the rebels") or a noun that
names an act ("cut aid to Gaza"), through as many of them as there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.language import relations as rel
from pipeline.language.arguments import ArgumentRules, can_act, find

if TYPE_CHECKING:
    from spacy.tokens import Token

    from pipeline.language.frames import Classes

TELLING = frozenset({"AGREE", "THREATEN", "REJECT", "CONCEDE", "RETREAT", "SANCTION"})
"""Types whose trigger may tell of another act: "ended the blockade of" is RETREAT, "suspended aid to" SANCTION."""
PREPOSITIONS = frozenset({"to", "on", "from", "of", "in"})
ANSWERS = frozenset({"AGREE", "REJECT", "CONCEDE"})
ASKED = frozenset({"REQUEST", "AGREE", "THREATEN"})
"""What is answered by accepting or refusing it: done to whoever asked, offered or threatened ("rejected a request from Chile")."""
STEPS = 3
"""Complements inside each other that are followed: "refused to agree to lift the ban on"."""


def complements(token: Token) -> Iterator[Token]:
    """The acts that a word takes: infinitives without a subject of their own, and objects."""
    for child in token.children:
        if child.i < token.i:
            continue
        infinitive = any(m.tag_ == "TO" for m in child.children)
        clause = child.dep_ in ("acl", "advcl", "ccomp") and infinitive and rel.own_subject(child) is None
        phrase = child.dep_ in ("obl", "nmod") and child.pos_ in ("NOUN", "VERB") and rel.preposition(child) in PREPOSITIONS
        if child.dep_ == "xcomp" or clause or phrase or (child.dep_ in rel.OBJECT and child.pos_ == "NOUN"):
            yield child


def recipients(trigger: Token, kind: str, types: Mapping[int, str], rules: ArgumentRules, classes: Classes) -> tuple[Token, ...]:
    """Heads of whom the complement of a trigger is done to; none where it names nobody. `types`: the sentence's triggers by head."""
    return _inside(trigger, kind, types, rules, classes, STEPS) if kind in TELLING else ()


def _inside(token: Token, kind: str, types: Mapping[int, str], rules: ArgumentRules, classes: Classes, steps: int) -> tuple[Token, ...]:
    for inner in complements(token) if steps else ():
        nominal = inner.pos_ not in rel.VERBAL
        if nominal and inner.i not in types:
            continue  # a thing, not an act
        found = find(inner, types.get(inner.i, "*"), rules, classes)
        told = found.actors if nominal and kind in ANSWERS and types[inner.i] in ASKED else found.recipients
        if told and told[0].i not in types and (inner.i in types or can_act(told[0], classes)):
            return told
        deeper = _inside(inner, kind, types, rules, classes, steps - 1)
        if deeper:
            return deeper
    return ()
