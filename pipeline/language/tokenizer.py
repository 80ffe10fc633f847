"""Word tokenisation as UD English does it: spaCy's English rules, extended where news and UD need it.

`spans` cuts a text into word spans (no white space); `make_doc` builds the spaCy Doc those spans stand for. The Doc is a pure
function of (text, spans), so that a Doc rebuilt from the `tokens` table equals the one the encoder read.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from spacy.lang.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, HYPHENS, LIST_ELLIPSES, LIST_ICONS
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from spacy.vocab import Vocab

LONGEST_WORD = 200
"""A run of non-blank characters beyond this is cut into pieces of this length: no word is longer, and spaCy's affix search is
quadratic in it (a 5 MB line without blanks would never end)."""

_CHUNK = re.compile(r"\S+")

_UNSPLIT = ("e", "non", "anti", "pre", "post", "co", "re", "ex", "counter", "pro", "mis", "inter", "multi", "sub", "semi", "vice")
"""Prefixes that UD English-EWT leaves joined to the word behind their hyphen (read off its training trees)."""

_RUN = "|".join(rf"{re.escape(mark)}{{2,}}" for mark in "*=_!?$#~-")
"""A run of one mark ("!!!", "----") is one word in UD."""


def _tokenizer(vocab: Vocab) -> Tokenizer:
    """spaCy's English tokenizer with UD's hyphens, slashes, currency codes and units.

    Infixes: a hyphen or dash between word characters splits ("U.S.-led", "mid-2012", "45-year-old"), as in UD English-EWT since 2.13;
    digits keep theirs ("2012-13", "3-0"). A slash between letters splits ("and/or").
    """
    defaults = English.Defaults
    unsplit = "".join(rf"(?<!\b{p})(?<!\b{p.title()})" for p in _UNSPLIT)
    infixes = [
        *LIST_ELLIPSES,
        *LIST_ICONS,
        r"(?<=[0-9])[+*^](?=[0-9-])",
        rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
        rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
        rf"{unsplit}(?<=[{ALPHA}0-9.])(?:{HYPHENS})(?=[{ALPHA}])",
        rf"(?<=[{ALPHA}])(?:{HYPHENS})(?=[0-9])",
        r"(?<=[0-9])(?:–|—|--+)(?=[0-9])",
        rf"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])",
        rf"(?<=[{ALPHA}0-9])[\[\]()](?=[{ALPHA}0-9])",
        rf"(?<=[{ALPHA}0-9.,!?])[\"“”](?=[{ALPHA}0-9])",
        r"—",
    ]
    prefixes = [_RUN, *(defaults.prefixes or ()), r"US(?=\$)", r"[A-Z]{1,2}(?=\$[0-9])"]
    suffixes = [_RUN, *(defaults.suffixes or ())]
    rules = {word: rule for word, rule in (defaults.tokenizer_exceptions or {}).items() if "/" not in word}
    return Tokenizer(
        vocab,
        rules=rules,
        prefix_search=compile_prefix_regex(prefixes).search,
        suffix_search=compile_suffix_regex(suffixes).search,
        infix_finditer=compile_infix_regex(infixes).finditer,
        url_match=defaults.url_match,
    )


@functools.cache
def _shared() -> Tokenizer:
    return _tokenizer(Vocab())


@functools.cache
def _irregular() -> frozenset[str]:
    """Runs of letters that the tokenizer's rules split or know ("cannot", "dont")."""
    return frozenset(word for word in _shared().rules or () if word.isalpha())


@functools.lru_cache(maxsize=1 << 16)
def _cut(chunk: str) -> tuple[int, ...]:
    """Ends of the words in a run of non-blank characters."""
    plain = chunk.removesuffix(",")
    if plain.isascii() and plain.isalpha() and len(chunk) <= LONGEST_WORD and plain not in _irregular():
        return (len(chunk),) if plain is chunk else (len(plain), len(chunk))  # no rule of spaCy's or ours looks inside such a word
    ends, at = [], 0
    for piece in (chunk[i : i + LONGEST_WORD] for i in range(0, len(chunk), LONGEST_WORD)):
        for word in _shared()(piece):
            at += len(word.text)
            ends.append(at)
    return tuple(ends)


def spans(text: str) -> list[tuple[int, int]]:
    """Word spans of a text, (start, end) in code points; every non-blank character belongs to exactly one word."""
    out: list[tuple[int, int]] = []
    for match in _CHUNK.finditer(text):
        start = at = match.start()
        for end in _cut(match.group()):
            out.append((at, start + end))
            at = start + end
    return out


def make_doc(vocab: Vocab, text: str, words: Sequence[tuple[int, int]]) -> Doc:
    """The Doc of a text whose words are given: gaps wider than one blank become whitespace tokens, so that doc.text == text."""
    texts: list[str] = []
    blanks: list[bool] = []
    at = 0
    for start, end in words:
        _fill(text[at:start], texts, blanks)
        texts.append(text[start:end])
        blanks.append(False)
        at = end
    _fill(text[at:], texts, blanks)
    return Doc(vocab, words=texts, spaces=blanks)


def _fill(gap: str, texts: list[str], blanks: list[bool]) -> None:
    """White space between words: one blank belongs to the word before it, anything else is a token of its own."""
    if not gap:
        return
    if gap.startswith(" ") and texts:
        blanks[-1], gap = True, gap[1:]
    if gap:
        texts.append(gap)
        blanks.append(False)


class WordTokenizer:
    """The tokenizer of the pipeline `models/wire_en`."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        return make_doc(self.vocab, text, spans(text))

    def to_bytes(self, **_: object) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **__: object) -> WordTokenizer:
        return self

    def to_disk(self, _path: object, **_: object) -> None:
        return None

    def from_disk(self, _path: object, **_: object) -> WordTokenizer:
        return self


def create_tokenizer(nlp: Language) -> WordTokenizer:
    """Factory for spaCy's config (registered in `pipeline.language.model`)."""
    return WordTokenizer(nlp.vocab)
