"""From the encoder's numbers to annotations: BIO tags to spans that cannot be broken, arc scores to trees that are trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SpanFound = tuple[int, int, str, float]
"""First word, last word (excluded), label, probability."""


def softmax(x: Array) -> Array:
    """Softmax over the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    normal: Array = e / e.sum(-1, keepdims=True)
    return normal


def bio_spans(logits: Array, classes: Sequence[str], breaks: Sequence[int] = ()) -> list[SpanFound]:
    """Spans of BIO logits [words, classes] under the rule that I-X follows B-X or I-X. classes: O first, then B-X, I-X pairs.

    Where the likeliest tags already obey the rule they are the Viterbi path; only stretches that break it are decoded by Viterbi.
    breaks: words at which no span goes on (paragraph starts). A span's probability is that of its least certain word.
    """
    if not len(logits):
        return []
    tags = logits.argmax(1)
    stop = np.zeros(len(tags), bool)
    stop[0] = True
    stop[list(breaks)] = True
    inside = (tags > 0) & (tags % 2 == 0)
    previous = np.concatenate([[0], tags[:-1]])
    broken = inside & (stop | ((previous != tags) & (previous != tags - 1)))
    if broken.any():
        tags = _repair(logits, tags, broken, stop)
    marked = np.flatnonzero(tags)
    if not len(marked):
        return []
    label = tags[marked] - (1 - tags[marked] % 2)  # its B class
    rows = softmax(logits[marked])
    at = np.arange(len(marked))
    # B or I of the label: which of the two is seldom in doubt
    chances = (rows[at, label] + rows[at, label + 1]).tolist()
    out: list[SpanFound] = []
    kinds, begins = label.tolist(), (tags[marked] % 2 == 1).tolist()
    words = marked.tolist()
    k = 0
    while k < len(words):
        if not begins[k]:
            k += 1
            continue
        end = k + 1
        while end < len(words) and not begins[end] and words[end] == words[end - 1] + 1 and kinds[end] == kinds[k]:
            end += 1
        out.append((words[k], words[end - 1] + 1, classes[kinds[k]][2:], min(chances[k:end])))
        k = end
    return out


def _repair(logits: Array, tags: Array, broken: Array, stop: Array) -> Array:
    """Viterbi over each stretch of marked words (with a word of margin) that holds a broken tag."""
    tags = tags.copy()
    marked = tags > 0
    done = -1
    for i in np.flatnonzero(broken).tolist():
        if i <= done:
            continue
        first = i
        while first > 0 and marked[first - 1] and not stop[first]:
            first -= 1
        first = max(first - 1, 0) if not stop[first] else first
        last = i
        while last + 1 < len(tags) and marked[last + 1] and not stop[last + 1]:
            last += 1
        tags[first : last + 1] = _viterbi(np.log(softmax(logits[first : last + 1]) + 1e-9))
        done = last
    return tags


def _viterbi(scores: Array) -> Array:
    """The best path of log probabilities [words, classes] that obeys the BIO rule and begins anew."""
    n, c = scores.shape
    inside = np.arange(2, c, 2)
    best = scores[0].copy()
    best[inside] = -1e9
    back = np.zeros((n, c), np.int64)
    for t in range(1, n):
        top = int(best.argmax())
        before = np.full(c, top)
        value = np.full(c, best[top])
        stays = best[inside] >= best[inside - 1]
        before[inside] = np.where(stays, inside, inside - 1)
        value[inside] = np.where(stays, best[inside], best[inside - 1])
        back[t] = before
        best = value + scores[t]
    path = [int(best.argmax())]
    for t in range(n - 1, 0, -1):
        path.append(int(back[t, path[-1]]))
    return np.array(path[::-1])


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
