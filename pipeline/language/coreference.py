"""Who "he", "they" and "the minister" are: links from pronouns and definite descriptions to the phrase they take up.

`resolve(doc, entities)` is a pure function of a Doc and the article's entity rows, so that every stage sees the same chains. Pronouns are
ranked by fitted weights (`pronouns`), which weigh the language core's own `antecedents` links among the rest; descriptions are matched with
what the article calls its persons and bodies (`descriptions`). A tie is never guessed across: such an anaphor has no link.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from spacy.attrs import IDX

from pipeline.language import pronouns
from pipeline.language.descriptions import Describer, profiles
from pipeline.language.discourse import Mention, Scene, mentions_of, role
from pipeline.language.entitylike import EntityLike
from pipeline.language.tree import children, noun_phrase
from pipeline.text.names import Gender, nominal_labels

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


LinkKind = Literal["pronoun", "nominal"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One resolved anaphor. `anaphor` and `antecedent` are token indices of heads in the Doc; the antecedent is never itself an anaphor."""

    anaphor: int
    antecedent: int
    kind: LinkKind
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


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """A pronoun's candidates with their features, as the ranking was given them; for fitting."""

    token: int
    form: str
    candidates: tuple[tuple[pronouns.Features, Mention], ...]


ANAPHOR = 0.25  # how much an anaphor counts as a mention of what it takes up
SOLE_LEAD = 2.0  # the lead in log-odds that a sole candidate is given


def resolve(doc: Doc, entities: Sequence[EntityLike]) -> Chains:
    """Links of every pronoun and definite description of the Doc that could be resolved. Cached on the Doc for equal entity rows."""
    key = tuple((row.start, row.end, row.entity_id) for row in entities)
    cached = doc.user_data.get("coreference")
    if cached is not None and cached[0] == key:
        return cached[1]  # type: ignore[no-any-return]
    chains = _Resolver(doc, entities).run()
    doc.user_data["coreference"] = (key, chains)
    return chains


def choices(doc: Doc, entities: Sequence[EntityLike]) -> list[Choice]:
    """Every pronoun with more than nothing to take up, with its candidates' features: what the weights are fitted on."""
    resolver = _Resolver(doc, entities)
    resolver.run()
    return resolver.choices


