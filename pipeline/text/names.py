"""Names of persons and organisations: their parts, their gender, and which mentions of one article name the same entity.

Pure functions over strings and the lexicons `titles`, `given_names`, `acronyms` and `nominals`. Nothing is guessed across a tie: a
surname that
two persons of the article share goes to neither unless a title's gender or the order of mentions decides.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from pipeline import lexicon
from pipeline.text.countries import country_of, find_country, is_nationality
from pipeline.text.gazetteer import place_key

Gender = Literal["m", "f"]

FEMALE, MALE = 0.8, 0.2  # shares of women among a name's bearers from which the name tells: four of five
VARIANT = 1  # edits by which spellings of one long name part may differ ("Sergey", "Sergei")
VARIANT_LENGTH = 5  # letters from which an edit is a spelling and not another name

_POSSESSIVE = re.compile(r"\s*(?:'s|’s|'|’)$")
_SPELLING = re.compile(r"is(?=ation|ing\b|ed\b)|(?<=\bdef)ence|(?<=\bprogr)amme|(?<=\bc)entre")  # British to American, for comparing
_TOKEN = re.compile(r"[^\s,()\"“”]+")


@dataclasses.dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name in folded parts: no marks, no case. `titles` are the words before it that are no name."""

    titles: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def surname(self) -> str:
        return self.parts[-1] if self.parts else ""


@functools.lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """A word without case, marks, full stops and apostrophes, for comparing."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().replace(".", "").replace("’", "").replace("'", "")


@functools.cache
def _words(kind: str) -> frozenset[str]:
    """Words of a kind of the lexicon `name_words`: particle, suffix, company or small."""
    return frozenset(row["word"] for row in lexicon.load("name_words").rows if row["kind"] == kind)


@functools.cache
def _titles() -> dict[str, tuple[str, str]]:
    """Folded title -> (kind, gender); an office's reading wins over an honorific's where a word is both."""
    found: dict[str, tuple[str, str]] = {}
    for row in lexicon.load("titles").rows:
        key = fold(row["title"])
        if key not in found or (found[key][0] == "honorific" and row["kind"] != "honorific"):
            found[key] = (row["kind"], row["gender"] or found.get(key, ("", ""))[1])
    return found


@functools.cache
def _honorifics() -> frozenset[str]:
    return frozenset(fold(row["title"]) for row in lexicon.load("titles").rows if row["kind"] in ("honorific", "rank"))


@functools.cache
def _given() -> dict[str, float]:
    return {row["name"]: float(row["p_female"]) for row in lexicon.load("given_names").rows}


@functools.cache
def _acronyms() -> dict[str, tuple[tuple[str, str], ...]]:
    """Acronym as written -> its (expansion, country) readings."""
    found: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    for row in lexicon.load("acronyms").rows:
        found[row["acronym"]].append((row["name"], row["country"]))
    return {k: tuple(v) for k, v in found.items()}


@functools.cache
def _nominals() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = collections.defaultdict(set)
    for row in lexicon.load("nominals").rows:
        found[row["noun"]].add(row["label"])
    return {k: frozenset(v) for k, v in found.items()}


def person_noun(word: str) -> bool:
    """Whether a common noun names a person by office, rank, calling or kin ("spokesman", "minister", "widow")."""
    found = _titles().get(fold(word))
    return found is not None and found[0] != "honorific"


def is_title(word: str) -> bool:
    """Whether a word may stand before a person's name: an honorific, rank, office or calling."""
    return fold(word) in _titles()


def only_titles(name: str) -> bool:
    """Whether a span holds titles and no name ("Rear Adm.", "President")."""
    words = name.split()
    return bool(words) and all(is_title(w) for w in words) and not any(_is_given(fold(w)) for w in words)


def noun_gender(word: str) -> Gender | None:
    """The gender a title or person noun tells ("spokeswoman" f, "Mr." m), None where it tells none."""
    found = _titles().get(fold(word))
    return found[1] if found and found[1] in ("m", "f") else None  # type: ignore[return-value]


def nominal_labels(noun: str) -> frozenset[str]:
    """What kinds of entity a common noun can take up: PERSON, ORG, COUNTRY, LOC, FAC; empty for other nouns."""
    labels = _nominals().get(noun.lower(), frozenset())
    return labels | {"PERSON"} if person_noun(noun) else labels


