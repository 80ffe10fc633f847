"""What mentions of one happening lend each other: the codebook's "each mention takes the happening's most precise place and date"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from pipeline.language import relations as rel
from pipeline.language.circumstances import path_up
from pipeline.language.frames import Classes
from pipeline.language.mention import Mention, Party, When
from pipeline.language.timing import COARSE
from pipeline.language.whereabouts import Whereabouts
from pipeline.text.happenings import Told, clusters, stem_of

CARRIED = frozenset({"ASSAULT", "DISASTER", "PROTEST", "TERRITORY", "COERCE", "CONSULT", "DISCOVER"})
"""Types done in deed, whose undated mentions a story's only day holds for (dates on gold/dev: F 24 without, 30 with)."""
LEAD = 2
"""Sentences, the title among them, that tell a story's main happening."""

Watch = Callable[[Whereabouts, Sequence[Sequence[Mention]]], None]


def share(mentions: Sequence[Mention], whereabouts: Whereabouts, classes: Classes, watch: Watch | None = None) -> None:
    """Clusters the mentions and lets each take its happening's finest place and date, and its numbers; then the story's places."""
    numbers, _ = clusters([told(m, mentions, classes) for m in mentions])
    groups: dict[int, list[Mention]] = {}
    for mention, number in zip(mentions, numbers, strict=True):
        mention.cluster = number
        groups.setdefault(number, []).append(mention)
    for group in groups.values():
        _dates(group)
    _carry_dates(mentions)
    if watch is not None:
        watch(whereabouts, list(groups.values()))
    whereabouts.place(list(groups.values()))


def _dates(group: Sequence[Mention]) -> None:
    dated = [m.when for m in group if m.when is not None]
    if not dated:
        return
    best = min(dated, key=lambda w: COARSE.get(w.precision, 9))
    for mention in group:
        own = mention.when
        if own is None or (
            COARSE.get(best.precision, 9) < COARSE.get(own.precision, 9) and own.start <= best.start and best.end <= own.end
        ):
            mention.when = When(best.start, best.end, best.precision, "narrative")


def _carry_dates(mentions: Sequence[Mention]) -> None:
    """Where a story tells one day (or week) alone for its acts of a type, the undated ones of the type are that day's too."""
    told_days: dict[str, set[tuple[dt.date, dt.date, str]]] = {}
    for mention in mentions:
        when = mention.when
        if when is not None and when.basis == "text" and mention.factuality == "asserted" and when.precision in ("day", "week"):
            told_days.setdefault(mention.type, set()).add((when.start, when.end, when.precision))
    for mention in mentions:
        days = told_days.get(mention.type, set())
        if mention.when is None and mention.factuality == "asserted" and mention.type in CARRIED and len(days) == 1:
            mention.when = When(*next(iter(days)), "narrative")


def told(mention: Mention, mentions: Sequence[Mention], classes: Classes) -> Told:
    """The record that clustering reads."""
    head = mention.head
    killed = mention.counts.get("killed")
    return Told(
        type=mention.type,
        mode=mention.mode,
        stem=stem_of(head.lemma_.lower()),
        sentence=mention.sentence,
        head=head.i,
        bound=_bound(mention, mentions),
        factuality=mention.factuality,
        actors=frozenset(filter(None, map(_key, mention.actors))),
        recipients=frozenset(filter(None, map(_key, mention.recipients))),
        start=mention.when.start if mention.when else None,
        end=mention.when.end if mention.when else None,
        place=mention.where.text.lower() if mention.where and mention.where.text else None,
        country=mention.where.country if mention.where else None,
        killed=(killed.best if killed.best is not None else killed.low) if killed else None,
        definite=any(c.lower_ in ("the", "this", "that", "these", "those", "such") for c in head.children),
        general=classes.has("general", head),
        lead=mention.title or mention.sentence <= LEAD,
    )


def _key(party: Party) -> str | None:
    return party.entity_id or party.text.lower().split()[-1]


def _bound(mention: Mention, mentions: Sequence[Mention]) -> int | None:
    """Head of a mention of the same type in the same clause that this one is told under: "killed in an attack", "an attack that killed"."""
    up = path_up(mention.head)
    for other in mentions:
        if other is mention or other.sentence != mention.sentence or other.type != mention.type:
            continue
        if other.head.i in up[1:3] and mention.head.dep_ in ("obl", "nsubj", "obl:agent", "nmod", "acl", "acl:relcl", "advcl", "obj"):
            if mention.head.dep_ == "nmod" and rel.preposition(mention.head) not in ("in", "by", "during"):
                continue
            return other.head.i
    return None
