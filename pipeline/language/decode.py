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
    probabilities = softmax(logits)
    tags = probabilities.argmax(1)
    stop = np.zeros(len(tags), bool)
    stop[0] = True
    stop[list(breaks)] = True
    inside = (tags > 0) & (tags % 2 == 0)
    previous = np.concatenate([[0], tags[:-1]])
    broken = inside & (stop | ((previous != tags) & (previous != tags - 1)))
    if broken.any():
        tags = _repair(np.log(probabilities + 1e-9), tags, broken, stop)
    out: list[SpanFound] = []
    marked = np.flatnonzero(tags)
    first = last = -1
    for i in marked.tolist():
        if tags[i] % 2 == 1:
            if first >= 0:
                out.append(_span(probabilities, tags, first, last, classes))
            first = i
        last = i
    if first >= 0:
        out.append(_span(probabilities, tags, first, last, classes))
    return out


def _span(probabilities: Array, tags: Array, first: int, last: int, classes: Sequence[str]) -> SpanFound:
    """The span from `first` on; `last` is the last marked word before the next span begins, with possible gaps cut off."""
    end = first + 1
    while end <= last and tags[end] == tags[first] + 1:
        end += 1
    pair = probabilities[first:end, tags[first] : tags[first] + 2].sum(1)  # B or I of the label: which of the two is seldom in doubt
    return first, end, classes[tags[first]][2:], float(pair.min())


def _repair(scores: Array, tags: Array, broken: Array, stop: Array) -> Array:
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
        tags[first : last + 1] = _viterbi(scores[first : last + 1])
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
    for root in np.argsort(-gain)[:3].tolist():
        local = scores.astype(np.float64).copy()
        np.fill_diagonal(local, -np.inf)
        heads = _edmonds(local, root)
        value = scores[np.arange(n), heads].sum()
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
    small[:m, :m] = scores[np.ix_(outside, outside)]
    leaving = scores[np.ix_(outside, cycle)]  # a word outside hangs on a word of the cycle
    small[:m, m] = leaving.max(1)
    entering = scores[np.ix_(cycle, outside)] - cycle_scores[:, None]  # a word of the cycle hangs on one outside instead
    small[m, :m] = entering.max(0)
    sub = _edmonds(small, int(np.flatnonzero(outside == root)[0]))
    out = heads.copy()
    for k, word in enumerate(outside.tolist()):
        if word != root:
            out[word] = cycle[int(leaving[k].argmax())] if sub[k] == m else outside[sub[k]]
    entry = sub[m]
    breaker = int(entering[:, entry].argmax())
    out[cycle[breaker]] = outside[entry]
    out[root] = root
    return out


def _cycle(heads: Array, root: int) -> Array | None:
    """Words of one cycle among the heads, or None."""
    colour = np.zeros(len(heads), np.int64)
    colour[root] = -1
    for start in range(len(heads)):
        word = start
        while colour[word] == 0:
            colour[word] = start + 1
            word = int(heads[word])
        if colour[word] == start + 1:
            members = [word]
            at = int(heads[word])
            while at != word:
                members.append(at)
                at = int(heads[at])
            return np.array(sorted(members))
    return None


def relations(dependent: Array, head: Array, weights: Array) -> Array:
    """Relation logits [pairs, relations] of vectors [pairs, d] with weights [relations, d + 1, d + 1]."""
    one = np.ones((len(dependent), 1), np.float32)
    left, right = np.hstack([dependent, one]), np.hstack([head, one])
    r, d, _ = weights.shape
    mixed = (left @ weights.transpose(1, 0, 2).reshape(d, r * d)).reshape(-1, r, d)
    scores: Array = np.matmul(mixed, right[:, :, None])[:, :, 0]
    return scores
