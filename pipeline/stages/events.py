"""Events: one row per event mention, every cell with the characters it was read from."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.ids import content_id
from pipeline.language.eventcoding import Coder, compile_coder
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.claims import Claim
from pipeline.stages.dates import DateRow
from pipeline.stages.entities import Entity
from pipeline.stages.quotes import Quote
from pipeline.stages.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article
    from pipeline.language.mention import Mention, Party

EventType = Literal[
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "REJECT", "ACCUSE", "THREATEN", "PROTEST",
    "SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "TERRITORY", "DISCOVER", "TOLL", "RESPONSIBILITY", "DISASTER",
]  # fmt: skip
Sector = Annotated[str | None, "PLOVER sector (GOV MIL COP REB …, see lexicons/README.md), null where the text does not tell"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event(Row):
    """One event mention. Mentions of one happening share a cluster_id; is_head marks the fullest of them."""

    article_id: Annotated[Id, "article the row belongs to"]
    event_id: Annotated[Id, "id of the mention, made from the article, the trigger's offsets and the type"]
    sentence_id: Annotated[int, "sentence of the article the trigger stands in"]
    start: Annotated[int, "first character of the trigger in articles.text"]
    end: Annotated[int, "character after the trigger's last"]
    text: Annotated[str, "the trigger: the word or words that name the act"]
    trigger_lemma: Annotated[str, "dictionary form of the trigger's head word"]
    event_type: Annotated[EventType, "the codebook's type"]
    event_mode: Annotated[str | None, "the codebook's mode of the type, null where the text tells none"]
    quad: Annotated[
        Literal["verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict", "neutral"],
        "quad class by crosswalk.csv",
    ]
    cameo_root: Annotated[str | None, "CAMEO root code by crosswalk.csv, null where CAMEO has none"]
    acled_event_type: Annotated[str | None, "ACLED event type by crosswalk.csv, null where ACLED has none"]
    acled_sub_event_type: Annotated[str | None, "ACLED sub-event type by crosswalk.csv"]
    factuality: Annotated[
        Literal["asserted", "negated", "future", "hypothetical", "historical"],
        "told as happened or happening; denied; planned; conditional, feared, demanded or offered; or past background of more than a year",
    ]
    actor: Annotated[str | None, "who does it, as it stands (of a pronoun its antecedent); null where the text names nobody"]
    actor_start: Annotated[int | None, "first character of the actor in articles.text"]
    actor_end: Annotated[int | None, "character after the actor's last"]
    actor_entity_id: Annotated[Id | None, "entity of the actor, null where it is no named entity"]
    actor_name: Annotated[str | None, "fullest name of the actor in the article"]
    actor_country: Annotated[str | None, "ISO 3166 alpha-3 of the actor's country, null where the text does not tell"]
    actor_sector: Sector
    recipient: Annotated[str | None, "whom it is done to, as it stands; null where the text names nobody"]
    recipient_start: Annotated[int | None, "first character of the recipient in articles.text"]
    recipient_end: Annotated[int | None, "character after the recipient's last"]
    recipient_entity_id: Annotated[Id | None, "entity of the recipient, null where it is no named entity"]
    recipient_name: Annotated[str | None, "fullest name of the recipient in the article"]
    recipient_country: Annotated[str | None, "ISO 3166 alpha-3 of the recipient's country, null where the text does not tell"]
    recipient_sector: Sector
    date_start: Annotated[dt.date | None, "first day of the happening, null where neither the clause nor the story tells it"]
    date_end: Annotated[dt.date | None, "last day of the happening, inclusive"]
    date_precision: Annotated[
        Literal["day", "week", "month", "quarter", "season", "year", "decade", "century", "none"], "how fine the date was told"
    ]
    date_basis: Annotated[
        Literal["text", "narrative", "publication", "none"],
        "text: the mention's own clause; narrative: another mention of the happening; publication: the text says it is current",
    ]
    place: Annotated[str | None, "most precise place of the happening named in the article, as it stands"]
    place_start: Annotated[int | None, "first character of the place in articles.text"]
    place_end: Annotated[int | None, "character after the place's last"]
    lat: Annotated[float | None, "WGS84 latitude of the place in degrees"]
    lon: Annotated[float | None, "WGS84 longitude of the place in degrees"]
    country: Annotated[str | None, "ISO 3166 alpha-3 of the country it happened in; may be known where the place is not"]
    geonames_id: Annotated[int | None, "GeoNames id of the place"]
    geo_precision: Annotated[str | None, "how fine the coordinate is: facility, city, admin2, admin1, natural, water, country, region"]
    geo_basis: Annotated[Literal["clause", "sentence", "paragraph", "dateline", "story", "none"], "where the place was read"]
    killed_low: Annotated[float | None, "least number killed in this event by its claims"]
    killed_best: Annotated[float | None, "best reading of the number killed"]
    killed_high: Annotated[float | None, "greatest number killed"]
    injured_low: Annotated[float | None, "least number injured"]
    injured_best: Annotated[float | None, "best reading of the number injured"]
    injured_high: Annotated[float | None, "greatest number injured"]
    detained_best: Annotated[float | None, "best reading of the number detained"]
    released_best: Annotated[float | None, "best reading of the number released"]
    missing_best: Annotated[float | None, "best reading of the number missing"]
    displaced_best: Annotated[float | None, "best reading of the number displaced"]
    deployed_best: Annotated[float | None, "best reading of the number deployed"]
    claim_ids: Annotated[str | None, "claims the numbers come from, separated by spaces"]
    attributed_to: Annotated[str | None, "speaker answerable for the report of the event, null where the article tells it in its own voice"]
    attribution_strength: Annotated[Literal["fact", "reported", "claimed", "accused", "denied"], "how the event is vouched for"]
    quote_id: Annotated[Id | None, "quotation the trigger stands in"]
    cluster_id: Annotated[Id, "the same for all mentions of one happening, inside and across articles"]
    is_head: Annotated[bool, "whether this mention stands for its cluster: the fullest one"]
    n_reports: Annotated[int, "mentions in the cluster"]
    n_sources: Annotated[int, "publishers among the cluster's articles; before clusters are joined across articles, 1"]
    evidence: Annotated[str, "the sentence the trigger stands in"]
    confidence: Annotated[float, "probability that the trigger tells an event of this type; calibrated on coded articles"]
    rule: Annotated[str, 'the lexicon\'s entry, and whether the language core marked the trigger too ("+model")']
    story_cluster_id: Annotated[
        Id, "the same for all mentions of one happening in this article; clusters across articles are made of these"
    ]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EventActor(Row):
    """One of the actors or recipients of an event, where there are several too."""

    article_id: Annotated[Id, "article the row belongs to"]
    event_id: Annotated[Id, "event the party belongs to"]
    role: Annotated[Literal["actor", "recipient"], "does it, or has it done to them"]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last"]
    text: Annotated[str, "the party as it stands"]
    entity_id: Annotated[Id | None, "entity of the party, null where it is no named entity"]
    name: Annotated[str | None, "fullest name of the party in the article"]
    country: Annotated[str | None, "ISO 3166 alpha-3 of the party's country"]
    sector: Sector


LEXICONS = (
    "event_patterns", "event_word_classes", "event_arguments", "support_verbs", "factuality_cues", "sectors", "crosswalk", "slot_weights",
)  # fmt: skip


@stage(
    table="events",
    row=Event,
    also={"event_actors": EventActor},
    reads=[Sentence, Entity, DateRow, Quote, Claim],
    lexicons=LEXICONS,
    version=5,
)
def events(article: Article, doc: Doc, ctx: Context) -> Iterator[Event | EventActor]:
    """Event mentions of an article and their parties, outside boilerplate."""
    coder = compile_coder({name: ctx.lexicon(name) for name in LEXICONS})
    sentences = ctx.rows(Sentence)
    mentions = coder.mentions(article, doc, sentences, ctx.rows(Entity), ctx.rows(DateRow), ctx.rows(Quote), ctx.rows(Claim))
    text_of = {s.sentence_id: s.text for s in sentences}
    ids = [content_id(article.article_id, m.start, m.end, m.type) for m in mentions]
    sizes: dict[int, int] = {}
    first: dict[int, str] = {}
    for mention, event_id in zip(mentions, ids, strict=True):
        sizes[mention.cluster] = sizes.get(mention.cluster, 0) + 1
        first.setdefault(mention.cluster, event_id)
    heads = _heads(mentions)
    for k, (mention, event_id) in enumerate(zip(mentions, ids, strict=True)):
        yield _row(article, coder, mention, event_id, first[mention.cluster], k in heads, sizes[mention.cluster], text_of[mention.sentence])
    for mention, event_id in zip(mentions, ids, strict=True):
        for role, parties in (("actor", mention.actors), ("recipient", mention.recipients)):
            for party in parties:
                yield EventActor(
                    article_id=article.article_id, event_id=event_id, role=role, start=party.start, end=party.end, text=party.text,  # type: ignore[arg-type]
                    entity_id=party.entity_id, name=party.name, country=party.country, sector=party.sector,
                )  # fmt: skip


def _heads(mentions: list[Mention]) -> set[int]:
    """Index of each cluster's fullest mention: most slots filled, the first of equals."""

    def fullness(k: int) -> tuple[int, int]:
        m = mentions[k]
        filled = [m.actors, m.recipients, m.when, m.where and m.where.text, m.counts, m.factuality in ("asserted", "historical")]
        return sum(map(bool, filled)), -k

    best: dict[int, int] = {}
    for k, mention in enumerate(mentions):
        if mention.cluster not in best or fullness(k) > fullness(best[mention.cluster]):
            best[mention.cluster] = k
    return set(best.values())


