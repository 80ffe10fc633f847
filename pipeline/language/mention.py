"""The working record of an event mention, between the parts that fill it and the rows that are made of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclasses.dataclass(frozen=True, slots=True)
class Party:
    """An actor or recipient: its words in the article and who they are."""

    start: int
    end: int
    text: str
    entity_id: str | None = None
    name: str | None = None
    country: str | None = None
    sector: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class When:
    """A happening's time: first and last day, how fine it was told, and where it was read: "text" or "narrative"."""

    start: dt.date
    end: dt.date
    precision: str
    basis: str


@dataclasses.dataclass(frozen=True, slots=True)
class Where:
    """A happening's place; `start` is None where only the country is known. `basis` says where it was read."""

    start: int | None
    end: int | None
    text: str | None
    country: str | None
    lat: float | None
    lon: float | None
    geonames_id: int | None
    precision: str | None
    basis: str


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """How many, from one claim."""

    low: float | None
    best: float | None
    high: float | None
    claim_id: str


@dataclasses.dataclass(slots=True)
class Mention:
    """One event mention. Offsets are characters of the article; `head` is the word its tree is read from."""

    start: int
    end: int
    head: Token
    sentence: int
    paragraph: int
    title: bool
    type: str
    mode: str | None
    confidence: float
    rule: str
    actors: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    factuality: str = "asserted"
    when: When | None = None
    where: Where | None = None
    counts: dict[str, Count] = dataclasses.field(default_factory=dict)
    attributed_to: str | None = None
    strength: str = "fact"
    quote_id: str | None = None
    cluster: int = -1
