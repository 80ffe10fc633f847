"""Who the parties of an event are: the noun phrase of a head, its entity, country and PLOVER sector; pronouns by their antecedent."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.language import relations as rel
from pipeline.language.coreference import Chains, antecedent_phrase
from pipeline.language.entitylike import EntityLike
from pipeline.language.mention import Party
from pipeline.language.tree import noun_phrase

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from pipeline.lexicon import Lexicon

LONGEST_PHRASE = 5
"""Words of the longest sector phrase that is looked up."""
FIRST_PERSON = frozenset({"i", "we", "me", "us", "my", "our", "myself", "ourselves"})
PRONOUNS = FIRST_PERSON | {
    "he", "she", "it", "they", "him", "her", "them", "his", "its", "their", "theirs", "hers", "himself", "herself", "itself", "themselves",
    "you", "your",
    "who", "which", "that", "this", "those", "these", "whom", "whose", "one", "others", "everyone", "everybody", "someone", "somebody",
    "nobody", "anyone",
    "both", "all", "many", "some", "none", "each", "another", "what", "most", "several", "few",
}  # fmt: skip
LONGEST_PARTY = 14
"""Words a party's phrase may have before its "of" phrases are left out."""


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """Entity rows by offset and by id. Rows are sorted by start."""

    rows: Sequence[EntityLike]
    starts: Sequence[int]

    def at(self, offset: int) -> EntityLike | None:
        """The row whose characters hold an offset."""
        k = bisect.bisect_right(self.starts, offset) - 1
        while k >= 0 and self.starts[k] > offset - 200:
            if self.rows[k].end > offset:
                return self.rows[k]
            k -= 1
        return None

    def within(self, start: int, end: int) -> list[EntityLike]:
        """Rows inside [start, end)."""
        k = bisect.bisect_left(self.starts, start)
        found = []
        while k < len(self.rows) and self.rows[k].start < end:
            if self.rows[k].end <= end:
                found.append(self.rows[k])
            k += 1
        return found


def names_of(rows: Sequence[EntityLike]) -> Names:
    return Names(rows, [r.start for r in rows])


_SECTORS: dict[str, Mapping[str, str]] = {}


def compile_sectors(lexicon: Lexicon) -> Mapping[str, str]:
    """Sector by phrase."""
    if lexicon.digest not in _SECTORS:
        _SECTORS[lexicon.digest] = {row["phrase"]: row["sector"] for row in lexicon.rows}
    return _SECTORS[lexicon.digest]


def sector_of(words: Sequence[str], sectors: Mapping[str, str]) -> str | None:
    """The sector that the words of a noun phrase (lower case or lemmas, up to the head, which is last) tell: the longest phrase that ends
    at the head, else the nearest phrase before it."""
    for end in range(len(words), 0, -1):
        for size in range(min(LONGEST_PHRASE, end), 0, -1):
            found = sectors.get(" ".join(words[end - size : end]))
            if found is not None and (size > 1 or end == len(words) or found not in ("CVL", "GOV")):
                return found
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class Cast:
    """What parties of one article are read with. `speakers` are (segment start, end, speaker's party) of quotations, for "I" and "we";
    `reports` are those of indirect ones, whose subject "he" or "it" is the speaker where nobody else can be found for it."""

    doc: Doc
    names: Names
    chains: Chains
    sectors: Mapping[str, str]
    speakers: Sequence[tuple[int, int, Party]] = ()
    reports: Sequence[tuple[int, int, Party]] = ()

    def party(self, head: Token) -> Party | None:
        """The party a head word names; None for a pronoun that nobody can be found for."""
        if (head.pos_ == "PRON" or head.tag_ in ("PRP", "PRP$")) and head.lower_ in PRONOUNS:
            return self._pronoun(head)
        row = self.names.at(head.idx)
        phrase = phrase_of(head)
        return self._made(phrase, head, row)

    def _pronoun(self, head: Token) -> Party | None:
        lower = head.lower_
        if lower in FIRST_PERSON:
            inside = [s for s in self.speakers if s[0] <= head.idx < s[1]]
            return min(inside, key=lambda s: s[1] - s[0])[2] if inside else None
        if head.tag_ not in ("PRP", "PRP$", "WP", "WDT", "WP$") and lower not in ("they", "he", "she", "it", "their", "his", "her", "its"):
            return self._made(phrase_of(head), head, None)  # "those who …", "others", "everyone"
        link = self.chains.get(head)
        if link is None:
            inside = [s for s in self.reports if s[0] <= head.idx < s[1]] if head.dep_ in rel.SUBJECT else []
            return min(inside, key=lambda s: s[1] - s[0])[2] if inside else None
        phrase = antecedent_phrase(self.chains, head)
        antecedent = self.doc[link.antecedent]
        return self._made(phrase if phrase is not None else phrase_of(antecedent), antecedent, self.names.at(antecedent.idx))

    def _made(self, phrase: Span, head: Token, row: EntityLike | None) -> Party | None:
        start, end = phrase.start_char, phrase.end_char
        if end <= start:
            return None
        inner = self.names.within(start, end)
        if row is not None and row.label in ("DATE", "MONEY"):
            row = None
        country = row.country if row is not None else None
        if country is None:
            country = next((e.country for e in inner if e.country is not None and e.end <= head.idx + len(head)), None)
            country = country or next((e.country for e in inner if e.country is not None), None)
        link = self.chains.get(head) if row is None else None
        entity_id = row.entity_id if row is not None else link.entity_id if link is not None else None
        name = row.canonical if row is not None else link.canonical if link is not None else None
        return Party(start, end, self.doc.text[start:end], entity_id, name, country, self._sector(phrase, head, row))

    def _sector(self, phrase: Span, head: Token, row: EntityLike | None) -> str | None:
        before = [t for t in self.doc[phrase.start : head.i + 1] if not t.is_space and not t.is_punct]
        lemmas = [t.lemma_.lower() for t in before]
        if row is None or row.label not in ("LOC", "NORP"):
            found = sector_of(lemmas, self.sectors) or sector_of([t.lower_ for t in before], self.sectors)
            if found is not None and not (row is not None and row.label == "PERSON" and found == "CVL"):
                return found
        if row is None:
            return None
        for told in (row.title, row.canonical, row.affiliation):
            if told:
                found = sector_of(told.lower().split(" of ")[0].split(), self.sectors) or sector_of(told.lower().split(), self.sectors)
                if found is not None:
                    return found
        if row.label == "LOC" and row.country is not None:
            return "GOV"  # a country or capital that acts is its government
        return "CVL" if row.label in ("PERSON", "NORP") else None


def phrase_of(head: Token) -> Span:
    """The noun phrase of a party, without its determiner: left modifiers, name, "of" phrases unless they make it long."""
    phrase = noun_phrase(head, determiner=False)
    if len(phrase) > LONGEST_PARTY:
        phrase = noun_phrase(head, determiner=False, of=False)
    if head.ent_type_ == "PERSON" or head.pos_ == "PROPN":
        return phrase
    return phrase


def plural_heads(head: Token) -> list[Token]:
    """The nouns coordinated with a head, itself first."""
    return [t for t in rel.conjuncts(head) if t.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET")]
