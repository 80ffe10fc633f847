"""Which quotations the codebook counts, and whose the ones without a reporting word are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.language.attribution import Quotation
from pipeline.language.cues import text_of
from pipeline.language.speakers import FIRST, UNKNOWN, Speaker, Speakers

if TYPE_CHECKING:
    from spacy.tokens import Doc


# "who asked not to be named" says how a source is quoted, not what it says.
_ANONYMOUS = re.compile(r"(?:not to be|to (?:remain|stay)|for|that \w+ (?:not be|name)) (?:named|identified|quoted|anonym|be)")


FEWEST_WORDS = 4  # of a clause: of seven shorter ones in the coded train articles none was a quote


def counts(quotation: Quotation, doc: Doc) -> bool:
    """Whether a quotation is one by the codebook: somebody's words or stated position, not a mere attitude, question of fact or
    unsaid word.
    """
    att = quotation.attribution
    if att is None:
        return True
    if quotation.type == "direct" and att.entry is None:
        return True
    speaker = doc[att.speaker] if att.speaker is not None else None
    if att.source is None and att.passive and quotation.type == "indirect":
        return False
    nobody = speaker is None or speaker.lower_ in FIRST or speaker.lower_ in ("you", "it", "this", "that")
    if att.entry is not None and att.entry.kind != "speech" and quotation.type == "indirect" and nobody:
        return False
    if (
        (att.negated or att.unreal)
        and quotation.type == "indirect"
        and (att.entry is None or att.entry.cue_class in ("say", "announce", "report", "believe", "claim", "promise", "estimate"))
    ):
        return False
    if quotation.type == "direct" and att.source is None and len(text_of(doc)[quotation.start : quotation.end].split()) < 4:
        return False
    words = len(text_of(doc)[quotation.start : quotation.end].split())
    if quotation.type == "indirect" and att.frame in ("clause", "host") and words < FEWEST_WORDS and not _finite(quotation, doc):
        return False
    if att.entry is not None and att.entry.cue_class == "ask" and _ANONYMOUS.match(text_of(doc), quotation.start, quotation.end):
        return False
    return not (speaker is not None and speaker.lower_ in ("you", "i", "we") and quotation.type == "indirect")


def _finite(quotation: Quotation, doc: Doc) -> bool:
    """Whether the content holds a finite verb."""
    return any(
        t.tag_ in ("VBD", "VBZ", "VBP", "MD") for a, b in quotation.pieces for t in doc.char_span(a, b, alignment_mode="expand") or ()
    )


def seen_by_both(quotation: Quotation) -> bool:
    """Whether the tree and the core found the same content."""
    return quotation.attribution is not None and quotation.attribution.support in ("agree", "near")


def is_adjunct(quotation: Quotation) -> bool:
    """Whether it is "according to" somebody or something, which the words themselves make a source."""
    return quotation.attribution is not None and quotation.attribution.frame == "adjunct"


def cue_of(quotation: Quotation, doc: Doc) -> tuple[int, int] | None:
    """Characters of the cue: its first run of neighbouring tokens."""
    att = quotation.attribution
    if att is None or not att.cue:
        return None
    last = att.cue[0]
    for i in att.cue[1:]:
        if i != last + 1:
            break
        last = i
    return doc[att.cue[0]].idx, doc[last].idx + len(doc[last])


def lemma_of(quotation: Quotation, doc: Doc) -> str | None:
    att = quotation.attribution
    if att is None or not att.cue:
        return None
    if att.entry is not None:
        return att.entry.lemma
    head = next((doc[i] for i in att.cue if doc[i].pos_ == "VERB"), doc[att.cue[0]])
    return str(head.lemma_ or head.lower_)


_BREAK = re.compile(r"\n\s*\n|\n")


def running(found: Sequence[Quotation], speakers: Speakers, doc: Doc) -> list[Speaker]:
    """The speaker of each quotation, in order. Quotations without a reporting word take the running speaker where that is clear:
    re-opened marks take the one they go on from (or lead up to), a quoted paragraph the only speaker of the paragraph before."""
    out: list[Speaker] = []
    documents: dict[str, Speaker] = {}
    for k, quotation in enumerate(found):
        att = quotation.attribution
        before = _last_named(out)
        if att is None:
            out.append(_floating(quotation, found, out, doc))
            continue
        outer = None
        for j in range(k - 1, -1, -1):
            if found[j].start <= (doc[att.cue[0]].idx if att.cue else quotation.start) < found[j].end:
                outer = out[j]
                break
        token = doc[att.speaker] if att.speaker is not None else None
        found_speaker = speakers.of(token, outer, before, att.source, documents, att.cue[0] if att.cue else None)
        if token is None and quotation.type != "indirect" and att.source is None:
            found_speaker = _floating(quotation, found, out, doc)
        out.append(found_speaker)
        if att.cue and found_speaker.name is not None and found_speaker.kind in ("person", "organization", "country"):
            documents |= {t.lemma_.lower(): found_speaker for t in doc[att.cue[0]].children if t.pos_ == "NOUN" and t.i != att.speaker}
    for k in range(len(found) - 2, -1, -1):  # marks left open for the next paragraph: the same speaker
        if out[k].name is None and found[k].attribution is None and found[k + 1].reopens and out[k + 1].name is not None:
            out[k] = dataclasses.replace(out[k + 1], basis="reopened", confidence=out[k + 1].confidence * 0.95)
    return out


def _last_named(out: Sequence[Speaker]) -> Speaker | None:
    return next((s for s in reversed(out) if s.name is not None), None)


def _floating(quotation: Quotation, found: Sequence[Quotation], out: Sequence[Speaker], doc: Doc) -> Speaker:
    """The running speaker: whoever alone speaks in the paragraph before (or earlier in this one); UNKNOWN where several do."""
    if not out:
        return UNKNOWN
    text = text_of(doc)
    k = next((j for j in range(len(out) - 1, -1, -1) if not found[j].inside), len(out) - 1)  # not who is quoted inside of it
    last, speaker = found[k], out[k]
    if quotation.reopens and speaker.name is not None:
        return dataclasses.replace(speaker, basis="reopened", confidence=speaker.confidence * 0.95)
    breaks = len(re.findall(r"\n\s*\n|\n", text[last.end : quotation.start]))
    if breaks > 1 or speaker.name is None or last.inside:
        return UNKNOWN
    paragraph = max(text.rfind("\n", 0, last.start), 0)
    recent = [(q, s) for q, s in zip(found, out, strict=False) if q.start >= paragraph and not q.inside]
    names = {s.name for q, s in recent if s.name is not None}
    if len(names) > 1:
        return UNKNOWN
    return dataclasses.replace(speaker, basis="running", confidence=speaker.confidence * 0.85)
