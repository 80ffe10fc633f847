"""From the encoder's numbers to annotations: BIO tags to spans that cannot be broken, arc scores to trees that are trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SpanFound = tuple[int, int, str, float]
"""First word, last word (excluded), label, probability."""


NO_COSTS: Mapping[str, float] = MappingProxyType({})


def softmax(x: Array) -> Array:
    """Softmax over the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    normal: Array = e / e.sum(-1, keepdims=True)
    return normal


SURE = -7.0
"""Log probability below which a label is given up at once: a word all of whose labels lie below it is outside of every span."""


def bio_spans(logits: Array, classes: Sequence[str], breaks: Sequence[int] = (), costs: Mapping[str, float] = NO_COSTS) -> list[SpanFound]:
    """Spans of BIO logits [words, classes]: the best path (Viterbi) under the rule that I-X follows B-X or I-X.

    classes: O first, then B-X, I-X pairs. breaks: words at which no span goes on (paragraph starts). costs: taken from the log probability
    where a span of a label begins, so that one long span is not read as several. A span's probability is that of its least certain word.
    """
    if not len(logits):
        return []
    scores = logits - logits.max(1, keepdims=True)
    scores = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    chances = np.exp(scores)
    starts, ends = _stretches(scores, breaks)
    for label, cost in costs.items():
        scores[:, classes.index("B-" + label)] -= cost
    out: list[SpanFound] = []
    for first, path in zip(starts.tolist(), _best_paths(scores, starts, ends), strict=True):
        for begin, end, tag in _runs(path):
            chance = chances[first + begin : first + end, tag : tag + 2].sum(1).min()  # B or I: which of the two is seldom in doubt
            out.append((first + begin, first + end, classes[tag][2:], float(chance)))
    return out


def _stretches(scores: Array, breaks: Sequence[int]) -> tuple[Array, Array]:
    """First and last (excluded) words of the runs of words that may be in a span; no run goes over a break."""
    may = scores[:, 1:].max(1) > SURE
    fresh = np.zeros(len(may), bool)
    fresh[0] = True
    fresh[list(breaks)] = True
    before = np.concatenate([[False], may[:-1]])
    after = np.concatenate([may[1:], [False]])
    next_fresh = np.concatenate([fresh[1:], [True]])
    return np.flatnonzero(may & (fresh | ~before)), np.flatnonzero(may & (next_fresh | ~after)) + 1


def _best_paths(scores: Array, starts: Array, ends: Array) -> Iterator[list[int]]:
    """The best path of each stretch of log probabilities, all stretches at once: step t is word t of every stretch that is so long."""
    order = np.argsort(starts - ends, kind="stable")  # longest first, so that those still going are the first rows
    starts, lengths = starts[order], (ends - starts)[order]
    inside = np.arange(2, scores.shape[1], 2)
    best = scores[starts]
    best[:, inside] = -np.inf
    last, back = [best], []
    for t in range(1, int(lengths.max(initial=0))):
        going = int(np.searchsorted(-lengths, -t, side="left"))
        best = best[:going]
        here = scores[starts[:going] + t]
        source = np.repeat(best.argmax(1)[:, None], scores.shape[1], 1)
        value = np.repeat(best.max(1)[:, None], scores.shape[1], 1)
        stays = best[:, inside] >= best[:, inside - 1]
        source[:, inside] = np.where(stays, inside, inside - 1)
        value[:, inside] = np.where(stays, best[:, inside], best[:, inside - 1])
        back.append(source)
        best = value + here
        last.append(best)
    paths: dict[int, list[int]] = {}
    for row, (place, length) in enumerate(zip(order.tolist(), lengths.tolist(), strict=True)):
        path = [int(last[length - 1][row].argmax())]
        for t in range(length - 2, -1, -1):
            path.append(int(back[t][row, path[-1]]))
        paths[place] = path[::-1]
    return (paths[k] for k in range(len(order)))


