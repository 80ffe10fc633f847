"""What a number counts and what is said of it, from the tree: counted noun phrase, governing predicate, category, negation, hedging."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from pipeline import lexicon
from pipeline.language import tree
from pipeline.text import number_words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "NUM", "X", "SYM"})
PARTICIPLES = frozenset({"VBN", "VBG", "VBD", "VB", "VBP", "VBZ"})


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """What a number counts: the head noun (None where it stands alone), the phrase's last token, the rule that found it."""

    head: Token | None
    phrase: Span | None
    rule: str
    anchor: Token  # the token whose place in the clause the number takes


@dataclasses.dataclass(frozen=True, slots=True)
class Fate:
    """What happened to those counted."""

    predicate: Token | None
    category: str
    role: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Predicates:
    entries: dict[tuple[str, str], tuple[tuple[str, str], ...]]
    light: frozenset[str]
    groups: dict[str, str]
    hedge_predicates: frozenset[str]
    hedge_numbers: frozenset[str]


@functools.cache
def _lexicons() -> _Predicates:
    entries: dict[tuple[str, str], list[tuple[str, str]]] = {}
    light = set()
    for row in lexicon.load("claim_predicates").rows:
        if row["role"] == "light":
            light.add(row["lemma"])
        else:
            entries.setdefault((row["lemma"], row["pos"]), []).append((row["category"], row["role"]))
    groups = {r["noun"]: r["group"] for r in lexicon.load("counted_groups").rows}
    hedges = lexicon.load("hedges").rows
    return _Predicates(
        {k: tuple(v) for k, v in entries.items()},
        frozenset(light),
        groups,
        frozenset(h["word"] for h in hedges if h["side"] == "predicate"),
        frozenset(h["word"] for h in hedges if h["side"] == "number"),
    )


def lemma(token: Token) -> str:
    """The lower-case lemma, the form itself where the pipeline gives none."""
    return (token.lemma_ or token.text).lower()


def counted(doc: Doc, number: Span, quantity_end: int, *, measured: bool) -> Counted:
    """What the number counts. `number` are its tokens (unit included where `measured`), `quantity_end` the character where the quantity ends."""
    root = number.root
    of = _of_child(root, quantity_end)
    if of is None and not measured and root.i + 1 < len(doc) and doc[root.i + 1].lower_ == "of":
        of = _of_head_after(doc, root.i + 1)
    if of is not None:
        phrase = phrase_after(of, of.left_edge.i)
        return Counted(of, phrase, "of", root)
    if measured:
        return Counted(None, None, "unit", root)
    head = _counted_head(root, number)
    if head is None:
        return Counted(None, None, "alone", root)
    phrase = phrase_after(head, number.end)
    return Counted(head, phrase, "nummod", head)


def _of_child(token: Token, after: int) -> Token | None:
    """The head of an "of" phrase of the token ("dozens of people", "two-thirds of the seats")."""
    for child in token.rights:
        if child.idx < after:
            continue
        if tree.dep(child).startswith("nmod") and tree.of_phrase(child):
            return child
        if tree.dep(child) == "prep" and child.lower_ == "of":
            return next((g for g in child.rights if g.pos_ in NOMINAL), None)
    return None


def _of_head_after(doc: Doc, i: int) -> Token | None:
    """The noun after "of" at i where the parse hung it elsewhere."""
    head = doc[i].head
    if tree.dep(doc[i]) == "case" and head.i > i and head.pos_ in NOMINAL:
        return head
    return None


def _counted_head(root: Token, number: Span) -> Token | None:
    """The noun a number modifies."""
    relation, head = tree.dep(root), root.head
    if head is root or number.start <= head.i < number.end:
        return None
    modifies = relation in (
        "nummod",
        "nummod:gov",
        "det",
        "amod",
        "compound",
        "nmod:desc",
        "nmod",
        "quantmod",
        "advmod",
        "nmod:unmarked",
        "dep",
    )
    if modifies and head.i > root.i and head.pos_ in ("NOUN", "PROPN", "ADJ", "SYM", "PRON", "X", "VERB", "NUM") and head.i - root.i <= 8:
        if relation in ("advmod", "nmod", "dep") and head.pos_ in ("VERB",):
            return None
        if head.pos_ == "VERB" and head.tag_ not in ("VBN", "VBG"):
            return None
        return head
    # "90-minute call", "six-page order": the noun after the hyphen
    doc = root.doc
    if number.end + 1 < len(doc) and doc[number.end].text in ("-", "–") and not doc[number.end].whitespace_ and not number[-1].whitespace_:
        return doc[number.end + 1]
    return None


