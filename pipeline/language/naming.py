"""Names the language core left unmarked, found by what the rest of the article and the lexicons know.

A name marked once in an article is the same name wherever it stands again; a person named in full is named by the surname; countries, known
buildings and known acronyms need no context; and a given name with a capitalised word hung on it is a person. Every rule asks that the word
stands alone: a capitalised neighbour that is no title makes it part of another name.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.language.tree import dep
from pipeline.text.countries import find_country, is_nationality, metonym_of
from pipeline.text.gazetteer import load as gazetteer
from pipeline.text.names import is_given_name, is_title, known_acronym, nominal_labels, parse

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

SHORTEST = 3  # letters of a name that is looked for again
MAX_WORDS = 6
_LOCATIVE = frozenset({"in", "near", "outside", "around"})  # prepositions that take a place and hardly ever a person or body by name
AGAIN, SURNAME, LEXICON, GIVEN = 0.9, 0.8, 0.85, 0.7  # of the first name's probability, or probabilities: shares right on coded articles
_REPEATED = frozenset({"PERSON", "ORG", "LOC", "FAC", "NORP"})
_STATES = frozenset({"country", "territory", "former"})
_NAME_TAGS = frozenset({"PROPN", "PRON", "X"})  # the core tags rare names as pronouns now and then


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A name as token indices [start, end), its label and the probability that it is one."""

    start: int
    end: int
    label: str
    score: float


def unmarked(doc: Doc, marked: Sequence[Found]) -> list[Found]:
    """Names outside the marked ones, in text order, none overlapping another or a marked one."""
    taken = {i for name in marked for i in range(name.start, name.end)}
    free = [t for t in doc if t.i not in taken and t.pos_ in _NAME_TAGS and t.text[:1].isupper() and _shaped(t)]
    if not free:
        return []
    known = _known(doc, marked)
    out: list[Found] = []
    for token in free:
        if token.i in taken:
            continue
        name = _again(doc, token, known, taken) or _listed(doc, token, taken) or _given(doc, token, taken)
        if name is not None:
            taken.update(range(name.start, name.end))
            out.append(name)
    return out


def joins(doc: Doc, end: int, start: int) -> bool:
    """Whether two persons' spans, the first ending at `end`, are pieces of one name: nothing or a hyphen between ("Abdel-" "Fattah")."""
    between = doc[end:start]
    return len(between) <= 1 and all(t.text == "-" for t in between) and not (end and doc[end - 1].whitespace_ and len(between))


def stands_as_place(span: Span) -> bool:
    """Whether a name of another label stands where a place does ("in Mansfield", "near Augusta"), and the gazetteer has it."""
    if span.start == 0 or span.doc[span.start - 1].lower_ not in _LOCATIVE or span.text.isupper() or _joined(span.doc, span.end):
        return False
    if any(nominal_labels(t.text) for t in span):
        return False  # "in Congress", "in Parliament": a body, though some town is called so
    return dep(span.root).split(":")[0] in ("obl", "nmod", "root", "conj") and len(gazetteer().lookup(span.text)) > 0


def name_end(doc: Doc, span: Span, limit: int) -> int:
    """End of a person's name with the capitalised words after it, up to `limit`, that the tree hangs on it as its name."""
    end = span.end
    while end < limit and doc[end].pos_ == "PROPN" and doc[end].text[:1].isupper() and not is_title(doc[end].text):
        if dep(doc[end]) not in ("flat", "flat:name") or not span.start <= doc[end].head.i < end:
            break
        end += 1
    return end


def _shaped(token: Token) -> bool:
    """A pronoun ("He", "It") is no name, nor is a word tagged one at the start of a sentence, unless its tag says proper noun."""
    return token.pos_ != "PRON" or token.tag_ in ("NNP", "NNPS") or not token.is_stop


