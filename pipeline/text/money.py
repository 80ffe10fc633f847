"""Which currency an open sign means in a story: named elsewhere in it, its country's, or the US dollar by convention."""

from __future__ import annotations

import dataclasses

from pipeline.text import units
from pipeline.text.numbers import NumberSpan


@dataclasses.dataclass(frozen=True, slots=True)
class Story:
    """What a story tells about its currencies: countries (ISO alpha-3, most named first) and the codes it names outright."""

    countries: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()


def resolve(span: NumberSpan, story: Story) -> tuple[str | None, str]:
    """(ISO code or None, basis) of a money quantity. An open sign takes the one candidate the article names elsewhere, else the
    candidate of
    the story's most named country; a bare "$" in a country without a dollar of its own is the US dollar ("convention"). Else it stays
    open."""
    if span.unit is not None:
        return span.unit, span.unit_basis or "name"
    named = [c for c in span.candidates if c in story.named]
    if len(named) == 1:
        return named[0], "article"
    where = units.currencies().countries
    for country in story.countries[:1]:
        home = [c for c in span.candidates if country in where.get(c, frozenset())]
        if len(home) == 1:
            return home[0], "place"
        if len(home) > 1 and "USD" in home:
            return "USD", "place"
        if "USD" in span.candidates:
            return "USD", "convention"
    for country in story.countries[1:4]:
        home = [c for c in span.candidates if country in where.get(c, frozenset())]
        if len(home) == 1:
            return home[0], "place"
    return None, "ambiguous"
