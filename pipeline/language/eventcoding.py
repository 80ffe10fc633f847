"""Codes the event mentions of one article: triggers, parties, factuality, attribution, time, place, numbers, and what is one happening.

Each part is a module of its own; this one brings them together over the rows that earlier stages wrote.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.language import embedding, factuality
from pipeline.language.arguments import ArgumentRules, compile_arguments, find
from pipeline.language.coreference import resolve
from pipeline.language.factuality import Cues, compile_cues
from pipeline.language.mention import Mention, Party
from pipeline.language.numbering import link_claims
from pipeline.language.parties import Cast, compile_sectors, names_of
from pipeline.language.placing import Placer
from pipeline.language.ranking import Weights, compile_weights
from pipeline.language.sharing import Watch, share
from pipeline.language.timing import date_mentions
from pipeline.language.triggers import Patterns, by_token, compile_patterns, marked
from pipeline.language.weighing import Trigger, decide
from pipeline.language.whereabouts import Whereabouts

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipeline.article import Article
    from pipeline.lexicon import Lexicon

STRENGTH = {"accuse": "accused", "deny": "denied", "claim": "claimed", "believe": "claimed"}
"""Attribution strength by the class of the quotation's cue; all other cues report."""
REFUSED = "+refused"
"""Ending of the rule of an act that somebody says he will not do: it is a REJECT."""
MODEL_ARGUMENT = 0.5
"""Least probability at which the language core's own argument fills a slot that the rules left empty."""
SURE_ARGUMENT = 0.8
"""Least probability at which the core's argument stands above the rules' (right in four of five on gold/dev; flat from 0.7 to 0.9)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Coder:
    """The compiled event lexicons."""

    patterns: Patterns
    arguments: ArgumentRules
    cues: Cues
    sectors: Mapping[str, str]
    weights: Weights
    crossings: Mapping[tuple[str, str], tuple[str, str | None, str | None, str | None]]

    def crosswalk(self, kind: str, mode: str | None) -> tuple[str, str | None, str | None, str | None]:
        """(quad, CAMEO root, ACLED event type, ACLED sub-event type) of a type and mode."""
        return self.crossings.get((kind, mode or "")) or self.crossings[kind, ""]

    def mentions(
        self,
        article: Article,
        doc: Doc,
        sentences: Sequence[Any],
        entities: Sequence[Any],
        dates: Sequence[Any],
        quotes: Sequence[Any],
        claims: Sequence[Any],
        watch: Watch | None = None,
    ) -> list[Mention]:
        """Event mentions in text order, with all that could be told of each. The sequences are the article's rows, sorted by start.

        `watch` is shown the happenings before they are placed: what the weights of places are fitted on.
        """
        spans = marked(doc)
        marks, model = by_token(doc, spans), "triggers" in doc.spans
        names = names_of(entities)
        chains = resolve(doc, entities)
        plain = Cast(doc, names, chains, self.sectors)
        cast = dataclasses.replace(
            plain,
            speakers=_speakers(plain, quotes, entities),
            reports=_speakers(plain, [q for q in quotes if q.type == "indirect"], entities),
        )
        links = _model_arguments(doc)
        starts = [t.idx for t in doc]
        found: list[Mention] = []
        for sentence in sentences:
            if sentence.kind == "boilerplate":
                continue
            first = bisect.bisect_left(starts, sentence.start)
            last = bisect.bisect_left(starts, sentence.end) - 1
            triggers = _refusals(doc, self._one_row(doc, decide(doc, first, last, self.patterns, marks, model=model)))
            types = {t.head: t.type for t in triggers}
            found += [self._mention(doc, sentence, trigger, types, cast, links) for trigger in triggers]
        _attribute(found, quotes)
        date_mentions(found, doc, dates, article.published)
        placer = Placer(article, doc, names, sentences, self.patterns.classes)
        placer.own_places(found)
        link_claims(found, doc, claims)
        share(found, Whereabouts(placer, self.weights, links), self.patterns.classes, watch)
        latest = article.published
        for mention in found:
            mention.factuality = factuality.historical(mention.factuality, mention.when.end if mention.when else None, latest)  # type: ignore[arg-type]
        return found

    def _one_row(self, doc: Doc, triggers: Sequence[Trigger]) -> list[Trigger]:
        """Without the later of two words that tell one harm under one subject ("killed 3 and wounded 5"): the first has both numbers."""
        harm = self.patterns.classes.words.get("harm", frozenset())
        kept: list[Trigger] = []
        for trigger in triggers:
            head = doc[trigger.head]
            told = trigger.type == "ASSAULT" and head.lemma_.lower() in harm and head.dep_ == "conj"
            if told and any(k.type == trigger.type and doc[k.head].lemma_.lower() in harm and k.head in _above(head) for k in kept):
                continue
            kept.append(trigger)
        return kept

    def _mention(
        self,
        doc: Doc,
        sentence: Any,
        trigger: Trigger,
        types: Mapping[int, str],
        cast: Cast,
        links: Mapping[int, Sequence[tuple[str, Token, float]]],
    ) -> Mention:
        head = doc[trigger.head]
        start, end = doc[trigger.first].idx, doc[trigger.last].idx + len(doc[trigger.last])
        told = find(head, trigger.type, self.arguments, self.patterns.classes)
        actors = _parties(told.actors, cast)
        recipients = _parties(told.recipients, cast)
        actors, recipients = _with_links(actors, recipients, links.get(start, ()), head, cast)
        if not recipients:
            inner = _parties(embedding.recipients(head, trigger.type, types, self.arguments, self.patterns.classes), cast)
            recipients = inner if all(r.start != a.start for r in inner for a in actors) else ()
        value, _ = factuality.of(head, self.cues, self.arguments.support, title=sentence.kind == "title")
        if trigger.rule.endswith(REFUSED):
            value = "asserted"  # the refusal is made, what is refused is not done
        return Mention(
            start=start, end=end, head=head, sentence=sentence.sentence_id, paragraph=sentence.paragraph, title=sentence.kind == "title",
            type=trigger.type, mode=trigger.mode, confidence=trigger.score, rule=trigger.rule,
            actors=actors, recipients=recipients, factuality=value,
        )  # fmt: skip


_COMPILED: dict[tuple[str, ...], Coder] = {}


def compile_coder(lexicons: Mapping[str, Lexicon]) -> Coder:
    """The coder of a set of lexicons, compiled once in a worker. Raises LexiconError where one is malformed."""
    key = tuple(lexicons[name].digest for name in sorted(lexicons))
    if key not in _COMPILED:
        crossings = {
            (row["type"], row["mode"]): (
                row["quad"],
                row["cameo_root"] or None,
                row["acled_event_type"] or None,
                row["acled_sub_event_type"] or None,
            )
            for row in lexicons["crosswalk"].rows
        }
        _COMPILED[key] = Coder(
            compile_patterns(lexicons["event_patterns"], lexicons["event_word_classes"], lexicons["sectors"]),
            compile_arguments(lexicons["event_arguments"], lexicons["support_verbs"]),
            compile_cues(lexicons["factuality_cues"]),
            compile_sectors(lexicons["sectors"]),
            compile_weights(lexicons["slot_weights"]),
            crossings,
        )
    return _COMPILED[key]


def _refusals(doc: Doc, triggers: Sequence[Trigger]) -> list[Trigger]:
    """The triggers, those whose act is refused as REJECT."""
    return [
        dataclasses.replace(t, type="REJECT", mode=None, rule=t.rule + REFUSED) if factuality.refused(doc[t.head], t.type) else t
        for t in triggers
    ]


def _above(token: Token) -> set[int]:
    found = set()
    while token.dep_ == "conj" and token.head.i != token.i:
        token = token.head
        found.add(token.i)
    return found


def _parties(heads: Sequence[Token], cast: Cast) -> tuple[Party, ...]:
    found: list[Party] = []
    for head in heads:
        party = cast.party(head)
        if party is not None and all(party.start != p.start for p in found):
            found.append(party)
    return tuple(found)


def _with_links(
    actors: tuple[Party, ...], recipients: tuple[Party, ...], links: Sequence[tuple[str, Token, float]], head: Token, cast: Cast
) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Parties by the rules joined with the language core's: a likely link fills an empty slot, a sure one stands above the rules. A word
    has one role: what the core surely takes for the place is no party, and of two roles the likelier holds."""
    links = _one_role(links)
    parties = {word.i for role, word, _ in links if role != "place"}
    for role, word, likely in links:
        if role == "place" and likely >= SURE_ARGUMENT and word.i not in parties:
            actors, recipients = (tuple(p for p in side if not _is_word(p, word, cast)) for side in (actors, recipients))
    for role, word, likely in links:
        if role not in ("actor", "recipient") or likely < MODEL_ARGUMENT or word.i == head.i:
            continue
        mine, other = (actors, recipients) if role == "actor" else (recipients, actors)
        if (mine and likely < SURE_ARGUMENT) or any(p.start <= word.idx < p.end for p in mine):
            continue
        party = cast.party(word)
        if party is None or (any(party.start == p.start for p in other) and likely < SURE_ARGUMENT):
            continue
        other = tuple(p for p in other if p.start != party.start)
        actors, recipients = ((party,), other) if role == "actor" else (other, (party,))
    return actors, recipients


