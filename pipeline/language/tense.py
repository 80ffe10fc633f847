"""The tense that a clause gives to a date in it: told, current or to come. Reads UD trees; other pipelines' trees do as well."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal

from pipeline import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Tense = Literal["past", "present", "future", ""]
CLIMB = 12  # no clause nests a date deeper
NEAR = 8  # words between a verb and the date that is surely its own


@functools.cache
def _words(kind: str) -> frozenset[str]:
    """The modals that look ahead, or the lemmas whose infinitive does ("plan to", "due to"), of tense_verbs.csv."""
    return frozenset(row["word"] for row in lexicon.load("tense_verbs").rows if row["kind"] == kind)


def _ahead(token: Token, kind: str = "ahead") -> bool:
    """Whether what hangs on a word lies ahead; the form is asked too, for a lemmatizer may miss it ("slated")."""
    known, form = _words(kind), token.text.lower()
    form = form[:-3] if form.endswith("nned") else form  # planned
    return token.lemma_.lower() in known or form in known or form.removesuffix("d") in known or form.removesuffix("ed") in known


def governing_verb(token: Token) -> Token | None:
    """The nearest verb (or predicate with an auxiliary or copula) above a token."""
    for _ in range(CLIMB):
        if token.pos_ in ("VERB", "AUX") or any(child.dep_ in ("cop", "aux", "aux:pass", "auxpass") for child in token.children):
            return token
        if token.head.i == token.i or token.dep_ == "appos":  # an apposition tells of its own time
            return None
        token = token.head
    return None


def tense_of(verb: Token) -> Tense:
    """Tense of a verb with its auxiliaries; a bare infinitive or gerund looks ahead under "plan to", "is due to", else takes its
    governor's."""
    for _ in range(CLIMB):
        helpers = [child for child in verb.children if child.dep_ in ("aux", "aux:pass", "auxpass", "cop")]
        words = {child.text.lower() for child in helpers}
        if any(child.dep_ == "advmod" and child.text.lower() in _words("ahead") for child in verb.children):
            return "future"  # "are due to leave", where the tree takes "due to" for an adverb
        if words & _words("modal"):
            if words & _words("ability") and any(child.dep_ == "advmod" and child.text.lower() in _words("not") for child in verb.children):
                return "past"  # "could not be reached Wednesday"
            return "future" if not words & _words("perfect") else "past"
        tags = {child.tag_ for child in helpers} | {verb.tag_}
        fixed = _ahead(verb, "fix") and not words & _words("had")  # "planned a rally on Saturday", not "had planned"
        if "VBD" in tags:
            return "future" if fixed or (_ahead(verb) and verb.tag_ != "VBD" and not words & _words("had")) else "past"
        if "VBZ" in tags or "VBP" in tags:
            if words & (_words("perfect") | _words("has")):
                return "future" if fixed else "past"
            return "future" if _ahead(verb) else "present"
        head = verb.head
        if verb.tag_ in ("VB", "VBG") and _ahead(head):
            return "past" if any(child.text.lower() in _words("had") for child in head.children) else "future"  # "had been due to expire"
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
    date = doc[first:stop].root
    before = first - 2 if first and doc[first - 1].pos_ == "ADP" else first - 1
    if before >= 0 and doc[before].tag_ == "VBN" and doc[before].dep_ in ("acl", "amod"):
        return tense_of(doc[before])  # "the injunction issued Thursday", wherever the parse hangs the date
    if stop < len(doc) and doc[stop].tag_ == "VBD":
        return "past"  # "the ministry on Saturday called"
    verb = governing_verb(date)
    if verb is None:
        return ""
    tense = tense_of(verb)
    possessive = stop < len(doc) and doc[stop].tag_ == "POS"
    own = date.head.i == verb.i and date.dep_.startswith("obl") and 0 < first - verb.i <= NEAR and not possessive
    if tense == "present" and verb.tag_ in ("VBZ", "VBP") and own:
        return "future"  # "the two meet Monday", "he faces a hearing on Monday": what goes on now has no date
    return tense
