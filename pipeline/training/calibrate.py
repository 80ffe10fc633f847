"""Calibrates the scores of the span heads on dev sets: what share of spans with such a raw score is right.

Method: isotonic regression by pooling adjacent violators (Zadrozny and Elkan 2002) over the spans' raw scores, thinned to a table of
points that `pipeline.language.annotate` interpolates.
"""

from __future__ import annotations

import itertools
import json
import pathlib
from collections.abc import Sequence

import numpy as np

from pipeline.language.labels import SPAN_HEADS
from pipeline.language.model import blank_pipeline
from pipeline.training import corpora
from pipeline.training.corpora import Document

DEV = {
    "names": ("ner/worldwide-newswire/dev.jsonl", corpora.newswire),
    "quotation": ("quotes/polnear/dev.jsonl", corpora.polnear),
    "timex": ("timex/tempeval3/dev.jsonl", corpora.timex),
    "triggers": ("../gold/dev", corpora.coded),
}
"""Where each head is calibrated."""

GROUPS = {"names": ("names",), "timex": ("timex",), "triggers": ("triggers",), "quotation": ("source", "cue", "content")}
POINTS = 24
SHRINK = 4.0
"""Pseudo-counts that draw a bin's share towards the head's precision, so that twenty lucky spans do not make a certainty."""


def isotonic(scores: Sequence[float], right: Sequence[bool]) -> tuple[list[float], list[float]]:
    """Raw scores and the share that is right at each, never falling: at most POINTS points."""
    order = np.argsort(scores, kind="stable")
    x, y = np.asarray(scores, float)[order], np.asarray(right, float)[order]
    mean = float(y.mean())
    blocks = [(float(b.mean()), (float(c.sum()) + SHRINK * mean) / (len(c) + SHRINK), len(c)) for b, c in _bins(x, y)]
    merged: list[tuple[float, float, int]] = []
    for block in blocks:
        merged.append(block)
        while len(merged) > 1 and merged[-2][1] > merged[-1][1]:
            (xa, ya, na), (xb, yb, nb) = merged[-2:]
            n = na + nb
            merged[-2:] = [((xa * na + xb * nb) / n, (ya * na + yb * nb) / n, n)]
    return [round(b[0], 4) for b in merged], [round(b[1], 4) for b in merged]


def _bins(x: np.ndarray, y: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    edges = np.unique(np.linspace(0, len(x), POINTS + 1).astype(int))
    return [(x[a:b], y[a:b]) for a, b in itertools.pairwise(edges.tolist()) if b > a]


def gold_spans(document: Document, head: str) -> set[tuple[int, int, str]]:
    """Character spans of a document's BIO tags."""
    out, classes = set(), SPAN_HEADS[head]
    tags = document.tags[head]
    for i, tag in enumerate(tags):
        if tag > 0 and tag % 2:
            j = i + 1
            while j < len(tags) and tags[j] == tag + 1:
                j += 1
            out.add((document.words[i][0], document.words[j - 1][1], classes[tag][2:]))
    return out


def judged(files: pathlib.Path, folder: pathlib.Path, head: str) -> list[list[tuple[float, bool]]]:
    """Raw score of each span a head marks on its dev set and whether it is right, by document; empty where the set is not there."""
    path, read = DEV[head]
    if not (folder / path).exists():
        return []
    nlp = blank_pipeline()
    nlp.get_pipe("wire").from_disk(files)  # type: ignore[attr-defined]
    documents = list(read(folder / path))
    out = []
    for document, doc in zip(documents, nlp.pipe(d.text for d in documents), strict=True):
        gold = gold_spans(document, head)
        out.append(
            [
                (float(score), (span.start_char, span.end_char, span.label_) in gold)
                for group in GROUPS[head]
                for span, score in zip(doc.spans[group], doc.spans[group].attrs["scores"], strict=True)
            ]
        )
    return out


def calibrate(files: pathlib.Path, folder: pathlib.Path) -> dict[str, tuple[list[float], list[float]]]:
    """Measures on the dev sets that are there and writes files/calibration.json and files' reliability, beside it, for the model card."""
    (files / "calibration.json").write_text("{}", encoding="utf-8")
    tables, report = {}, {}
    for head in DEV:
        documents = judged(files, folder, head)
        if pairs := list(itertools.chain.from_iterable(documents)):
            tables[head] = isotonic(*_columns(pairs))
            report[head] = cross_fitted(documents)
    (files / "calibration.json").write_text(json.dumps(tables), encoding="utf-8")
    (files.parent / f"{files.name}.reliability.json").write_text(json.dumps(report), encoding="utf-8")
    return tables


def _columns(pairs: Sequence[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [score for score, _ in pairs], [right for _, right in pairs]


def cross_fitted(documents: Sequence[Sequence[tuple[float, bool]]]) -> list[tuple[float, float, int]]:
    """Reliability of calibrated scores: each half of the documents (every second one) is judged by a table fitted on the other half."""
    said: list[float] = []
    right: list[bool] = []
    for half in (0, 1):
        fitted = isotonic(*_columns(list(itertools.chain.from_iterable(documents[1 - half :: 2]))))
        scores, truth = _columns(list(itertools.chain.from_iterable(documents[half::2])))
        said += np.interp(scores, *fitted).tolist()
        right += truth
    return reliability(said, right)


def reliability(scores: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean score, share right, count) of the spans in each tenth of the scale."""
    x, y = np.asarray(scores, float), np.asarray(right, float)
    out = []
    for k in range(bins):
        inside = (x >= k / bins) & ((x < (k + 1) / bins) | (k == bins - 1))
        if inside.any():
            out.append((round(float(x[inside].mean()), 3), round(float(y[inside].mean()), 3), int(inside.sum())))
    return out
