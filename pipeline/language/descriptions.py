"""Which person, body, country or place a definite description takes up: "the minister", "Iraq's foreign minister", "the group".

A person is known by the words of every office the article gives, a body by the words of its name and of the nouns it stands in apposition
to. A description fits where its head is one of these words (or covers one: "the lawmaker" a senator, lexicon `office_words`), every further
word of it that says something is among them, and no country of it is another's. What fits several is nobody's.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline import lexicon
from pipeline.language.discourse import Mention, Scene
from pipeline.language.offices import offices
from pipeline.language.tree import children, dep, of_phrase
from pipeline.text.names import Gender, fold, is_news_medium, nominal_labels, noun_gender, person_noun

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipeline.language.entitylike import EntityLike

WINDOW = 3  # sentences a description without a word of the name reaches back
FAR = 25  # sentences one that has the name's or office's own word reaches back
NEAR = 2  # sentences within which one of several may be told from the others
GENERIC_ORG = frozenset({"armed", "society", "company", "media", "party"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
_OTHER = frozenset({"other", "another", "second", "third", "new", "next", "first", "same", "different", "own", "such", "last"})
_COUNTRIES = frozenset({"NORP", "LOC"})


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """What a description takes up, how surely, and by which rule."""

    mention: Mention
    confidence: float
    basis: str


@dataclasses.dataclass(frozen=True, slots=True)
class Described:
    """A definite description: its head's lemma, the further words that say something, and the countries it names."""

    head: str
    words: frozenset[str]
    countries: frozenset[str]
    plain: bool  # nothing but an article and words that say nothing: "the minister", "the former minister"


@functools.cache
def _office_words() -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """(noun -> the offices it covers, words that say nothing about an office), folded."""
    covers, idle = {}, set()
    for row in lexicon.load("office_words").rows:
        if row["kind"] == "covers":
            covers[fold(row["noun"])] = frozenset(fold(w) for w in row["offices"].split(";"))
        else:
            idle.add(fold(row["noun"]))
    return covers, frozenset(idle)


def words_of(text: str | None) -> frozenset[str]:
    """The folded words of a phrase, hyphenated ones also in their parts."""
    return frozenset(fold(w) for part in (text or "").split() for w in (part, *part.split("-")) if w)


def profiles(doc: Doc, entities: Sequence[EntityLike]) -> dict[str, frozenset[str]]:
    """entity_id -> the words of the offices, names and appositions by which the article calls a person or body anywhere."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for row in entities:
        if row.label not in ("PERSON", "ORG"):
            continue
        known = found[row.entity_id]
        known |= words_of(row.title)
        span = doc.char_span(row.start, row.end, alignment_mode="expand")
        if span is None or not len(span):
            continue
        if row.label == "ORG":
            known |= words_of(row.canonical) | words_of(row.text)
            near = [*children(span.root, "appos"), *([span.root.head] if dep(span.root) in ("appos", "flat", "nmod:desc") else [])]
            known |= {fold(t.lemma_) for t in near if t.pos_ == "NOUN" and "ORG" in nominal_labels(t.lemma_)}
            continue
        for office in offices(doc, span):
            known |= words_of(doc[office.start : office.end].text)
    return {key: frozenset(words) for key, words in found.items()}


def described(token: Token, scene: Scene) -> Described | None:
    """The description a noun heads; None where it is indefinite, or says itself which one it means by a clause or another's name."""
    words: set[str] = set()
    countries: set[str] = set()
    definite = False
    idle = _office_words()[1]
    for child in token.children:
        relation, row = dep(child), scene.row_at.get(child.i)
        if relation == "det":
            definite = definite or child.lower_ in _DEFINITE
            if child.lower_ not in _DEFINITE:
                return None
        elif relation in ("acl", "acl:relcl", "relcl", "nummod") or child.lower_ in _OTHER:
            return None
        elif relation == "nmod:poss":
            if row is None or row.label not in _COUNTRIES or not row.country:
                return None
            countries.add(row.country)
            definite = True
        elif relation in ("amod", "compound", "nmod", "nn", "nmod:desc", "flat") or of_phrase(child):
            if row is not None and row.label in _COUNTRIES and row.country:
                countries.add(row.country)
            elif relation in ("nmod", "prep", "obl") and child.i > token.i and not of_phrase(child):
                return None
            else:
                words |= {w for t in child.subtree if t.is_alpha and dep(t) not in ("case", "det") and (w := fold(t.lower_)) not in idle}
    if not definite and not countries and token.pos_ != "PROPN":
        return None
    return Described(fold(token.lemma_ or token.text), frozenset(words), frozenset(countries), not words and not countries)


