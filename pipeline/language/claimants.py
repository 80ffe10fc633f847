"""Who answers for a figure: the speaker of the quote it stands in, of a cue beside it, or of the number it breaks down."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.language import answerable
from pipeline.language.figures import Figure
from pipeline.language.rowlike import QuoteLike
from pipeline.text.numbers import NumberSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Whoever answers for a figure, and the quote it stands in."""

    speaker: str | None
    quote: QuoteLike | None


def sources(doc: Doc, found: Sequence[Figure], quotes: Sequence[QuoteLike]) -> list[Source]:
    """Who answers for each figure: the speaker of the quote it stands in; else of a reporting verb that governs it, or of the sentence's
    "according to"; else, where the sentence breaks a number down, whoever gave that number."""
    out: list[Source] = []
    for k, one in enumerate(found):
        quote = _quote_of(one.span, quotes)
        if quote is not None:  # whoever denies something does not claim its figures
            out.append(Source(None if quote.cue_class == "deny" else quote.speaker, quote))
        else:
            speaker = _speaker_beside(doc, one, quotes)
            if speaker is None and k and answerable.continues_count(one.sentence.text):
                before = found[k - 1].sentence
                near = before.paragraph == one.sentence.paragraph and one.sentence.sentence_id - before.sentence_id <= 1
                speaker = out[k - 1].speaker if near else None
            out.append(Source(speaker, None))
    return out


def _speaker_beside(doc: Doc, one: Figure, quotes: Sequence[QuoteLike]) -> str | None:
    """The speaker of a cue in the figure's sentence whose content was read too short to hold the figure."""
    for quote in quotes:
        if quote.cue_start is None or quote.cue_end is None or not one.sentence.start <= quote.cue_start < one.sentence.end:
            continue
        whole = "adjunct" in quote.rule.partition("/")[0]
        if quote.cue_class != "deny" and (whole or answerable.governed(doc, (quote.cue_start, quote.cue_end), one.span.number_start)):
            return quote.speaker
    return None


def _quote_of(span: NumberSpan, quotes: Sequence[QuoteLike]) -> QuoteLike | None:
    """The innermost quote one of whose pieces holds the figure."""
    best: tuple[int, QuoteLike] | None = None
    for quote in quotes:
        if quote.start > span.number_start:
            break
        for piece in (quote.segments or f"{quote.start}:{quote.end}").split():
            low, high = map(int, piece.split(":"))
            if low <= span.number_start and span.number_end <= high and (best is None or quote.end - quote.start < best[0]):
                best = (quote.end - quote.start, quote)
    return best[1] if best else None
