"""Scores the language core on corpora of sentences, trees, names, temporal expressions, quotation parts and event triggers.

Each task runs the shipped model on raw text and compares character spans, so that tokenisation costs what it costs:

- `sentences` (files of {"text", "sents"}): F1 of sentence starts, the first of a text left out. A gold start counts as found where a
  predicted sentence's first non-blank character is the gold one's.
- `golden-rules` ({"text", "expected"}): rules all of whose sentences, stripped, come out as expected.
- `trees` (CoNLL-U): the text is rebuilt with paragraphs kept; words are aligned by span as in the CoNLL 2018 shared task: F1 of words whose
  span is right and whose UPOS, XPOS, lemma, head (UAS), head and relation (LAS) is right, too. Relation subtypes are left off, as there.
- `names`: exact span and label over the eight labels other than DATE (worldwide-newswire); also by region.
- `quotation-parts` (PolNeAR): exact spans of source, cue and content.
- `timex-spans` (TimeML): exact and touching spans of the model's own marks, before any rule.
- `trigger-spans` (coded articles, a folder's *.gold.json files): triggers touched, and touched with the right type.
"""

from __future__ import annotations

import collections
import gzip
import json
import pathlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pipeline.language.labels import SPAN_HEADS
from pipeline.language.model import load_model
from pipeline.training import corpora
from pipeline.training.conllu import read_documents

Span = tuple[int, int, str]


def f1(right: int, found: int, gold: int) -> dict[str, float]:
    """Precision, recall and F1 in percent."""
    p, r = right / found if found else 0.0, right / gold if gold else 0.0
    return {"p": round(100 * p, 2), "r": round(100 * r, 2), "f1": round(200 * p * r / (p + r), 2) if p + r else 0.0}


