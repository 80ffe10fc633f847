"""What a number counts, and whether its clause is denied or put as uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.language import chunk, tree
from pipeline.language.predicates import Counted, lemma, lexicons, lookup

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


def counted(doc: Doc, number: Span, quantity_end: int, *, measured: bool) -> Counted:
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
            found = _after_of(doc, at + 1, root)
            if found is not None:
                return found
        elif measured:
            return _beside_measure(doc, at, root)
        elif doc[at].text in ("-", "–", "‑") and at + 1 < len(doc) and not doc[at].whitespace_ and doc[at + 1].is_alpha:
            return Counted(doc[at + 1], doc[at + 1 : at + 2], "nummod", doc[at + 1])
        elif _fate_word(doc, at):
            if doc[at].tag_ in ("NN", "NNS", "JJ") and _stands_for_people(doc, at) and lookup(doc[at], "ADJ", ("patient",)) == "injured":
                return Counted(doc[at], doc[at : at + 1], "nummod", doc[at])
        else:
            start = at
            while start < len(doc) and doc[start].tag_ in chunk.DETERMINERS and start < at + 2:
                start += 1
            read = chunk.phrase(doc, start)
            if read is not None and not (start > at and doc[read[0]].tag_ == "NN"):  # "4,000 this year"
                head = doc[read[0]]
                return Counted(head, doc[start : read[1]], "nummod", head)
    if measured:
        return Counted(None, None, "unit", root)
    head_by_tree = _counted_head(root, number)
    if head_by_tree is None or head_by_tree.tag_ not in chunk.NOUNS:
        return Counted(None, None, "alone", root)
    return Counted(head_by_tree, doc[max(number.end, root.i + 1) : head_by_tree.i + 1], "nummod", head_by_tree)


def _beside_measure(doc: Doc, at: int, root: Token) -> Counted:
    """What a sum or share is of where a noun follows it: "a $700 billion policy bill", "$4 billion in assistance"."""
    start = at + 1 if doc[at].lower_ == "in" and at + 1 < len(doc) else at
    if start > at or doc[at].tag_ in ("NN", "NNS", "JJ", "NNP", "NNPS"):
        read = chunk.phrase(doc, start)
        plain = start == at or (start < len(doc) and doc[start].tag_ in ("NN", "NNS", "JJ"))
        if read is not None and plain and doc[read[0]].tag_ in ("NN", "NNS"):
            return Counted(doc[read[0]], doc[start : read[1]], "unit", root)
    return Counted(None, None, "unit", root)


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


def _after_of(doc: Doc, at: int, root: Token) -> Counted | None:
    """ "dozens of people", "two of the dead", "300 of the 367 people", "three of them"."""
    while at < len(doc) and (doc[at].tag_ in (*chunk.DETERMINERS, "CD") or doc[at].lower_ in ("about", "nearly", "some")):
        at += 1
    if at >= len(doc):
        return None
    if doc[at].pos_ == "PRON":
        return Counted(doc[at], doc[at : at + 1], "of", root)
    read = chunk.phrase(doc, at)
    if read is not None:
        return Counted(doc[read[0]], doc[at : read[1]], "of", root)
    if doc[at].tag_ in ("JJ", "VBN") and lookup(doc[at], "ADJ", ("patient",)):
        return Counted(doc[at], doc[at : at + 1], "of", root)
    return None


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
