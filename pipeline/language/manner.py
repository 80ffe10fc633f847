"""To whom, through which medium and when something was said: read from what hangs on the cue."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.language.attribution import Quotation, phrase
from pipeline.language.cues import dep, text_of
from pipeline.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_PLACES = frozenset({"in", "on", "at", "during", "through", "via", "from", "to", "with", "by"})


@functools.cache
def _media() -> dict[str, str]:
    return {r["lemma"].lower(): r["medium"] for r in load("media_of_speech").rows}


def _verb(quotation: Quotation, doc: Doc) -> Token | None:
    att = quotation.attribution
    return doc[att.cue[0]] if att is not None and att.cue else None


def medium_of(quotation: Quotation, doc: Doc) -> str | None:
    """The medium: "in a statement", "told reporters", "wrote on Twitter", or the document that speaks."""
    verb = _verb(quotation, doc)
    if verb is None:
        return None
    media = _media()
    if verb.lemma_.lower() in media and media[verb.lemma_.lower()] == "social_media":
        return "social_media"
    att = quotation.attribution
    assert att is not None
    candidates = [
        verb,
        *(c for c in verb.children if dep(c) in ("xcomp", "advcl", "conj") and c.lemma_ in ("speak", "write", "post", "say", "address")),
    ]
    if verb.head.i != verb.i and dep(verb) in ("xcomp", "advcl") and verb.head.pos_ == "VERB":
        candidates.append(verb.head)
    for v in candidates:
        for c in v.children:
            if dep(c) in ("obl", "nmod", "obj", "iobj", "obl:unmarked") and not _in_content(c, quotation):
                case = next((k.lower_ for k in c.children if dep(k) == "case"), "")
                medium = media.get(c.lemma_.lower()) or media.get(c.lower_)
                if medium and (case in _PLACES or (dep(c) in ("obj", "iobj") and medium in ("press_conference", "broadcast", "interview"))):
                    return medium
                inner = next((k for k in c.children if dep(k) == "nmod" and k.lemma_.lower() in media), None)
                if (
                    case in ("in", "on")
                    and inner is not None
                    and c.lemma_ in ("post", "message", "series", "remark", "comment", "appearance", "part")
                ):
                    return media[inner.lemma_.lower()]
    speaker = doc[att.speaker] if att.speaker is not None else None
    if (
        speaker is not None
        and speaker.pos_ == "NOUN"
        and media.get(speaker.lemma_.lower()) in ("statement", "report", "document", "social_media", "broadcast")
    ):
        return media[speaker.lemma_.lower()]
    return None


def _in_content(token: Token, quotation: Quotation) -> bool:
    return any(a <= token.idx < b for a, b in quotation.pieces)


def addressee_of(quotation: Quotation, doc: Doc) -> str | None:
    """Whom it was said to, as the text names them, without an article."""
    att = quotation.attribution
    if att is None or att.addressee is None:
        return None
    token = doc[att.addressee]
    if _in_content(token, quotation) and quotation.type == "direct":
        return None
    a, b = phrase(token)
    words = text_of(doc)[a:b].split()
    while words and words[0].lower() in ("the", "a", "an"):
        words = words[1:]
    return " ".join(words) or None


def said_when(
    doc: Doc, quotation: Quotation, dates: Sequence[tuple[int, int, dt.date | None, dt.date | None]]
) -> tuple[dt.date, dt.date] | None:
    """(first, last) day of speaking: a resolved date that hangs on the cue and stands outside the content."""
    verb = _verb(quotation, doc)
    if verb is None:
        return None
    sent = verb.sent
    best: tuple[int, tuple[dt.date, dt.date]] | None = None
    for start, end, first, last in dates:
        if (
            first is None
            or last is None
            or not sent.start_char <= start < sent.end_char
            or any(a < end and start < b for a, b in quotation.pieces)
        ):
            continue
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            continue
        root = span.root
        holder = root.head
        while (
            holder.i != verb.i
            and holder.head.i != holder.i
            and dep(holder) in ("obl", "nmod", "case", "compound", "flat", "obl:tmod", "obl:unmarked", "nmod:tmod")
        ):
            holder = holder.head
        if holder.i == verb.i:
            gap = abs(root.i - verb.i)
            if best is None or gap < best[0]:
                best = (gap, (first, last))
    return best[1] if best else None
