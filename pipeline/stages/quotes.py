"""Quotes: who said what, in whose words, by which verb, to whom, when and through which medium."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pipeline.ids import content_id
from pipeline.language.attribution import Quotation
from pipeline.language.coreference import resolve
from pipeline.language.manner import addressee_of, medium_of, said_when
from pipeline.language.quotation import quotations
from pipeline.language.reported import counts, cue_of, is_adjunct, lemma_of, running, seen_by_both
from pipeline.language.speakers import UNKNOWN, Speaker, Speakers
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.dates import DateRow
from pipeline.stages.entities import Entity
from pipeline.stages.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article

CueClass = Literal[
    "say", "accuse", "deny", "claim", "announce", "order", "ask", "agree", "warn", "threaten", "promise", "estimate", "believe", "report"
]  # fmt: skip
Medium = Literal["statement", "interview", "social_media", "press_conference", "speech", "report", "document", "broadcast"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Row):
    """Words or stated positions that the article puts in somebody's mouth."""

    article_id: Annotated[Id, "article the row belongs to"]
    quote_id: Annotated[Id, "id of the quote, made from the article and its offsets"]
    sentence_id: Annotated[int, "sentence the content begins in"]
    start: Annotated[int, "first character of the content in articles.text"]
    end: Annotated[int, "character after the content's last"]
    text: Annotated[str, "from the first to the last character of the content"]
    content: Annotated[str, "the words said, interruptions taken out"]
    segments: Annotated[str, 'the content\'s pieces as offsets: "12:40 55:90"']
    type: Annotated[Literal["direct", "indirect", "mixed"], "direct: all content in quotation marks, indirect: none of it, mixed: some"]
    cue: Annotated[str | None, "reporting word or words; null where none introduces the quote"]
    cue_lemma: Annotated[str | None, "dictionary form of the cue"]
    cue_start: Annotated[int | None, "first character of the cue"]
    cue_end: Annotated[int | None, "character after the cue's last"]
    cue_class: Annotated[CueClass | None, "what the cue makes of the words, from the lexicon reporting_verbs; null without a cue"]
    speaker_text: Annotated[str | None, 'mention beside the cue ("He"), null where none is there']
    speaker_start: Annotated[int | None, "first character of that mention"]
    speaker_end: Annotated[int | None, "character after the mention's last"]
    speaker: Annotated[
        str | None,
        "fullest name in the article of whoever speaks, or the description of an unnamed source; null where the text leaves it open",
    ]
    speaker_entity_id: Annotated[Id | None, "entity of the speaker, null where it has no name"]
    speaker_kind: Annotated[Literal["person", "organization", "country", "group", "unnamed", "unknown"], "what the speaker is"]
    speaker_role: Annotated[str | None, "office or title of the speaker as the article gives it"]
    speaker_affiliation: Annotated[str | None, "organisation, country or group the speaker belongs to"]
    speaker_country: Annotated[str | None, "ISO 3166 alpha-3 of the speaker's country"]
    addressee: Annotated[str | None, 'whom it was said to ("AFP")']
    medium: Annotated[Medium | None, "where or how it was said, null where the text does not tell"]
    date_start: Annotated[dt.date | None, "first day on which it was said, where a date stands with the cue"]
    date_end: Annotated[dt.date | None, "last day on which it was said"]
    confidence: Annotated[float, "probability that this is a quote with this speaker"]
    rule: Annotated[str, "how the content was found, and after a slash how the speaker was"]


@stage(
    table="quotes",
    row=Quote,
    reads=[Sentence, Entity, DateRow],
    lexicons=[
        "reporting_verbs",
        "unnamed_sources",
        "speaker_nouns",
        "media_of_speech",
        "quote_marks",
        "quote_confidence",
        "office_kin",
    ],
    version=5,
)
def quotes(article: Article, doc: Doc, ctx: Context) -> Iterator[Quote]:
    """Quotes of the article in order, boilerplate left out."""
    sentences = ctx.rows(Sentence)
    entities = ctx.rows(Entity)
    dates = ctx.rows(DateRow)
    skip = _boilerplate(doc, sentences)
    titles = [(s.start, s.end) for s in sentences if s.kind == "title"]
    found = [q for q in quotations(doc, skip, titles) if counts(q, doc)]
    speakers = Speakers(doc, entities, resolve(doc, entities))
    who = running(found, speakers, doc)
    for quotation, speaker in zip(found, who, strict=True):
        if (
            speaker.name is None
            and quotation.type == "indirect"
            and (quotation.attribution is None or quotation.attribution.source is None)
        ):
            continue  # a stated position needs somebody who states it
        if speaker.kind == "unknown" and speaker.basis == "description" and not seen_by_both(quotation) and not is_adjunct(quotation):
            if quotation.type == "indirect":
                continue  # nothing tells that the phrase can speak
            speaker = UNKNOWN
        yield _row(article, doc, quotation, speaker, sentences, dates)


def _boilerplate(doc: Doc, sentences: Sequence[Sentence]) -> frozenset[int]:
    spans = [(s.start, s.end) for s in sentences if s.kind == "boilerplate"]
    return frozenset(t.i for t in doc for a, b in spans if a <= t.idx < b) if spans else frozenset()


def _row(
    article: Article, doc: Doc, quotation: Quotation, speaker: Speaker, sentences: Sequence[Sentence], dates: Sequence[DateRow]
) -> Quote:
    text = article.text
    att = quotation.attribution
    cue = cue_of(quotation, doc)
    source = att.source if att is not None else None
    start, end = quotation.start, quotation.end
    sentence_id = next((s.sentence_id for s in sentences if s.start <= start < s.end), 0)
    day = said_when(doc, quotation, [(d.start, d.end, d.date_start, d.date_end) for d in dates])
    pieces = [text[a:b] for a, b in quotation.pieces]
    return Quote(
        article_id=article.article_id,
        quote_id=content_id(
            article.article_id,
            "quote",
            *(x for piece in quotation.pieces for x in piece),
            att.cue[0] if att is not None and att.cue else -1,
        ),
        sentence_id=sentence_id,
        start=start,
        end=end,
        text=text[start:end],
        content=" ".join(pieces),
        segments=" ".join(f"{a}:{b}" for a, b in quotation.pieces),
        type=quotation.type,
        cue=text[cue[0] : cue[1]] if cue else None,
        cue_lemma=lemma_of(quotation, doc),
        cue_start=cue[0] if cue else None,
        cue_end=cue[1] if cue else None,
        cue_class=_cue_class(quotation) if cue else None,
        speaker_text=text[source[0] : source[1]] if source else None,
        speaker_start=source[0] if source else None,
        speaker_end=source[1] if source else None,
        speaker=speaker.name,
        speaker_entity_id=speaker.entity_id,
        speaker_kind=speaker.kind,
        speaker_role=speaker.role,
        speaker_affiliation=speaker.affiliation,
        speaker_country=speaker.country,
        addressee=addressee_of(quotation, doc),
        medium=cast("Medium | None", medium_of(quotation, doc)),
        date_start=day[0] if day else None,
        date_end=day[1] if day else None,
        confidence=round(min(1.0, quotation.score) * speaker.confidence, 4),
        rule=f"{quotation.rule}/{speaker.basis}",
    )


def _cue_class(quotation: Quotation) -> CueClass:
    att = quotation.attribution
    return cast("CueClass", att.entry.cue_class) if att is not None and att.entry is not None else "say"