def _party(role: str, party: Party | None) -> dict[str, object]:
    return {
        role: party and party.text,
        f"{role}_start": party and party.start,
        f"{role}_end": party and party.end,
        f"{role}_entity_id": party and party.entity_id,
        f"{role}_name": party and party.name,
        f"{role}_country": party and party.country,
        f"{role}_sector": party and party.sector,
    }


def _row(article: Article, coder: Coder, m: Mention, event_id: str, cluster: str, head: bool, size: int, evidence: str) -> Event:
    quad, cameo, acled, acled_sub = coder.crosswalk(m.type, m.mode)
    counts = m.counts
    killed, injured = counts.get("killed"), counts.get("injured")
    best = {k: c.best if c.best is not None else c.low for k, c in counts.items()}
    cells: dict[str, object] = {
        **_party("actor", m.actors[0] if m.actors else None),
        **_party("recipient", m.recipients[0] if m.recipients else None),
    }
    return Event(
        article_id=article.article_id,
        event_id=event_id,
        sentence_id=m.sentence,
        start=m.start,
        end=m.end,
        text=article.text[m.start : m.end],
        trigger_lemma=m.head.lemma_ or m.head.lower_,
        event_type=m.type,  # type: ignore[arg-type]
        event_mode=m.mode,
        quad=quad,  # type: ignore[arg-type]
        cameo_root=cameo,
        acled_event_type=acled,
        acled_sub_event_type=acled_sub,
        factuality=m.factuality,  # type: ignore[arg-type]
        date_start=m.when.start if m.when else None,
        date_end=m.when.end if m.when else None,
        date_precision=m.when.precision if m.when else "none",  # type: ignore[arg-type]
        date_basis=m.when.basis if m.when else "none",  # type: ignore[arg-type]
        place=m.where.text if m.where else None,
        place_start=m.where.start if m.where else None,
        place_end=m.where.end if m.where else None,
        lat=m.where.lat if m.where else None,
        lon=m.where.lon if m.where else None,
        country=m.where.country if m.where else None,
        geonames_id=m.where.geonames_id if m.where else None,
        geo_precision=m.where.precision if m.where else None,
        geo_basis=m.where.basis if m.where else "none",  # type: ignore[arg-type]
        killed_low=killed.low if killed else None,
        killed_best=killed.best if killed else None,
        killed_high=killed.high if killed else None,
        injured_low=injured.low if injured else None,
        injured_best=injured.best if injured else None,
        injured_high=injured.high if injured else None,
        detained_best=best.get("detained"),
        released_best=best.get("released"),
        missing_best=best.get("missing"),
        displaced_best=best.get("displaced"),
        deployed_best=best.get("deployed"),
        claim_ids=" ".join(sorted({c.claim_id for c in counts.values()})) or None,
        attributed_to=m.attributed_to,
        attribution_strength=m.strength,  # type: ignore[arg-type]
        quote_id=m.quote_id,
        cluster_id=cluster,
        story_cluster_id=cluster,
        is_head=head,
        n_reports=size,
        n_sources=1,
        evidence=evidence,
        confidence=round(m.confidence, 4),
        rule=m.rule,
        **cells,  # type: ignore[arg-type]
    )
