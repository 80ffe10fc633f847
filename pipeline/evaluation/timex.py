"""Temporal expressions on public corpora: `evaluate dates-tempeval3 FILE…` and its sisters. Rules alone unless a task's name ends in
-model (rules and the shipped model, as the stage joins them) or in a peer's name (-dateparser, -recognizers: extra [bench]).

Measure (TempEval-3, UzZaman et al. 2013, as its official toolkit computes it): a system span and a gold span match relaxed where they
overlap, each gold span taking at most one system span and the reverse, in reading order. precision = matched / system, recall = matched /
gold, `relaxed_f1` their harmonic mean; `strict_f1` the same with equal offsets. `value_f1` = relaxed_f1 x the share of matched pairs
whose TIMEX3 values are the same string; `type_f1` likewise. Counts are summed over the documents (micro). No value is normalised before
it is compared.

- dates-tempeval3: `text` is the <TEXT> of a document, published its creation time; every gold timex counts.
- dates-wikiwars: the same; the articles are narratives, and the reader has to find that out by itself. Gold values null count as spans
  only.
- dates-eventstoryline: only expressions inside the annotated sentences count, on both sides; mentions of the creation time (`is_dct`) are
  left out.
- dates-gum: gold marks resolvable dates only, so only our DATE and TIME expressions whose extent is known count. Values: GUM's intervals
  "a/b" are compared as first and last day with our extents (a whole season, half, week or decade is an interval there); others as
  strings, a part of the day or clock time of ours left off where the gold has a plain day.
- dates-timenorm: phrases without context; no day of speaking. A phrase is right where one span covers at least half of it and has its
  type, and, where the gold value does not depend on a day of speaking (durations, sets, references, years), its value.
- dates-recognizers: cases of the Recognizers-Text suites (news filter). A case passes where every result is found (spans overlap) with a
  reading that agrees: the first and last day, both suites' ends made inclusive, with one of the listed past or future resolutions;
  durations by length; sets by span. An input without results passes where nothing is found. Times without a date are compared by the
  clock. Figures by group (file).
"""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import json
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pipeline.text.date_frame import Resolved
from pipeline.text.date_meaning import Reference, TimexSpan
from pipeline.text.date_reader import Reading, read_dates
from pipeline.text.dates import recognise

Figures = dict[str, object]
Reader = Callable[[str, "dt.date | None"], list[Reading]]


def records(paths: Sequence[pathlib.Path]) -> Iterator[dict[str, Any]]:
    """The JSON records of .jsonl and .jsonl.gz files."""
    for path in paths:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from (json.loads(line) for line in raw.decode("utf-8").split("\n") if line.strip())


def rules_only(text: str, published: dt.date | None) -> list[Reading]:
    return read_dates(text, recognise(text), published)


def day_of(value: str | None) -> dt.date | None:
    """The day of a document's creation time, None where it has none."""
    try:
        return dt.date.fromisoformat((value or "")[:10])
    except ValueError:
        return None


def pairs(gold: Sequence[dict[str, Any]], found: Sequence[Reading]) -> list[tuple[dict[str, Any], Reading]]:
    """Gold and system spans that overlap, one to one, in reading order."""
    out, used = [], set()
    for item in gold:
        start, end = item["span"]
        for k, reading in enumerate(found):
            if k not in used and reading.span.start < end and start < reading.span.end:
                used.add(k)
                out.append((item, reading))
                break
    return out