def acronym_country(name: str) -> str | None:
    """Country of a known organisation by acronym or full name ("CIA", "Central Intelligence Agency" -> "USA").

    None where it is unknown or its readings differ in country.
    """
    readings = _acronyms().get(name) or _by_expansion().get(org_key(name), ())
    countries = {country for _, country in readings}
    return (countries.pop() or None) if len(countries) == 1 else None


@functools.cache
def _by_expansion() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    for readings in _acronyms().values():
        for name, country in readings:
            found[org_key(name)].append((name, country))
    return {k: tuple(v) for k, v in found.items()}


@functools.lru_cache(maxsize=8192)
def parse(name: str) -> PersonName:
    """The parts of a person's name as a text has it: "former President Jimmy Carter Jr.'s" -> titles ("president",), parts ("jimmy",
    "carter")."""
    words = [fold(w) for w in _TOKEN.findall(_POSSESSIVE.sub("", name))]
    words = [w for w in words if w]
    first = 0
    while (
        first < len(words) - 1
        and words[first] in _titles()
        and (first == 0 or words[first - 1] in _titles())
        and not _is_given(words[first])
    ):
        first += 1
    last = len(words)
    while last > first + 1 and words[last - 1] in _words("suffix"):
        last -= 1
    parts: list[str] = []
    for word in words[first:last]:
        split = word.split("-") if word.split("-")[0] in _words("particle") else [word]
        parts += [p for p in split if p not in _words("particle")]
    return PersonName(tuple(words[:first]), tuple(parts or words[first:last]))


def _is_given(word: str) -> bool:
    return word in _given() and word not in _honorifics()


def is_given_name(word: str) -> bool:
    """Whether a word is a given name that tells its bearer's gender, and no honorific or rank."""
    return _is_given(fold(word))


@functools.lru_cache(maxsize=4096)
def is_news_medium(name: str) -> bool:
    """Whether a name is a news agency's, paper's or station's: by the lexicon `agencies`, or by a word such as "Times" or "TV" in it."""
    agencies = _agencies()
    bare = _POSSESSIVE.sub("", name.removeprefix("the ").removeprefix("The "))
    return bare in agencies or any(fold(w) in _words("media") for w in bare.split())


@functools.cache
def _agencies() -> frozenset[str]:
    return frozenset(name for row in lexicon.load("agencies").rows for name in (row["name"], row["publisher"]) if name)


def known_acronym(text: str) -> bool:
    """Whether the lexicon `acronyms` has the acronym, with or without its full stops."""
    return text in _acronyms() or text.replace(".", "") in _acronyms()


@functools.lru_cache(maxsize=8192)
def gender(name: str) -> Gender | None:
    """Gender by a person's titles, else by the given name: first part, or for names written family first a later one; None where
    unknown."""
    person = parse(name)
    for title in person.titles:
        if (told := _titles()[title][1]) in ("m", "f"):
            return told  # type: ignore[return-value]
    if len(person.parts) < 2:
        return None
    given = _given().get(person.parts[0])
    if given is None:
        return None
    if given >= FEMALE:
        return "f"
    return "m" if given <= MALE else None


def _like(a: str, b: str) -> bool:
    """Whether two name parts are one: equal, an initial of the other, or another spelling of a long one."""
    if a == b:
        return True
    if len(a) == 1 or len(b) == 1:
        return a[:1] == b[:1]
    if min(len(a), len(b)) < VARIANT_LENGTH or a[0] != b[0]:
        return False
    return bool(DamerauLevenshtein.distance(a, b, score_cutoff=VARIANT) <= VARIANT)


def same_person(short: PersonName, full: PersonName) -> bool:
    """Whether a mention's parts can name the person of a fuller name: the surname alone, first and last part, initials, family name
    first."""
    a, b = short.parts, full.parts
    if not a or not b or len(a) > len(b):
        return False
    if len(a) == len(b):
        return (len(a) == 1 and a == b) or (
            len(a) > 1 and _like(a[-1], b[-1]) and all(map(_like, a, b)) and any(x == y for x, y in zip(a, b, strict=True))
        )
    if len(a) == 1:
        return a[0] in (b[-1], b[0]) or (len(b) > 2 and a[0] == b[-2] and b[-2] not in _given())
    if a[-1] == b[-1] and _like(a[0], b[0]):
        return True
    return a == b[: len(a)] or a == b[-len(a) :]


