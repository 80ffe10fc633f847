"""Geocoding on toponyms whose coordinates people coded (LGL, GeoVirus; rows with `text` and `toponyms` of `span`, `name`, `lat`, `lon`).

geo-gold: the gold toponyms with coordinates are handed to the geocoder together with the text, as an article's mentions. Nationalities
are left aside. `found` is the share of them it gives a place, `acc161` the share of those that lie within 161 km (100 miles) of the
coded point, the
usual figure since Leidner 2007; `acc161_all` counts the unfound as wrong; `median_km` is the median error of the found.

geo-pipeline: the language core reads the text and the entities stage writes its rows; a gold toponym is found where a row with coordinates
has exactly its characters, or overlaps them. The same figures.
"""

from __future__ import annotations

import gzip
import json
import pathlib
import statistics
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.text.countries import capital_of, countries_in, find_countries, is_nationality, metonym_of
from pipeline.text.names import acronym_country
from pipeline.text.places import Place, Toponym, distance_km, geocode

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


def whole_pipeline(files: list[pathlib.Path]) -> dict[str, object]:
    """geo-pipeline of the module's docstring."""
    from pipeline.evaluation.reading import read  # loads the language core, which geo-gold does without

    errors, total = [], 0
    for document in documents(files):
        rows = [r for r in read(document["text"]).entities if r.lat is not None and r.lon is not None]
        for toponym in _gold(document):
            start, end = toponym["span"]
            total += 1
            exact = [r for r in rows if (r.start, r.end) == (start, end)]
            near = exact or [r for r in rows if r.start < end and start < r.end]
            if near and near[0].lat is not None and near[0].lon is not None:
                errors.append(distance_km((toponym["lat"], toponym["lon"]), (near[0].lat, near[0].lon)))
    return _figures(errors, total)


def actor_countries(files: list[pathlib.Path]) -> dict[str, object]:
    """geo-actor-countries: actor phrases with the country expected of them (`text`, `expect.country` or `expect.cc`; NGEC's actor tests).

    The country of a phrase is the first that it names as a country, nationality, capital, metonym or known acronym. `right` is the share of
    phrases with an expected country of three letters that get it, `null_right` the share of those without one that get none.
    """
    right = total = null_right = nulls = 0
    for case in documents(files):
        expect = case.get("expect") or {}
        if not isinstance(expect, dict) or not ("country" in expect or "cc" in expect):
            continue
        wanted, found = expect.get("country") or expect.get("cc") or None, phrase_country(case["text"])
        if wanted:
            total += 1
            right += found == wanted
        else:
            nulls += 1
            null_right += found is None
    return {
        "phrases": total,
        "right": round(100 * right / max(1, total), 1),
        "nulls": nulls,
        "null_right": round(100 * null_right / max(1, nulls), 1),
    }


def phrase_country(phrase: str) -> str | None:
    """The country an actor phrase names, None where it names none."""
    found = countries_in(phrase)
    if found:
        return found[0]
    if (metonym := metonym_of(phrase)) is not None:
        return metonym.country
    for word in (phrase, *phrase.split()):
        code = acronym_country(word) or capital_of(word) or (m.country if (m := metonym_of(word)) else None)
        if code:
            return code
    return None


TASKS: dict[str, Callable[[list[pathlib.Path]], dict[str, object]]] = {
    "geo-gold": gold_toponyms,
    "geo-pipeline": whole_pipeline,
    "geo-actor-countries": actor_countries,
}
