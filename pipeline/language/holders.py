"""Whom a description by office means: "the minister", "the Egyptian president", "America's top diplomat" -> the person whose title fits.

A title fits where it holds the description's head noun (or a word the lexicon `office_kin` lists for it) and nothing the description says
besides speaks against it. Where several persons fit, only the running speaker is taken; else nobody is.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.language.cues import dep
from pipeline.lexicon import load
from pipeline.text.names import person_noun

if TYPE_CHECKING:
    from spacy.tokens import Token

    from pipeline.language.entitylike import EntityLike

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
DEFINITE = frozenset({"the", "this", "that"})
_MODIFIERS = frozenset({"amod", "compound", "nmod", "nmod:poss", "nmod:desc", "poss", "flat"})
# Words that say how one holds an office, not which.
_GRADES = frozenset(
    {"former", "then", "top", "senior", "chief", "outgoing", "late", "new", "veteran", "ex", "current", "acting", "longtime"}
)


@functools.cache
def _kin() -> dict[str, frozenset[str]]:
    return {r["noun"]: frozenset(r["holders"].split()) for r in load("office_kin").rows}


@dataclasses.dataclass(slots=True)
class Person:
    row: EntityLike
    first: int
    words: set[str]  # of all titles and affiliations the article gives
    countries: set[str]


def persons(entities: Sequence[EntityLike]) -> dict[str, Person]:
    """What the article says of each named person, by entity id."""
    out: dict[str, Person] = {}
    for row in entities:
        if row.label != "PERSON":
            continue
        held = out.setdefault(row.entity_id, Person(row, row.start, set(), set()))
        for told in (row.title, row.affiliation):
            held.words |= {w.lower() for w in _WORD.findall(told or "")}
        if row.country:
            held.countries.add(row.country)
        if row.title and not held.row.title:
            held.row = row
    return out


def means(noun: str, words: set[str]) -> bool:
    """Whether a noun can mean somebody whose title has these words."""
    return noun in words or bool(_kin().get(noun, frozenset()) & words)


def is_definite(token: Token) -> bool:
    """Whether a phrase tells which one it means: "the", a possessor, or a name in front ("US top diplomat")."""
    return any((dep(c) == "det" and c.lower_ in DEFINITE) or (dep(c) in ("nmod:poss", "poss") and c.i < token.i) for c in token.children)


def said_of(token: Token, at: Mapping[int, EntityLike]) -> tuple[set[str], set[str]]:
    """(lower-case words, countries) that modify a description."""
    words: set[str] = set()
    countries: set[str] = set()
    for c in token.children:
        if dep(c) not in _MODIFIERS or (dep(c) == "nmod" and not any(k.lower_ in ("of", "for") for k in c.children)):
            continue
        for t in c.subtree:
            row = at.get(t.i)
            if row is not None and row.country:
                countries.add(row.country)
            elif t.pos_ in ("NOUN", "ADJ", "PROPN", "VERB") and t.lower_ not in _GRADES:
                words |= {w.lower() for w in _WORD.findall(t.text)}
    return words, countries


def office_holder(token: Token, known: Mapping[str, Person], at: Mapping[int, EntityLike], running: str | None) -> EntityLike | None:
    """The person a definite description in the singular means by its office; None where nobody or several fit.

    `running`: entity id of the running speaker, who is taken where several fit. A person named only later is taken where the description
    says more than an office ("Norway's finance minister") and one alone fits.
    """
    noun = token.lemma_.lower()
    if token.tag_ in ("NNS", "NNPS") or not (person_noun(noun) or noun in _kin()) or not is_definite(token):
        return None
    words, countries = said_of(token, at)
    fits: list[tuple[int, str]] = []
    for key, person in known.items():
        if not means(noun, person.words) or (countries and person.countries and not countries & person.countries):
            continue
        common = len(words & person.words) + len(countries & person.countries)
        if words and not words & person.words and len(person.words) > 1:
            continue
        fits.append((common, key))
    speaking = known.get(running) if running is not None else None
    if speaking is not None and not speaking.words and not words and not any(noun in known[key].words for _, key in fits):
        agree = not countries or not speaking.countries or bool(countries & speaking.countries)
        if agree:  # of whom the article tells no office, before whoever's office only another word names
            return speaking.row
    earlier = [f for f in fits if known[f[1]].first < token.idx]
    if not earlier:
        later = [f for f in fits if f[0]]
        return known[later[0][1]].row if len(later) == 1 and len(fits) == 1 else None
    most = max(common for common, _ in earlier)
    best = [key for common, key in earlier if common == most]
    if len(best) == 1:
        return known[best[0]].row
    return speaking.row if speaking is not None and running in best else None
