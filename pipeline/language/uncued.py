"""Quoted stretches without a reporting word: more words of a quotation, re-opened and quoted paragraphs, a name beside the marks."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from pipeline.language.attribution import SUBJECTS, Attribution, Quotation, nearest, phrase, trim
from pipeline.language.cues import dep, text_of
from pipeline.language.marked import LINE, Marks, overlap, sentence_like
from pipeline.text.quotemarks import Quoted

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def _paragraph(text: str, position: int) -> tuple[int, int]:
    a = max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1
    match = LINE.search(text, position)
    return a, match.start() if match else len(text)


def uncued(doc: Doc, marks: Marks, owned: set[int], skip: Collection[int], found: list[Quotation]) -> list[Quotation]:
    """Quoted stretches that no reporting word holds: more words of a quotation before, re-opened paragraphs, quoted paragraphs, a
    name beside the marks.
    """
    text = text_of(doc)
    out: list[Quotation] = []
    holder: dict[int, Quotation] = {k: q for q in found for k in q.stretches}
    skipped = {doc[i].idx for i in skip}
    for k, q in enumerate(marks.stretches):
        if k in owned or q.depth or not marks.words[k] or not q.certain or q.start in skipped or q.outer_start in skipped:
            continue
        span = [(q.start, q.end)]
        if any(overlap(span, o.pieces) for o in found if not o.inside):
            continue
        p_start, p_end = _paragraph(text, q.outer_start)
        before, after = text[p_start : q.outer_start], text[q.outer_end : p_end]
        last = max((j for j in range(k) if j in holder and marks.stretches[j].outer_start >= p_start), default=None)
        if last is not None and _goes_on(text, marks.stretches[last], q, holder[last], doc):
            held = holder[last]
            held.pieces = sorted([*held.pieces, trim(text, q.start, q.end, " \t")])
            held.stretches = (*held.stretches, k)
            holder[k] = held
            continue
        name = _named_beside(doc, q, before, after, p_start) or _leads_in(doc, p_start, q.outer_start)
        if name is not None:
            first, last = phrase(name)
            source = (first, min(last, q.outer_start)) if first < q.outer_start else (first, last)
            att = Attribution((), None, trim(text, *source), name.i, span, "marks", "name-beside", 0.8)
            made = Quotation([trim(text, q.start, q.end, " \t")], "direct", att, 0.8, "name-beside", (k,))
        elif (
            q.goes_on
            or q.goes_on_from
            or (not before.strip() and sentence_like(q, text) and (not after.strip(" .,") or len(text[q.start : q.end].split()) >= 8))
        ):
            made = Quotation(
                [trim(text, q.start, q.end, " \t")],
                "direct",
                None,
                0.75,
                "marks-reopened" if q.goes_on or q.goes_on_from else "marks-paragraph",
                (k,),
                reopens=q.goes_on_from,
            )
        else:
            continue
        holder[k] = made
        out.append(made)
    return out


def _goes_on(text: str, last: Quoted, q: Quoted, held: Quotation, doc: Doc) -> bool:
    """Whether a stretch is more of the quotation before it: only that one's "X said" stands between, or nothing."""
    between = text[last.outer_end : q.outer_start]
    if held.type == "indirect" or not sentence_like(q, text):
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
    return (
        len(between) < 260
        and (tail in (".", ",", ";", ":", "") or tail.endswith((".", ",", ":", ";")))
        and between.count(". ") <= 1 + _abbreviations(between)
    )


_ABBREVIATION = re.compile(r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Lt|Col|Maj|Sgt|Capt|Prof|St|No|Adm|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\. ")


def _abbreviations(between: str) -> int:
    return len(_ABBREVIATION.findall(between))


def _leads_in(doc: Doc, p_start: int, start: int) -> Token | None:
    """The name that is the subject of the sentence before quoted words, where a colon leads them in, in the same paragraph or the one
    before: "NAME brings these details:"."""
    text = text_of(doc)
    lead = text[:start].rstrip()
    if not lead.endswith(":") or (len(lead) < p_start and text.count("\n", len(lead), p_start) > 2):
        return None
    span = doc.char_span(len(lead) - 1, len(lead), alignment_mode="expand")
    if span is None or text.find("\n", span[0].sent.start_char, len(lead)) >= 0:
        return None
    root = span[0].sent.root
    held = nearest([c for c in root.children if dep(c) in SUBJECTS and c.i < root.i], root)
    return held if held is not None and _is_name(held) else None


_DASH_AFTER = re.compile(r"\s*(?:[–—―]|--?)\s*(?=[A-Z])")


def _named_beside(doc: Doc, q: Quoted, before: str, after: str, p_start: int) -> Token | None:
    """The name in "Name: “…”" or "“…” — Name"."""
    stripped = before.rstrip()
    if stripped.endswith(":") and 1 <= len(stripped[:-1].split()) <= 7:
        span = doc.char_span(p_start, p_start + len(stripped) - 1, alignment_mode="contract")
        if span is not None and _is_name(span.root) and not any(t.pos_ in ("VERB", "AUX") for t in span):
            head: Token = span.root
            return head
    match = _DASH_AFTER.match(after)
    if match and not stripped:
        rest = after[match.end() :].strip()
        if 1 <= len(rest.split()) <= 12:
            token = next((t for t in doc if t.idx >= q.outer_end + match.end()), None)
            if token is not None:
                head = token
                while (
                    head.head.i != head.i
                    and dep(head) in ("compound", "flat", "nummod", "amod", "det", "case")
                    and head.head.i > token.i - 1
                ):
                    head = head.head
                return head if _is_name(head) else None
    return None


def _is_name(token: Token) -> bool:
    return token.pos_ == "PROPN" or token.ent_type_ in ("PERSON", "ORG", "NORP", "LOC", "GPE")
