"""Which of an article's places is each happening's: every place the article names is a candidate, weighed by what the text says of it.

The codebook gives each mention "the most precise place of the happening named anywhere in the article", so a place of the mention's own
clause is only one sign among others: what stands in the sentences around, where the title and the lead play, what the story names most,
whose ground the act is done on, whether a finer place lies inside. `features` names the signs of one candidate; their weights are data.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.language import relations as rel
from pipeline.language.circumstances import CLAUSE, FAR, SAME
from pipeline.language.mention import Mention, Where
from pipeline.language.placing import Place, Placer, fineness, key_of
from pipeline.language.ranking import Weights, score

if TYPE_CHECKING:
    from spacy.tokens import Token

GROUPS = {
    **dict.fromkeys(("ASSAULT", "TOLL", "DISASTER", "DISCOVER", "TERRITORY"), "deed"),
    **dict.fromkeys(("PROTEST", "COERCE", "SANCTION"), "home"),
    **dict.fromkeys(("MOBILIZE", "RETREAT", "AID"), "move"),
    **dict.fromkeys(("CONSULT", "AGREE", "COOPERATE"), "meet"),
}
"""Types whose places behave alike; all others are done in words."""
WORDS = "word"
AT_HOME = frozenset({"COERCE", "PROTEST", "SANCTION", "ACCUSE"})
"""Types that a state does on its own ground."""
TOGETHER = 1.0
"""Weight of what the other mentions of the happening say of a candidate, beside the mention's own; gold/train is flat from 0.6 to 3."""
LEAST, LEAST_COUNTRY = -0.85, -1.2
"""Least log-odds at which a place, or a country alone, is told: about three in ten and one in four likely to be right, below which a cell
costs the F of all cells more than it brings (gold/train and gold/dev, place F: 44.4 and 50.3 at -1.6, 46.8 and 51.7 at -0.85, 46.0 and
49.2 at -0.5). Weights fitted again with the language core 0.3.0 were better on gold/train and worse on gold/dev and MUC-4: not taken."""
SURE_LINK = 0.7
"""Least probability of the language core's own place link (on gold/dev 78 % of these are right)."""
LINK = 1.5
"""Log-odds of such a link. Not fitted: the core was trained on the articles the weights are fitted on."""
PLAIN = ("own:", "in:", "stands:", "fine:", "before:", "named:", "actor-", "recipient-", "home-")
PLAIN_WHOLE = frozenset({"lead", "most", "main-country", "last"})
"""Signs that say how far the likeliest place can be trusted, besides being the likeliest."""
ZEROS = itertools.repeat(0.0)
"""What a sign without a weight says, for `map`."""
BEFORE = 3
"""Sentences before the mention's whose places may go on into it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A place of the article with all its mentions, in text order."""

    key: str
    places: tuple[Place, ...]

    @property
    def country(self) -> str | None:
        country: str | None = self.places[0].row.country
        return country

    @property
    def fineness(self) -> int:
        return min(fineness(p.row) for p in self.places)


@dataclasses.dataclass(frozen=True, slots=True)
class Ground:
    """What a mention's parties say of its place, whatever the candidate: each role's countries, and whose ground the act is done on."""

    roles: tuple[tuple[str, frozenset[str]], ...]
    home: str | None


