"""Windows read every word once, whole paragraphs where they fit, and never more pieces than they may."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.encoder import batches, windows
from pipeline.language.pieces import SHAPES, shape


@given(st.lists(st.lists(st.integers(1, 8), min_size=1, max_size=60), min_size=1, max_size=8), st.integers(16, 64))
def test_every_word_is_kept_once_and_windows_are_short(paragraphs: list[list[int]], size: int) -> None:
    lengths = [n for p in paragraphs for n in p]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    firsts = np.concatenate([[0], np.cumsum([len(p) for p in paragraphs])])[:-1].tolist()
    found = windows(0, offsets, firsts, size=size, overlap=size // 3)
    kept = [i for w in found for i in range(w.keep_first, w.keep_last)]
    assert kept == list(range(len(lengths)))
    for w in found:
        assert w.first <= w.keep_first < w.keep_last <= w.last
        assert offsets[w.last] - offsets[w.first] <= size


def test_paragraphs_that_fit_stay_together() -> None:
    offsets = np.arange(31)
    found = windows(0, offsets, [0, 10, 20], size=20)
    assert [(w.first, w.last) for w in found] == [(0, 20), (20, 30)]


def test_shapes() -> None:
    words = {"troops": "lower", "Baku": "title", "UN": "upper", "McCain": "mixed"}
    words |= {"286": "digits", "6,500": "digit+", "--": "punct", "A": "capital"}
    assert {w: SHAPES[shape(w)] for w in words} == words


@given(st.lists(st.integers(1, 130), max_size=30).map(sorted), st.integers(64, 600), st.integers(0, 40))
def test_batches_hold_every_window_once_within_the_limit(widths: list[int], limit: int, call: int) -> None:
    found = batches(widths, limit=limit, call=call)
    assert [i for first, end in found for i in range(first, end)] == list(range(len(widths)))
    for first, end in found:
        assert (end - first) * widths[end - 1] <= limit or end - first == 1


def test_batches_cost_least() -> None:
    widths = [10, 10, 12, 60, 64]
    assert batches(widths, limit=512, call=16) == [(0, 3), (3, 5)]  # two pieces of padding are cheaper than a call, fifty are not
    assert batches(widths, limit=512, call=1000) == [(0, 5)]
    assert batches(widths, limit=64, call=16) == [(0, 3), (3, 4), (4, 5)]
