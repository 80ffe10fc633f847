"""Who a quotation's speaker is: from the phrase beside the cue to the fullest name in the article; nobody where the text leaves a tie.

Names come from the entity rows, pronouns and definite descriptions from the coreference chains; phrases without a name are described by the
lexicons `unnamed_sources` and `speaker_nouns`; documents speak for whoever made them.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pipeline.language.attribution import phrase
from pipeline.language.beside import named_within, person_beside, person_within
from pipeline.language.coreference import Chains, antecedent_phrase
from pipeline.language.cues import dep, in_dateline, text_of
from pipeline.language.holders import means, office_holder, persons, said_of
from pipeline.lexicon import load
from pipeline.text.names import person_noun

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipeline.language.entitylike import EntityLike

Kind = Literal["person", "organization", "country", "group", "unnamed", "unknown"]

FIRST = frozenset({"i", "we", "me", "us", "my", "our", "myself", "ourselves"})
PERSONAL = frozenset(
    {
        "he",
        "she",
        "they",
        "it",
        "who",
        "which",
        "that",
        "one",
        "him",
        "her",
        "them",
        "his",
        "their",
        "its",
        "whom",
        "himself",
        "herself",
        "itself",
        "themselves",
    }
)
# Closed words that stand for people without naming them; any other word tagged a pronoun is a name or noun mistagged.
INDEFINITE = frozenset(
    {
        "some", "many", "others", "other", "both", "all", "most", "few", "several", "none", "any", "anyone", "someone", "everyone",
        "everybody", "nobody", "somebody", "anybody", "each", "another", "what", "whoever", "these", "those", "this", "two", "three",
        "dozens", "hundreds", "thousands", "you", "your", "there", "such", "neither", "either",
    }
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved speaker. `name` is None where nobody can be named; `basis` says by what the name was found."""

    name: str | None
    kind: Kind
    entity_id: str | None = None
    role: str | None = None
    affiliation: str | None = None
    country: str | None = None
    confidence: float = 0.9
    basis: str = "none"


UNKNOWN = Speaker(None, "unknown", confidence=0.5)


@functools.cache
def _speaker_nouns() -> dict[str, str]:
    return {r["lemma"].lower(): r["kind"] for r in load("speaker_nouns").rows}


@functools.cache
def _speeches() -> frozenset[str]:
    """Texts that are the words of one speaker; reports, laws and documents speak for themselves where nobody is named beside them."""
    return frozenset(r["lemma"].lower() for r in load("media_of_speech").rows if r["medium"] in ("statement", "speech", "social_media"))


@functools.cache
def _unnamed() -> dict[str, str]:
    return {r["lemma"].lower(): r["plural"] for r in load("unnamed_sources").rows}


_NO_HEAD = frozenset({"DET", "NUM", "ADP", "SCONJ", "ADV", "PUNCT"})  # "the two", "some": nobody can be told from them


def _sender(document: Token) -> Token | None:
    """Who a text is from by the words right after it, whatever the tree hangs them on: "said a statement from NAME"."""
    doc, i = document.doc, document.i + 1
    if i >= len(doc) or doc[i].lower_ not in ("from", "by"):
        return None
    head = doc[i].head
    return head if head.i > i and head.pos_ in ("PROPN", "NOUN") and head.i < i + 8 else None


