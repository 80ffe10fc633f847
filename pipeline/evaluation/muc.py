"""Measures the event table on MUC-4: incidents of an article slot by slot against the answer keys of 1992.

Each story is read as an article of its own through all stages, with the language core of `models/wire_en`.
"""

from __future__ import annotations

import collections
import datetime as dt
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.evaluation.events import _coded, _events, _f, _records
from pipeline.lexicon import load

if TYPE_CHECKING:
    from pipeline.stages.events import Event

MUC_SLOTS = ("date", "location", "perpetrator", "victim", "killed", "injured")


def muc4(files: list[Path]) -> dict[str, object]:
    """MUC-4 slot by slot: date, location, perpetrator, victim, number killed, number injured; precision, recall and F over all fills.

    Our templates are an article's clusters that MUC-4's guidelines would ask a template for, as `_incidents` tells. Gold and system
    templates are paired greedily by the number of slots they share. A string fill is right where it shares a word of four letters
    with an alternative of the key; a date where it overlaps the key's and is no more than a week or the key's own span long; a number where
    it is the key's total for the effect (DEATH, INJURY) or lies in its bounds. Optional templates cost nothing when missed. Fills of
    unpaired gold templates count as missed, of unpaired system templates as spurious.
    """
    records = list(_records(files))
    right: collections.Counter[str] = collections.Counter()
    system: collections.Counter[str] = collections.Counter()
    gold: collections.Counter[str] = collections.Counter()
    for record, (_, rows) in zip(records, _coded((r["text"], _header_date(r["header"])) for r in records), strict=True):
        mine = [_template(g) for g in _incidents(_events(rows), _header_date(record["header"]))]
        keys = [(_key(t), bool(t["optional"])) for t in record["templates"]]
        pairs = sorted(
            (
                (sum(_agree(s, m, k) for s in MUC_SLOTS), -i, -j)
                for (i, m), (j, (k, _)) in itertools.product(enumerate(mine), enumerate(keys))
            ),
            reverse=True,
        )
        used_m: set[int] = set()
        used_k: set[int] = set()
        for score, i, j in pairs:
            if not score or -i in used_m or -j in used_k:
                continue
            used_m.add(-i)
            used_k.add(-j)
            for slot in MUC_SLOTS:
                right[slot] += _agree(slot, mine[-i], keys[-j][0])
        for m in mine:
            for slot in MUC_SLOTS:
                system[slot] += bool(m.get(slot))
        for j, (k, optional) in enumerate(keys):
            if optional and j not in used_k:
                continue
            for slot in MUC_SLOTS:
                gold[slot] += bool(k.get(slot))
    out: dict[str, object] = {}
    for slot in MUC_SLOTS:
        out[f"{slot}_p"], out[f"{slot}_r"], out[f"{slot}_f1"] = _f(right[slot], system[slot], gold[slot])
    out["all_p"], out["all_r"], out["all_f1"] = _f(sum(right.values()), sum(system.values()), sum(gold.values()))
    return out


def _header_date(header: Mapping[str, Any]) -> dt.date | None:
    match = re.match(r"(\d{1,2}) (\w{3})\w* (\d{2})$", (header or {}).get("date") or "")
    try:
        return dt.datetime.strptime(" ".join(match.groups()), "%d %b %y").date() if match else None
    except ValueError:
        return None


ARMED = frozenset({"MIL", "REB", "PRM", "UAF", "CRM"})
AUTHORITIES = frozenset({"MIL", "COP", "GOV", "JUD", "SPY"})
RECENT = dt.timedelta(days=62)
"""How long before the story's date an incident may lie: MUC-4's two months."""
LONGEST = dt.timedelta(days=31)
"""Longest date of an incident: what took a season or a year is no specific one."""


def _incidents(events: Sequence[Event], published: dt.date | None) -> list[list[Event]]:
    """The mentions of each incident that MUC-4's guidelines ask a template for.

    Relevant is what was done, recently and specifically, to somebody or something other than armed forces: clusters of ASSAULT (and of
    seizures by others than the authorities) that are told as having happened, with a word for an act rather than for fighting in general
    (class `warfare` of event_word_classes.csv), with a target or a count, whose targets are not all soldiers, rebels or criminals, made
    specific by a date, a count, a named target or a place in its sentence, and whose date, where told, is no longer than a month and no
    more than two months back. Clusters that name the same victim and whose dates do not contradict each other are one incident: a kidnapped
    man who is found murdered has one template.
    """
    groups: dict[str, list[Event]] = {}
    for event in events:
        seized = event.event_mode == "seize" and event.actor_sector not in AUTHORITIES
        if (event.event_type == "ASSAULT" or seized) and event.factuality == "asserted":
            groups.setdefault(event.cluster_id, []).append(event)
    joined: list[list[Event]] = []
    for group in groups.values():
        if not _relevant(group, published):
            continue
        for other in joined:
            if _same_incident(group, other):
                other.extend(group)
                break
        else:
            joined.append(list(group))
    return joined