def _one_role(links: Sequence[tuple[str, Token, float]]) -> list[tuple[str, Token, float]]:
    """Each word's likeliest link, likeliest first; what is surely a party may be the place as well ("shelled Avdel")."""
    best: dict[tuple[int, bool], tuple[str, Token, float]] = {}
    for link in sorted(links, key=lambda link: (-link[2], link[0], link[1].i)):
        role, word, likely = link
        place = best.get((word.i, True))
        if role == "place" or likely >= SURE_ARGUMENT or place is None:
            best.setdefault((word.i, role == "place"), link)
    return list(best.values())


def _is_word(party: Party, word: Token, cast: Cast) -> bool:
    """Whether a party is the phrase that a word heads."""
    return party.start <= word.idx < party.end and (named := cast.party(word)) is not None and named.end == party.end


def _model_arguments(doc: Doc) -> Mapping[int, Sequence[tuple[str, Token, float]]]:
    """The language core's arguments by the trigger's first character: (role, head word, probability)."""
    group = doc.spans.get("arguments")
    found: dict[int, list[tuple[str, Token, float]]] = {}
    if group is None:
        return found
    scores = group.attrs.get("scores") or [1.0] * len(group)
    for span, score in zip(group, scores, strict=True):
        role, _, at = span.label_.partition("@")
        if at.isdigit():
            found.setdefault(int(at), []).append((role, span.root, 1.0 if score is None else float(score)))
    return found


