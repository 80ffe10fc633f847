"""What a person is in an article: the office or title before the name or in apposition to it, and whom the person belongs to.

"Russian Foreign Minister Sergei Lavrov", "Hikmet Hajiyev, the foreign policy adviser to President Ilham Aliyev", "Lavrov is the minister",
"Armenia's Pashinyan", "Smith of Reuters".
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from pipeline.language.tree import children, dep, of_phrase
from pipeline.text.countries import is_nationality
from pipeline.text.names import is_title, person_noun

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

MAX_TITLE = 14  # words; what is longer is a clause and no title
_BEFORE = frozenset(
    {
        "compound",
        "amod",
        "nmod",
        "nmod:desc",
        "flat",
        "flat:name",
        "appos",
        "nn",
        "poss",
        "nmod:poss",
        "nmod:npmod",
        "nmod:unmarked",
        "advmod",
        "det",
        "case",
        "punct",
        "dep",
        "nummod",
    }
)
_MEMBERSHIP = frozenset({"of", "from", "with", "for", "at", "to", "in"})
_LEFT_TAGS = frozenset({"NOUN", "PROPN", "ADJ", "X"})


@dataclasses.dataclass(frozen=True, slots=True)
class Office:
    """An office as the text has it, as token indices [start, end), and the token index of its head noun."""

    start: int
    end: int
    head: int


def offices(doc: Doc, span: Span) -> list[Office]:
    """The offices the text gives the person of a name: in apposition first (they are fullest), then before the name, then by copula."""
    found = [o for o in (_apposed(doc, span), _governing(doc, span), _prenominal(doc, span), _copular(doc, span)) if o is not None]
    if not any(o.end <= span.start for o in found):  # the tree hung the office elsewhere: read the words before the name as they stand
        found += [o for o in (_of_office(doc, span), _before_comma(doc, span)) if o is not None]
    return found


def _of_office(doc: Doc, span: Span) -> Office | None:
    """ "US Secretary of State NAME", "Minister of Labour and Employment NAME": an office whose own phrase ends at the name."""
    i = span.start - 1
    while i >= 1 and span.start - i < MAX_TITLE and (doc[i].text[:1].isupper() or doc[i].lower_ in ("and", "the", "of")):
        if doc[i].lower_ == "of" and is_title(doc[i - 1].text):
            return Office(_left_of(doc, i - 1), span.start, i - 1)
        i -= 1
    return None


def _before_comma(doc: Doc, span: Span) -> Office | None:
    """ "Russia's foreign minister, NAME", "a social worker, NAME,": a singular person noun with an article or owner, then a comma."""
    comma = span.start - 1
    if comma < 2 or doc[comma].text != "," or doc[comma].is_sent_start:
        return None
    node = doc[comma - 1]
    for _ in range(MAX_TITLE):
        if _names_person(node) and node.tag_ not in ("NNS", "NNPS"):
            start = _left_of(doc, node.i)
            opened = start > 0 and (doc[start - 1].lower_ in ("the", "a", "an", "'s", "’s") or is_nationality(doc[start].text))
            return Office(start, comma, node.i) if opened and comma - start <= MAX_TITLE else None
        if node.head is node or not node.head.i < node.i or not span.sent.start <= node.head.i:
            return None
        if node.head.pos_ not in ("NOUN", "PROPN"):
            return None
        node = node.head
    return None


def _left_of(doc: Doc, head: int) -> int:
    """First token of the modifiers right before an office's head."""
    start = head
    while start > 0 and not doc[start].is_sent_start and doc[start - 1].pos_ in _LEFT_TAGS and head - start < MAX_TITLE:
        start -= 1
    return start


def _prenominal(doc: Doc, span: Span) -> Office | None:
    """Words right before the name that end in a title: "Prime Minister", "Azerbaijani presidential adviser"."""
    last = span.start - 1
    first = span.start
    while first - 1 >= 0 and span.start - first < MAX_TITLE:
        token = doc[first - 1]
        if token.is_space or (token.is_punct and token.text not in ("-", "–", ".")):
            break
        if token.pos_ not in _LEFT_TAGS and not is_title(token.text) and token.text not in ("-", "–"):
            break
        if token.is_sent_start and not (is_title(token.text) or token.pos_ in ("PROPN", "NOUN", "ADJ")):
            break
        first -= 1
        if token.is_sent_start:
            break
    while last >= first and not (is_title(doc[last].text) or person_noun(doc[last].lemma_ or doc[last].text)):
        return None
    while first <= last and (doc[first].text in ("-", "–") or (doc[first].pos_ not in _LEFT_TAGS and not is_title(doc[first].text))):
        first += 1
    return Office(first, last + 1, last) if first <= last else None


