"""Claims: one row per quantity the article states about the world, with how sure it was, what it counts, and who makes the claim."""

from __future__ import annotations

import bisect
import collections
import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.ids import content_id
from pipeline.language import claimants, claimsetting, counting, figures, predicates, unclaimed
from pipeline.language.claimants import Source
from pipeline.language.figures import Figure
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.dates import DateRow
from pipeline.stages.entities import Entity
from pipeline.stages.quotes import Quote
from pipeline.stages.sentences import Sentence
from pipeline.text import money, numbers

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article

# Categories that befall people: a bare number under them counts persons.
PERSONAL = frozenset({"killed", "injured", "detained", "released", "abducted", "displaced", "infected", "voted"})

# Probability that a claim found by a rule is one and has the right value: shares of 473 claims in the coded articles of gold/train (unit
# 142 of 146, nummod 215 of 220, of 52 of 53, alone 53 of 54), shrunk to their mean by 20 claims. The rules were written on these articles.
CONFIDENCE = {"nummod": 0.977, "of": 0.98, "unit": 0.973, "alone": 0.98}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Row):
    """One numeric claim: a quantity the article states about the world, its bounds, what it counts and whose claim it is."""

    article_id: Annotated[Id, "article the row belongs to"]
    claim_id: Annotated[Id, "id of the claim, made from the article and its offsets"]
    sentence_id: Annotated[int, "sentence of the article the claim stands in"]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last in articles.text"]
    text: Annotated[str, "the quantity with its modifier and what it counts"]
    value: Annotated[float | None, "best single reading: middle of a range, the bound itself of a bound; null for vague plurals"]
    low: Annotated[float | None, "least the words allow; null where unbounded or unstated"]
    high: Annotated[float | None, "most the words allow; null where unbounded or unstated"]
    modifier: Annotated[
        Literal["exact", "about", "at_least", "at_most", "more_than", "less_than", "between", "approximate_word"],
        "how the words qualify the figure",
    ]
    kind: Annotated[
        Literal[
            "count",
            "money",
            "percent",
            "duration",
            "length",
            "area",
            "mass",
            "volume",
            "speed",
            "temperature",
            "energy",
            "rate",
            "age",
            "ratio",
            "score",
            "other",
        ],
        "kind of quantity",
    ]
    unit: Annotated[str | None, "canonical singular unit (person, USD, percent, kilometre); the counted noun's lemma for counts of things"]
    counted: Annotated[str | None, "noun phrase counted, without number and modifier; null where the number stands alone or measures"]
    counted_group: Annotated[
        Literal[
            "civilian", "military", "police", "rebel", "prisoner", "refugee", "child", "protester", "official", "migrant", "unspecified"
        ]
        | None,
        "group of people counted; null for things",
    ]
    predicate: Annotated[str | None, "lemma of the verb, noun or adjective that says what happened to them"]
    category: Annotated[
        Literal[
            "killed",
            "injured",
            "missing",
            "detained",
            "released",
            "abducted",
            "displaced",
            "deployed",
            "found",
            "infected",
            "voted",
            "spent",
            "other",
        ],
        "what happened, in the codebook's categories",
    ]
    date_start: Annotated[dt.date | None, "first day of the date the clause gives; null where it gives none"]
    date_end: Annotated[dt.date | None, "last day of that date, inclusive"]
    place: Annotated[str | None, "place the clause gives, as it stands; null where it gives none"]
    claimed_by: Annotated[str | None, "canonical speaker answerable for the figure; null for the article's own voice"]
    quote_id: Annotated[Id | None, "the quote the claim stands in; null where in none"]
    hedged: Annotated[bool, "the clause is put as uncertain (may, reportedly, is feared)"]
    negated: Annotated[bool, "the clause is denied"]
    confidence: Annotated[float, "probability that this is a claim with this value: the share of its rule on coded articles"]
    rule: Annotated[str, "how the counted phrase was found: nummod, of, unit, alone"]
    unit_basis: Annotated[
        Literal["iso", "symbol", "name", "noun", "ambiguous", "article", "place", "convention"] | None,
        "how a currency is known: named in place (iso, symbol, name, noun), elsewhere in the article, by the story's country, by "
        "convention (a bare $ in a country without a dollar is the US dollar), or not (ambiguous: unit null); null for other kinds",
    ]
    per: Annotated[str | None, "denominator of a rate: day, barrel, person; null where none"]
    si_value: Annotated[float | None, "value (of a vague plural: low) in si_unit; null where the unit has no SI value"]
    si_unit: Annotated[str | None, "SI unit of si_value"]
    part_of: Annotated[Id | None, "claim this one is a part of (12 people, including three children); null where of none"]


