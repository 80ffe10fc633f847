"""Mentions of one happening: which event mentions of an article tell the same thing, and what they lend each other.

A pure function over small records, so that it can be tested without a model. Two mentions are one happening where their types agree (or
both are violence in one sentence), nothing they say contradicts (dates, places, numbers, parties), and they share something that tells it
is the same: the word, a party, a place with a date, or their sentence. Merging goes mention by mention to the best earlier cluster, then
cluster by cluster by what their mentions tell together; each merge has one reason and can be undone by dropping it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What one mention tells, for clustering. Parties are entity ids or head words in lower case; `stem` is the trigger's root."""

    type: str
    mode: str | None
    stem: str
    sentence: int
    head: int
    bound: int | None = None  # head of the mention this one is grammatically part of ("killed in an attack")
    factuality: str = "asserted"
    actors: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    start: dt.date | None = None
    end: dt.date | None = None
    place: str | None = None
    country: str | None = None
    killed: float | None = None
    definite: bool = False
    general: bool = False  # a word for any act of the type ("the attack", "the incident")
    lead: bool = False  # in the title or the first sentences


@dataclasses.dataclass(frozen=True, slots=True)
class Merge:
    """Why a mention joined a cluster: the mention it joined and the reason."""

    mention: int
    joined: int
    reason: str


VIOLENT = frozenset({"ASSAULT", "TERRITORY", "TOLL"})
JOINED = 1.2
"""Least score to join a cluster (B-cubed F on gold/train 79.8 at 1.6, 80.8 at 1.2; on gold/dev 76.4 and 77.8)."""
MERGED = 1.4
"""Least score at which two clusters are joined (B-cubed F on gold/train 80.8 without, 81.1 at 1.4; on gold/dev 77.8 and 78.1)."""
RECENT = 6
"""Sentences after which a bare shared word no longer makes two mentions one happening."""


def clusters(mentions: Sequence[Told]) -> tuple[list[int], list[Merge]]:
    """Cluster number of each mention (numbered by first mention) and the merges made."""
    numbers: list[int] = []
    members: list[list[int]] = []
    merges: list[Merge] = []
    for i, mention in enumerate(mentions):
        best: tuple[float, int, int, str] | None = None
        for c, group in enumerate(members):
            if any(clash(mentions[j], mention) for j in group):
                continue
            for j in reversed(group[-8:]):
                score, reason = likeness(mentions[j], mention)
                if score >= JOINED and (best is None or score > best[0]):
                    best = (score, c, j, reason)
        if best is None:
            numbers.append(len(members))
            members.append([i])
        else:
            numbers.append(best[1])
            members[best[1]].append(i)
            merges.append(Merge(i, best[2], best[3]))
    return _joined(mentions, numbers, members, merges)


def _joined(mentions: Sequence[Told], numbers: list[int], members: list[list[int]], merges: list[Merge]) -> tuple[list[int], list[Merge]]:
    """The clusters, those joined that look like one happening by all that their mentions tell together, the likest first."""
    groups = {c: list(group) for c, group in enumerate(members)}
    scores: dict[tuple[int, int], tuple[float, str]] = {}

    def rate(a: int, b: int) -> None:
        one, other = [mentions[i] for i in groups[a]], [mentions[i] for i in groups[b]]
        if one[0].type == other[0].type:
            score, reason = alike(one, other)
            if score >= MERGED and not any(clash(x, y) for x in one for y in other):
                scores[a, b] = score, reason

    for a, b in itertools.combinations(sorted(groups), 2):
        rate(a, b)
    while scores:
        a, b = min(scores, key=lambda pair: (-scores[pair][0], pair))
        merges.append(Merge(groups[b][0], groups[a][0], scores[a, b][1]))
        groups[a] = sorted(groups[a] + groups.pop(b))
        scores = {pair: found for pair, found in scores.items() if not {a, b} & set(pair)}
        for c in groups:
            if c != a:
                rate(min(a, c), max(a, c))
    order = {c: n for n, c in enumerate(sorted(groups, key=lambda c: groups[c][0]))}
    for c, group in groups.items():
        for i in group:
            numbers[i] = order[c]
    return numbers, merges


