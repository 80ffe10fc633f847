"""What an article talks about, in order: its names and noun phrases with gender, number and role, as coreference weighs them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from pipeline.language.tree import SUBJECTS, children, dep
from pipeline.text.names import Gender, gender, nominal_labels, noun_gender, person_noun

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Kind = Literal["person", "org", "country", "place", "people", "thing"]
Number = Literal["singular", "plural", "either"]

OPENING, CLOSING = frozenset("“„«"), frozenset("”»")


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


@dataclasses.dataclass(slots=True)
class Mention:
    """One thing named or described at a place in the article. `key` is the entity's id, or one of its own for a phrase without a name."""

    head: int
    start: int
    end: int
    key: str
    kind: Kind
    number: Number
    gender: Gender | None
    role: str
    sentence: int
    quoted: bool
    row: EntityLike | None = None

    @property
    def named(self) -> bool:
        return self.row is not None


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    """An article as coreference sees it: mentions by head token, the row of each token, and each token's sentence and whether it is quoted."""

    mentions: dict[int, Mention]
    row_at: dict[int, EntityLike]
    sentence: list[int]
    quoted: list[bool]


_KIND: dict[str, Kind] = {"PERSON": "person", "ORG": "org", "LOC": "place", "FAC": "place", "NORP": "people", "PRODUCT": "thing", "MISC": "thing"}


def mentions_of(doc: Doc, entities: Sequence[EntityLike]) -> Scene:
    """All mentions of a Doc: its entity rows (dates and money aside) and the noun phrases around other nouns."""
    sentence, quoted = _sentences(doc), _quoted(doc)
    row_at: dict[int, EntityLike] = {}
    found: dict[int, Mention] = {}
    genders = _entity_genders(entities)
    for row in entities:
        kind = _KIND.get(row.label)
        span = doc.char_span(row.start, row.end, alignment_mode="expand") if kind else None
        if span is None or kind is None or not len(span):
            continue
        for token in span:
            row_at.setdefault(token.i, row)
        if kind == "place" and row.country is not None and getattr(row, "geo_precision", None) in ("country", None):
            kind = "country"
        head = span.root
        adjective = kind == "people" and (head.pos_ == "ADJ" or dep(head) in ("amod", "compound"))
        if adjective:
            continue  # "Armenian troops": a modifier, no thing of its own
        number: Number = "plural" if kind == "people" and head.tag_ in ("NNS", "NNPS", "JJ") else "either" if kind in ("org", "people") else "singular"
        found[head.i] = Mention(
            head.i, span.start, span.end, row.entity_id, kind, number, genders.get(row.entity_id), role(head), sentence[head.i], quoted[head.i], row
        )  # fmt: skip
    for token in doc:
        if token.pos_ == "NOUN" and token.i not in row_at and (mention := _nominal(token, row_at, sentence, quoted)) is not None:
            found[token.i] = mention
    return Scene(found, row_at, sentence, quoted)


def _nominal(token: Token, row_at: dict[int, EntityLike], sentence: list[int], quoted: list[bool]) -> Mention | None:
    """A noun as a mention; one that carries a person's name in apposition is that person."""
    if dep(token) in ("compound", "fixed", "flat", "obl:npmod", "obl:unmarked", "nmod:npmod", "nmod:unmarked"):
        return None
    lemma = token.lemma_.lower() or token.lower_
    plural = token.tag_ == "NNS"
    person = person_noun(lemma)
    for child in children(token, "appos", "flat", "nmod:desc"):
        row = row_at.get(child.i)
        if row is not None and row.label == "PERSON" and person and not plural:
            return Mention(
                token.i, token.i, token.i + 1, row.entity_id, "person", "singular", noun_gender(lemma) or gender(row.canonical), role(token),
                sentence[token.i], quoted[token.i], row,
            )  # fmt: skip
    labels = nominal_labels(lemma)
    kind: Kind = "person" if person else "org" if "ORG" in labels else "country" if "COUNTRY" in labels else "place" if "LOC" in labels else "thing"
    number: Number = "plural" if plural else "either" if "GROUP" in labels or kind == "org" else "singular"
    return Mention(
        token.i, token.i, token.i + 1, f"#{token.i}", kind, number, noun_gender(lemma) if person else None, role(token), sentence[token.i],
        quoted[token.i],
    )  # fmt: skip


def role(token: Token) -> str:
    """subject, object, possessor, oblique or other: what a phrase is in its clause; conjuncts and appositions are what their first is."""
    for _ in range(4):
        if dep(token) in ("conj", "appos", "flat", "compound") and token.head is not token and token.head.pos_ in ("NOUN", "PROPN", "PRON"):
            token = token.head
        else:
            break
    relation = dep(token)
    if relation in SUBJECTS:
        return "subject"
    if relation in ("obj", "iobj"):
        return "object"
    if relation == "nmod:poss":
        return "possessor"
    return "oblique" if relation in ("obl", "obl:agent", "nmod", "agent") else "other"


def _entity_genders(entities: Sequence[EntityLike]) -> dict[str, Gender]:
    """Gender of each person by any of its mentions: title before the name, office, given name."""
    found: dict[str, Gender] = {}
    for row in entities:
        if row.label != "PERSON" or row.entity_id in found:
            continue
        told = gender(row.text) or _office_gender(row.title) or gender(row.canonical)
        if told is not None:
            found[row.entity_id] = told
    return found


@functools.lru_cache(maxsize=4096)
def _office_gender(title: str | None) -> Gender | None:
    return next((g for word in (title or "").split() if (g := noun_gender(word)) is not None), None)


def _sentences(doc: Doc) -> list[int]:
    out, n = [], -1
    for token in doc:
        n += bool(token.is_sent_start) or n < 0
        out.append(n)
    return out


def _quoted(doc: Doc) -> list[bool]:
    """Whether each token stands inside double quotation marks; a mark left open ends with its paragraph."""
    out, inside = [], False
    for token in doc:
        if token.is_space and "\n\n" in token.text:
            inside = False
        if token.text in OPENING:
            inside = True
        elif token.text in CLOSING:
            inside = False
        elif token.text in ('"', "``", "''"):
            inside = not inside
        out.append(inside)
    return out
