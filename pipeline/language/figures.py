"""A quantity of the text joined with the tree: what it counts, what befell that, and which figures of a sentence are parts of another."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.language import answerable, counting, fates, predicates
from pipeline.language.rowlike import SentenceLike
from pipeline.text.numbers import NumberSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc

MEASURES = frozenset({"length", "area", "mass", "volume", "speed", "temperature", "energy", "duration", "money", "percent", "age"})
BEFALLS = frozenset({"killed", "injured", "missing", "detained", "released", "abducted"})
UNCOUNTED = frozenset({"duration", "age", "length", "speed", "temperature", "score"})


@dataclasses.dataclass(slots=True)
class Figure:
    """A quantity with what the tree says of it. `start` and `end` hold modifier, number and what is counted; `part_of` is the place of
    the whole in the list of figures."""

    span: NumberSpan
    sentence: SentenceLike
    counted: predicates.Counted
    fate: predicates.Fate
    start: int
    end: int
    counted_text: str | None = None
    part_of: int | None = None


def read(doc: Doc, span: NumberSpan, sentence: SentenceLike) -> Figure | None:
    """Joins a quantity with the tree."""
    number = doc.char_span(
        span.number_start, span.end if span.unit and span.kind in MEASURES | {"rate"} else span.number_end, alignment_mode="expand"
    )
    if number is None:
        return None
    measured = span.kind in MEASURES or (span.kind in ("rate", "other", "ratio") and span.unit is not None and span.unit != "ratio")
    whole = doc.char_span(span.start, max(span.number_end, span.end if measured else 0), alignment_mode="expand")
    found = dataclasses.replace(counting.counted(doc, number, span.end, measured=measured, money=span.kind == "money"), number=whole)
    if span.gate is None and _no_noun(found, span):
        return None
    fate = fates.fate(found, money=span.kind == "money")
    if span.gate is not None and fate.category not in BEFALLS:
        return None  # "one of the reasons"; but "one of the crewmen was killed"
    if span.kind in UNCOUNTED | {"area", "volume", "mass", "energy"}:
        voted = span.kind == "score" and fate.predicate is not None and predicates.lookup(fate.predicate, "VERB", ("agent",)) == "voted"
        fate = dataclasses.replace(fate, category="voted" if voted else "other")  # hours and miles befall nobody; "voted 89-8"
    start, end = span.start, span.end
    text = _counted_text(found, span, sentence)
    if text is not None and not any(bracket in doc.text[span.end : text[0]] for bracket in "()"):
        end = max(end, text[1])
    while end > start and doc.text[end - 1].isspace():
        end -= 1
    return Figure(span, sentence, found, fate, start, end, None if text is None else doc.text[text[0] : text[1]])


def _counted_text(found: predicates.Counted, span: NumberSpan, sentence: SentenceLike) -> tuple[int, int] | None:
    """Characters of the counted phrase: after the figure, or before it where a number was announced ("the number of migrants")."""
    if found.phrase is None or not len(found.phrase):
        return None
    text = found.phrase.doc.text
    low, high = found.phrase[0].idx, found.phrase[-1].idx + len(found.phrase[-1])
    if high <= span.start:
        return low, high
    low = max(low, span.end if low < span.end else low)
    while low < high and not text[low].isalnum():
        low += 1
    if low >= high or high > sentence.end or low < span.number_end:
        return None
    return (low, high) if span.kind not in UNCOUNTED or (span.kind == "duration" and found.rule == "of") else None


_ONE_OF = re.compile(r"one of (?:the|its|their|his|her|our|those|these)\b", re.I)


def one_of_many(text: str, span: NumberSpan) -> bool:
    """Whether a figure gated as a pronoun is the "one" of "one of the crewmen", a quantity where something befell that one."""
    return span.gate == "pronoun" and _ONE_OF.match(text, span.number_start) is not None


def _no_noun(found: predicates.Counted, span: NumberSpan) -> bool:
    """Pronominal "one" that stands for a noun, and long figures without separators that count nothing (codes, numbers of units)."""
    if (
        (
            found.rule == "alone"
            and not span.words
            and span.number_end - span.number_start >= 5
            and span.value == span.low == span.high
            and span.form == "cardinal"
        )
        and span.unit is None
        and span.value is not None
        and span.value >= 10_000
        and span.plain
    ):
        return True
    if span.value == 1 and span.words and span.kind == "count" and span.modifier == "exact":
        if found.rule == "alone":
            return True
        if found.head is not None and found.head.lower_ in ("another", "other", "day", "thing", "point", "way", "side"):
            return True
    return False


_INCLUDING = re.compile(
    r"(?:\bincluding|\bamong (?:them|whom|which)|\bof (?:them|whom|which)),?\s+(?:(?:at least|about|the|some|nearly|more than)\s+)*$", re.I
)


def join_parts(text: str, found: list[Figure]) -> None:
    """Marks "three children" as part of "12 people" and hands on category and counted noun inside a sentence."""
    share_later(text, found)
    for k, one in enumerate(found):
        if one.span.kind not in ("count", "ratio"):
            continue
        earlier = [j for j in range(k) if found[j].sentence is one.sentence and found[j].span.kind == "count"]
        if earlier and _INCLUDING.search(text, max(0, one.start - 60), one.start):
            parent = earlier[-1] if found[earlier[-1]].part_of is None else found[earlier[-1]].part_of
            one.part_of = parent
            if parent is not None and one.fate.category == "other" and one.counted.head is not None:
                one.fate = dataclasses.replace(one.fate, category=found[parent].fate.category)
        if not earlier and answerable.continues_count(one.sentence.text):
            earlier = [
                j for j in range(k) if one.sentence.sentence_id - found[j].sentence.sentence_id <= 1 and found[j].span.kind == "count"
            ]
        if one.counted.rule == "alone" and one.counted_text is None and one.span.form != "score" and not _A_THING.match(text, one.span.end):
            _fill_elided(one, [found[j] for j in earlier])


_OR_EVEN = re.compile(r",?\s+(?:or|and|if not)\s+(?:even\s+|perhaps\s+|possibly\s+|maybe\s+)?", re.I)


def share_later(text: str, found: Sequence[Figure]) -> None:
    """ "hundreds of thousands, or even millions of deaths": a bare number coordinated with the next takes what that counts."""
    for one, other in itertools.pairwise(found):
        bare = one.counted.rule in ("alone", "of") and one.span.end == one.end and one.span.kind == other.span.kind == "count"
        if not bare or one.counted_text is not None or other.counted_text is None or one.sentence is not other.sentence:
            continue
        if _OR_EVEN.fullmatch(text, one.span.end, other.span.start):
            one.counted_text = other.counted_text
            one.counted = dataclasses.replace(one.counted, head=other.counted.head)
            one.fate = one.fate if one.fate.category != "other" else other.fate


_A_THING = re.compile(r"\s+(?:an?|the)\s", re.I)  # "half a block" has its noun


def _fill_elided(one: Figure, earlier: Sequence[Figure]) -> None:
    """ "Three people were killed and 11 wounded": a bare number takes the counted noun of the nearest count before it in the sentence."""
    for other in reversed(earlier):
        if other.counted.head is not None and other.counted_text is not None:
            one.counted_text = other.counted_text
            one.counted = dataclasses.replace(one.counted, head=other.counted.head)
            return
