"""Countries, nationalities, capitals and metonyms by name, from the lexicons `countries` and `metonyms`."""

from __future__ import annotations

import dataclasses
import functools
import re

from pipeline import lexicon
from pipeline.text.gazetteer import place_key

MAX_WORDS = 8  # of the longest country name looked for inside a phrase ("Democratic People's Republic of Korea" has five)

_WORD = re.compile(r"\w(?:[\w’'.&]*\w)?\.?")
_COMPOUND = re.compile(r"[-‐‑–](?=[a-z]+$)")  # "US-led", "Syrian-backed": what stands before the hyphen
_POSSESSIVE = re.compile(r"(?:'s|’s|'|’)$")
_UNCASED = frozenset({"us"})  # names that without their capitals are other words


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One record of the lexicon `countries`. `kind` is country, territory, subdivision, disputed or former; lat and lon are its middle."""

    alpha3: str
    kind: str
    name: str
    lat: float | None
    lon: float | None
    geonames_id: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Metonym:
    """A place or building that stands for a government or body: "the Kremlin" (RUS, GOV), "the Pentagon" (USA, MIL)."""

    name: str
    country: str | None
    sector: str
    stands_for: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Tables:
    names: dict[str, Country]
    demonyms: dict[str, Country]
    capitals: dict[str, str]
    by_code: dict[str, Country]


@functools.cache
def _tables() -> _Tables:
    names: dict[str, Country] = {}
    demonyms: dict[str, Country] = {}
    capitals: dict[str, str] = {}
    by_code: dict[str, Country] = {}
    for row in lexicon.load("countries").rows:
        country = Country(
            alpha3=row["alpha3"],
            kind=row["kind"],
            name=row["name"],
            lat=float(row["lat"]) if row["lat"] else None,
            lon=float(row["lon"]) if row["lon"] else None,
            geonames_id=int(row["geonames_id"]) if row["geonames_id"] else None,
        )
        by_code.setdefault(country.alpha3, country)
        for name in (row["name"], *_cells(row["aliases"])):
            names.setdefault(place_key(name), country)
        for name in _cells(row["demonyms"]):
            demonyms.setdefault(place_key(name), country)
            demonyms.setdefault(place_key(name) + "s", country)
        if row["kind"] in ("country", "former"):
            for name in _cells(row["capitals"]):
                capitals.setdefault(place_key(name), country.alpha3)
    return _Tables(names, demonyms, capitals, by_code)


@functools.cache
def _metonyms() -> dict[str, Metonym]:
    found: dict[str, Metonym] = {}
    for row in lexicon.load("metonyms").rows:
        metonym = Metonym(name=row["name"], country=row["country"] or None, sector=row["sector"], stands_for=row["stands_for"])
        for name in (row["name"], *_cells(row["aliases"])):
            found.setdefault(place_key(name), metonym)
    return found


def _cells(cell: str) -> list[str]:
    return [part for part in (p.strip() for p in cell.split(";")) if part]


def _key(name: str) -> str:
    """Lookup key of a name as the text has it, "" where it lacks the capital a country's name has."""
    bare = _POSSESSIVE.sub("", name.strip())
    key = place_key(_COMPOUND.split(bare, maxsplit=1)[0])
    first = next((c for c in bare.removeprefix("the ") if c.isalpha()), "")
    if not first.isupper() or (key in _UNCASED and not bare.replace(".", "").removeprefix("the ").split("-")[0].isupper()):
        return ""
    return key


@functools.lru_cache(maxsize=8192)
def find_country(name: str) -> Country | None:
    """The record of a country, territory, former state, disputed or autonomous region by its name; nationalities are none."""
    return _tables().names.get(_key(name))


@functools.lru_cache(maxsize=8192)
def country_of(name: str) -> str | None:
    """ISO alpha-3 of a country, former state, disputed region, nationality or demonym ("Armenian", "Armenians", "U.S.", "Soviet Union"),
    else None.

    Capitals, other cities and buildings are not countries: see `capital_of` and `metonym_of`.
    """
    key = _key(name)
    country = _tables().names.get(key) or _tables().demonyms.get(key)
    return country.alpha3 if country else None


def is_nationality(name: str) -> bool:
    """Whether the name is an adjective of nationality or a name of a people ("Armenian", "Turks") and not a country's name."""
    key = _key(name)
    return key in _tables().demonyms and key not in _tables().names


def countries_in(text: str) -> list[str]:
    """Alpha-3 codes of countries, nationalities and demonyms named inside a phrase, in order, each once ("four Saudi men" -> ["SAU"])."""
    return list(dict.fromkeys(code for code, _, _ in find_countries(text)))


def find_countries(text: str) -> list[tuple[str, int, int]]:
    """(alpha-3, start, end) of every country, nationality or demonym in a text, longest names first, no overlaps, in order."""
    tables = _tables()
    words = list(_WORD.finditer(text))
    out: list[tuple[str, int, int]] = []
    i = 0
    while i < len(words):
        if not words[i].group()[0].isupper():
            i += 1
            continue
        for last in range(min(len(words), i + MAX_WORDS) - 1, i - 1, -1):
            start, end = words[i].start(), words[last].end()
            if last > i and not words[last].group()[0].isupper():
                continue
            key = _key(text[start:end])
            country = tables.names.get(key) or tables.demonyms.get(key)
            if country is not None:
                out.append((country.alpha3, start, end))
                i = last
                break
        i += 1
    return out


def capital_of(name: str) -> str | None:
    """Alpha-3 of the country whose seat of government the name is ("Moscow" -> "RUS"); the caller knows whether the place or the
    government is meant."""
    key = _key(name)
    return _tables().capitals.get(key)


def metonym_of(name: str) -> Metonym | None:
    """The body a building, street or seat stands for ("the Kremlin", "Downing Street", "Capitol Hill"), None for other names and for
    capitals."""
    key = _key(name)
    return _metonyms().get(key) if key else None


def country_name(alpha3: str) -> str | None:
    """The common English name of an alpha-3 code, None where it is no such code."""
    country = _tables().by_code.get(alpha3)
    return country.name if country else None