def _known(doc: Doc, marked: Sequence[Found]) -> dict[str, list[tuple[tuple[str, ...], str, float]]]:
    """First word -> (words, label, probability) of the names marked in the article and the surnames of its persons, longest first."""
    weight: dict[tuple[str, ...], collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for name in marked:
        words = tuple(t.text for t in doc[name.start : name.end])
        if name.label in _REPEATED and len(words) <= MAX_WORDS and _searchable(words):
            weight[words][name.label] += max(name.score, 0.01)  # type: ignore[assignment]
        if name.label == "PERSON" and len(words) > 1 and len(parse(" ".join(words)).parts) > 1 and _searchable(words[-1:]):
            weight[words[-1:]]["PERSON"] += SURNAME * max(name.score, 0.01)  # type: ignore[assignment]
    found: dict[str, list[tuple[tuple[str, ...], str, float]]] = collections.defaultdict(list)
    for words, votes in weight.items():
        label, most = votes.most_common(1)[0]
        if 2 * most > votes.total():
            found[words[0]].append((words, label, min(1.0, most)))
    return {first: sorted(names, key=lambda n: -len(n[0])) for first, names in found.items()}


def _searchable(words: tuple[str, ...]) -> bool:
    letters = "".join(words)
    title = len(words) == 1 and is_title(words[0])
    return len(letters) >= (2 if letters.isupper() else SHORTEST) and words[0][:1].isupper() and not title


def _again(doc: Doc, token: Token, known: dict[str, list[tuple[tuple[str, ...], str, float]]], taken: set[int]) -> Found | None:
    """A name the article has marked elsewhere."""
    for words, label, score in known.get(token.text, ()):
        end = token.i + len(words)
        if (
            end <= len(doc)
            and all(doc[token.i + n].text == word and token.i + n not in taken for n, word in enumerate(words))
            and _alone(doc, token.i, end)
        ):
            return Found(token.i, end, label, AGAIN * score)
    return None


def _listed(doc: Doc, token: Token, taken: set[int]) -> Found | None:
    """A country, a building that stands for a body, or a known organisation's acronym."""
    for end in range(min(len(doc), token.i + 4), token.i, -1):
        words = doc[token.i : end]
        if not words[-1].text[:1].isupper() or any(t.i in taken or t.is_space for t in words) or not _alone(doc, token.i, end):
            continue
        text = words.text
        country = find_country(text)
        if country is not None and country.kind in _STATES and not is_nationality(text) and token.pos_ == "PROPN":
            return Found(token.i, end, "LOC", LEXICON)
        if metonym_of(text) is not None and token.pos_ == "PROPN":
            return Found(token.i, end, "ORG", LEXICON)
        if end == token.i + 1 and len(text) > 2 and text.isupper() and known_acronym(text) and not _shouted(token):
            return Found(token.i, end, "ORG", LEXICON)
    return None


def _given(doc: Doc, token: Token, taken: set[int]) -> Found | None:
    """A given name and what hangs on it as its name: "Rex Tillerson"; not where the whole is a place's name ("Santiago Atitlan")."""
    if token.pos_ != "PROPN" or not is_given_name(token.text) or is_title(token.text) or _joined(doc, token.i - 1):
        return None
    end = token.i + 1
    while end < len(doc) and end not in taken and doc[end].pos_ == "PROPN" and doc[end].text[:1].isupper() and end - token.i < 4:
        end += 1
    words = doc[token.i : end]
    if end - token.i < 2 or _joined(doc, end) or any(len(t.text) < 2 or t.text.isupper() for t in words):
        return None
    if any(dep(t) not in ("flat", "flat:name") or t.head.i != token.i for t in words[1:]) or any(is_title(t.text) for t in words[1:]):
        return None
    if find_country(words.text) is not None or len(gazetteer().lookup(words.text)):
        return None
    return Found(token.i, end, "PERSON", GIVEN)


def _alone(doc: Doc, start: int, end: int) -> bool:
    """Whether no capitalised neighbour makes the words part of a longer name; a title or an office may stand before them."""
    return not _joined(doc, end) and (not _joined(doc, start - 1) or is_title(doc[start - 1].text) or doc[start - 1].lower_ in ("al", "el"))


def _joined(doc: Doc, i: int) -> bool:
    """Whether the token at i is a capitalised word of a name, so that what stands beside it may belong to it."""
    if not 0 <= i < len(doc):
        return False
    token = doc[i]
    if token.text in ("-", "–", "&"):
        return True
    return token.text[:1].isupper() and (token.pos_ == "PROPN" or (len(token) > 2 and token.text.isupper()))


def _shouted(token: Token) -> bool:
    """Whether the words around are in capitals too, as in a headline, so that capitals tell nothing."""
    around: Iterable[Token] = (token.doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(token.doc))
    return any(len(t.text) > 3 and t.is_alpha and t.text.isupper() for t in around)