class Whereabouts:
    """The candidates of one article and what the story as a whole says of each."""

    def __init__(self, placer: Placer, weights: Weights, links: Mapping[int, Sequence[tuple[str, Token, float]]]) -> None:
        self._placer, self._weights, self._of_country, self._links = placer, weights["place"], weights["country"], links
        self._telling = weights["place-told"]
        found: dict[str, list[Place]] = {}
        for places in placer.by_sentence.values():
            for place in places:
                if not placer.boilerplate(place):
                    found.setdefault(key_of(place), []).append(place)
        self.candidates = [Candidate(k, tuple(sorted(v, key=lambda p: p.row.start))) for k, v in sorted(found.items())]
        self._tops = {country: self._top(country) for country in {None, *(c.country for c in self.candidates)}}
        self._story = {c.key: self._told(c) for c in self.candidates}
        self._story_scores: dict[tuple[str, str, str], float] = {}
        self._grounds: dict[int, Ground] = {}

    def place(self, groups: Sequence[Sequence[Mention]]) -> None:
        """Sets `where` of each mention of each happening to its likeliest place, or to its country alone, or to None."""
        for group in groups:
            alone = [[self._score(c, m) for c in self.candidates] for m in group]
            for k, mention in enumerate(group):
                best, odds = self._best(k, alone)
                if best is None or score(self.telling(best, odds, mention), self._telling) < LEAST:
                    mention.where = self._country_alone(mention, best)
                    continue
                own = mention.where
                if own is not None and any((own.start or 0) <= p.row.start < (own.end or 0) for p in best.places):
                    continue  # the clause's own phrase stands
                place = min(best.places, key=lambda p: (p.sentence != mention.sentence, abs(p.row.start - mention.start)))
                mention.where = self._placer.where(place.row, self._basis(place, mention), place.head)
        for mention in (m for group in groups for m in group):
            if mention.where is not None and mention.where.country is None:
                mention.where = dataclasses.replace(mention.where, country=self.home(mention))

    def _best(self, k: int, alone: Sequence[Sequence[float]]) -> tuple[Candidate | None, float]:
        """The likeliest place of the happening's mention `k` and its share among the candidates; other mentions of the happening count."""
        if not self.candidates:
            return None, 0.0
        joint = list(alone[k])
        if len(alone) > 1:
            for i in range(len(joint)):
                others = sum(a[i] for a in alone) - alone[k][i]
                joint[i] = (joint[i] + TOGETHER * others / (len(alone) - 1)) / (1 + TOGETHER)
        top = max(joint)
        return self.candidates[joint.index(top)], 1.0 / sum(math.exp(s - top) for s in joint)

    def telling(self, candidate: Candidate, share: float, mention: Mention) -> list[str]:
        """Names of what speaks for telling a mention's likeliest place, which has this share among the candidates."""
        found = [f for f in self.features(candidate, mention) if f.startswith(PLAIN) or f in PLAIN_WHOLE or f.endswith(mention.factuality)]
        return [*found, f"type:{mention.type}", f"share:{min(9, int(share * 10))}"]

    def home(self, mention: Mention) -> str | None:
        """The country whose ground an act is done on by its kind: the actor's own for arrests, trials and protests, else the recipient's;
        the story's main country where the parties do not tell."""
        actor = next((p.country for p in mention.actors if p.country), None)
        recipient = next((p.country for p in mention.recipients if p.country), None)
        told = (actor or recipient) if mention.type in AT_HOME else (recipient or (None if GROUPS.get(mention.type) == "deed" else actor))
        return told or self._placer.main_country()

    def _country_alone(self, mention: Mention, nearest: Candidate | None) -> Where | None:
        """The country alone, where no place is likely enough: of a story about one country, or of the parties' own ground."""
        best = max(self.countries(), key=lambda c: score(self.country_features(c, mention, nearest), self._of_country), default=None)
        if best is None or score(self.country_features(best, mention, nearest), self._of_country) < LEAST_COUNTRY:
            return None
        return Where(None, None, None, best, None, None, None, None, "story")

    def countries(self) -> list[str]:
        return sorted(self._placer.countries)

    def country_features(self, country: str, mention: Mention, nearest: Candidate | None) -> list[str]:
        """Names of what speaks for or against a country as the ground of a mention; `nearest` is its likeliest place."""
        group = GROUPS.get(mention.type, WORDS)
        ranked = [c for c, _ in self._placer.countries.most_common(3)]
        rank = f"rank:{ranked.index(country) + 1}" if country in ranked else "rank:no"
        share = self._placer.countries[country] / max(1, sum(self._placer.countries.values()))
        found = [rank, f"{group}/{rank}", f"share:{min(4, int(share * 5))}", f"type:{mention.type}", f"{group}/{mention.factuality}"]
        for role, parties in (("actor", mention.actors), ("recipient", mention.recipients)):
            of = {p.country for p in parties if p.country}
            sign = f"{role}-{'is' if country in of else 'not'}" if of else f"{role}-none"
            found += [sign, f"{group}/{sign}"]
        if nearest is not None:
            found.append("nearest-is" if nearest.country == country else "nearest-not")
        found += [f"home:{self.home(mention) == country}", f"{group}/home:{self.home(mention) == country}"]
        if country in self._placer.country_of_sentence.get(mention.sentence, ()):
            found += ["sentence", f"{group}/sentence"]
        return found

    def _score(self, candidate: Candidate, mention: Mention) -> float:
        key = (candidate.key, GROUPS.get(mention.type, WORDS), mention.factuality)
        story = self._story_scores.get(key)
        if story is None:
            story = self._story_scores[key] = score(self._of_story(*key), self._weights)
        own = dict.fromkeys(self._of_mention(candidate, mention))
        return story + sum(map(self._weights.get, own, ZEROS)) + LINK * self.linked(candidate, mention)

    def linked(self, candidate: Candidate, mention: Mention) -> bool:
        """Whether the language core is sure that a mention's place is this one."""
        return any(
            role == "place" and p >= SURE_LINK and any(x.row.start <= word.idx < x.row.end for x in candidate.places)
            for role, word, p in self._links.get(mention.start, ())
        )

    def _basis(self, place: Place, mention: Mention) -> str:
        if place.sentence == mention.sentence:
            return "sentence"
        if place.paragraph == mention.paragraph:
            return "paragraph"
        return "dateline" if self._placer.in_dateline(place) else "story"

    def _top(self, country: str | None) -> str | None:
        """Key of the place of a country (None: of all) that the story names most, acting ones aside; title and lead count double."""
        weight = {
            c.key: sum((2.0 if p.sentence <= 1 else 1.0) for p in c.places if not self._placer.acts(p))
            for c in self.candidates
            if country is None or c.country in (country, None)
        }
        return max(weight, key=lambda k: weight[k]) if weight and max(weight.values()) >= 2 else None

    def _told(self, candidate: Candidate) -> tuple[str, ...]:
        """What the story says of a place, whatever the mention."""
        told = [f"fine:{candidate.fineness}"]
        standing = [p for p in candidate.places if self._placer.locative(p)]
        told.append(f"named:{min(4, len(candidate.places))}")
        told.append(f"stands:{min(3, len(standing))}")
        if any(p.sentence <= 1 for p in standing):
            told.append("lead")
        elif any(p.sentence <= 1 for p in candidate.places):
            told.append("lead-acting")
        if any(self._placer.in_dateline(p) for p in candidate.places):
            told.append("dateline")
        if candidate.key in (self._tops[None], self._tops[candidate.country]):
            told.append("top")
        ranked = self._placer.ranked()
        if candidate.key in ranked[:1]:
            told.append("most")
        elif candidate.key in ranked[1:3]:
            told.append("second")
        finer = [
            c for c in self.candidates
            if c.country == candidate.country and c.country is not None and c.fineness < candidate.fineness
            and any(self._placer.locative(p) for p in c.places)
        ]  # fmt: skip
        if finer:
            told.append(f"finer:{candidate.fineness}:{min(2, len(finer))}")
        countries = [c for c, _ in self._placer.countries.most_common(2)]
        told.append("main-country" if candidate.country in countries[:1] else "second-country" if candidate.country in countries else "far")
        return tuple(told)

    def features(self, candidate: Candidate, mention: Mention) -> list[str]:
        """Names of what speaks for or against a place of a mention."""
        story = self._of_story(candidate.key, GROUPS.get(mention.type, WORDS), mention.factuality)
        return sorted({*story, *self._of_mention(candidate, mention)})

    def _of_story(self, key: str, group: str, factuality: str) -> list[str]:
        """The signs that are the same for all mentions of a group of types."""
        story = self._story[key]
        return [*story, *(f"{group}/{s}" for s in story), f"{group}/{factuality}"]

    def _of_mention(self, candidate: Candidate, mention: Mention) -> list[str]:
        """The signs of a candidate that are a mention's own."""
        group = GROUPS.get(mention.type, WORDS)
        found: list[str] = []
        near = min((self._placer.distance(p, mention) for p in candidate.places if p.sentence == mention.sentence), default=FAR)
        if near < FAR:
            word = "same" if near <= SAME + 1 else "clause" if near <= CLAUSE else "beside"
            found += [f"own:{word}", f"{group}/own:{word}"]
        inside = [p for p in candidate.places if p.sentence == mention.sentence]
        for place in inside:
            sign = self._sign(place, mention)
            found += [f"in:{sign}", f"{group}/in:{sign}"]
        if not inside:
            found += self._around(candidate, mention, group)
        if candidate.country is None:
            found += ["unplaced", f"{group}/unplaced"]
        ground = self._ground(mention)
        if ground.home is not None:
            fits = "is" if candidate.country == ground.home else "not"
            if self._tops.get(ground.home) == candidate.key:
                found += ["top-at-home", f"{group}/top-at-home", f"top-at-home/fine:{candidate.fineness}"]
            found += [f"home-{fits}", f"{group}/home-{fits}", f"home-{fits}/fine:{candidate.fineness}"]
        for role, countries in ground.roles:
            fits = "is" if candidate.country in countries else "not"
            found += [f"{role}-{fits}", f"{group}/{role}-{fits}"]
        return found

    def _ground(self, mention: Mention) -> Ground:
        """Read once for all candidates: a mention's parties are settled before its place is sought."""
        known = self._grounds.get(mention.start)
        if known is None:
            sides = (("actor", mention.actors), ("recipient", mention.recipients))
            roles = ((role, frozenset(p.country for p in parties if p.country)) for role, parties in sides)
            known = self._grounds[mention.start] = Ground(tuple((r, c) for r, c in roles if c), self.home(mention))
        return known

    def _around(self, candidate: Candidate, mention: Mention, group: str) -> list[str]:
        found = []
        before = [p for p in candidate.places if p.sentence < mention.sentence]
        gap = mention.sentence - before[-1].sentence if before else 0
        if 0 < gap <= BEFORE:
            stands = "stands" if self._placer.locative(before[-1]) else "acts"
            found += [f"before:{gap}:{stands}", f"{group}/before:{gap}:{stands}"]
        elif not before:
            gap = min(p.sentence for p in candidate.places) - mention.sentence
            found.append("after:1" if gap == 1 else "after")
        else:
            found.append("long-before")
        if any(p.paragraph == mention.paragraph for p in candidate.places):
            found.append("paragraph")
        if self._placer.last_standing(mention) == candidate.key:
            found += ["last", f"{group}/last"]
        return found

    def _sign(self, place: Place, mention: Mention) -> str:
        """How a place stands in the mention's own sentence."""
        if any(p.start <= place.head.idx < p.end for p in mention.actors):
            return "actor"
        if any(p.start <= place.head.idx < p.end for p in mention.recipients):
            return "recipient"
        if self._placer.locative(place):
            return "stands-before" if place.head.i < mention.head.i else "stands"
        if place.head.dep_ in rel.SUBJECT | rel.PASSIVE_SUBJECT:
            return "subject"
        return "part" if place.head.dep_ in ("nmod:poss", "poss", "compound", "amod", "nmod") else "other"
