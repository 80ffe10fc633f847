"""Whether an event is told as having happened: asserted, negated, future, hypothetical or historical, read from the tree.

From the trigger upwards: its own auxiliaries, negation and modifiers, then each word that governs it ("planned", "refused to", "if",
"threatened") as long as the trigger is that word's complement. Cue words are data (factuality_cues.csv). The nearest cue that denies wins
over one that only shifts; a conditional or demanded act under a negation stays hypothetical.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pipeline.language import relations as rel

if TYPE_CHECKING:
    from spacy.tokens import Token

    from pipeline.lexicon import Lexicon

Factuality = Literal["asserted", "negated", "future", "hypothetical", "historical"]
HISTORICAL_DAYS = 365
"""The codebook's: background more than a year before publication."""
STEPS = 6
COMPLEMENTS = frozenset(
    {"xcomp", "ccomp", "obj", "dobj", "obl", "nmod", "acl", "advcl", "nsubj:pass", "csubj", "pcomp", "pobj", "prep", "obl:agent"}
)
DONE = frozenset({"VBD", "VBN"})


@dataclasses.dataclass(frozen=True, slots=True)
class Cues:
    """Cue values by (lemma, where)."""

    governor: Mapping[tuple[str, str], str]
    infinitive: frozenset[str]
    asking: frozenset[str]
    prepositional: frozenset[str]
    modifier: Mapping[str, str]
    mark: Mapping[str, str]
    aux: Mapping[str, str]
    adverb: Mapping[str, str]
    preposition: Mapping[str, str]


_COMPILED: dict[str, Cues] = {}


def compile_cues(lexicon: Lexicon) -> Cues:
    """The compiled cue lexicon."""
    if lexicon.digest not in _COMPILED:
        by: dict[str, dict[str, str]] = {k: {} for k in ("modifier", "mark", "aux", "adverb", "preposition")}
        governor: dict[tuple[str, str], str] = {}
        finite: set[str] = set()
        asking: set[str] = set()
        prepositional: set[str] = set()
        for row in lexicon.rows:
            if row["where"] == "asking":
                asking.add(row["lemma"])
            elif row["where"] == "prepositional":
                prepositional.add(row["lemma"])
            elif row["where"] in ("governor", "infinitive"):
                governor[row["lemma"], row["pos"]] = row["value"]
                if row["where"] == "infinitive":
                    finite.add(row["lemma"])
            else:
                by[row["where"]][row["lemma"]] = row["value"]
        _COMPILED[lexicon.digest] = Cues(
            governor,
            frozenset(finite),
            frozenset(asking),
            frozenset(prepositional),
            by["modifier"],
            by["mark"],
            by["aux"],
            by["adverb"],
            by["preposition"],
        )
    return _COMPILED[lexicon.digest]


def of(trigger: Token, cues: Cues, support: Mapping[str, object], *, title: bool = False) -> tuple[Factuality, str]:
    """Factuality of a trigger and the cue word it was read from ("" for asserted). Dates are not looked at here: see `historical`.

    `support` are the light verbs: a noun has the factuality of its light verb, of other verbs only what cue words say of it.
    """
    node = trigger
    for step in range(STEPS):
        nominal = node.pos_ not in rel.VERBAL and not any(c.dep_ == "cop" for c in node.children)
        value, cue = _own(node, cues, nominal=nominal, title=title and step == 0)
        if value:
            return value, cue  # type: ignore[return-value]
        head, dep = node.head, node.dep_
        if head.i == node.i:
            break
        if dep == "conj":
            if not nominal and any(c.dep_ in SUBJECTS for c in node.children):
                break  # a clause of its own: the first one's mood is not its mood
            node = head
            continue
        if dep in ("compound", "amod", "nmod:poss"):
            if dep == "nmod:poss" or not nominal:
                break
            node = head
            continue
        if nominal:
            above = _nominal_step(node, head, dep, cues, support)
            if isinstance(above, str):
                return above, head.lower_  # type: ignore[return-value]
            if above is None:
                break
            node = above
            continue
        if dep not in COMPLEMENTS:
            break
        value = _governed(node, head, cues)
        if value:
            return value, head.lower_  # type: ignore[return-value]
        if dep not in ("xcomp", "acl"):
            break  # what a reporting verb's own mood says of its content is the attribution's business
        node = head
    return "asserted", ""


SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj"})


def _nominal_step(node: Token, head: Token, dep: str, cues: Cues, support: Mapping[str, object]) -> str | Token | None:
    """For a noun: the value its governor gives it, the light verb whose mood it shares, or None where it stands on its own.

    What is spoken of as known ("the war", "their attack") has happened whatever is wanted of it, unless the governor asks for it.
    """
    verb = head.pos_ in rel.VERBAL
    prep = rel.preposition(node)
    if verb and (
        dep in rel.OBJECT
        or dep in SUBJECTS
        or dep in rel.PASSIVE_SUBJECT
        or (dep in rel.OBLIQUE and prep in ("for", "to", "with", "of", "in", "from"))
    ):
        light = head.lemma_.lower() in support
        value = _governed(node, head, cues)
        if value and dep not in SUBJECTS and (not _known(node) or head.lemma_.lower() in cues.asking):
            return value
        return (
            head
            if light and not (dep == "nsubj" and rel.own_subject(head) is node and any(c.dep_ in rel.OBJECT for c in head.children))
            else None
        )
    if dep in ("nmod", "prep", "pobj") and prep in ("of", "for", "to", "against", "on", "from", "about") and not verb:
        value = _governed(node, head, cues)
        if value and (not _known(node) or (value == "hypothetical" and prep == "for")):
            return value
        return head if not value and head.lemma_.lower() in ("series", "wave", "round", "number", "spate", "act", "string") else None
    return None