class Tally:
    """Sums over documents, and the figures they give."""

    def __init__(self) -> None:
        self.gold = self.found = self.matched = self.strict = self.value = self.type = 0

    def add(self, gold: Sequence[dict[str, Any]], found: Sequence[Reading], same: Callable[[dict[str, Any], Reading], bool]) -> None:
        matched = pairs(gold, found)
        self.gold, self.found, self.matched = self.gold + len(gold), self.found + len(found), self.matched + len(matched)
        self.strict += sum(tuple(g["span"]) == (r.span.start, r.span.end) for g, r in matched)
        self.value += sum(same(g, r) for g, r in matched)
        self.type += sum(g.get("type") == r.resolved.type for g, r in matched)

    def figures(self) -> Figures:
        precision, recall = _ratio(self.matched, self.found), _ratio(self.matched, self.gold)
        relaxed = _ratio(2 * self.matched, self.gold + self.found)
        return {
            "gold": self.gold,
            "found": self.found,
            "precision": _percent(precision),
            "recall": _percent(recall),
            "relaxed_f1": _percent(relaxed),
            "strict_f1": _percent(_ratio(2 * self.strict, self.gold + self.found)),
            "type_f1": _percent(relaxed * _ratio(self.type, self.matched)),
            "value_accuracy": _percent(_ratio(self.value, self.matched)),
            "value_f1": _percent(relaxed * _ratio(self.value, self.matched)),
        }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _percent(share: float) -> float:
    return round(100 * share, 1)


def same_value(gold: dict[str, Any], reading: Reading) -> bool:
    return bool(gold["value"] == reading.resolved.value)


def tempeval3(paths: list[pathlib.Path], read: Reader = rules_only) -> Figures:
    """TempEval-3 and WikiWars: every timex of the text."""
    tally = Tally()
    for doc in records(paths):
        tally.add(doc["timex"], read(doc["text"], day_of(doc["dct"])), same_value)
    return tally.figures()


def eventstoryline(paths: list[pathlib.Path], read: Reader = rules_only) -> Figures:
    """EventStoryLine: inside the annotated sentences."""
    tally = Tally()
    for doc in records(paths):
        gold = [t for t in doc["timex"] if not t["is_dct"]]
        headers = [t["span"] for t in doc["timex"] if t["is_dct"]]
        found = [
            r
            for r in read(doc["text"], day_of(doc["dct"]))
            if any(a <= r.span.start and r.span.end <= b for a, b in doc["annotated_sentences"])
            and not any(r.span.start < b and a < r.span.end for a, b in headers)
        ]
        tally.add(gold, found, same_value)
    return tally.figures()


