"""Figures that are no claims of an article: parts of dates and names; and bare figures beside a name, which are ages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.language import tree
from pipeline.language.entitylike import EntityLike
from pipeline.language.rowlike import DateLike
from pipeline.text import numbers
from pipeline.text.numbers import NumberSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc

_AGO = re.compile(r"\s+(?:ago|earlier this|from now)\b", re.I)
_OF_YEAR = re.compile(r"\s+of\s+(?:\d{4}|(?:this|last|next|the) year)\b", re.I)


def is_date(text: str, span: NumberSpan, dates: Sequence[DateLike]) -> bool:
    """Whether a number belongs to a date. Durations stay claims ("six-week war", "over the last three years"), but not as deictic dates
    ("three weeks ago", "the first nine months of 2019") unless they are bounded ("more than ten years ago")."""
    if span.kind in ("duration", "age"):
        if span.kind == "age" or span.modifier in ("more_than", "less_than", "at_least", "at_most", "between"):
            return False
        return span.modifier != "approximate_word" and bool(_AGO.match(text, span.end) or _OF_YEAR.match(text, span.end))
    for row in dates:
        touching = row.start < span.number_end and span.number_start < row.end and row.type != "DURATION"
        if touching and (span.unit is None or span.kind in ("count", "rate")):
            return not (span.kind == "rate" and row.start >= span.number_end)
    return False


def is_name(doc: Doc, span: NumberSpan, entities: Sequence[EntityLike]) -> bool:
    """Whether a number stands inside a name ("Boeing 737", "Channel 4", "Five Star Movement")."""
    for entity in entities:
        if entity.start >= span.number_end:
            break
        if entity.start <= span.number_start and span.number_end <= entity.end and entity.label not in ("DATE", "MONEY"):
            first = entity.start == span.number_start
            if not first or (
                entity.label in ("ORG", "PRODUCT", "FAC", "MISC") and (entity.text[:1].isupper() or entity.text[:1].isdigit())
            ):
                return entity.end > span.number_end or not first
    if span.kind != "count" or span.words or span.modifier != "exact":
        return False
    tokens = doc.char_span(span.number_start, span.number_end, alignment_mode="expand")
    root = tokens.root if tokens is not None else None
    return bool(
        root is not None
        and root.head.i < root.i
        and root.head.i >= root.i - 3
        and root.head.pos_ == "PROPN"
        and tree.dep(root) in ("nummod", "flat", "compound", "nmod:desc", "flat:name", "nmod:unmarked")
    )


def after_person(text: str, span: NumberSpan, entities: Sequence[EntityLike]) -> bool:
    """Whether a bare figure stands between commas after a person's name ("Sobh, 28, …"): an age."""
    return numbers.between_commas(text, span) and any(e.end == span.start - 2 and e.label == "PERSON" for e in entities)