def _known(node: Token) -> bool:
    """Whether a noun phrase is definite: "the", "this", a possessive."""
    return any(c.lower_ in ("the", "this", "that", "these", "those", "such") or c.dep_ in ("nmod:poss", "poss") for c in node.children)


def _own(node: Token, cues: Cues, *, nominal: bool, title: bool) -> tuple[str, str]:
    """What stands on the word itself."""
    negated = shifted = cue = ""
    infinitive = False
    for child in node.children:
        lower, dep = child.lower_, child.dep_
        if dep in ("advmod", "neg", "det", "cc:preconj") and (lower in cues.adverb or (dep == "det" and lower in ("no", "neither"))):
            value = cues.adverb.get(lower, "negated")
            if value == "negated":
                if not any(c.lower_ == "only" for c in child.rights) and node.doc[min(child.i + 1, len(node.doc) - 1)].lower_ not in (
                    "only",
                    "just",
                ):
                    negated, cue = "negated", lower
            else:
                shifted, cue = shifted or value, cue or lower
        elif dep in SUBJECTS and not nominal and _nobody(child):
            negated, cue = "negated", lower
        elif dep in ("aux", "aux:pass", "cop") and lower in cues.aux:
            shifted, cue = shifted or cues.aux[lower], cue or lower
        elif dep == "mark" and lower in cues.mark:
            shifted, cue = "hypothetical", lower
        elif dep in ("mark", "aux") and child.tag_ == "TO":
            infinitive = True
        elif dep == "case" and lower in cues.preposition:
            negated, cue = cues.preposition[lower], lower
        elif dep in ("amod", "compound", "advmod") and (child.lemma_.lower() in cues.modifier or lower in cues.modifier) and nominal:
            shifted, cue = shifted or cues.modifier.get(lower, cues.modifier.get(child.lemma_.lower(), "")), cue or lower
    if negated and shifted in ("", "future"):
        return "negated", cue
    if shifted == "future" and any(
        c.dep_ == "advcl" and any(m.lower_ in cues.mark and m.dep_ == "mark" for m in c.children) for c in node.children
    ):
        return "hypothetical", cue  # "if the talks fail, the army will attack"
    if shifted:
        return shifted, cue
    if infinitive and title and node.dep_ in ("root", "ROOT"):
        return "future", "to"  # headlines: "President to visit Moscow"
    if infinitive and node.dep_ == "advcl" and node.head.tag_ in DONE:
        return "", ""  # "took to the streets to protest": what was done was done for it; of coded ones two in three had happened
    if infinitive and node.dep_ in ("acl", "advcl"):
        return ("hypothetical", "to") if node.head.pos_ != "VERB" or node.dep_ == "advcl" else ("", "")
    if node.tag_ == "VBG" and _going_to(node):
        return "future", "going to"
    if infinitive and node.dep_ == "xcomp" and node.head.lemma_ == "go" and node.head.tag_ == "VBG":
        return "future", "going to"
    if infinitive and node.dep_ == "xcomp" and node.head.lemma_ in ("be", "have"):
        return "future", "to"
    return "", ""


def _nobody(subject: Token) -> bool:
    """Whether a subject denies its verb: "no one", "no group", "none of them", "neither side"."""
    return subject.lower_ in ("nobody", "none", "neither", "no-one") or any(
        c.dep_ == "det" and c.lower_ in ("no", "neither") for c in subject.children
    )


def _going_to(node: Token) -> bool:
    return node.lemma_ == "go" and any(c.dep_ == "xcomp" for c in node.children)


def _governed(node: Token, head: Token, cues: Cues) -> str:
    """The value of the word that governs a complement, "" where it says nothing."""
    pos = "VERB" if head.pos_ in rel.VERBAL else "ADJ" if head.pos_ in ("ADJ", "ADV") else "NOUN"
    value = cues.governor.get((head.lemma_.lower(), pos), "")
    if not value:
        return ""
    dep = node.dep_
    if pos == "VERB":
        if head.lemma_.lower() in cues.prepositional and (dep in rel.OBJECT or dep in rel.PASSIVE_SUBJECT):
            return ""
        if dep in ("obl", "nmod") and rel.preposition(node) not in ("for", "from", "of", "about", "to", "against", "on", "with"):
            return ""
        if dep == "advcl" and not any(c.tag_ == "TO" or c.lower_ in ("from", "for") for c in node.children):
            return ""
        if dep == "obl:agent":
            return ""
        if dep == "ccomp" and head.lemma_.lower() in cues.infinitive:
            return ""
    elif pos == "NOUN" and dep == "nmod" and rel.preposition(node) not in ("of", "for", "to", "against", "on", "about"):
        return ""
    return value


YIELDING = frozenset({"CONCEDE", "RETREAT", "AGREE", "AID", "CONSULT"})
"""Types whose act somebody refuses by saying that he will not do it."""
WILL = frozenset({"will", "wo", "'ll", "’ll"})
NOT = frozenset({"not", "n't", "n’t", "never"})


def refused(trigger: Token, kind: str) -> bool:
    """Whether an act is refused: "will not lift the ban", "will never negotiate". What somebody will not do to others is no refusal."""
    if kind not in YIELDING or trigger.pos_ != "VERB" or rel.is_passive(trigger):
        return False
    helpers = {c.lower_ for c in trigger.children if c.i < trigger.i and c.dep_ in ("aux", "advmod", "neg")}
    return bool(helpers & WILL) and bool(helpers & NOT)


def historical(value: Factuality, date_end: dt.date | None, published: dt.date | None) -> Factuality:
    """An asserted event more than a year before publication is historical."""
    if value == "asserted" and date_end is not None and published is not None and (published - date_end).days > HISTORICAL_DAYS:
        return "historical"
    return value