def interval(value: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of a GUM interval "a/b"; a month's or year's edge is filled. None where it is none."""
    if value.count("/") != 1:
        return None
    first, last = value.split("/")
    try:
        start = dt.date.fromisoformat((first + "-01-01")[:10] if len(first) == 4 else (first + "-01")[:10])
        if len(last) == 4:
            return start, dt.date(int(last), 12, 31)
        if len(last) == 7:
            year, month = int(last[:4]), int(last[5:])
            return start, dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        return start, dt.date.fromisoformat(last)
    except ValueError:
        return None


def same_gum(gold: dict[str, Any], reading: Reading) -> bool:
    days = interval(gold["value"])
    if days is not None:
        return days in ((reading.date_start, reading.date_end), (reading.resolved.date_start, reading.resolved.date_end))
    value = reading.resolved.value
    return bool(gold["value"] in (value, value.partition("T")[0]))


def gum(paths: list[pathlib.Path], read: Reader = rules_only) -> Figures:
    """GUM: resolvable dates, all genres and news apart."""
    everything, news = Tally(), Tally()
    for doc in records(paths):
        found = [
            r
            for r in read(doc["text"], day_of(doc["dct"]))
            if r.resolved.type in ("DATE", "TIME")
            and (r.date_start or r.resolved.value[:1] in "XB")
            and r.resolved.value not in ("XXXX-XX-XX",)
        ]
        for tally in (everything, news) if doc["genre"] == "news" else (everything,):
            tally.add(doc["timex"], found, same_gum)
    return {**everything.figures(), **{f"news_{k}": v for k, v in news.figures().items()}}


def timenorm(paths: list[pathlib.Path], read: Reader = rules_only) -> Figures:
    """Phrases of TempEval-3 without their context."""
    total = found_type = independent = right = 0
    for phrase in records(paths):
        total += 1
        readings = [r for r in read(phrase["text"], None) if 2 * (r.span.end - r.span.start) >= len(phrase["text"])]
        typed = [r for r in readings if r.resolved.type == phrase["type"]]
        found_type += bool(typed)
        if phrase["value"][:1] == "P" or phrase["text"].isdigit() or phrase["value"].endswith("_REF"):
            independent += 1
            right += any(r.resolved.value == phrase["value"] for r in readings)
    return {
        "phrases": total, "found_with_type": found_type, "share": _percent(_ratio(found_type, total)), "independent": independent,
        "independent_right": right, "value_accuracy": _percent(_ratio(right, independent)),
    }  # fmt: skip


def with_model(text: str, published: dt.date | None) -> list[Reading]:
    """Rules and the shipped model together, as the stage joins them (titles and boilerplate are not told apart here)."""
    from pipeline.language.dating import read_doc

    doc = _model()(text)
    return read_doc(text, doc, published, lambda _: True)[0]


def dateparser_peer(text: str, published: dt.date | None) -> list[Reading]:
    """What dateparser's own search finds, as a peer: English, relative to the day of speaking, each hit with the value of its day."""
    from dateparser.search import search_dates

    settings: dict[str, Any] = {"RELATIVE_BASE": dt.datetime.combine(published, dt.time())} if published else {}
    out, position = [], 0
    for words, when in search_dates(text, languages=["en"], settings=settings) or []:
        start = text.find(words, position)
        if start < 0:
            continue
        position = start + len(words)
        span = TimexSpan(start=start, end=position, type="DATE", meaning=Reference(value=""))
        day = when.date()
        out.append(Reading(span, Resolved(day.isoformat(), "DATE", day, day, "day", "relative"), day, day))
    return out


PEER_TYPES = {"date": "DATE", "daterange": "DATE", "duration": "DURATION", "set": "SET"}


def recognizers_peer(text: str, published: dt.date | None) -> list[Reading]:
    """What Recognizers-Text (pre-release 1.0.2a2, English) finds, as a peer: its TIMEX where that is complete; where the year is open (X),
    the first of the dates it lists, which is the past one, cut to what the TIMEX names (a month stays a month)."""
    from recognizers_date_time import recognize_datetime

    day = dt.datetime.combine(published, dt.time()) if published else None
    out = []
    for found in recognize_datetime(text, "en-us", reference=day):
        values = (found.resolution or {}).get("values") or [{}]
        first = {k: str(v) for k, v in values[0].items()}
        timex, kind = first.get("timex", ""), first.get("type", "date")
        date = first.get("value") or first.get("start") or ""
        if "X" in timex and kind != "set" and day_of(date):
            timex = date[: len(timex)] if timex[:1] == "X" and "W" not in timex else date.replace(" ", "T")[:10]
        start = day_of(date) if kind not in ("duration", "set", "time") else None
        kind_ = PEER_TYPES.get(kind, "TIME")
        span = TimexSpan(start=found.start, end=found.end + 1, type=kind_, meaning=Reference(value=timex))  # type: ignore[arg-type]
        out.append(Reading(span, Resolved(timex, kind_, start, start, "none", "relative"), start, start))  # type: ignore[arg-type]
    return sorted(out, key=lambda reading: reading.span.start)


@functools.cache
def _model() -> Any:
    from pipeline.language.model import load_model
    from pipeline.language.paths import model_path

    return load_model(model_path())


def _variants(name: str, measure: Callable[[list[pathlib.Path], Reader], Figures]) -> dict[str, Callable[[list[pathlib.Path]], Figures]]:
    return {
        name: lambda paths: measure(paths, rules_only),
        f"{name}-model": lambda paths: measure(paths, with_model),
        f"{name}-dateparser": lambda paths: measure(paths, dateparser_peer),
        f"{name}-recognizers": lambda paths: measure(paths, recognizers_peer),
    }


TASKS: dict[str, Callable[[list[pathlib.Path]], Figures]] = {
    **_variants("dates-tempeval3", tempeval3),
    **_variants("dates-wikiwars", tempeval3),
    **_variants("dates-eventstoryline", eventstoryline),
    **_variants("dates-gum", gum),
    "dates-timenorm": lambda paths: timenorm(paths, rules_only),
}
