"""Small pure functions on a parsed Doc: noun phrases, coordination, governing predicates, negation. Universal Dependencies v2 relations.

Where a Doc comes from another spaCy pipeline (CLEAR style relations), the few that differ in name are read as their UD kin.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

# CLEAR-style labels of spaCy's own English models -> UD.
UD_OF = {
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "dobj": "obj",
    "pobj": "nmod",
    "relcl": "acl:relcl",
    "poss": "nmod:poss",
    "prt": "compound:prt",
    "neg": "advmod",
    "attr": "obj",
    "acomp": "xcomp",
    "nn": "compound",
    "quantmod": "advmod",
    "npadvmod": "obl:npmod",
    "root": "root",
    "ROOT": "root",
}
SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj", "csubj:pass", "nsubj:outer"})
PASSIVE_SUBJECTS = frozenset({"nsubj:pass", "csubj:pass"})
CLAUSAL = frozenset({"acl", "acl:relcl", "advcl", "advcl:relcl", "ccomp", "parataxis", "csubj", "csubj:pass"})
_LEFT = frozenset(
    {
        "det",
        "det:predet",
        "nummod",
        "amod",
        "compound",
        "nmod:poss",
        "nmod:desc",
        "nmod:npmod",
        "nmod:unmarked",
        "flat",
        "advmod",
        "case",
        "cc:preconj",
        "nmod",
        "goeswith",
        "punct",
        "det:poss",
    }
)
NEGATORS = frozenset({"not", "n't", "n’t", "never", "no", "neither", "nor", "none", "without", "nobody", "nothing"})

# Forms of "be" and of the "get" passive: grammar, not vocabulary.
BE_FORMS = frozenset({"be", "is", "are", "was", "were", "been", "being", "'s", "’s", "'re", "get", "gets", "got", "getting"})


# Tokens are compared by ==: spaCy makes a new object at each access, so `is` is never true.


def dep(token: Token) -> str:
    """The token's relation in UD's spelling."""
    return UD_OF.get(token.dep_, token.dep_)


def children(token: Token, *relations: str) -> list[Token]:
    """Children with one of the relations, in text order. "nsubj" also takes its subtypes ("nsubj:pass")."""
    return [c for c in token.children if any((d := dep(c)) == r or d.startswith(r + ":") for r in relations)]


def is_subject(token: Token) -> bool:
    return dep(token) in SUBJECTS


def is_passive(verb: Token) -> bool:
    """Whether a verb is in the passive: a passive subject or auxiliary, or a participle that modifies a noun ("those killed")."""
    for child in verb.children:
        if dep(child) in ("nsubj:pass", "aux:pass", "csubj:pass"):
            return True
    return (verb.tag_ == "VBN" and dep(verb) in ("acl", "amod")) or (
        verb.tag_ == "VBN" and dep(verb) == "conj" and is_passive(first_conjunct(verb)) and not children(verb, "nsubj")
    )


def first_conjunct(token: Token) -> Token:
    """The head of the coordination a token stands in (itself where in none)."""
    seen = 0
    while dep(token) == "conj" and token.head != token and seen < 50:
        token, seen = token.head, seen + 1
    return token


def conjuncts(token: Token) -> list[Token]:
    """All conjuncts of the coordination a token stands in, itself included, in text order."""
    first = first_conjunct(token)
    out, queue = [first], [first]
    while queue:
        found = children(queue.pop(), "conj")
        out += found
        queue += found
    return sorted(set(out), key=lambda t: t.i)


def later_conjuncts(token: Token) -> list[Token]:
    """The conjuncts that hang on this token, directly or in a chain, without itself."""
    out, queue = [], [token]
    while queue:
        found = children(queue.pop(), "conj")
        out += found
        queue += found
    return sorted(out, key=lambda t: t.i)


def _keep_left(child: Token, with_determiner: bool) -> bool:
    relation = dep(child)
    return relation in _LEFT and (with_determiner or not relation.startswith("det")) and relation != "cc:preconj"


def of_phrase(child: Token) -> bool:
    """Whether an nmod child is an "of" phrase ("members of the Federation")."""
    if child.lower_ == "of":
        return True
    return any(dep(c) == "case" and c.lower_ == "of" for c in child.children)


def subtree_end(token: Token) -> int:
    return max((t.i for t in token.subtree), default=token.i)


def subtree_start(token: Token) -> int:
    return min((t.i for t in token.subtree), default=token.i)


def noun_phrase(head: Token, *, coordination: bool = False, of: bool = True, determiner: bool = True) -> Span:
    """The noun phrase of a head: left modifiers, names, "of" phrases, and with `coordination` its later conjuncts; no relative clauses,
    appositions or other prepositional phrases."""
    doc = head.doc
    start = head.i
    for child in head.lefts:
        if _keep_left(child, determiner) and dep(child) not in ("case", "punct", "cc"):
            start = min(start, subtree_start(child))
    # A case marker or comma on the left edge is no part of the phrase.
    end = _phrase_end(head, of)
    if coordination:
        for other in later_conjuncts(head):
            if other.pos_ in ("NOUN", "PROPN", "PRON", "ADJ", "NUM"):
                end = max(end, _phrase_end(other, of))
    while start < head.i and (
        (doc[start].is_punct and doc[start].text not in "\"“‘'($£€")
        or doc[start].is_space
        or (dep(doc[start]) in ("case", "cc") and doc[start].head == head)
    ):
        start += 1
    while end > head.i and (doc[end].is_space or doc[end].text in (",", ";", ":", "-", "–", "—")):
        end -= 1
    return doc[start : end + 1]


def _phrase_end(head: Token, of: bool) -> int:
    last = head.i
    for child in head.rights:
        relation = dep(child)
        if relation in ("flat", "flat:name", "goeswith", "fixed") or (relation in ("compound", "nummod") and child.i == last + 1):
            last = max(last, subtree_end(child))
        elif of and relation == "nmod" and of_phrase(child):
            last = max(last, _phrase_end(child, of), *(_phrase_end(c, of) for c in later_conjuncts(child)), last)
        elif of and relation == "prep" and child.lower_ == "of":
            last = max([last, *(_phrase_end(g, of) for g in child.rights if dep(g) == "nmod")])
    return last


def governor(token: Token) -> Token | None:
    """The nearest predicate above a nominal: verb, or noun or adjective with a subject; through coordination, "of" phrases and
    appositions."""
    node, steps = token, 0
    while node.head != node and steps < 12:
        relation = dep(node)
        parent = node.head
        if relation in SUBJECTS or relation in (
            "obj",
            "iobj",
            "obl",
            "obl:npmod",
            "obl:unmarked",
            "obl:agent",
            "xcomp",
            "ccomp",
            "advcl",
            "agent",
            "oprd",
        ):
            return parent
        if parent.pos_ in ("VERB", "AUX") and relation != "conj":
            return parent
        node, steps = parent, steps + 1
    return node if node.pos_ in ("VERB", "AUX") or any(is_subject(c) for c in node.children) else None


def auxiliaries(verb: Token) -> list[Token]:
    """Auxiliaries of a predicate, including its copula, those of an earlier conjunct where it has none of its own."""
    own = [c for c in verb.children if dep(c) in ("aux", "aux:pass", "cop")]
    if not own and dep(verb) == "conj":
        return [c for c in first_conjunct(verb).children if dep(c) in ("aux", "aux:pass")]
    return own


def is_negated(token: Token) -> bool:
    """Whether a predicate or nominal is denied: "not", "never", "no", "without" on it, on its auxiliaries or as its determiner."""
    for child in token.children:
        if child.lower_ in NEGATORS and dep(child) in ("advmod", "det", "case", "cc:preconj", "mark", "neg"):
            return True
    return False


def ancestors(token: Token) -> Iterator[Token]:
    """The heads above a token, nearest first."""
    steps = 0
    while token.head != token and steps < 100:
        token, steps = token.head, steps + 1
        yield token


def head_of(doc: Doc, start: int, end: int) -> Token | None:
    """The head token of the characters [start, end): the token inside whose head lies outside; None where no token is inside."""
    span = doc.char_span(start, end, alignment_mode="expand")
    return None if span is None or not len(span) else span.root


def distance(doc: Doc, clause: Token, start: int, end: int) -> int | None:
    """Steps from the characters' head up to the clause's predicate; None where it does not hang below it."""
    head = head_of(doc, start, end)
    if head is None:
        return None
    if head == clause:
        return 0
    for steps, above in enumerate(ancestors(head), 1):
        if above == clause:
            return steps
        if steps > 1 and above.pos_ == "VERB" and dep(above) in CLAUSAL:
            return None
    return None


def other_clause(doc: Doc, clause: Token, start: int, end: int) -> bool:
    """Whether the characters [start, end) hang under another predicate than the clause's and its conjuncts."""
    head = head_of(doc, start, end)
    verb = governor(head) if head is not None else None
    return verb is not None and verb != clause and verb not in conjuncts(clause)
