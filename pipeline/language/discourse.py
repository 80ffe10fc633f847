"""What an article talks about, in order: its names and noun phrases with gender, number and role, as coreference weighs them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from spacy.attrs import POS, SENT_START
from spacy.symbols import DET, NOUN, PRON, PROPN, PUNCT, SPACE, SYM, X

from pipeline.language.entitylike import EntityLike
from pipeline.language.tree import SUBJECTS, children, dep
from pipeline.text.names import Gender, gender, nominal_labels, noun_gender, person_noun

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Kind = Literal["person", "org", "country", "place", "people", "thing"]
Number = Literal["singular", "plural", "either"]

OPENING, CLOSING, STRAIGHT = frozenset("“„«"), frozenset("”»"), frozenset({'"', "``", "''"})
_WORDS = frozenset({NOUN, PROPN, PRON, DET})
_MARKS = frozenset({PUNCT, SPACE, SYM, X, 0})


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
    """An article as coreference sees it: mentions by head token, the row of each token, and each token's sentence and whether it is
    quoted."""

    mentions: dict[int, Mention]
    row_at: dict[int, EntityLike]
    sentence: list[int]
    quoted: list[bool]
    nominals: list[Token]  # nouns and pronouns in text order, and the heads of mentions: all that can be linked or taken up
    described: bool  # whether a noun without a name stands in it that may take up somebody named


_KIND: dict[str, Kind] = {
    "PERSON": "person",
    "ORG": "org",
    "LOC": "place",
    "FAC": "place",
    "NORP": "people",
    "PRODUCT": "thing",
    "MISC": "thing",
}


def mentions_of(doc: Doc, entities: Sequence[EntityLike]) -> Scene:
    """All mentions of a Doc: its entity rows (dates and money aside) and the noun phrases around other nouns."""
    sentence, quoted, words = _survey(doc)
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
        number: Number = (
            "plural" if kind == "people" and head.tag_ in ("NNS", "NNPS", "JJ") else "either" if kind in ("org", "people") else "singular"
        )
        found[head.i] = Mention(
            head.i, span.start, span.end, row.entity_id, kind, number, genders.get(row.entity_id), role(head),
            sentence[head.i], quoted[head.i], row,
        )  # fmt: skip
    described = False
    for token in words:
        if token.i in row_at or token.pos_ not in ("NOUN", "PROPN") or (token.pos_ == "PROPN" and not _office(token)):
            continue
        if (mention := _nominal(token, row_at, sentence, quoted)) is not None:
            found[token.i] = mention
            described = described or mention.kind in ("person", "org")
    listed = {t.i for t in words}
    words += [doc[i] for i in found if i not in listed]
    return Scene(found, row_at, sentence, quoted, sorted(words, key=lambda t: t.i), described)


def _office(token: Token) -> bool:
    """Whether a capitalised word outside every name is an office that stands for its holder: "the Prime Minister", "the MP"."""
    stands = dep(token) in (*SUBJECTS, "obj", "iobj", "obl", "nmod", "conj")
    return stands and token.tag_ != "NNPS" and person_noun(token.lemma_ or token.text)


def _nominal(token: Token, row_at: dict[int, EntityLike], sentence: list[int], quoted: list[bool]) -> Mention | None:
    """A noun as a mention; one that carries a person's name in apposition is that person."""
    if dep(token) in ("compound", "fixed", "flat", "obl:npmod", "obl:unmarked", "nmod:npmod", "nmod:unmarked"):
        return None
    lemma = token.lemma_.lower() or token.lower_
    plural = token.tag_ == "NNS"
    person = person_noun(lemma)
    for child in children(token, "appos", "flat", "nmod:desc") if person and not plural else ():
        row = row_at.get(child.i)
        if row is not None and row.label == "PERSON":
            return Mention(
                token.i, token.i, token.i + 1, row.entity_id, "person", "singular", noun_gender(lemma) or gender(row.canonical),
                role(token),
                sentence[token.i], quoted[token.i], row,
            )  # fmt: skip
    labels = nominal_labels(lemma)
    kind: Kind = (
        "person" if person else "org" if "ORG" in labels else "country" if "COUNTRY" in labels else "place" if "LOC" in labels else "thing"
    )
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


def _survey(doc: Doc) -> tuple[list[int], list[bool], list[Token]]:
    """One pass over the tokens: the sentence of each, whether it stands inside double quotation marks (a mark left open ends with its
    paragraph), and those that are nouns or pronouns."""
    sentences: list[int] = []
    quoted: list[bool] = []
    words: list[Token] = []
    sentence, inside = -1, False
    for token, start, pos in zip(doc, *doc.to_array([SENT_START, POS]).T.tolist(), strict=True):
        sentence += start == 1 or sentence < 0
        if pos in _WORDS:
            words.append(token)
        elif pos in _MARKS:
            text = token.text
            if text in OPENING:
                inside = True
            elif text in CLOSING or (inside and "\n\n" in text):
                inside = False
            elif text in STRAIGHT:
                inside = not inside
        sentences.append(sentence)
        quoted.append(inside)
    return sentences, quoted, words
