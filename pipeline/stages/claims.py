"""Claims: one row per quantity the article states about the world, with how sure it was, what it counts, and who makes the claim."""

from __future__ import annotations

import bisect
import collections
import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.ids import content_id
from pipeline.language import answerable, counting, fates, predicates, tree
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.dates import DateRow
from pipeline.stages.entities import Entity
from pipeline.stages.quotes import Quote
from pipeline.stages.sentences import Sentence
from pipeline.text import money, numbers
from pipeline.text.numbers import NumberSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipeline.article import Article

MEASURES = frozenset({"length", "area", "mass", "volume", "speed", "temperature", "energy", "duration", "money", "percent", "age"})
UNCOUNTED = frozenset({"duration", "age", "length", "speed", "temperature", "score"})

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


@dataclasses.dataclass(slots=True)
class _Found:
    """A quantity with what the tree says of it."""

    span: NumberSpan
    sentence: Sentence
    counted: predicates.Counted
    fate: predicates.Fate
    start: int
    end: int
    counted_text: str | None = None
    part_of: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Source:  # whoever answers for a figure, and the quote it stands in
    speaker: str | None
    quote: Quote | None


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
        "currencies",
        "counted_groups",
        "claim_predicates",
        "hedges",
    ],
    version=1,
)
def claims(article: Article, doc: Doc, ctx: Context) -> Iterator[Claim]:
    """Rows of every numeric claim outside boilerplate, in order."""
    entities, dates, quotes = ctx.rows(Entity), ctx.rows(DateRow), ctx.rows(Quote)
    sentences = [s for s in ctx.rows(Sentence) if s.kind != "boilerplate"]
    starts = [s.start for s in sentences]
    found: list[_Found] = []
    for span in numbers.find(article.text):
        if span.gate is not None:
            continue
        k = bisect.bisect_right(starts, span.number_start) - 1
        if k < 0 or span.number_end > sentences[k].end or span.start < sentences[k].start:
            continue
        if _is_date(article.text, span, dates) or _is_name(doc, span, entities):
            continue
        one = _read(doc, numbers.as_age(span) if _after_person(article.text, span, entities) else span, sentences[k])
        if one is not None:
            found.append(one)
    _join_parts(article.text, found)
    context = money.Story(
        countries=_countries(article, entities),
        named=frozenset(
            f.span.unit
            for f in found
            if f.span.kind in ("money", "rate") and f.span.unit_basis in ("iso", "symbol", "name") and f.span.unit
        ),
    )
    ids = [content_id(article.article_id, "claim", f.start, f.end) for f in found]
    sources = _sources(doc, found, quotes)
    for k, f in enumerate(found):
        yield _row(article, doc, f, ids[k], ids, context, entities, dates, sources[k])


# ---------------------------------------------------------------- what is no claim


_AGO = re.compile(r"\s+(?:ago|earlier this|from now)\b", re.I)
_DEICTIC = re.compile(r"\b(?:last|past|previous|next|coming|preceding|recent|following|first|latest)\s+(?:\w+\s)?$", re.I)


def _is_date(text: str, span: NumberSpan, dates: Sequence[DateRow]) -> bool:
    """Whether a number belongs to a date. Durations stay claims ("six-week war", "three days after the attack"), but not as deictic dates
    ("three weeks ago", "the last five years") unless they are bounded ("more than ten years ago")."""
    if span.kind in ("duration", "age"):
        if span.kind == "age" or span.modifier in ("more_than", "less_than", "at_least", "at_most", "between"):
            return False
        return span.modifier != "approximate_word" and bool(
            _AGO.match(text, span.end) or _DEICTIC.search(text, max(0, span.start - 30), span.start)
        )
    for row in dates:
        touching = row.start < span.number_end and span.number_start < row.end and row.type != "DURATION"
        if touching and (span.unit is None or span.kind in ("count", "rate")):
            return not (span.kind == "rate" and row.start >= span.number_end)
    return False


def _is_name(doc: Doc, span: NumberSpan, entities: Sequence[Entity]) -> bool:
    """Whether a number stands inside a name ("Boeing 737", "Channel 4", "Five Star Movement")."""
    for entity in entities:
        if entity.start >= span.number_end:
            break
        if entity.start <= span.number_start and span.number_end <= entity.end and entity.label not in ("DATE", "MONEY"):
            first = entity.start == span.number_start
            if not first or (
                entity.label in ("ORG", "PRODUCT", "FAC", "MISC") and (entity.text[:1].isupper() or entity.text[:1].isdigit())
            ):
                return entity.end > span.number_end or not first
    if span.kind != "count" or span.words or span.modifier != "exact":
        return False
    tokens = doc.char_span(span.number_start, span.number_end, alignment_mode="expand")
    root = tokens.root if tokens is not None else None
    return bool(
        root is not None
        and root.head.i < root.i
        and root.head.i >= root.i - 3
        and root.head.pos_ == "PROPN"
        and tree.dep(root) in ("nummod", "flat", "compound", "nmod:desc", "flat:name", "nmod:unmarked")
    )


