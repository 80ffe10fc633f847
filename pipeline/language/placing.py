"""Where each event mention happened: places of its clause first, then of its happening, its sentence, its paragraph, the story.

A place counts where it stands as a place: after a preposition of place, in apposition to one, before the event's noun ("the Boston
bombings"), or as what was attacked, taken or visited. A place that acts ("Moscow accused") is a government and no place.
"""

from __future__ import annotations

import bisect
import collections
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.language import relations as rel
from pipeline.language.circumstances import CLAUSE, FAR, SAME, distance
from pipeline.language.frames import Classes
from pipeline.language.mention import Mention, Where
from pipeline.language.parties import Names

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipeline.article import Article

FINENESS = {"facility": 0, "city": 1, "admin2": 2, "natural": 3, "admin1": 3, "water": 4, "country": 5, "region": 6}
LOCATIVE = frozenset({
    "in", "at", "near", "outside", "inside", "around", "across", "into", "on", "off", "along", "over", "from", "to", "within", "throughout",
    "toward", "towards", "through", "of", "above", "beside", "between", "against", "out", "where", "via", "by",
})  # fmt: skip
"""Prepositions after which a place may be where something happens; "of" and "against" only right under the trigger."""
DIRECT_ONLY = frozenset({"of", "against", "from", "to", "by", "between"})
TAKEN = frozenset({"ASSAULT", "TERRITORY", "CONSULT", "RETREAT", "COERCE", "MOBILIZE", "DISASTER", "PROTEST", "DISCOVER"})
"""Types whose object is their place where it is one ("visited Baghdad", "shelled Donetsk")."""
PEOPLE_OF_PLACE = frozenset(
    {"AGREE", "SUPPORT", "REQUEST", "REJECT", "ACCUSE", "THREATEN", "SANCTION", "CONCEDE", "COOPERATE", "RESPONSIBILITY"}
)
"""Types done in words or across borders: the story's place is not theirs."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A place in the text: its row and head word."""

    row: Any
    head: Token
    sentence: int
    paragraph: int


