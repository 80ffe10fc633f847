"""Where the toponyms of one article lie: candidates by name, then one choice for all of them together.

Each name's candidates come from the lexicons `countries` and `regions` and from the gazetteer. They are weighed by population and kind of
place,
by what the text says beside the name ("Paris, Texas", "the Iraqi city of Mosul", "Kunduz province"), by the countries the article names,
by its
dateline, and by one another: places of one story lie in the same country and province and near each other (relaxation labelling, after
Hummel and Zucker 1983, over a score of the kind of Lieberman and Samet 2012). No network, no spaCy, no learning at run time.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import math
import re
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline import lexicon
from pipeline.text import gazetteer
from pipeline.text.countries import (
    Metonym,
    capital_of,
    countries_in,
    country_name,
    country_of,
    find_countries,
    find_country,
    is_nationality,
    metonym_of,
)
from pipeline.text.gazetteer import place_key

__all__ = [
    "Metonym", "Place", "Precision", "Toponym", "capital_of", "countries_in", "country_name", "country_of", "distance_km", "find_countries",
    "find_country", "geocode", "is_nationality", "metonym_of",
]  # fmt: skip

Precision = Literal["facility", "city", "admin2", "admin1", "natural", "water", "country", "region"]
"""How fine a coordinate is, finest first: a building, a settlement, a county or district, a province or state, a mountain, desert or
island, a sea, river or lake, a country, a region of several countries (or an informal region of one)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Toponym:
    """One mention of a place as the article gives it: the name, its code-point offsets in the article and its entity label."""

    name: str
    start: int
    end: int
    label: str = "LOC"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a toponym lies. lat and lon are WGS84 degrees; country is ISO 3166 alpha-3 or None (seas, regions of several countries)."""

    name: str
    lat: float
    lon: float
    country: str | None
    admin1: str | None
    geonames_id: int | None
    precision: Precision
    confidence: float
    alternatives: int = 0  # other places of this name that were weighed


# The weights were set on LGL and GeoVirus together (accuracy within 161 km), by coordinate search in steps of a quarter; see
# evaluation/geo.py.
POPULATION = 1.0  # per power of ten of inhabitants
ALTERNATE_NAME = -2.5  # the name is only one of the place's other names
KIND = {"city": 0.0, "admin1": 0.0, "admin2": -1.0}  # beside a city of the same name
COUNTRY = 11.0  # a name that is a country's: as a city of a hundred billion, so that only what stands beside it turns it into a town
NAMESAKE = 1_000_000  # people of a province that makes a country's name doubtful
REGION = 7.0
CHIEF_CITY = 1.3  # a province with up to twenty times the people of a city of its name yields to it
SAME_COUNTRY = 1.25  # times log(1 + mentions of the country)
SAME_ADMIN1 = 2.0  # times log(1 + weight of other places in the province)
NEAR = 2.0  # times log(1 + weight of other places around)
NEAR_KM = 40.0  # distance at which another place's weight has fallen to a third
SAID = 8.0  # the text itself says which one
ROUNDS = 3
MAX_CANDIDATES = 24  # of one name, the best by their own score
DATELINE = 3.0  # mentions a dateline counts for

_DIRECTION = re.compile(
    r"^(?:(?:north|south|east|west|central|upper|lower|inner|outer|downtown|greater|mainland|rural|far|northern|southern|eastern|western"
    r"|north-?eastern|north-?western|south-?eastern|south-?western|north-?east|north-?west|south-?east|south-?west|mid|old|occupied"
    r"|government-held|rebel-held|war-torn|neighbou?ring|coastal|metropolitan)[ -])+(?=[A-Z])",
    re.IGNORECASE,
)
_ADMIN_WORD = (
    r"provinces?|states?|governorates?|regions?|county|counties|oblast|prefecture|department|district|municipality|canton|division|parish|borough|"
    r"territory|krai|republic|voivodeship"
)
_ADMIN_AFTER = re.compile(rf"^\s+(?:{_ADMIN_WORD})\b", re.IGNORECASE)
_ADMIN_END = re.compile(rf"^(?P<base>.+?)(?:'s|’s)?\s+(?:{_ADMIN_WORD})$", re.IGNORECASE)
_ADMIN_FRONT = re.compile(rf"^(?:{_ADMIN_WORD}) of (?P<base>.+)$", re.IGNORECASE)
_ADMIN_BEFORE = re.compile(rf"\b(?:{_ADMIN_WORD}) of (?:the )?$", re.IGNORECASE)
_CITY_BEFORE = re.compile(r"\b(?:city|town|village|capital|port|hamlet|suburb|settlement|neighbou?rhood) of (?:the )?$", re.IGNORECASE)
_CITY_FRONT = re.compile(r"^(?:city|town|village|port) of (?P<base>.+)$", re.IGNORECASE)
_TAIL = re.compile(r"^(?P<base>.+?)(?:'s|’s)?\s+(?P<tail>[\w-]+)$")
_ARTICLE = re.compile(r"^(?:al|ar|as|ash|ad|an|at|az|el|the)[ -](?=\w{3})", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"^(?:,? (?:in|of)(?: the)? (?:(?:\w+ ){0,3}(?:province|state|region|county|district) of )?|, | \()"
    r"(?P<name>[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})"
)
_LIST = re.compile(r",? (?:and|or) ")
_CITY_CODES = frozenset({"LA"})  # Los Angeles before Louisiana, where no full stop stands
MAX_ACRONYM = 4  # "EU" is not the town of Eu; longer words in capitals stand in headlines
_BEFORE = 48  # characters read before a mention, for "the Iraqi city of"
_EARTH_KM = 6371.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Option:
    place: Place
    score: float  # from the place itself, before its company is looked at
    anchor: bool  # its point is near its people: counts as company for others


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two (lat, lon) in degrees."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


@functools.cache
def _regions() -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = collections.defaultdict(list)
    for row in lexicon.load("regions").rows:
        place = Place(
            name=row["name"], lat=float(row["lat"]), lon=float(row["lon"]), country=row["country"] or None, admin1=None, geonames_id=None,
            precision=row["precision"], confidence=0.0,  # type: ignore[arg-type]
        )  # fmt: skip
        for name in (row["name"], *filter(None, row["aliases"].split(";"))):
            found[place_key(name)].append(place)
    return {key: tuple(places) for key, places in found.items()}


@functools.cache
def _abbreviations() -> dict[str, tuple[str, str]]:
    return {row["abbreviation"]: (row["admin1"], row["country"]) for row in lexicon.load("admin_abbreviations").rows}


@functools.cache
def _tails() -> frozenset[str]:
    """Nouns that may follow a place's name inside a mention ("Luhansk airport", "Dadaab camp")."""
    return frozenset(row["noun"] for row in lexicon.load("nominals").rows if row["label"] in ("LOC", "FAC") and row["sense"] != "nature")