def phrase_after(head: Token, start: int) -> Span:
    """The counted phrase: from token `start` to the end of the head's noun phrase with the plural nouns coordinated to it."""
    doc = head.doc
    end = tree.noun_phrase(head).end
    if head.tag_ in ("NNS", "NNPS", "") or lemma(head) in ("people", "person", "personnel", "police", "family", "woman", "man", "child"):
        for other in tree.later_conjuncts(head):
            own = any(tree.dep(c).startswith(("nummod", "det", "nsubj")) for c in other.children)
            if own or other.tag_ not in ("NNS", "NNPS") or other.i <= head.i or other.lower_ in number_words.words().vague:
                break
            end = max(end, tree.noun_phrase(other).end)
    start = min(start, head.i)
    while start < head.i and (
        tree.dep(doc[start]) in ("case", "det", "punct", "det:predet", "cc") or doc[start].is_space or doc[start].is_punct
    ):
        start += 1
    return doc[start : max(end, head.i + 1)]


def group_of(head: Token | None) -> str | None:
    """The codebook's counted_group of a head noun, "unspecified" for people of no known group, None for things."""
    if head is None:
        return None
    groups = _lexicons().groups
    base = lemma(head)
    before = head.doc[head.i - 1] if head.i else None
    if before is not None and f"{before.lower_} {base}" in groups:
        return groups[f"{before.lower_} {base}"]
    for form in (base, head.lower_, head.lower_.removesuffix("s")):
        if form in groups:
            return groups[form]
    for suffix in ("men", "man", "women", "woman", "people", "person"):
        if head.lower_.endswith(suffix) and len(head.lower_) > len(suffix) + 2:
            return "unspecified"
    if head.ent_type_ == "NORP" or head.ent_type_ == "PERSON":
        return "unspecified"
    return None


def _lookup(token: Token, pos: str, roles: tuple[str, ...]) -> str | None:
    for category, role in _lexicons().entries.get((lemma(token), pos), ()):
        if role in roles or role == "either":
            return category
    return None


def _participle_roles(verb: Token) -> tuple[str, ...]:
    return ("patient",) if verb.tag_ in ("VBN", "VBD") else ("agent",)


def fate(found: Counted, money: bool = False) -> Fate:
    """The predicate over a number and its category: adjectives and participles on the noun, the noun itself, nominalisations above it, the verb."""
    anchor, head = found.anchor, found.head
    noun = head if head is not None else anchor
    for inner in (_on_noun(noun), _noun_itself(noun), _nominal_above(anchor)):
        if inner is not None:
            return inner
    verb = tree.governor(anchor)
    if verb is None:
        return _loose(anchor)
    top = _clause_member(anchor, verb)
    relation = tree.dep(tree.first_conjunct(top)) if top is not None else ""
    return _under_verb(verb, relation, anchor, money)


def _on_noun(noun: Token) -> Fate | None:
    """ "12 wounded soldiers", "286 dead", "people killed in …", "12 people who died"."""
    if _lookup(noun, "ADJ", ("patient",)) and (noun.pos_ in ("ADJ", "NOUN") or noun.tag_ in ("VBN", "VBD", "JJ")):
        category = _lookup(noun, "ADJ", ("patient",)) or "other"
        return Fate(noun, category, "adjective")
    for child in noun.children:
        relation = tree.dep(child)
        if relation in ("amod", "compound") and child.i < noun.i:
            category = _lookup(child, "ADJ", ("patient",))
            if category is None and child.tag_ == "VBN":
                category = _lookup(child, "VERB", ("patient",))
            if category:
                return Fate(child, category, "adjective")
        if relation in ("acl", "acl:relcl", "amod") and child.i > noun.i:
            roles = ("patient",) if child.tag_ == "VBN" or tree.is_passive(child) else ("agent",)
            objects = tree.children(child, "obj")
            if relation == "acl:relcl" and not tree.is_passive(child) and objects:
                roles = ("agent",)
            category = _lookup(child, "VERB", roles) or _lookup(child, "ADJ", ("patient",))
            if category:
                return Fate(child, category, "participle")
    return None


