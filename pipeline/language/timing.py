"""When each event mention happened: the dates of its own clause. What another mention of the same happening says is lent later."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.language import relations as rel
from pipeline.language.circumstances import CLAUSE, FAR, SAME, before_colon_or_report, clause_of, distance, path_up
from pipeline.language.mention import Mention, When

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

COARSE = {"day": 0, "week": 1, "month": 2, "quarter": 3, "season": 4, "year": 5, "decade": 6, "century": 7, "none": 9}
ATTRIBUTIVE = frozenset({"nmod:poss", "poss", "compound", "amod", "nmod", "nmod:unmarked", "nmod:tmod"})
AFTER = frozenset({"after", "before", "until", "till", "following", "prior"})
"""Prepositions that place an event beside a time, not in it."""

WITHIN = frozenset({"in", "on", "during", "of"})
HOLDING = frozenset({"in", "during", "by", "at", "with", "amid", "through", "to"})
"""Prepositions of a noun trigger that its verb's date holds for too; "jailed on Thursday for the killing" does not date the killing."""
PHRASE = 12
"""Most words between a noun trigger and the date of its own phrase, where the tree hangs the date elsewhere."""


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
            far = far_of(head, mention)
            if far >= FAR:
                continue
            rank = (far, COARSE.get(row.precision, 9), abs(row.start - mention.start))
            if best is None or rank < best:
                best, chosen = rank, row
        if chosen is not None:
            mention.when = When(chosen.date_start, chosen.date_end, chosen.precision, "text")
    del published


def far_of(head: Token, mention: Mention) -> int:
    """Distance of a date from a mention; FAR where it dates something else."""
    if rel.preposition(head) in AFTER:
        return FAR
    if _in_phrase(head, mention.head):
        return SAME
    noun = head.head.pos_ in ("NOUN", "PROPN") and head.head.i not in (mention.head.i, mention.head.head.i)
    if noun and head.dep_ in ATTRIBUTIVE:  # "last year's election", "the 2014 war": a noun's date is that noun's
        return FAR
    if told := _told(head):
        return (
            SAME
            if mention.head.i == told.i
            else SAME + 1
            if mention.head.head.i == told.i
            else CLAUSE
            if told.is_ancestor(mention.head)
            else FAR
        )
    far = distance(head, mention.head)
    if far in (SAME, SAME + 1):
        return far
    if far == CLAUSE:
        return FAR if _deep(mention.head, head.head) else far
    if before_colon_or_report(head) or _marked_clause(head, mention.head):
        return FAR
    return far


def _told(date: Token) -> Token | None:
    """The verb a date belongs to where the tree hung it on the verb of saying behind: in "A bomb went off on Monday, a spokesman told
    reporters" the date stands in what is told, with a comma between it and the teller. None elsewhere."""
    teller = date.head
    if date.i >= teller.i or date.dep_ not in rel.OBLIQUE:
        return None
    clauses = [c for c in teller.children if c.dep_ in ("ccomp", "parataxis") and c.i < date.i and c.pos_ in rel.VERBAL]
    if not clauses:
        return None
    content = clauses[-1]
    comma = [w.i for w in date.doc[content.i + 1 : teller.i] if w.text == ","]
    return content if comma and comma[0] > date.i else None


def _in_phrase(date: Token, trigger: Token) -> bool:
    """Whether a date stands in a noun trigger's own phrase behind it: "the killing of 172 villagers in 1983" dates the killing."""
    if trigger.pos_ in rel.VERBAL or date.i < trigger.i or rel.preposition(date) not in WITHIN:
        return False
    if trigger.i in path_up(date):
        between = path_up(date)[1 : path_up(date).index(trigger.i)]
        return all(date.doc[i].pos_ in ("NOUN", "PROPN", "NUM") for i in between)
    words = date.doc[trigger.i + 1 : date.i]
    return any(w.lower_ == "of" for w in words[:1]) and len(words) <= PHRASE and not any(w.pos_ in (*rel.VERBAL, "PUNCT") for w in words)


def _deep(trigger: Token, verb: Token) -> bool:
    """Whether a noun trigger is only spoken of in what a verb takes: "released a statement about the deaths today" dates the release."""
    path = path_up(trigger)
    if trigger.pos_ in rel.VERBAL or verb.i not in path:
        return False
    between = path[1 : path.index(verb.i)]
    top = trigger.doc[path[path.index(verb.i) - 1]]
    if top.dep_ in rel.OBLIQUE and (rel.preposition(top) or "in") not in HOLDING:
        return True
    return any(trigger.doc[i].pos_ in ("NOUN", "PROPN") and trigger.doc[i].dep_ not in ("conj", "appos") for i in between)


def _marked_clause(date: Token, trigger: Token) -> bool:
    """Whether a date stands in a clause of its own under the trigger's ("killed …, the worst day since India revoked … in August")."""
    clause = clause_of(date)
    return (
        clause.i != trigger.i
        and clause.dep_ in ("advcl", "acl:relcl", "acl")
        and trigger.i in path_up(clause)
        and clause.i in path_up(date)
    )