def alike(one: Sequence[Told], other: Sequence[Told]) -> tuple[float, str]:
    """How much two clusters of one type look like one happening, and the main reason."""

    def shared(name: str) -> tuple[bool, bool]:
        a, b = (frozenset().union(*(getattr(m, name) for m in group)) for group in (one, other))
        return bool(a & b), bool(a and b)

    score, reason = 0.0, ""
    for name, plus, minus in (("recipients", 1.0, 0.5), ("actors", 0.8, 0.4)):
        common, both = shared(name)
        if common:
            score, reason = score + plus, reason or f"same {name}"
        elif both:
            score -= minus
    if {m.stem for m in one} & {m.stem for m in other}:
        score, reason = score + 0.8, reason or "same words"
    days = [{(m.start, m.end) for m in group if m.start} for group in (one, other)]
    if days[0] & days[1]:
        score, reason = score + 0.8, reason or "same date"
    places = [{m.place for m in group if m.place} for group in (one, other)]
    if places[0] & places[1]:
        score, reason = score + 0.7, reason or "same place"
    deaths = [{m.killed for m in group if m.killed} for group in (one, other)]
    if deaths[0] & deaths[1]:
        score, reason = score + 1.5, reason or "same number killed"
    if any(m.lead for m in one) and any(m.lead for m in other):
        score += 0.5
    if all(m.general for m in other):
        score += 0.4
    return score, reason or "near"


def clash(a: Told, b: Told) -> bool:
    """Whether two mentions contradict each other."""
    if a.type != b.type:
        return True
    if a.start and b.start and a.end and b.end and (a.start > b.end or b.start > a.end):
        return True
    if a.country and b.country and a.country != b.country:
        return True
    if a.killed is not None and b.killed is not None and a.killed != b.killed and min(a.killed, b.killed) * 1.5 < max(a.killed, b.killed):
        return True
    if ("historical" in (a.factuality, b.factuality)) and a.factuality != b.factuality and not (a.stem == b.stem and a.definite):
        return True
    return bool(a.mode and b.mode and a.mode != b.mode and not ({a.mode, b.mode} & LOOSE_MODES))


LOOSE_MODES = frozenset(
    {
        "targeted",
        "aerial",
        "explosives",
        "firearms",
        "heavy-weapons",
        "suicide-attack",
        "disapprove",
        "allege",
        "visit",
        "multilateral",
        "troops",
        "weapons",
        "change",
        "yield",
        "assist",
    }
)
"""Modes that another word for the same act may leave out or name otherwise."""


def likeness(a: Told, b: Told) -> tuple[float, str]:
    """How much two mentions that do not clash look like one happening, and the main reason."""
    score, reason = 0.0, ""
    if b.bound == a.head or a.bound == b.head:
        return 3.0, "one sentence"
    if a.stem == b.stem:
        score, reason = 1.2, "same word"
    if a.recipients & b.recipients:
        score, reason = score + 1.0, reason or "same recipient"
    elif a.recipients and b.recipients:
        score -= 0.6
    if a.actors & b.actors:
        score, reason = score + 0.8, reason or "same actor"
    elif a.actors and b.actors:
        score -= 0.6
    if a.actors & b.recipients or a.recipients & b.actors:
        score += 0.4
    if a.start and a.start == b.start and a.end == b.end:
        score, reason = score + 0.8, reason or "same date"
    if a.place and a.place == b.place:
        score, reason = score + 0.7, reason or "same place"
    if a.killed is not None and a.killed == b.killed:
        score, reason = score + 1.5, reason or "same number killed"
    if b.definite:
        score, reason = score + (1.6 if b.general else 0.5), reason or "the act spoken of"
    if a.lead and b.lead:
        score, reason = score + 1.2, reason or "title and lead"
    near = abs(a.sentence - b.sentence)
    if near <= 1:
        score += 0.4
    elif near > RECENT:
        score -= 0.3
    if a.factuality != b.factuality:
        score -= 0.3
    return score, reason or "near"


SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "als", "al", "ers", "er", "ed", "es", "s", "e")


def stem_of(lemma: str) -> str:
    """What verbs and nouns of one root share: "bomb", "bombing"; four letters at least are kept."""
    for suffix in SUFFIXES:
        if lemma.endswith(suffix) and len(lemma) - len(suffix) >= 4:
            return lemma[: -len(suffix)]
    return lemma
