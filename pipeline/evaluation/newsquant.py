"""The protocol of CQE (Almasian et al., EMNLP 2023) for sentences of news with values and units: `evaluate numbers-newsquant FILE…`.

Files are JSON: a list of {"text", "quantities": [{"value", "normalized_unit"}]}; a value is a number, or "LOW-HIGH" for a range. Of each
sentence the gold quantities, sorted by unit, are met with ours, sorted by unit: a value is right where ours is within 1e-5 of it (a range:
both ends; a range never meets a number), at most as many as there are gold quantities; value+unit is right where the unit is the same
string too, and that quantity of ours is then used. Precision is over all our quantities, recall over all of theirs. The code that counts
is written after the description, with each of our quantities used once for the value as well, which their script does not ask.

Units are compared in their spelling: measures by British name, "percentage", "dollar", "year of age", rates with "per", currencies by
English name, counts by the singular of the counted noun with what stands before it in its chunk, "-" where nothing is counted. Vague
plurals ("dozens") have no value there and are left out. What is counted comes from models/wire_en, by the claims stage's own reading.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import lexicon
from pipeline.language import chunk, counting, predicates
from pipeline.text.numbers import NumberSpan, as_age, between_commas, find, per_what

if TYPE_CHECKING:
    from spacy.tokens import Doc

Value = float | tuple[float, float]
Quantity = tuple[Value, str]

# Their names of what we call otherwise.
NAMES = {
    "percent": "percentage",
    "degree Celsius": "celsius",
    "degree Fahrenheit": "fahrenheit",
    "tonne": "metric ton",
    "time": "count",
    "part per billion": "parts-per-billion",
    "watt-hour": "watt hour",
    "kilowatt-hour": "kilowatt hour",
    "megawatt-hour": "megawatt hour",
    "gigawatt-hour": "gigawatt hour",
    "terawatt-hour": "terawatt hour",
}
_SECOND = re.compile(r"\D(\d+)$")
_COINS = {"USD": "dollar", "GBP": "pound sterling", "EUR": "euro"}


@functools.cache
def _currency_names() -> dict[str, str]:
    """English names by ISO code, as that suite writes them: "japanese yen", "swiss franc"."""
    return {row["code"]: row["name"].lower() for row in lexicon.load("currencies").rows} | _COINS


def _values_of(span: NumberSpan, text: str) -> list[Value]:
    """A range as a pair, both figures of a score ("112-104"), else the value; none of a vague plural."""
    if span.form == "range" and span.low is not None and span.high is not None:
        return [(span.low, span.high)]
    if span.value is None:
        return []
    second = _SECOND.search(text, span.number_start, span.number_end) if span.form == "score" else None
    return [span.value, float(second.group(1))] if second else [span.value]


def _unit_of(span: NumberSpan, doc: Doc) -> str:
    """The unit of a quantity in their spelling."""
    name = span.unit
    if span.unit_basis is not None:
        name = _currency_names().get(name, name) if name else "dollar" if "USD" in span.candidates else None
    elif name is None and span.kind in ("count", "rate"):
        name = _counted(span, doc)
    elif name == "ratio":
        name = None
    name = NAMES.get(name or "", name)
    if span.kind == "age" and name:
        name = f"{name} of age"
    per = span.per
    if per is None and span.kind == "count" and name is not None and span.unit is None:
        by = per_what(doc.text, _end_of_counted(span, doc))
        per = by[0] if by else None
    if per and name:
        name = f"{name} per {per}"
    return (name or "-").lower()


def _phrase(span: NumberSpan, doc: Doc) -> predicates.Counted | None:
    number = doc.char_span(span.number_start, span.number_end, alignment_mode="expand")
    return counting.counted(doc, number, span.end, measured=False) if number is not None else None


def _end_of_counted(span: NumberSpan, doc: Doc) -> int:
    found = _phrase(span, doc)
    return max(span.end, found.phrase.end_char) if found is not None and found.phrase is not None and len(found.phrase) else span.end


def _counted(span: NumberSpan, doc: Doc) -> str | None:
    """The singular of the counted noun with the nouns and adjectives before it ("commercial fisherman")."""
    found = _phrase(span, doc)
    if found is None or found.head is None or found.phrase is None or found.head.tag_ not in chunk.NOUNS:
        return None
    before = [t.lower_ for t in found.phrase if t.i < found.head.i and t.tag_ not in chunk.DETERMINERS]
    return " ".join([*before, predicates.singular(found.head)])


def _ours(text: str, doc: Doc) -> list[Quantity]:
    read = [_aged(s, doc) for s in find(text) if s.gate is None]
    return [(value, _unit_of(s, doc)) for s in read for value in _values_of(s, text)]


def _aged(span: NumberSpan, doc: Doc) -> NumberSpan:
    """The figure as an age where it stands between commas after a person's name, as the claims stage reads it."""
    if between_commas(doc.text, span) and any(e.label_ == "PERSON" and e.end_char == span.start - 2 for e in doc.ents):
        return as_age(span)
    return span