class _Resolver:
    """One pass over an article, left to right; what is resolved counts as a mention for what follows."""

    def __init__(self, doc: Doc, entities: Sequence[EntityLike]) -> None:
        self.doc = doc
        self.scene: Scene = mentions_of(doc, entities)
        self.history: list[Mention] = []
        self.counts: dict[str, float] = {}
        self.trust: dict[int, float] = {}  # confidence of the links of anaphors that became mentions
        self.genders: dict[str, Gender] = {}
        self.origin: dict[str, Mention] = {}  # the mention a chain is cited by: its latest that is no anaphor
        self.keys: dict[int, str] = {}  # what each resolved anaphor takes up
        self.links: dict[int, Link] = {}
        self.told: set[str] = set()  # what the article names in its own words, not in somebody's
        self.model = _model_links(doc)
        self.choices: list[Choice] = []
        self.describer = Describer(self.scene, profiles(doc, entities) if self.scene.described else {}, self.genders)

    def run(self) -> Chains:
        parsed = self.doc.has_annotation("DEP")
        for token in self.scene.nominals:
            link = self._link(token) if parsed else None
            if link is not None:
                self.links[token.i] = link
            elif (mention := self.scene.mentions.get(token.i)) is not None:
                self._note(mention)
                self.origin[mention.key] = mention
        return Chains(self.links)

    def _note(self, mention: Mention, weight: float = 1.0) -> None:
        """Remembers a mention; an anaphor weighs less in its entity's count, so that one wrong link does not feed the next."""
        self.history.append(mention)
        if not mention.quoted:
            self.told.add(mention.key)
        self.counts[mention.key] = self.counts.get(mention.key, 0.0) + weight
        if mention.gender is not None and mention.kind == "person":
            self.genders.setdefault(mention.key, mention.gender)

    def _again(self, mention: Mention, token: Token, gender: Gender | None) -> Mention:
        """The same thing mentioned again by an anaphor."""
        scene, i = self.scene, token.i
        return dataclasses.replace(
            mention, head=i, start=i, end=i + 1, gender=gender, role=role(token), sentence=scene.sentence[i], quoted=scene.quoted[i]
        )

    def _link(self, token: Token) -> Link | None:
        pos = token.pos_
        if pos in ("NOUN", "PROPN"):
            return self._nominal(token) if token.i not in self.scene.row_at else None
        lower = token.lower_
        if lower in pronouns.PRONOUNS and pos in ("PRON", "DET"):
            return self._pronoun(token, *pronouns.PRONOUNS[lower])
        if lower in pronouns.RELATIVE and pos == "PRON" and (mention := pronouns.relative(token, self.scene)) is not None:
            return self._made(token, mention, "pronoun", 0.95, "relative")
        return None

    # ---------------------------------------------------------------- pronouns

    def _pronoun(self, token: Token, form: str, gender: Gender | None) -> Link | None:
        if form == "it" and pronouns.pleonastic(token):
            return None
        scored = self._candidates(token, form, gender)
        if not scored:
            late = pronouns.cataphor(token, form, gender, self.scene)
            return self._made(token, late, "pronoun", 0.6, "cataphor") if late is not None else None
        best, lead = _lead(scored)
        if lead < pronouns.margin(form):
            return None
        linked = self.model.get(token.i)
        basis = (
            "model" if linked and linked.get(best.head, 0.0) > 0.5 else "reflexive" if token.lower_ in pronouns.REFLEXIVE else "salience"
        )
        confidence = self.trust[token.i] = _probability(lead) * self.trust.get(best.head, 1.0)
        self.keys[token.i] = best.key
        link = self._made(token, best, "pronoun", confidence, basis)
        self._note(self._again(best, token, gender), ANAPHOR)
        return link

    def _candidates(self, token: Token, form: str, gender: Gender | None) -> list[tuple[float, Mention]]:
        """(score, mention) of everything a pronoun could take up, the best mention of each, best first."""
        seen: list[tuple[pronouns.Features, Mention]] = []
        best: dict[str, tuple[float, Mention]] = {}
        here = self.scene.sentence[token.i]
        barred = pronouns.barred(token, self.scene, self.keys)
        outside = not self.scene.quoted[token.i] and pronouns.speaks(token)  # "…," she said: nobody known from quoted words alone
        linked = self.model.get(token.i, {}) if self.model else None
        last = next((m.head for m in reversed(self.history) if m.kind in pronouns.FITS[form] and pronouns.speaks(self.doc[m.head])), None)
        for between, mention in enumerate(reversed(self.history)):
            if here - mention.sentence > pronouns.WINDOW[form]:
                break
            known = mention.gender or self.genders.get(mention.key)
            if mention.key in barred or (outside and mention.key not in self.told):
                continue
            if mention.head == token.i or not pronouns.agrees(form, gender, mention, known):
                continue
            found = pronouns.features(
                token, form, mention, self.scene, between=between, count=self.counts[mention.key], known=known, linked=linked,
                spoke_last=mention.head == last,
            )  # fmt: skip
            seen.append((found, mention))
            score = pronouns.score(found)
            if mention.key not in best or score > best[mention.key][0]:
                best[mention.key] = (score, mention)
        if seen:
            self.choices.append(Choice(token.i, form, tuple(seen)))
        if token.lower_ in pronouns.REFLEXIVE:
            clause = {k: v for k, v in best.items() if v[1].role == "subject" and v[1].sentence == here}
            best = clause or best
        return sorted(best.values(), key=lambda s: -s[0])

    # ---------------------------------------------------------------- definite descriptions

    def _nominal(self, token: Token) -> Link | None:
        mention = self.scene.mentions.get(token.i)
        if mention is None or not nominal_labels((token.lemma_ or token.text).lower()):
            return None
        if mention.named:  # a title with its name in apposition is the person
            self._note(mention)
            return self._made(token, mention, "nominal", 0.95, "apposition", origin=self._head_of_name(mention, token))
        chosen = self.describer.choose(token, self.history, self.counts)
        if chosen is None:
            return None
        self.keys[token.i] = chosen.mention.key
        self._note(self._again(chosen.mention, token, chosen.mention.gender))
        return self._made(token, chosen.mention, "nominal", chosen.confidence, chosen.basis)

    def _head_of_name(self, mention: Mention, token: Token) -> Mention:
        for child in children(token, "appos", "flat", "nmod:desc"):
            own = self.scene.mentions.get(child.i)
            if own is not None and own.row is mention.row:
                return own
        return mention

    # ---------------------------------------------------------------- links

    def _made(
        self, token: Token, chosen: Mention, kind: LinkKind, confidence: float, basis: str, origin: Mention | None = None
    ) -> Link:  # fmt: skip
        cited = origin or self.origin.get(chosen.key, chosen)
        row = cited.row or chosen.row
        return Link(
            anaphor=token.i,
            antecedent=cited.head,
            kind=kind,
            entity_id=row.entity_id if row else None,
            canonical=row.canonical if row else None,
            label=row.label if row else None,
            confidence=round(confidence, 3),
            basis=basis,
        )


def _lead(scored: Sequence[tuple[float, Mention]]) -> tuple[Mention, float]:
    """The best candidate and by how much it leads the next."""
    return scored[0][1], scored[0][0] - scored[1][0] if len(scored) > 1 else SOLE_LEAD


def _probability(lead: float) -> float:
    return 1.0 / (1.0 + math.exp(-lead))


def _model_links(doc: Doc) -> dict[int, dict[int, float]]:
    """The language core's own links: anaphor token -> antecedent token -> probability; empty where the core reads none."""
    group = doc.spans.get("antecedents")
    if group is None or not len(group):
        return {}
    at = {idx: i for i, idx in enumerate(doc.to_array([IDX]).tolist())}
    scores = group.attrs.get("scores") or [0.5] * len(group)
    found: dict[int, dict[int, float]] = {}
    for span, score in zip(group, scores, strict=True):
        _, _, offset = span.label_.partition("@")
        if offset.isdigit() and int(offset) in at:
            found.setdefault(span.start, {})[at[int(offset)]] = 0.5 if score is None else float(score)
    return found


def entity_at(doc: Doc, entities: Sequence[EntityLike], token: Token) -> EntityLike | None:
    """The entity row whose characters hold the token; None where the token stands in no name."""
    low, high = 0, len(entities)
    while low < high:
        middle = (low + high) // 2
        if entities[middle].start <= token.idx:
            low = middle + 1
        else:
            high = middle
    row = entities[low - 1] if low else None
    return row if row is not None and token.idx < row.end else None


def antecedent_phrase(chains: Chains, token: Token) -> Span | None:
    """The noun phrase a pronoun or definite description takes up, without its relative clauses and appositions, None where unresolved."""
    link = chains.get(token)
    return noun_phrase(token.doc[link.antecedent]) if link is not None else None
