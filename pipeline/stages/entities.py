"""Entities: one row per name in the article, with who it is the same as, whose it is and where it lies."""

from __future__ import annotations

import bisect
import collections
import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.ids import content_id
from pipeline.language.naming import Found, joins, name_end, stands_as_place, unmarked
from pipeline.language.offices import Office, belongs_to, offices
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.stages.sentences import Sentence
from pipeline.text import names
from pipeline.text.countries import countries_in, country_name, country_of, find_country, is_nationality, metonym_of
from pipeline.text.places import Place, Toponym, geocode, mentions_place

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

    from pipeline.article import Article

Label = Literal["PERSON", "ORG", "LOC", "FAC", "NORP", "DATE", "MONEY", "PRODUCT", "MISC"]
OWN_LABELS: dict[str, Label] = {  # labels of other spaCy pipelines
    "GPE": "LOC", "EVENT": "MISC", "LAW": "MISC", "WORK_OF_ART": "MISC", "LANGUAGE": "NORP", "TIME": "DATE",
    **{label: label for label in ("PERSON", "ORG", "LOC", "FAC", "NORP", "DATE", "MONEY", "PRODUCT", "MISC")},
}  # fmt: skip
UNSCORED = 0.8  # probability of a name that a spaCy pipeline without scores marked: about the precision of such models on news


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Row):
    """One mention of a named entity. All mentions of one entity in an article share its entity_id and canonical name."""

    article_id: Annotated[Id, "article the row belongs to"]
    mention_id: Annotated[Id, "id of this mention, made from the article and its offsets"]
    sentence_id: Annotated[int, "sentence of the article the mention begins in"]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last in articles.text"]
    text: Annotated[str, "the mention as it stands"]
    label: Annotated[
        Literal["PERSON", "ORG", "LOC", "FAC", "NORP", "DATE", "MONEY", "PRODUCT", "MISC"],
        "kind of name; LOC covers countries, cities and natural places, NORP nationalities, religions and political groups",
    ]
    entity_id: Annotated[Id, "the same for all mentions of one entity in the article"]
    canonical: Annotated[str, "fullest name of the entity in the article"]
    title: Annotated[
        str | None, "office or title of a person as the article gives it at its first fullest mention, null where it gives none"
    ]
    affiliation: Annotated[
        str | None, "organisation, country or group a person or body belongs to as the article names it, null where the article does not"
    ]
    country: Annotated[
        str | None,
        "ISO 3166 alpha-3 of the country the entity is, lies in or belongs to (nationalities too), null where the text does not tell",
    ]
    lat: Annotated[float | None, "WGS84 latitude in degrees; places only, null for nationalities and places the gazetteer lacks"]
    lon: Annotated[float | None, "WGS84 longitude in degrees; places only"]
    geonames_id: Annotated[int | None, "GeoNames id of the place, null where the gazetteer's entry has none"]
    geo_precision: Annotated[
        Literal["facility", "city", "admin2", "admin1", "natural", "water", "country", "region"] | None,
        "how fine the coordinate is: a settlement, county, province, mountain or island, water, country, region; null without coordinates",
    ]
    confidence: Annotated[float, "probability that the span is a name of this label"]


@dataclasses.dataclass(slots=True)
class _Name:
    """A name on its way to a row."""

    span: Span
    label: Label
    score: float
    sentence: int
    place: Place | None = None
    title: str | None = None
    affiliation: str | None = None
    country: str | None = None

    @property
    def text(self) -> str:
        return str(self.span.text)


@stage(
    table="entities",
    row=Entity,
    reads=[Sentence],
    lexicons=[
        "countries",
        "metonyms",
        "regions",
        "titles",
        "given_names",
        "acronyms",
        "nominals",
        "name_words",
        "agencies",
        "office_words",  # these two are coreference's, which quotes and events read through these rows
        "coreference_weights",
        "gazetteer",
        "gazetteer_corrections",
        "admin_abbreviations",
    ],
    version=2,
)
def entities(article: Article, doc: Doc, ctx: Context) -> Iterator[Entity]:
    """Rows of every name the language core marked outside boilerplate."""
    found = _names(doc, ctx.rows(Sentence))
    _agree_on_labels(found)
    _place(article, found)
    _belong(doc, found)
    groups = names.cluster(
        [
            names.NameMention(
                text=n.text,
                label=n.label,
                start=n.span.start_char,
                before=doc[max(0, n.span.start - 2) : n.span.start].text,
                place=_place_key(n.place),
            )
            for n in found
        ]
    )
    members: dict[int, list[_Name]] = collections.defaultdict(list)
    for group, name in zip(groups, found, strict=True):
        members[group].append(name)
    canonical = {group: names.canonical([n.text for n in same], found[group].label) for group, same in members.items()}
    for same in members.values():
        _share(same)
    for group, name in zip(groups, found, strict=True):
        first = found[group]
        start, end = name.span.start_char, name.span.end_char
        place = name.place
        yield Entity(
            article_id=article.article_id,
            mention_id=content_id(article.article_id, "mention", start, end),
            sentence_id=name.sentence,
            start=start,
            end=end,
            text=name.text,
            label=name.label,
            entity_id=content_id(article.article_id, "entity", first.label, canonical[group], first.span.start_char),
            canonical=canonical[group],
            title=name.title,
            affiliation=name.affiliation,
            country=name.country,
            lat=round(place.lat, 5) if place else None,
            lon=round(place.lon, 5) if place else None,
            geonames_id=place.geonames_id if place else None,
            geo_precision=place.precision if place else None,
            confidence=round(name.score, 4),
        )