def _theirs(record: dict[str, Any]) -> list[Quantity]:
    out: list[Quantity] = []
    for given in record["quantities"]:
        text = str(given["value"])
        low, dash, high = text.partition("-") if text[:1] != "-" and "E" not in text else (text, "", "")
        out.append(((float(low), float(high)) if dash else float(low), str(given["normalized_unit"]).strip().lower()))
    return out


def _near(a: Value, b: Value) -> bool:
    if isinstance(a, tuple) or isinstance(b, tuple):
        return isinstance(a, tuple) and isinstance(b, tuple) and all(_near(x, y) for x, y in zip(a, b, strict=True))
    return abs(a - b) <= 1e-8 + 1e-5 * abs(b)


def matched(ours: list[Quantity], gold: list[Quantity]) -> tuple[int, int]:
    """(values right, values with units right) of one sentence; each quantity meets one at most, one with its unit first."""
    rest, both = sorted(ours, key=lambda q: q[1]), 0
    open_gold: list[Quantity] = []
    for wanted in sorted(gold, key=lambda q: q[1]):
        hit = next((q for q in rest if _near(q[0], wanted[0]) and q[1] == wanted[1]), None)
        if hit is None:
            open_gold.append(wanted)
        else:
            rest.remove(hit)
            both += 1
    values = both
    for wanted in open_gold:
        hit = next((q for q in rest if _near(q[0], wanted[0])), None)
        if hit is not None:
            rest.remove(hit)
            values += 1
    return values, both


def _prf(right: int, system: int, gold: int) -> tuple[float, float, float]:
    p, r = (right / system if system else 0.0), (right / gold if gold else 0.0)
    return round(p, 4), round(r, 4), round(2 * p * r / (p + r), 4) if p + r else 0.0


def newsquant(files: list[Path]) -> dict[str, object]:
    """Precision, recall and F1 of values, and of values with units, over all sentences of the files."""
    from pipeline.language.model import load_model

    cases = [record for path in files for record in json.loads(path.read_text(encoding="utf-8"))]
    system = gold = values = both = 0
    nlp = load_model("models/wire_en")
    for case, doc in zip(cases, nlp.pipe(c["text"] for c in cases), strict=True):
        ours, theirs = _ours(case["text"], doc), _theirs(case)
        right = matched(ours, theirs)
        system, gold, values, both = system + len(ours), gold + len(theirs), values + right[0], both + right[1]
    out: dict[str, object] = {"sentences": len(cases), "gold": gold, "system": system}
    for label, count in (("value", values), ("value+unit", both)):
        out[f"{label} P"], out[f"{label} R"], out[f"{label} F1"] = _prf(count, system, gold)
    return out


TASKS: dict[str, Callable[[list[Path]], dict[str, object]]] = {"numbers-newsquant": newsquant}
