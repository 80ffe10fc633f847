"""Grammatical relations of a word, read from its tree: subjects, objects, by-agents, prepositional complements, modifiers.

Universal Dependencies as the language core writes them; ClearNLP's labels (`en_core_web_*`) are understood as well, so that another
spaCy pipeline may stand in. Nothing here decides what a relation means: that is the frames' and the arguments' part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECT = frozenset({"nsubj", "csubj", "nsubj:outer"})
PASSIVE_SUBJECT = frozenset({"nsubj:pass", "nsubjpass", "csubj:pass"})
OBJECT = frozenset({"obj", "dobj"})
OBLIQUE = frozenset({"obl", "obl:tmod", "obl:npmod", "obl:unmarked", "obl:agent", "nmod", "nmod:tmod", "nmod:unmarked"})
CLAUSE = frozenset({"ccomp", "csubj", "acl"})
INFINITIVE = frozenset({"xcomp"})
MODIFIER = frozenset({"amod", "compound", "nmod:poss", "poss", "nummod", "nmod:desc", "flat", "det", "advmod"})
PARTICLE = frozenset({"compound:prt", "prt"})
VERBAL = frozenset({"VERB", "AUX"})


def first(token: Token, relations: frozenset[str]) -> Token | None:
    """The first child of a token under one of the relations."""
    return next((child for child in token.children if child.dep_ in relations), None)


def conjuncts(token: Token) -> list[Token]:
    """The token and the words coordinated under it, in order."""
    found, todo = [token], [token]
    while todo:
        for child in todo.pop().children:
            if child.dep_ == "conj":
                found.append(child)
                todo.append(child)
    return sorted(found, key=lambda t: t.i)


def coordination_head(token: Token) -> Token:
    """The first conjunct of the coordination the token stands in."""
    while token.dep_ == "conj" and token.head.i != token.i:
        token = token.head
    return token


def is_passive(token: Token) -> bool:
    """Whether a verb is passive: a passive subject or auxiliary, a by-agent, or a bare participle ("the man killed")."""
    for child in token.children:
        dep = child.dep_
        if dep in PASSIVE_SUBJECT or dep in ("aux:pass", "auxpass", "obl:agent", "agent"):
            return True
    if token.dep_ in ("acl", "acl:relcl", "amod", "relcl", "advcl") and token.tag_ == "VBN":
        return not any(c.dep_ in OBJECT or c.dep_ in ("aux", "nsubj") for c in token.children)
    if token.tag_ == "VBN" and token.dep_ in ("root", "ROOT", "parataxis", "ccomp"):
        # headlines: "Two killed in blast"
        return not any(c.dep_ in OBJECT or c.dep_ in ("aux", "cop") for c in token.children) and any(
            c.dep_ in SUBJECT for c in token.children
        )
    if token.dep_ == "conj" and token.tag_ == "VBN" and token.head.tag_ == "VBN":
        return not any(c.dep_ in OBJECT or c.dep_ in SUBJECT for c in token.children) and is_passive(token.head)
    return False


def obliques(token: Token) -> Iterator[tuple[str, Token]]:
    """(preposition in lower case, head of its complement) of a word's prepositional complements; "" where there is no preposition."""
    for child in token.children:
        dep = child.dep_
        if dep in OBLIQUE:
            yield preposition(child), child
        elif dep in ("prep", "agent"):
            for inner in child.children:
                if inner.dep_ == "pobj":
                    yield child.lower_, inner


def preposition(token: Token) -> str:
    """The preposition that marks a word: its `case` child, the last where there are several ("out of"): "of"."""
    found = ""
    for child in token.children:
        if child.dep_ == "case" and child.i < token.i:
            found = child.lower_
    return found


def complement(token: Token, *prepositions: str) -> Token | None:
    """Head of the first prepositional complement under one of the prepositions."""
    return next((inner for prep, inner in obliques(token) if prep in prepositions), None)


def possessor(token: Token) -> Token | None:
    """Head of the possessive before a noun ("Iran's", "their")."""
    return next((child for child in token.children if child.dep_ in ("nmod:poss", "poss") and child.i < token.i), None)


def agent(token: Token) -> Token | None:
    """Head of a passive's "by" phrase."""
    for child in token.children:
        if child.dep_ == "obl:agent" or (child.dep_ in OBLIQUE and preposition(child) == "by"):
            return child
        if child.dep_ in ("agent", "prep") and child.lower_ == "by":
            return next((inner for inner in child.children if inner.dep_ == "pobj"), None)
    return None


def own_subject(token: Token) -> Token | None:
    """The subject that stands under the word itself; a headline's topic ("India: two killed") is none."""
    return next((c for c in token.children if c.dep_ in SUBJECT and not _topic(c)), None)


def _topic(token: Token) -> bool:
    after = token.i + 1
    return after < len(token.doc) and token.doc[after].text == ":"


def logical_object(token: Token) -> Token | None:
    """Whom an act is done to as the verb has it: its object, or the subject of a passive."""
    found = first(token, OBJECT) or first(token, PASSIVE_SUBJECT)
    return found if found is not None or not is_passive(token) else own_subject(token)


def modified(token: Token) -> Token | None:
    """The noun that a participle or relative clause says something about."""
    return token.head if token.dep_ in ("acl", "acl:relcl", "relcl", "amod") and token.head.i != token.i else None
