"""Measures which event mentions of an article are joined as one happening, on coded articles."""

from __future__ import annotations

import collections
import datetime as dt
import json
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from pipeline.evaluation.events import _coded, _events
from pipeline.readers.options import ReadOptions
from pipeline.readers.record import article_of, document_of
from pipeline.text.normalise import fold_with_offsets

Pair = tuple[Hashable, Hashable]


def bcubed(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """B-cubed precision, recall and F (Bagga and Baldwin 1998) of (system cluster, gold cluster) pairs, one for each mention."""
    system = collections.Counter(s for s, _ in pairs)
    gold = collections.Counter(g for _, g in pairs)
    both = collections.Counter(pairs)
    n = max(1, len(pairs))
    p, r = sum(both[x] / system[x[0]] for x in pairs) / n, sum(both[x] / gold[x[1]] for x in pairs) / n
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def pairwise(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Precision, recall and F of the links between two mentions of one cluster."""

    def links(counts: collections.Counter[Hashable]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    both = links(collections.Counter(pairs))
    system, gold = links(collections.Counter(s for s, _ in pairs)), links(collections.Counter(g for _, g in pairs))
    p, r = both / system if system else 0.0, both / gold if gold else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def clusters(files: list[Path]) -> dict[str, object]:
    """B-cubed and pairwise F of cluster_id against the coded clusters, inside each article.

    Files are NAME.gold.json beside NAME.json. Counted are coded mentions whose trigger a row touches (one row serves one), so that triggers
    that were not found cost nothing here. Clusters of different articles are different ones.
    """
    texts, codings = [], []
    for file in files:
        gold = json.loads(file.read_text(encoding="utf-8"))
        record = json.loads(Path(str(file).replace(".gold.json", ".json")).read_text(encoding="utf-8"))
        published = dt.date.fromisoformat(gold["published"]) if gold.get("published") else None
        texts.append((article_of(document_of(record), "text", None, ReadOptions()).text, published))
        codings.append(gold["events"])
    pairs: list[Pair] = []
    for k, (events, (text, _), (_, rows)) in enumerate(zip(codings, texts, _coded(texts), strict=True)):
        folded, at = fold_with_offsets(text)
        left = list(_events(rows))
        for event in events:
            sentence = folded.find(fold_with_offsets(event["sentence"])[0].strip())
            trigger = fold_with_offsets(event["trigger"])[0].strip()
            start = folded.find(trigger, sentence) if sentence >= 0 else -1
            if start < 0:
                continue
            first, last = at[start], at[start + len(trigger) - 1]
            hits = [e for e in left if e.start <= last and first < e.end]
            if hits:
                row = min(hits, key=lambda e: (e.event_type != event["type"], abs(e.start - first)))
                left.remove(row)
                pairs.append(((k, row.cluster_id), (k, event["cluster"])))
    b, link = bcubed(pairs), pairwise(pairs)
    return {
        "bcubed_p": b[0], "bcubed_r": b[1], "bcubed_f1": b[2], "pairwise_p": link[0], "pairwise_r": link[1], "pairwise_f1": link[2],
        "mentions": len(pairs),
    }  # fmt: skip


TASKS: dict[str, Callable[[list[Path]], dict[str, object]]] = {"events-clusters": clusters}