class Describer:
    """Finds what descriptions take up among the mentions before them. `profiles` and `genders` are of the whole article."""

    def __init__(self, scene: Scene, known: Mapping[str, frozenset[str]], genders: Mapping[str, Gender]) -> None:
        self.scene, self.known, self.genders = scene, known, genders
        self.all = {m.key: m for m in reversed(list(scene.mentions.values())) if m.named}

    def choose(self, token: Token, history: Sequence[Mention], counts: Mapping[str, float]) -> Chosen | None:
        """What the description that `token` heads takes up; None where nothing or more than one thing fits."""
        lemma = (token.lemma_ or token.text).lower()
        labels = nominal_labels(lemma)
        if not labels or token.tag_ in ("NNS", "NNPS"):
            return None
        phrase = described(token, self.scene)
        if phrase is None:
            return None
        here = self.scene.sentence[token.i]
        before = {m.key: m for m in history if m.named}
        found: Chosen | None = None
        if "PERSON" in labels:
            found = self._person(phrase, lemma, before, here)
        if found is None and "ORG" in labels:
            found = self._body(phrase, lemma, before, here, counts)
        if found is None and labels == {"COUNTRY"} and phrase.plain:
            found = self._only(self._kind(before, "country", here, WINDOW), "country", here, counts)
        if found is None and "LOC" in labels and not labels & {"COUNTRY", "ORG"} and phrase.plain:
            near = self._kind(before, "place", here, 1)
            found = Chosen(near[0], 0.7, "only-place") if len(near) == 1 else None
        return found

    # ---------------------------------------------------------------- persons

    def _person(self, phrase: Described, lemma: str, before: Mapping[str, Mention], here: int) -> Chosen | None:
        persons = [m for m in before.values() if m.kind == "person" and self._agrees(m, lemma)]
        own = [m for m in persons if phrase.head in self.known.get(m.key, ()) and self._fits(m, phrase)]
        own = self._of_the_country(own, phrase)
        if own:
            chosen = self._latest(own, here, FAR)
            return Chosen(chosen, 0.85, "title") if chosen else None
        if not phrase.plain and (later := self._later(phrase, lemma, before)) is not None:
            return Chosen(later, 0.8, "title-later")
        covered = _office_words()[0].get(phrase.head, frozenset())
        near = [m for m in persons if here - m.sentence <= NEAR]
        held = [m for m in near if covered & self.known.get(m.key, frozenset()) and self._fits(m, phrase, strict=False)]
        held = self._of_the_country(held, phrase)
        if len(held) == 1:
            return Chosen(held[0], 0.75, "office")
        told = noun_gender(lemma)
        if told is not None and phrase.plain and not held:
            last = [m for m in near if here - m.sentence <= 1]
            if len(last) == 1 and self._gender(last[0]) == told:
                return Chosen(last[0], 0.7, "gender")
        return None

    def _fits(self, mention: Mention, phrase: Described, *, strict: bool = True) -> bool:
        """Whether nothing a description says is another's: its countries, and with `strict` its words but at most one, are the
        entity's."""
        country = mention.row.country if mention.row is not None else None
        if phrase.countries and country is not None and country not in phrase.countries:
            return False
        known = self.known.get(mention.key, frozenset())
        affiliation = words_of(mention.row.affiliation) if strict and mention.row is not None and phrase.words else frozenset()
        told = phrase.words & (known | affiliation)
        return not strict or len(phrase.words) == len(told) or (len(told) >= 1 and len(phrase.words) - len(told) <= 1)

    def _of_the_country(self, found: list[Mention], phrase: Described) -> list[Mention]:
        """Those known to be of the country a description names; where nobody is, the others only if the article has one such office."""
        if not phrase.countries:
            return found
        sure = [m for m in found if m.row is not None and m.row.country in phrase.countries]
        if sure:
            return sure
        holders = {m.key for m in self.all.values() if m.kind == "person" and phrase.head in self.known.get(m.key, ())}
        return found if len(holders) <= 1 else []

    def _later(self, phrase: Described, lemma: str, before: Mapping[str, Mention]) -> Mention | None:
        """A description that opens a story and names its holder after: the one person of the article with the office and country."""
        fits = [
            m
            for m in self.all.values()
            if m.kind == "person" and m.key not in before and phrase.head in self.known.get(m.key, ())
            and self._fits(m, phrase) and self._agrees(m, lemma)
        ]  # fmt: skip
        if phrase.countries:
            fits = [m for m in fits if m.row is not None and m.row.country in phrase.countries]
        return fits[0] if len(fits) == 1 else None

    def _gender(self, mention: Mention) -> Gender | None:
        return mention.gender or self.genders.get(mention.key)

    def _agrees(self, mention: Mention, lemma: str) -> bool:
        told, known = noun_gender(lemma), self._gender(mention)
        return told is None or known is None or told == known or person_noun(lemma) is False

    # ---------------------------------------------------------------- bodies and countries

    def _body(self, phrase: Described, lemma: str, before: Mapping[str, Mention], here: int, counts: Mapping[str, float]) -> Chosen | None:
        bodies = [m for m in before.values() if m.kind == "org"]
        holding = [m for m in bodies if phrase.head in self.known.get(m.key, ()) and self._fits(m, phrase)]
        if chosen := self._latest(holding, here, FAR):
            return Chosen(chosen, 0.85, "name")
        if holding or not phrase.plain:
            return None
        near = [m for m in bodies if here - m.sentence <= WINDOW and m.row is not None and may_mean(lemma, m.row.canonical)]
        return self._only(near, "organisation", here, counts)

    def _kind(self, before: Mapping[str, Mention], kind: str, here: int, window: int) -> list[Mention]:
        return [m for m in before.values() if m.kind == kind and here - m.sentence <= window]

    def _only(self, near: Sequence[Mention], what: str, here: int, counts: Mapping[str, float]) -> Chosen | None:
        """The only one near, or the most mentioned where it is the subject of this sentence or the last."""
        if len(near) == 1:
            return Chosen(near[0], 0.7, f"only-{what}")
        subjects = [m for m in near if m.role == "subject" and here - m.sentence <= 1]
        if len(subjects) != 1:
            return None
        most = max(counts.get(m.key, 0.0) for m in near)
        first = counts.get(subjects[0].key, 0.0) == most and sum(counts.get(m.key, 0.0) == most for m in near) == 1
        return Chosen(subjects[0], 0.6, f"prominent-{what}") if first else None

    def _latest(self, found: Iterable[Mention], here: int, window: int) -> Mention | None:
        """The only one, or the one named in the last sentences where the others were not."""
        near = [m for m in found if here - m.sentence <= window]
        if len({m.key for m in near}) == 1:
            return near[0]
        for reach in (0, 1, NEAR):
            close = {m.key: m for m in near if here - m.sentence <= reach}
            if close:
                return next(iter(close.values())) if len(close) == 1 else None
        return None


def may_mean(lemma: str, name: str) -> bool:
    """Whether an organisation noun can take up a body of such a name: one with the noun in its name, or, for "the group" and the like, any
    that is no news medium; "the newspaper" and the like only a news medium."""
    if fold(lemma) in words_of(name):
        return True
    senses = {row["sense"] for row in _org_rows(lemma)} & GENERIC_ORG
    return bool(senses) and is_news_medium(name) == (senses == {"media"})


@functools.lru_cache(maxsize=1024)
def _org_rows(lemma: str) -> tuple[dict[str, str], ...]:
    return tuple(row for row in lexicon.load("nominals").rows if row["noun"] == lemma and row["label"] == "ORG")