def _runs(path: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(first, last excluded, class of B) of the spans of a path that obeys the rule."""
    first = None
    for i, tag in enumerate([*path, 0]):
        if first is not None and (tag == 0 or tag % 2):
            yield first, i, path[first]
            first = None
        if tag % 2:
            first = i


# ---------------------------------------------------------------- trees


def tree(scores: Array) -> Array:
    """Heads of the best tree of scores [words, words] (row = dependent, column = head, diagonal = root) with exactly one root.

    The likeliest heads where they make a tree; else Chu-Liu-Edmonds for the best root (Zeman et al.'s shared tasks ask for one root).
    """
    heads: Array = scores.argmax(1)
    if _is_tree(heads):
        return heads
    return _single_root(scores)


def _is_tree(heads: Array) -> bool:
    n = len(heads)
    if (heads == np.arange(n)).sum() != 1:
        return False
    reach = heads
    for _ in range(max(1, int(np.ceil(np.log2(n + 1))))):
        reach = reach[reach]
    return bool((reach == reach[0]).all())


def _single_root(scores: Array) -> Array:
    """Tries the few words likeliest to be the root, each with the maximum spanning tree below it, and keeps the best."""
    n = len(scores)
    gain = np.diag(scores) - np.where(np.eye(n, dtype=bool), -np.inf, scores).max(1, initial=-1e9)
    best: Array = np.zeros(n, np.int64)
    best_value = -np.inf
    local = scores.astype(np.float64)
    np.fill_diagonal(local, -np.inf)
    greedy: Array = local.argmax(1)
    every = np.arange(n)
    for root in np.argsort(-gain)[:3].tolist():
        heads = greedy.copy()
        heads[root] = root
        if scores[every, heads].sum() <= best_value:
            continue  # no tree below this root is worth more than its words' likeliest heads
        heads = _edmonds(local, root)
        value = scores[every, heads].sum()
        if value > best_value:
            best, best_value = heads, value
    return best


def _edmonds(scores: Array, root: int) -> Array:
    """Chu-Liu-Edmonds: maximum spanning arborescence with the given root; returns heads, root's head being itself."""
    n = len(scores)
    heads: Array = scores.argmax(1)
    heads[root] = root
    cycle = _cycle(heads, root)
    if cycle is None:
        return heads
    inside = np.zeros(n, bool)
    inside[cycle] = True
    outside = np.flatnonzero(~inside)
    cycle_scores = scores[cycle, heads[cycle]]
    m = len(outside)
    small = np.full((m + 1, m + 1), -np.inf)
    rows = scores[outside]
    small[:m, :m] = rows[:, outside]
    leaving = rows[:, cycle]  # a word outside hangs on a word of the cycle
    small[:m, m] = leaving.max(1)
    entering = scores[cycle][:, outside] - cycle_scores[:, None]  # a word of the cycle hangs on one outside instead
    small[m, :m] = entering.max(0)
    sub = _edmonds(small, int(np.flatnonzero(outside == root)[0]))
    out = heads.copy()
    below = sub[:m] == m  # words outside that hang on the cycle
    out[outside] = np.where(below, cycle[leaving.argmax(1)], outside[np.where(below, 0, sub[:m])])
    entry = sub[m]
    breaker = int(entering[:, entry].argmax())
    out[cycle[breaker]] = outside[entry]
    out[root] = root
    return out


def _cycle(heads: Array, root: int) -> Array | None:
    """Words of one cycle among the heads, or None."""
    up = heads.tolist()
    colour = [0] * len(up)
    colour[root] = -1
    for start in range(len(up)):
        word = start
        while colour[word] == 0:
            colour[word] = start + 1
            word = up[word]
        if colour[word] == start + 1:
            members = [word]
            at = up[word]
            while at != word:
                members.append(at)
                at = up[at]
            return np.array(sorted(members))
    return None


PAIRS_AT_ONCE = 128
"""Pairs whose mixed vectors are held at once: two megabytes, which stay in cache."""


def relations(dependent: Array, head: Array, weights: Array) -> Array:
    """Relation logits [pairs, relations] of vectors [pairs, d] with weights [relations, d + 1, d + 1]."""
    r, d, _ = weights.shape
    flat = weights.transpose(1, 0, 2).reshape(d, r * d)
    left, right = np.ones((len(dependent), d), np.float32), np.ones((len(head), d, 1), np.float32)
    left[:, :-1], right[:, :-1, 0] = dependent, head
    out = np.empty((len(dependent), r), np.float32)
    for i in range(0, len(left), PAIRS_AT_ONCE):
        mixed = (left[i : i + PAIRS_AT_ONCE] @ flat).reshape(-1, r, d)
        out[i : i + PAIRS_AT_ONCE] = np.matmul(mixed, right[i : i + PAIRS_AT_ONCE])[:, :, 0]
    return out
