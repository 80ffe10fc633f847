"""What quotation marks prove about an attribution: where its words begin and end, and how they are reported."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from pipeline.language.attribution import Attribution, QuoteType, Spans, trim
from pipeline.language.cues import cue_at, text_of
from pipeline.text.quotemarks import Quoted, quoted, use_of

if TYPE_CHECKING:
    from spacy.tokens import Doc


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


@dataclasses.dataclass(slots=True)
class Marks:
    """Quoted stretches of the Doc with what is known of them: `words` may be somebody's words; `owner` is who has them (index or None)."""

    doc: Doc
    stretches: list[Quoted]
    words: list[bool]

    @classmethod
    def of(cls, doc: Doc) -> Marks:
        found = quoted(text_of(doc))
        return cls(doc, found, [use_of(text_of(doc), q) == "words" for q in found])

    def around(self, position: int) -> int | None:
        """Index of the innermost certain stretch that holds a character, None outside of all marks."""
        best = None
        for k, q in enumerate(self.stretches):
            if q.start > position:
                break
            if q.start <= position < q.end and q.certain:
                best = k
        return best


_OPENERS = " \n\r\"“„«'‘`"  # what may stand between a colon and the words it leads in
_ONLY_GLUE = re.compile(r"[\s,.;:–—-]*$")
_STOP = re.compile(r"[.!?][”\"’']?\s")
LINE = re.compile(r"[\n\r]")


def _beside(att: Attribution, marks: Marks, doc: Doc) -> list[int]:
    """Stretches right before or right after the words "X said"."""
    if not att.cue:
        return []
    text = text_of(doc)
    cue_start, cue_end = doc[att.cue[0]].idx, doc[att.cue[-1]].idx + len(doc[att.cue[-1]])
    start, end = cue_start, cue_end
    if (
        att.source is not None
        and not LINE.search(text, min(start, att.source[0]), max(end, att.source[1]))
        and abs(att.source[0] - cue_start) < 300
    ):
        start, end = min(start, att.source[0]), max(end, att.source[1])
    out = []
    follows = any(a >= cue_end for a, _ in att.content)
    for k, q in enumerate(marks.stretches):
        if q.start > cue_end + 600:
            break
        if q.depth or not marks.words[k] or not q.certain or q.outer_start <= cue_start < q.outer_end:
            continue
        if q.outer_end <= start and start - q.outer_end < 80:
            between = text[q.outer_end : start]
            if _other_cue(doc, q.outer_end, cue_start) or (follows and _over(text, q)):
                continue
            if not LINE.search(between) and (_ONLY_GLUE.match(between) or (text[q.end - 1] in ",?!" and len(between) < 50)):
                out.append(k)
        elif q.outer_start >= end:
            between = text[end : q.outer_start]
            broken = LINE.search(between)
            if broken:
                lead = between[: broken.start()].rstrip()
                if lead.endswith(":") and not between[broken.start() :].strip() and q.outer_start - end < 300 and not _STOP.search(lead):
                    out.append(k)
            elif (
                not _STOP.search(between)
                and (len(between) < 4 or (len(between) < 200 and between.rstrip().endswith((",", ":", "that", "saying"))))
                and not _other_cue(doc, end, q.outer_start)
            ):
                out.append(k)
            break
    return out


def _over(text: str, q: Quoted) -> bool:
    """Whether a quoted sentence ends with its marks, so that what follows them is a sentence of its own: "… east.” He called on them"."""
    return text[q.end - 1] == "." and text[q.outer_end + 1 : q.outer_end + 2].isupper()


def led_in(att: Attribution, pieces: Spans, doc: Doc) -> bool:
    """Whether a cue without a content of its own leads words in by a colon: "NAME writes:", often with the words in the next paragraph."""
    if att.content or not att.cue or not pieces:
        return False
    end = doc[att.cue[-1]].idx + len(doc[att.cue[-1]])
    return end < pieces[0][0] and text_of(doc)[end : pieces[0][0]].rstrip(_OPENERS).endswith(":")


def _other_cue(doc: Doc, start: int, end: int) -> bool:
    span = doc.char_span(start, end, alignment_mode="contract")
    return span is not None and any(t.pos_ == "VERB" and cue_at(t) is not None for t in span)


def _complete(text: str, q: Quoted, before: bool, end: int) -> bool:
    """Whether a stretch beside "X said" is all of the content: a quoted sentence the cue closes, or words a comma or colon opens."""
    if before:
        if not (text[q.end - 1] in ",?!—–-." or text[q.outer_end : q.outer_end + 1] in (",", " ")):
            return False
        line = text[max(text.rfind("\n", 0, q.outer_start), 0) : q.outer_start].rstrip()
        return not line or line[-1] in ".!?:”\"’'…)]" or not sentence_tail(line)
    between = text[end : q.outer_start].rstrip()
    return between.endswith((",", ":")) or not between


def sentence_tail(line: str) -> bool:
    """Whether a line ends inside a sentence, that is with a word."""
    return line[-1].isalnum() or line[-1] in ",;—–-"


