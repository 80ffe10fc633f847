"""Measures the reading of numbers on the suites of other readers and on counted nouns.

All files are JSON lines. The suites are peers' readings, not law: a case we choose to read otherwise is counted apart, under the reason
that
`readings.csv` beside this file gives for it (suite, pattern on the input, reason); every other case passes or fails.
"""

from __future__ import annotations

import collections
import csv
import functools
import gzip
import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from pipeline.text import units
from pipeline.text.numbers import NumberSpan, find

Reading = tuple[int, int, float | None, float | None, float | None, str | None]  # start, end, value, low, high, unit


def records(files: list[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The records of JSON-lines files (.gz too), each with its file."""
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield path, json.loads(line)


@functools.cache
def _otherwise() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    text = resources.files("pipeline.evaluation").joinpath("readings.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple((r["suite"], re.compile(r["pattern"]), r["reason"]) for r in rows)


def _reason(suite: str, text: str) -> str | None:
    """Why a case of a suite is read otherwise on purpose, or None."""
    return next((reason for s, pattern, reason in _otherwise() if s in ("*", suite) and pattern.search(text)), None)


def _near(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-4 * max(1e-9, abs(a), abs(b))


def _report(tally: dict[str, collections.Counter[str]]) -> dict[str, object]:
    """One flat dict: passed, failed and read otherwise by group, the share passed of the undisputed, and the counts of each reason."""
    out: dict[str, object] = {}
    total: collections.Counter[str] = collections.Counter()
    for group, counts in sorted(tally.items()):
        others = sum(n for k, n in counts.items() if k.startswith("otherwise: "))
        out[f"{group} passed"], out[f"{group} failed"], out[f"{group} read otherwise"] = counts["passed"], counts["failed"], others
        out[f"{group} share"] = _share(counts["passed"], counts["passed"] + counts["failed"])
        total.update(counts)
    out["passed"], out["failed"] = total["passed"], total["failed"]
    out["undisputed share"] = _share(total["passed"], total["passed"] + total["failed"])
    for reason, n in sorted(total.items()):
        if reason.startswith("otherwise: "):
            out[reason] = n
    return out


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


# ---------------------------------------------------------------- Recognizers-Text

SUITES = ("number", "numberrange", "percentage", "currency", "age", "dimension", "temperature")


def recognizers(files: list[Path]) -> dict[str, object]:
    """Microsoft Recognizers-Text's English specs (files `SUITE.news.jsonl`: {"input", "results": [{"span", "resolution"}]}).

    A case passes where every expected result is touched by a quantity of the same value (a range: the same bounds, whichever side is open;
    units by name, currencies by code, "Dollar" and the like where we leave an open sign open) and, in the suites other than plain numbers,
    where no further quantity of that kind is read. Files of other names (ordinals, experimental and mode copies) are passed over.
    Figures we gate (names, dates) count as read in the plain number suites.
    """
    tally: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for path, case in records([f for f in files if f.name.split(".")[0] in SUITES]):
        suite = path.name.split(".")[0]
        good = _recognized(suite, case, find(case["input"]))
        reason = None if good else _reason(suite, case["input"])
        tally[suite]["passed" if good else f"otherwise: {reason}" if reason else "failed"] += 1
    return _report(tally)


_KINDS = {
    "percentage": ("percent",),
    "percentage_mode": ("percent",),
    "age": ("age",),
    "currency": ("money", "rate"),
    "temperature": ("temperature",),
}


def _recognized(suite: str, case: dict[str, Any], spans: list[NumberSpan]) -> bool:
    wanted = case["results"]
    for result in wanted:
        start, end = result["span"]
        touching = [s for s in spans if s.start < end and start < s.end]
        if not any(_same_resolution(s, result.get("resolution") or {}, spans) for s in touching):
            return False
    if suite not in _KINDS:
        return True
    further = [s for s in spans if s.gate is None and s.kind in _KINDS[suite]]
    return all(any(s.start < r["span"][1] and r["span"][0] < s.end for r in wanted) for s in further)


_INTERVAL = re.compile(r"^[\[(](-?[\d.]*),(-?[\d.]*)[\])]$")


def _same_resolution(span: NumberSpan, resolution: dict[str, Any], spans: list[NumberSpan]) -> bool:
    text = str(resolution.get("value") or "").rstrip("%")
    interval = _INTERVAL.match(text)
    if interval:
        low, high = (float(x) if x not in ("", "-") else None for x in interval.groups())
        if low is not None and high is not None and span.form != "range":
            lows, highs = [s.low for s in spans if s.low is not None], [s.high for s in spans if s.high is not None]
            return any(_near(low, x) for x in lows) and any(_near(high, x) for x in highs)
        return _near(span.low, low) and _near(span.high, high)
    if not text:
        return span.value is None
    try:
        value = float(text)
    except ValueError:
        return False
    return _near(span.value, value) and _same_unit(span, resolution.get("unit"), resolution.get("isoCurrency"))


def _same_unit(span: NumberSpan, name: str | None, code: str | None) -> bool:
    """Whether a span's unit is the suite's; "per" units are compared by their numerator, open currency signs by their candidates."""
    if not name or (span.kind == "age" and span.unit and name.lower() == span.unit):
        return True
    if span.unit_basis is not None:
        wanted = _currency_codes(name)
        return (
            span.unit in wanted
            or (span.unit is None and bool(wanted & set(span.candidates)))
            or (span.unit or "") in name.lower().replace("pence", "penny")
        )
    name = name.split(" per ")[0] if " per " in name and " per " not in (span.unit or "") else name
    if {name.lower(), span.unit} == {"ton", "tonne"}:
        return True  # "t" is the suite's ton
    known = units.unit_named({"C": "degree Celsius", "F": "degree Fahrenheit", "K": "kelvin"}.get(name, name))
    return span.unit is not None and (
        (known is not None and known.name == span.unit) or span.unit.split(" per ")[0] == name.lower().split(" per ")[0]
    )


def _currency_codes(name: str) -> set[str]:
    """Codes a currency's English name may mean ("Dollar", "Swiss franc")."""
    lex = units.currencies()
    named = units.currency_after(" " + name.lower() + "s", 0, 5000.0, scaled=True) or units.currency_after(
        " " + name.lower(), 0, 5000.0, scaled=True
    )
    codes = set(lex.nouns.get(name.lower(), ())) | set(named.candidates if named else ())
    return codes | ({"USD"} if name.lower().startswith("united states") else set())


# ---------------------------------------------------------------- duckling


def duckling(files: list[Path]) -> dict[str, object]:
    """duckling's English corpora ({"input", "expected": {"value" or "from"/"to", "unit", "bound"}}; the whole input is one quantity).

    A case passes where one quantity has the value and unit (measures are compared in SI, so 2,000 milligrams is 2 grams), and under
    "between", "under", "above" the bounds.
    Ordinals are no quantities to us: the file of ordinals passes where the figure is gated or unread.
    """
    tally: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for path, case in records(files):
        suite = path.name.split(".")[0]
        spans = [s for s in find(case["input"]) if s.gate is None]
        good = not spans if suite == "ordinal" else any(_duckled(s, case["expected"]) for s in spans)
        reason = None if good else _reason(suite, case["input"])
        tally[suite]["passed" if good else f"otherwise: {reason}" if reason else "failed"] += 1
    return _report(tally)


def _duckled(span: NumberSpan, expected: dict[str, Any]) -> bool:
    bound, unit = expected.get("bound") or "=", expected.get("unit")
    factor = _factor(span, unit)
    if factor is None:
        return False
    scale, shift = factor
    low, high = (None if x is None else x * scale + shift for x in (span.low, span.high))
    value = None if span.value is None else span.value * scale + shift
    wanted = expected.get("value")
    first, last = (
        wanted if isinstance(wanted, list) else (expected.get("from") or expected.get("low"), expected.get("to") or expected.get("high"))
    )[:2]
    if bound in ("between", "range") or isinstance(wanted, list):
        return _near(low, first) and _near(high, last)
    return _near(value if value is not None else low, wanted if wanted is not None else first if first is not None else last)


def _factor(span: NumberSpan, unit: str | None) -> tuple[float, float] | None:
    """What turns the span's value into the expected unit's; None where the units differ."""
    if not unit or unit in ("Unnamed", "M", "Nothing"):
        return (1.0, 0.0)
    if span.unit_basis is not None:
        generic = set(units.currencies().nouns.get(unit.lower(), ()))
        if unit == "Cent" or unit == span.unit or unit in span.candidates or generic & {*span.candidates, span.unit}:
            minor = span.unit is not None and span.unit.islower()
            return (0.01, 0.0) if minor and unit != "Cent" else (1.0, 0.0)
        return (0.01, 0.0) if span.unit is not None and span.unit.islower() else None
    wanted, ours = units.unit_named(unit), units.unit_named(span.unit or "")
    if wanted is None or ours is None:
        return (1.0, 0.0) if span.unit and span.unit.lower() == unit.lower() else None
    if wanted == ours:
        return (1.0, 0.0)
    if wanted.si_unit != ours.si_unit or not wanted.si_factor or ours.si_factor is None:
        return None
    return (ours.si_factor / wanted.si_factor, (ours.si_offset - wanted.si_offset) / wanted.si_factor)


# ---------------------------------------------------------------- quantulum3, CQE, CogComp


def _ours(text: str) -> list[Reading]:
    return [
        (s.start, s.end, s.value if s.value is not None else s.low, s.low, s.high, _whole_unit(s)) for s in find(text) if s.gate is None
    ]


def _whole_unit(span: NumberSpan) -> str | None:
    """The unit with the denominator of a rate; an open "$" of a rate is a dollar."""
    unit = span.unit or ("dollar" if span.per and "USD" in span.candidates else None)
    return f"{unit} per {span.per}" if unit and span.per else unit


def _by_quantulum(text: str) -> list[Reading]:
    from quantulum3 import parser

    found = parser.parse(text)
    return [(*q.span, q.value, None, None, None if q.unit.name == "dimensionless" else q.unit.name) for q in found]


def _peers() -> dict[str, Callable[[str], list[Reading]]]:
    """Our reader and the peers that are installed."""
    out: dict[str, Callable[[str], list[Reading]]] = {"newsledger": _ours}
    try:
        import quantulum3  # noqa: F401

        out["quantulum3"] = _by_quantulum
    except ImportError:
        pass
    return out


def _prf(right: int, system: int, gold: int) -> tuple[float, float, float]:
    p, r = (right / system if system else 0.0), (right / gold if gold else 0.0)
    return round(p, 4), round(r, 4), round(2 * p * r / (p + r), 4) if p + r else 0.0


def quantulum(files: list[Path]) -> dict[str, object]:
    """quantulum3's own tests ({"text", "quantities": [{"span", "value", "unit"}]}), read by us and by quantulum3 where it is installed.

    After CQE's protocol: a quantity is right where an unused one of the system overlaps it and has its value (a range: its middle); and
    value+unit where also the unit is the same by name or alias. Precision, recall, F1 over all sentences.
    """
    out: dict[str, object] = {}
    for name, read in _peers().items():
        gold = system = values = both = 0
        for _, case in records(files):
            spans, used = read(case["text"]), set()
            gold, system = gold + len(case["quantities"]), system + len(spans)
            for q in case["quantities"]:
                hits = [
                    k
                    for k, s in enumerate(spans)
                    if k not in used and s[0] < q["span"][1] and q["span"][0] < s[1] and _near(s[2], q["value"])
                ]
                if hits:
                    used.add(hits[0])
                    values += 1
                    both += _unit_alike(spans[hits[0]][5], q["unit"])
        for label, right in (("value", values), ("value+unit", both)):
            out[f"{name} {label} P"], out[f"{name} {label} R"], out[f"{name} {label} F1"] = _prf(right, system, gold)
    return out


_ALIKE = {
    "percentage": "percent",
    "fahrenheit": "degree fahrenheit",
    "celsius": "degree celsius",
    "pound sterling": "gbp",
    "pence": "penny",
    "count": "time",
    "diopter (lens)": "dioptre",
}


def _unit_alike(ours: str | None, theirs: str | None) -> bool:
    """Whether two unit names mean the same; currencies by code or noun."""
    if not theirs or theirs == "dimensionless":
        return ours in (None, "ratio", "time")
    theirs = _ALIKE.get(theirs.lower(), theirs.lower())
    if ours is None:
        return theirs in ("dollar", "rupee", "pound")
    if " per " in ours and " per " in theirs:
        (over, under), (their_over, their_under) = ours.split(" per ", 1), theirs.split(" per ", 1)
        return _unit_alike(over, their_over) and _unit_alike(under, their_under)
    if ours.lower() == theirs or ours.lower() == _ALIKE.get(theirs, theirs):
        return True
    known = units.unit_named(theirs)
    if known is not None and known.name == ours:
        return True
    return len(ours) == 3 and ours.isupper() and ours in _currency_codes(theirs)


def cqe_units(files: list[Path]) -> dict[str, object]:
    """CQE's sentences with one ambiguous unit each ({"text", "unit"}): the share whose unit is read, and the share of the sentences in
    which a quantity with any unit is read whose unit is right. CQE's own test gives its classifier the surface form and its few senses;
    here nothing but the sentence is given, a unit without a number (one in eleven) cannot be read, and signs that no
    newspaper prints (a acre, a year) stay unread on purpose; what a unit is by ("ZAR per litre") is left aside where the set gives the unit
    alone. Sentences were written by a language model, not by the press."""
    out: dict[str, object] = {}
    for name, read in _peers().items():
        total = right = decided = 0
        for _, case in records(files):
            found = [s[5].split(" per ")[0] if s[5] and " per " not in case["unit"] else s[5] for s in read(case["text"])]
            total += 1
            right += any(_unit_alike(u, case["unit"]) for u in found)
            decided += any(u is not None for u in found)
        out[f"{name} unit right"], out[f"{name} unit right of decided"] = _share(right, total), _share(right, decided)
        out["sentences"] = total
    return out


def cogcomp(files: list[Path]) -> dict[str, object]:
    """CogComp quantifier chunks ({"text", "quantities": [{"span", "raw": NUMBER, RANGE, RATIO or DATE}]}): their spans hold modifier,
    number, unit and counted noun, so a chunk other than DATE counts as found where one of our quantities lies inside or overlaps it
    (recall),
    and a quantity of ours as right where it overlaps any chunk (precision). No values are given."""
    found = gold = right = system = 0
    for _, case in records(files):
        spans = [s for s in find(case["text"]) if s.gate is None]
        chunks = [q["span"] for q in case["quantities"]]
        wanted = [q["span"] for q in case["quantities"] if q["raw"] != "DATE"]
        gold, system = gold + len(wanted), system + len(spans)
        found += sum(any(s.start < e and b < s.end for s in spans) for b, e in wanted)
        right += sum(any(s.start < e and b < s.end for b, e in chunks) for s in spans)
    return {"recall": _share(found, gold), "precision": _share(right, system), "chunks": gold, "quantities": system}


# ---------------------------------------------------------------- counted nouns


def nummod(files: list[Path]) -> dict[str, object]:
    """Number to counted noun, from gold trees ({"text", "quantities": [{"span", "counted": head lemma, "counted_span"}]}), read with
    the tree
    of models/wire_en: of the numbers we read as quantities that count (no measures, ages, dates), the share whose counted head is the gold
    one (`head right`), and the share of all gold links that we read so (`recall`; links of dates and names are among the gold)."""
    from pipeline.language import counting
    from pipeline.language.model import load_model

    nlp = load_model("models/wire_en")
    read = right = gold = 0
    cases = [case for _, case in records(files)]
    for case, doc in zip(cases, nlp.pipe(c["text"] for c in cases), strict=True):
        spans = [s for s in find(case["text"]) if s.gate is None]
        for q in case["quantities"]:
            gold += 1
            span = next((s for s in spans if s.number_start < q["span"][1] and q["span"][0] < s.number_end), None)
            if span is None or span.kind != "count" or span.unit is not None:
                continue
            number = doc.char_span(span.number_start, span.number_end, alignment_mode="expand")
            head = counting.counted(doc, number, span.number_end, measured=False).head
            read += 1
            right += head is not None and q["counted_span"][0] <= head.idx < q["counted_span"][1]
    return {"head right": _share(right, read), "recall": _share(right, gold), "read": read, "links": gold}


TASKS: dict[str, Callable[[list[Path]], dict[str, object]]] = {
    "numbers-recognizers": recognizers,
    "numbers-duckling": duckling,
    "numbers-quantulum3": quantulum,
    "numbers-cqe-units": cqe_units,
    "numbers-cogcomp": cogcomp,
    "numbers-counted": nummod,
}