def _names(doc: Doc, sentences: Sequence[Sentence]) -> list[_Name]:
    """The names of the Doc in text order, without those in boilerplate, without overlaps and edges of white space."""
    group = doc.spans.get("names")
    spans = list(group) if group is not None and len(group) else list(doc.ents)
    scores = list(group.attrs.get("scores") or ()) if group is not None and len(group) else []
    starts = [s.start for s in sentences]
    out: list[_Name] = []
    for i, span in sorted(enumerate(spans), key=lambda p: (p[1].start, -p[1].end)):
        start, end = span.start, span.end
        while start < end and (doc[start].is_space or doc[start].text in ("'s", "’s")):
            start += 1
        while end > start and (doc[end - 1].is_space or doc[end - 1].text in ("'s", "’s", "'", "’")):
            end -= 1
        label = OWN_LABELS.get(span.label_)
        at = bisect.bisect_right(starts, span.start_char) - 1
        if label == "PERSON" and start < end and names.only_titles(doc[start:end].text):
            continue  # "Rear Adm." before a name is no person of its own
        while end > start + 1 and doc[end - 1].text == ",":
            end -= 1
        if start == end or label is None or at < 0 or sentences[at].kind == "boilerplate" or "\n\n" in doc[start:end].text:
            continue
        if (out and out[-1].span.end > start) or (end == start + 1 and doc[start].lower_ in ("the", "a", "an")):
            continue
        score = float(scores[i]) if i < len(scores) and scores[i] is not None else UNSCORED
        for part in _listed_places(doc[start:end]) if label == "LOC" else [doc[start:end]]:
            out.append(_Name(part, label, min(1.0, max(0.0, score)), sentences[at].sentence_id))
    out = _whole(doc, out)
    for name in unmarked(doc, [Found(n.span.start, n.span.end, n.label, n.score) for n in out]):
        at = bisect.bisect_right(starts, doc[name.start].idx) - 1
        if at >= 0 and sentences[at].kind != "boilerplate":
            out.append(_Name(doc[name.start : name.end], OWN_LABELS[name.label], name.score, sentences[at].sentence_id))
    return sorted(out, key=lambda n: n.span.start)


def _listed_places(span: Span) -> list[Span]:
    """ "Sofia, Bulgaria" marked as one name is two: the place, and the country or province it lies in."""
    comma = next((t.i for t in span if t.text == ","), None)
    if comma is None or comma == span.start or comma + 1 >= span.end:
        return [span]
    after = span.doc[comma + 1 : span.end]
    if find_country(after.text) is None and mentions_place(after.text) is None:
        return [span]
    return [span.doc[span.start : comma], after]


def _whole(doc: Doc, found: list[_Name]) -> list[_Name]:
    """Persons' names that the core cut: pieces side by side or joined by a hyphen are one, and so is a surname that hangs on a name."""
    out: list[_Name] = []
    for n, name in enumerate(found):
        limit = found[n + 1].span.start if n + 1 < len(found) else len(doc)
        before = out[-1] if out and name.label == out[-1].label == "PERSON" else None
        if before is not None and joins(doc, before.span.end, name.span.start):
            before.span, before.score = doc[before.span.start : name.span.end], max(before.score, name.score)
        else:
            out.append(name)
        if name.label == "PERSON":
            last = out[-1]
            last.span = doc[last.span.start : name_end(doc, last.span, limit)]
    return out


def _agree_on_labels(found: list[_Name]) -> None:
    """Gives the same words the same label throughout the article: the one whose probabilities add up to more than twice the others'."""
    weight: dict[str, collections.Counter[Label]] = collections.defaultdict(collections.Counter)
    for name in found:
        if name.label in ("ORG", "PERSON", "MISC") and stands_as_place(name.span):
            name.label, name.score = "LOC", max(name.score, UNSCORED)
        weight[name.text][name.label] += name.score  # type: ignore[assignment]
    for name in found:
        votes = weight[name.text]
        if len(votes) > 1:
            (first, most), (_, next_most) = votes.most_common(2)
            if most > 2 * next_most:
                name.label = first
    surnames = {names.parse(n.text).surname for n in found if n.label == "PERSON" and len(names.parse(n.text).parts) > 1}
    for name in found:  # "Hajiyev" taken for an organisation, where the article names a Hikmet Hajiyev
        if (
            name.label in ("ORG", "LOC", "MISC", "PRODUCT")
            and names.fold(name.text) in surnames
            and name.score < 0.9
            and len(name.span) == 1
        ):
            name.label = "PERSON"


