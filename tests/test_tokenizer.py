"""Tokens are UD English's, cover every character, and the Doc's text is the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from pipeline.language.tokenizer import LONGEST_WORD, make_doc, spans

CASES = [
    ("a U.S.-led force", ["a", "U.S.", "-", "led", "force"]),
    ("a 45-year-old man", ["a", "45", "-", "year", "-", "old", "man"]),
    ("Baku's army can't stay", ["Baku", "'s", "army", "ca", "n't", "stay"]),
    ("Nagorno-Karabakh", ["Nagorno", "-", "Karabakh"]),
    ("$4.5 billion", ["$", "4.5", "billion"]),
    ("US$4.5 billion", ["US$", "4.5", "billion"]),
    ("in 2012-13 or 3-0", ["in", "2012-13", "or", "3-0"]),
    ("an anti-government, non-aligned group", ["an", "anti-government", ",", "non-aligned", "group"]),
    ("J. R. Smith Jr. left.", ["J.", "R.", "Smith", "Jr.", "left", "."]),
    ("troops and/or tanks", ["troops", "and", "/", "or", "tanks"]),
    ("He said: “No.”", ["He", "said", ":", "“", "No", ".", "”"]),
    ("wait----now!!!", ["wait", "----", "now", "!!!"]),
    ("the 10,000-strong crowd", ["the", "10,000", "-", "strong", "crowd"]),
    ("war—again", ["war", "—", "again"]),
]


@pytest.mark.parametrize(("text", "words"), CASES, ids=[c[0] for c in CASES])
def test_words(text: str, words: list[str]) -> None:
    assert [text[a:b] for a, b in spans(text)] == words


@given(st.text(max_size=200))
def test_every_character_is_in_one_word_and_the_doc_is_the_text(text: str) -> None:
    found = spans(text)
    covered = [i for a, b in found for i in range(a, b)]
    assert covered == sorted(set(covered))
    assert set(range(len(text))) - set(covered) == {i for i, c in enumerate(text) if c.isspace()}
    assert make_doc(Vocab(), text, found).text == text


def test_a_line_without_blanks_is_cut() -> None:
    text = "x" * (3 * LONGEST_WORD + 5)
    assert [b - a for a, b in spans(text)] == [LONGEST_WORD] * 3 + [5]