@functools.lru_cache(maxsize=4096)
def _options(name: str) -> tuple[_Option, ...]:
    """The places of exactly this name."""
    out: list[_Option] = []
    country = find_country(name)
    if country is not None and country.lat is not None and country.lon is not None:
        state = country.kind in ("country", "territory", "former")
        place = Place(
            name=country.name, lat=country.lat, lon=country.lon, country=country.alpha3, admin1=None if state else country.name,
            geonames_id=country.geonames_id, precision="country" if state else "admin1", confidence=0.0,
        )  # fmt: skip
        out.append(_Option(place, COUNTRY if state else REGION, anchor=not state))
    out += [_Option(place, REGION, anchor=place.precision in ("natural", "water")) for place in _regions().get(place_key(name), ())]
    for c in gazetteer.load().lookup(name):
        if c.kind == "admin1" and country is not None and c.country != country.alpha3 and c.population >= NAMESAKE:
            out[0] = dataclasses.replace(out[0], score=REGION)  # Georgia: the state is as likely as the country
        if c.kind == "admin1" and any(o.place.country == c.country and o.place.precision in ("admin1", "region") for o in out):
            continue  # the lexicons know this province already
        score = POPULATION * math.log10(c.population + 10) + KIND[c.kind] + (0.0 if c.own else ALTERNATE_NAME)
        place = Place(
            name=c.name,
            lat=c.lat,
            lon=c.lon,
            country=c.country,
            admin1=c.admin1 or None,
            geonames_id=c.geonames_id,
            precision=c.kind,
            confidence=0.0,
        )
        out.append(_Option(place, score, anchor=c.kind != "admin1"))
    out = [_below_city(o, out) for o in out]
    out.sort(key=lambda o: -o.score)
    return tuple(out[:MAX_CANDIDATES])