def _american(match: re.Match[str]) -> str:
    return {"is": "iz", "ence": "ense", "amme": "am", "entre": "enter"}[match.group()]


def org_key(name: str) -> str:
    """An organisation's name for comparing: no article, possessive, legal form, case or marks, American spelling."""
    words = _SPELLING.sub(_american, place_key(_POSSESSIVE.sub("", name))).split()
    while len(words) > 1 and words[-1] in _words("company"):
        words.pop()
    return " ".join(words)


def acronyms_of(name: str) -> frozenset[str]:
    """The acronyms a name could have by its capitals, with and without small words: "Ministry of Defence" -> {"MOD", "MD"}."""
    words = [w for w in re.split(r"[\s\-/]+", _POSSESSIVE.sub("", name)) if w and w[0].isalpha()]
    if len(words) < 2:
        return frozenset()
    full = "".join(w[0] for w in words if w.lower() != "the").upper()
    big = "".join(w[0] for w in words if w.lower() not in _words("small")).upper()
    return frozenset(a for a in (full, big) if len(a) > 1)


def expands(acronym: str, name: str) -> bool:
    """Whether a name is an acronym's expansion: by the lexicon `acronyms`, else by its capitals."""
    bare = acronym.replace(".", "")
    if not bare.isupper() and acronym not in _acronyms():
        return False
    known = _acronyms().get(acronym, ()) + _acronyms().get(bare, ())
    if any(org_key(expansion) == org_key(name) for expansion, _ in known):
        return True
    return len(bare) > 1 and bare.upper() in acronyms_of(name)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NameMention:
    """A name in an article as clustering sees it. `place` is an identifier of the place it was geocoded to, where it was; `before` the
    words before it."""

    text: str
    label: str
    start: int
    before: str = ""
    place: str | None = None


def cluster(mentions: Sequence[NameMention]) -> list[int]:
    """For each mention (in text order) the index of the first mention of the entity it names."""
    out = list(range(len(mentions)))
    by_label: dict[str, list[int]] = collections.defaultdict(list)
    for i, mention in enumerate(mentions):
        by_label[mention.label].append(i)
    for label, members in by_label.items():
        if label == "PERSON":
            _persons(mentions, members, out)
        elif label == "ORG":
            _organisations(mentions, members, out)
        else:
            _by_key(members, out, [_key(mentions[i]) for i in members])
    return out


