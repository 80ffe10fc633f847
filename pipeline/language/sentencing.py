"""Sentence bounds: the learned head, the paragraphs and lists that overrule it, and marks that cannot stand alone."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline import lexicon

LONGEST_SENTENCE = 400
"""A sentence of more words (a table, a list without stops) is cut: arc scores grow with its square."""
OPENING_MARKS = frozenset("-–—―•‣⁃◦▪·")
"""Dashes and bullets: by themselves they open what follows ("- What do you mean? - Just that.")."""
CLOSING_MARKS = frozenset("\"”’')]}»")
"""By themselves they end what goes before."""

TWO_WAY = frozenset("\"'")
"""Straight marks, which open and close alike."""
OPENERS = frozenset("“‘([{«") | {"``"}
DASHES = frozenset("-–—") | {"--"}
STOPS = frozenset(".!?:;")
ENDS = STOPS | {"…", ","}
"""What a sentence in small letters may follow."""
SALUTATION = 6
"""Words, comma and all, of "Dear Mr. and Mrs. Smith," at most."""


def sentence_bounds(
    logits: np.ndarray, words: Sequence[str], paragraphs: Sequence[int], forced: Mapping[int, bool]
) -> list[tuple[int, int]]:
    """(first, end) words of the sentences of a text.

    logits: [words, 2], no start and start; paragraphs: first words of paragraphs, always starts; forced: words for which it is settled
    whether they open a sentence."""
    start = logits[:, 1] > logits[:, 0]
    start[_openers(words)] = True
    start[_after_stops(words)] = True
    start[list(forced)] = list(forced.values())
    start[list(paragraphs)] = True
    _unbroken(start, words, {*paragraphs, *forced})
    start[_seconds(words, paragraphs, forced)] = False
    edges = [*np.flatnonzero(start).tolist(), len(start)]
    whole = _joined(list(itertools.pairwise(edges)), words, set(paragraphs))
    return [(a, min(a + LONGEST_SENTENCE, end)) for first, end in whole for a in range(first, end, LONGEST_SENTENCE)]


def _openers(words: Sequence[str]) -> list[int]:
    """Words that open a sentence because an abbreviation's stop or a row of four spaced stops goes before and no name begins like them."""
    known = openers()
    found = [
        i
        for i in range(1, len(words))
        if words[i] in known and len(words[i - 1]) > 1 and words[i - 1][-1] == "." and words[i - 1][0].isalpha()
    ]
    dots = [i for i in range(4, len(words)) if words[i][0].isupper() and all(w == "." for w in words[i - 4 : i])]
    return found + dots


def _after_stops(words: Sequence[str]) -> list[int]:
    """Capitalised words, or the marks that open them, after a stop that is no abbreviation's: it stands by itself after a plain word.

    Capitalised words are plain from five letters on ("Sens", "Cie" are none)."""
    found = []
    for stop in (i for i in range(1, len(words) - 1) if words[i] == "."):
        before, at = words[stop - 1], stop + 1
        if not (before.isalpha() and len(before) > (1 if before.islower() else 4)):
            continue
        while at < len(words) - 1 and words[at] in CLOSING_MARKS:
            at += 1
        straight = sum(w in TWO_WAY for w in words[stop + 1 : at])
        if straight == 1:
            continue  # does it close or open? the head knows better
        at -= straight == 2  # the first closes, the second opens
        opens = straight == 2 or words[at] in OPENERS
        if words[min(at + opens, len(words) - 1)][0].isupper():
            found.append(at)
    return found


def _seconds(words: Sequence[str], paragraphs: Sequence[int], forced: Mapping[int, bool]) -> list[int]:
    """Second words of paragraphs whose first is a plain word: one bare word is no sentence. The head is unsure there, having never been
    asked about the first words of paragraphs (none of the dev sets loses a boundary by this)."""
    first = set(paragraphs)
    return [i + 1 for i in paragraphs if i + 1 < len(words) and words[i].isalnum() and not {i + 1} & (first | forced.keys())]


def _unbroken(start: np.ndarray, words: Sequence[str], settled: set[int]) -> None:
    """Takes back starts, in place: after a comma (but a salutation's), and of small letters where no stop goes before; and where a sentence
    would begin after a dash that a stop goes before, it begins at the dash."""
    last = 0  # where the sentence before begins
    for i in (np.flatnonzero(start[1:]) + 1).tolist():
        before = i - 1
        while before > 0 and words[before] in CLOSING_MARKS:
            before -= 1
        small = words[i].isalpha() and words[i][0].islower() and words[before][-1] not in ENDS
        if (small or (words[before] == "," and i - last > SALUTATION)) and i not in settled:
            start[i] = False
            continue
        last = i
        if i in settled:
            continue
        if words[i - 1] in DASHES and i > 1 and words[i - 2][-1] in STOPS:
            start[i], start[i - 1] = False, True


@functools.cache
def openers() -> frozenset[str]:
    """The lexicon `sentence_openers`."""
    return frozenset(row["word"] for row in lexicon.load("sentence_openers").rows)


def _joined(bounds: list[tuple[int, int]], words: Sequence[str], paragraphs: set[int]) -> list[tuple[int, int]]:
    """Sentences, none of them a lone mark where its paragraph has words: a lone dash or bullet goes with the next sentence, closing
    marks with the one before."""
    out: list[tuple[int, int]] = []
    opening: int | None = None  # first word of a lone dash that waits for its sentence
    for first, end in bounds:
        lone = words[first] if end - first == 1 else ""
        if lone in OPENING_MARKS and end < len(words) and end not in paragraphs:
            opening = first if opening is None else opening
        elif lone in CLOSING_MARKS and out and opening is None and first not in paragraphs:
            out[-1] = (out[-1][0], end)
        else:
            out.append((first if opening is None else opening, end))
            opening = None
    return out