def _apposed(doc: Doc, span: Span) -> Office | None:
    """ "NAME, the foreign policy adviser to the president": a person noun in apposition to the name."""
    for child in children(span.root, "appos"):
        if child.i >= span.end and _names_person(child):
            return _phrase(doc, child)
    return None


def _governing(doc: Doc, span: Span) -> Office | None:
    """ "The adviser to the president, NAME": the name in apposition to a person noun, or hung on it as its name."""
    head = span.root.head
    if (
        dep(span.root) in ("appos", "flat", "nmod:desc")
        and head.i < span.start
        and _names_person(head)
        and head.i not in range(span.start, span.end)
    ):
        office = _phrase(doc, head, until=span.start)
        return office if office is not None and office.end <= span.start else None
    return None


def _copular(doc: Doc, span: Span) -> Office | None:
    """ "NAME is the country's foreign minister"."""
    root = span.root
    if dep(root) == "nsubj" and root.head.i >= span.end and root.head.pos_ in ("NOUN", "PROPN") and _names_person(root.head):
        copula = children(root.head, "cop")
        if (
            copula
            and copula[0].lower_ in ("is", "was", "'s", "are", "were")
            and not any(c.lower_ in ("not", "n't", "no") for c in root.head.children)
        ):
            return _phrase(doc, root.head, after=copula[0].i)
    return None


def _names_person(token: Token) -> bool:
    return token.pos_ in ("NOUN", "PROPN") and (person_noun(token.lemma_ or token.text) or person_noun(token.text))


def _phrase(doc: Doc, head: Token, *, after: int = -1, until: int | None = None) -> Office | None:
    """The noun phrase of an office without article, clauses, appositions and what follows a comma."""
    start = head.i
    for child in head.lefts:
        if dep(child) in _BEFORE and dep(child) not in ("det", "case", "punct", "cop", "advmod") and child.i > after:
            start = min(start, min(t.i for t in child.subtree))
    start = max(start, after + 1)
    while start < head.i and (
        doc[start].pos_ in ("DET", "PUNCT", "SPACE", "ADV", "AUX", "CCONJ", "PRON") or dep(doc[start]) in ("case", "cop")
    ):
        start += 1
    end = head.i + 1
    for child in head.rights:
        relation = dep(child)
        if relation in ("nmod", "prep", "obl") and child.pos_ in ("NOUN", "PROPN", "ADP", "ADJ", "X"):
            stop = _clean_end(doc, child)
            if any(doc[i].text in (",", ";", ":", "(", "—", "–", '"', "“") for i in range(end, stop)):
                break
            end = max(end, stop)
        elif relation in ("flat", "compound") and child.i == end:
            end = child.i + 1
        elif relation in ("acl", "acl:relcl", "appos", "punct", "relcl"):
            break
    if until is not None:
        end = min(end, until)
    while end > head.i + 1 and (doc[end - 1].is_punct or doc[end - 1].is_space):
        end -= 1
    return Office(start, end, head.i) if end - start <= MAX_TITLE else Office(start, head.i + 1, head.i)


def _clean_end(doc: Doc, token: Token) -> int:
    """End of a prepositional phrase without its clauses and appositions."""
    last = token.i
    for child in token.children:
        if child.i > token.i and dep(child) not in ("acl", "acl:relcl", "relcl", "appos", "punct", "parataxis", "advcl"):
            last = max(last, _clean_end(doc, child) - 1)
    return last + 1


def belongs_to(doc: Doc, span: Span) -> list[int]:
    """Token indices at which a name's owner may stand: "Armenia's NAME", "NAME of Reuters", "NAME, from Baku"."""
    found = []
    for child in span.root.children:
        if span.start <= child.i < span.end:
            continue
        if dep(child) == "nmod:poss" or (dep(child) == "nmod" and _membership(child)):
            found.append(child.i)
    if span.start >= 2 and doc[span.start - 1].lower_ in ("'s", "’s"):
        found.append(span.start - 2)
    return found


def _membership(token: Token) -> bool:
    return of_phrase(token) or any(dep(c) == "case" and c.lower_ in _MEMBERSHIP for c in token.children)
