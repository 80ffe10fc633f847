"""The language core's quotation parts as attributions: source and content spans joined to their cue.

`doc.spans["attributions"]` says to which cue (by its first character) a source or content span belongs; where a span carries no link, the
nearest cue of its sentence without a part of that kind takes it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.language.attribution import Attribution, Spans, trim
from pipeline.language.cues import cue_at, text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_LINK = re.compile(r"(source|content)@(\d+)$")
GROUPS = ("source", "cue", "content")


def scored(doc: Doc, group: str) -> list[tuple[Span, float]]:
    """Spans of a group with their probabilities (0.5 where the core gives none)."""
    if group not in doc.spans:
        return []
    spans = list(doc.spans[group])
    scores = list(doc.spans[group].attrs.get("scores", ()))
    return list(zip(spans, scores if len(scores) == len(spans) else [0.5] * len(spans), strict=True))


def has_parts(doc: Doc) -> bool:
    """Whether the pipeline that made the Doc marks quotation parts at all."""
    return any(group in doc.spans and len(doc.spans[group]) for group in GROUPS)


def head_of(span: Span) -> Token:
    """The token of a span that hangs on something outside of it."""
    root: Token = span.root
    return root


def parts(doc: Doc) -> list[Attribution]:
    """One attribution per cue span that has a content; content without a cue is left to the quotation marks."""
    cue_spans = scored(doc, "cue")
    if not cue_spans:
        return []
    linked: dict[int, dict[str, list[tuple[Span, float]]]] = {c.start_char: {"source": [], "content": []} for c, _ in cue_spans}
    taken: set[tuple[str, int, int]] = set()
    for span, score in scored(doc, "attributions"):
        match = _LINK.match(span.label_)
        if match and int(match.group(2)) in linked:
            linked[int(match.group(2))][match.group(1)].append((span, score))
            taken.add((match.group(1), span.start, span.end))
    for kind in ("source", "content"):
        for span, score in scored(doc, kind):
            if (kind, span.start, span.end) in taken:
                continue
            near = _nearest(span, cue_spans, linked, kind)
            if near is not None:
                linked[near][kind].append((span, score * 0.8))
    out = []
    for cue, cue_score in cue_spans:
        got = linked[cue.start_char]
        if not got["content"]:
            continue
        source = max(got["source"], key=lambda s: s[1], default=None)
        held_by_cue = _own(doc, cue, got["content"])
        content: Spans = sorted({trim(text_of(doc), s.start_char, s.end_char) for s, _ in held_by_cue})
        score = min([cue_score, *(s for _, s in held_by_cue)])
        entry, tokens = None, tuple(t.i for t in cue if not t.is_space)
        for token in cue:
            found = cue_at(token)
            if found is not None and (entry is None or (entry.kind != "speech" and found.entry.kind == "speech")):
                entry = found.entry
        head = head_of(source[0]) if source is not None else None
        held = (source[0].start_char, source[0].end_char) if source is not None else None
        kept = [c for c in content if c[0] < c[1]]
        out.append(Attribution(tokens, entry, held, head.i if head is not None else None, kept, "model", "model", float(score)))
    return [a for a in out if a.content]


LINKED = 0.5  # a second content span needs a link at least this likely
_LINE = re.compile(r"[\n\r]")
_OPENS = ("“", '"', "‘", "'", "«", "``")


def _own(doc: Doc, cue: Span, found: list[tuple[Span, float]]) -> list[tuple[Span, float]]:
    """The content spans that can be a cue's: those of its sentence, and quoted ones of its paragraph or led in by a colon.

    A cue is linked to spans all over its part of the article; links that leave its sentence are right for quoted words only.
    """
    sentence = cue[0].sent
    best = max(found, key=lambda f: (f[0].start < sentence.end and f[0].end > sentence.start, f[1]))
    kept = [best]
    for span, score in found:
        if span is best[0] or score < LINKED:
            continue
        if (span.start < sentence.end and span.end > sentence.start) or (
            span.text.startswith(_OPENS)
            and not _LINE.search(text_of(doc), min(span.start_char, cue.start_char), max(span.start_char, cue.start_char))
        ):
            kept.append((span, score))
    return kept


def _nearest(
    span: Span, cue_spans: list[tuple[Span, float]], linked: dict[int, dict[str, list[tuple[Span, float]]]], kind: str
) -> int | None:
    """The start of the nearest cue in the span's sentence(s) that has no part of this kind yet."""
    first, last = span[0].sent.start, span[-1].sent.end
    best: tuple[int, int] | None = None
    for cue, _ in cue_spans:
        if not first <= cue.start < last or linked[cue.start_char][kind]:
            continue
        gap = cue.start - span.end if cue.start >= span.end else span.start - cue.end
        if gap >= 0 and (best is None or gap < best[0]):
            best = (gap, cue.start_char)
    return best[1] if best is not None and best[0] <= 25 else None