def _noun_itself(noun: Token) -> Fate | None:
    """ "seven deaths", "three executions"; "30 lives" where a verb takes them."""
    if noun.pos_ not in ("NOUN", "PROPN", "VERB"):
        return None
    category = _lookup(noun, "NOUN", ("patient",))
    if category:
        return Fate(noun, category, "noun")
    if _lookup(noun, "NOUN", ("lost",)):
        verb = tree.governor(noun)
        if verb is not None and lemma(verb) in _lexicons().light:
            return Fate(verb, _lookup(noun, "NOUN", ("lost",)) or "other", "lost")
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
            category = _lookup(parent, "NOUN", ("patient",))
            if category:
                return Fate(parent, category, "nominal")
            if _lookup(parent, "NOUN", ("lost",)):
                verb = tree.governor(parent)
                if verb is not None and lemma(verb) in _lexicons().light:
                    return Fate(verb, _lookup(parent, "NOUN", ("lost",)) or "other", "lost")
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
            if tree.dep(c) in ("xcomp", "oprd", "amod", "advcl", "obj") and c is not anchor and _lookup(c, "ADJ", ("patient",))
        ),
        None,
    )
    if (
        complement is not None
        and relation in ("obj", "nsubj", "nsubj:pass")
        and (complement.pos_ == "ADJ" or complement.tag_ in ("VBN", "JJ"))
    ):
        return Fate(complement, _lookup(complement, "ADJ", ("patient",)) or "other", "complement")
    if roles:
        category = _lookup(verb, "VERB", roles)
        if category is None and verb.tag_ == "VBN":
            category = _lookup(verb, "ADJ", ("patient",))
        if category is None and roles == ("agent",) and verb.pos_ in ("ADJ", "NOUN"):
            category = _lookup(verb, "ADJ", ("patient",)) or None
        if category is None and verb.pos_ == "NOUN" and relation in ("nsubj", "nsubj:outer"):
            category = _lookup(verb, "NOUN", ("patient",))
        if category and not (category == "found" and roles == ("agent",)):
            return Fate(verb, category, relation)
        among = next(
            (c for c in verb.children if tree.dep(c) in ("obl", "nmod", "advmod") and any(g.lower_ == "among" for g in c.children)), None
        )
        if among is not None:
            category = _lookup(among, "ADJ", ("patient",)) or _lookup(among, "NOUN", ("patient",))
            if category:
                return Fate(among, category, "among")
    subject = next((c for c in verb.children if tree.is_subject(c)), None)
    if (
        subject is not None
        and subject is not anchor
        and relation in ("obj", "obl", "xcomp", "root", "")
        and _lookup(subject, "NOUN", ("patient",))
    ):
        if _counting_verb(verb, relation):
            return Fate(subject, _lookup(subject, "NOUN", ("patient",)) or "other", "toll")
    return Fate(verb, "other", relation)


def _counting_verb(verb: Token, relation: str) -> bool:
    """ "the death toll rose to 41", "reached 12", "stands at 30", "the toll is 41"."""
    return (relation in ("obl", "obj", "xcomp") and verb.pos_ in ("VERB", "AUX")) or verb.pos_ in ("NUM", "NOUN")


def _loose(anchor: Token) -> Fate:
    """A headline's or fragment's number: the participle or adjective right after it."""
    doc = anchor.doc
    for i in range(anchor.i + 1, min(anchor.i + 3, len(doc))):
        token = doc[i]
        category = _lookup(token, "ADJ", ("patient",)) or (_lookup(token, "VERB", ("patient",)) if token.tag_ in ("VBN", "VBD") else None)
        if category:
            return Fate(token, category, "headline")
    return Fate(None, "other", "")


def is_negated(found: Counted, predicate: Token | None) -> bool:
    """Whether the claim is denied ("did not kill 12 people", "no 12 soldiers")."""
    if predicate is not None and tree.is_negated(predicate):
        return True
    return found.head is not None and any(c.lower_ in ("no", "not") and tree.dep(c) in ("det", "advmod") for c in found.head.children)


def is_hedged(number: Span, predicate: Token | None) -> bool:
    """Whether the clause or the number is put as uncertain."""
    lex = _lexicons()
    doc = number.doc
    if any(doc[i].lower_ in lex.hedge_numbers for i in range(max(0, number.start - 2), number.start)):
        return True
    if predicate is None:
        return False
    chain = [predicate, *tree.children(predicate, "aux", "advmod", "aux:pass")]
    head = predicate.head
    if head is not predicate and (tree.dep(predicate) in ("xcomp", "ccomp") and lemma(head) in lex.hedge_predicates):
        return True
    return any(lemma(t) in lex.hedge_predicates or t.lower_ in lex.hedge_predicates for t in chain[1:])
