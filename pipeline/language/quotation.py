"""Quotations of a Doc: what the tree, the language core's parts and the quotation marks say together.

The tree and the core give attributions (who, by which word, what); marks prove where words begin and end, carry a quotation over sentences
and paragraphs, and hold quotations that no reporting word introduces. `quotations` joins them and sets the edges of the codebook: a direct
quotation is what stands between the marks, an indirect one leaves out "that" and the full stop.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from pipeline.language.attribution import Attribution, Spans, attributions, phrase, subject, trim
from pipeline.language.cues import Cue, cue_at, cues, dep
from pipeline.language.headlines import headline
from pipeline.language.quoteparts import has_parts, parts
from pipeline.text.quotemarks import Quoted, quoted, use_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

QuoteType = Literal["direct", "indirect", "mixed"]


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


def overlap(a: Spans, b: Spans) -> int:
    return sum(max(0, min(x[1], y[1]) - max(x[0], y[0])) for x in a for y in b)


def size(a: Spans) -> int:
    return sum(e - s for s, e in a)


def jaccard(a: Spans, b: Spans) -> float:
    """Share of characters two lists of disjoint spans have in common."""
    common = overlap(a, b)
    union = size(a) + size(b) - common
    return common / union if union else 0.0


def merged(spans: Spans, text: str, gap: str = " \t\u00a0") -> Spans:
    """Joins spans that overlap or are parted by nothing but blanks."""
    out: Spans = []
    for a, b in sorted(spans):
        if a >= b:
            continue
        if out and not text[out[-1][1] : a].strip(gap):
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


# ------------------------------------------------------------------ tree and core


def combined(doc: Doc, tree: list[Attribution], core: list[Attribution]) -> list[Attribution]:
    """One list of attributions: the tree's and the core's of the same cue are made one, by agreement and score."""
    if not core:
        return tree
    by_token: dict[int, Attribution] = {}
    for t in tree:
        for i in t.cue:
            by_token[i] = t
    out: list[Attribution] = []
    used: set[int] = set()
    for m in core:
        here = [by_token[i] for i in m.cue if i in by_token]
        t = next((a for a in here if m.entry is None or a.entry is m.entry), here[0] if here else None)
        if t is None:
            out.append(_completed(doc, m))
            continue
        if id(t) in used:
            continue
        used.add(id(t))
        out.append(_joined(doc, t, m))
    for t in tree:
        if id(t) not in used:
            out.append(dataclasses.replace(t, score=t.score * _alone(t)))
    return out


def _alone(t: Attribution) -> float:
    """How far the tree is trusted where the core, which read the same words, marked nothing."""
    if t.entry is None or not t.content:
        return 0.6
    if t.entry.kind != "speech":
        return 0.3
    return {"clause": 0.75, "host": 0.75, "adjunct": 0.8, "infinitive": 0.55, "noun": 0.5, "predicate": 0.5, "preposition": 0.5, "object": 0.45}.get(t.frame, 0.6)


def _completed(doc: Doc, m: Attribution) -> Attribution:
    """A core attribution whose cue the lexicon lacks: the tree still tells who its subject is."""
    if m.source is None and m.cue:
        verb = next((doc[i] for i in m.cue if doc[i].pos_ == "VERB"), None)
        if verb is not None:
            source, speaker = subject(verb)
            if source is not None and speaker is not None:
                return dataclasses.replace(m, source=phrase(source), speaker=speaker.i)
    return m


def _joined(doc: Doc, t: Attribution, m: Attribution) -> Attribution:
    source, speaker = t.source, t.speaker
    if m.source is not None:
        agree = t.source is not None and t.source[0] < m.source[1] and m.source[0] < t.source[1]
        if not agree:
            source, speaker = m.source, m.speaker
            if speaker is not None and doc[speaker].lower_ in ("who", "which", "that") and dep(doc[doc[speaker].head.i]).startswith("acl"):
                speaker = doc[speaker].head.head.i
    if not t.content:
        return dataclasses.replace(t, source=source, speaker=speaker, content=m.content, frame="model", rule="model", score=m.score)
    close = jaccard(t.content, m.content)
    if close >= 0.5:
        score = 1 - (1 - t.score) * (1 - m.score)
        content = t.content if t.frame in ("clause", "host", "adjunct", "noun", "infinitive") and close >= 0.8 else m.content
        return dataclasses.replace(t, source=source, speaker=speaker, content=content, score=score, rule=t.rule + "+model")
    if m.score >= 0.6 or t.frame in ("object", "preposition", "predicate"):
        return dataclasses.replace(t, source=source, speaker=speaker, content=m.content, rule="model", score=m.score)
    return dataclasses.replace(t, source=source, speaker=speaker, score=t.score * 0.8)


# ------------------------------------------------------------------ marks


@dataclasses.dataclass(slots=True)
class _Marks:
    """Quoted stretches of the Doc with what is known of them: `words` may be somebody's words; `owner` is who has them (index or None)."""

    doc: Doc
    stretches: list[Quoted]
    words: list[bool]

    @classmethod
    def of(cls, doc: Doc) -> _Marks:
        found = quoted(doc.text)
        return cls(doc, found, [use_of(doc.text, q) == "words" for q in found])

    def around(self, position: int) -> int | None:
        """Index of the innermost certain stretch that holds a character, None outside of all marks."""
        best = None
        for k, q in enumerate(self.stretches):
            if q.start > position:
                break
            if q.start <= position < q.end and q.certain:
                best = k
        return best