def _by_key(members: Sequence[int], out: list[int], keys: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for i, key in zip(members, keys, strict=True):
        out[i] = first.setdefault(key, i)


def _key(mention: NameMention) -> str:
    if mention.label == "NORP":
        return f"{country_of(mention.text) or ''}|{mention.text.casefold().removesuffix('s') if not is_nationality(mention.text) else ''}"
    if mention.label in ("LOC", "FAC"):
        country = find_country(mention.text)
        if country is not None:
            return f"country|{country.alpha3}|{country.name}"
        return mention.place or place_key(mention.text)
    return " ".join(fold(w) for w in mention.text.split())


def _persons(mentions: Sequence[NameMention], members: Sequence[int], out: list[int]) -> None:
    names = {i: parse(mentions[i].text) for i in members}
    told = {i: gender(mentions[i].text) or _gender_before(mentions[i].before) for i in members}
    heads: list[int] = []  # one mention of each person found so far, the fullest
    bare: dict[tuple[str, ...], int] = {}  # the person a surname alone stood for last
    for i in sorted(members, key=lambda m: (-len(names[m].parts), m)):
        fits = [h for h in heads if same_person(names[i], names[h]) and not (told[i] and told[h] and told[i] != told[h])]
        if not fits and len(names[i].parts) == 1:
            fits = [h for h in heads if _respelt(names[i].parts[0], names[h]) and not (told[i] and told[h] and told[i] != told[h])]
        if len(fits) > 1 and len(names[i].parts) == 1:
            last = [h for h in fits if names[h].surname == names[i].parts[0]]
            fits = last or fits
        if len(fits) > 1:
            exact = [h for h in fits if names[h].parts == names[i].parts and len(names[i].parts) > 1]
            kept = [h for h in fits if out[h] == bare.get(names[i].parts)]  # who has gone by the surname alone goes on doing so
            fits = exact or kept[:1] or _nearest(i, fits, out, members)
        if len(fits) == 1:
            out[i] = out[fits[0]]
            if len(names[i].parts) == 1:
                bare[names[i].parts] = out[fits[0]]
            told[fits[0]] = told[fits[0]] or told[i]
        else:
            heads.append(i)
    _first_of_each(members, out)


def _respelt(surname: str, full: PersonName) -> bool:
    """Whether a lone surname is a fuller name's, spelt a letter apart ("Ghanim" of "Marzouq al-Ghanem")."""
    return len(full.parts) > 1 and len(surname) > VARIANT_LENGTH and _like(surname, full.surname)


def _nearest(i: int, fits: Sequence[int], out: Sequence[int], members: Sequence[int]) -> list[int]:
    """Of several persons a surname fits, the one already named before it if only one was; else nobody."""
    before = [h for h in fits if any(m < i and out[m] == out[h] for m in members if m in fits)]
    return before if len(before) == 1 else []


def _gender_before(words: str) -> Gender | None:
    """Gender told by the title just before a mention ("Mrs. Clinton")."""
    last = words.split()[-1:] or [""]
    return noun_gender(last[0]) if last[0][:1].isupper() else None


def _organisations(mentions: Sequence[NameMention], members: Sequence[int], out: list[int]) -> None:
    keys = {i: org_key(mentions[i].text) for i in members}
    _by_key(members, out, [keys[i] for i in members])
    heads = sorted({out[i] for i in members})
    joined: dict[int, int] = {}
    for i in heads:
        text = _POSSESSIVE.sub("", mentions[i].text)
        fits = [j for j in heads if j != i and expands(text, mentions[j].text)]
        if not fits:
            short = keys[i].split()
            if len(short) == 1 and (nominal_labels(short[0]) or country_of(text)):
                continue
            fits = [j for j in heads if j != i and _part(short, keys[j].split())]
        if len(fits) == 1:
            joined[i] = fits[0]
    for i in members:
        seen = {out[i]}
        while out[i] in joined and joined[out[i]] not in seen:
            out[i] = joined[out[i]]
            seen.add(out[i])
    _first_of_each(members, out)


def _part(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether a short name is the beginning or the end of a longer one ("Foreign Ministry" of "Armenian Foreign Ministry")."""
    n = len(short)
    if not 0 < n < len(full):
        return False
    if list(full[-n:]) == list(short):
        return n > 1
    return list(full[:n]) == list(short) and (n > 1 or len(short[0]) > 3) and full[n] not in _words("small")


def _first_of_each(members: Sequence[int], out: list[int]) -> None:
    """Renames clusters by their first mention."""
    first: dict[int, int] = {}
    for i in members:
        first[out[i]] = min(first.get(out[i], i), i)
    for i in members:
        out[i] = first[out[i]]


def canonical(texts: Sequence[str], label: str) -> str:
    """The fullest of the forms an entity has in an article, titles and possessives taken off; the first among equals."""
    forms = [_POSSESSIVE.sub("", " ".join(t.split())) for t in texts]
    if label == "PERSON":
        forms = [_without_titles(f) for f in forms]
        return max(forms, key=lambda f: (len(parse(f).parts), sum(len(p) > 1 for p in parse(f).parts), not f.isupper()))
    forms = [f[4:] if f.startswith(("the ", "The ")) and len(f) > 4 else f for f in forms]
    if label in ("ORG", "LOC", "FAC"):
        return max(forms, key=lambda f: (len(f.split()) if not f.isupper() else 0, len(f) if not f.isupper() else 0))
    return forms[0]


def _without_titles(name: str) -> str:
    """A person's name from its first part on, as written."""
    words = name.split()
    drop = len(parse(name).titles)
    return " ".join(words[drop:]) if 0 < drop < len(words) else name
