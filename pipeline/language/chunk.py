"""Noun phrases read along the line of tags: what follows a number is counted by it, whatever a parse says.

Tags are right more often than trees, above all in headlines and long coordinations, so the phrase after a number is read from them; the
tree
is asked for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.language import tree

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
PLURALS = frozenset({"NNS", "NNPS"})
BEFORE_NOUN = frozenset({"JJ", "JJR", "JJS", "VBN", "VBG", "POS", "HYPH", "FW", "AFX", "RB", "RBS", "RBR", "CD", "``", "''"})
DETERMINERS = frozenset({"DT", "PDT", "PRP$", "WDT"})
MAX_WORDS = 12  # words of one chunk; longer runs are lists


def _tag(token: Token) -> str:
    if (
        token.tag_ == "VBD"
        and token.lower_.endswith("ed")
        and token.i + 1 < len(token.doc)
        and token.doc[token.i + 1].tag_ in ("NN", "NNS")
    ):
        return "VBN"  # "38 alleged cases"
    if token.tag_ in ("VB", "VBD", "VBP") and _plural_form(token.lower_) and token.i and token.doc[token.i - 1].tag_ == "CD":
        return "NNS"  # "138 airstrikes": no past or plain form of a verb ends so
    return "HYPH" if token.text in ("-", "–") else token.tag_


def _plural_form(word: str) -> bool:
    return len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def run(doc: Doc, start: int) -> tuple[int, int] | None:
    """The noun chunk that begins at token `start`: (index of its head noun, index after it), or None where no noun comes."""
    head = -1
    if (
        start < len(doc)
        and doc[start].tag_ in ("VBN", "VBG", "VBD")
        and (
            doc[start].pos_ == "AUX"
            or doc[start].lower_ in tree.BE_FORMS
            or start + 1 >= len(doc)
            or doc[start + 1].tag_ in ("NNP", "DT", "RB", "IN", "PRP$", "CD")
        )
    ):
        return None  # "121,000 reached Italy", "140 were guests"
    i, stop = start, min(len(doc), start + MAX_WORDS)
    while i < stop:
        token, tag = doc[i], _tag(doc[i])
        if i > start and token.is_sent_start:
            break
        if tag in NOUNS:
            if head == i - 1 and head >= start and not _joins(doc, head, i):
                break
            head = i
        elif (
            (
                head >= 0
                and tag not in ("POS", "HYPH")
                and not (tag in ("JJ", "VBN", "VBG", "CD") and doc[head].tag_ in ("NNP", "NN") and _noun_soon(doc, i))
            )
            or (tag in ("CC", ",") and not _adjectives(doc, i, start))
            or (tag not in BEFORE_NOUN and tag not in ("CC", ","))
            or (tag == "CD" and i > start and not (doc[i - 1].text in ("-", "–") or _noun_soon(doc, i)))
        ):
            break
        i += 1
    if head < 0:
        return None
    return head, head + 1


def _joins(doc: Doc, head: int, i: int) -> bool:
    """Whether the noun at i goes on the compound whose last noun stands at head."""
    before, now = doc[head], doc[i]
    if before.tag_ in PLURALS:
        return (now.tag_ in PLURALS and not now.text.istitle()) or before.tag_ == "NNPS"
    if before.tag_ == "NN" and now.tag_ in ("NNP", "NNPS"):
        return now.tag_ == "NNPS" or _noun_soon(doc, i + 1)
    return True


def _noun_soon(doc: Doc, i: int) -> bool:
    """Whether a common noun follows at i or right after."""
    return (
        any(j < len(doc) and doc[j].tag_ in ("NN", "NNS") for j in (i, i + 1))
        and i < len(doc)
        and doc[i].tag_ in (*NOUNS, "JJ", "VBN", "VBG", "CD", "HYPH")
    )


def _adjectives(doc: Doc, i: int, start: int) -> bool:
    """Whether a comma or conjunction at i stands between adjectives ("destitute and injured persons")."""
    return (
        i > start
        and i + 1 < len(doc)
        and doc[i - 1].tag_ in ("JJ", "VBN", "JJR")
        and doc[i + 1].tag_ in ("JJ", "VBN", "NN", "NNP")
        and (doc[i + 1].tag_ in ("JJ", "VBN") and _noun_soon(doc, i + 1))
    )


def phrase(doc: Doc, start: int, *, coordination: bool = True) -> tuple[int, int] | None:
    """The phrase from `start`: chunk, "of" phrases after it and the plural nouns coordinated to it: (head of the first chunk, index
    after all)."""
    first = run(doc, start)
    if first is None:
        return None
    head, end = first
    end = _with_of(doc, end)
    if coordination and (doc[head].tag_ in PLURALS or doc[head].lower_ == "people"):
        while end + 1 < len(doc) and doc[end].lower_ in ("and", "or") and doc[end + 1].tag_ not in ("CD", *DETERMINERS):
            other = run(doc, end + 1)
            if other is None or doc[other[0]].tag_ not in PLURALS:
                break
            end = _with_of(doc, other[1])
    return head, end


def _with_of(doc: Doc, end: int, depth: int = 0) -> int:
    """The end of the phrase with the "of" phrase that follows."""
    if depth > 2 or end + 1 >= len(doc) or doc[end].lower_ != "of":
        return end
    at = end + 1
    while at < len(doc) and doc[at].tag_ in DETERMINERS:
        at += 1
    inner = run(doc, at)
    return end if inner is None else _with_of(doc, inner[1], depth + 1)
