"""Measures casualty counts on MUC-3/4: recall of the victim numbers of the answer keys, with bound and effect.

Files are JSON lines: {"text", "victims": [{"value", "bound", "alternatives": [{"value", "bound"}], "effect", "optional"}]}.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.article import Article
from pipeline.lexicon import load

EFFECTS = {"DEATH": "killed", "INJURY": "injured", "REGAINED FREEDOM": "released"}
"""Effects of the keys that our categories name; a victim of another effect needs no category."""

BATCH = 16


def _documents(files: list[Path]) -> Iterator[dict[str, Any]]:
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def truecase(text: str) -> str:
    """Upper-case wire text in sentence case: names of countries, months and weekdays, initials and what follows a full stop are
    capitalised."""
    if sum(c.islower() for c in text) > 0.2 * len(text):
        return text
    names = {
        row["word"]
        for row in load("number_gates").rows
        if row["role"] in ("month", "weekday") and row["word"] not in ("may", "march", "mar", "sun")
    }
    names |= {w for row in load("countries").rows for w in re.findall(r"[a-z]+", row["name"].lower()) if len(w) > 4}
    out = re.sub(r"[a-z]+", lambda m: m.group().title() if m.group() in names else m.group(), text.lower())
    out = re.sub(r"(^|[.!?\]]\s+|\n\s*)([a-z])", lambda m: m.group(1) + m.group(2).upper(), out)
    return re.sub(r"\b([a-z])\.(?=[a-z]\.|\s)", lambda m: m.group(1).upper() + ".", out)


def victims(files: list[Path]) -> dict[str, object]:
    """Recall of victim numbers above one.

    Each non-optional victim of a key with a figure above one is one item (MUC's keys give "1" to each named victim, whose number no text
    states; those and PLURAL are left out). An item is found where a claim of the document has the value of one of its alternatives (a claim
    serves one item); with bound: also the modifier agrees ("=": exact or about, "~": about, ">=": at_least or more_than, "<=": at_most or
    less_than); with effect: also the category is the effect's. Upper-case text is put in sentence case first. Precision is not defined: the
    keys name only victims of terrorism, the text counts others too.
    """
    from pipeline.evaluation._stages import run
    from pipeline.language.model import load_model
    from pipeline.stages.claims import Claim, claims
    from pipeline.stages.dates import dates
    from pipeline.stages.entities import entities
    from pipeline.stages.sentences import sentences

    nlp = load_model("models/wire_en")
    documents = [d for d in _documents(files) if any(_counts(v) for v in d["victims"])]
    items = found = bound = effect = both = 0
    for at in range(0, len(documents), BATCH):
        batch = documents[at : at + BATCH]
        for document, doc in zip(batch, nlp.pipe([truecase(d["text"]) for d in batch]), strict=True):
            article = Article(article_id="0" * 16, uri=str(document.get("doc_id")), text=doc.text)
            rows = list(run(article, doc, sentences, entities, dates, claims).rows(Claim))
            for victim in (v for v in document["victims"] if _counts(v)):
                items += 1
                hits = [(_bounded(r, victim), _affected(r, victim), r) for r in rows if _valued(r, victim)]
                if not hits:
                    continue
                best = max(hits, key=lambda h: (h[0] and h[1], h[1], h[0]))
                rows.remove(best[2])
                found, bound, effect, both = found + 1, bound + best[0], effect + best[1], both + (best[0] and best[1])
    return {
        "items": items,
        "recall": _share(found, items),
        "with bound": _share(bound, items),
        "with effect": _share(effect, items),
        "with bound and effect": _share(both, items),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _counts(victim: dict[str, Any]) -> bool:
    return not victim["optional"] and victim["value"] is not None and victim["value"] > 1


def _valued(row: Any, victim: dict[str, Any]) -> bool:
    return any(a["value"] is not None and row.value == a["value"] for a in victim["alternatives"])


_BOUNDS = {"=": {"exact", "about"}, "~": {"about"}, ">=": {"at_least", "more_than"}, "<=": {"at_most", "less_than"}, "range": {"between"}}


def _bounded(row: Any, victim: dict[str, Any]) -> bool:
    return any(row.value == a["value"] and row.modifier in _BOUNDS.get(a["bound"], {"exact"}) for a in victim["alternatives"])


def _affected(row: Any, victim: dict[str, Any]) -> bool:
    wanted = {EFFECTS[e] for effects in victim["effect"] for e in effects.split(" / ") if e in EFFECTS}
    return not wanted or row.category in wanted


TASKS: dict[str, Callable[[list[Path]], dict[str, object]]] = {"claims-muc4-victims": victims}
