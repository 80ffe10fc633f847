"""Quotations of a Doc: what the tree, the language core's parts and the quotation marks say together.

The tree and the core give attributions (who, by which word, what); marks prove where words begin and end, carry a quotation over sentences
and paragraphs, and hold quotations that no reporting word introduces. `quotations` joins them and sets the edges of the codebook: a direct
quotation is what stands between the marks, an indirect one leaves out "that" and the full stop.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.language.attribution import Attribution, Quotation, QuoteType, Spans, phrase, subject
from pipeline.language.cues import cues, dep, text_of
from pipeline.language.extents import content_of, until_participle
from pipeline.language.headlines import headline
from pipeline.language.likelihood import Key, band, key_of, share
from pipeline.language.marked import Marks, edged, jaccard, kind_of, led_in, with_marks, within_sentence
from pipeline.language.quoteparts import has_parts, parts
from pipeline.language.reporting import attributions
from pipeline.language.uncued import uncued

if TYPE_CHECKING:
    from spacy.tokens import Doc


# A quotation likelier than this is given. `pipeline.training.fit_quotations` prints F1 under other floors on articles left out of the fit:
# it hardly moves from 0.35 to 0.55.
FLOOR = 0.5


RULED = 0.5
"""Least likelihood of what the codebook rules to be a quotation whatever coders mostly did; as good as the floor, no better."""


def _ruled(att: Attribution, kind: QuoteType, pieces: Spans, text: str) -> bool:
    """Whether the codebook has the content of such a cue as a quotation."""
    return _accusation(att) or _denial(att) or (kind == "direct" and _spoken(att) and text[pieces[-1][1] - 1] in ".,?!…")


def _spoken(att: Attribution) -> bool:
    """Whether somebody actually says it: with a whole sentence in marks, however short, that is a quotation."""
    says = att.entry is not None and att.entry.kind == "speech" and "quote" in att.entry.frames and att.source is not None
    return says and not (att.negated or att.unreal)


def _denial(att: Attribution) -> bool:
    """Whether somebody denies doing something ("denied shelling the town")."""
    denies = att.entry is not None and att.entry.cue_class == "deny" and att.entry.kind == "speech" and att.source is not None
    return denies and att.frame == "infinitive" and not (att.passive or att.negated or att.unreal)


def _accusation(att: Attribution) -> bool:
    """Whether somebody actively accuses somebody of something, and the core is sure of it: by the codebook what is said is a quotation."""
    accuses = att.entry is not None and att.entry.cue_class == "accuse" and att.source is not None
    return accuses and att.support in ("agree", "core-high") and not (att.passive or att.negated or att.unreal)


def combined(doc: Doc, tree: list[Attribution], core: list[Attribution]) -> list[Attribution]:
    """One list of attributions: the tree's and the core's of the same cue are made one."""
    if not core:
        return tree
    by_token: dict[int, Attribution] = {}
    for seen in tree:
        by_token |= dict.fromkeys(seen.cue, seen)
    out: list[Attribution] = []
    used: set[int] = set()
    known = frozenset(i for m in core for i in m.cue)
    for m in core:
        here = [by_token[i] for i in m.cue if i in by_token]
        t: Attribution | None = next((a for a in here if m.entry is None or a.entry is m.entry), here[0] if here else None)
        if t is None:
            out.append(dataclasses.replace(_completed(doc, m), support=band(m.score)))
            continue
        if id(t) in used:
            continue
        used.add(id(t))
        out.append(_joined(doc, t, m, known))
    return out + [a for a in tree if id(a) not in used]


def _completed(doc: Doc, m: Attribution) -> Attribution:
    """A core attribution whose cue the lexicon lacks: the tree still tells who its subject is."""
    if m.source is None and m.cue:
        verb = next((doc[i] for i in m.cue if doc[i].pos_ == "VERB"), None)
        if verb is not None:
            source, speaker = subject(verb)
            if source is not None and speaker is not None:
                return dataclasses.replace(m, source=phrase(source), speaker=speaker.i)
    return m


def _joined(doc: Doc, t: Attribution, m: Attribution, cues: Collection[int]) -> Attribution:
    source, speaker = t.source, t.speaker
    if m.source is not None:
        agree = t.source is not None and t.source[0] < m.source[1] and m.source[0] < t.source[1]
        if not agree and t.source is None and not _undergoes(doc, t, m.source):
            source, speaker = m.source, m.speaker
            if speaker is not None and doc[speaker].lower_ in ("who", "which", "that") and dep(doc[doc[speaker].head.i]).startswith("acl"):
                speaker = doc[speaker].head.head.i
    t = dataclasses.replace(t, source=source, speaker=speaker)
    if not t.content:
        return dataclasses.replace(t, content=m.content, frame="model", rule="model", support=band(m.score))
    close = jaccard(t.content, m.content)
    support = "agree" if close >= 0.8 else "near" if close >= 0.5 else "part" if close else "apart"
    content = content_of(doc, t, m, cues)
    rule = t.rule + "+model" if close >= 0.5 else "model" if content is m.content else t.rule
    return dataclasses.replace(t, content=content, rule=rule, support=support)


def _undergoes(doc: Doc, t: Attribution, source: tuple[int, int]) -> bool:
    """Whether a source is the subject of a passive cue: "X is believed to …" says nothing of who believes it."""
    held = (
        (c for i in t.cue for c in doc[i].children if dep(c) == "nsubj:pass") if t.passive and t.entry and t.entry.lemma != "quote" else ()
    )
    return any(source[0] <= c.idx < source[1] for c in held)


def quotations(doc: Doc, skip: Collection[int] = (), titles: Sequence[tuple[int, int]] = (), floor: float = FLOOR) -> list[Quotation]:
    """All quotations of a Doc, sorted by start.

    `skip`: indices of tokens outside the story (boilerplate); `titles`: characters of headlines.
    """
    marks = Marks.of(doc)
    out = _settled([q for q, _ in candidates(doc, marks, skip, titles) if q.score >= floor], doc)
    owned = {k for q in out for k in q.stretches}
    out += uncued(doc, marks, owned, skip, out)
    return sorted((q for q in out if q.pieces), key=lambda q: (q.start, -q.end))


def candidates(
    doc: Doc, marks: Marks, skip: Collection[int] = (), titles: Sequence[tuple[int, int]] = ()
) -> Iterator[tuple[Quotation, Key]]:
    """Everything a cue or a headline may report, likely or not, each with the class its likelihood is known by."""
    edges = [(q.outer_start, q.outer_end) for q in marks.stretches]
    tree = attributions(doc, cues(doc, skip), edges)
    core = [m for m in parts(doc) if not any(i in skip for i in m.cue)] if has_parts(doc) else []
    if not has_parts(doc):  # a pipeline that marks no quotations: that it marked none says nothing
        tree = [dataclasses.replace(a, support="unread") for a in tree]
    heads = [h for h in (headline(doc, a, b) for a, b in titles) if h is not None]
    for att in [*combined(doc, tree, core), *heads]:
        made = _quotation(att, marks, doc)
        if made is not None:
            yield made


def _quotation(att: Attribution, marks: Marks, doc: Doc) -> tuple[Quotation, Key] | None:
    spans, held, inside = with_marks(att, marks, doc)
    if not spans:
        return None
    depth = 0 if inside is None else marks.stretches[inside].depth + 1
    kind = kind_of(spans, marks, text_of(doc), depth)
    if kind != "direct" and inside is None:
        cue = (doc[att.cue[0]].idx, doc[att.cue[-1]].idx + len(doc[att.cue[-1]])) if att.cue else None
        spans = until_participle(doc, within_sentence(spans, cue, marks, text_of(doc)), att.cue)
        kind = kind_of(spans, marks, text_of(doc), depth)
    elif kind != "direct" and inside is not None and att.cue:
        start, end = doc[att.cue[0]].idx, doc[att.cue[-1]].idx + len(doc[att.cue[-1]])
        spans = until_participle(doc, within_sentence(spans, (start, end), marks, text_of(doc), depth), att.cue)
    pieces = edged(spans, kind, marks, text_of(doc), depth)
    if not pieces:
        return None
    rule = att.rule if att.content else "marks"
    if led_in(att, pieces, doc):
        att = dataclasses.replace(att, frame="colon")
    key = key_of(att, pieces, kind, doc, inside is not None)
    likely = max(share(key), RULED) if _ruled(att, kind, pieces, text_of(doc)) else share(key)
    return Quotation(pieces, kind, att, likely, rule, tuple(k for k in held if marks.stretches[k].depth == 0), inside is not None), key


def _settled(found: list[Quotation], doc: Doc) -> list[Quotation]:
    """Of quotations with nearly the same content, or that fight over the same marks, the likelier one stays; nested ones stay."""
    out: list[Quotation] = []
    taken: dict[int, Quotation] = {}
    for q in sorted(found, key=lambda q: (not _spoken_clause(q), -q.score, q.start)):
        if any(jaccard(q.pieces, o.pieces) > 0.6 and not _nested_in(q, o, doc) and not _nested_in(o, q, doc) for o in out):
            continue
        clash = [taken[k] for k in q.stretches if k in taken and not _nested_in(q, taken[k], doc) and not _nested_in(taken[k], q, doc)]
        if clash and (q.type == "direct" or q.rule == "marks"):
            continue
        out.append(q)
        for k in q.stretches:
            taken.setdefault(k, q)
    return out


def _spoken_clause(q: Quotation) -> bool:
    """A word of speaking with a clause of its own: before verbs that only stand near the marks or have a phrase in them as object."""
    att = q.attribution
    return att is not None and att.entry is not None and att.entry.kind == "speech" and att.frame in ("clause", "host", "comma", "adjunct")


def _nested_in(inner: Quotation, outer: Quotation, doc: Doc) -> bool:
    """The inner quotation's cue stands in the outer one's content."""
    if inner.attribution is None or not inner.attribution.cue:
        return False
    at = doc[inner.attribution.cue[0]].idx
    return any(a <= at < b for a, b in outer.pieces)
