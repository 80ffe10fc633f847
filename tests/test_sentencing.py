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


def _starts(text: str, *said: int, paragraphs: tuple[int, ...] = (0,)) -> list[int]:
    """First words of the sentences where the head says starts at `said` alone."""
    words = text.split(" ")
    logits = np.tile([1.0, 0.0], (len(words), 1))
    logits[list(said), 1] = 2.0
    return [first for first, _ in sentence_bounds(logits, words, paragraphs, {})]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("The tram was late . Nobody had told them", [0, 5]),
        ("They saw Juarez . Nobody had told them", [0, 4]),
        ("They went . ( Nobody had told them . )", [0, 3]),
        ("“ They went . ” Nobody had told them", [0, 5]),
        ('He calls it " fate . " " Nobody had told them', [0, 7]),
        ('He calls it so . " Nobody had told them', [0]),  # a straight mark may close or open: the head's affair
        ("Two Sens . Nobody and Smith came", [0]),
        ("It cost 4 . Nobody paid", [0]),
        ("They went . nobody had told them", [0]),
    ],
)
def test_a_stop_after_a_plain_word_ends_a_sentence(text: str, starts: list[int]) -> None:
    assert _starts(text) == starts


def test_no_sentence_begins_after_a_comma_but_a_salutations() -> None:
    assert _starts("There was nothing to be done , He left", 7) == [0]
    assert _starts("Dear Mr. Smith , There is nothing to be done", 4) == [0, 4]
    assert _starts("There was nothing to be done , He left", paragraphs=(0, 7)) == [0, 7]


def test_a_dash_after_a_stop_opens_the_sentence_that_follows() -> None:
    assert _starts("Trading stops : -- Prices fall by ten points", 4) == [0, 3]
    assert _starts("Trading stops -- Prices fall by ten points", 3) == [0, 3]


def test_one_bare_word_is_no_sentence() -> None:
    assert _starts("Gunmen attacked the village", 1) == [0]
    assert _starts("Officials Gunmen attacked the village", 1, paragraphs=(0, 1)) == [0, 1]
    assert _starts("Why ? Nobody knows", 2) == [0, 2]
    assert _starts("No ! Nobody knows", 2, paragraphs=(0,)) == [0, 2]


def test_no_sentence_begins_small_without_a_stop_before() -> None:
    assert _starts("Paris railway police attacked the village", 3) == [0]
    assert _starts("Paris railway police attacked the village", 3, paragraphs=(0, 3)) == [0, 3]
    assert _starts("did he go ? he did not say", 4) == [0, 4]