class Placer:
    """Places of one article."""

    def __init__(self, article: Article, doc: Doc, names: Names, sentences: Sequence[Any], classes: Classes) -> None:
        self._doc, self._classes, self._article = doc, classes, article
        starts = [t.idx for t in doc]
        kinds = {s.sentence_id: s for s in sentences}
        self.by_sentence: dict[int, list[Place]] = {}
        self.countries: collections.Counter[str] = collections.Counter()
        self.country_of_sentence: dict[int, set[str]] = {}
        self._boilerplate = {s.sentence_id for s in sentences if s.kind == "boilerplate"}
        self._standing: dict[str, bool] = {}
        self._last: tuple[list[int], list[str]] | None = None
        self._ranked: list[str] | None = None
        for row in names.rows:
            sentence = kinds.get(row.sentence_id)
            if row.country is not None and sentence is not None and sentence.kind != "boilerplate":
                self.countries[row.country] += 1
                self.country_of_sentence.setdefault(row.sentence_id, set()).add(row.country)
            if row.label not in ("LOC", "FAC") or sentence is None:
                continue
            first, stop = bisect.bisect_left(starts, row.start), bisect.bisect_left(starts, row.end)
            if first >= stop or all(classes.has("compass", t) for t in doc[first:stop]):
                continue
            self.by_sentence.setdefault(row.sentence_id, []).append(Place(row, doc[first:stop].root, row.sentence_id, sentence.paragraph))

    def own_places(self, mentions: Sequence[Mention]) -> None:
        """Sets `where` of each mention whose own clause names a place."""
        for mention in mentions:
            mention.where = self._own(mention)
            if (
                mention.mode == "visit"
                and mention.where is not None
                and mention.recipients
                and mention.recipients[0].start == mention.where.start
            ):
                mention.recipients = mention.recipients[1:]  # "visited Ankara": where, not whom

    def _own(self, mention: Mention) -> Where | None:
        rated: list[tuple[int, int, int, Place]] = []
        for k, place in enumerate(self.by_sentence.get(mention.sentence, ())):
            far = self.distance(place, mention)
            if far < FAR:
                rated.append((far, fineness(place.row), k, place))
        if not rated:
            return None
        nearest = min(r[0] for r in rated)
        limit = max(nearest, CLAUSE)
        best = min((r for r in rated if r[0] <= limit), key=lambda r: (r[1] if r[0] <= CLAUSE else r[1] + 1, r[0], r[2]))
        return self.where(best[3].row, "clause", best[3].head)

    def distance(self, place: Place, mention: Mention) -> int:
        head, trigger = place.head, mention.head
        if self.in_dateline(place):
            return FAR
        if any(p.start <= head.idx < p.end for p in mention.actors):
            return FAR
        node = head
        while node.dep_ in ("appos", "conj", "list", "flat", "nmod:desc") and node.head.i != node.i:
            node = node.head
        as_object = node.dep_ in rel.OBJECT or node.dep_ in rel.PASSIVE_SUBJECT
        if as_object:
            return SAME if mention.type in TAKEN and node.head.i == trigger.i else FAR
        if node.dep_ in ("compound", "nmod", "amod", "nmod:poss", "poss", "nmod:desc") and node.head.i == trigger.i and node.i < trigger.i:
            return SAME if mention.type in TAKEN or node.dep_ == "compound" else FAR
        outer = self._outer(node)
        if outer is None:
            return FAR
        prep = rel.preposition(outer)
        if outer.dep_ == "pobj":
            prep = outer.head.lower_
        if prep not in LOCATIVE:
            return FAR
        if prep in DIRECT_ONLY and outer.head.i != trigger.i and outer.head.i != trigger.head.i:
            return FAR
        if prep in DIRECT_ONLY and mention.type not in TAKEN:
            return FAR
        if any(p.start <= head.idx < p.end for p in mention.recipients) and mention.type not in TAKEN:
            return FAR
        return distance(outer, trigger)

    def _outer(self, node: Token) -> Token | None:
        """The head of the prepositional phrase a place name stands in: itself, or the place noun above it ("the city of Herat")."""
        for _ in range(3):
            if node.dep_ in rel.OBLIQUE or node.dep_ == "pobj":
                prep = rel.preposition(node) if node.dep_ != "pobj" else node.head.lower_
                above = node.head if node.dep_ != "pobj" else node.head.head
                if prep == "of" and self._classes.has("place", above) and above.dep_ in rel.OBLIQUE | {"pobj"}:
                    node = above
                    continue
                return node
            if node.dep_ in ("compound", "nmod", "amod", "nmod:poss", "poss") and (
                self._classes.has("place", node.head) or self._classes.has("facility", node.head)
            ):
                node = node.head
                continue
            return None
        return None

    def where(self, row: Any, basis: str, head: Token | None = None) -> Where:
        """A place's cells from its entity row; compass words before it and "province" after it belong to the phrase."""
        start, end = row.start, row.end
        if head is not None:
            for child in head.lefts:
                if child.dep_ in ("amod", "advmod", "compound") and child.idx < start and self._classes.has("compass", child):
                    start = min(start, child.idx)
            above = head.head
            if (
                head.dep_ in ("compound", "nmod", "nmod:desc", "amod")
                and above.i > head.i
                and above.idx - end <= 1
                and self._classes.has("division", above)
            ):
                end = above.idx + len(above)
                start = min([start, *(c.idx for c in above.lefts if c.dep_ == "amod" and self._classes.has("compass", c))])
        return Where(start, end, self._article.text[start:end], row.country, row.lat, row.lon, row.geonames_id, row.geo_precision, basis)

    def main_country(self) -> str | None:
        """The country the story names most, where it names one clearly more often than any other."""
        ranked = self.countries.most_common(2)
        if not ranked:
            return None
        if len(ranked) == 1 or ranked[0][1] >= MAIN_SHARE * ranked[1][1]:
            return ranked[0][0]
        return None

    def locative(self, place: Place) -> bool:
        """Whether a place name stands as a place: after a preposition of place, or in apposition to one that does."""
        known = self._standing.get(place.row.start)
        if known is None:
            known = self._standing[place.row.start] = not self.in_dateline(place) and self._locative(place)
        return known

    @staticmethod
    def acts(place: Place) -> bool:
        """Whether a place name stands for its government or people: as a subject, an agent, or before a noun."""
        return place.head.dep_ in rel.SUBJECT or place.head.dep_ in ("obl:agent", "compound")

    def boilerplate(self, place: Place) -> bool:
        return place.sentence in self._boilerplate

    def in_dateline(self, place: Place) -> bool:
        start, end = self._article.dateline_start, self._article.dateline_end
        return start is not None and end is not None and start <= place.row.start < end

    def ranked(self) -> list[str]:
        """Keys of the places that stand as places, the one the story names most first; title and lead count double."""
        if self._ranked is None:
            weight: dict[str, float] = {}
            first: dict[str, int] = {}
            for places in self.by_sentence.values():
                for place in places:
                    if self.locative(place) and not self.boilerplate(place):
                        key = key_of(place)
                        weight[key] = weight.get(key, 0.0) + (TITLE_WEIGHT if place.sentence < LEAD_SENTENCES else 1.0)
                        first[key] = min(first.get(key, place.row.start), place.row.start)
            self._ranked = sorted(weight, key=lambda k: (-weight[k], first[k]))
        return self._ranked

    def last_standing(self, mention: Mention) -> str | None:
        """Key of the last place that stands as one before a mention, in its sentence or an earlier one."""
        if self._last is None:
            standing = sorted(
                (p.row.start, key_of(p))
                for places in self.by_sentence.values()
                for p in places
                if self.locative(p) and not self.boilerplate(p)
            )
            self._last = [s for s, _ in standing], [k for _, k in standing]
        k = bisect.bisect_left(self._last[0], mention.start)
        return self._last[1][k - 1] if k else None

    def _locative(self, place: Place) -> bool:
        node = place.head
        while node.dep_ in ("appos", "conj", "list", "flat") and node.head.i != node.i:
            node = node.head
        outer = self._outer(node)
        if outer is None:
            return False
        prep = rel.preposition(outer) if outer.dep_ != "pobj" else outer.head.lower_
        return prep in LOCATIVE and prep not in DIRECT_ONLY


MAIN_SHARE = 1.5
"""How much more often than the next a country must be named to be the story's own; tuned on gold/train."""
TITLE_WEIGHT, LEAD_SENTENCES = 2.0, 2


def key_of(place: Place) -> str:
    """What makes two names one place: the gazetteer's id, else the fullest name."""
    return str(place.row.geonames_id or place.row.canonical.lower())


def fineness(row: Any) -> int:
    if row.label == "FAC":
        return 0
    return FINENESS.get(row.geo_precision or "", 3)
