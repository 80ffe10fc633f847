"""Attributions that close their sentence, read by position: "Shells fell on the port, two officials said on Monday."

The parser often hangs such a cue wrongly: on the last noun before the comma, or with the first noun of the sentence as its subject. What
stands between the comma and the cue is nevertheless a bare noun phrase, and it is who speaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.language.attribution import Spans, pieces
from pipeline.language.cues import dep

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LONGEST = 14  # tokens of the speaker's phrase
_NOMINAL = frozenset({"DET", "ADJ", "NOUN", "PROPN", "PRON", "NUM", "ADP", "PART"})
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_SUBORDINATE = frozenset({"acl", "acl:relcl", "advcl", "advcl:relcl"})
_CLAUSE_WORDS = frozenset({"that", "how", "whether", "if", "what", "why", "who", "which", "where", "when"})


def closing(verb: Token) -> tuple[Token, Spans] | None:
    """(head of the speaker's phrase, content) of a finite cue that closes its sentence; None where it does not."""
    doc, sent = verb.doc, verb.sent
    if verb.i > sent.start and doc[verb.i - 1].text == ",":
        return _inverted(verb)
    i = verb.i - 1
    while i > sent.start and doc[i].pos_ in ("ADV", "AUX"):
        i -= 1
    if doc[i].text == ",":
        return None
    first = i
    while first > sent.start and doc[first].text != "," and verb.i - first <= LONGEST and _nominal(doc[first]):
        first -= 1
    if first <= sent.start or doc[first].text != ",":
        return None
    head = _head(doc, first + 1, i)
    if head is None or not _ends(verb) or not _clause(doc, sent.start, first):
        return None
    content = pieces(doc, range(sent.start, first))
    return (head, content) if content else None


def _inverted(verb: Token) -> tuple[Token, Spans] | None:
    """ "Shells fell on the port, reports NAME." """
    doc, sent = verb.doc, verb.sent
    last = verb.i
    while last + 1 < sent.end and _nominal(doc[last + 1]) and not doc[last + 1].is_space and last - verb.i <= LONGEST:
        last += 1
    ended = last + 1 >= sent.end or doc[last + 1].is_space or doc[last + 1].text in (".", "!", "?", ",")
    if any(dep(c).startswith("nsubj") and c.i < verb.i for c in verb.children):
        return None  # "NAME, a witness, told REPORTERS": what follows is told, or when
    if last == verb.i or not ended or any(t.tag_ in _FINITE or t.tag_ == "MD" for t in doc[last + 1 : sent.end]):
        return None
    head = next((t for t in doc[verb.i + 1 : last + 1] if t.pos_ in ("NOUN", "PROPN", "PRON") and not verb.i < t.head.i <= last), None)
    if head is None or head.ent_type_ == "DATE" or doc[verb.i + 1].pos_ in ("ADP", "PRON") or not _clause(doc, sent.start, verb.i - 1):
        return None
    content = pieces(doc, range(sent.start, verb.i - 1))
    return (head, content) if content else None


def _nominal(token: Token) -> bool:
    return (token.pos_ in _NOMINAL and token.lower_ not in _CLAUSE_WORDS) or token.text in ("-", "’s", "'s")


def _head(doc: Doc, first: int, last: int) -> Token | None:
    """The token of a phrase that hangs on something outside of it; a name's or noun's, or a pronoun's."""
    tokens: list[Token] = [doc[k] for k in range(first, last + 1)]
    heads = [t for t in tokens if t.pos_ in ("NOUN", "PROPN", "PRON") and not first <= t.head.i <= last]
    subjects = [t for t in heads if dep(t).startswith("nsubj")]
    return (subjects or heads)[-1] if heads else None


def _ends(verb: Token) -> bool:
    """Whether nothing that could be the content follows: the sentence ends, or goes on with a time, place or circumstance."""
    doc, i = verb.doc, verb.i + 1
    after = doc[i] if i < verb.sent.end else None
    if after is None or after.is_space or after.text in (".", "!", "?"):
        return True
    if after.pos_ == "ADP" and after.lower_ not in ("of", "for", "to"):
        return not any(t.tag_ in _FINITE for t in doc[i : verb.sent.end])
    return after.pos_ == "PROPN" and not any(t.tag_ in _FINITE for t in doc[i : verb.sent.end])


def _clause(doc: Doc, start: int, end: int) -> bool:
    """Whether a main clause stands there: a finite verb in no clause that hangs on another."""
    tokens: list[Token] = [doc[k] for k in range(start, end)]
    return any(t.tag_ in _FINITE and dep(t) not in _SUBORDINATE and (t.pos_ != "AUX" or dep(t.head) not in _SUBORDINATE) for t in tokens)
