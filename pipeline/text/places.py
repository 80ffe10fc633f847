"""Places and countries from names alone: which country a name belongs to, which government a metonym stands for, where a toponym lies.

Everything is read from the lexicons `countries`, `metonyms`, `regions` and from the gazetteer (`pipeline.text.gazetteer`); no network, no spaCy.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from typing import Literal

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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Metonym:
    """A place or building that stands for a government or body: "the Kremlin" (RUS, GOV), "the Pentagon" (USA, MIL)."""

    name: str
    country: str | None
    sector: str
    stands_for: str


def country_of(name: str) -> str | None:
    """ISO alpha-3 of a country, former state, disputed region, nationality or demonym ("Armenian", "Armenians", "U.S.", "Soviet Union"), else None.

    Capitals, other cities and buildings are not countries: see `capital_of` and `metonym_of`.
    """
    raise NotImplementedError


def is_nationality(name: str) -> bool:
    """Whether the name is an adjective of nationality or a name of a people ("Armenian", "Turks") and not a country's name."""
    raise NotImplementedError


def countries_in(text: str) -> list[str]:
    """Alpha-3 codes of countries, nationalities and demonyms named inside a phrase, in order, each once ("four Saudi men" -> ["SAU"])."""
    raise NotImplementedError


def capital_of(name: str) -> str | None:
    """Alpha-3 of the country whose seat of government the name is ("Moscow" -> "RUS"); ambiguous for the caller: a place or the government."""
    raise NotImplementedError


def metonym_of(name: str) -> Metonym | None:
    """The body a building, street or seat stands for ("the Kremlin", "Downing Street", "Capitol Hill"), None for other names and for capitals."""
    raise NotImplementedError


def country_name(alpha3: str) -> str | None:
    """The common English name of an alpha-3 code."""
    raise NotImplementedError


def geocode(
    mentions: Sequence[Toponym],
    text: str = "",
    *,
    dateline_place: str | None = None,
    countries: Collection[str] = (),
) -> list[Place | None]:
    """A Place or None for each mention of one article, resolved together.

    `text` is the article's text (for "Paris, Texas" and the like beside a mention), `dateline_place` the place of its dateline and
    `countries` the alpha-3 codes of the countries and nationalities it names. Mentions of one name get one place, unless the text itself
    qualifies one of them. Nationalities and names the gazetteer lacks give None.
    """
    raise NotImplementedError
