"""From a reporting word to who speaks and what is said, by the dependency tree alone.

One `Attribution` per cue whose tree shows a content: a clause ("said that …"), the clause the cue interrupts or follows ("…, he said"), an
infinitive ("urged them to go"), a noun phrase that states a position ("denied the claim"), or a noun's clause ("the claim that …").
Offsets are characters of doc.text; heads are token indices.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.language.cues import Cue, Entry, cue_at, dep

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Spans = list[tuple[int, int]]

CLAUSES = frozenset({"ccomp", "csubj", "parataxis", "csubj:pass"})
SUBJECTS = frozenset({"nsubj", "csubj", "nsubj:outer"})
# What a name phrase keeps when it is somebody who speaks: everything but clauses hung on it loosely.
LOOSE = frozenset({"parataxis", "punct", "discourse", "dep", "ccomp", "advcl"})


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
    return [s for s in (trim(doc.text, a, b) for a, b in out) if s[0] < s[1]]


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
    drop = [c.i for c in token.children if dep(c) in LOOSE - {"punct"} or (dep(c) in ("case", "cc", "mark") and c.i < token.i and c.lower_ not in ("'s", "’s"))]
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
    while first < token.i and doc[first].pos_ == "PUNCT" and doc[first].text not in ("(", "“", '"'):
        first += 1
    return doc[first].idx, doc[last].idx + len(doc[last])


def _child(token: Token, *labels: str) -> Token | None:
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


def subject(verb: Token, depth: int = 0) -> tuple[Token | None, Token | None]:
    """(source head, speaker head) of a verb: its subject, or one it shares with the verb it hangs on. (None, None) where there is none."""
    if depth > 4:
        return None, None
    if is_passive(verb):
        agent = next((c for c in verb.children if dep(c) in ("obl:agent", "obl", "nmod", "agent") and (_has_by(c) or dep(c) in ("obl:agent", "agent"))), None)
        return agent, agent
    own = next((c for c in verb.children if dep(c) in SUBJECTS and c.pos_ not in ("VERB", "SCONJ")), None)
    if own is None:
        own = next((c for c in verb.children if dep(c) in SUBJECTS), None)
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
        if label == "advcl" and finite and verb.tag_ != "VBG" and _child(verb, "mark") is not None:
            return None, None
        if label == "advcl" and is_passive(head) and head.lemma_ in ("quote", "cite"):  # "was quoted as saying"
            quoted = _child(head, "nsubj:pass")
            return quoted, quoted
        if head.pos_ in ("VERB", "AUX", "ADJ", "NOUN", "ADV", "PROPN"):
            if label == "xcomp":
                told = _child(head, "obj", "iobj")
                if told is not None and cue_at(head) is not None and told.i < verb.i:
                    return told, told
            if is_passive(head):
                passive_subject = _child(head, "nsubj:pass")
                return passive_subject, (passive_subject and _relative(passive_subject, head))
            return subject(head, depth + 1)
        return None, None
    if label == "acl" and verb.tag_ in ("VBG", "VBN", "VB", "VBD"):  # "a statement saying"
        return head, head
    return None, None


def _inverted(verb: Token) -> Token | None:
    """ "…", said the minister: a subject the parser took for an object, or left hanging, right after a cue that follows its content."""
    after = next((c for c in verb.children if c.i > verb.i and dep(c) in ("obj", "dep", "appos", "obl", "attr", "parataxis") and c.pos_ in ("PROPN", "NOUN", "PRON")), None)
    if after is not None and after.left_edge.i <= verb.i + 2 and not any(dep(c) == "case" for c in after.children):
        return after
    return None


MODALS = frozenset({"would", "could", "might", "may", "should", "must", "can", "ca"})


def _mood(verb: Token) -> tuple[bool, bool]:
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


def _addressee(verb: Token, frames: frozenset[str]) -> Token | None:
    told = _child(verb, "iobj")
    if told is None and frames & {"obj-to"} | {verb.lemma_} & {"tell", "inform", "assure", "remind", "warn", "ask", "notify", "brief"}:
        told = _child(verb, "obj")
    if told is None:
        told = next((c for c in verb.children if dep(c) == "obl" and any(k.lower_ == "to" and dep(k) == "case" for k in c.children) and c.i > verb.i), None)
    return told if told is not None and told.pos_ in ("NOUN", "PROPN", "PRON") else None


def _content_tokens(clause: Token, without: Iterable[int]) -> set[int]:
    """A clause's tokens without the conjunction that introduces it, and without coordinations that belong to the reporting verb."""
    drop = list(without)
    for c in clause.children:
        if dep(c) == "mark" and c.lower_ == "that" and c.i < clause.i:
            drop.append(c.i)
        if dep(c) == "conj" and c.pos_ == "VERB" and c.i > clause.i and _is_own_cue(c, clause):
            drop.append(c.i)
    return subtree(clause, drop)


