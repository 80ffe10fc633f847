"""The same happening in several articles: which article clusters are one event. Pure; the corpus stage feeds it.

Candidates share a block: the type, the country, and a date within a day of each other (a week for coarser dates). Two clusters of a block
are one happening where their numbers do not contradict each other and they share a place and a party, or a party on both sides, or the
number killed. Clusters of one article are never joined: the article told them apart. Undated clusters join only those of a near copy.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

DAY = dt.timedelta(days=1)
LONGEST = 8
"""Days a happening's date may span to be joined by date: a month or a year holds too many others."""


@dataclasses.dataclass(frozen=True, slots=True)
class Happening:
    """One article's cluster. `copy` names the article it is a near copy of; `words` are the triggers with their sentences, for copies."""

    key: str
    article: str
    copy: str | None
    type: str
    stems: frozenset[str]
    countries: frozenset[str]
    places: frozenset[str]
    actors: frozenset[str]
    recipients: frozenset[str]
    start: dt.date | None
    end: dt.date | None
    killed: float | None
    published: dt.date | None
    words: frozenset[str]


def join(happenings: Sequence[Happening]) -> dict[str, str]:
    """The key each happening is joined to, itself where to none: the earliest published of its group, then the smallest key."""
    ordered = sorted(happenings, key=lambda h: (h.published or dt.date.max, h.key))
    groups: dict[str, list[Happening]] = {}
    owner: dict[str, str] = {}
    blocks: dict[tuple[str, str], list[str]] = {}
    for happening in ordered:
        chosen = None
        for block in _blocks(happening):
            for key in blocks.get(block, ()):
                group = groups[key]
                if (
                    all(h.article != happening.article for h in group)
                    and any(same(h, happening) for h in group[:6])
                    and not any(_contradict(h, happening) for h in group[:6])
                ):
                    chosen = key
                    break
            if chosen is not None:
                break
        if chosen is None:
            chosen = happening.key
            groups[chosen] = []
        groups[chosen].append(happening)
        owner[happening.key] = chosen
        for block in _blocks(happening):
            members = blocks.setdefault(block, [])
            if chosen not in members:
                members.append(chosen)
    return owner


def _blocks(happening: Happening) -> Iterator[tuple[str, str]]:
    yield happening.type, happening.copy or happening.article
    if happening.start is None or happening.end is None or (happening.end - happening.start).days > LONGEST:
        return
    day = happening.start - DAY
    while day <= happening.end + DAY:
        for country in sorted(happening.countries) or [""]:
            yield happening.type, f"{country} {day.isoformat()}"
        day += DAY


def same(a: Happening, b: Happening) -> bool:
    """Whether two clusters of different articles tell one happening."""
    if a.type != b.type:
        return False
    if (a.copy or a.article) == (b.copy or b.article) and a.words & b.words:
        return True
    if a.start is None or b.start is None or a.end is None or b.end is None:
        return False
    if a.start > b.end + DAY or b.start > a.end + DAY:
        return False
    shared = bool(a.stems & b.stems)
    place = bool(a.places & b.places)
    parties = len(a.actors & b.actors) + len(a.recipients & b.recipients)
    number = a.killed is not None and a.killed == b.killed and a.killed > 1
    return (
        (place and (parties > 0 or (shared and number)))
        or parties > 1
        or (number and (place or parties > 0 or bool(a.countries & b.countries)))
        or (shared and place and not (a.actors and b.actors))
    )


def _contradict(a: Happening, b: Happening) -> bool:
    if a.actors and b.actors and not a.actors & b.actors and a.recipients and b.recipients and not a.recipients & b.recipients:
        return True
    if a.killed is not None and b.killed is not None and min(a.killed, b.killed) * 2 < max(a.killed, b.killed):
        return True  # counts rise from report to report, but seldom double
    return bool(a.countries and b.countries and not a.countries & b.countries)
