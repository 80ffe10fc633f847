"""Sentence bounds from the head's scores, paragraphs, forced starts and lone marks."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.language.sentencing import LONGEST_SENTENCE, sentence_bounds


def bounds(words: str, starts: set[int], paragraphs: tuple[int, ...] = (0,), forced: dict[int, bool] | None = None) -> list[str]:
    listed = words.split()
    logits = np.array([[0.0, 1.0 if i in starts else -1.0] for i in range(len(listed))])
    return [" ".join(listed[a:b]) for a, b in sentence_bounds(logits, listed, paragraphs, forced or {})]


@pytest.mark.parametrize(
    ("words", "starts", "paragraphs", "expected"),
    [
        ("They met . They left .", {3}, (0,), ["They met .", "They left ."]),
        ("- Why ? - No reason .", {1, 3, 4}, (0,), ["- Why ?", "- No reason ."]),  # a dash opens the next turn
        ('He left . " She stayed .', {3, 4}, (0,), ['He left . "', "She stayed ."]),  # a mark left over closes the last
        ("He left . -", {3}, (0,), ["He left .", "-"]),  # nothing to open
        ("He left . - Next story", {3}, (0, 4), ["He left .", "-", "Next story"]),  # never over a paragraph's edge
        ('He left " Next', {2}, (0, 2), ["He left", '" Next']),
        ("Sold to Pitt & Co. It closed .", set(), (0,), ["Sold to Pitt & Co.", "It closed ."]),  # no name begins with "It"
        ("Sold to Pitt & Co. Limited .", set(), (0,), ["Sold to Pitt & Co. Limited ."]),
        ("Gone . . . . Next came rain", set(), (0,), ["Gone . . . .", "Next came rain"]),  # an ellipsis and a full stop
        ("Gone . . . Next", set(), (0,), ["Gone . . . Next"]),
    ],
)
def test_bounds(words: str, starts: set[int], paragraphs: tuple[int, ...], expected: list[str]) -> None:
    assert bounds(words, starts, paragraphs) == expected


def test_forced_starts_overrule_the_head_but_not_paragraphs() -> None:
    assert bounds("a b c d", {1}, (0, 3), {1: False, 2: True, 3: False}) == ["a b", "c", "d"]


def test_long_sentences_are_cut() -> None:
    found = bounds("word " * (LONGEST_SENTENCE + 5), set())
    assert [len(s.split()) for s in found] == [LONGEST_SENTENCE, 5]