def _is_own_cue(verb: Token, clause: Token) -> bool:
    """ "said he was ready and added that …": a coordinated cue with a clause of its own and no subject reports for itself."""
    found = cue_at(verb)
    return (
        found is not None
        and found.entry.kind == "speech"
        and verb.tag_ in ("VBD", "VBZ", "VBP")
        and not any(dep(c) in SUBJECTS for c in verb.children)
        and any(dep(c) == "ccomp" for c in verb.children)
        and clause.tag_ not in (verb.tag_,)
    )


def clause_of(token: Token) -> Token:
    """The head of the clause a token stands in: the nearest verb or predicate above it that has a subject or is a root."""
    t = token
    while t.head.i != t.i and dep(t) not in ("ccomp", "parataxis", "advcl", "acl:relcl", "conj", "root", "csubj"):
        t = t.head
    return t


def from_verb(cue: Cue, doc: Doc, said_in_marks: Sequence[tuple[int, int]]) -> list[Attribution]:
    """Attributions of a verb cue. `said_in_marks`: outer edges (characters) of quoted stretches, for objects that count only as quoted words."""
    verb, entry = doc[cue.head], cue.entry
    source, speaker = subject(verb)
    negated, unreal = _mood(verb)
    passive = is_passive(verb)
    content, frame, score, rule = _verb_content(verb, cue, said_in_marks)
    if frame == "host" and source is None and not passive:
        source = speaker = _inverted(verb)
    elif source is None and not passive and frame in ("clause", "marks") and content and content[0][1] <= verb.idx:
        source = speaker = _inverted(verb)
    addressee = _addressee(verb, entry.frames)
    if addressee is not None and source is not None and addressee.i == source.i:
        addressee = None
    return [
        Attribution(
            _cue_tokens(cue, verb), entry, phrase(source) if source is not None else None, speaker.i if speaker is not None else None,
            content, frame, rule, score, negated, unreal, passive, addressee.i if addressee is not None else None,
        )
    ]  # fmt: skip


def _cue_tokens(cue: Cue, verb: Token) -> tuple[int, ...]:
    return cue.tokens


def _verb_content(verb: Token, cue: Cue, said_in_marks: Sequence[tuple[int, int]]) -> tuple[Spans, str, float, str]:
    doc, frames = verb.doc, cue.entry.frames
    keep_out = set(cue.tokens)
    if frames & {"that", "quote"}:
        clauses = [c for c in verb.children if dep(c) in ("ccomp",) or (dep(c) == "parataxis" and c.i > verb.i and "quote" in frames and _after_colon(c, verb))]
        if clauses:
            tokens: set[int] = set()
            for c in clauses:
                tokens |= _content_tokens(c, keep_out)
            return pieces(doc, tokens - keep_out), "clause", 0.95, "tree-clause"
        host = _host(verb)
        if host is not None:
            side = subtree(verb)
            return pieces(doc, _content_tokens(host, side) - side), "host", 0.9, "tree-host"
    if frames & {"to", "obj-to", "ing"} or "np" in frames:
        inf = next((c for c in verb.children if dep(c) in ("xcomp", "advcl", "ccomp") and c.i > verb.i and _nonfinite(c, frames)), None)
        if inf is not None:
            tokens = subtree(inf, keep_out)
            told = _child(verb, "obj", "iobj")
            if told is not None and told.i < inf.i and "obj-to" in frames and verb.lemma_ not in ("tell", "advise", "order", "instruct", "command", "ask") and told.pos_ != "PRON":
                tokens |= subtree(told, keep_out)
            return pieces(doc, tokens - keep_out), "infinitive", 0.85, "tree-infinitive"
        if len(cue.tokens) > 1:  # "called on them to leave": the addressee is an oblique
            oblique = next((c for c in verb.children if dep(c) in ("obl", "advcl", "obj") and c.i > verb.i), None)
            if oblique is not None:
                tokens = subtree(oblique, keep_out)
                for extra in verb.children:
                    if dep(extra) in ("xcomp", "advcl") and extra.i > oblique.i and _nonfinite(extra, frames):
                        tokens |= subtree(extra)
                return pieces(doc, tokens - keep_out), "preposition", 0.8, "tree-preposition"
    return _phrase_content(verb, cue, said_in_marks)