_ONLY_GLUE = re.compile(r"[\s,.;:–—-]*$")
_LINE = re.compile(r"[\n\r]")


def _beside(att: Attribution, marks: _Marks, doc: Doc) -> list[int]:
    """Stretches right before or right after the words "X said"."""
    if not att.cue:
        return []
    text = doc.text
    cue_start, cue_end = doc[att.cue[0]].idx, doc[att.cue[-1]].idx + len(doc[att.cue[-1]])
    start, end = cue_start, cue_end
    if att.source is not None and not _LINE.search(text, min(start, att.source[0]), max(end, att.source[1])) and abs(att.source[0] - cue_start) < 300:
        start, end = min(start, att.source[0]), max(end, att.source[1])
    sentence_end = _sentence_end(doc, att.cue[-1])
    out = []
    for k, q in enumerate(marks.stretches):
        if q.start > cue_end + 600:
            break
        if q.depth or not marks.words[k] or q.outer_start <= cue_start < q.outer_end:
            continue
        if q.outer_end <= start and start - q.outer_end < 80:
            between = text[q.outer_end : start]
            if not _LINE.search(between) and (_ONLY_GLUE.match(between) or (text[q.end - 1] in ",?!" and len(between) < 50 and "." not in between)):
                out.append(k)
        elif q.outer_start >= end:
            between = text[end : q.outer_start]
            broken = _LINE.search(between)
            if broken:
                if between[: broken.start()].rstrip().endswith(":") and not between[broken.start() :].strip() and q.outer_start - end < 300:
                    out.append(k)
            elif q.outer_start <= sentence_end + 2 and (len(between) < 4 or (len(between) < 200 and between.rstrip().endswith((",", ":", "that", "saying")))) and not _other_cue(doc, end, q.outer_start):
                out.append(k)
            break
    return out


def _sentence_end(doc: Doc, i: int) -> int:
    sent = doc[i].sent
    return int(sent.end_char)


def _other_cue(doc: Doc, start: int, end: int) -> bool:
    span = doc.char_span(start, end, alignment_mode="contract")
    return span is not None and any(t.pos_ == "VERB" and t.tag_ != "VBG" and cue_at(t) is not None for t in span)


