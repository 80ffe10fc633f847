"""What happened to those counted: the predicate over a number and its category, from the tree and, where it tells nothing, along the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.language import tree
from pipeline.language.predicates import Counted, Fate, lemma, lexicons, lookup

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def fate(found: Counted, money: bool = False) -> Fate:
    """The predicate over a number and its category: adjectives and participles on the noun, the noun itself, nominalisations above it, the verb."""
    anchor, head = found.anchor, found.head
    noun = head if head is not None else anchor
    for inner in (_on_noun(noun), _noun_itself(noun), _nominal_above(anchor)):
        if inner is not None:
            return inner
    told = _by_tree(found, money)
    if told.category == "other" and not money:
        return _along_the_line(found) or told
    return told


def _by_tree(found: Counted, money: bool) -> Fate:
    """The governing verb's category."""
    anchor = found.anchor
    verb = tree.governor(anchor)
    if verb is None:
        return _loose(anchor)
    top = _clause_member(anchor, verb)
    relation = tree.dep(tree.first_conjunct(top)) if top is not None else ""
    return _under_verb(verb, relation, anchor, money)


def _on_noun(noun: Token) -> Fate | None:
    """ "12 wounded soldiers", "286 dead", "people killed in …", "12 people who died"."""
    if lookup(noun, "ADJ", ("patient",)) and (noun.pos_ in ("ADJ", "NOUN") or noun.tag_ in ("VBN", "VBD", "JJ")):
        category = lookup(noun, "ADJ", ("patient",)) or "other"
        return Fate(noun, category, "adjective")
    for child in noun.children:
        relation = tree.dep(child)
        if relation in ("amod", "compound") and child.i < noun.i:
            category = lookup(child, "ADJ", ("patient",))
            if category is None and child.tag_ == "VBN":
                category = lookup(child, "VERB", ("patient",))
            if category:
                return Fate(child, category, "adjective")
        if relation in ("acl", "acl:relcl", "amod") and child.i > noun.i:
            roles = ("patient",) if child.tag_ == "VBN" or tree.is_passive(child) else ("agent",)
            objects = tree.children(child, "obj")
            if relation == "acl:relcl" and not tree.is_passive(child) and objects:
                roles = ("agent",)
            category = lookup(child, "VERB", roles) or lookup(child, "ADJ", ("patient",))
            if category:
                return Fate(child, category, "participle")
    return None


def _noun_itself(noun: Token) -> Fate | None:
    """ "seven deaths", "three executions"; "30 lives" where a verb takes them."""
    if noun.pos_ not in ("NOUN", "PROPN", "VERB"):
        return None
    category = lookup(noun, "NOUN", ("patient",))
    if category:
        return Fate(noun, category, "noun")
    if lookup(noun, "NOUN", ("lost",)):
        verb = tree.governor(noun)
        if verb is not None and lemma(verb) in lexicons().light:
            return Fate(verb, lookup(noun, "NOUN", ("lost",)) or "other", "lost")
    return None


def _nominal_above(anchor: Token) -> Fate | None:
    """ "the death of 12 people", "a toll of 41", "claimed the lives of 30", "the arrest of two men"."""
    node = tree.first_conjunct(anchor)
    for _ in range(3):
        relation, parent = tree.dep(node), node.head
        if parent is node or not (relation.startswith("nmod") or relation in ("compound", "appos", "dep", "prep")):
            return None
        if relation == "appos":
            return None
        of = (
            relation == "compound"
            or tree.of_phrase(node)
            or node.lower_ == "of"
            or any(c.lower_ in ("to", "at", "for") for c in node.children)
        )
        if parent.pos_ in ("NOUN", "PROPN") and of:
            category = lookup(parent, "NOUN", ("patient",))
            if category:
                return Fate(parent, category, "nominal")
            if lookup(parent, "NOUN", ("lost",)):
                verb = tree.governor(parent)
                if verb is not None and lemma(verb) in lexicons().light:
                    return Fate(verb, lookup(parent, "NOUN", ("lost",)) or "other", "lost")
        node = parent
    return None


def _clause_member(anchor: Token, verb: Token) -> Token | None:
    """The child of the verb on the way down to the anchor."""
    node = anchor
    for _ in range(12):
        if node.head is verb:
            return node
        if node.head is node:
            return None
        node = node.head
    return None


