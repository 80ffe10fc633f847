"""Who answers for a figure: the speaker of the quote it stands in, of a cue beside it, whoever reported it, or the source of the number it
breaks down."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline import lexicon
from pipeline.language import answerable, tree
from pipeline.language.coreference import entity_at
from pipeline.language.entitylike import EntityLike
from pipeline.language.figures import Figure
from pipeline.language.predicates import lemma
from pipeline.language.rowlike import QuoteLike
from pipeline.text.numbers import NumberSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Whoever answers for a figure, and the quote it stands in."""

    speaker: str | None
    quote: QuoteLike | None


def sources(doc: Doc, found: Sequence[Figure], quotes: Sequence[QuoteLike], entities: Sequence[EntityLike]) -> list[Source]:
    """Who answers for each figure: the speaker of the quote it stands in; else of a reporting verb that governs it, or of the sentence's
    "according to"; else whoever reports it without being quoted; else, where the sentence breaks a number down, whoever gave that."""
    out: list[Source] = []
    for k, one in enumerate(found):
        quote = _quote_of(one.span, quotes)
        if quote is not None:  # whoever denies something does not claim its figures
            out.append(Source(None if quote.cue_class == "deny" else quote.speaker, quote))
        else:
            speaker = _speaker_beside(doc, one, quotes) or _reporter(doc, one, entities)
            if speaker is None and k and answerable.continues_count(one.sentence.text):
                before = found[k - 1].sentence
                near = before.paragraph == one.sentence.paragraph and one.sentence.sentence_id - before.sentence_id <= 1
                speaker = out[k - 1].speaker if near else None
            out.append(Source(speaker, None))
    return out


def _quote_of(span: NumberSpan, quotes: Sequence[QuoteLike]) -> QuoteLike | None:
    """The innermost quote one of whose pieces holds the figure."""
    best: tuple[int, QuoteLike] | None = None
    for quote in quotes:
        if quote.start > span.number_start:
            break
        for piece in (quote.segments or f"{quote.start}:{quote.end}").split():
            low, high = map(int, piece.split(":"))
            if low <= span.number_start and span.number_end <= high and (best is None or quote.end - quote.start < best[0]):
                best = (quote.end - quote.start, quote)
    return best[1] if best else None


# ---------------------------------------------------------------- quotes beside the figure

_BREAK = re.compile('[.;:,"“”()\n—–]|\\b(?:and|but|while|who|which|as|after|before|when|since|because|although|though|if)\\b')


def _speaker_beside(doc: Doc, one: Figure, quotes: Sequence[QuoteLike]) -> str | None:
    """The speaker of a cue in the figure's sentence whose content was read too short to hold the figure."""
    for quote in quotes:
        if quote.cue_start is None or quote.cue_end is None or not one.sentence.start <= quote.cue_start < one.sentence.end:
            continue
        if quote.cue_class == "deny":
            continue
        whole = "adjunct" in quote.rule.partition("/")[0]
        if whole or _clipped(doc.text, one, quote) or answerable.governed(doc, (quote.cue_start, quote.cue_end), one.span.number_start):
            return quote.speaker
    return None


def _clipped(text: str, one: Figure, quote: QuoteLike) -> bool:
    """Whether the figure touches a content that was cut inside its clause: no end of a clause stands between the two, nor the cue."""
    if quote.cue_start is None or quote.cue_end is None:
        return False
    if one.span.end <= quote.start:
        low, high = one.span.end, quote.start
        return high - low <= 40 and not low <= quote.cue_start < high and one.start >= quote.cue_end and not _BREAK.search(text, low, high)
    if quote.end <= one.span.start:
        low, high = quote.end, one.span.start
        return high - low <= 40 and quote.cue_end <= quote.start and not _BREAK.search(text, low, high)
    return False


# ---------------------------------------------------------------- reports without a quote


@functools.cache
def _words() -> dict[str, frozenset[str]]:
    """The `claim_sources` lexicon: words by role."""
    roles: dict[str, set[str]] = {}
    for row in lexicon.load("claim_sources").rows:
        roles.setdefault(row["role"], set()).add(row["word"])
    return {role: frozenset(words) for role, words in roles.items()}


def _reporter(doc: Doc, one: Figure, entities: Sequence[EntityLike]) -> str | None:
    """Whoever reports a figure that is no part of a quote: the subject of "reported treating 19", the maker of "ministry figures show",
    the owner of "the union's estimate of 40"."""
    word = tree.head_of(doc, one.span.number_start, one.span.number_end)
    if word is None:
        return None
    owner = _estimated_by(doc, one)
    if owner is not None:
        return _named(doc, owner, entities)
    for below, verb in _steps(word):
        if verb.pos_ != "VERB" or verb.idx > one.span.number_start or not one.sentence.start <= verb.idx:
            continue
        subject = next((c for c in verb.children if tree.dep(c) == "nsubj"), None)
        if subject is None or subject.pos_ not in ("NOUN", "PROPN"):
            continue
        if lemma(verb) in _words()["showing"] and lemma(subject) in _words()["record"]:
            maker = next((c for c in reversed(list(subject.lefts)) if tree.dep(c) in ("compound", "nmod:poss")), None)
            return _named(doc, maker, entities) if maker is not None else None
        if _gives(verb, below):
            return _named(doc, subject, entities)
    return None


def _steps(word: Token) -> Iterator[tuple[Token, Token]]:
    """(token, its head) from the word up to its clause's root."""
    below = word
    for above in tree.ancestors(word):
        yield below, above
        below = above


def _gives(verb: Token, below: Token) -> bool:
    """Whether a verb reports what stands in this child of it."""
    if lemma(verb) in _words()["reporting"] and verb.tag_ in ("VBD", "VBZ", "VBP", "VBN"):
        return tree.dep(below) in ("obj", "ccomp", "xcomp")
    return lemma(verb) in _words()["naming"] and tree.dep(below) in ("obl", "xcomp") and any(c.lower_ == "as" for c in below.children)


def _estimated_by(doc: Doc, one: Figure) -> Token | None:
    """The possessor in "the union's estimate of 40"."""
    number = one.counted.number
    if number is None or number.start < 2 or doc[number.start - 1].lower_ != "of":
        return None
    noun = doc[number.start - 2]
    if lemma(noun) not in _words()["estimate"]:
        return None
    return next((c for c in noun.lefts if tree.dep(c) == "nmod:poss" and c.pos_ in ("NOUN", "PROPN")), None)


def _named(doc: Doc, head: Token, entities: Sequence[EntityLike]) -> str | None:
    """The canonical name of the person or organisation a phrase's head stands in; None where no entity is named."""
    entity = entity_at(doc, entities, head)
    return entity.canonical if entity is not None and entity.label in ("PERSON", "ORG", "LOC") else None
