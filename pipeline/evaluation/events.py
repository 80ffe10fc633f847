"""Measures the event table: types on PLV and PETRARCH's unit tests, sectors on NGEC's actor tests, arguments on RAMS, and over-coding on
coded articles. Slots on MUC-4 are measured by `pipeline.evaluation.muc`.

Each text is read as an article of its own through all stages, with the language core of `models/wire_en`.
"""

from __future__ import annotations

import collections
import csv
import datetime as dt
import functools
import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.article import Article
from pipeline.evaluation._stages import Rows, run
from pipeline.ids import content_id
from pipeline.text.normalise import fold_with_offsets

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from pipeline.stages.events import Event

YIELD = {"CONCEDE": "YIELD", "RETREAT": "YIELD"}
ROLES = ("actor", "recipient", "place")


@functools.cache
def _model() -> Language:
    from pipeline.language.model import load_model

    return load_model("models/wire_en")


def _records(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        raw = file.read_bytes()
        text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode("utf-8")
        yield from map(json.loads, text.splitlines())


def _coded(texts: Iterable[tuple[str, dt.date | None]]) -> Iterator[tuple[Doc, Rows]]:
    """The Doc and all rows of each text, read as an article published on the date."""
    from pipeline.stages.claims import claims
    from pipeline.stages.dates import dates
    from pipeline.stages.entities import entities
    from pipeline.stages.events import events
    from pipeline.stages.quotes import quotes
    from pipeline.stages.sentences import sentences

    kept: list[tuple[str, dt.date | None]] = list(texts)
    for (text, published), doc in zip(kept, _model().pipe(t for t, _ in kept), strict=True):
        article = Article(
            article_id=content_id(text), uri="text", text=text, published=published, published_basis="metadata" if published else "none"
        )
        yield doc, run(article, doc, sentences, entities, dates, quotes, claims, events)


def _events(rows: Rows) -> Sequence[Event]:
    from pipeline.stages.events import Event

    return rows.rows(Event)


def _f(right: float, system: float, gold: float) -> tuple[float, float, float]:
    p, r = right / system if system else 0.0, right / gold if gold else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def _overlap(spans: Iterable[Sequence[int]], start: int | None, end: int | None) -> float:
    """Share of the characters of the best span and [start, end) that both have (Jaccard)."""
    if start is None or end is None:
        return 0.0
    return max((max(0, min(b, end) - max(a, start)) / (max(b, end) - min(a, start)) for a, b in spans), default=0.0)


def plv(files: list[Path]) -> dict[str, object]:
    """Macro-F1 of the PLOVER root of a source-target pair in a sentence (PLV).

    Its sentence is an article. The answer is the type of the row whose actor and recipient best overlap (Jaccard of characters, summed)
    the given source and target, either way round at a discount of 0.1; of equals, and where none overlaps, the first in the sentence; no
    answer where there is no row. CONCEDE and RETREAT are its YIELD; TERRITORY and TOLL are its ASSAULT. macro_f1 is the mean F1 over its
    roots.
    """
    records = list(_records(files))
    right: collections.Counter[str] = collections.Counter()
    system: collections.Counter[str] = collections.Counter()
    gold: collections.Counter[str] = collections.Counter()
    silent = 0
    for record, (_, rows) in zip(records, _coded((r["text"], None) for r in records), strict=True):

        def fit(e: Event, record: Mapping[str, Any] = record) -> tuple[float, int]:
            source, target = record["source"], record["target"]
            straight = _overlap(source, e.actor_start, e.actor_end) + _overlap(target, e.recipient_start, e.recipient_end)
            crossed = _overlap(target, e.actor_start, e.actor_end) + _overlap(source, e.recipient_start, e.recipient_end) - 0.1
            return max(straight, crossed, 0.0), -e.start

        found = list(_events(rows))
        gold[record["plover"]] += 1
        if not found:
            silent += 1
            continue
        answer = max(found, key=fit).event_type
        answer_root = YIELD.get(answer, "ASSAULT" if answer in ("TERRITORY", "TOLL") else answer)
        system[answer_root] += 1
        right[answer_root] += answer_root == record["plover"]
    each = {t: _f(right[t], system[t], gold[t])[2] for t in sorted(gold)}
    n = sum(gold.values())
    figures: dict[str, object] = {
        "macro_f1": sum(each.values()) / max(1, len(each)),
        "accuracy": sum(right.values()) / max(1, n),
        "silent": silent / max(1, n),
        "n": n,
    }
    return figures | {f"f1_{t}": v for t, v in each.items()}


def petrarch(files: list[Path]) -> dict[str, object]:
    """Event types of PETRARCH's unit tests: recall of the CAMEO roots they expect, and how often a sentence without events stays empty.

    An expected event is found where a row of the sentence has its CAMEO root; 18, 19 and 20 are one root (how force is used differs
    between the schemes), and so are 05 and 04, 08 and 06. Records with errors expected and those of root 01 and 02 (statements: no
    events here) are left out.
    """
    merged = {"19": "18", "20": "18", "05": "04", "06": "08", "10": "02"}
    found = wanted = empty = quiet = 0
    records = [r for r in _records(files) if not r.get("expected_error")]
    for record, (_, rows) in zip(records, _coded((r["text"], None) for r in records), strict=True):
        roots = {merged.get(r, r) for r in (e.cameo_root for e in _events(rows)) if r}
        expected = [
            merged.get(e["cameo_root"], e["cameo_root"])
            for e in record["events"]
            if e.get("cameo_root") and e["cameo_root"] not in ("01", "02", "---")
        ]
        wanted += len(expected)
        found += sum(r in roots for r in expected)
        if record.get("no_events"):
            empty += 1
            quiet += not roots
    return {
        "root_recall": found / max(1, wanted),
        "expected": wanted,
        "empty_kept": quiet / max(1, empty),
        "without_events": empty,
        "records": len(records),
    }


SAME_SECTOR = {"UNK": None, "JNK": None, "HLH": "IGO", "": None}
"""NGEC's codes that are none of ours or are called otherwise."""


def actors(files: list[Path]) -> dict[str, object]:
    """Sector and country of NGEC's actor strings, each read as the actor of a sentence ("STRING attacked the village.").

    Counted are the tests that expect a sector or a country; tests of its Wikipedia look-up and of its text clean-up are not. Most people
    are known there from Wikipedia, which is not read here: `sector_unnamed` leaves out strings that are a person's bare name.
    """
    records = [r for r in _records(files) if r["method"] in ("agent_to_code", "short_text_to_agent")]
    tries = [f"{r['text'][0].upper()}{r['text'][1:]} attacked the village." for r in records]
    right: collections.Counter[str] = collections.Counter()
    n: collections.Counter[str] = collections.Counter()
    for record, (_, rows) in zip(records, _coded((t, None) for t in tries), strict=True):
        event = next((e for e in _events(rows) if e.event_type == "ASSAULT"), None)
        expect = record["expect"]
        sector = SAME_SECTOR.get(expect.get("code_1", ""), expect.get("code_1"))
        if sector:
            named = event is not None and event.actor_entity_id is not None and event.actor_sector in (None, "CVL")
            n["sector"] += 1
            hit = event is not None and sector in (event.actor_sector, {"OPP": "CVL"}.get(event.actor_sector or ""))
            right["sector"] += hit
            if not named:
                n["sector_unnamed"] += 1
                right["sector_unnamed"] += hit
        if expect.get("country") and len(expect["country"]) == 3 and expect["country"] not in ("UNO", "EUR"):
            n["country"] += 1
            right["country"] += event is not None and event.actor_country == expect["country"]
    figures: dict[str, object] = {k: right[k] / max(1, n[k]) for k in n}
    return figures | {f"n_{k}": v for k, v in n.items()}


@functools.cache
def _mapping(name: str) -> tuple[dict[str, str], ...]:
    text = resources.files("pipeline.training").joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def role_of(corpus: str, event_type: str, role: str) -> str | None:
    """Our argument for a corpus's role, by role_mappings.csv; None where it is none of ours."""
    rows = [r for r in _mapping("role_mappings.csv") if r["corpus"] == corpus and r["role"] == role]
    exact = [r for r in rows if r["event_type"] == event_type] or [r for r in rows if r["event_type"] == "*"]
    return exact[0]["argument"] if exact and exact[0]["argument"] in ROLES else None


def type_of(corpus: str, event_type: str) -> str | None:
    """Our type for a corpus's event type, by event_mappings.csv; None where it is none of ours or mixed."""
    found = next((r["type"] for r in _mapping("event_mappings.csv") if r["corpus"] == corpus and r["source_type"] == event_type), "")
    return found if found not in ("", "?") else None


def rams(files: list[Path]) -> dict[str, object]:
    """Arguments on RAMS by head match, and triggers found.

    Counted are events whose type has one of ours (event_mappings.csv). A trigger is found where a row touches it. An argument of ours is
    right where it holds the last word of a gold argument of the same role; roles by role_mappings.csv, several gold fillers are
    alternatives. Windows are read as articles without a date; arguments may stand in other sentences than the trigger.
    """
    records = list(_records(files))
    count: collections.Counter[str] = collections.Counter()
    for record, (_, rows) in zip(records, _coded((r["text"], None) for r in records), strict=True):
        for gold in record["events"]:
            kind = type_of("rams", gold["type"])
            if kind is None:
                continue
            count["events"] += 1
            a, b = gold["trigger"]["span"]
            row = next((e for e in _events(rows) if e.start < b and a < e.end), None)
            wanted: dict[str, list[tuple[int, int]]] = {}
            for argument in gold["arguments"]:
                role = role_of("rams", gold["type"], argument["role"])
                if role:
                    wanted.setdefault(role, []).append(tuple(argument["span"]))
            count["gold"] += len(wanted)
            if row is None:
                continue
            count["found"] += 1
            count["typed"] += row.event_type == kind
            count["gold_found"] += len(wanted)
            for role in ROLES:
                start, end = getattr(row, f"{role}_start"), getattr(row, f"{role}_end")
                if start is None:
                    continue
                count["system"] += 1
                count["right"] += any(
                    start < y and _last_word(record["text"], x, y) >= start and _last_word(record["text"], x, y) < end
                    for x, y in wanted.get(role, ())
                )
    p, r, f = _f(count["right"], count["system"], count["gold_found"])
    return {
        "argument_p": p, "argument_r": r, "argument_f1": f, "argument_r_all": count["right"] / max(1, count["gold"]),
        "trigger_recall": count["found"] / max(1, count["events"]), "type_accuracy": count["typed"] / max(1, count["found"]),
        "events": count["events"],
    }  # fmt: skip


def _last_word(text: str, start: int, end: int) -> int:
    """Offset of the last word of a span."""
    found = [m.start() for m in re.finditer(r"\w+", text[start:end])]
    return start + (found[-1] if found else 0)


def overcoding(files: list[Path]) -> dict[str, object]:
    """Share of the sentences of coded articles without a coded event on which an event is coded all the same.

    Files are NAME.gold.json beside NAME.json, which is read as the reader reads a record (a title that the text
    repeats stands once). A sentence (ours, not boilerplate) is without an event where no coded trigger lies in it,
    found by its text after folding white space and quotation marks. Also the events coded on such sentences for each coded one.
    """
    from pipeline.readers.options import ReadOptions
    from pipeline.readers.record import article_of, document_of
    from pipeline.stages.sentences import Sentence

    golds = [
        (json.loads(f.read_text(encoding="utf-8")), json.loads(Path(str(f).replace(".gold.json", ".json")).read_text(encoding="utf-8")))
        for f in files
    ]
    texts = []
    for gold, record in golds:
        published = dt.date.fromisoformat(gold["published"]) if gold.get("published") else None
        texts.append((article_of(document_of(record), "text", None, ReadOptions()).text, published))
    empty = coded = extra = total = 0
    for (gold, _), (text, _), (_, rows) in zip(golds, texts, _coded(texts), strict=True):
        folded, at = fold_with_offsets(text)
        triggers = []
        for event in gold["events"]:
            k = folded.find(fold_with_offsets(event["sentence"])[0].strip())
            k = folded.find(fold_with_offsets(event["trigger"])[0].strip(), k) if k >= 0 else -1
            if k >= 0:
                triggers.append(at[k])
        total += len(triggers)
        found = _events(rows)
        for sentence in rows.rows(Sentence):
            if sentence.kind == "boilerplate" or any(sentence.start <= t < sentence.end for t in triggers):
                continue
            empty += 1
            on = sum(e.sentence_id == sentence.sentence_id for e in found)
            coded += on > 0
            extra += on
    return {"overcoded": coded / max(1, empty), "sentences": empty, "extra_per_coded": extra / max(1, total)}


TASKS: dict[str, Callable[[list[Path]], dict[str, object]]] = {
    "events-plv": plv,
    "events-petrarch": petrarch,
    "events-actors": actors,
    "events-rams-arguments": rams,
    "events-overcoding": overcoding,
}