def _with_marks(att: Attribution, marks: _Marks, doc: Doc) -> tuple[Spans, list[int], int | None]:
    """The content of an attribution with its edges set by marks: (pieces, stretches of depth 0 in it, stretch the cue stands in)."""
    text = doc.text
    cue_char = doc[att.cue[0]].idx if att.cue else (att.source or (0, 0))[0]
    inside = marks.around(cue_char)
    out: Spans = []
    held: list[int] = []
    for a, b in att.content:
        if inside is not None:
            home = marks.stretches[inside]
            a, b = max(a, home.start), min(b, home.end)
            if a >= b:
                continue
        for k, q in enumerate(marks.stretches):
            if q.outer_start > b + 2:
                break
            if q.outer_end < a - 2 or k == inside or (inside is not None and q.depth <= marks.stretches[inside].depth) or not q.certain:
                continue
            if q.start <= cue_char < q.end:
                continue
            common = min(b, q.end) - max(a, q.start)
            if common <= 0 or (inside is None and q.depth > 0):
                continue
            within = min(b, q.outer_end) - max(a, q.outer_start) >= 0.6 * (b - a)  # the piece stands (nearly) in the marks
            if not marks.words[k] and not within:
                continue
            if within or a <= q.outer_start + 1:
                grown_a, grown_b = min(a, q.outer_start) if a > q.outer_start else a, max(b, q.outer_end)
                if grown_b - grown_a < 8 * max(b - a, 40) or within:
                    a, b = grown_a, grown_b
            elif b < q.outer_end:
                b = q.outer_end
            held.append(k)
        out.append((a, b))
    if inside is None and att.entry is not None and "quote" in att.entry.frames or (not out and att.frame in ("none", "model")):
        for k in _beside(att, marks, doc):
            q = marks.stretches[k]
            if k not in held and (not out or _direct_share(out, marks, text) > 0.6 or not _sentence_like(q, text) is False and _starts_clause(q, out, text)):
                held.append(k)
                out.append((q.outer_start, q.outer_end))
    return merged(out, text), sorted(set(held)), inside


def _starts_clause(q: Quoted, out: Spans, text: str) -> bool:
    """A stretch beside the cue joins a content that is not in marks only where it touches it."""
    return any(not text[min(b, q.outer_start) : max(b, q.outer_start)].strip(" ,") for _, b in out)


def _sentence_like(q: Quoted, text: str) -> bool:
    inner = text[q.start : q.end].rstrip()
    return len(inner.split()) >= 4 or inner[-1:] in ".,!?…"


def _letters(text: str, spans: Spans) -> int:
    return sum(c.isalnum() for a, b in spans for c in text[a:b])


def _direct_share(spans: Spans, marks: _Marks, text: str, depth: int = 0) -> float:
    """Share of the letters of `spans` that stand inside marks (of stretches not shallower than `depth`)."""
    total = _letters(text, spans)
    if not total:
        return 0.0
    inner = [(q.start, q.end) for q in marks.stretches if q.depth == depth and q.certain]
    cut = [(max(a, c), min(b, d)) for a, b in spans for c, d in inner if max(a, c) < min(b, d)]
    return _letters(text, cut) / total


# ------------------------------------------------------------------ edges


_THAT = re.compile(r"(?:that|That)\b[\s,:]*(?=\S)")


def edged(spans: Spans, kind: QuoteType, marks: _Marks, text: str, depth: int = 0) -> Spans:
    """Content pieces with the codebook's edges."""
    out: Spans = []
    for a, b in spans:
        if kind == "direct":
            hit = [q for q in marks.stretches if q.depth == depth and q.certain and q.start < b and a < q.end]
            out.extend((max(a, q.start) if q.outer_start < a else q.start, min(b, q.end)) for q in hit)
            continue
        a, b = trim(text, a, b)
        match = _THAT.match(text, a, b)
        if match:
            a = match.end()
        a, b = _strip_marks(text, a, b)
        out.append((a, b))
    return [(a, b) for a, b in (trim(text, a, b, " \t\n\r\u00a0" if kind == "direct" else " \t\r\n\u00a0,;:–—-.") for a, b in out) if a < b]


_OPEN, _CLOSE = "“\"‘'«„", "”\"’'»"


def _strip_marks(text: str, a: int, b: int) -> tuple[int, int]:
    """Takes a mark off an edge where its partner is missing or stands at the other edge."""
    while b - a > 2:
        first, last = text[a] in _OPEN, text[b - 1] in _CLOSE
        inner = text[a + 1 : b - 1]
        if first and last and not any(c in "“”\"" for c in inner):
            a, b = a + 1, b - 1
        elif first and not any(c in _CLOSE for c in text[a + 1 : b]):
            a += 1
        elif last and text[b - 1] not in "’'" and not any(c in _OPEN for c in text[a : b - 1]):
            b -= 1
        else:
            break
    return a, b