def _below_city(option: _Option, options: Sequence[_Option]) -> _Option:
    """A province or district whose name is its chief city's ("Kabul", "Homs") ranks just below that city, unless the city is far
    smaller."""
    if option.place.precision not in ("admin1", "admin2"):
        return option
    cities = [o.score for o in options if o.place.precision == "city" and o.place.country == option.place.country]
    best = max(cities, default=-math.inf)
    return dataclasses.replace(option, score=best - 0.2) if option.score - CHIEF_CITY <= best < option.score else option


@functools.lru_cache(maxsize=4096)
def _candidates(name: str, label: str) -> tuple[tuple[_Option, ...], str]:
    """The places a mention's name can mean, and "admin" or "city" where the name itself says which kind ("Kunduz province")."""
    name = re.sub(r"(?:'s|’s|'|’)$", "", " ".join(name.split()).rstrip(","))
    if is_nationality(name):
        return (), ""
    short = name if name in _abbreviations() else f"{name}."  # "W.Va" before the full stop that ends a sentence
    if short in _abbreviations() and ("." in name or name not in _CITY_CODES):
        admin1, code = _abbreviations()[short]
        if found := tuple(o for o in _options(admin1) if o.place.country == code and o.place.precision != "city"):
            return found, ""
    if name.isupper() and len(name) <= MAX_ACRONYM and name not in _abbreviations():
        return tuple(o for o in _options(name) if o.place.precision in ("country", "region")), ""
    if found := _options(name):
        return found, ""
    if (match := _ADMIN_END.match(name) or _ADMIN_FRONT.match(name)) and (found := _candidates(match["base"], label)[0]):
        return found, "admin"
    if (match := _CITY_FRONT.match(name)) and (found := _candidates(match["base"], label)[0]):
        return found, "city"
    if (stripped := _DIRECTION.sub("", name)) != name and (found := _candidates(stripped, label)[0]):
        return found, ""
    if (stripped := _ARTICLE.sub("", name)) != name and (found := _options(stripped)):
        return found, ""
    if found := _options("al " + name):
        return found, ""
    match = _TAIL.match(name)
    if match and match["tail"].lower() in _tails() and (found := _candidates(match["base"], label)[0]):
        return found, ""
    for suffix in ("County", "Parish", "District", "Province", "City", "State", "Island", "Islands"):
        if found := _options(f"{name} {suffix}"):
            return found, ""
    return (), ""


