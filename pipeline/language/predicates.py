"""Counted people and what happened to them, as lexicons know it: groups of nouns, categories of predicates, hedges."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from pipeline import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Span, Token


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """What a number counts: the head noun (None where it stands alone), the phrase's last token, the rule that found it."""

    head: Token | None
    phrase: Span | None
    rule: str
    anchor: Token  # the token whose place in the clause the number takes
    number: Span | None = None  # the tokens of the figure

    @property
    def after(self) -> int | None:
        """The token after number and counted phrase, where the phrase follows the number; None without either."""
        ends = [span.end for span in (self.number, self.phrase) if span is not None and len(span)]
        return max(ends, default=None)


@dataclasses.dataclass(frozen=True, slots=True)
class Fate:
    """What happened to those counted."""

    predicate: Token | None
    category: str
    role: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Predicates:
    entries: dict[tuple[str, str], tuple[tuple[str, str], ...]]
    light: frozenset[str]
    groups: dict[str, str]
    hedge_predicates: frozenset[str]
    hedge_numbers: frozenset[str]
    numberings: frozenset[str]  # nouns that announce a number ("the number of migrants")
    prepositional: frozenset[str]  # nouns that make a preposition with "in" ("in exchange for")


@functools.cache
def lexicons() -> Predicates:
    """Compiles `claim_predicates`, `counted_groups` and `hedges`."""
    entries: dict[tuple[str, str], list[tuple[str, str]]] = {}
    special: dict[str, set[str]] = {"light": set(), "numbering": set(), "preposition": set()}
    for row in lexicon.load("claim_predicates").rows:
        if row["role"] in special:
            special[row["role"]].add(row["lemma"])
        else:
            entries.setdefault((row["lemma"], row["pos"]), []).append((row["category"], row["role"]))
    groups = {r["noun"]: r["group"] for r in lexicon.load("counted_groups").rows}
    hedges = lexicon.load("hedges").rows
    return Predicates(
        {k: tuple(v) for k, v in entries.items()},
        frozenset(special["light"]),
        groups,
        frozenset(h["word"] for h in hedges if h["side"] == "predicate"),
        frozenset(h["word"] for h in hedges if h["side"] == "number"),
        frozenset(special["numbering"]),
        frozenset(special["preposition"]),
    )


def lemma(token: Token) -> str:
    """The lower-case lemma, the form itself where the pipeline gives none."""
    return (token.lemma_ or token.text).lower()


def singular(token: Token) -> str:
    """The singular of a noun: its lemma, or by its ending where the pipeline's lemma is the plural itself."""
    base, word = lemma(token), token.lower_
    if token.tag_ not in ("NNS", "NNPS") or (base not in (word, word[:-1] + "e") and base != word[:-2]):
        return base
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")) and not word.endswith(("uses", "ases", "ises")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def group_of(head: Token | None) -> str | None:
    """The codebook's counted_group of a head noun, "unspecified" for people of no known group, None for things."""
    if head is None:
        return None
    groups = lexicons().groups
    base = lemma(head)
    before = head.doc[head.i - 1] if head.i else None
    if before is not None and f"{before.lower_} {singular(head)}" in groups:
        return groups[f"{before.lower_} {singular(head)}"]
    for form in (base, singular(head), head.lower_, head.lower_.removesuffix("s")):
        if form in groups:
            return groups[form]
    for suffix in ("men", "man", "women", "woman", "people", "person"):
        if head.lower_.endswith(suffix) and len(head.lower_) > len(suffix) + 2:
            return "unspecified"
    if head.ent_type_ == "NORP" or head.ent_type_ == "PERSON":
        return "unspecified"
    return None


def forms(token: Token) -> tuple[str, ...]:
    """The lemma and what the form's ending allows it to be, so that a pipeline's wrong lemma loses nothing ("died" read as "di")."""
    follow = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    particle = follow.lower_ if follow is not None and len(follow) <= 4 and follow.tag_ in ("RP", "IN", "RB") else ""
    return _forms(lemma(token), token.lower_, particle)


@functools.lru_cache(maxsize=8192)
def _forms(base: str, word: str, particle: str) -> tuple[str, ...]:
    out = [base, word]
    for ending, instead in (
        ("ied", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("d", ""),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            out.append(stem + instead)
            if not instead and len(stem) > 3 and stem[-1] == stem[-2]:
                out.append(stem[:-1])
    if particle:
        out = [f"{form} {particle}" for form in out] + out  # phrasal verbs
    return tuple(dict.fromkeys(out))


def lookup(token: Token, pos: str, roles: tuple[str, ...]) -> str | None:
    """The category of a token as a predicate of this part of speech, where the number may play one of the roles."""
    entries = lexicons().entries
    for form in forms(token):
        for category, role in entries.get((form, pos), ()):
            if role in roles or role == "either":
                return category
    return None
