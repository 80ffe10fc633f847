"""Geocoding on toponyms whose coordinates people coded (LGL, GeoVirus; rows with `text` and `toponyms` of `span`, `name`, `lat`, `lon`).

geo-gold: the gold toponyms with coordinates are handed to the geocoder together with the text, as an article's mentions. Nationalities
are left
aside. `found` is the share of them it gives a place, `acc161` the share of those that lie within 161 km (100 miles) of the coded point, the
usual figure since Leidner 2007; `acc161_all` counts the unfound as wrong; `median_km` is the median error of the found.

geo-pipeline: the language core reads the text and the entities stage writes its rows; a gold toponym is found where a row with
coordinates has
exactly its characters, or overlaps them and is a LOC or FAC. The same figures.
"""

from __future__ import annotations

import gzip
import json
import pathlib
import statistics
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.text.places import Place, Toponym, distance_km, find_countries, geocode, is_nationality

NEAR_ENOUGH_KM = 161.0


def documents(files: list[pathlib.Path]) -> Iterator[dict[str, Any]]:
    """The rows of JSON lines files, .gz or plain."""
    for path in files:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)


def _gold(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [t for t in document["toponyms"] if t["lat"] is not None and t["lon"] is not None and not is_nationality(t["name"])]


def _figures(errors: list[float], total: int) -> dict[str, object]:
    near = sum(e <= NEAR_ENOUGH_KM for e in errors)
    return {
        "toponyms": total,
        "found": round(100 * len(errors) / max(1, total), 1),
        "acc161": round(100 * near / max(1, len(errors)), 1),
        "acc161_all": round(100 * near / max(1, total), 1),
        "median_km": round(statistics.median(errors), 1) if errors else None,
    }


def resolved(document: dict[str, Any]) -> list[tuple[dict[str, Any], Place | None]]:
    """Each gold toponym of a document with the place the geocoder gives it."""
    gold = _gold(document)
    mentions = [Toponym(name=t["name"], start=t["span"][0], end=t["span"][1]) for t in gold]
    spans = {(t["span"][0], t["span"][1]) for t in gold}
    countries = [code for code, start, end in find_countries(document["text"]) if (start, end) not in spans]
    return list(zip(gold, geocode(mentions, document["text"], countries=countries), strict=True))


def gold_toponyms(files: list[pathlib.Path]) -> dict[str, object]:
    """geo-gold of the module's docstring."""
    errors, total = [], 0
    for document in documents(files):
        for toponym, place in resolved(document):
            total += 1
            if place is not None:
                errors.append(distance_km((toponym["lat"], toponym["lon"]), (place.lat, place.lon)))
    return _figures(errors, total)


TASKS: dict[str, Callable[[list[pathlib.Path]], dict[str, object]]] = {"geo-gold": gold_toponyms}
