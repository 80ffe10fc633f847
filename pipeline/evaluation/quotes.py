"""Measures quotations on PolNeAR (parts, relations), and on GUM (quotations found and their speakers).

Files are JSON lines, one document each: {"text", "quotes": [{"content", "cue", "source": [[start, end] …], "type", "cue_kind", …}]};
see each task for what it counts. Each takes the language core of `models/wire_en`.
"""

from __future__ import annotations

import collections
import functools
import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.language.attribution import Quotation
from pipeline.language.marked import jaccard
from pipeline.language.quotation import quotations
from pipeline.language.quoteparts import GROUPS, scored
from pipeline.language.reported import running
from pipeline.text.quotemarks import quoted

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Spans = list[tuple[int, int]]

FOUND = 0.5  # content Jaccard (characters) from which a quotation counts as found, as in PolNeAR's own agreement study


@functools.cache
def _model() -> Language:
    from pipeline.language.model import load_model

    return load_model("models/wire_en")


def documents(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The JSON lines of files, plain or gzipped."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _read(files: list[Path]) -> Iterator[tuple[dict[str, Any], Doc]]:
    """Documents with their Docs, whose text is the document's as it stands."""
    docs = list(documents(files))
    yield from zip(docs, _model().pipe(d["text"] for d in docs), strict=True)


def spans(value: Any) -> Spans:
    """A record's span list (null where none) as tuples."""
    return sorted((int(a), int(b)) for a, b in value or [])


def scores(right: int, system: int, gold: int) -> tuple[float, float, float]:
    """(precision, recall, F1); 0 where nothing was there to count."""
    p = right / system if system else 0.0
    r = right / gold if gold else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def spoken(quote: dict[str, Any]) -> bool:
    """PolNeAR's filter for quotations: a cue of speaking, or words in quotation marks; beliefs, wishes and evidence are left out."""
    return bool(quote.get("cue_kind") == "speech" or quote["type"] != "indirect")


def near(a: Spans, b: Spans) -> bool:
    """Whether two mentions share a character; two missing ones agree."""
    if not a or not b:
        return not a and not b
    return any(x[0] < y[1] and y[0] < x[1] for x in a for y in b)


def polnear_parts(files: list[Path]) -> dict[str, object]:
    """Exact-span F1 of source, cue and content spans on PolNeAR.

    Protocol: every span of every annotated attribution is gold (a span list of three pieces gives three spans), speech or not, after white
    space is taken off both ends; duplicates count once. The system's spans are the language core's span groups `source`, `cue`, `content`,
    trimmed alike. A span is right where both ends are equal. Micro average over documents.
    """
    right: collections.Counter[str] = collections.Counter()
    system: collections.Counter[str] = collections.Counter()
    gold: collections.Counter[str] = collections.Counter()
    for record, doc in _read(files):
        for group in GROUPS:
            want = {_stripped(doc.text, a, b) for q in record["quotes"] for a, b in spans(q[group])}
            have = {_stripped(doc.text, s.start_char, s.end_char) for s, _ in scored(doc, group)}
            right[group] += len(want & have)
            system[group] += len(have)
            gold[group] += len(want)
    out: dict[str, object] = {}
    for group in GROUPS:
        p, r, f = scores(right[group], system[group], gold[group])
        out |= {f"{group} P": p, f"{group} R": r, f"{group} F1": f, f"{group} gold": gold[group]}
    return out


def _stripped(text: str, a: int, b: int) -> tuple[int, int]:
    while a < b and text[a].isspace():
        a += 1
    while b > a and text[b - 1].isspace():
        b -= 1
    return a, b


_SPEECH = "speech"


def polnear_relations(files: list[Path]) -> dict[str, object]:
    """Quotation relations on PolNeAR: F1 at content Jaccard 0.5, and how often the source is right among those found; direct quotes found.

    Protocol: gold are attributions with a cue of speaking or words in quotation marks (`spoken`). System are the joined quotations
    (tree, core, marks) that have a cue from the lexicon's speech words or words in marks. Each gold quotation takes the unused system
    quotation of highest content Jaccard (characters); 0.5 or more is found. A system quotation that instead matches an attribution left
    out of gold (a belief, a wish) counts for nothing; nested ones (cue inside another's quoted words) are left out, since PolNeAR has none.
    Precision is over the remaining system quotations. The source is right where both are missing or they share a character; where it
    was taken from the running speaker, the mention that gave it is not looked up, so it counts as missing. A direct quote (90 %
    of the letters in
    marks) is found by the same Jaccard.
    """
    n: collections.Counter[str] = collections.Counter()
    for record, doc in _read(files):
        have = [q for q in quotations(doc) if not q.inside and _is_speech(q)]
        want = [q for q in record["quotes"] if spoken(q)]
        other = [spans(q["content"]) for q in record["quotes"] if not spoken(q)]
        discard = spans(record.get("discard"))
        used: set[int] = set()
        for gold in want:
            n["gold"] += 1
            n["direct"] += gold["type"] == "direct"
            content = spans(gold["content"])
            best = max(((jaccard(content, q.pieces), -k) for k, q in enumerate(have) if k not in used), default=(0.0, 0))
            if best[0] < FOUND:
                continue
            used.add(-best[1])
            hit = have[-best[1]]
            n["found"] += 1
            n["direct found"] += gold["type"] == "direct"
            n["type right"] += hit.type == gold["type"]
            source = hit.attribution.source if hit.attribution is not None else None
            n["source right"] += near(spans(gold["source"]), [source] if source else [])
        for k, q in enumerate(have):
            ignored = any(jaccard(o, q.pieces) >= FOUND for o in other) or any(a <= q.start < b for a, b in discard)
            n["system"] += k in used or not ignored
    p, r, f = scores(n["found"], n["system"], n["gold"])
    return {
        "P": p, "R": r, "F1": f, "gold": n["gold"], "system": n["system"],
        "source right among found": n["source right"] / max(1, n["found"]),
        "type right among found": n["type right"] / max(1, n["found"]),
        "direct found": n["direct found"] / max(1, n["direct"]), "direct gold": n["direct"],
    }  # fmt: skip


def _is_speech(q: Quotation) -> bool:
    entry = q.attribution.entry if q.attribution is not None else None
    return q.type != "indirect" or (entry is not None and entry.kind == _SPEECH)


def direct_peers(files: list[Path]) -> dict[str, object]:
    """Direct quotes found on PolNeAR, ours beside textacy's `direct_quotations` where textacy is installed.

    Protocol: gold are attributions whose content is direct (90 % of the letters in marks); found at content Jaccard 0.5. Textacy
    runs on the same Docs;
    documents on which it raises are counted under `textacy raised` and as misses.
    """
    n: collections.Counter[str] = collections.Counter()
    try:
        from textacy.extract.triples import direct_quotations
    except ImportError:
        direct_quotations = None
    for record, doc in _read(files):
        ours = [q.pieces for q in quotations(doc)]
        marked = [[(q.start, q.end)] for q in quoted(doc.text)]
        theirs: list[Spans] = []
        if direct_quotations is not None:
            try:
                theirs = [[(t.content.start_char, t.content.end_char)] for t in direct_quotations(doc)]
            except Exception:  # unclosed marks raise ValueError, some parses raise others; a peer must not stop the run
                n["textacy raised"] += 1
        for gold in record["quotes"]:
            if gold["type"] == "direct" and spoken(gold):
                content = spans(gold["content"])
                n["gold"] += 1
                n["ours"] += any(jaccard(content, p) >= FOUND for p in ours)
                n["marks"] += any(jaccard(content, p) >= FOUND for p in marked)
                n["textacy"] += any(jaccard(content, p) >= FOUND for p in theirs)
    out: dict[str, object] = {
        "direct gold": n["gold"],
        "ours found": n["ours"] / max(1, n["gold"]),
        "in paired marks": n["marks"] / max(1, n["gold"]),
    }
    if direct_quotations is not None:
        out |= {"textacy found": n["textacy"] / max(1, n["gold"]), "textacy raised": n["textacy raised"]}
    return out


_WORD = re.compile(r"\w+")


def gum_speakers(files: list[Path]) -> dict[str, object]:
    """Speakers on GUM: resolved speaker right among the found quotes, and precision of named speakers.

    Protocol: gold are quotes with a speech cue or words in marks, neither photo credits nor nested, whose speaker entity is
    known. Entity rows are made by the
    entities stage from the same Doc. A quote is found at content Jaccard 0.5. Its speaker is right where the source mention
    shares a character with a mention
    of the gold entity, or the resolved name equals one of its mentions, word for word but for articles (a name inside the other counts).
    `named` counts only found quotes for which a name was given.
    """
    from pipeline.evaluation._stages import entity_rows  # the entities stage, run on a Doc
    from pipeline.language.coreference import resolve
    from pipeline.language.speakers import Speakers

    n: collections.Counter[str] = collections.Counter()
    for record, doc in _read(files):
        rows = entity_rows(doc)
        have = quotations(doc)
        who = running(have, Speakers(doc, rows, resolve(doc, rows)), doc)
        for gold in record["quotes"]:
            entity = gold.get("speaker_entity")
            if gold["credit"] or gold["nested"] or not spoken(gold) or not entity:
                continue
            n["gold"] += 1
            content = spans(gold["content"])
            best = max(((jaccard(content, q.pieces), -k) for k, q in enumerate(have)), default=(0.0, 0))
            if best[0] < FOUND:
                continue
            n["found"] += 1
            speaker = who[-best[1]]
            names = [entity["name"], *(doc.text[a:b] for a, b in spans(entity["mentions"]))]
            right = speaker.name is not None and any(alike(speaker.name, name) for name in names if name)
            n["right"] += right
            n["named"] += speaker.name is not None
    return {
        "gold": n["gold"], "found": n["found"] / max(1, n["gold"]), "speaker right among found": n["right"] / max(1, n["found"]),
        "precision of a named speaker": n["right"] / max(1, n["named"]),
    }  # fmt: skip


def alike(a: str, b: str) -> bool:
    """Whether two names are the same, or one holds the other, articles and case aside."""
    x, y = ({w for w in _WORD.findall(s.lower()) if w not in ("the", "a", "an", "s")} for s in (a, b))
    return bool(x) and bool(y) and (x <= y or y <= x)


TASKS: dict[str, Callable[[list[Path]], dict[str, object]]] = {
    "quotes-polnear-parts": polnear_parts,
    "quotes-polnear": polnear_relations,
    "quotes-direct-peers": direct_peers,
    "quotes-gum-speakers": gum_speakers,
}
