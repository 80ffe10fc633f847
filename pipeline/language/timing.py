"""When each event mention happened: the dates of its own clause. What another mention of the same happening says is lent later."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.language import relations as rel
from pipeline.language.circumstances import CLAUSE, FAR, SAME, before_colon_or_report, distance
from pipeline.language.mention import Mention, When

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

COARSE = {"day": 0, "week": 1, "month": 2, "quarter": 3, "season": 4, "year": 5, "decade": 6, "century": 7, "none": 9}
ATTRIBUTIVE = frozenset({"nmod:poss", "poss", "compound", "amod", "nmod", "nmod:unmarked", "nmod:tmod"})
AFTER = frozenset({"after", "before", "until", "till", "following", "prior"})
"""Prepositions that place an event beside a time, not in it."""


def date_mentions(mentions: Sequence[Mention], doc: Doc, dates: Sequence[Any], published: dt.date | None) -> None:
    """Sets `when` of each mention whose clause dates it. `dates` are the article's date rows, sorted by start."""
    starts = [t.idx for t in doc]
    by_sentence: dict[int, list[tuple[Any, Token]]] = {}
    for row in dates:
        if row.type not in ("DATE", "TIME") or row.date_start is None or row.date_end is None or row.precision == "none":
            continue
        first, stop = bisect.bisect_left(starts, row.start), bisect.bisect_left(starts, row.end)
        if first >= stop:
            continue
        by_sentence.setdefault(row.sentence_id, []).append((row, doc[first:stop].root))
    for mention in mentions:
        best: tuple[int, int, int] | None = None
        chosen = None
        for row, head in by_sentence.get(mention.sentence, ()):
            far = _far(head, mention)
            if far >= FAR:
                continue
            rank = (far, COARSE.get(row.precision, 9), abs(row.start - mention.start))
            if best is None or rank < best:
                best, chosen = rank, row
        if chosen is not None:
            mention.when = When(chosen.date_start, chosen.date_end, chosen.precision, "text")
    del published


def _far(head: Token, mention: Mention) -> int:
    """Distance of a date from a mention; FAR where it dates something else."""
    if rel.preposition(head) in AFTER:
        return FAR
    noun = head.head.pos_ in ("NOUN", "PROPN") and head.head.i not in (mention.head.i, mention.head.head.i)
    if noun and head.dep_ in ATTRIBUTIVE:  # "last year's election", "the 2014 war": a noun's date is that noun's
        return FAR
    far = distance(head, mention.head)
    if far in (SAME, SAME + 1, CLAUSE):
        return far
    if before_colon_or_report(head):
        return FAR
    return far
