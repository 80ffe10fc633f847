"""Entities: one row per name in the article, with who it is the same as, whose it is and where it lies."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Row):
    """One mention of a named entity. All mentions of one entity in an article share its entity_id and canonical name."""

    article_id: Annotated[Id, "article the row belongs to"]
    mention_id: Annotated[Id, "id of this mention, made from the article and its offsets"]
    sentence_id: Annotated[int, "sentence of the article the mention begins in"]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last in articles.text"]
    text: Annotated[str, "the mention as it stands"]
    label: Annotated[
        Literal["PERSON", "ORG", "LOC", "FAC", "NORP", "DATE", "MONEY", "PRODUCT", "MISC"],
        "kind of name; LOC covers countries, cities and natural places, NORP nationalities, religions and political groups",
    ]
    entity_id: Annotated[Id, "the same for all mentions of one entity in the article"]
    canonical: Annotated[str, "fullest name of the entity in the article"]
    title: Annotated[str | None, "office or title of a person as the article gives it, null where it gives none"]
    affiliation: Annotated[str | None, "organisation, country or group the person or body belongs to as the article names it, null where it does not"]
    country: Annotated[str | None, "ISO 3166 alpha-3 of the country the entity is, lies in or belongs to (nationalities too), null where the text does not tell"]
    lat: Annotated[float | None, "WGS84 latitude in degrees; places only, null for nationalities and places the gazetteer lacks"]
    lon: Annotated[float | None, "WGS84 longitude in degrees; places only"]
    geonames_id: Annotated[int | None, "GeoNames id of the place, null where the gazetteer's entry has none"]
    geo_precision: Annotated[
        Literal["facility", "city", "admin2", "admin1", "natural", "water", "country", "region"] | None,
        "how fine the coordinate is: settlement, county, province, mountain or island, sea or river, country, region of countries; null without coordinates",
    ]
    confidence: Annotated[float, "probability that the span is a name of this label"]


@stage(
    table="entities",
    row=Entity,
    reads=[Sentence],
    lexicons=["countries", "metonyms", "regions", "titles", "given_names", "acronyms", "gazetteer_corrections"],
    version=1,
)
def entities(article: Article, doc: Doc, ctx: Context) -> Iterator[Entity]:
    """Rows of every name the language core marked outside boilerplate."""
    raise NotImplementedError
    yield
