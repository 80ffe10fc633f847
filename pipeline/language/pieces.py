"""Words to what the encoder reads: word-piece ids and a feature number per piece.

The encoder is uncased; what casing and layout say is given back by a learned embedding of each piece's feature number, which combines the
word's shape, whether white space stands before it, and whether it opens a paragraph.
"""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np
from tokenizers import Tokenizer

MOST_PIECES = 8
"""Pieces kept of one word; the rest of a longer word (a URL, a chemical name) says little and costs much."""

SHAPES = ("other", "lower", "title", "upper", "mixed", "digits", "digit+", "punct", "capital")
FEATURES = len(SHAPES) * 4 + 1
"""Feature numbers: shape x blank before x paragraph start; the last one is for the frame ([CLS], [SEP], [PAD])."""
FRAME_FEATURE = FEATURES - 1

CLS, SEP, PAD, UNK, MASK = 101, 102, 0, 100, 103  # ids of BERT's vocabulary


def shape(word: str) -> int:
    """The shape class of a word, an index into SHAPES."""
    if word.isalpha():
        if word.islower():
            return 1
        if word.isupper():
            return 8 if len(word) == 1 else 3
        return 2 if word[0].isupper() and word[1:].islower() else 4
    if word.isdigit():
        return 5
    if any(c.isdigit() for c in word):
        return 6
    if not any(c.isalnum() for c in word):
        return 7
    if word.islower():
        return 1
    letters = [c for c in word if c.isalpha()]
    return 3 if all(c.isupper() for c in letters) else 2 if word[0].isupper() else 4


@dataclasses.dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text's words: `ids` and `features` are flat; word i owns pieces offsets[i]:offsets[i + 1]."""

    ids: np.ndarray
    features: np.ndarray
    offsets: np.ndarray


class PieceEncoder:
    """Cuts words into word pieces; a word is cut once and remembered."""

    def __init__(self, path: str | pathlib.Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._seen: dict[str, tuple[tuple[int, ...], int]] = {}

    def word(self, word: str) -> tuple[tuple[int, ...], int]:
        """(piece ids, shape) of a word; at least one piece."""
        known = self._seen.get(word)
        if known is None:
            ids = self._tokenizer.encode(word, add_special_tokens=False).ids or [UNK]
            known = (tuple(ids[:MOST_PIECES]), shape(word))
            if len(self._seen) > 1 << 18:  # bounds memory on endless input
                self._seen.clear()
            self._seen[word] = known
        return known

    def __call__(self, words: list[str], blank_before: list[bool], opens_paragraph: list[bool]) -> Pieces:
        """Pieces of a text's words; the three lists have one entry a word."""
        ids: list[int] = []
        features: list[int] = []
        offsets = np.zeros(len(words) + 1, np.int64)
        for i, word in enumerate(words):
            pieces, kind = self.word(word)
            feature = kind * 4 + 2 * blank_before[i] + opens_paragraph[i]
            ids.extend(pieces)
            features.extend([feature] * len(pieces))
            offsets[i + 1] = len(ids)
        return Pieces(np.array(ids, np.int32), np.array(features, np.int32), offsets)