def kind_of(spans: Spans, marks: _Marks, text: str, depth: int) -> QuoteType:
    share = _direct_share(spans, marks, text, depth)
    return "direct" if share >= 0.9 else "mixed" if share > 0 else "indirect"


# ------------------------------------------------------------------ all together


def quotations(doc: Doc, skip: Collection[int] = (), titles: Sequence[tuple[int, int]] = (), floor: float = 0.45) -> list[Quotation]:
    """All quotations of a Doc, sorted by start. `skip`: indices of tokens outside the story (boilerplate); `titles`: characters of headlines."""
    marks = _Marks.of(doc)
    edges = [(q.outer_start, q.outer_end) for q in marks.stretches]
    tree = attributions(doc, cues(doc, skip), edges)
    core = [m for m in parts(doc) if not any(i in skip for i in m.cue)] if has_parts(doc) else []
    out: list[Quotation] = []
    heads = [h for h in (headline(doc, a, b) for a, b in titles) if h is not None]
    for att in [*combined(doc, tree, core), *heads]:
        made = _quotation(att, marks, doc)
        if made is not None and made.score >= floor:
            out.append(made)
    out = _settled(out, doc)
    owned = {k for q in out for k in q.stretches}
    out += _uncued(doc, marks, owned, skip, out)
    return sorted((q for q in out if q.pieces), key=lambda q: (q.start, -q.end))


def _quotation(att: Attribution, marks: _Marks, doc: Doc) -> Quotation | None:
    spans, held, inside = _with_marks(att, marks, doc)
    if not spans:
        return None
    depth = 0 if inside is None else marks.stretches[inside].depth + 1
    kind = kind_of(spans, marks, doc.text, depth)
    score = att.score if att.content else 0.8
    if kind == "direct":
        score = max(score, 0.9 if held else score)
    if att.entry is None and kind == "indirect" and att.frame != "headline":
        score *= 0.4
    pieces = edged(spans, kind, marks, doc.text, depth)
    if not pieces:
        return None
    rule = att.rule if att.content else "marks"
    return Quotation(pieces, kind, att, score, rule, tuple(k for k in held if marks.stretches[k].depth == 0), inside is not None)


def _settled(found: list[Quotation], doc: Doc) -> list[Quotation]:
    """Of quotations with nearly the same content, or that fight over the same marks, the likelier one stays; nested ones stay."""
    out: list[Quotation] = []
    taken: dict[int, Quotation] = {}
    for q in sorted(found, key=lambda q: (-q.score, q.start)):
        if any(jaccard(q.pieces, o.pieces) > 0.6 and not _nested_in(q, o, doc) and not _nested_in(o, q, doc) for o in out):
            continue
        clash = [taken[k] for k in q.stretches if k in taken and not _nested_in(q, taken[k], doc) and not _nested_in(taken[k], q, doc)]
        if clash and (q.type == "direct" or q.rule == "marks"):
            continue
        out.append(q)
        for k in q.stretches:
            taken.setdefault(k, q)
    return out


def _nested_in(inner: Quotation, outer: Quotation, doc: Doc) -> bool:
    """The inner quotation's cue stands in the outer one's content."""
    if inner.attribution is None or not inner.attribution.cue:
        return False
    at = doc[inner.attribution.cue[0]].idx
    return any(a <= at < b for a, b in outer.pieces)


_PARAGRAPH = re.compile(r"[^\n\r]+")


def _paragraph(text: str, position: int) -> tuple[int, int]:
    a = max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1
    match = _LINE.search(text, position)
    return a, match.start() if match else len(text)


