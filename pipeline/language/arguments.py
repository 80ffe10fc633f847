"""Who does an event and to whom: actor and recipient heads of a trigger, by the slots of event_arguments.csv over the tree.

A verb's subject is looked for on the verb, then where grammar leaves it out: the noun a participle or relative clause modifies, the
verb above an infinitive (or that verb's object: "urged Iran to stop"), the first verb of a coordination. A noun's actor is its "by"
phrase, the subject of its support verb ("launched an attack"), its possessive, or a name that modifies it ("Israeli airstrike").
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.errors import LexiconError
from pipeline.language import relations as rel
from pipeline.language.frames import Classes

if TYPE_CHECKING:
    from spacy.tokens import Token

    from pipeline.lexicon import Lexicon

ROLES = ("actor", "recipient")
GIVEN = frozenset({"subj", "obj", "iobj", "by", "support", "poss", "mod", "of", "comp", "between", "objposs"})
OBJECT_CONTROL = frozenset({"xcomp", "advcl", "ccomp", "acl"})
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET"})
NAMED = frozenset({"PERSON", "ORG", "LOC", "GPE", "NORP", "FAC"})
RELATIVE_TAGS = frozenset({"WDT", "WP", "WP$"})
LIMIT = 4
"""Steps up the tree that a missing subject is looked for: beyond that it is somebody else's."""


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """A place where an argument may stand: a named relation or a preposition; `people` asks for a word that can act."""

    where: str
    only: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Support:
    """A light verb: the role its subject has in the act of its noun, and where the noun stands ("obj" or a preposition)."""

    role: str
    slot: str


@dataclasses.dataclass(frozen=True, slots=True)
class ArgumentRules:
    """Slots by (type, pos, lemma, role) and the support verbs by lemma."""

    slots: Mapping[tuple[str, str, str, str], tuple[Slot, ...]]
    support: Mapping[str, tuple[Support, ...]]

    def of(self, kind: str, pos: str, lemma: str, role: str) -> tuple[Slot, ...]:
        for key in ((kind, pos, lemma, role), ("*", pos, lemma, role), (kind, pos, "*", role), ("*", pos, "*", role)):
            found = self.slots.get(key)
            if found is not None:
                return found
        return ()


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """Argument heads of one trigger, first the main one of each role, with the slot that gave it."""

    actors: tuple[Token, ...] = ()
    recipients: tuple[Token, ...] = ()
    actor_slot: str | None = None
    recipient_slot: str | None = None


_COMPILED: dict[tuple[str, str], ArgumentRules] = {}


def compile_arguments(slots: Lexicon, support: Lexicon) -> ArgumentRules:
    """The compiled argument lexicons. Raises LexiconError where a role is unknown."""
    key = (slots.digest, support.digest)
    if key not in _COMPILED:
        table: dict[tuple[str, str, str, str], tuple[Slot, ...]] = {}
        for row in slots.rows:
            if row["role"] not in ROLES:
                raise LexiconError(f"event_arguments.csv: {row['role']!r} is no role", f"use one of {', '.join(ROLES)}")
            parts = [] if row["slots"] == "-" else row["slots"].split()
            table[row["type"], row["pos"], row["lemma"], row["role"]] = tuple(
                Slot(p.partition(":")[0], p.partition(":")[2] or None) for p in parts
            )
        light: dict[str, list[Support]] = {}
        for row in support.rows:
            light.setdefault(row["lemma"], []).append(Support(row["role"], row["slot"]))
        _COMPILED[key] = ArgumentRules(table, {k: tuple(v) for k, v in light.items()})
    return _COMPILED[key]


def subject_of(verb: Token) -> Token | None:
    """The subject of a verb or predicate, found where grammar leaves it out; None where there is none. A passive has its by-agent."""
    node = verb
    if rel.is_passive(verb):
        return rel.agent(verb)
    for _ in range(LIMIT):
        own = rel.own_subject(node)
        if own is not None:
            if own.tag_ in RELATIVE_TAGS:
                return rel.modified(rel.coordination_head(node)) or own
            return own
        dep = node.dep_
        if dep == "conj":
            node = node.head
            if rel.is_passive(node) and not rel.is_passive(verb):
                passive = rel.first(node, rel.PASSIVE_SUBJECT)
                if passive is not None and node is not verb:
                    return passive
        elif dep in ("acl", "acl:relcl", "relcl") and node.tag_ in ("VBG", "VB", "VBZ", "VBD", "VBP", "VBN"):
            if dep == "acl" and any(c.tag_ == "TO" for c in node.children):
                return _noun_controller(node.head)
            if any(c.tag_ in RELATIVE_TAGS and c.dep_ in rel.OBJECT for c in node.children):
                return None
            return node.head
        elif dep == "amod":
            return node.head if node.tag_ == "VBG" else None
        elif dep in OBJECT_CONTROL:
            above = node.head
            if above.pos_ in ("NOUN", "PROPN"):
                return _noun_controller(above)
            controlled = rel.first(above, rel.OBJECT) or rel.first(above, frozenset({"iobj", "dative"}))
            if dep == "xcomp" and controlled is not None and controlled.i < node.i:
                return controlled
            if dep == "xcomp":
                person = next(
                    (inner for prep, inner in rel.obliques(above) if prep in ("on", "to", "for", "upon") and above.i < inner.i < node.i),
                    None,
                )
                if person is not None:
                    return person
                passive = rel.first(above, rel.PASSIVE_SUBJECT)
                if passive is not None:
                    return passive
            if dep == "ccomp":
                return None
            node = above
        else:
            return None
    return None


