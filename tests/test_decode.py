"""Decoding cannot give broken spans or broken trees, whatever the encoder says."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.language.decode import bio_spans, relations, softmax, tree
from pipeline.language.labels import apply_script, bio, script_of

CLASSES = bio(("A", "B"))
logits = st.integers(1, 12).flatmap(lambda n: arrays(np.float32, (n, len(CLASSES)), elements=st.floats(-8, 8, width=32)))
square = st.integers(1, 7).flatmap(lambda n: arrays(np.float64, (n, n), elements=st.floats(-5, 5), unique=True))


@given(logits, st.sets(st.integers(0, 11)))
def test_spans_are_ordered_disjoint_and_keep_within_breaks(scores: np.ndarray, breaks: set[int]) -> None:
    stops = sorted(b for b in breaks if b < len(scores))
    found = bio_spans(scores, CLASSES, stops)
    for (_, end, _, _), (start, *_) in itertools.pairwise(found):
        assert end <= start
    for start, end, label, chance in found:
        assert 0 <= start < end <= len(scores)
        assert label in ("A", "B")
        assert 0 <= chance <= 1 + 1e-6
        assert not any(start < s < end for s in stops)


@given(logits, st.sampled_from([0.0, 1.5]))
def test_spans_are_the_best_path_that_obeys_bio(scores: np.ndarray, cost: float) -> None:
    """Against brute force over all tag sequences of short texts."""
    scores = scores[:5]
    log = np.log(softmax(scores) + 1e-9)
    log[:, CLASSES.index("B-A")] -= cost

    def legal(path: tuple[int, ...]) -> bool:
        return all(t % 2 or not t or (i and path[i - 1] in (t, t - 1)) for i, t in enumerate(path))

    best = max(
        sum(log[i, t] for i, t in enumerate(path)) for path in itertools.product(range(len(CLASSES)), repeat=len(scores)) if legal(path)
    )
    tags = np.zeros(len(scores), int)
    for start, end, label, _ in bio_spans(scores, CLASSES, costs={"A": cost}):
        tags[start] = CLASSES.index(f"B-{label}")
        tags[start + 1 : end] = CLASSES.index(f"I-{label}")
    assert sum(log[i, t] for i, t in enumerate(tags)) == pytest.approx(best, abs=1e-3)


def test_an_inside_tag_without_a_beginning_becomes_a_span_that_has_one() -> None:
    scores = np.full((3, len(CLASSES)), -5.0, np.float32)
    scores[0, 0] = scores[2, 0] = 5
    scores[1, CLASSES.index("I-A")] = 5
    scores[1, CLASSES.index("B-A")] = 4
    assert [s[:3] for s in bio_spans(scores, CLASSES)] == [(1, 2, "A")]


def test_a_price_on_beginnings_joins_the_pieces_of_a_span() -> None:
    scores = np.full((5, len(CLASSES)), -6.0)
    scores[[0, 1, 3, 4], CLASSES.index("I-A")] = 3
    scores[[0, 3], CLASSES.index("B-A")] = 3.5
    scores[2, 0], scores[2, CLASSES.index("I-A")] = 2, 0.9
    assert [s[:2] for s in bio_spans(scores, CLASSES)] == [(0, 2), (3, 5)]
    assert [s[:2] for s in bio_spans(scores, CLASSES, costs={"A": 2.0})] == [(0, 5)]


@given(square)
def test_trees_have_one_root_and_no_cycle(scores: np.ndarray) -> None:
    heads = tree(scores)
    assert (heads == np.arange(len(heads))).sum() == 1
    for word in range(len(heads)):
        for _ in heads:
            word = heads[word]
        assert heads[word] == word


@settings(max_examples=60)
@given(st.integers(2, 3).flatmap(lambda n: arrays(np.float64, (n, n), elements=st.floats(-5, 5), unique=True)))
def test_trees_of_short_sentences_are_the_best_ones(scores: np.ndarray) -> None:
    n = len(scores)

    def is_tree(heads: tuple[int, ...]) -> bool:
        if sum(h == i for i, h in enumerate(heads)) != 1:
            return False
        for word in range(n):
            for _ in range(n):
                word = heads[word]
            if heads[word] != word:
                return False
        return True

    best = max(scores[range(n), heads].sum() for heads in itertools.product(range(n), repeat=n) if is_tree(heads))
    assert scores[range(n), tree(scores)].sum() >= best - 1e-9  # three roots are tried: all there are


def test_relations_are_the_biaffine_form() -> None:
    rng = np.random.default_rng(0)
    left, right, weights = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(5, 4, 4))
    got = relations(left, right, weights)
    for k, r in itertools.product(range(4), range(5)):
        assert got[k, r] == pytest.approx(np.append(left[k], 1) @ weights[r] @ np.append(right[k], 1), abs=1e-6)


@pytest.mark.parametrize(
    ("form", "lemma"),
    [("troops", "troop"), ("was", "be"), ("Said", "say"), ("Baku", "Baku"), ("better", "good"), ("n't", "not"), ("US", "US"), ("22", "22")],
)
def test_lemma_scripts_give_the_lemma_back(form: str, lemma: str) -> None:
    assert apply_script(form, script_of(form, lemma)) == lemma


@given(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
def test_lemma_scripts_never_fail(form: str, other: str) -> None:
    assert isinstance(apply_script(form, script_of(other, form)), str)
