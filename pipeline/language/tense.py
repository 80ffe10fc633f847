"""The tense that a clause gives to a date in it: told, current or to come. Reads UD trees; other pipelines' trees do as well."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal

from pipeline import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Tense = Literal["past", "present", "future", ""]
CLIMB = 12  # no clause nests a date deeper


@functools.cache
def _words(kind: str) -> frozenset[str]:
    """The modals that look ahead, or the lemmas whose infinitive does ("plan to", "due to"), of tense_verbs.csv."""
    return frozenset(row["word"] for row in lexicon.load("tense_verbs").rows if row["kind"] == kind)


def _ahead(token: Token) -> bool:
    """Whether what hangs on a word lies ahead; the form is asked too, for a lemmatizer may miss it ("slated")."""
    known, form = _words("ahead"), token.text.lower()
    return token.lemma_.lower() in known or form in known or form.removesuffix("d") in known or form.removesuffix("ed") in known


def governing_verb(token: Token) -> Token | None:
    """The nearest verb (or predicate with an auxiliary or copula) above a token."""
    for _ in range(CLIMB):
        if token.pos_ in ("VERB", "AUX") or any(child.dep_ in ("cop", "aux", "aux:pass", "auxpass") for child in token.children):
            return token
        if token.head.i == token.i:
            return None
        token = token.head
    return None


def tense_of(verb: Token) -> Tense:
    """Tense of a verb with its auxiliaries; a bare infinitive or gerund looks ahead under "plan to", "is due to", else takes its
    governor's."""
    for _ in range(CLIMB):
        helpers = [child for child in verb.children if child.dep_ in ("aux", "aux:pass", "auxpass", "cop")]
        words = {child.text.lower() for child in helpers}
        if words & _words("modal"):
            return "future" if not words & {"have", "'ve", "’ve"} else "past"
        tags = {child.tag_ for child in helpers} | {verb.tag_}
        if "VBD" in tags:
            return "future" if _ahead(verb) and verb.tag_ != "VBD" else "past"
        if "VBZ" in tags or "VBP" in tags:
            if words & {"have", "has", "'ve", "’ve"}:
                return "past"
            return "future" if _ahead(verb) else "present"
        head = verb.head
        if verb.tag_ in ("VB", "VBG") and _ahead(head):
            return "future"
        if verb.tag_ == "VB" and "to" in words and head.pos_ in ("NOUN", "ADJ"):
            return "future"  # "a plan to", "ready to"
        if verb.tag_ == "VBN" and verb.dep_ in ("acl", "acl:relcl", "amod"):
            return "future" if _ahead(verb) else "past"
        if head.i == verb.i or head.pos_ not in ("VERB", "AUX", "NOUN", "ADJ"):
            return ""
        verb = head
    return ""


def tense_at(doc: Doc, first: int, stop: int) -> Tense:
    """Tense of the clause that tokens `first` to `stop` (exclusive) stand in; "" where the Doc has no tree or the clause no finite verb."""
    if first >= stop or not doc.has_annotation("DEP"):
        return ""
    verb = governing_verb(doc[first:stop].root)
    return tense_of(verb) if verb is not None else ""
