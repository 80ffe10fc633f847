"""What a number counts, and whether its clause is denied or put as uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.language import chunk, tree
from pipeline.language.predicates import Counted, lemma, lexicons, lookup

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


def counted(doc: Doc, number: Span, quantity_end: int, *, measured: bool, money: bool = False) -> Counted:
    """What the number counts. `number` are its tokens (unit included where `measured`), `quantity_end` the character where the quantity
    ends.

    The phrase after the number is read from the tags (`chunk`); where they show none the tree's head serves.
    """
    root = number.root
    at = number.end
    while at < len(doc) and doc[at].idx < quantity_end:
        at += 1
    while at < len(doc) and doc[at].lower_ in ("more", "full", "straight") and not doc[at].is_sent_start and not measured:
        at += 1  # "dozens more", "two more men"
    if at < len(doc) and not doc[at].is_sent_start and not _gap(doc, at):
        if doc[at].lower_ == "of":
            found = _after_of(doc, at + 1, number)
            if found is not None:
                return found
        elif measured:
            return _beside_measure(doc, at, root, money=money)
        elif doc[at].text in ("-", "–", "‑") and at + 1 < len(doc) and not doc[at].whitespace_ and doc[at + 1].is_alpha:
            return Counted(doc[at + 1], doc[at + 1 : at + 2], "nummod", doc[at + 1])
        elif _fate_word(doc, at):
            if doc[at].tag_ in ("NN", "NNS", "JJ") and _stands_for_people(doc, at) and lookup(doc[at], "ADJ", ("patient",)) == "injured":
                return Counted(doc[at], doc[at : at + 1], "nummod", doc[at])
        else:
            start = at
            while start < len(doc) and doc[start].tag_ in chunk.DETERMINERS and start < at + 2:
                start += 1
            read = chunk.phrase(doc, start) or _nationality(doc, start)
            if read is not None and not (start > at and doc[read[0]].tag_ == "NN"):  # "4,000 this year"
                head = doc[read[0]]
                return Counted(head, doc[start : read[1]], "nummod", head)
    if measured:
        return Counted(None, None, "unit", root)
    head_by_tree = _counted_head(root, number)
    if head_by_tree is None or head_by_tree.tag_ not in chunk.NOUNS or _when(doc, number.end, head_by_tree) or _apart(number, head_by_tree):
        return _numbered(doc, number) or Counted(None, None, "alone", root)
    return Counted(head_by_tree, doc[max(number.end, root.i + 1) : head_by_tree.i + 1], "nummod", head_by_tree)


def _nationality(doc: Doc, at: int) -> tuple[int, int] | None:
    """A capitalised adjective that no noun follows: "one American, were killed"."""
    if at + 1 < len(doc) and doc[at].tag_ == "JJ" and doc[at].text.istitle() and (doc[at + 1].is_punct or doc[at + 1].pos_ == "AUX"):
        return at, at + 1
    return None


def _when(doc: Doc, start: int, head: Token) -> bool:
    """Whether a determiner opens what follows the number, so that it is a phrase of its own ("4,000 this year")."""
    return start < head.i and doc[start].tag_ in chunk.DETERMINERS and head.tag_ == "NN"


_DIVIDES = frozenset({"IN", "TO", "MD", ",", ":", "VBZ", "VBP", "VB", "WP", "WDT", "WRB"})


def _apart(number: Span, head: Token) -> bool:
    """Whether a preposition, a comma or a finite verb stands between the number and the noun the tree gives it ("the other 140 were
    guests", "under 62 by one percent")."""
    between = number.doc[number.end : head.i]
    # "a father of seven buying freshly baked bread"
    verb = len(between) > 1 and between[0].tag_ in ("VBG", "VBD") and between[1].tag_ in ("RB", "DT", "NNP", "PRP$")
    joined = any(t.text in ("-", "‑", "–") and not t.whitespace_ for t in between)  # "less-than-lethal rounds"
    return verb or (not joined and any(t.tag_ in _DIVIDES or t.pos_ == "AUX" for t in between))


def _numbered(doc: Doc, number: Span) -> Counted | None:
    """ "the number of migrants rose sharply in August, to nearly 130,000": what the number, figure or toll before is of, where no other
    figure stands between."""
    for i in range(number.start - 1, max(-1, number.start - 30), -1):
        token = doc[i]
        if token.is_space or token.text in (";", ".", "“", "”", '"'):
            return None
        if token.lower_ == "of" and i and lemma(doc[i - 1]) in lexicons().numberings:
            at = i + 1
            while at < number.start and doc[at].tag_ in chunk.DETERMINERS:
                at += 1
            read = chunk.phrase(doc, at)
            if read is None or read[1] > number.start:
                return None
            return Counted(doc[read[0]], doc[at : read[1]], "alone", number.root)
        if token.is_sent_start or (token.tag_ == "CD" and doc[i + 1].tag_ in chunk.NOUNS):
            return None
    return None


def _beside_measure(doc: Doc, at: int, root: Token, *, money: bool) -> Counted:
    """What a sum or share is of: "$4 billion in assistance", "2 billion euros ($2.1 billion) in goods", "a 3 percent pay raise". A sum that
    stands before its noun ("a $5,000 fine") counts nothing."""
    at = _past_conversion(doc, at) if money else at
    if at + 1 >= len(doc):
        return Counted(None, None, "unit", root)
    start = at + 1 if doc[at].lower_ == "in" else at
    if (start == at and money) or doc[start].tag_ not in ("NN", "NNS", "JJ"):
        return Counted(None, None, "unit", root)
    read = chunk.phrase(doc, start)
    if read is None or (start > at and _preposition(doc, start)) or doc[read[0]].tag_ not in ("NN", "NNS"):
        return Counted(None, None, "unit", root)
    return Counted(doc[read[0]], doc[start : read[1]], "unit", root)


def _preposition(doc: Doc, noun: int) -> bool:
    """Whether "in" and this noun make a preposition ("in support of", "in exchange for")."""
    follow = doc[noun + 1].lower_ if noun + 1 < len(doc) else ""
    return (follow == "of" and doc[noun].tag_ == "NN") or lemma(doc[noun]) in lexicons().prepositional


def _past_conversion(doc: Doc, at: int) -> int:
    """The token after a sum's other currency in brackets, from before, or from inside at its end."""
    if at < len(doc) and doc[at].text == ")":
        return at + 1
    if at < len(doc) and doc[at].text == "(":
        inner = range(at + 1, min(len(doc), at + 7))
        close = next((i for i in inner if doc[i].text == ")"), None)
        if close is not None and any(doc[i].tag_ == "CD" for i in range(at + 1, close)):
            return close + 1
    return at


def _fate_word(doc: Doc, at: int) -> bool:
    """Whether the word right after the number says what happened ("11 wounded", "30 dead in the blast") and modifies no noun."""
    if not lookup(doc[at], "ADJ", ("patient",)) or doc[at].tag_ not in ("JJ", "VBN", "VBD", "NN", "NNS"):
        return False
    return at + 1 >= len(doc) or doc[at + 1].tag_ not in (*chunk.NOUNS, "JJ", "VBN", "VBG")


def _gap(doc: Doc, at: int) -> bool:
    """Whether a paragraph break lies before the token."""
    return doc[at].is_space or (at > 0 and doc[at - 1].is_space)


def _stands_for_people(doc: Doc, at: int) -> bool:
    """Whether "injured" in "80 injured" names the people and is no verb of its own ("80 injured in the blast" is a verb's participle)."""
    return at + 1 >= len(doc) or doc[at + 1].lower_ in (
        ".",
        ",",
        ";",
        "and",
        "or",
        "were",
        "was",
        "are",
        "had",
        "have",
        "people",
        "as",
        "who",
    )


def _after_of(doc: Doc, at: int, number: Span) -> Counted | None:
    """ "dozens of people", "two of the dead", "300 of the 367 people", "three of them"; "Americans, 800 of whom"."""
    root = number.root
    while at < len(doc) and (doc[at].tag_ in (*chunk.DETERMINERS, "CD") or doc[at].lower_ in ("about", "nearly", "some")):
        at += 1
    if at >= len(doc):
        return None
    if doc[at].tag_ in ("WP", "WDT"):
        before = _before_relative(doc, number.start)
        if before is not None:
            return before
    if doc[at].pos_ == "PRON":
        return Counted(doc[at], doc[at : at + 1], "of", root)
    read = chunk.phrase(doc, at)
    if read is not None:
        return Counted(doc[read[0]], doc[at : read[1]], "of", root)
    if doc[at].tag_ in ("JJ", "VBN") and lookup(doc[at], "ADJ", ("patient",)):
        return Counted(doc[at], doc[at : at + 1], "of", root)
    return None


def _before_relative(doc: Doc, start: int) -> Counted | None:
    """The noun before the comma that opens "…, 800 of whom …"."""
    end = start - 1 if start and doc[start - 1].text == "," else start
    if end < 1 or doc[end - 1].tag_ not in chunk.NOUNS:
        return None
    first = end - 1
    while first and doc[first - 1].tag_ in (*chunk.NOUNS, "JJ", "VBN") and not doc[first].is_sent_start:
        first -= 1
    return Counted(doc[end - 1], doc[first:end], "of", doc[start])


def _counted_head(root: Token, number: Span) -> Token | None:
    """The noun a number modifies in the tree."""
    relation, head = tree.dep(root), root.head
    if head == root or number.start <= head.i < number.end or not root.i < head.i <= root.i + 8:
        return None
    return head if relation in ("nummod", "nummod:gov", "amod", "compound", "nmod:desc", "quantmod") else None


def is_negated(found: Counted, predicate: Token | None) -> bool:
    """Whether the claim is denied ("did not kill 12 people", "no 12 soldiers")."""
    if predicate is not None and tree.is_negated(predicate):
        return True
    return found.head is not None and any(c.lower_ in ("no", "not") and tree.dep(c) in ("det", "advmod") for c in found.head.children)


def is_hedged(number: Span, predicate: Token | None) -> bool:
    """Whether the clause or the number is put as uncertain."""
    lex = lexicons()
    doc = number.doc
    if any(doc[i].lower_ in lex.hedge_numbers for i in range(max(0, number.start - 2), number.start)):
        return True
    if predicate is None:
        return False
    chain = [predicate, *tree.children(predicate, "aux", "advmod", "aux:pass")]
    head = predicate.head
    if head != predicate and (tree.dep(predicate) in ("xcomp", "ccomp") and lemma(head) in lex.hedge_predicates):
        return True
    return any(lemma(t) in lex.hedge_predicates or t.lower_ in lex.hedge_predicates for t in chain[1:])
