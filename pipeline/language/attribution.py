"""The basic shapes of attributions and quotations, and who the subject of a reporting verb is, by the dependency tree.

Offsets are characters of doc.text; heads are token indices. Relations are Universal Dependencies (see `cues.dep`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pipeline.language.cues import Entry, cue_at, dep, text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Spans = list[tuple[int, int]]
QuoteType = Literal["direct", "indirect", "mixed"]

CLAUSES = frozenset({"ccomp", "csubj", "parataxis", "csubj:pass"})
SUBJECTS = frozenset({"nsubj", "csubj", "nsubj:outer"})
# What a name phrase keeps when it is somebody who speaks: everything but clauses hung on it loosely.
LOOSE = frozenset({"parataxis", "punct", "discourse", "dep", "ccomp", "advcl"})
_DOUBLE = frozenset({"“", "”", '"', "``", "''", "„", "«", "»"})


@dataclasses.dataclass(slots=True)
class Attribution:
    """Words or a position put into somebody's mouth. `source` is the phrase beside the cue (characters), `speaker` the token the speaker is
    resolved from (the antecedent's head where the source is "who"); both None where the text names nobody."""

    cue: tuple[int, ...]  # token indices
    entry: Entry | None
    source: tuple[int, int] | None
    speaker: int | None
    content: Spans
    frame: str  # what the content hangs on: clause, host, adjunct, infinitive, object, predicate, preposition, noun, marks, model
    rule: str
    score: float
    negated: bool = False
    unreal: bool = False  # "would say", "to say", "if he said"
    passive: bool = False
    addressee: int | None = None  # head token
    support: str = "alone"  # who saw it: alone (the tree), agree, near, part, apart (tree and core), core-high, -middle, -low, marks

    @property
    def head(self) -> int:
        return self.cue[0] if self.cue else -1


def trim(text: str, start: int, end: int, edges: str = " \t\r\n\u00a0,;:.–—-") -> tuple[int, int]:
    """Takes white space and loose punctuation off both ends."""
    while start < end and (text[start] in edges or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in edges or text[end - 1].isspace()):
        end -= 1
    return start, end


def pieces(doc: Doc, tokens: Iterable[int]) -> Spans:
    """Character runs of a set of tokens; runs parted only by punctuation or white space are one."""
    out: Spans = []
    last = -2
    for i in sorted(tokens):
        token = doc[i]
        if token.is_space:
            continue
        between = all(doc[k].is_punct or doc[k].is_space or doc[k].pos_ == "PUNCT" for k in range(last + 1, i)) if out else False
        if out and between:
            out[-1] = (out[-1][0], token.idx + len(token))
        else:
            out.append((token.idx, token.idx + len(token)))
        last = i
    return [s for s in (trim(text_of(doc), a, b) for a, b in out) if s[0] < s[1]]


def subtree(token: Token, without: Iterable[int] = ()) -> set[int]:
    """Token indices of a token's subtree, with the subtrees of `without` taken out."""
    drop = set(without)
    out: set[int] = set()
    stack = [token]
    while stack:
        t = stack.pop()
        if t.i in drop:
            continue
        out.add(t.i)
        stack.extend(t.children)
    return out


def phrase(token: Token) -> tuple[int, int]:
    """The noun phrase headed by a token: its subtree without a leading preposition and loosely hung clauses (characters)."""
    drop = [
        c.i
        for c in token.children
        if dep(c) in LOOSE - {"punct"} or (dep(c) in ("case", "cc", "mark") and c.i < token.i and c.lower_ not in ("'s", "’s"))
    ]
    drop += [c.i for c in token.children if dep(c) == "conj" and c.pos_ in ("VERB", "AUX")]
    tokens = sorted(subtree(token, drop))
    # only the run around the head: a stray attachment far away does not belong to the phrase
    doc = token.doc
    kept = {token.i}
    for step in (-1, 1):
        i = token.i + step
        members = set(tokens)
        while 0 <= i < len(doc) and (i in members or (doc[i].pos_ == "PUNCT" and i + step in members and not doc[i].is_space)):
            kept.add(i)
            i += step
    first, last = min(kept), max(kept)
    while last > token.i and doc[last].pos_ == "PUNCT" and doc[last].text not in (")", "]", "”", '"'):
        last -= 1
    while first < token.i and (
        doc[first].pos_ in ("ADP", "CCONJ") or (doc[first].pos_ == "PUNCT" and doc[first].text not in ("(", "“", '"'))
    ):
        first += 1
    return doc[first].idx, doc[last].idx + len(doc[last])


def child(token: Token, *labels: str) -> Token | None:
    return next((c for c in token.children if dep(c) in labels), None)


def _has_by(token: Token) -> bool:
    return any(dep(c) in ("case", "mark", "prep") and c.lower_ == "by" for c in token.children)


def is_passive(verb: Token) -> bool:
    """A passive verb: by its subject or auxiliary, or a bare participle hung on a noun ("the figures released by …")."""
    for c in verb.children:
        if dep(c) in ("nsubj:pass", "aux:pass", "csubj:pass"):
            return True
        if dep(c) in SUBJECTS:
            return False
    return verb.tag_ == "VBN" and dep(verb) == "acl" and not any(c.pos_ == "AUX" for c in verb.children)


def _relative(pronoun: Token, verb: Token) -> Token:
    """The noun a relative pronoun takes up, or the pronoun itself."""
    if pronoun.lower_ in ("who", "which", "that", "whom") and pronoun.pos_ in ("PRON", "DET", "SCONJ") and dep(verb).startswith("acl"):
        return verb.head
    return pronoun


def _quoted_as_saying(verb: Token) -> Token | None:
    """Whose words they are in "the agency quoted X as saying", "X was quoted as saying"."""
    said = next((c for c in verb.children if dep(c) == "advcl" and c.tag_ == "VBG" and c.i > verb.i), None)
    if said is None or not any(t.lower_ == "as" for t in verb.doc[max(verb.i + 1, said.i - 3) : said.i]):
        return None
    if (told := child(verb, "nsubj:pass")) is not None:
        return told
    nominal = (c for c in verb.children if verb.i < c.i < said.i and c.pos_ in ("NOUN", "PROPN", "PRON"))
    return next((c for c in nominal if not dep(c).startswith("obl")), None)


def nearest(subjects: list[Token], verb: Token) -> Token | None:
    """Of the subjects the tree gives a cue (sometimes the content's or a possessor too) the one beside it, not one across a quotation mark;
    a name before a description of it ("NAME, a rights group, said")."""
    best = min((c for c in subjects if not _across_mark(c, verb)), key=lambda c: (_apart(c, verb), c.i > verb.i), default=None)
    if best is not None and best.pos_ == "NOUN" and best.i < verb.i:
        first = best.left_edge.i if verb.doc[best.left_edge.i].text == "," else best.left_edge.i - 1
        named = (c for c in subjects if c.pos_ == "PROPN" and c.i < first and verb.doc[first].text == "," and first - c.right_edge.i <= 1)
        return next(named, best)
    return best


def _across_mark(token: Token, verb: Token) -> bool:
    first, last = sorted((token.i, verb.i))
    return sum(t.text in _DOUBLE for t in verb.doc[first + 1 : last]) % 2 == 1


def _apart(token: Token, verb: Token) -> int:
    """Tokens between a subject's phrase and the cue, adverbs and auxiliaries not counted."""
    if token.i < verb.i:
        right = max((t.i for t in token.subtree if t.i < verb.i and t.pos_ != "PUNCT"), default=token.i)
        return sum(t.pos_ not in ("ADV", "AUX", "PART") for t in verb.doc[right + 1 : verb.i])
    return int(max(0, token.left_edge.i - verb.i - 1))


def _of_the_content(token: Token, verb: Token) -> bool:
    """Whether a subject after the cue is rather its content's: somebody is named right before the cue, and a clause follows ("X says talks
    will go on", where the tree lacks "X")."""
    before = verb.doc[verb.i - 1] if verb.i > verb.sent.start else None
    named = before is not None and before.pos_ in ("NOUN", "PROPN", "PRON") and not before.is_space
    return named and any(dep(c) == "ccomp" and c.i > token.i for c in verb.children)


def _other_conjunct(verb: Token, head: Token) -> Token | None:
    """A clause with a subject of its own between a coordinated cue and the verb the tree coordinates it with ("did not answer, but NAME
    called it false, and added …")."""
    between = (c for c in head.children if head.i < c.i < verb.i and dep(c) == "conj" and any(dep(k) in SUBJECTS for k in c.children))
    return next(iter(sorted(between, key=lambda c: -c.i)), None)


def subject(verb: Token, depth: int = 0) -> tuple[Token | None, Token | None]:
    """(source head, speaker head) of a verb: its subject, or one it shares with the verb it hangs on. (None, None) where there is none."""
    if depth > 4:
        return None, None
    if verb.lemma_ == "quote" and (told := _quoted_as_saying(verb)) is not None:
        return told, told
    if is_passive(verb):
        agent = next(
            (
                c
                for c in verb.children
                if dep(c) in ("obl:agent", "obl", "nmod", "agent") and (_has_by(c) or dep(c) in ("obl:agent", "agent"))
            ),
            None,
        )
        return agent, agent
    subjects = [c for c in verb.children if dep(c) in SUBJECTS]
    own = nearest([c for c in subjects if c.pos_ not in ("VERB", "SCONJ")] or subjects, verb)
    if own is None and subjects:
        return None, None
    if own is not None and own.i > verb.i and _of_the_content(own, verb):
        own = beside_subject(verb)
        return own, own
    if own is not None:
        if own.lower_ == "it" and any(dep(c) in CLAUSES for c in verb.children) and verb.lemma_ in ("seem", "appear", "emerge"):
            return None, None
        return own, _relative(own, verb)
    head, label = verb.head, dep(verb)
    if head.i == verb.i:
        return None, None
    if label == "conj" or label in ("xcomp", "advcl", "advcl:relcl", "ccomp", "parataxis", "dep"):
        finite = any(c.pos_ == "AUX" for c in verb.children) or verb.tag_ in ("VBD", "VBZ", "VBP")
        if label in ("ccomp", "parataxis", "advcl:relcl") and verb.tag_ != "VBG":
            return None, None
        if label == "advcl" and finite and verb.tag_ != "VBG" and child(verb, "mark") is not None:
            return None, None
        if label == "advcl" and head.lemma_ in ("quote", "cite"):  # "was quoted as saying", "quoted him as saying"
            quoted = _quoted_as_saying(head) or (child(head, "nsubj:pass") if is_passive(head) else child(head, "obj"))
            return quoted, quoted
        if head.pos_ in ("VERB", "AUX", "ADJ", "NOUN", "ADV", "PROPN"):
            if label == "xcomp":
                told = child(head, "obj", "iobj")
                if told is not None and cue_at(head) is not None and told.i < verb.i:
                    return told, told
            if is_passive(head):
                passive_subject = child(head, "nsubj:pass")
                return passive_subject, (passive_subject and _relative(passive_subject, head))
            other = _other_conjunct(verb, head) if label == "conj" else None
            return subject(other or head, depth + 1)
        return None, None
    if label == "acl" and verb.tag_ in ("VBG", "VBN", "VB", "VBD"):  # "a statement saying"
        return head, head
    return None, None


def inverted(verb: Token) -> Token | None:
    """ "…", said the minister: a subject the parser took for an object, or left hanging, right after a cue that follows its content."""
    after = next(
        (
            c
            for c in verb.children
            if c.i > verb.i and dep(c) in ("obj", "dep", "appos", "obl", "attr", "parataxis") and c.pos_ in ("PROPN", "NOUN", "PRON")
        ),
        None,
    )
    if after is not None and after.left_edge.i <= verb.i + 2 and not any(dep(c) == "case" for c in after.children):
        return after
    return None


def beside_subject(verb: Token) -> Token | None:
    """The noun phrase that stands right before a finite cue, or right after one that follows a mark or comma: where the tree shows
    no subject.
    """
    doc = verb.doc
    i = verb.i - 1
    while i >= 0 and (doc[i].pos_ in ("ADV", "AUX", "PART") or doc[i].lower_ in ("not", "n't", "also")):
        i -= 1
    comma = i >= 0 and doc[i].text == ","
    if i >= 0 and doc[i].pos_ in ("NOUN", "PROPN", "PRON") and doc[i].lower_ not in ("that", "which"):
        return _nominal_head(doc[i])
    i = verb.i + 1
    before = doc[verb.i - 1] if verb.i else None
    after_mark = before is None or comma or before.pos_ in ("PUNCT", "SPACE")
    if after_mark and i < len(doc):
        last = i
        while last < len(doc) and doc[last].pos_ in ("DET", "ADJ", "PROPN", "NOUN", "NUM", "PART") and not doc[last].is_space:
            last += 1
        nouns = [k for k in range(i, last) if doc[k].pos_ in ("PROPN", "NOUN")]
        if nouns:
            return _nominal_head(doc[nouns[-1]], i)
        if doc[i].pos_ == "PRON":
            return doc[i]
    return None


def _nominal_head(token: Token, first: int = 0) -> Token:
    """The head of the nominal a token ends, not climbing to a verb or out of the phrase."""
    while token.head.i != token.i and token.head.pos_ in ("NOUN", "PROPN") and first <= token.head.i and abs(token.head.i - token.i) < 12:
        if dep(token) not in ("flat", "compound", "nmod", "appos", "nmod:desc", "flat:name", "amod"):
            break
        token = token.head
    return token


MODALS = frozenset({"would", "could", "might", "may", "should", "must", "can", "ca"})


def mood(verb: Token) -> tuple[bool, bool]:
    """(negated, unreal) of a cue: "did not say", "never said"; "would say", "refused to say", "if he says"."""
    negated = unreal = False
    for c in verb.children:
        lower = c.lower_
        if dep(c) in ("advmod", "neg") and lower in ("not", "n't", "n’t", "never") and c.i < verb.i:
            negated = True
        if dep(c) == "aux" and lower in MODALS:
            unreal = True
        if dep(c) == "mark" and lower in ("if", "unless", "whether"):
            unreal = True
    if verb.tag_ == "VB" and dep(verb) in ("xcomp", "advcl", "acl") and any(c.lower_ == "to" for c in verb.children):
        ruling = verb.head.lemma_
        if ruling in ("decline", "refuse", "fail", "want", "like", "need", "expect", "have", "seem", "hesitate"):
            unreal = True
    return negated, unreal


def addressee(verb: Token, frames: frozenset[str]) -> Token | None:
    told = child(verb, "iobj")
    if told is None and frames & {"obj-to"} | {verb.lemma_} & {"tell", "inform", "assure", "remind", "warn", "ask", "notify", "brief"}:
        told = child(verb, "obj")
    if told is None:
        told = next(
            (
                c
                for c in verb.children
                if dep(c) == "obl" and any(k.lower_ == "to" and dep(k) == "case" for k in c.children) and c.i > verb.i
            ),
            None,
        )
    return told if told is not None and told.pos_ in ("NOUN", "PROPN", "PRON") else None


@dataclasses.dataclass(slots=True)
class Quotation:
    """One quotation: its content pieces (characters of doc.text, ascending), how they are reported, and the attribution that holds them.

    `attribution` is None where no reporting word is there; then `follows` may tell why it is one: "paragraph" (a quoted paragraph of its
    own), "reopened" (its marks re-open those of the paragraph before), "dash" or "colon" (a name beside the marks).
    """

    pieces: Spans
    type: QuoteType
    attribution: Attribution | None
    score: float
    rule: str
    stretches: tuple[int, ...] = ()
    inside: bool = False  # stands inside somebody's quoted words
    reopens: bool = False

    @property
    def start(self) -> int:
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        return self.pieces[-1][1]
