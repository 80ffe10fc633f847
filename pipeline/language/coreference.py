"""Who "he", "they" and "the minister" are: links from pronouns and definite descriptions to the phrase they take up.

`resolve(doc, entities)` is a pure function of a Doc and the article's entity rows, so that every stage sees the same chains. Rules over the
tree (gender, number, kind, recency, parallel roles, who speaks inside a quotation) are joined with the language core's own `antecedents`
links. A tie is never guessed across: such an anaphor has no link.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


class EntityLike(Protocol):
    """The columns of an entity row that coreference reads."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def entity_id(self) -> str: ...
    @property
    def canonical(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One resolved anaphor. `anaphor` and `antecedent` are token indices of heads in the Doc; the antecedent is never itself an anaphor."""

    anaphor: int
    antecedent: int
    kind: Literal["pronoun", "nominal"]
    entity_id: str | None  # of the named entity the chain belongs to; None where no name stands in it
    canonical: str | None  # that entity's fullest name
    label: str | None  # that entity's label
    confidence: float
    basis: str  # name of the rule, or "model"


@dataclasses.dataclass(frozen=True, slots=True)
class Chains:
    """The article's links by the anaphor's token index."""

    links: Mapping[int, Link]

    def get(self, token: Token | int) -> Link | None:
        """The link of an anaphor's head token (or its index), None where there is none or nothing could be resolved."""
        return self.links.get(token if isinstance(token, int) else token.i)


def resolve(doc: Doc, entities: Sequence[EntityLike]) -> Chains:
    """Links of every pronoun and definite description of the Doc that could be resolved. Cached on the Doc for equal entity rows."""
    raise NotImplementedError


def entity_at(doc: Doc, entities: Sequence[EntityLike], token: Token) -> EntityLike | None:
    """The entity row whose characters hold the token, or whose last word the token is; None where the token stands in no name."""
    raise NotImplementedError


def antecedent_phrase(chains: Chains, token: Token) -> Span | None:
    """The noun phrase a pronoun or definite description takes up, without its relative clauses and appositions, None where unresolved."""
    raise NotImplementedError
