"""Headlines that quote without a verb: "Minister: 'We will not go'", "Dozens dead in raid: police"."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from pipeline.language.attribution import Attribution, phrase, trim
from pipeline.language.cues import text_of
from pipeline.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_COLON = re.compile(r":\s+")
MOST_WORDS = 6  # a name with its office before the colon; longer ones are topics or sentences
_QUOTE = frozenset("“\"‘'«")


@functools.cache
def _sources() -> frozenset[str]:
    return frozenset(r["lemma"].lower() for name in ("unnamed_sources", "speaker_nouns") for r in load(name).rows)


def _names_speaker(span: Span, quoted: bool) -> Token | None:
    """The head of a phrase that can speak, None for a topic ("Syria crisis") or a sentence."""
    root: Token = span.root
    if any(t.pos_ in ("VERB", "AUX") for t in span):
        return None
    labels = {t.ent_type_ for t in span if t.ent_type_}
    last = next((t for t in reversed(list(span)) if not t.is_punct and not t.is_space), root)
    if last.ent_type_ in ("PERSON", "ORG", "FAC"):
        return root if root.ent_type_ == last.ent_type_ else last
    if last.lemma_.lower() in _sources() or last.lower_ in _sources():
        return root if root.lemma_.lower() in _sources() else last
    if quoted and (labels & {"LOC", "NORP", "GPE", "PERSON", "ORG", "FAC"} or root.pos_ == "PROPN"):
        return root
    return None


def headline(doc: Doc, start: int, end: int) -> Attribution | None:
    """The attribution a title's colon makes, None where it makes none. `start`, `end`: the title's characters."""
    text = text_of(doc)
    colons = list(_COLON.finditer(text, start, end))
    if not colons:
        return None
    first, last = colons[0], colons[-1]
    words = len(text[start : first.start()].split())
    if 0 < words <= MOST_WORDS or (words <= 2 * MOST_WORDS and text[first.end() : first.end() + 1] in _QUOTE):
        left = doc.char_span(start, first.start(), alignment_mode="contract")
        quoted = any(c in _QUOTE for c in text[first.end() : end])
        token = _names_speaker(left, quoted) if left is not None and len(left) else None
        if token is not None and end - first.end() > 12:
            return _made(doc, token, (start, first.start()), (first.end(), end))
    if 0 < len(text[last.end() : end].split()) <= MOST_WORDS:
        right = doc.char_span(last.end(), end, alignment_mode="contract")
        body = doc.char_span(start, last.start(), alignment_mode="contract")
        token = _names_speaker(right, False) if right is not None and len(right) else None
        if token is not None and body is not None and len(body) > 3:
            return _made(doc, token, (last.end(), end), (start, last.start()))
    return None


def _made(doc: Doc, token: Token, side: tuple[int, int], said: tuple[int, int]) -> Attribution:
    """`side`: characters of the title's part that names who speaks; `said`: of the other."""
    start, end = phrase(token)
    source = (max(start, side[0]), min(end, side[1]))
    return Attribution((), None, source, token.i, [trim(text_of(doc), *said)], "headline", "headline", 0.75)
