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
COMPLEMENTS = frozenset({"xcomp", "ccomp", "obj", "dobj", "obl", "nmod", "acl", "advcl", "nsubj:pass", "csubj", "pcomp", "pobj", "prep", "obl:agent"})
DEEDS = frozenset({"xcomp", "ccomp", "acl", "advcl"})


@dataclasses.dataclass(frozen=True, slots=True)
class Cues:
    """Cue values by (lemma, where)."""

    governor: Mapping[tuple[str, str], str]
    infinitive: frozenset[str]
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
        for row in lexicon.rows:
            if row["where"] in ("governor", "infinitive"):
                governor[row["lemma"], row["pos"]] = row["value"]
                if row["where"] == "infinitive":
                    finite.add(row["lemma"])
            else:
                by[row["where"]][row["lemma"]] = row["value"]
        _COMPILED[lexicon.digest] = Cues(governor, frozenset(finite), by["modifier"], by["mark"], by["aux"], by["adverb"], by["preposition"])
    return _COMPILED[lexicon.digest]


def of(trigger: Token, cues: Cues, *, title: bool = False) -> tuple[Factuality, str]:
    """Factuality of a trigger and the cue word it was read from ("" for asserted). Dates are not looked at here: see `historical`."""
    node = trigger
    for step in range(STEPS):
        value, cue = _own(node, cues, nominal=node.pos_ not in rel.VERBAL, title=title and step == 0)
        if value:
            return value, cue  # type: ignore[return-value]
        head = node.head
        if head.i == node.i:
            break
        dep = node.dep_
        if dep == "conj":
            node = head
            continue
        if dep in COMPLEMENTS:
            if dep in ("nmod", "obl", "prep", "pobj") and step and not _keeps(node):
                break
            value = _governed(node, head, cues)
            if value:
                return value, head.lower_  # type: ignore[return-value]
            if head.pos_ in rel.VERBAL and dep in ("ccomp", "advcl", "nsubj:pass", "csubj"):
                # What a reporting verb's own negation or mood says of its content is the attribution's business.
                if dep == "advcl":
                    break
                return "asserted", ""
            node = head
            continue
        if dep in ("compound", "amod", "nmod:poss"):
            node = head
            continue
        break
    return "asserted", ""


def _keeps(node: Token) -> bool:
    """Whether a prepositional phrase is part of what its head says ("plans for an attack", "efforts to end the war", "in the war" is not)."""
    return rel.preposition(node) in ("of", "for", "to", "on", "against", "from", "about")


def _own(node: Token, cues: Cues, *, nominal: bool, title: bool) -> tuple[str, str]:
    """What stands on the word itself."""
    negated = shifted = cue = ""
    infinitive = False
    for child in node.children:
        lower, dep = child.lower_, child.dep_
        if dep in ("advmod", "neg", "det", "cc:preconj") and (lower in cues.adverb or (dep == "det" and lower in ("no", "neither"))):
            value = cues.adverb.get(lower, "negated")
            if value == "negated":
                if not any(c.lower_ == "only" for c in child.rights) and node.doc[min(child.i + 1, len(node.doc) - 1)].lower_ not in ("only", "just"):
                    negated, cue = "negated", lower
            else:
                shifted, cue = shifted or value, cue or lower
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
    if shifted:
        return shifted, cue
    if infinitive and title and node.dep_ in ("root", "ROOT"):
        return "future", "to"  # headlines: "President to visit Moscow"
    if infinitive and node.dep_ in ("acl", "advcl"):
        return ("hypothetical", "to") if node.head.pos_ != "VERB" or node.dep_ == "advcl" else ("", "")
    if node.tag_ == "VBG" and _going_to(node):
        return "future", "going to"
    if infinitive and node.dep_ == "xcomp" and node.head.lemma_ == "go" and node.head.tag_ == "VBG":
        return "future", "going to"
    if infinitive and node.dep_ == "xcomp" and node.head.lemma_ in ("be", "have"):
        return "future", "to"
    return "", ""


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



def historical(value: Factuality, date_end: dt.date | None, published: dt.date | None) -> Factuality:
    """An asserted event more than a year before publication is historical."""
    if value == "asserted" and date_end is not None and published is not None and (published - date_end).days > HISTORICAL_DAYS:
        return "historical"
    return value
