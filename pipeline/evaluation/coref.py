"""Coreference measured through the pipeline: the language core reads the text, the entities stage names, `language.coreference` links.

coref-gap: GAP (Webster et al. 2018), rows with `pronoun`, `A`, `B`, `A_coref`, `B_coref`. For each of the two names the answer is yes
where the
pronoun's link leads to an entity with a mention that overlaps the name, or its antecedent lies inside it. `precision`, `recall`, `f1`
over both
names of all rows as the task scores them; `answered` is the share of pronouns with a link, `named_right` of the links that lead to A or B
the
share that are right; `accuracy` counts a row where both names are answered right.

coref-pronouns: rows with `text` and `clusters` of spans (OntoGUM, GUM). Counted are third-person pronouns that stand in a gold cluster
with an
earlier mention that is no pronoun. `precision`: of those with a link, the share whose antecedent's head lies in a mention of the same
cluster;
`recall`: of all counted. `person_*` the same for he and she alone.

coref-names: the same files. Entity rows (dates and money aside) that lie within a gold mention of the same last word are aligned with it;
over
all pairs of aligned rows of a document, `precision` and `recall` of the pairs put into one entity.
"""

from __future__ import annotations

import itertools
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.evaluation.geo import documents
from pipeline.evaluation.reading import Reading, read

PRONOUNS = frozenset(
    ["he", "him", "his", "himself", "she", "her", "hers", "herself", "they", "them", "their", "theirs", "themselves", "it", "its", "itself"]
)
PERSONAL = frozenset(["he", "him", "his", "himself", "she", "her", "hers", "herself"])

Span = tuple[int, int]


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _links_to(reading: Reading, link: Any, name: Span) -> bool:
    token = reading.doc[link.antecedent]
    if name[0] <= token.idx < name[1]:
        return True
    return link.entity_id is not None and any(
        row.entity_id == link.entity_id and _overlap((row.start, row.end), name) for row in reading.entities
    )


def gap(files: list[pathlib.Path]) -> dict[str, object]:
    """coref-gap of the module's docstring."""
    right = wrong = missed = answered = total = both = to_a_name = 0
    for document in documents(files):
        reading = read(document["text"])
        token = next((t for t in reading.doc if t.idx <= document["pronoun"][0] < t.idx + len(t)), None)
        link = reading.chains.get(token) if token is not None else None
        total += 1
        answered += link is not None
        said = [link is not None and _links_to(reading, link, tuple(document[name])) for name in ("A", "B")]
        truth = [document["A_coref"], document["B_coref"]]
        right += sum(s and t for s, t in zip(said, truth, strict=True))
        wrong += sum(s and not t for s, t in zip(said, truth, strict=True))
        missed += sum(t and not s for s, t in zip(said, truth, strict=True))
        both += said == truth
        to_a_name += any(said)
    return {
        "pronouns": total,
        "answered": _share(answered, total),
        "precision": _share(right, right + wrong),
        "recall": _share(right, right + missed),
        "f1": _share(2 * right, 2 * right + wrong + missed),
        "named_right": _share(right, to_a_name),
        "accuracy": _share(both, total),
    }


def _counted(document: dict[str, Any]) -> Iterator[tuple[Span, list[Span]]]:
    """(pronoun, its cluster) of every third-person pronoun with an earlier mention that is no pronoun."""
    text = document["text"]
    for cluster in document["clusters"]:
        spans = [tuple(m[:2]) for m in cluster]
        for start, end in spans:
            if text[start:end].lower() in PRONOUNS and any(e <= start and text[s:e].lower() not in PRONOUNS for s, e in spans):
                yield (start, end), spans


def pronouns(files: list[pathlib.Path]) -> dict[str, object]:
    """coref-pronouns of the module's docstring."""
    counts = {"": [0, 0, 0], "person_": [0, 0, 0]}
    for document in documents(files):
        reading = read(document["text"])
        at = {token.idx: token for token in reading.doc}
        for (start, end), spans in _counted(document):
            link = reading.chains.get(at[start]) if start in at else None
            idx = reading.doc[link.antecedent].idx if link is not None else -1
            found = any(s <= idx < e for s, e in spans if (s, e) != (start, end))
            for prefix in ("", "person_") if document["text"][start:end].lower() in PERSONAL else ("",):
                counts[prefix][0] += 1
                counts[prefix][1] += link is not None
                counts[prefix][2] += found
    out: dict[str, object] = {}
    for prefix, (total, answered, good) in counts.items():
        out |= {f"{prefix}pronouns": total, f"{prefix}precision": _share(good, answered), f"{prefix}recall": _share(good, total)}
    return out


def names(files: list[pathlib.Path]) -> dict[str, object]:
    """coref-names of the module's docstring."""
    same = predicted = gold = 0
    for document in documents(files):
        ends = {tuple(m[:2]): n for n, cluster in enumerate(document["clusters"]) for m in cluster}
        aligned = []
        for row in read(document["text"]).entities:
            fits = [(e - s, n) for (s, e), n in ends.items() if e == row.end and s <= row.start + 4]
            if row.label not in ("DATE", "MONEY") and fits:
                aligned.append((row.entity_id, min(fits)[1]))
        for (a, x), (b, y) in itertools.combinations(aligned, 2):
            same += int(a == b and x == y)
            predicted += a == b
            gold += x == y
    return {"pairs": gold, "precision": _share(same, predicted), "recall": _share(same, gold), "f1": _share(2 * same, predicted + gold)}


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


TASKS: dict[str, Callable[[list[pathlib.Path]], dict[str, object]]] = {"coref-gap": gap, "coref-pronouns": pronouns, "coref-names": names}