def _phrase_content(verb: Token, cue: Cue, said_in_marks: Sequence[tuple[int, int]]) -> tuple[Spans, str, float, str]:
    """Contents that are noun phrases, predicates or prepositional phrases."""
    doc, frames, keep_out = verb.doc, cue.entry.frames, set(cue.tokens)
    obj = _child(verb, "obj")
    predicate = next((c for c in verb.children if dep(c) in ("xcomp", "obl", "advcl") and c.i > verb.i and (dep(c) == "xcomp" or any(k.lower_ == "as" for k in c.children))), None)
    if frames & {"pred", "as"} and predicate is not None and (obj is None or obj.i < predicate.i) and ("as" not in frames or "pred" in frames or any(k.lower_ == "as" for k in predicate.children)):
        drop = [k.i for k in predicate.children if k.lower_ == "as" and dep(k) in ("case", "mark")]
        tokens = subtree(predicate, [*drop, *keep_out])
        if obj is not None:
            tokens |= subtree(obj, keep_out)
        return pieces(doc, tokens), "predicate", 0.75, "tree-predicate"
    for word in ("of", "for", "on", "about", "against", "at"):
        if word in frames:
            comp = next((c for c in verb.children if dep(c) in ("obl", "advcl", "xcomp") and c.i > verb.i and any(k.lower_ == word and dep(k) in ("case", "mark") for k in c.children)), None)
            if comp is not None:
                marks = [k.i for k in comp.children if k.lower_ == word and dep(k) in ("case", "mark")]
                tokens = subtree(comp, [*marks, *keep_out])
                if obj is not None and obj.i < comp.i and obj.pos_ != "PRON":
                    tokens |= subtree(obj, keep_out) | set(marks)
                return pieces(doc, tokens), "preposition", 0.75, "tree-preposition"
    if obj is not None and obj.i > verb.i and frames & {"np", "npq"}:
        tokens = subtree(obj, [*keep_out, *(c.i for c in obj.children if dep(c) == "parataxis")])
        spans = pieces(doc, tokens)
        if "np" in frames or any(a < q_end and q_start < b for a, b in spans for q_start, q_end in said_in_marks):
            return spans, "object", 0.6 if "np" in frames else 0.5, "tree-object"
    return [], "none", 0.0, "none"


def _after_colon(clause: Token, verb: Token) -> bool:
    between = verb.doc[verb.i + 1 : clause.i]
    return any(t.text in (":", '"', "“", "''", "‘") for t in between) or not any(dep(c) == "nsubj" for c in verb.children)


def _nonfinite(clause: Token, frames: frozenset[str]) -> bool:
    to = any(c.lower_ == "to" and dep(c) in ("mark", "aux") for c in clause.children)
    if to and frames & {"to", "obj-to", "np"}:
        return True
    return clause.tag_ == "VBG" and bool(frames & {"ing", "np"}) and dep(clause) in ("xcomp", "ccomp")


def _host(verb: Token) -> Token | None:
    """The clause a cue interrupts or follows: "…, he said", "as he put it"."""
    label = dep(verb)
    head = verb.head
    if head.i == verb.i:
        return None
    if label == "parataxis" and (head.pos_ in ("VERB", "AUX", "NOUN", "ADJ", "PROPN", "PRON", "ADV", "NUM", "INTJ") or True):
        if verb.tag_ in ("VBG",) and verb.i > head.i:
            return None
        if cue_at(head) is not None and verb.i > head.i and any(dep(c) == "ccomp" for c in head.children):
            # "X said …, he added": the content is what X's clause is, unless it stands in between
            return next((c for c in head.children if dep(c) == "ccomp"), head)
        return head
    if label == "advcl" and any(dep(c) == "mark" and c.lower_ == "as" for c in verb.children):
        return head
    return None