def _uncued(doc: Doc, marks: _Marks, owned: set[int], skip: Collection[int], found: list[Quotation]) -> list[Quotation]:
    """Quoted stretches that no reporting word holds: more words of a quotation before, re-opened paragraphs, quoted paragraphs, a name beside the marks."""
    text = doc.text
    out: list[Quotation] = []
    holder: dict[int, Quotation] = {k: q for q in found for k in q.stretches}
    skipped = {doc[i].idx for i in skip}
    for k, q in enumerate(marks.stretches):
        if k in owned or q.depth or not marks.words[k] or not q.certain or q.start in skipped or q.outer_start in skipped:
            continue
        span = [(q.start, q.end)]
        if any(overlap(span, o.pieces) for o in found):
            continue
        p_start, p_end = _paragraph(text, q.outer_start)
        before, after = text[p_start : q.outer_start], text[q.outer_end : p_end]
        if k and k - 1 in holder and marks.stretches[k - 1].outer_start >= p_start and _goes_on(text, marks.stretches[k - 1], q, holder[k - 1], doc):
            held = holder[k - 1]
            held.pieces = sorted([*held.pieces, trim(text, q.start, q.end, " \t")])
            held.stretches = (*held.stretches, k)
            holder[k] = held
            continue
        name = _named_beside(doc, q, before, after, p_start)
        if name is not None:
            att = Attribution((), None, phrase(name), name.i, span, "marks", "name-beside", 0.8)
            made = Quotation([trim(text, q.start, q.end, " \t")], "direct", att, 0.8, "name-beside", (k,))
        elif q.goes_on or q.goes_on_from or (not before.strip() and _sentence_like(q, text) and (not after.strip(" .,") or len(text[q.start : q.end].split()) >= 8)):
            made = Quotation([trim(text, q.start, q.end, " \t")], "direct", None, 0.75, "marks-reopened" if q.goes_on or q.goes_on_from else "marks-paragraph", (k,), reopens=q.goes_on_from)
        else:
            continue
        holder[k] = made
        out.append(made)
    return out


def _goes_on(text: str, last: Quoted, q: Quoted, held: Quotation, doc: Doc) -> bool:
    """Whether a stretch is more of the quotation before it: only that one's "X said" stands between, or nothing."""
    between = text[last.outer_end : q.outer_start]
    if held.type == "indirect" or not _sentence_like(q, text):
        return False
    if not between.strip(" ,.;–—-") or between.strip() in ("and", ", and", "but", "and,"):
        return True
    att = held.attribution
    if att is None or not att.cue:
        return False
    cue_at_char = doc[att.cue[0]].idx
    if not last.outer_end <= cue_at_char < q.outer_start:
        return False
    tail = between[-2:].strip()
    return len(between) < 260 and (tail in (".", ",", ";", ":", "") or tail.endswith((".", ",", ":", ";"))) and between.count(". ") <= 1 + _abbreviations(between)


_ABBREVIATION = re.compile(r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Lt|Col|Maj|Sgt|Capt|Prof|St|No|Adm|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\. ")


def _abbreviations(between: str) -> int:
    return len(_ABBREVIATION.findall(between))


_DASH_AFTER = re.compile(r"\s*(?:[–—]|--?)\s*(?=[A-Z])")


def _named_beside(doc: Doc, q: Quoted, before: str, after: str, p_start: int) -> Token | None:
    """The name in "Name: “…”" or "“…” — Name"."""
    stripped = before.rstrip()
    if stripped.endswith(":") and 1 <= len(stripped[:-1].split()) <= 7:
        span = doc.char_span(p_start, p_start + len(stripped) - 1, alignment_mode="contract")
        if span is not None and _is_name(span.root) and not any(t.pos_ in ("VERB", "AUX") for t in span):
            return _token(span.root)
    match = _DASH_AFTER.match(after)
    if match and not stripped:
        rest = after[match.end() :].strip()
        if 1 <= len(rest.split()) <= 12:
            token = next((t for t in doc if t.idx >= q.outer_end + match.end()), None)
            if token is not None:
                head = token
                while head.head.i != head.i and dep(head) in ("compound", "flat", "nummod", "amod", "det", "case") and head.head.i > token.i - 1:
                    head = head.head
                return head if _is_name(head) else None
    return None


def _token(token: Token) -> Token:
    return token


def _is_name(token: Token) -> bool:
    return token.pos_ == "PROPN" or token.ent_type_ in ("PERSON", "ORG", "NORP", "LOC", "GPE")


def found_cue(doc: Doc, quotation: Quotation) -> Cue | None:
    """The reporting word of a quotation as a lexicon cue, None where it has none or the lexicon lacks it."""
    if quotation.attribution is None:
        return None
    for i in quotation.attribution.cue:
        hit = cue_at(doc[i])
        if hit is not None:
            return hit
    return None
