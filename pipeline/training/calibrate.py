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


def calibrate(files: pathlib.Path, folder: pathlib.Path) -> dict[str, tuple[list[float], list[float]]]:
    """Measures on the dev sets that are there and writes files/calibration.json."""
    (files / "calibration.json").write_text("{}", encoding="utf-8")
    nlp = blank_pipeline()
    nlp.get_pipe("wire").from_disk(files)  # type: ignore[attr-defined]
    tables = {}
    for head, (path, read) in DEV.items():
        if not (folder / path).exists():
            continue
        documents = list(read(folder / path))
        scores: list[float] = []
        right: list[bool] = []
        for document, doc in zip(documents, nlp.pipe(d.text for d in documents), strict=True):
            gold = gold_spans(document, head)
            for group in GROUPS[head]:
                for span, score in zip(doc.spans[group], doc.spans[group].attrs["scores"], strict=True):
                    scores.append(score)
                    right.append((span.start_char, span.end_char, span.label_) in gold)
        if scores:
            tables[head] = isotonic(scores, right)
    (files / "calibration.json").write_text(json.dumps(tables), encoding="utf-8")
    return tables


def reliability(scores: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean score, share right, count) of the spans in each tenth of the scale."""
    x, y = np.asarray(scores, float), np.asarray(right, float)
    out = []
    for k in range(bins):
        inside = (x >= k / bins) & ((x < (k + 1) / bins) | (k == bins - 1))
        if inside.any():
            out.append((round(float(x[inside].mean()), 3), round(float(y[inside].mean()), 3), int(inside.sum())))
    return out