def from_noun(cue: Cue, doc: Doc) -> list[Attribution]:
    """ "the minister's claim that …", "a demand by rebels for …", "issued a statement that …"."""
    noun = doc[cue.head]
    frames = cue.entry.frames
    clause = next((c for c in noun.children if dep(c) in ("acl", "ccomp") and c.i > noun.i and any(k.lower_ == "that" and dep(k) == "mark" for k in c.children)), None)
    frame_clause = clause is not None and "that" in frames
    if not frame_clause and "to" in frames:
        clause = next((c for c in noun.children if dep(c) == "acl" and c.i > noun.i and any(k.lower_ == "to" and dep(k) == "mark" for k in c.children)), None)
    if clause is None:
        for word in ("of", "for"):
            if word in frames:
                clause = next((c for c in noun.children if dep(c) == "nmod" and any(k.lower_ == word and dep(k) == "case" for k in c.children)), None)
                if clause is not None and not any(dep(c) == "nmod:poss" for c in noun.children):
                    clause = None
                if clause is not None:
                    break
    if clause is None:
        return []
    drop = [k.i for k in clause.children if dep(k) in ("mark", "case") and k.lower_ in ("that", "of", "for")]
    source = _noun_source(noun)
    relation = dep(clause)
    score = 0.85 if relation in ("acl", "ccomp") and frame_clause else 0.6
    return [
        Attribution(cue.tokens, cue.entry, phrase(source) if source is not None else None, source.i if source is not None else None,
                    pieces(doc, subtree(clause, drop)), "noun", "tree-noun", score)
    ]  # fmt: skip


def _noun_source(noun: Token) -> Token | None:
    """Whose claim it is: possessor, "by", "from", or the subject of the verb it is the object of ("made the claim that")."""
    owner = _child(noun, "nmod:poss", "poss")
    if owner is not None:
        return owner
    for c in noun.children:
        if dep(c) in ("nmod", "acl", "prep") and any(k.lower_ in ("by", "from") and dep(k) == "case" for k in c.children):
            return c
    head = noun.head
    if dep(noun) in ("obj", "iobj") and head.pos_ == "VERB":
        return subject(head)[0]
    if dep(noun) == "obl" and head.pos_ == "VERB" and any(c.lower_ in ("in", "with", "despite") for c in noun.children):
        return subject(head)[0]
    return None


def from_adjunct(cue: Cue, doc: Doc) -> list[Attribution]:
    """ "according to X, …": the source is the phrase's complement, the content the clause it stands on."""
    first = doc[cue.tokens[0]]
    if "cited" in cue.entry.frames:
        return []
    noun = first.head
    if noun.i in cue.tokens or noun.i < cue.tokens[-1]:  # another parse: the complement hangs below the phrase
        last = doc[cue.tokens[-1]]
        noun = next((c for t in (last, first) for c in t.children if c.i > last.i and c.pos_ in ("NOUN", "PROPN", "PRON")), first)
        if noun.i == first.i:
            return []
    host = noun.head if noun.i != first.i and noun.head.i != noun.i else None
    if host is not None and host.i in cue.tokens:
        host = host.head
    if host is None:
        return []
    if dep(noun) == "nmod" and host.pos_ in ("NOUN", "PROPN", "NUM"):  # "… at the border, according to officials": hung on the last noun by mistake
        clause = clause_of(host)
    elif dep(noun) == "conj" or dep(first) == "conj":
        clause = clause_of(host)
    else:
        clause = host
    top = clause
    while dep(top) in ("xcomp",) and top.head.i != top.i:
        top = top.head
    found = cue_at(top)
    content = _content_tokens(top, [noun.i, *cue.tokens])
    if found is not None and found.entry.kind == "speech" and noun.i > top.i:
        inner = next((c for c in top.children if dep(c) == "ccomp"), None)
        if inner is not None:
            content = _content_tokens(top, [noun.i, *cue.tokens])
    return [
        Attribution(cue.tokens, cue.entry, phrase(noun), noun.i, pieces(doc, content - set(subtree(noun))), "adjunct", "tree-adjunct", 0.95)
    ]  # fmt: skip


def attributions(doc: Doc, found: Iterable[Cue], said_in_marks: Sequence[tuple[int, int]]) -> list[Attribution]:
    """Attributions of all cues by the tree. Those without a content are kept: quotation marks may yet prove one."""
    out: list[Attribution] = []
    for cue in found:
        if cue.entry.pos == "ADP" or cue.entry.frames & {"cited"}:
            out.extend(from_adjunct(cue, doc))
        elif cue.entry.pos == "VERB":
            out.extend(from_verb(cue, doc, said_in_marks))
        elif cue.entry.pos == "NOUN":
            out.extend(from_noun(cue, doc))
    return out