def _noun_controller(noun: Token) -> Token | None:
    """Who is to do what an infinitive under a noun says: "Iran's attempt to …", "a plan by Iran to …", "announced a plan to …"."""
    owner = rel.possessor(noun) or rel.complement(noun, "by")
    if owner is not None:
        return owner
    if noun.dep_ in rel.OBJECT and noun.head.pos_ in rel.VERBAL:
        return rel.own_subject(noun.head)
    return None


def object_of(verb: Token) -> Token | None:
    """Whom a verb's act is done to: its object, a passive's subject, the noun a participle or object relative modifies."""
    found = rel.logical_object(verb)
    if found is not None:
        return (rel.modified(rel.coordination_head(verb)) or found) if found.tag_ in RELATIVE_TAGS else found
    if rel.is_passive(verb):
        node = rel.coordination_head(verb)
        shared = rel.first(node, rel.PASSIVE_SUBJECT)
        if shared is not None:
            return (rel.modified(node) or shared) if shared.tag_ in RELATIVE_TAGS else shared
        if node.dep_ in ("acl", "acl:relcl", "relcl", "amod"):
            return node.head
        if node.dep_ in ("xcomp", "advcl"):
            above = node.head
            return rel.first(above, rel.OBJECT) or rel.own_subject(above) or rel.first(above, rel.PASSIVE_SUBJECT)
        return None
    if verb.dep_ in ("acl:relcl", "relcl") and rel.own_subject(verb) is not None and rel.own_subject(verb).tag_ not in RELATIVE_TAGS:  # type: ignore[union-attr]
        return verb.head if not any(rel.obliques(verb)) else None
    if verb.dep_ == "conj":  # "captured and killed two soldiers" stands under the last verb, "killed two soldiers and fled" under the first
        return None
    shared = next((c for c in rel.conjuncts(verb)[1:] if rel.first(c, rel.OBJECT) is not None), None)
    return rel.first(shared, rel.OBJECT) if shared is not None and shared.pos_ == "VERB" and rel.own_subject(shared) is None else None


def support_of(noun: Token, rules: ArgumentRules) -> tuple[Token, Support] | None:
    """The support verb of an event noun and its entry; through coordination, "a series of" and "carry out" alike."""
    node = rel.coordination_head(noun)
    if node.dep_ == "nmod" and rel.preposition(node) == "of" and node.head.pos_ == "NOUN":
        node = rel.coordination_head(node.head)
    verb = node.head
    if verb.i == node.i or verb.pos_ not in rel.VERBAL:
        return None
    for entry in rules.support.get(verb.lemma_.lower(), ()):
        if entry.slot == "obj":
            if node.dep_ in rel.OBJECT or node.dep_ in rel.PASSIVE_SUBJECT:
                return verb, entry
            if node.dep_ in ("acl:relcl", "relcl"):
                return verb, entry
        elif rel.preposition(node) == entry.slot:
            return verb, entry
    return None


def _relative_support(noun: Token, rules: ArgumentRules) -> tuple[Token, Support] | None:
    """The support verb in a noun's own relative clause or participle: "an attack launched by rebels", "the talks they held"."""
    for child in noun.children:
        if child.dep_ in ("acl", "acl:relcl", "relcl") and child.pos_ == "VERB":
            for entry in rules.support.get(child.lemma_.lower(), ()):
                if entry.slot == "obj":
                    return child, entry
    return None


def can_act(token: Token, classes: Classes) -> bool:
    """Whether a word can be a party to an event: a name, a pronoun for people, a word for people, bodies or armed men."""
    if token.ent_type_ in NAMED or token.pos_ == "PROPN":
        return True
    lemma = token.lemma_.lower()
    if token.pos_ == "PRON":
        return token.lower_ not in ("it", "this", "that", "what", "there", "which")
    return any(classes.has(name, token) for name in ("person", "armed", "official", "party")) or lemma in (
        "government",
        "country",
        "state",
        "nation",
    )


ABSTRACT = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ism", "ing", "cy")
"""Endings of nouns for acts and states, which do nothing themselves."""


def is_act(token: Token, classes: Classes) -> bool:
    """Whether a common noun names an act, a weapon or an abstraction, and so no party ("the bombing ended the truce")."""
    if token.pos_ != "NOUN":
        return False
    lemma = token.lemma_.lower()
    return lemma.endswith(ABSTRACT) or any(
        classes.has(name, token) for name in ("violent", "explosive", "agreement", "abstract", "demand", "act")
    )


