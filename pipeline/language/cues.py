"""Finds reporting words in a Doc: verbs ("said", "pointed out"), nouns ("the claim that"), phrases ("according to"), by lexicon and tree.

A cue is only a word that may report; whether it does, and what, is for `attribution`. Dependency labels are Universal Dependencies; the
few CLEAR labels other spaCy pipelines give are read as their nearest UD relation.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from pipeline.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One line of reporting_verbs.csv: `words` are lemmas, `frames` what the word's content may look like."""

    lemma: str
    words: tuple[str, ...]
    pos: str
    cue_class: str
    strength: str
    kind: str
    frames: frozenset[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Cue:
    """A reporting word in a Doc: its entry, the token that heads it and all its tokens (indices, ascending)."""

    entry: Entry
    head: int
    tokens: tuple[int, ...]


CLEAR = {
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "dobj": "obj",
    "relcl": "acl:relcl",
    "prt": "compound:prt",
    "ROOT": "root",
    "neg": "advmod",
    "auxpass": "aux:pass",
}


def dep(token: Token) -> str:
    """The UD relation of a token to its head."""
    label: str = token.dep_
    return CLEAR.get(label, label)


@functools.lru_cache(maxsize=2)
def text_of(doc: Doc) -> str:
    """doc.text, which spaCy joins anew from all tokens at every call."""
    text: str = doc.text
    return text


# A place in capitals, perhaps with its country and the agency, then a dash.
_DATELINE = re.compile(r"[A-Z][A-Z.' ]{3,}(?:,? [A-Z][\w.]+){0,4}(?: ?\([\w ]+\))? ?(?:[—–]|--?) ")


def in_dateline(token: Token) -> bool:
    """Whether a token stands in the place line that opens a report ("RIYADH, Saudi Arabia — "), which the tree may take for a subject."""
    text = text_of(token.doc)
    line = _DATELINE.match(text, text.rfind("\n", 0, token.idx) + 1)
    return line is not None and token.idx < line.end()


@functools.cache
def entries() -> dict[tuple[str, str], tuple[Entry, ...]]:
    """Lexicon entries by (first lemma, part of speech); longer entries first."""
    table: dict[tuple[str, str], list[Entry]] = {}
    for row in load("reporting_verbs").rows:
        words = tuple(row["lemma"].split())
        entry = Entry(row["lemma"], words, row["pos"], row["class"], row["strength"], row["kind"], frozenset(row["pattern"].split()))
        table.setdefault((words[0], row["pos"]), []).append(entry)
    return {k: tuple(sorted(v, key=lambda e: -len(e.words))) for k, v in table.items()}


_SIBILANT = ("s", "x", "z", "ch", "sh")


def _inflected(lemma: str) -> set[str]:
    """Regular forms of a verb, so that a wrong lemma loses no cue."""
    if lemma.endswith("e"):
        return {lemma, lemma + "s", lemma + "d", lemma[:-1] + "ing"}
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return {lemma, lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"}
    return {lemma, lemma + ("es" if lemma.endswith(_SIBILANT) else "s"), lemma + "ed", lemma + "ing"}


@functools.cache
def forms() -> dict[str, str]:
    """The first lemma of a verb entry by each of its forms."""
    out: dict[str, str] = {}
    for row in load("reporting_verbs").rows:
        if row["pos"] == "VERB" and row["pattern"] != "cited":
            first = row["lemma"].split()[0]
            for form in _inflected(first) | set(row["forms"].split()):
                out.setdefault(form, first)
    return out


@functools.cache
def entry(lemma: str, pos: str = "VERB") -> Entry | None:
    """The entry of a lemma, None where the lexicon lacks it."""
    return next((e for e in entries().get((lemma.split()[0], pos), ()) if e.lemma == lemma), None) if lemma.strip() else None


def _phrase(doc: Doc, start: int, words: tuple[str, ...]) -> tuple[int, ...] | None:
    """Tokens of a fixed phrase at `start`, by lower-cased text ("according to")."""
    if start + len(words) > len(doc):
        return None
    span = range(start, start + len(words))
    return tuple(span) if all(doc[i].lower_ == w for i, w in zip(span, words, strict=True)) else None


def _verb(token: Token, candidate: Entry) -> tuple[int, ...] | None:
    """Tokens of a verb entry headed by `token`: the verb, with its particle or complement ("point out", "call for", "make clear")."""
    if len(candidate.words) == 1:
        return (token.i,)
    want = candidate.words[1]
    for child in token.children:
        if child.i <= token.i or child.i > token.i + 8:
            continue
        if child.lower_ == want and (dep(child) in ("compound:prt", "xcomp", "advmod", "prep") or child.i == token.i + 1):
            return (token.i, child.i)
        if child.lower_ != want and dep(child) in ("obl", "xcomp", "advcl", "nmod") and child.i <= token.i + 8:
            for grand in child.children:  # "called for talks": the preposition is a case mark of its complement
                if grand.lower_ == want and dep(grand) in ("case", "mark") and grand.i == token.i + 1:
                    return (token.i, grand.i)
    following = token.i + 1
    if following < len(token.doc) and token.doc[following].lower_ == want and candidate.lemma in ("make clear", "rule out", "point out"):
        return (token.i, following)
    return None


def cue_at(token: Token) -> Cue | None:
    """The reporting word a token heads, None where it heads none."""
    table = entries()
    lower = token.lower_
    for pos in ("ADP", "VERB"):
        for candidate in table.get((lower, pos), ()):
            if candidate.frames & {"adjunct", "cited"}:
                found = _phrase(token.doc, token.i, candidate.words)
                if found:
                    return Cue(candidate, token.i, found)
    lemma = token.lemma_.lower() or lower
    if token.pos_ in ("VERB", "AUX"):
        lemma = forms().get(lower, lemma)
        for candidate in table.get((lemma, "VERB"), ()):
            if "cited" in candidate.frames:
                continue
            found = _verb(token, candidate)
            if found:
                return Cue(candidate, token.i, found)
    elif token.pos_ == "NOUN":
        for candidate in table.get((lemma, "NOUN"), ()):
            if len(candidate.words) == 1:
                return Cue(candidate, token.i, (token.i,))
    return None


def cues(doc: Doc, skip: Collection[int] = ()) -> Iterator[Cue]:
    """Every reporting word of the Doc in order; tokens in `skip` (boilerplate) are left out."""
    for token in doc:
        if not token.is_space and token.i not in skip:
            found = cue_at(token)
            if found is not None:
                yield found