def with_marks(att: Attribution, marks: Marks, doc: Doc) -> tuple[Spans, list[int], int | None]:
    """The content of an attribution with its edges set by marks: (pieces, stretches of depth 0 in it, stretch the cue stands in)."""
    text = text_of(doc)
    cue_char = doc[att.cue[0]].idx if att.cue else (att.source or (0, 0))[0]
    inside = marks.around(cue_char)
    quotes = att.entry is None or "quote" in att.entry.frames or (att.frame == "adjunct" and not att.content)
    beside = _beside(att, marks, doc) if inside is None and quotes and att.frame != "headline" else []
    if beside and att.frame in ("clause", "host", "none", "model", "comma"):
        cue_end = doc[att.cue[-1]].idx + len(doc[att.cue[-1]])
        if att.source is not None and att.source[0] < marks.stretches[beside[-1]].outer_start:
            cue_end = max(cue_end, min(att.source[1], cue_end + 300))
        whole = [k for k in beside if _complete(text, marks.stretches[k], marks.stretches[k].outer_end <= cue_char, cue_end)]
        if whole and len(whole) == len(beside):
            return [(marks.stretches[k].outer_start, marks.stretches[k].outer_end) for k in whole], whole, None
    out: Spans = []
    held: list[int] = []
    for a, b in att.content:
        piece = _grown(a, b, marks, inside, cue_char, held)
        if piece is not None:
            out.append(piece)
    for k in beside:
        q = marks.stretches[k]
        if k not in held and (not out or _starts_clause(q, out, text)):
            held.append(k)
            out.append((q.outer_start, q.outer_end))
    return merged(out, text), sorted(set(held)), inside


def _grown(a: int, b: int, marks: Marks, inside: int | None, cue_char: int, held: list[int]) -> tuple[int, int] | None:
    """A content piece widened to the marks it stands in or that it cuts, kept within the marks its cue stands in; None where
    nothing is left.
    """
    if inside is not None:
        home = marks.stretches[inside]
        a, b = max(a, home.start), min(b, home.end)
        if a >= b:
            return None
    for k, q in enumerate(marks.stretches):
        if q.outer_start > b + 2:
            break
        shallow = q.depth > 0 if inside is None else q.depth <= marks.stretches[inside].depth
        if q.outer_end < a - 2 or k == inside or shallow or not q.certain or q.start <= cue_char < q.end:
            continue
        if min(b, q.end) - max(a, q.start) <= 0:
            continue
        within = min(b, q.outer_end) - max(a, q.outer_start) >= 0.6 * (b - a)  # the piece stands (nearly) in the marks
        if not marks.words[k] and not within:
            continue
        if within:
            a, b = min(a, q.outer_start), max(b, q.outer_end)
        elif b < q.outer_end:
            b = q.outer_end
        held.append(k)
    return a, b


def _starts_clause(q: Quoted, out: Spans, text: str) -> bool:
    """A stretch beside the cue joins a content that is not in marks only where it touches it."""
    return any(not text[min(b, q.outer_start) : max(b, q.outer_start)].strip(" ,") for _, b in out)


def sentence_like(q: Quoted, text: str) -> bool:
    inner = text[q.start : q.end].rstrip()
    return len(inner.split()) >= 4 or inner[-1:] in ".,!?…"


_BREAK = re.compile(r"\s*[\n\r]\s*")
_REAL_STOP = re.compile(r"(?<=[a-z0-9)%”\"’'][a-z0-9)%”\"’'])[.!?]+[”\"’']?\s+(?=[A-Z“\"'‘])")


def within_sentence(spans: Spans, cue: tuple[int, int] | None, marks: Marks, text: str, depth: int = 0) -> Spans:
    """Reported words without marks stay in the cue's paragraph and sentence: pieces are cut at a line break or full stop outside of
    marks (of those not shallower than `depth`, where the cue stands in somebody's quoted words).
    """
    out: Spans = []
    for a, b in spans:
        stops = [
            m.span()
            for m in _REAL_STOP.finditer(text, a, b)
            if not any(q.start <= m.start() < q.end for q in marks.stretches if q.certain and q.depth >= depth)
        ]
        stops += [m.span() for m in _BREAK.finditer(text, a, b)]
        stops.sort()
        if stops and (cue is None or a >= cue[0]):
            b = stops[0][0]
        elif stops:
            a = stops[-1][1]
        if a < b:
            out.append((a, b))
    return out


def _letters(text: str, spans: Spans) -> int:
    return sum(c.isalnum() for a, b in spans for c in text[a:b])


def _direct_share(spans: Spans, marks: Marks, text: str, depth: int = 0) -> float:
    """Share of the letters of `spans` that stand inside marks (of stretches not shallower than `depth`)."""
    total = _letters(text, spans)
    if not total:
        return 0.0
    inner = [(q.start, q.end) for q in marks.stretches if q.depth == depth and q.certain]
    cut = [(max(a, c), min(b, d)) for a, b in spans for c, d in inner if max(a, c) < min(b, d)]
    return _letters(text, cut) / total


_THAT = re.compile(r"(?:that|That|as(?= [“\"‘'«]))\b[\s,:]*(?=\S)")


def edged(spans: Spans, kind: QuoteType, marks: Marks, text: str, depth: int = 0) -> Spans:
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
        if first and last and not any(c in '“”"' for c in inner):
            a, b = a + 1, b - 1
        elif first and not any(c in _CLOSE for c in text[a + 1 : b]):
            a += 1
        elif last and text[b - 1] not in "’'" and not any(c in _OPEN for c in text[a : b - 1]):
            b -= 1
        else:
            break
    return a, b


def kind_of(spans: Spans, marks: Marks, text: str, depth: int) -> QuoteType:
    share = _direct_share(spans, marks, text, depth)
    return "direct" if share >= 0.9 else "mixed" if share > 0 else "indirect"