def _records(paths: Iterable[pathlib.Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def _flat(prefix: str, figures: dict[str, float]) -> dict[str, object]:
    return {f"{prefix}_{k}": v for k, v in figures.items()}


def sentences(paths: list[pathlib.Path]) -> dict[str, object]:
    """F1 of sentence starts."""
    nlp = load_model()
    right = found = gold = 0
    records = list(_records(paths))
    for record, doc in zip(records, nlp.pipe(r["text"] for r in records), strict=True):
        starts = {s for s, _ in record["sents"][1:]}
        mine = {next((t.idx for t in s if not t.is_space), -1) for s in doc.sents} - {-1}
        mine -= {record["sents"][0][0]} if record["sents"] else set()
        right, found, gold = right + len(starts & mine), found + len(mine), gold + len(starts)
    return _flat("boundary", f1(right, found, gold)) | {"sentences": gold}


def golden_rules(paths: list[pathlib.Path]) -> dict[str, object]:
    """Golden rules that come out whole; `missed` lists the texts of the others."""
    nlp = load_model()
    missed, n = [], 0
    for record in _records(paths):
        n += 1
        got = [s.text.strip() for s in nlp(record["text"]).sents if s.text.strip()]
        if got != [e.strip() for e in record["expected"]]:
            missed.append(" | ".join(got))
    return {"passed": n - len(missed), "rules": n, "missed": missed}


def trees(paths: list[pathlib.Path]) -> dict[str, object]:
    """UPOS, XPOS, lemma, UAS and LAS from raw text."""
    nlp = load_model()
    right: collections.Counter[str] = collections.Counter()
    found = gold = 0
    documents = [d for p in paths for d in read_documents(p)]
    for document, doc in zip(documents, nlp.pipe(d.text for d in documents), strict=True):
        mine = {(t.idx, t.idx + len(t)): t for t in doc if not t.is_space}
        found, gold = found + len(mine), gold + len(document.words)
        for i, word in enumerate(document.words):
            token = mine.get((word.start, word.end))
            if token is None:
                continue
            head = document.words[word.head]
            same_head = (token.head.i == token.i) == (word.head == i) and (
                word.head == i or (token.head.idx, token.head.idx + len(token.head)) == (head.start, head.end)
            )
            right["words"] += 1
            right["upos"] += token.pos_ == word.upos
            right["xpos"] += token.tag_ == word.xpos
            right["lemma"] += token.lemma_ == word.lemma or word.lemma == "_"
            right["uas"] += same_head
            right["las"] += same_head and token.dep_.split(":")[0] == word.deprel.split(":")[0]
    return {k: f1(right[k], found, gold)["f1"] for k in ("words", "upos", "xpos", "lemma", "uas", "las")}


def _compare(pairs: Iterable[tuple[set[Span], set[Span]]]) -> tuple[int, int, int]:
    right = found = gold = 0
    for mine, theirs in pairs:
        right, found, gold = right + len(mine & theirs), found + len(mine), gold + len(theirs)
    return right, found, gold


def names(paths: list[pathlib.Path]) -> dict[str, object]:
    """Exact span and label over eight labels, and by region."""
    nlp = load_model()
    pairs: dict[str, list[tuple[set[Span], set[Span]]]] = collections.defaultdict(list)
    records = list(_records(paths))
    for record, doc in zip(records, nlp.pipe(r["text"] for r in records), strict=True):
        gold = {(s, e, corpora.NAMES[label]) for s, e, label in record["ents"] if label != "Date"}
        mine = {(s.start_char, s.end_char, s.label_) for s in doc.ents if s.label_ != "DATE"}
        for key in ("all", f"region {record.get('region', 'unknown')}"):
            pairs[key].append((mine, gold))
        for label in {s[2] for s in gold | mine}:
            pairs[f"label {label}"].append(({s for s in mine if s[2] == label}, {s for s in gold if s[2] == label}))
    out: dict[str, object] = dict(_flat("names", f1(*_compare(pairs.pop("all")))))
    return out | {f"{k} f1": f1(*_compare(v))["f1"] for k, v in sorted(pairs.items())}


def quotation_parts(paths: list[pathlib.Path]) -> dict[str, object]:
    """Exact-span F1 of source, cue and content."""
    nlp = load_model()
    pairs: dict[str, list[tuple[set[Span], set[Span]]]] = collections.defaultdict(list)
    records = list(_records(paths))
    for record, doc in zip(records, nlp.pipe(r["text"] for r in records), strict=True):
        for part in ("source", "cue", "content"):
            gold = {(s, e, part) for q in record["quotes"] for s, e in q[part] or []}
            mine = {(s.start_char, s.end_char, part) for s in doc.spans[part]}
            pairs[part].append((mine, gold))
    return {k: v for part in pairs for k, v in _flat(part, f1(*_compare(pairs[part]))).items()}


def timex_spans(paths: list[pathlib.Path]) -> dict[str, object]:
    """Exact and touching spans of the model's temporal expressions."""
    nlp = load_model()
    exact = touched = found = gold = 0
    records = list(_records(paths))
    for record, doc in zip(records, nlp.pipe(r["text"] for r in records), strict=True):
        theirs = {tuple(t["span"]) for t in record["timex"] if t.get("span")}
        mine = {(s.start_char, s.end_char) for s in doc.spans["timex"]}
        exact += len(theirs & mine)
        touched += sum(any(a < d and c < b for c, d in mine) for a, b in theirs)
        found, gold = found + len(mine), gold + len(theirs)
    return _flat("exact", f1(exact, found, gold)) | _flat("touching", f1(touched, found, gold))


def trigger_spans(paths: list[pathlib.Path]) -> dict[str, object]:
    """Touching triggers with and without the right type, and arguments picked right among triggers found; coded articles."""
    nlp = load_model()
    touched = typed = found = gold = 0
    for path in paths:
        coding = json.loads(path.read_text(encoding="utf-8"))
        text = json.loads(path.with_name(path.name.replace(".gold", "")).read_text(encoding="utf-8"))["text"]
        document = corpora.coded_document(text, coding["events"])
        classes = SPAN_HEADS["triggers"]
        want = [(document.words[i], classes[t][2:]) for i, t in enumerate(document.tags["triggers"]) if t > 0 and t % 2]
        doc = nlp(text)
        mine = [(s.start_char, s.end_char, s.label_) for s in doc.spans["triggers"]]
        found, gold = found + len(mine), gold + len(want)
        for (start, end), kind in want:
            hits = [label for a, b, label in mine if a < end and start < b]
            touched += bool(hits)
            typed += kind in hits
    return _flat("touched", f1(touched, found, gold)) | _flat("typed", f1(typed, found, gold))


TASKS: dict[str, Callable[[list[pathlib.Path]], dict[str, object]]] = {
    "sentences": sentences,
    "golden-rules": golden_rules,
    "trees": trees,
    "names": names,
    "quotation-parts": quotation_parts,
    "timex-spans": timex_spans,
    "trigger-spans": trigger_spans,
}