def _after_person(text: str, span: NumberSpan, entities: Sequence[Entity]) -> bool:
    """Whether a bare figure stands between commas after a person's name ("Sobh, 28, …"): an age."""
    return numbers.between_commas(text, span) and any(e.end == span.start - 2 and e.label == "PERSON" for e in entities)


# ---------------------------------------------------------------- reading one


def _read(doc: Doc, span: NumberSpan, sentence: Sentence) -> _Found | None:
    """Joins a quantity with the tree."""
    number = doc.char_span(
        span.number_start, span.end if span.unit and span.kind in MEASURES | {"rate"} else span.number_end, alignment_mode="expand"
    )
    if number is None:
        return None
    measured = span.kind in MEASURES or (span.kind in ("rate", "other", "ratio") and span.unit is not None and span.unit != "ratio")
    whole = doc.char_span(span.start, max(span.number_end, span.end if measured else 0), alignment_mode="expand")
    found = dataclasses.replace(counting.counted(doc, number, span.end, measured=measured), number=whole)
    if _no_noun(found, span):
        return None
    fate = fates.fate(found, money=span.kind == "money")
    if span.kind in UNCOUNTED | {"area", "volume", "mass", "energy"}:
        fate = dataclasses.replace(fate, category="other")  # hours and miles befall nobody
    start, end = span.start, span.end
    text = None
    if found.phrase is not None and len(found.phrase):
        low, high = found.phrase[0].idx, found.phrase[-1].idx + len(found.phrase[-1])
        low = max(low, span.end if low < span.end else low)
        while low < high and not doc.text[low].isalnum():
            low += 1
        if (
            low < high
            and high <= sentence.end
            and low >= span.number_end
            and (span.kind not in UNCOUNTED or (span.kind == "duration" and found.rule == "of"))
        ):
            text, end = doc.text[low:high], max(end, high)
    while end > start and doc.text[end - 1].isspace():
        end -= 1
    return _Found(span, sentence, found, fate, start, end, text)


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


def _join_parts(text: str, found: list[_Found]) -> None:
    """Marks "three children" as part of "12 people" and hands on category and counted noun inside a sentence."""
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
        if one.counted.rule == "alone" and one.counted_text is None and one.span.form != "score" and not _MORE.match(text, one.span.end):
            _fill_elided(one, [found[j] for j in earlier])


_MORE = re.compile(r"\s+more\b", re.I)


def _fill_elided(one: _Found, earlier: Sequence[_Found]) -> None:
    """ "Three people were killed and 11 wounded": a bare number takes the counted noun of the nearest count before it in the sentence."""
    for other in reversed(earlier):
        if other.counted.head is not None and other.counted_text is not None:
            one.counted_text = other.counted_text
            one.counted = dataclasses.replace(one.counted, head=other.counted.head)
            return


# ---------------------------------------------------------------- the row