def _under_verb(verb: Token, relation: str, anchor: Token, money: bool) -> Fate:
    """The category of a number in a clause by the verb and the number's relation to it."""
    passive = tree.is_passive(verb) or (
        relation == "nsubj" and verb.tag_ == "VBN" and not any(lemma(a) == "have" for a in tree.auxiliaries(verb))
    )
    roles: tuple[str, ...]
    if relation in ("nsubj:pass", "obj", "iobj", "oprd", "dobj") or (relation == "nsubj" and passive):
        roles = ("patient",)
    elif relation in ("nsubj", "nsubj:outer"):
        roles = ("agent",)
    elif money:
        roles = ("patient",)
    else:
        roles = ()
    complement = next(
        (
            c
            for c in verb.children
            if tree.dep(c) in ("xcomp", "oprd", "amod", "advcl", "obj") and c is not anchor and lookup(c, "ADJ", ("patient",))
        ),
        None,
    )
    if (
        complement is not None
        and relation in ("obj", "nsubj", "nsubj:pass")
        and (complement.pos_ == "ADJ" or complement.tag_ in ("VBN", "JJ"))
    ):
        return Fate(complement, lookup(complement, "ADJ", ("patient",)) or "other", "complement")
    if roles:
        category = lookup(verb, "VERB", roles)
        if category is None and verb.tag_ == "VBN":
            category = lookup(verb, "ADJ", ("patient",))
        if category is None and roles == ("agent",) and verb.pos_ in ("ADJ", "NOUN"):
            category = lookup(verb, "ADJ", ("patient",)) or None
        if category is None and verb.pos_ == "NOUN" and relation in ("nsubj", "nsubj:outer"):
            category = lookup(verb, "NOUN", ("patient",))
        if category and not (category == "found" and roles == ("agent",)):
            return Fate(verb, category, relation)
        among = next(
            (c for c in verb.children if tree.dep(c) in ("obl", "nmod", "advmod") and any(g.lower_ == "among" for g in c.children)), None
        )
        if among is not None:
            category = lookup(among, "ADJ", ("patient",)) or lookup(among, "NOUN", ("patient",))
            if category:
                return Fate(among, category, "among")
    subject = next((c for c in verb.children if tree.is_subject(c)), None)
    if (
        subject is not None
        and subject is not anchor
        and relation in ("obj", "obl", "xcomp", "root", "")
        and lookup(subject, "NOUN", ("patient",))
    ):
        if _counting_verb(verb, relation):
            return Fate(subject, lookup(subject, "NOUN", ("patient",)) or "other", "toll")
    return Fate(verb, "other", relation)


def _counting_verb(verb: Token, relation: str) -> bool:
    """ "the death toll rose to 41", "reached 12", "stands at 30", "the toll is 41"."""
    return (relation in ("obl", "obj", "xcomp") and verb.pos_ in ("VERB", "AUX")) or verb.pos_ in ("NUM", "NOUN")


def _loose(anchor: Token) -> Fate:
    """A headline's or fragment's number: the participle or adjective right after it."""
    doc = anchor.doc
    for i in range(anchor.i + 1, min(anchor.i + 3, len(doc))):
        token = doc[i]
        category = lookup(token, "ADJ", ("patient",)) or (lookup(token, "VERB", ("patient",)) if token.tag_ in ("VBN", "VBD") else None)
        if category:
            return Fate(token, category, "headline")
    return Fate(None, "other", "")


# ---------------------------------------------------------------- along the line

# Forms of "be" and of the "get" passive: grammar, not vocabulary.
_BE = frozenset({"be", "is", "are", "was", "were", "been", "being", "'s", "’s", "'re", "get", "gets", "got", "getting"})
_OPEN = {",": ",", "(": ")", "-": "-", "–": "–", "—": "—"}


def _along_the_line(found: Counted) -> Fate | None:
    """Reads the words on both sides of the counted phrase: "N people were killed", "killed N people", "the deaths of N people"."""
    first = found.anchor
    doc = first.doc
    start = first.i
    while start > 0 and tree.dep(doc[start - 1]) in ("nummod", "compound") and doc[start - 1].tag_ in ("CD", "$", "HYPH"):
        start -= 1
    start = min(start, found.number.start) if found.number is not None else start
    end = found.phrase.end if found.phrase is not None and len(found.phrase) else first.i + 1
    return _after(doc, end) or _before(doc, start)


