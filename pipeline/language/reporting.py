"""From a reporting word to who speaks and what is said, by the dependency tree alone.

One `Attribution` per cue whose tree shows a content: a clause ("said that …"), the clause the cue interrupts or follows ("…, he said"), an
infinitive ("urged them to go"), a noun phrase that states a position ("denied the claim"), or a noun's clause ("the claim that …").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.language.attribution import (
    Attribution,
    Spans,
    addressee,
    beside_subject,
    child,
    inverted,
    is_passive,
    mood,
    phrase,
    pieces,
    subject,
    subtree,
)
from pipeline.language.clauses import content_tokens, led_by, of_another, saying
from pipeline.language.closing import closing
from pipeline.language.cues import Cue, cue_at, dep, in_dateline

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def clause_of(token: Token) -> Token:
    """The head of the clause a token stands in: the nearest verb or predicate above it that has a subject or is a root."""
    t = token
    while t.head.i != t.i and dep(t) not in ("ccomp", "parataxis", "advcl", "acl:relcl", "conj", "root", "csubj"):
        t = t.head
    return t


def from_verb(cue: Cue, doc: Doc, said_in_marks: Sequence[tuple[int, int]]) -> list[Attribution]:
    """Attributions of a verb cue. `said_in_marks`: outer edges (characters) of quoted stretches, for objects that count only in marks."""
    verb, entry = doc[cue.head], cue.entry
    source, speaker = subject(verb)
    negated, unreal = mood(verb)
    passive = is_passive(verb)
    content, frame, score, rule = _verb_content(verb, cue, said_in_marks)
    if (frame == "host" and source is None and not passive) or (
        source is None and not passive and frame in ("clause", "marks") and content and content[0][1] <= verb.idx
    ):
        source = speaker = inverted(verb)
    finite = verb.tag_ in ("VBD", "VBZ", "VBP")
    if source is not None and in_dateline(source):
        source = speaker = None
    if source is None and not passive and finite and entry.kind == "speech" and frame != "object":
        source = speaker = beside_subject(verb)
    if finite and source is not None and "that" in entry.frames and entry.kind == "speech":
        closed = _closed_by(verb, source)
        if closed and (not content or (frame in ("clause", "host") and _shared(closed, content) < 0.6)):
            content, frame, score, rule = closed, "comma", 0.85, "comma"
        elif not content and child(verb, "obj") is None:
            content = _after(verb, cue)
            if content:
                frame, score, rule = "comma", 0.6, "rest"
    if finite and not passive and "that" in entry.frames and entry.kind == "speech" and (closes := closing(verb)) is not None:
        source = speaker = closes[0]
        if not content or _shared(closes[1], content) < 0.6:
            content, frame, score, rule = closes[1], "comma", 0.85, "comma"
    told = addressee(verb, entry.frames)
    if told is not None and source is not None and told.i == source.i:
        told = None
    return [
        Attribution(
            cue.tokens, entry, phrase(source) if source is not None else None, speaker.i if speaker is not None else None,
            content, frame, rule, score, negated, unreal, passive, told.i if told is not None else None,
        )
    ]  # fmt: skip


def _verb_content(verb: Token, cue: Cue, said_in_marks: Sequence[tuple[int, int]]) -> tuple[Spans, str, float, str]:
    doc, frames = verb.doc, cue.entry.frames
    keep_out = set(cue.tokens)
    if frames & {"that", "quote"}:
        clauses = [
            c
            for c in verb.children
            if (dep(c) == "ccomp" and not of_another(c, verb))
            or (dep(c) == "parataxis" and c.i > verb.i and "quote" in frames and _after_colon(c, verb))
        ]
        if clauses:
            tokens: set[int] = set()
            for c in clauses:
                tokens |= content_tokens(c, keep_out) | led_by(c, verb, frames)
            # what precedes the cue in its sentence is not said by it, but for "if so, he said, we …"
            if all(c.i > verb.i for c in clauses) and not (verb.i + 1 < len(doc) and doc[verb.i + 1].text == ","):
                tokens = {i for i in tokens if i > verb.i}
            return pieces(doc, tokens - keep_out), "clause", 0.95, "tree-clause"
        host = _host(verb)
        if host is not None:
            side = subtree(verb)
            return pieces(doc, content_tokens(host, side) - side), "host", 0.9, "tree-host"
    if frames & {"to", "obj-to", "ing"} or "np" in frames:
        inf = next((c for c in verb.children if dep(c) in ("xcomp", "advcl", "ccomp") and c.i > verb.i and _nonfinite(c, frames)), None)
        if inf is not None:
            tokens = subtree(inf, [*keep_out, *saying(inf)])
            told = child(verb, "obj", "iobj")
            if (
                told is not None
                and told.i < inf.i
                and "obj-to" in frames
                and verb.lemma_ not in ("tell", "advise", "order", "instruct", "command", "ask")
                and told.pos_ != "PRON"
            ):
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
    obj = child(verb, "obj")
    predicate = next(
        (
            c
            for c in verb.children
            if dep(c) in ("xcomp", "obl", "advcl") and c.i > verb.i and (dep(c) == "xcomp" or any(k.lower_ == "as" for k in c.children))
        ),
        None,
    )
    if (
        frames & {"pred", "as"}
        and predicate is not None
        and (obj is None or obj.i < predicate.i)
        and ("as" not in frames or "pred" in frames or any(k.lower_ == "as" for k in predicate.children))
    ):
        drop = [k.i for k in predicate.children if k.lower_ == "as" and dep(k) in ("case", "mark")]
        tokens = subtree(predicate, [*drop, *keep_out])
        if obj is not None:
            tokens |= subtree(obj, keep_out)
        return pieces(doc, tokens), "predicate", 0.75, "tree-predicate"
    for word in ("of", "for", "on", "about", "against", "at"):
        if word in frames:
            comp = next(
                (
                    c
                    for c in verb.children
                    if dep(c) in ("obl", "advcl", "xcomp")
                    and c.i > verb.i
                    and any(k.lower_ == word and dep(k) in ("case", "mark") for k in c.children)
                ),
                None,
            )
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


def _after(verb: Token, cue: Cue) -> Spans:
    """The content of a cue whose tree shows none: the rest of the sentence, where "that" opens it or it holds a finite verb."""
    doc, sent = verb.doc, verb.sent
    after = max(cue.tokens) + 1
    if after < sent.end and doc[after].lower_ == "that" and doc[after].tag_ == "IN":
        return pieces(doc, range(after + 1, sent.end))[:1]
    rest = [t for t in sent if t.i >= after]
    if (
        rest
        and rest[0].pos_ not in ("PUNCT", "ADP", "SPACE", "AUX", "VERB", "CCONJ")
        and any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") for t in rest)
    ):
        return pieces(doc, range(after, sent.end))[:1]
    return []


def _closed_by(verb: Token, source: Token) -> Spans:
    """The content before a cue that closes its sentence: "…, officials said on Monday." or "…, said the minister." """
    doc, sent = verb.doc, verb.sent
    inverted_order = source.i > verb.i
    first = verb.i if inverted_order else min(phrase_start(source), verb.i)
    last = max(verb.i, source.i)
    if first - 1 <= sent.start or doc[first - 1].text != ",":
        return []
    if (
        last + 1 < sent.end
        and doc[last + 1].text == ","
        and not _has_finite(doc[sent.start : first - 1])
        and _has_finite(doc[last + 2 : sent.end])
    ):
        return pieces(doc, [*range(sent.start, first - 1), *range(last + 2, sent.end)])  # "The raid, officials said, killed three"
    if _has_finite(doc[last + 1 : sent.end]):
        return []
    content = range(sent.start, first - 1)
    if not any(doc[i].pos_ in ("VERB", "AUX") for i in content):
        return []
    return pieces(doc, content)


def _has_finite(tokens: Iterable[Token]) -> bool:
    return any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") and not dep(t).startswith("acl") for t in tokens)


def _shared(a: Spans, b: Spans) -> float:
    """Characters two lists of spans share, by those of both."""
    common = sum(max(0, min(x[1], y[1]) - max(x[0], y[0])) for x in a for y in b)
    union = sum(e - s for s, e in a) + sum(e - s for s, e in b) - common
    return common / union if union else 0.0


def phrase_start(token: Token) -> int:
    """Index of the first token of a source phrase."""
    start, _ = phrase(token)
    span = token.doc.char_span(start, start + 1, alignment_mode="expand")
    return int(span.start) if span is not None else token.i


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
    if label == "parataxis":
        if verb.tag_ in ("VBG",) and verb.i > head.i:
            return None
        if cue_at(head) is not None and verb.i > head.i and any(dep(c) == "ccomp" for c in head.children):
            # "X said …, he added": the content is what X's clause is, unless it stands in between
            return next((c for c in head.children if dep(c) == "ccomp"), head)
        return head
    found = cue_at(verb) if verb.tag_ != "VBG" else None  # "as saying" is told of somebody quoted
    if (
        label == "advcl"
        and found is not None
        and "that" in found.entry.frames
        and any(dep(c) == "mark" and c.lower_ == "as" for c in verb.children)
    ):
        return head
    return None


def from_noun(cue: Cue, doc: Doc) -> list[Attribution]:
    """ "the minister's claim that …", "a demand by rebels for …", "issued a statement that …"."""
    noun = doc[cue.head]
    frames = cue.entry.frames
    clause = next(
        (
            c
            for c in noun.children
            if dep(c) in ("acl", "ccomp") and c.i > noun.i and any(k.lower_ == "that" and dep(k) == "mark" for k in c.children)
        ),
        None,
    )
    frame_clause = clause is not None and "that" in frames
    if not frame_clause and "to" in frames:
        clause = next(
            (
                c
                for c in noun.children
                if dep(c) == "acl" and c.i > noun.i and any(k.lower_ == "to" and dep(k) == "mark" for k in c.children)
            ),
            None,
        )
    if clause is None:
        for word in ("of", "for"):
            if word in frames:
                clause = next(
                    (c for c in noun.children if dep(c) == "nmod" and any(k.lower_ == word and dep(k) == "case" for k in c.children)), None
                )
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
    owner = child(noun, "nmod:poss", "poss")
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
    """ "according to X, …": the source is the phrase's complement, the content the clause it stands on.

    Where the tree hangs the phrase on something else, its place in the sentence tells: before the comma that follows, or after
    what precedes.
    """
    if "cited" in cue.entry.frames:
        return []
    noun = _complement(cue, doc)
    if noun is None:
        return []
    source = phrase(noun)
    by_place = _around(cue, noun, source, doc)
    by_tree: Spans = []
    host = noun.head
    if host.i != noun.i and host.i not in cue.tokens:
        # "… at the border, according to officials" is often hung on the last noun
        loose = (dep(noun) == "nmod" and host.pos_ in ("NOUN", "PROPN", "NUM")) or dep(noun) == "conj"
        top = clause_of(host) if loose else host
        while dep(top) == "xcomp" and top.head.i != top.i:
            top = top.head
        by_tree = pieces(doc, content_tokens(top, [noun.i, *cue.tokens]) - subtree(noun))
    sure = bool(by_tree) and sum(b - a for a, b in by_tree) >= 0.4 * sum(b - a for a, b in by_place)
    content = by_tree if sure else by_place
    rule = "tree-adjunct" if sure else "adjunct"
    return [Attribution(cue.tokens, cue.entry, source, noun.i, content, "adjunct", rule, 0.95 if sure else 0.8)]


def _complement(cue: Cue, doc: Doc) -> Token | None:
    """The head of the phrase that follows "according to"."""
    last = cue.tokens[-1]
    for i in (cue.tokens[0], last):
        for candidate in (doc[i].head, *doc[i].children):
            if last < candidate.i < last + 15 and candidate.pos_ in ("NOUN", "PROPN", "PRON", "NUM"):
                return candidate
    found = None
    for token in doc[last + 1 : min(last + 15, doc[last].sent.end)]:
        if token.pos_ in ("NOUN", "PROPN", "PRON"):
            found = token
        elif found is not None or token.pos_ not in ("DET", "ADJ", "NUM", "PART", "ADV"):
            break
    return found


def _around(cue: Cue, noun: Token, source: tuple[int, int], doc: Doc) -> Spans:
    """What the sentence of "according to X" says beside it: what follows the phrase at its head, what precedes it else."""
    sent = noun.sent
    first = cue.tokens[0]
    before = [t.i for t in doc[sent.start : first] if not t.is_punct and not t.is_space and t.pos_ not in ("CCONJ", "ADV")]
    if before and len(before) > 2:
        return pieces(doc, range(sent.start, first))
    after = next((t.i for t in doc[noun.i : sent.end] if t.idx >= source[1]), sent.end)
    return pieces(doc, range(after, sent.end))


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