def _segments(quote: Any) -> list[tuple[int, int]]:
    if quote.segments:
        return [(int(a), int(b)) for a, b in (s.split(":") for s in quote.segments.split())]
    return [(quote.start, quote.end)]


def _speakers(cast: Cast, quotes: Sequence[Any], entities: Sequence[Any]) -> list[tuple[int, int, Party]]:
    """The speaker of each stretch of quoted words as a party: "I" and "we" inside mean them."""
    fullest: dict[str, Any] = {}
    for row in entities:
        if row.text == row.canonical:
            fullest.setdefault(row.entity_id, row)
    starts = [t.idx for t in cast.doc]
    found = []
    for quote in quotes:
        row = fullest.get(quote.speaker_entity_id)
        if row is not None:
            start, end = row.start, row.end
        elif quote.speaker_start is not None:
            start, end = quote.speaker_start, quote.speaker_end
        else:
            continue
        head = cast.doc[max(0, bisect.bisect_right(starts, start) - 1) : bisect.bisect_left(starts, end)]
        party = cast.party(head.root) if len(head) and head.root.pos_ != "PRON" else None
        made = Party(
            start,
            end,
            cast.doc.text[start:end],
            quote.speaker_entity_id,
            quote.speaker,
            quote.speaker_country,
            party.sector if party else None,
        )
        found += [(a, b, made) for a, b in _segments(quote)]
    return found


def _attribute(mentions: Sequence[Mention], quotes: Sequence[Any]) -> None:
    """Who answers for each mention: the speaker of the innermost quotation the trigger stands in."""
    pieces = sorted((a, b, k) for k, quote in enumerate(quotes) for a, b in _segments(quote))
    starts = [p[0] for p in pieces]
    for mention in mentions:
        best: tuple[int, int] | None = None
        for a, b, k in pieces[: bisect.bisect_right(starts, mention.start)]:
            if b >= mention.end and (best is None or b - a < best[0]):
                best = (b - a, k)
        if best is not None:
            quote = quotes[best[1]]
            mention.quote_id = quote.quote_id
            mention.attributed_to = quote.speaker or quote.speaker_text
            mention.strength = STRENGTH.get(quote.cue_class or "say", "reported")