@stage(
    table="claims",
    row=Claim,
    reads=[Sentence, Entity, DateRow, Quote],
    lexicons=[
        "number_words",
        "vague_quantities",
        "modifiers",
        "number_gates",
        "units",
        "unit_senses",
        "currencies",
        "counted_groups",
        "claim_predicates",
        "claim_sources",
        "hedges",
    ],
    version=3,
)
def claims(article: Article, doc: Doc, ctx: Context) -> Iterator[Claim]:
    """Rows of every numeric claim outside boilerplate, in order."""
    entities, dates, quotes = ctx.rows(Entity), ctx.rows(DateRow), ctx.rows(Quote)
    sentences = [s for s in ctx.rows(Sentence) if s.kind != "boilerplate"]
    starts = [s.start for s in sentences]
    found: list[Figure] = []
    for span in numbers.find(article.text):
        if span.gate is not None and not figures.one_of_many(article.text, span):
            continue
        k = bisect.bisect_right(starts, span.number_start) - 1
        if k < 0 or span.number_end > sentences[k].end or span.start < sentences[k].start:
            continue
        if unclaimed.is_date(article.text, span, dates) or unclaimed.is_name(doc, span, entities):
            continue
        one = figures.read(doc, numbers.as_age(span) if unclaimed.after_person(article.text, span, entities) else span, sentences[k])
        if one is not None:
            found.append(one)
    figures.join_parts(article.text, found)
    context = money.Story(
        countries=_countries(article, entities),
        named=frozenset(
            f.span.unit
            for f in found
            if f.span.kind in ("money", "rate") and f.span.unit_basis in ("iso", "symbol", "name") and f.span.unit
        ),
    )
    ids = [content_id(article.article_id, "claim", f.start, f.end) for f in found]
    sources = claimants.sources(doc, found, quotes, entities)
    for k, f in enumerate(found):
        yield _row(article, doc, f, ids[k], ids, context, entities, dates, sources[k])


def _countries(article: Article, entities: Sequence[Entity]) -> tuple[str, ...]:
    """Countries of the story, the most named first."""
    tally = collections.Counter(e.country for e in entities if e.country and e.label in ("LOC", "NORP", "ORG", "FAC"))
    return tuple(c for c, _ in sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def _row(
    article: Article,
    doc: Doc,
    one: Figure,
    claim_id: str,
    ids: Sequence[str],
    story: money.Story,
    entities: Sequence[Entity],
    dates: Sequence[DateRow],
    source: Source,
) -> Claim:
    span, found, fate = one.span, one.counted, one.fate
    group = predicates.group_of(found.head) if span.kind in ("count", "rate", "ratio", "percent") and found.head is not None else None
    unit, basis = span.unit, span.unit_basis
    if basis is not None:
        unit, basis = money.resolve(span, story)
    elif unit is None and span.kind == "count" and found.head is None and fate.category in PERSONAL:
        unit = "person"
    elif unit is None and span.kind in ("count", "rate") and found.head is not None:
        unit = "person" if group else predicates.singular(found.head)
    kind, per = span.kind, span.per
    if kind == "count" and (unit == "person" or found.head is not None):
        by = numbers.per_what(article.text, one.end)  # "500,000 migrants annually" is a rate
        kind, per = ("rate", by[0]) if by else (kind, per)
    number = doc.char_span(span.number_start, span.number_end, alignment_mode="expand")
    clause = fate.predicate if fate.predicate is not None else found.anchor
    date = claimsetting.date_of(doc, clause, one, dates)
    if unit == "time" and one.counted_text is None:
        one.counted_text = article.text[span.number_end : span.end].strip()
    return Claim(
        article_id=article.article_id,
        claim_id=claim_id,
        sentence_id=one.sentence.sentence_id,
        start=one.start,
        end=one.end,
        text=article.text[one.start : one.end],
        value=span.value,
        low=span.low,
        high=span.high,
        modifier=span.modifier,  # type: ignore[arg-type]
        kind=kind,  # type: ignore[arg-type]
        unit=unit,
        counted=one.counted_text,
        counted_group=group,  # type: ignore[arg-type]
        predicate=predicates.lemma(fate.predicate) if fate.predicate is not None else None,
        category=fate.category,  # type: ignore[arg-type]
        date_start=date.date_start if date else None,
        date_end=date.date_end if date else None,
        place=claimsetting.place_of(doc, clause, one, entities),
        claimed_by=source.speaker,
        quote_id=source.quote.quote_id if source.quote else None,
        hedged=number is not None and counting.is_hedged(number, fate.predicate),
        negated=counting.is_negated(found, fate.predicate),
        confidence=CONFIDENCE[found.rule],
        rule=found.rule,
        unit_basis=basis,  # type: ignore[arg-type]
        per=per,
        si_value=span.si_value,
        si_unit=span.si_unit,
        part_of=ids[one.part_of] if one.part_of is not None else None,
    )