def _after(doc: Doc, i: int) -> Fate | None:
    """The predicate that follows a subject or reduced relative ("… were killed", "… killed in", "who died", "… still missing")."""
    i = _past_aside(doc, _past_conjuncts(doc, i))
    passive = False
    for j in range(i, min(len(doc), i + 7)):
        token = doc[j]
        if token.is_sent_start and j > i:
            return None
        if token.lower_ in _BE:
            passive = True
            continue
        if token.pos_ == "AUX" or token.tag_ in ("MD", "RB", "WP", "WDT") or token.lower_ in ("who", "that", "more", "people", "others"):
            continue
        if token.lower_ in ("in", "behind") and j + 1 < len(doc):
            state = lookup(doc[j + 1], "STATE", ("patient",))
            return Fate(doc[j + 1], state, "line") if state else None
        adjective = lookup(token, "ADJ", ("patient",))
        if adjective and (token.tag_ in ("JJ", "VBN", "VBD") or passive):
            return Fate(token, adjective, "line")
        if token.tag_ in ("VBN", "VBD") and (passive or token.tag_ == "VBN" or not _has_object(doc, j)):
            category = lookup(token, "VERB", ("patient",))
            if category:
                return Fate(token, category, "line")
        if token.tag_ in ("VBD", "VBZ", "VBP", "VB", "VBN") and not passive:
            category = lookup(token, "VERB", ("agent",))
            if category:
                return Fate(token, category, "line")
        if token.pos_ in ("VERB", "AUX") and j + 1 < len(doc):
            # "shot dead", "found dead", "reported missing", "remain in detention"
            follow = doc[j + 1]
            if lookup(follow, "ADJ", ("patient",)) and follow.tag_ in ("JJ", "VBN"):
                return Fate(follow, lookup(follow, "ADJ", ("patient",)) or "other", "line")
            if follow.lower_ in ("in", "behind") and j + 2 < len(doc) and lookup(doc[j + 2], "STATE", ("patient",)):
                return Fate(doc[j + 2], lookup(doc[j + 2], "STATE", ("patient",)) or "other", "line")
        return None
    return None


def _past_aside(doc: Doc, i: int) -> int:
    """Skips an aside between commas, dashes or brackets where an auxiliary or verb follows it."""
    if i >= len(doc) or doc[i].text not in _OPEN:
        return i
    closing = _OPEN[doc[i].text]
    for j in range(i + 1, min(len(doc) - 1, i + 30)):
        if doc[j].is_sent_start:
            return i
        if doc[j].text == closing and (doc[j + 1].pos_ in ("AUX", "VERB") or doc[j + 1].lower_ in _BE):
            return j + 1
    return i


def _past_conjuncts(doc: Doc, i: int) -> int:
    """Skips "and four police officers" after a subject."""
    while i + 2 < len(doc) and doc[i].lower_ in ("and", ",") and doc[i + 1].tag_ in ("CD", "DT"):
        j = i + 2
        while j < len(doc) and doc[j].tag_ in ("NN", "NNS", "NNP", "NNPS", "JJ", "HYPH"):
            j += 1
        if j == i + 2:
            return i
        i = j
    return i


def _has_object(doc: Doc, j: int) -> bool:
    return j + 1 < len(doc) and doc[j + 1].tag_ in ("DT", "PRP", "PRP$", "CD", "NN", "NNS", "NNP", "NNPS", "JJ")


def _before(doc: Doc, i: int) -> Fate | None:
    """The verb or nominalisation right before the number's phrase ("killed at least N", "the deaths of N", "leaving N dead")."""
    steps = 0
    while i > 0 and steps < 8:
        i, steps = i - 1, steps + 1
        token = doc[i]
        if token.tag_ in ("VB", "VBD", "VBZ", "VBP", "VBG", "VBN"):
            if token.tag_ == "VBN" and any(doc[k].lower_ in _BE for k in range(max(0, i - 2), i)):
                return None
            category = lookup(token, "VERB", ("patient",))
            return Fate(token, category, "line") if category else None
        if steps == 1 and token.tag_ in ("NN", "JJ", "NNP", "NNS", "NNPS") and lookup(token, "VERB", ("patient",)):
            return Fate(token, lookup(token, "VERB", ("patient",)) or "other", "line")  # a verb that the tagger took for a noun
        if token.lower_ == "of" and i > 0:
            category = lookup(doc[i - 1], "NOUN", ("patient",))
            if category:
                return Fate(doc[i - 1], category, "line")
            continue
        if token.is_punct and token.text not in ("-", "$") or token.is_sent_start or token.tag_ in ("NN", "NNS", "NNP", "CC", "IN") and token.lower_ not in (
            "about", "around", "than", "over", "least", "as", "to", "up", "of", "between", "under", "minimum", "maximum", "total", "record", "estimate",
        ):  # fmt: skip
            return None
    return None