class Speakers:
    """Resolves speakers of one article. `entities` are its entity rows, sorted by start."""

    def __init__(self, doc: Doc, entities: Sequence[EntityLike], chains: Chains) -> None:
        self.doc, self.chains = doc, chains
        self.at: dict[int, EntityLike] = {}
        for row in entities:
            if row.label in ("PERSON", "ORG", "LOC", "FAC", "NORP", "PRODUCT", "MISC"):
                span = doc.char_span(row.start, row.end, alignment_mode="expand")
                if span is not None:
                    for token in span:
                        self.at.setdefault(token.i, row)
        self.best: dict[str, EntityLike] = {}
        for row in entities:  # the mention that knows most of an entity stands for it
            held = self.best.get(row.entity_id)
            if held is None or sum(map(bool, (row.title, row.affiliation, row.country))) > sum(
                map(bool, (held.title, held.affiliation, held.country))
            ):
                self.best[row.entity_id] = row
        self.entities = entities
        self.persons = persons(entities)

    # ---------------------------------------------------------------- phrases

    def of(
        self,
        token: Token | None,
        outer: Speaker | None = None,
        before: Speaker | None = None,
        span: tuple[int, int] | None = None,
        documents: Mapping[str, Speaker] | None = None,
        cue: int | None = None,
    ) -> Speaker:
        """The speaker a source phrase's head stands for.

        `outer`: who speaks around it (for "I"); `before`: the running speaker; `span`: the phrase's characters; `documents`: who spoke
        through which kind of document before ("the statement" after "said in a statement"); `cue`: index of the reporting word.
        """
        if token is None:
            return UNKNOWN
        lower = token.lower_
        if lower in FIRST and not (token.text.isupper() and len(token.text) > 1):  # "US" is no "us"
            return (
                dataclasses.replace(outer, basis="first-person")
                if outer is not None and outer.name and lower in ("i", "me", "my", "myself")
                else UNKNOWN
            )
        if lower in PERSONAL or (lower in INDEFINITE and token.pos_ in ("PRON", "DET", "ADJ", "NUM", "NOUN")):
            whole = self._counted(token)
            return self._pronoun(token, before) if whole is None else self._nominal(whole, before, documents or {})
        if in_dateline(token):
            return UNKNOWN
        if token.pos_ in _NO_HEAD and span is not None:  # a source whose head the tree has as its article or possessive mark
            token = named_within(self.doc, self.at, span) or token
        row = self.named(token)
        if row is None or row.label != "PERSON":
            person = person_within(self.doc, self.at, span, token) or person_beside(self.doc, self.at, span, token, cue)
            if person is not None:
                return self.from_row(person, None)
        if row is not None:
            return self.from_row(row, token)
        return self._nominal(token, before, documents or {})

    @staticmethod
    def _counted(token: Token) -> Token | None:
        """What "some of", "dozens of" count: the fellow soldiers of "some of his fellow soldiers"."""
        if token.lower_ not in INDEFINITE:
            return None
        return next(
            (c for c in token.children if dep(c) == "nmod" and c.pos_ in ("NOUN", "PROPN") and any(k.lower_ == "of" for k in c.children)),
            None,
        )

    def named(self, token: Token) -> EntityLike | None:
        """The entity a phrase is by its head, or by a name in apposition to a title or office."""
        row = self.at.get(token.i)
        if row is not None:
            return row
        if token.pos_ != "NOUN" and token.text[:1].isupper() and (row := self._by_surname(token)) is not None:
            return row
        persons: list[tuple[int, EntityLike]] = []
        for child in token.children:
            if dep(child) in ("appos", "flat", "compound", "nmod:desc", "flat:name", "nmod:appos", "nmod:npmod") and child.i in self.at:
                hit = self.at[child.i]
                if hit.label == "PERSON" and text_of(self.doc)[hit.end : hit.end + 2] not in ("'s", "’s"):
                    persons.append((abs(child.i - token.i), hit))
                elif hit.label == "ORG" and (dep(child) == "appos" or self.doc[token.i + 1 : child.i + 1].text == hit.text):
                    persons.append((100 + abs(child.i - token.i), hit))  # "the agency, X", "the militant group X"
        return min(persons, key=lambda p: p[0])[1] if persons else None

    def _by_surname(self, token: Token) -> EntityLike | None:
        """The one person whose name ends in a word that the entity rows left out here."""
        found = {r.entity_id: r for r in self.entities if r.label == "PERSON" and r.canonical.split()[-1:] == [token.text]}
        return next(iter(found.values())) if len(found) == 1 else None

    def from_row(self, row: EntityLike, token: Token | None = None, basis: str = "name", confidence: float = 0.95) -> Speaker:
        best = self.best.get(row.entity_id, row)
        name = row.canonical if row.label != "NORP" or token is None else self.describe(token) or row.canonical
        others = self._coordinated(token) if token is not None else []
        kind = self._kind(row)
        if others:
            names = [name, *(o.canonical for o in others)]
            kinds = {kind, *(self._kind(o) for o in others)}
            joined = f"{', '.join(names[:-1])} and {names[-1]}"
            return Speaker(
                joined, kind if len(kinds) == 1 and kind != "person" else "group", row.entity_id, confidence=confidence, basis=basis
            )
        return Speaker(
            name, kind, row.entity_id, row.title or best.title, row.affiliation or best.affiliation, row.country or best.country,
            confidence, basis
        )  # fmt: skip

    def _coordinated(self, token: Token) -> list[EntityLike]:
        out: list[EntityLike] = []
        for c in token.children:
            if dep(c) == "conj":
                row = self.named(c)
                if row is not None and row.entity_id not in {o.entity_id for o in out}:
                    out.append(row)
        return out

    @staticmethod
    def _kind(row: EntityLike) -> Kind:
        match row.label:
            case "PERSON":
                return "person"
            case "LOC":
                return "country"
            case "NORP":
                return "group"
            case "ORG" | "FAC":
                return "organization"
            case _:
                return "unknown"

    def _pronoun(self, token: Token, before: Speaker | None) -> Speaker:
        link = self.chains.get(token)
        if link is None:
            lower = token.lower_
            fits = {"he": ("person",), "she": ("person",), "it": ("organization", "country"), "they": ("group", "unnamed")}.get(lower, ())
            if before is not None and before.kind in fits:
                return dataclasses.replace(before, confidence=min(before.confidence, 0.7), basis="pronoun:running")
            return UNKNOWN
        if link.entity_id is not None and link.canonical is not None:
            row = self.best.get(link.entity_id)
            if row is not None:
                return self.from_row(row, None, f"pronoun:{link.basis}", link.confidence)
            return Speaker(link.canonical, "unknown", link.entity_id, confidence=link.confidence, basis=f"pronoun:{link.basis}")
        span = antecedent_phrase(self.chains, token)
        if span is None:
            return UNKNOWN
        found = self.of(span.root, None, before) if span.root.pos_ != "PRON" else UNKNOWN
        if not self._can_speak(token, span.root, found):
            return UNKNOWN
        return dataclasses.replace(found, confidence=min(found.confidence, link.confidence), basis=f"pronoun:{link.basis}")

    @staticmethod
    def _can_speak(pronoun: Token, antecedent: Token, found: Speaker) -> bool:
        """Whether what a pronoun takes up can speak: he and she need a person, the others not a thing the lexicons do not know."""
        if found.entity_id is not None:
            return True
        if pronoun.lower_ in ("he", "she", "him", "her"):
            return antecedent.lemma_.lower() in _unnamed()
        return found.kind != "unknown"

    # ---------------------------------------------------------------- phrases without a name

    def _nominal(self, token: Token, before: Speaker | None, documents: Mapping[str, Speaker]) -> Speaker:
        lemma = token.lemma_.lower()
        kind = _speaker_nouns().get(lemma) or _speaker_nouns().get(token.lower_)
        plural = token.tag_ in ("NNS", "NNPS")
        if kind == "document":
            return self._document(token, documents, before)
        definite = any(dep(c) == "det" and c.lower_ in ("the", "this", "that", "these", "those") for c in token.children)
        holder = office_holder(token, self.persons, self.at, before.entity_id if before is not None else None)
        if holder is not None:
            return self.from_row(holder, None, "office", 0.8)
        link = self.chains.get(token)
        if link is not None and link.entity_id is not None and link.entity_id in self.best and (definite or link.confidence >= 0.8):
            return self.from_row(self.best[link.entity_id], None, f"description:{link.basis}", link.confidence)
        if link is not None and link.entity_id is None:
            span = antecedent_phrase(self.chains, token)
            if span is not None and span.root.i != token.i and len(span) > 1 and self.named(span.root) is None:
                token = span.root
        owned = any(dep(c) in ("nmod:poss", "poss") for c in token.children)
        if (definite or owned) and not plural and before is not None and self._takes_up(token, lemma, kind, before):
            return dataclasses.replace(before, confidence=min(before.confidence, 0.75), basis="description:running")
        if definite and kind == "organization" and len(list(token.children)) == 1 and not token.text[0].isupper():
            near = self._organization_near(token)
            if near is not None:
                return self.from_row(near, None, "description:near", 0.7)
        name = self.describe(token) if token.pos_ not in _NO_HEAD else ""
        if not name:
            return UNKNOWN
        country, affiliation = self._belongs(token)
        role: str | None = None
        if kind == "organization" or (kind is None and token.pos_ == "PROPN"):
            made: Kind = "organization"
        elif kind == "country":
            made = "country"
        elif kind == "group":
            made = "group"
        elif lemma in _unnamed():
            made = "group" if plural and _unnamed()[lemma] == "group" else "unnamed"
            role = token.lemma_
        else:
            made = "unknown"
        return Speaker(name, made, None, role, affiliation, country, 0.85 if made != "unknown" else 0.6, "description")

    def _takes_up(self, token: Token, lemma: str, kind: str | None, before: Speaker) -> bool:
        """Whether a bare definite description ("the legislator", "the Russian president", "the network") can mean the running speaker."""
        if token.text[0].isupper() or any(dep(c) in ("nmod", "acl", "acl:relcl", "appos") for c in token.children):
            return False
        words, countries = said_of(token, self.at)
        if words:
            return False
        if before.kind == "person":
            known = self.persons.get(before.entity_id or "")
            if known is not None and countries and known.countries and not countries & known.countries:
                return False
            if known is not None and known.words and person_noun(lemma) and not means(lemma, known.words):
                return False
            return lemma in _unnamed() or person_noun(lemma)
        bare = not any(c.i in self.at for c in token.children)
        return bare and before.kind == "organization" and kind in ("organization", "group") and before.entity_id is not None

    def _organization_near(self, token: Token) -> EntityLike | None:
        """The one organisation named in the paragraph of a bare "the newspaper", or in the one before."""
        text = text_of(self.doc)
        start = text.rfind("\n", 0, max(text.rfind("\n", 0, token.idx) - 2, 0)) + 1
        found = {r.entity_id: r for r in self.entities if r.label == "ORG" and start <= r.start and r.end <= token.idx}
        return next(iter(found.values())) if len(found) == 1 else None

    def _document(self, token: Token, documents: Mapping[str, Speaker], before: Speaker | None) -> Speaker:
        """A text speaks for its maker: the possessor, "by", "from" or "of" whom, or the organisation it is named after."""
        maker = None
        for c in token.children:
            label = dep(c)
            if label in ("nmod:poss", "poss"):
                maker = c
                break
            if label in ("nmod", "acl", "obl") and any(k.lower_ in ("by", "from", "of") and dep(k) == "case" for k in c.children):
                maker = c
                if any(k.lower_ in ("by", "from") for k in c.children):
                    break
            if (
                label in ("compound", "amod", "nmod", "nmod:desc")
                and c.i < token.i
                and (c.i in self.at or _speaker_nouns().get(c.lemma_.lower()) == "organization")
            ):
                maker = maker or c
            if label == "acl" and c.tag_ == "VBN" and c.i > token.i:  # "a report released by the ministry"
                agent = next((k for k in c.children if dep(k) in ("obl", "obl:agent") and any(g.lower_ == "by" for g in k.children)), None)
                maker = maker or agent
        maker = maker or _sender(token)
        if maker is not None and maker.i != token.i:
            found = self.of(maker)
            if (
                found.name is not None
                and (found.kind in ("person", "organization", "country", "group", "unnamed"))
                and (found.entity_id or found.kind != "unnamed")
            ):
                return dataclasses.replace(found, confidence=found.confidence * 0.9, basis="document:" + found.basis)
        definite = any(dep(c) == "det" and c.lower_ in ("the", "this", "that") for c in token.children)
        spoke = documents.get(token.lemma_.lower())
        if definite and spoke is not None and spoke.name:
            return dataclasses.replace(spoke, confidence=min(spoke.confidence, 0.75), basis="document:same")
        if definite and len(list(token.children)) <= 1 and token.lemma_.lower() in _speeches():
            if before is None or before.name is None:
                return UNKNOWN
            return dataclasses.replace(before, confidence=min(before.confidence, 0.65), basis="document:running")
        name = self.describe(token)
        return Speaker(name or None, "unknown", confidence=0.7, basis="document") if name else UNKNOWN

    def _belongs(self, token: Token) -> tuple[str | None, str | None]:
        """(country, affiliation) of a phrase without a name: from the names that modify it."""
        country = affiliation = None
        for t in token.subtree:
            if dep(t).startswith(("acl", "advcl", "conj", "parataxis")) and t.i != token.i:
                break
            row = self.at.get(t.i)
            if row is None:
                continue
            if country is None and row.country:
                country = row.country
            if affiliation is None and row.label in ("ORG", "FAC"):
                affiliation = row.canonical
        return country, affiliation

    def describe(self, token: Token) -> str:
        """A phrase as a name: without article, relative clause, apposition and edge punctuation."""
        start, end = phrase(token)
        doc = self.doc
        cut = end
        for c in token.children:
            if c.i > token.i and (dep(c).startswith("acl") or dep(c) in ("appos", "parataxis", "advcl")):
                cut = min(cut, doc[c.left_edge.i].idx)
        span = doc.char_span(start, max(cut, token.idx + len(token)), alignment_mode="contract")
        if span is None:
            return str(token.text)
        tokens = [t for t in span if not t.is_space]
        while (
            tokens
            and tokens[0].i < token.i
            and (tokens[0].lower_ in ("the", "a", "an") or tokens[0].is_punct or tokens[0].pos_ in ("ADP", "CCONJ"))
        ):
            tokens = tokens[1:]
        while tokens and (tokens[-1].is_punct and tokens[-1].text not in (")", ".")):
            tokens = tokens[:-1]
        return " ".join(str(text_of(doc)[tokens[0].idx : tokens[-1].idx + len(tokens[-1])]).split()) if tokens else ""
