"""How many: numeric claims linked to the event mentions they count the victims of."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.language.circumstances import FAR, clause_of, distance, path_up
from pipeline.language.mention import Count, Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

TYPES = {
    "killed": frozenset({"ASSAULT", "DISASTER", "TOLL", "COERCE", "DISCOVER", "PROTEST"}),
    "injured": frozenset({"ASSAULT", "DISASTER", "TOLL", "PROTEST", "COERCE"}),
    "detained": frozenset({"COERCE", "SANCTION", "ACCUSE"}),
    "released": frozenset({"RETREAT", "CONCEDE"}),
    "abducted": frozenset({"ASSAULT"}),
    "missing": frozenset({"ASSAULT", "DISASTER"}),
    "displaced": frozenset({"ASSAULT", "DISASTER", "TERRITORY", "COERCE"}),
    "deployed": frozenset({"MOBILIZE", "AID", "RETREAT"}),
}
"""Types of event that a category of claim may count the victims of."""
PREFERRED = {
    "killed": ("kill", "die", "dead", "death", "slay", "murder", "execute", "shoot", "drown"),
    "injured": ("injure", "wound", "hurt", "injury"),
}


def link_claims(mentions: Sequence[Mention], doc: Doc, claims: Sequence[Any]) -> None:
    """Gives each claim with a category to the nearest mention of a fitting type in its sentence, and to those it is told under ("killed
    in an attack" tells the number of both)."""
    starts = [t.idx for t in doc]
    by_sentence: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    for claim in claims:
        types = TYPES.get(claim.category)
        if types is None or claim.kind != "count" or claim.negated:
            continue
        first, stop = bisect.bisect_left(starts, claim.start), bisect.bisect_left(starts, claim.end)
        near = [m for m in by_sentence.get(claim.sentence_id, ()) if m.type in types]
        if first >= stop or not near:
            continue
        owner = _owner(doc[first:stop].root, claim, near)
        if owner is None:
            continue
        count = Count(claim.low, claim.value, claim.high, claim.claim_id)
        slot = "missing" if claim.category == "abducted" else claim.category
        if claim.category == "abducted":
            continue
        for mention in [owner, *(m for m in near if m is not owner and _told_under(owner, m))]:
            mention.counts.setdefault(slot, count)


def _owner(head: Token, claim: Any, near: Sequence[Mention]) -> Mention | None:
    """The mention whose victims a claim counts."""
    words = PREFERRED.get(claim.category, ())
    up = path_up(head)
    above = [m for m in near if m.head.i in up]
    if above:
        return min(above, key=lambda m: up.index(m.head.i))
    rated = [(distance(head, m.head), m.head.lemma_.lower() not in words, abs(m.start - claim.start), k) for k, m in enumerate(near)]
    best = min(rated)
    if best[0] < FAR:
        return near[best[3]]
    return near[0] if len(near) == 1 and abs(near[0].start - claim.start) < 120 else None


def _told_under(owner: Mention, other: Mention) -> bool:
    """Whether one mention is told as part of the other: "killed in an attack", "an attack that killed"."""
    if other.type != owner.type:
        return False
    up, down = path_up(owner.head), path_up(other.head)
    if owner.head.i in down:
        between = down[1 : down.index(owner.head.i)]
        return len(between) <= 1 or clause_of(other.head).i == owner.head.i
    if other.head.i in up:
        between = up[1 : up.index(other.head.i)]
        return len(between) <= 1
    return other.head.dep_ in ("nsubj", "obl", "nsubj:pass", "obl:agent") and other.head.head.i == owner.head.i