def _qualifiers(mention: Toponym, text: str, precisions: set[Precision]) -> tuple[set[str], set[tuple[str, str]], str]:
    """What the text beside a mention says: (countries, (country, admin1 key) pairs, "admin" or "city" or "").

    `precisions` are those of the name's candidates: a country beside a country, or a province beside a province, is a list and says
    nothing.
    """
    after, before = text[mention.end : mention.end + 60], text[max(0, mention.start - _BEFORE) : mention.start]
    countries: set[str] = set()
    provinces: set[tuple[str, str]] = set()
    kind = ""
    if _ADMIN_AFTER.match(after) or _ADMIN_BEFORE.search(before):
        kind = "admin"
    elif match := _CITY_BEFORE.search(before):
        kind = "city"
        found = find_countries(before[: match.start() + 1])
        if found and match.start() - found[-1][2] < 24:  # "the Iraqi city of", "the northern Syrian border town of"
            countries.add(found[-1][0])
    parts = mention.name.split(", ", 1)
    names = [parts[1]] if len(parts) == 2 else []
    if match := _QUALIFIER.match(after):
        words = match["name"].split(" ")
        names += [" ".join(words[:n]) for n in range(len(words), 0, -1)]
    for name in names:
        for form in (name, name.rstrip(".")):
            if form in _abbreviations():
                admin1, country = _abbreviations()[form]
                provinces.add((country, place_key(admin1)))
                return countries, provinces, kind
        bare = re.sub(r"(?:'s|’s)$", "", name.rstrip(".,"))
        country_record = find_country(bare)
        if country_record is not None and country_record.kind in ("country", "territory", "former") and "country" not in precisions:
            countries.add(country_record.alpha3)
        areas = [] if "admin1" in precisions else [o for o in _options(bare) if o.place.precision in ("admin1", "admin2")]
        for option in areas[:4]:
            if option.place.country:
                provinces.add((option.place.country, place_key(option.place.admin1 or option.place.name)))
        if country_record or areas:
            break
    return countries, provinces, kind


def geocode(
    mentions: Sequence[Toponym],
    text: str = "",
    *,
    dateline_place: str | None = None,
    countries: Iterable[str] = (),
) -> list[Place | None]:
    """A Place or None for each mention of one article, resolved together.

    `text` is the article's text (for "Paris, Texas" and the like beside a mention), `dateline_place` the place of its dateline and
    `countries` the alpha-3 codes of the countries and nationalities it names, one for each time it does. Mentions of one name get one
    place. Nationalities and names the gazetteer lacks give None.
    """
    votes: collections.Counter[str] = collections.Counter(countries)
    groups: dict[str, list[int]] = collections.defaultdict(list)
    for i, mention in enumerate(mentions):
        key = place_key(mention.name.split(", ")[0])
        groups[f"{key}|admin" if i and _contains(mention, mentions[i - 1], text) else key].append(i)
    if dateline_place:
        place = mentions_place(dateline_place)
        if place is not None and place.country:
            votes[place.country] += round(DATELINE)
    names: list[tuple[list[int], list[_Option], list[float]]] = []
    for key, members in groups.items():
        first = mentions[members[0]]
        options, kind = _candidates(first.name.split(", ")[0], first.label)
        if key.endswith("|admin"):
            options = tuple(o for o in options if o.place.precision == "admin1")
        if not options:
            continue
        scores = [o.score for o in options]
        said_countries: set[str] = set()
        said_provinces: set[tuple[str, str]] = set()
        precisions = {o.place.precision for o in options}
        for i in members:
            of_country, of_province, said_kind = _qualifiers(mentions[i], text, precisions)
            said_countries |= of_country
            said_provinces |= of_province
            kind = kind or said_kind
        for n, option in enumerate(options):
            scores[n] += _said(option.place, said_countries, said_provinces, kind)
        names.append((members, list(options), scores))
        best = max(range(len(scores)), key=scores.__getitem__)
        nation = options[best].place.country
        if options[best].place.precision == "country" and nation:
            votes[nation] += len(members)
    out: list[Place | None] = [None] * len(mentions)
    for (members, found, _), weights in zip(names, _relax(names, votes), strict=True):
        best = int(np.argmax(weights))
        chosen = dataclasses.replace(found[best].place, confidence=round(float(weights[best]), 4), alternatives=len(found) - 1)
        for i in members:
            out[i] = chosen
    return out


