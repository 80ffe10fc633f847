"""What happened to those counted: the predicate over a number and its category, from the tree and, where it tells nothing, along the
line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.language import tree
from pipeline.language.predicates import Counted, Fate, forms, group_of, lemma, lexicons, lookup

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def fate(found: Counted, money: bool = False) -> Fate:
    """The predicate over a number and its category: adjectives and participles on the noun, the noun itself, nominalisations above it,
    the verb."""
    anchor, head = found.anchor, found.head
    noun = head if head is not None else anchor
    beside = _beside(found) if not money else None
    if beside is not None:
        shown = _fitting(found, _noun_itself(noun) or beside, money)
        return (_held(found, shown) or shown) if shown.category == "other" else shown
    told = _fitting(found, _by_tree(found, money), money)
    on_noun = _on_noun(noun)
    if on_noun is not None and not (on_noun.category == "abducted" and told.category in ("killed", "injured", "released")):
        return _fitting(found, on_noun, money)
    named = _noun_itself(noun) or _nominal_above(anchor)
    if named is not None and (told.category not in ("killed", "injured", "released") or named.category != "abducted"):
        return _fitting(found, named, money)
    if told.category == "other":
        held = _held(found, told)
        if held is not None:
            return held
        line = _along_the_line(found)
        if line is not None and _fitting(found, line, money).category != "other":
            return line
        if money:
            return _spending(found) or told
    return told


def _beside(found: Counted) -> Fate | None:
    """The verb that touches the phrase and so governs it whatever the parse says: right before it ("investigating eight officials"),
    or, where no preposition stands before it, right after it in the passive ("some 20 others have been released")."""
    number = found.number
    if number is None:
        return None
    doc, i = number.doc, number.start
    end = found.after or number.end
    follow = doc[end] if end < len(doc) and not doc[end].is_sent_start else None
    if (
        follow is not None
        and follow.tag_ in ("VBN", "VBD", "JJ")
        and not (end + 1 < len(doc) and doc[end + 1].tag_ in ("NN", "NNS", "DT", "CD"))
    ):
        shown = lookup(follow, "ADJ", ("patient",))
        if shown:
            return Fate(follow, shown, "line")  # "22 others injured"
    if follow is not None and follow.tag_ in ("RB", "NN") and lookup(follow, "ADJ", ("patient",)) == "abducted":
        return Fate(follow, "abducted", "line")  # "took 170 people hostage"
    finite = follow is not None and follow.tag_ in ("VBD", "VBZ", "VBP", "MD")
    while i > 0 and doc[i - 1].tag_ in ("DT", "PRP$", "PDT") and not doc[i].is_sent_start:
        i -= 1
    if i > 0 and not doc[i].is_sent_start:
        verb = doc[i - 1]
        if verb.tag_ in ("VBD", "VBG", "VBZ", "VBP", "VB") and verb.pos_ == "VERB" and not any(f in lexicons().light for f in forms(verb)):
            category = lookup(verb, "VERB", ("patient",))
            hostage = follow is not None and follow.tag_ == "NN" and lookup(follow, "ADJ", ("patient",))
            if not finite and not hostage and (category or verb.tag_ != "VBG"):
                return Fate(
                    verb, category or "other", "line"
                )  # a finite verb after the phrase makes it a subject ("says thousands have fled")
        if verb.tag_ == "VBN" and verb.pos_ == "VERB" and i > 1 and doc[i - 2].lower_ == "and" and not doc[i - 1].is_sent_start:
            category = lookup(verb, "ADJ", ("patient",))
            if category and not finite:
                return Fate(verb, category, "line")  # "killed three people and injured more than 260 others"
        if verb.lower_ == "of" and i > 1:
            category = lookup(doc[i - 2], "NOUN", ("patient", "whose"))
            return Fate(doc[i - 2], category, "nominal") if category else None
        if verb.lower_ == "with" and i > 2 and doc[i - 2].lower_ in ("along", "together"):
            before = doc[i - 3]
            category = lookup(before, "VERB", ("patient",)) if before.tag_ == "VBN" else None
            return Fate(before, category, "line") if category else None
        if verb.tag_ in ("IN", "TO"):
            return None
    if end + 1 < len(doc) and doc[end].pos_ == "AUX" and not doc[end].is_sent_start:
        return _after(doc, end)
    return None


def _fitting(found: Counted, told: Fate, money: bool) -> Fate:
    """The fate, or "other" where it cannot befall what is counted: money is spent, and only people are detained, displaced or hurt."""
    thing = (
        found.head is not None
        and group_of(found.head) is None
        and found.head.pos_ != "PRON"
        and told.role not in ("noun", "lost", "adjective")
    )
    personal = told.category in ("detained", "released", "abducted", "displaced", "infected", "voted")
    if ((told.category == "spent") != money and told.category != "other") or (personal and thing):
        return Fate(told.predicate, "other", told.role)
    return told


def _held(found: Counted, told: Fate) -> Fate | None:
    """Soldiers whom a country has or an operation involves are deployed; refugees who pour over a border are displaced."""
    group = group_of(found.head)
    if group == "refugee" and told.predicate is not None and told.role.startswith("nsubj"):
        category = lookup(told.predicate, "VERB", ("refugee",))
        return Fate(told.predicate, category, "refugee") if category else None
    if group != "military" or found.number is None:
        return None
    doc, i = found.number.doc, found.number.start
    while i and doc[i - 1].tag_ in ("RB", "DT", "VBN", "JJ") and not doc[i].is_sent_start:
        i -= 1
    verb = doc[i - 1] if i and not doc[i].is_sent_start else None
    if verb is None or verb.pos_ not in ("VERB", "AUX"):
        verb = told.predicate if told.role == "obj" else None
    category = lookup(verb, "VERB", ("force",)) if verb is not None else None
    return Fate(verb, category, "force") if category else None


def _spending(found: Counted) -> Fate | None:
    """ "a $1.1 trillion spending bill": the noun after a sum."""
    number = found.number
    if number is None:
        return None
    for token in number.doc[number.end : number.end + 3]:
        if token.is_punct or token.is_sent_start:
            return None
        if lookup(token, "NOUN", ("patient",)) == "spent":
            return Fate(token, "spent", "nominal")
    return None


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
    own = lookup(noun, "ADJ", ("patient",))
    if own and (noun.pos_ in ("ADJ", "NOUN") or noun.tag_ in ("VBN", "VBD", "JJ")):
        return Fate(noun, own, "adjective")
    for child in noun.children:
        relation = tree.dep(child)
        if relation in ("amod", "compound") and child.i < noun.i:
            category = lookup(child, "ADJ", ("patient",))
            if category is None and child.tag_ == "VBN":
                category = lookup(child, "VERB", ("patient",))
            if category:
                return Fate(child, category, "adjective")
        if relation in ("acl", "acl:relcl", "amod") and child.i > noun.i:
            roles: tuple[str, ...] = ("patient",) if child.tag_ == "VBN" or tree.is_passive(child) else ("agent",)
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
        if parent == node or not (relation.startswith("nmod") or relation in ("compound", "appos", "dep", "prep")):
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
            category = lookup(parent, "NOUN", ("patient", "whose"))
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
        if node.head == verb:
            return node
        if node.head == node:
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
    elif anchor.i < verb.i and tree.is_passive(verb) and not any(tree.is_subject(c) and c != anchor for c in verb.children):
        roles = ("patient",)  # a subject that the parse hung elsewhere
    else:
        roles = ()
    complement = next(
        (
            c
            for c in verb.children
            if tree.dep(c) in ("xcomp", "oprd", "amod", "advcl", "obj") and c != anchor and lookup(c, "ADJ", ("patient",))
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
        and subject != anchor
        and relation in ("obj", "obl", "xcomp", "root", "")
        and lookup(subject, "NOUN", ("patient",))
    ) and _counting_verb(verb, relation):
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

_OPEN = {",": ",", "(": ")", "-": "-", "–": "–", "—": "—"}


def _along_the_line(found: Counted) -> Fate | None:
    """Reads the words on both sides of the counted phrase: "N people were killed", "killed N people", "the deaths of N people"."""
    first = found.anchor
    doc = first.doc
    start = found.number.start if found.number is not None else first.i
    end = found.after or first.i + 1
    return _toll(doc, start) or _lost(found, start) or _before(doc, start) or _after(doc, end)


def _lost(found: Counted, start: int) -> Fate | None:
    """ "cost tens of thousands of lives", "claimed 30 lives"."""
    head = found.head
    if head is None or start == 0 or not lookup(head, "NOUN", ("lost",)):
        return None
    verb = head.doc[start - 1]
    light = any(form in lexicons().light for form in forms(verb)) or verb.lower_ in lexicons().light
    return Fate(verb, lookup(head, "NOUN", ("lost",)) or "other", "lost") if light else None


def _after(doc: Doc, i: int) -> Fate | None:
    """The predicate that follows a subject or reduced relative ("… were killed", "… killed in", "who died", "… still missing")."""
    i = _past_aside(doc, _past_conjuncts(doc, i))
    passive = False
    for j in range(i, min(len(doc), i + 7)):
        token = doc[j]
        if token.is_sent_start and j > i:
            return None
        if token.lower_ in tree.BE_FORMS:
            passive = True
            continue
        if (
            token.pos_ == "AUX"
            or token.tag_ in ("MD", "RB", "WP", "WDT", "TO")
            or token.lower_ in ("who", "that", "more", "people", "others")
        ):
            continue
        if token.lower_ in ("in", "behind") and j + 1 < len(doc):
            state = lookup(doc[j + 1], "STATE", ("patient",))
            return Fate(doc[j + 1], state, "line") if state else None
        adjective = lookup(token, "ADJ", ("patient",))
        if adjective and (token.tag_ in ("JJ", "VBN", "VBD") or passive or (j == i and token.tag_ == "NN")):
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
        if doc[j].text == closing and (doc[j + 1].pos_ in ("AUX", "VERB") or doc[j + 1].lower_ in tree.BE_FORMS):
            return j + 1
    return i


def _past_conjuncts(doc: Doc, i: int) -> int:
    """Skips "and four police officers" after a subject."""
    while i + 2 < len(doc) and doc[i].lower_ in ("and", ",") and doc[i + 1].tag_ in ("CD", "DT"):
        j = i + 2
        while j < len(doc) and doc[j].tag_ in ("NN", "NNS", "NNP", "NNPS", "JJ", "JJR", "HYPH"):
            j += 1
        if j == i + 2:
            return i
        i = j
    return i


def _has_object(doc: Doc, j: int) -> bool:
    return j + 1 < len(doc) and doc[j + 1].tag_ in ("DT", "PRP", "PRP$", "CD", "NN", "NNS", "NNP", "NNPS", "JJ")


def _before(doc: Doc, i: int) -> Fate | None:
    """The verb or nominalisation right before the quantity ("killed at least N", "the deaths of N", "kidnapped three men and N women")."""
    begun = i
    for _ in range(4):
        i = _past_left_conjunct(doc, i)
    while i > 0 and doc[i - 1].tag_ in ("DT", "PRP$", "PDT", "RB", "JJ") and not lookup(doc[i - 1], "VERB", ("patient",)) and begun - i < 8:
        i -= 1
    if i == 0 or doc[i].is_sent_start:
        return None
    token = doc[i - 1]
    category = lookup(token, "VERB", ("patient",))
    if category and (token.tag_ in ("VB", "VBD", "VBZ", "VBP", "VBG", "VBN") or i == begun):
        passive = token.tag_ == "VBN" and any(doc[k].lower_ in tree.BE_FORMS for k in range(max(0, i - 3), i - 1))
        return None if passive else Fate(token, category, "line")
    if token.lower_ == "of" and i > 1:
        category = lookup(doc[i - 2], "NOUN", ("patient",))
        return Fate(doc[i - 2], category, "line") if category else None
    if token.pos_ in ("AUX", "VERB") and i > 2:
        # "among the dead were N", "the dead included N"
        named = doc[i - 2]
        category = lookup(named, "ADJ", ("patient",)) or (lookup(named, "NOUN", ("patient",)) if named.lower_ == "victims" else None)
        if category and doc[i - 3].lower_ == "the" and (token.lower_ in tree.BE_FORMS or lemma(token).startswith("includ")):
            return Fate(named, category, "line")
    return None


def _past_left_conjunct(doc: Doc, i: int) -> int:
    """The start of the numbered phrase coordinated before i ("three officials and |two officers"), or i."""
    if i < 3 or doc[i - 1].lower_ not in ("and", ",", "or"):
        return i
    j = i - 2
    while j > 0 and doc[j].tag_ in ("NN", "NNS", "NNP", "NNPS", "JJ", "HYPH", "VBN") and i - j < 9:
        j -= 1
    return j if doc[j].tag_ in ("CD", "DT") and j < i - 2 else i


def _toll(doc: Doc, start: int) -> Fate | None:
    """ "the death toll rose to N", "a toll of N": a toll named shortly before with no other figure between."""
    if start == 0 or doc[start - 1].lower_ not in ("to", "at", "of", "is", "was", "reached", "hit", "stood", "by", "past", "passed", ":"):
        return None
    for j in range(start - 1, max(-1, start - 12), -1):
        if doc[j].tag_ == "CD" or doc[j].is_space:
            return None
        category = lookup(doc[j], "NOUN", ("toll",))
        if category:
            return Fate(doc[j], category, "toll")
        if doc[j].is_sent_start:
            return None
    return None