def _place(article: Article, found: list[_Name]) -> None:
    """Coordinates and countries of the places, all geocoded together."""
    places = [n for n in found if n.label in ("LOC", "FAC") and not is_nationality(n.text)]
    codes = [code for n in found if n.label in ("NORP", "ORG", "PERSON", "MISC") for code in countries_in(n.text)[:1]]
    mentions = [Toponym(name=n.text, start=n.span.start_char, end=n.span.end_char, label=n.label) for n in places]
    resolved = geocode(mentions, article.text, dateline_place=article.dateline_place, countries=codes)
    for name, place in zip(places, resolved, strict=True):
        name.place = place
        country = find_country(name.text)
        namesake = country is not None and place is not None and place.country != country.alpha3
        name.country = place.country if place and (country is None or namesake) else country.alpha3 if country else None


def _place_key(place: Place | None) -> str | None:
    if place is None:
        return None
    return f"{place.geonames_id or place.name}|{place.country or ''}|{place.precision}"


def _belong(doc: Doc, found: list[_Name]) -> None:
    """Countries of nationalities and organisations; titles, affiliations and countries of persons."""
    at = {i: name for name in found for i in range(name.span.start, name.span.end)}
    for name in found:
        if name.label == "NORP" or (name.label in ("LOC", "FAC") and name.country is None):
            name.country = country_of(name.text) or names.acronym_country(name.text)
        elif name.label == "ORG":
            _organisation(doc, name, at)
    for name in found:
        if name.label == "PERSON":
            _person(doc, name, at)


def _organisation(doc: Doc, name: _Name, at: dict[int, _Name]) -> None:
    inside = countries_in(name.text)
    metonym = metonym_of(name.text)
    name.country = inside[0] if len(inside) == 1 else metonym.country if metonym else names.acronym_country(name.text)
    if name.country is not None or len(inside) > 1:
        return
    for i in [name.span.start - 1, *belongs_to(doc, name.span)]:  # "the Armenian Defense Ministry", "Ministry of Defence of Armenia"
        owner = at.get(i)
        if owner is None or owner is name or (owner.label not in ("NORP", "LOC")) or owner.span.sent.start != name.span.sent.start:
            continue
        if i == name.span.start - 1 and owner.label == "LOC" and owner.country != country_of(owner.text):
            continue
        name.country, name.affiliation = owner.country, _called(owner)
        return


def _person(doc: Doc, name: _Name, at: dict[int, _Name]) -> None:
    """Title and affiliation from the offices the text gives, the country from whatever of them has one."""
    for office in offices(doc, name.span):
        owners = [at[i] for i in range(office.start, office.end) if i in at and at[i] is not name]
        title = _title(doc, office, owners)
        if title and (name.title is None or len(title.split()) > len(name.title.split())):
            name.title = title
        for owner in [*(o for o in owners if o.label == "ORG"), *(o for o in owners if o.label in ("LOC", "NORP"))]:
            if name.affiliation is None:
                name.affiliation = _called(owner)
            if name.country is None and owner.country:
                name.country = owner.country
        owner_at = office.start - 1
        if owner_at > 0 and doc[owner_at].lower_ in ("'s", "’s"):
            owner_at -= 1
        before = at.get(owner_at)  # "the Russian | foreign minister", "Russia's | foreign minister"
        if before is not None and before is not name and before.label in ("NORP", "LOC", "ORG"):
            name.affiliation, name.country = name.affiliation or _called(before), name.country or before.country
    for i in belongs_to(doc, name.span):
        holder = at.get(i)
        if holder is not None and holder is not name and holder.label in ("ORG", "LOC", "NORP"):
            name.affiliation, name.country = name.affiliation or _called(holder), name.country or holder.country


def _title(doc: Doc, office: Office, owners: Sequence[_Name]) -> str | None:
    """The words of an office without the nationality, country or body it begins with ("Russian | foreign minister")."""
    start = office.start
    for owner in owners:
        if owner.span.start == start and owner.label in ("NORP", "LOC", "ORG") and owner.span.end < office.head + 1:
            start = owner.span.end
            while start < office.head and doc[start].text in ("'s", "’s", "'", "’", "-"):
                start += 1
    if start > office.head:
        return None
    return str(doc[start : office.end].text).strip() or None


def _called(owner: _Name) -> str:
    """How an affiliation is called: a nationality by its country's name, everything else as the text has it."""
    if owner.label == "NORP" and owner.country and is_nationality(owner.text):
        return country_name(owner.country) or owner.text
    return owner.text


def _share(same: Sequence[_Name]) -> None:
    """Every mention of an entity knows what the article says of it at any: the longest title, the first affiliation and country."""
    title = max((n.title for n in same if n.title), key=lambda t: len(t.split()), default=None)
    affiliation = next((n.affiliation for n in same if n.affiliation), None)
    countries = collections.Counter(n.country for n in same if n.country)
    country = countries.most_common(1)[0][0] if countries else None
    for name in same:
        name.title, name.affiliation = title, name.affiliation or affiliation
        name.country = name.country or country