def _contains(mention: Toponym, before: Toponym, text: str) -> bool:
    """Whether a name after a comma is the province of the place before it: "Buffalo, New York", "Atlanta, Georgia"."""
    if text[before.end : mention.start] != ", " or find_country(before.name) is not None:
        return False
    provinces = {(o.place.country, o.place.admin1) for o in _options(mention.name) if o.place.precision == "admin1"}
    if not provinces or len(_options(mention.name)) < 2:
        return False
    inside = [(o.place.country, o.place.admin1) in provinces and o.place.precision in ("city", "admin2") for o in _options(before.name)]
    listed = _LIST.match(text, mention.end) is not None  # "Boston, New York and Tbilisi"
    return any(inside[:1] if listed else inside)


def mentions_place(name: str) -> Place | None:
    """The place a lone name most likely means, by population; None where the gazetteer lacks it."""
    options, _ = _candidates(name.split(", ")[0], "LOC")
    return options[0].place if options else None


def _said(place: Place, countries: set[str], provinces: set[tuple[str, str]], kind: str) -> float:
    """What the words beside the name add to a candidate's score."""
    score = 0.0
    if place.precision != "country":
        if place.country in countries:
            score += SAID
        if place.country and (place.country, place_key(place.admin1 or "")) in provinces and place.precision != "admin1":
            score += SAID
    if kind == "admin" and place.precision in ("admin1", "admin2"):
        score += SAID / 2
    if kind == "city" and place.precision == "city":
        score += SAID / 2
    return score


def _relax(names: Sequence[tuple[list[int], list[_Option], list[float]]], votes: collections.Counter[str]) -> list[npt.NDArray[np.float64]]:
    """Weights of every name's candidates after they have looked at one another; each array sums to one."""
    if not names:
        return []
    flat = [o for _, options, _ in names for o in options]
    owner = np.repeat(np.arange(len(names)), [len(options) for _, options, _ in names])
    base = np.array([s for _, _, scores in names for s in scores])
    lat, lon = np.radians([o.place.lat for o in flat]), np.radians([o.place.lon for o in flat])
    xyz = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    anchor = np.array([o.anchor for o in flat])
    others = owner[:, None] != owner[None, :]
    chord = np.clip(xyz.T @ xyz, -1.0, 1.0)
    near = np.exp(-_EARTH_KM * np.arccos(chord) / NEAR_KM) * (others & anchor[None, :] & anchor[:, None])
    country_ids = {c: i for i, c in enumerate({o.place.country for o in flat})}
    country = np.array([country_ids[o.place.country] for o in flat])
    has_country = np.array([o.place.country is not None for o in flat])
    province_ids: dict[tuple[str | None, str | None], int] = {}
    province = np.array([province_ids.setdefault((o.place.country, o.place.admin1), len(province_ids)) for o in flat])
    has_province = np.array([o.place.admin1 is not None for o in flat])
    settled = np.array([o.place.precision != "country" for o in flat])  # countries have had their say as votes
    same_country = ((country[:, None] == country[None, :]) & has_country[:, None] & settled[None, :] & others).astype(float)
    same_province = ((province[:, None] == province[None, :]) & has_province[:, None] & others).astype(float)
    total = max(1, votes.total())
    voted = np.array(
        [votes[o.place.country] ** 2 / total if o.place.country and o.place.precision != "country" else 0 for o in flat], dtype=float
    )
    weights = _softmax(base + SAME_COUNTRY * np.log1p(voted), owner, len(names))
    for _ in range(ROUNDS):
        company = (
            SAME_COUNTRY * np.log1p(voted + same_country @ weights)
            + SAME_ADMIN1 * np.log1p(same_province @ weights)
            + NEAR * np.log1p(near @ weights)
        )
        weights = _softmax(base + company, owner, len(names))
    return [weights[owner == n] for n in range(len(names))]


def _softmax(scores: npt.NDArray[np.float64], owner: npt.NDArray[np.intp], n: int) -> npt.NDArray[np.float64]:
    """Softmax of the scores within each owner."""
    top = np.full(n, -np.inf)
    np.maximum.at(top, owner, scores)
    weights = np.exp(scores - top[owner])
    total = np.bincount(owner, weights=weights, minlength=n)
    result: npt.NDArray[np.float64] = weights / total[owner]
    return result