def find(trigger: Token, kind: str, rules: ArgumentRules, classes: Classes) -> Found:
    """Actor and recipient heads of a trigger by the rules alone."""
    pos = "VERB" if trigger.pos_ in rel.VERBAL else "ADJ" if trigger.pos_ in ("ADJ", "ADV") else "NOUN"
    lemma = trigger.lemma_.lower()
    used: set[int] = {trigger.i}
    actors, actor_slot = _fill(trigger, pos, rules.of(kind, pos, lemma, "actor"), rules, classes, used, "actor")
    used.update(t.i for t in actors)
    if actor_slot == "between" and len(actors) > 1:
        return Found((actors[0],), tuple(actors[1:]), "between", "between")
    recipients, recipient_slot = _fill(trigger, pos, rules.of(kind, pos, lemma, "recipient"), rules, classes, used, "recipient")
    return Found(tuple(actors), tuple(recipients), actor_slot, recipient_slot)


def _fill(
    trigger: Token, pos: str, slots: tuple[Slot, ...], rules: ArgumentRules, classes: Classes, used: set[int], role: str
) -> tuple[list[Token], str | None]:
    for slot in slots:
        for word in _words(trigger, pos, slot, rules, role):
            if word.i in used or word.pos_ not in NOMINAL:
                continue
            if slot.only == "people" and not can_act(word, classes):
                continue
            if role == "recipient" and slot.where == "obj" and not slot.only and is_act(word, classes) and not can_act(word, classes):
                continue
            if role == "actor" and not can_act(word, classes) and (slot.where in ("mod", "from", "of") or is_act(word, classes)):
                continue
            if word.ent_type_ in ("DATE", "TIME") or (
                word.tag_ in ("EX",) or (word.lower_ in ("it", "itself") and slot.where == "obj" and word.lower_ == "itself")
            ):
                continue
            return [w for w in rel.conjuncts(word) if w.i not in used and (w.i == word.i or w.pos_ in NOMINAL)] or [word], slot.where
    return [], None


def _words(trigger: Token, pos: str, slot: Slot, rules: ArgumentRules, role: str) -> list[Token]:
    """Words in one slot of a trigger."""
    where = slot.where
    if where == "subj":
        found = subject_of(trigger) if pos != "ADJ" else _adjective_subject(trigger)
        return [found] if found is not None else []
    if where == "obj":
        found = object_of(trigger)
        return [found] if found is not None else []
    if where == "objposs":
        found = object_of(trigger)
        owner = rel.possessor(found) if found is not None else None
        return [owner] if owner is not None else []
    if where == "iobj":
        return [c for c in trigger.children if c.dep_ in ("iobj", "dative")]
    if where == "by":
        found = rel.agent(trigger)
        return [found] if found is not None and found.ent_type_ not in ("DATE", "TIME") else []
    if where == "poss":
        found = rel.possessor(trigger)
        return [found] if found is not None else []
    if where == "mod":
        return [
            c
            for c in trigger.children
            if c.i < trigger.i and c.dep_ in ("amod", "compound", "nn", "nmod", "nmod:desc") and (c.ent_type_ in NAMED or c.pos_ == "PROPN")
        ] or _hyphenated(trigger)
    if where == "support":
        return _support_words(trigger, rules, slot.only or role)
    if where == "comp":
        return _complement_subject(trigger)
    if where == "between":
        found = rel.complement(trigger, "between")
        return [found] if found is not None else []
    places = [trigger]
    if pos == "NOUN":
        support = support_of(trigger, rules) or _relative_support(trigger, rules)
        if support is not None and where not in ("of", "by"):
            places.append(support[0])
    return [inner for node in places for prep, inner in rel.obliques(node) if prep == where]


def _hyphenated(trigger: Token) -> list[Token]:
    """The name in "a US-led attack": UD hangs it on "led"."""
    return [
        inner
        for c in trigger.children
        if c.dep_ == "amod" and c.lower_ in ("led", "backed", "brokered")
        for inner in c.children
        if inner.ent_type_ in NAMED or inner.pos_ == "PROPN"
    ]


def _support_words(trigger: Token, rules: ArgumentRules, role: str) -> list[Token]:
    role = "recipient" if role == "undergo" else role
    for support in (support_of(trigger, rules), _relative_support(trigger, rules)):
        if support is not None and support[1].role == role:
            found = subject_of(support[0])
            if found is not None:
                return [found]
    return []


def _complement_subject(trigger: Token) -> list[Token]:
    """The subject of what is demanded, alleged or threatened: "demanded that Iran stop", "called for Iran to stop"."""
    for child in trigger.children:
        if child.dep_ in ("ccomp", "advcl", "xcomp", "acl") and child.i > trigger.i:
            found = rel.own_subject(child) or rel.first(child, rel.PASSIVE_SUBJECT)
            if found is not None:
                return [found]
    return []


def _adjective_subject(trigger: Token) -> Token | None:
    """What an adjective is said of: the noun it modifies or its subject."""
    if trigger.dep_ == "amod":
        return trigger.head
    return rel.own_subject(trigger) or rel.first(trigger, rel.PASSIVE_SUBJECT)
