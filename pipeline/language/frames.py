"""The frames of event_patterns.csv: conditions on a word's surroundings in the tree.

A frame is a list of conditions separated by spaces, all of which must hold. `obj` asks that there be an object, `obj=deal|pact` that its
lemma be one of these, `obj=@agreement` that it be of a class of words; `!` denies; `comp|xcomp` is met by either.

    subj obj        subject (the by-agent of a passive) and object (the subject of a passive)
    prep=of         a complement under the preposition; prep alone: any
    in=             what stands in a phrase of time or setting: under "in", "during", "since", "over", "throughout"
    of=             what stands in the "of" phrase of a noun, or its possessive or compound
    mod=            a word that modifies the noun: adjective, compound part, possessive
    under=          the verb whose object (or passive subject) a noun is: "launched a probe"
    comp xcomp      a finite complement clause; an infinitive
    pass            the verb is passive
    not             it is denied: "not", "never", also on the "going" of "is not going to"
    aux=            its auxiliary: "will accept", "is going to accept"
    near=           a word of the sentence
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pipeline.errors import LexiconError
from pipeline.language import relations as rel

if TYPE_CHECKING:
    from spacy.tokens import Token

    from pipeline.lexicon import Lexicon

NEAR = 25
"""Tokens either side within which `near` looks, inside the sentence; longer sentences are several clauses that share no subject."""

PLACE_ENTITIES = frozenset({"LOC", "GPE", "FAC"})
PEOPLE_ENTITIES = frozenset({"PERSON", "NORP"})
ARMED_SECTORS = frozenset({"MIL", "REB", "PRM", "UAF", "COP", "SPY", "CRM"})
OFFICIAL_SECTORS = frozenset({"GOV", "LEG", "JUD", "IGO"})
CONDITIONS = frozenset({"subj", "obj", "prep", "in", "of", "mod", "under", "comp", "xcomp", "pass", "not", "aux", "near"})


@dataclasses.dataclass(frozen=True, slots=True)
class Classes:
    """Classes of words: `words[class]` are lemmas; person, official and armed are made from the sectors."""

    words: Mapping[str, frozenset[str]]

    def has(self, name: str, token: Token) -> bool:
        if token.lemma_.lower() in self.words[name] or token.lower_ in self.words[name]:
            return True
        kind = token.ent_type_
        if name == "place":
            return kind in PLACE_ENTITIES
        if name == "person":
            return kind in PEOPLE_ENTITIES or (token.pos_ == "PRON" and token.lower_ not in ("it", "that", "this", "which", "what", "its"))
        if name == "official":
            return kind == "PERSON"
        return name == "number" and token.pos_ == "NUM"


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """One condition: it holds where any of `names` finds a word that `words` or a class admits (any word where both are empty)."""

    names: tuple[str, ...]
    words: frozenset[str]
    classes: tuple[str, ...]
    denied: bool

    def holds(self, token: Token, classes: Classes) -> bool:
        return self._found(token, classes) != self.denied

    def _found(self, token: Token, classes: Classes) -> bool:
        return any(self._one(name, token, classes) for name in self.names)

    def _one(self, name: str, token: Token, classes: Classes) -> bool:
        if name == "prep":
            return any(prep and (not self.words or prep in self.words) for prep, _ in rel.obliques(token))
        return any(self._fits(word, classes) for word in WORDS[name](token))

    def _fits(self, word: Token, classes: Classes) -> bool:
        if not self.words and not self.classes:
            return True
        if word.lemma_.lower() in self.words or word.lower_ in self.words:
            return True
        return any(classes.has(name, word) for name in self.classes)


def _subjects(token: Token) -> list[Token]:
    """The subject, for a participle or relative clause the noun it modifies, for an infinitive the subject of the verb above."""
    if rel.is_passive(token):
        by = rel.agent(token)
        return rel.conjuncts(by) if by is not None else []
    own = rel.own_subject(token)
    if own is None:
        head = rel.coordination_head(token)
        own = rel.own_subject(head)
        if own is None and head.dep_ in ("xcomp", "advcl", "ccomp"):
            own = rel.own_subject(head.head)
        if own is None:
            own = rel.modified(head)
    elif own.pos_ == "PRON" and own.tag_ in ("WDT", "WP"):
        own = rel.modified(token) or own
    return [] if own is None else rel.conjuncts(own)


def _objects(token: Token) -> list[Token]:
    found = rel.logical_object(token)
    if found is None and rel.is_passive(token):
        found = rel.modified(rel.coordination_head(token))
        if found is None and token.dep_ == "conj":
            found = rel.first(rel.coordination_head(token), rel.PASSIVE_SUBJECT)
    if found is None:
        return []
    words = [*rel.conjuncts(found)]
    inner = rel.complement(found, "of")  # "dozens of soldiers", "the use of force"
    return [*words, *rel.conjuncts(inner)] if inner is not None else words


def _of(token: Token) -> list[Token]:
    found = []
    for prep, inner in rel.obliques(token):
        if prep == "of":
            found += rel.conjuncts(inner)
    owner = rel.possessor(token)
    if owner is not None:
        found.append(owner)
    return [*found, *(c for c in token.children if c.dep_ in ("compound", "nn"))]


SETTING = frozenset({"in", "during", "since", "over", "throughout", "within"})


def _in(token: Token) -> list[Token]:
    """Heads of the phrases that say when or amid what, and the nouns inside them ("in years of war")."""
    found = []
    for prep, inner in rel.obliques(token):
        if prep in SETTING:
            found += rel.conjuncts(inner)
            found += [deep for near, deep in rel.obliques(inner) if near == "of"]
    return found


def _modifiers(token: Token) -> list[Token]:
    found = [c for c in token.children if c.dep_ in rel.MODIFIER or c.dep_ in ("nn",)]
    if token.dep_ == "compound":  # "gas attack victims": what stands before the head belongs to the compound
        found += [c for c in token.head.children if c.dep_ in ("amod", "compound") and c.i < token.i]
    if token.i and token.nbor(-1).text == "-" and token.i > 1:
        found.append(token.nbor(-2))
    return found


def _under(token: Token) -> list[Token]:
    noun = rel.coordination_head(token)
    if noun.dep_ in rel.OBJECT or noun.dep_ in rel.PASSIVE_SUBJECT:
        return rel.conjuncts(noun.head)
    return [c for c in noun.children if c.dep_ in ("acl", "acl:relcl") and rel.is_passive(c)]  # "a warning issued by"


def _complements(token: Token) -> list[Token]:
    return [c for c in token.children if c.dep_ in rel.CLAUSE or (c.dep_ == "parataxis" and c.pos_ in rel.VERBAL)]


def _infinitives(token: Token) -> list[Token]:
    return [c for c in token.children if c.dep_ in ("xcomp", "acl", "advcl") and any(m.tag_ == "TO" for m in c.children)]


def _passive(token: Token) -> list[Token]:
    return [token] if rel.is_passive(token) else []


NOT = frozenset({"not", "n't", "n’t", "never"})
NEGATION = frozenset({"advmod", "neg"})
AUXILIARY = frozenset({"aux", "aux:pass", "auxpass"})


def _finite(token: Token) -> list[Token]:
    """The words that helpers of a verb stand on: itself, and "going" of "going to"."""
    return [token, token.head] if token.dep_ == "xcomp" and token.head.lower_ == "going" else [token]


def _negations(token: Token) -> list[Token]:
    return [c for verb in _finite(token) for c in verb.children if c.i < token.i and c.dep_ in NEGATION and c.lower_ in NOT]


def _auxiliaries(token: Token) -> list[Token]:
    verbs = _finite(token)
    found = [c for verb in verbs for c in verb.children if c.i < token.i and c.dep_ in AUXILIARY]
    return found + verbs[1:]


def _near(token: Token) -> list[Token]:
    doc, first, last = token.doc, token.i, token.i + 1
    while first > 0 and token.i - first < NEAR and not doc[first].is_sent_start:
        first -= 1
    while last < len(doc) and last - token.i <= NEAR and not doc[last].is_sent_start:
        last += 1
    return [doc[k] for k in range(first, last) if k != token.i]


WORDS: Mapping[str, Callable[[Token], list[Token]]] = {
    "subj": _subjects,
    "obj": _objects,
    "of": _of,
    "in": _in,
    "mod": _modifiers,
    "under": _under,
    "comp": _complements,
    "xcomp": _infinitives,
    "pass": _passive,
    "not": _negations,
    "aux": _auxiliaries,
    "near": _near,
}


def parse(frame: str, classes: Classes) -> tuple[Condition, ...]:
    """The conditions of a frame. Raises LexiconError where a condition or class is unknown."""
    found = []
    for part in frame.split():
        denied = part.startswith("!")
        left, _, right = part.lstrip("!").partition("=")
        names, values = tuple(left.split("|")), [v for v in right.split("|") if v]
        named = tuple(v[1:] for v in values if v.startswith("@"))
        for name in names:
            if name not in CONDITIONS:
                raise LexiconError(f"frame {frame!r}: {name!r} is no condition", f"use one of {', '.join(sorted(CONDITIONS))}")
        for name in named:
            if name not in classes.words:
                raise LexiconError(f"frame {frame!r}: there is no class @{name}", f"use one of {', '.join(sorted(classes.words))}")
        found.append(Condition(names, frozenset(v.lower() for v in values if not v.startswith("@")), named, denied))
    return tuple(found)


def compile_classes(words: Lexicon, sectors: Lexicon) -> Classes:
    """Classes from event_word_classes.csv, with person, official and armed from sectors.csv."""
    found: dict[str, set[str]] = {"person": set(), "official": set(), "armed": set(), "party": set()}
    for row in words.rows:
        found.setdefault(row["class"], set()).add(row["lemma"].lower())
    for row in sectors.rows:
        head = row["phrase"].split()[-1]
        whole = row["phrase"] if " " not in row["phrase"] else head
        if row["kind"] == "person" or row["sector"] in ARMED_SECTORS:
            found["person"].add(whole)
        found["party"].add(whole)
        if " " in row["phrase"]:
            continue
        if row["sector"] in ARMED_SECTORS:
            found["armed"].add(whole)
        if row["sector"] in OFFICIAL_SECTORS:
            found["official"].add(whole)
    return Classes({name: frozenset(members) for name, members in found.items()})