def _relevant(group: Sequence[Event], published: dt.date | None) -> bool:
    warfare = _warfare()
    if all(e.trigger_lemma.lower() in warfare for e in group):
        return False
    targets = [e for e in group if e.recipient]
    counted = any(e.killed_low or e.killed_best or e.injured_low or e.injured_best for e in group)
    if not targets and not counted:
        return False
    if targets and all(e.recipient_sector in ARMED for e in targets):
        return False
    dates = _dates(group)
    named = any(e.recipient_entity_id or e.geo_basis in ("clause", "sentence") for e in group)
    if dates is None:
        return counted or named
    return dates[1] - dates[0] <= LONGEST and (published is None or dates[1] >= published - RECENT)


def _same_incident(a: Sequence[Event], b: Sequence[Event]) -> bool:
    one, other = _dates(a), _dates(b)
    if one and other and (one[0] > other[1] or other[0] > one[1]):
        return False
    return bool({e.recipient_entity_id for e in a if e.recipient_entity_id} & {e.recipient_entity_id for e in b})


@functools.cache
def _warfare() -> frozenset[str]:
    return frozenset(r["lemma"] for r in load("event_word_classes").rows if r["class"] == "warfare")


@functools.cache
def _countries() -> dict[str, str]:
    return {r["alpha3"]: r["name"] for r in load("countries").rows}


def _dates(group: Sequence[Event]) -> tuple[dt.date, dt.date] | None:
    """The shortest date that a mention tells."""
    told = [(e.date_start, e.date_end) for e in group if e.date_start is not None and e.date_end is not None]
    return min(told, key=lambda d: (d[1] - d[0], d[0])) if told else None


def _template(group: Sequence[Event]) -> dict[str, Any]:
    def numbers(column: str) -> float | None:
        return next((v for v in (getattr(e, f"{column}_best") or getattr(e, f"{column}_low") for e in group) if v), None)

    return {
        "date": _dates(group),
        "location": [e.place for e in group if e.place] or [_countries()[e.country] for e in group if e.country in _countries()],
        "perpetrator": [e.actor for e in group if e.actor],
        "victim": [e.recipient for e in group if e.recipient],
        "killed": numbers("killed"),
        "injured": numbers("injured"),
    }


def _key(template: Mapping[str, Any]) -> dict[str, Any]:
    def strings(slot: str) -> list[str]:
        return [a for fill in template.get(slot) or [] for a in fill["alternatives"]]

    date = next((d for d in template["incident_date"] or [] if d.get("start")), None)
    effects: dict[str, tuple[float, float]] = {}
    for fill in template.get("hum_tgt_effect_of_incident") or []:
        for value in fill["values"]:
            for name in ("DEATH", "INJURY"):
                if value.startswith(name):
                    numbers = [n for n in template.get("hum_tgt_number") or [] if set(n.get("xref") or []) & set(fill.get("xref") or [])]
                    low = sum(n.get("min") or 1 for n in numbers) or 1
                    high = sum(n.get("max") or n.get("min") or 1 for n in numbers) or 1
                    old = effects.get(name, (0, 0))
                    effects[name] = (old[0] + low, old[1] + high)
    return {
        "date": (dt.date.fromisoformat(date["start"]), dt.date.fromisoformat(date.get("end") or date["start"])) if date else None,
        "location": [x["name"] for place in template["incident_location"] or [] for level in place["levels"] for x in level],
        "perpetrator": strings("perp_individual_id") + strings("perp_organization_id"),
        "victim": strings("hum_tgt_name") + strings("hum_tgt_description") + strings("phys_tgt_id"),
        "killed": effects.get("DEATH"),
        "injured": effects.get("INJURY"),
    }


def _agree(slot: str, mine: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
    a, b = mine.get(slot), key.get(slot)
    if not a or not b:
        return False
    if slot == "date":
        return bool(a[0] <= b[1] and b[0] <= a[1] and (a[1] - a[0]).days <= max(7, (b[1] - b[0]).days))
    if slot in ("killed", "injured"):
        return bool(b[0] <= a <= b[1] or a == b[0])
    return bool(_content_words(a) & _content_words(b))


def _content_words(strings: Iterable[str]) -> set[str]:
    return {w for s in strings for w in re.findall(r"\w{4,}", s.lower())}


TASKS: dict[str, Callable[[list[Path]], dict[str, object]]] = {"events-muc4": muc4}