def _countries(article: Article, entities: Sequence[Entity]) -> tuple[str, ...]:
    """Countries of the story, the most named first."""
    tally = collections.Counter(e.country for e in entities if e.country and e.label in ("LOC", "NORP", "ORG", "FAC"))
    return tuple(c for c, _ in sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def _row(
    article: Article,
    doc: Doc,
    one: _Found,
    claim_id: str,
    ids: Sequence[str],
    story: money.Story,
    entities: Sequence[Entity],
    dates: Sequence[DateRow],
    source: _Source,
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
    kind = span.kind
    if unit == "person" or (kind == "count" and found.head is not None):
        kind = _count_rate(article.text, one, kind)
    number = doc.char_span(span.number_start, span.number_end, alignment_mode="expand")
    clause = fate.predicate if fate.predicate is not None else found.anchor
    date = _date_of(doc, clause, one, dates)
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
        place=_place_of(doc, clause, one, entities),
        claimed_by=source.speaker,
        quote_id=source.quote.quote_id if source.quote else None,
        hedged=number is not None and counting.is_hedged(number, fate.predicate),
        negated=counting.is_negated(found, fate.predicate),
        confidence=CONFIDENCE[found.rule],
        rule=found.rule,
        unit_basis=basis,  # type: ignore[arg-type]
        per=span.per,
        si_value=span.si_value,
        si_unit=span.si_unit,
        part_of=ids[one.part_of] if one.part_of is not None else None,
    )


def _count_rate(text: str, one: _Found, kind: str) -> str:
    """ "500,000 migrants annually" is a rate."""
    return "rate" if kind == "count" and numbers.per_period(text, one.end) else kind


def _sources(doc: Doc, found: Sequence[_Found], quotes: Sequence[Quote]) -> list[_Source]:
    """Who answers for each figure: the speaker of the quote it stands in; else of a reporting verb that governs it, or of the sentence's
    "according to"; else, where the sentence breaks a number down, whoever gave that number."""
    out: list[_Source] = []
    for k, one in enumerate(found):
        quote = _quote_of(one.span, quotes)
        if quote is not None:  # whoever denies something does not claim its figures
            out.append(_Source(None if quote.cue_class == "deny" else quote.speaker, quote))
        else:
            speaker = _speaker_beside(doc, one, quotes)
            if speaker is None and k and answerable.continues_count(one.sentence.text):
                before = found[k - 1].sentence
                near = before.paragraph == one.sentence.paragraph and one.sentence.sentence_id - before.sentence_id <= 1
                speaker = out[k - 1].speaker if near else None
            out.append(_Source(speaker, None))
    return out


def _speaker_beside(doc: Doc, one: _Found, quotes: Sequence[Quote]) -> str | None:
    """The speaker of a cue in the figure's sentence whose content was read too short to hold the figure."""
    for quote in quotes:
        if quote.cue_start is None or quote.cue_end is None or not one.sentence.start <= quote.cue_start < one.sentence.end:
            continue
        whole = "adjunct" in quote.rule.partition("/")[0]
        if quote.cue_class != "deny" and (whole or answerable.governed(doc, (quote.cue_start, quote.cue_end), one.span.number_start)):
            return quote.speaker
    return None


def _quote_of(span: NumberSpan, quotes: Sequence[Quote]) -> Quote | None:
    """The innermost quote one of whose pieces holds the figure."""
    best: tuple[int, Quote] | None = None
    for quote in quotes:
        if quote.start > span.number_start:
            break
        for piece in (quote.segments or f"{quote.start}:{quote.end}").split():
            low, high = map(int, piece.split(":"))
            if low <= span.number_start and span.number_end <= high and (best is None or quote.end - quote.start < best[0]):
                best = (quote.end - quote.start, quote)
    return best[1] if best else None


def _date_of(doc: Doc, clause: Token, one: _Found, dates: Sequence[DateRow]) -> DateRow | None:
    """The resolved date nearest to the claim's predicate in the tree, else the only one of its sentence."""
    inside = [
        d for d in dates if one.sentence.start <= d.start < one.sentence.end and d.date_start is not None and d.type in ("DATE", "TIME")
    ]
    scored = [
        (n, abs(d.start - one.start), k) for k, d in enumerate(inside) if (n := tree.distance(doc, clause, d.start, d.end)) is not None
    ]
    if scored:
        return inside[min(scored)[2]]
    return (
        inside[0]
        if len(inside) == 1 and one.fate.role not in ("headline", "") and not tree.other_clause(doc, clause, inside[0].start, inside[0].end)
        else None
    )


_PLACE_CASES = frozenset(
    {"in", "at", "near", "outside", "inside", "across", "around", "off", "on", "throughout", "from", "within", "into", "to"}
)


def _place_of(doc: Doc, clause: Token, one: _Found, entities: Sequence[Entity]) -> str | None:
    """The place nearest to the claim's predicate or counted noun in the tree, where a preposition makes it one."""
    best: tuple[int, int, str] | None = None
    for entity in entities:
        if entity.start >= one.sentence.end:
            break
        if entity.start < one.sentence.start or entity.label not in ("LOC", "FAC") or one.start <= entity.start < one.end:
            continue
        head = tree.head_of(doc, entity.start, entity.end)
        if head is None or (not any(c.lower_ in _PLACE_CASES for c in head.children) and head.head.lower_ not in _PLACE_CASES):
            continue
        steps = tree.distance(doc, clause, entity.start, entity.end)
        if steps is None and one.counted.head is not None:
            steps = tree.distance(doc, one.counted.head, entity.start, entity.end)
        if steps is not None and (best is None or (steps, abs(entity.start - one.start)) < best[:2]):
            best = (steps, abs(entity.start - one.start), entity.text)
    return best[2] if best else None
