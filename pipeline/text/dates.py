"""Recognises temporal expressions in English text: `recognise(text)` gives spans with a meaning that does not yet depend on any date of
speaking.

Spans follow TimeML: determiners and modifiers inside ("the first quarter", "early Wednesday", "about two years ago"), prepositions
outside. Where the words alone cannot say whether they are temporal ("May", "2000", "the year"), gates look at the neighbours; what they
let through with doubt carries `sure=False`, so that the stage may ask the language model. Linear in the length of the text; never raises.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Sequence

from pipeline.text import date_lengths, date_ranges, date_relations, date_sets
from pipeline.text.date_gates import plausible
from pipeline.text.date_grammar import BY_FIRST, Core, Read
from pipeline.text.date_lexicon import context
from pipeline.text.date_meaning import ClockTime, Day, Duration, Partial, Recurrent, Shift, TimexSpan, Unit
from pipeline.text.date_tokens import Tokens, tokenise

__all__ = ["date_lengths", "date_ranges", "date_relations", "date_sets", "recognise"]  # importing the four declares their rules

START_OF_RULE = re.compile("[" + re.escape("".join(sorted(BY_FIRST))) + "]")
MODIFIER = {"E": "START", "A": "END", "d": "MID", "b": "START", "x": "END"}
# What may stand before a core and belongs to it, read from its end backwards.
BEFORE = re.compile(
    r"(?:(?P<the1>t?)(?P<mod>[EAd])-?"  # early 1990, mid-November, the late 1970s
    r"|(?P<the2>t?)(?P<of>[bxdA])ft?"  # the end of 1990, the middle of the month
    r"|(?P<the3>t?)(?P<part>[EAxdL])(?P<noun>[#uh])ft?"  # the early part of 1990, the early hours of Friday
    r"|(?P<in>[EAek])pt?"  # early in 1914, later in the year
    r"|(?P<rel>[ek])"  # earlier this month
    r"|(?P<the4>t))$"
)
CURRENCY = frozenset("$£€¥")
SIGNALS = {"7": "since", "5": "from", "4": "to", "6": "until", "i": "between"}


def recognise(text: str, trusted: Sequence[tuple[int, int]] = ()) -> list[TimexSpan]:
    """The temporal expressions of `text`, in order, not overlapping. Inside `trusted` offsets (a model's spans) no gate is asked."""
    tokens = tokenise(text)
    cores = _cores(tokens, _trust(tokens, trusted))
    cores = _join(tokens, [_extend(tokens, core) for core in cores])
    return [_span(tokens, core) for core in cores]


def _trust(tokens: Tokens, spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Indices of the tokens that lie in one of the spans."""
    inside: set[int] = set()
    for start, end in spans:
        inside.update(range(bisect.bisect_left(tokens.start, start), bisect.bisect_left(tokens.start, end)))
    return frozenset(inside)


def _cores(tokens: Tokens, trusted: frozenset[int] = frozenset()) -> list[Core]:
    """The longest plausible reading at each token, from left to right."""
    kinds, position = tokens.kinds, 0
    found: list[Core] = []
    while match := START_OF_RULE.search(kinds, position):
        position = match.start()
        best: tuple[Core, ...] = ()
        for rule in BY_FIRST[kinds[position]]:
            hit = rule.pattern.match(kinds, position)
            if hit is None or (best and hit.end() <= best[-1].last):
                continue
            built = rule.build(Read(tokens, hit))
            if built is None:
                continue
            parts = built if isinstance(built, tuple) else (built,)
            if position and tokens.low[position - 1] in CURRENCY:
                continue  # "$12 December 27", "$DEC"
            parts = tuple(dataclasses.replace(core, rule=rule.name) for core in parts)
            if (not best or parts[-1].last > best[-1].last) and all(plausible(tokens, core) or core.first in trusted for core in parts):
                best = parts
        found.extend(best)
        position = best[-1].last if best else position + 1
    return found


def _extend(tokens: Tokens, core: Core) -> Core:
    """Takes in the determiner, the modifier and the part of the day that belong to a core."""
    kinds = tokens.kinds
    if isinstance(core.meaning, Partial | Day | Unit) and core.type == "DATE" and core.last < len(kinds) and kinds[core.last] in "BQ":
        meaning = core.meaning
        daily = isinstance(meaning, Day) or (isinstance(meaning, Partial) and (meaning.day or meaning.weekday or meaning.holiday))
        if daily:
            part, clock = tokens.value[core.last]
            core = dataclasses.replace(core, last=core.last + 1, type="TIME", part="" if clock else part, clock=clock)
    if core.rule == "weekday" and core.first > 1 and kinds[core.first - 2 : core.first] == "pa" and isinstance(core.meaning, Partial):
        core = dataclasses.replace(core, meaning=dataclasses.replace(core.meaning, relation="any"))
    for _ in range(2):  # "about the end of 1990" needs two rounds
        core = _extend_left(tokens, core)
    return _approximate(tokens, core)


def _extend_left(tokens: Tokens, core: Core) -> Core:
    kinds, first = tokens.kinds, core.first
    left = kinds[max(0, first - 5) : first]
    match = BEFORE.search(left)
    if match is None or isinstance(core.meaning, Recurrent):
        return core
    taken = first - len(match.group())
    head = kinds[first]
    if match["mod"]:
        if isinstance(core.meaning, Duration | Shift) or (match["mod"] == "E" and kinds[first] in "ek"):
            return core
        return dataclasses.replace(core, first=taken, modifier=MODIFIER[match["mod"]])
    if match["of"]:
        return core if isinstance(core.meaning, Duration) else dataclasses.replace(core, first=taken, modifier=MODIFIER[match["of"]])
    if match["part"]:
        noun = tokens.low[taken + len(match["the3"]) + 1]
        if noun not in context("part-word") or isinstance(core.meaning, Duration) or match["part"] == "L":
            return core
        return dataclasses.replace(core, first=taken, modifier=MODIFIER.get(match["part"], "END"))
    if match["in"]:
        word, preposition = tokens.low[taken], tokens.low[taken + 1]
        if preposition not in context("place") or word not in context("by-degree") or isinstance(core.meaning, Duration):
            return core
        return dataclasses.replace(core, first=taken, modifier="START" if word.startswith("earl") else "END")
    if match["rel"]:
        if tokens.low[taken] not in context("relative-degree") or head not in "THSRWtXL":
            return core
        return dataclasses.replace(core, first=taken, modifier="START" if tokens.low[taken] == "earlier" else "END")
    meaning = core.meaning
    if isinstance(meaning, Unit) and meaning.relation == "next":  # "the next week" is the story's, "next week" the speaker's
        meaning = dataclasses.replace(meaning, relation="following")
    if isinstance(meaning, Duration) and kinds[first + 1 : first + 2] == "-":
        return core  # "the two-week siege": the article is the noun's
    return dataclasses.replace(core, first=taken, meaning=meaning)


def _approximate(tokens: Tokens, core: Core) -> Core:
    """ "about two years ago", "more than four hours", "around Nov. 1"."""
    first = core.first
    if not first or tokens.kinds[first - 1] != "~" or not tokens.value[first - 1]:
        return core
    quantity = tokens.kinds[first] in "nNYah1" and isinstance(core.meaning, Duration | Shift)
    if not quantity and not (tokens.low[first - 1] in context("circa") and core.type != "SET"):
        return core
    return dataclasses.replace(core, first=first - 1, modifier=tokens.value[first - 1])


def _daily(core: Core) -> bool:
    meaning = core.meaning
    if isinstance(meaning, Unit):
        return meaning.unit == "day"
    return isinstance(meaning, Day) or (isinstance(meaning, Partial) and bool(meaning.day or meaning.weekday or meaning.holiday))


def _join(tokens: Tokens, cores: list[Core]) -> list[Core]:
    """Makes one timex of a clock time or part of the day and the date beside it: "9 a.m. Tuesday", "May 8 1:00 a.m.", "the morning of April
    19"."""
    out: list[Core] = []
    for core in cores:
        if out:
            last = out[-1]
            gap = tokens.kinds[last.last : core.first]
            beside = gap in ("", ",") or (gap in ("f", "ft") and bool(last.part))
            if beside and isinstance(last.meaning, ClockTime) and core.type == "DATE" and _daily(core) and not core.modifier:
                out[-1] = dataclasses.replace(
                    core, first=last.first, type="TIME", clock=last.clock, part=last.part, zone=last.zone, modifier=last.modifier
                )
                continue
            if isinstance(core.meaning, ClockTime) and core.clock and last.type == "DATE" and _daily(last) and gap in ("", ","):
                out[-1] = dataclasses.replace(last, last=core.last, type="TIME", clock=core.clock, zone=core.zone)
                continue
        while out and core.first <= out[-1].first:
            out.pop()  # "the early hours of Friday" has taken in the "hours"
        if out and core.last <= out[-1].last:
            continue  # the noon of "Friday noon" is in it already
        if out and core.first < out[-1].last:
            core = dataclasses.replace(core, first=out[-1].last)
        out.append(core)
    return out


def _span(tokens: Tokens, core: Core) -> TimexSpan:
    signal = ""
    if core.first:
        word = tokens.low[core.first - 1]
        signal = SIGNALS.get(tokens.kinds[core.first - 1], word if word in context("signal") else "")
    return TimexSpan(
        start=tokens.start[core.first],
        end=tokens.end[core.last - 1],
        type=core.type,
        meaning=core.meaning,
        part=core.part,
        clock=core.clock,
        zone=core.zone,
        modifier=core.modifier,
        signal=signal,
        sure=core.sure,
        rule=core.rule,
    )
