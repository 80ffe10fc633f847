"""What is known of a word as an event's trigger: the pattern lexicon's readings, and what the language core marked.

The lexicon proposes readings of a word (type, mode, and the share of such words that were events of that type in coded articles: its
prior); frames tell its senses apart. The language core gives typed spans with probabilities. `pipeline.language.weighing` joins the two.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.errors import LexiconError
from pipeline.language.frames import Classes, Condition, compile_classes, parse

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from pipeline.lexicon import Lexicon

NO_EVENT = "NONE"
"""The type of lexicon entries that say what is not an event ("shot a film")."""

POS = {"VERB": "VERB", "AUX": "VERB", "NOUN": "NOUN", "PROPN": "NOUN", "ADJ": "ADJ", "ADV": "ADJ"}
ANY = "*"
"""Part of speech under which idioms are kept that a noun ends: their first word may be of any ("joint exercise", "cease - fire")."""
HYPHEN = re.compile(r"(-)")
FUNCTION = frozenset({"to", "for", "on", "with", "of", "by", "at", "from", "against", "that", "a", "an", "into", "*"})
"""Words of an idiom that are no part of the trigger where nothing else follows the verb."""
INFLECTED = frozenset({"VBD", "VBN", "VBG", "VBZ"})
WORDLESS = frozenset({"ADP", "AUX", "CCONJ", "DET", "INTJ", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM"})
"""Parts of speech that by themselves tell no event."""
CERTAIN = 0.9
GAP = 3
"""Words that may stand for a `*` of an idiom ("blew the whole bus up")."""


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of event_patterns.csv: lemmas in a row ("*" stands for up to three words), the frame, and the reading."""

    words: tuple[str, ...]
    pos: str
    frame: tuple[Condition, ...]
    type: str
    mode: str | None
    prior: float
    rule: str

    @property
    def refusal(self) -> bool:
        """Whether the entry reads a denied act as a refusal ("will not accept")."""
        return self.type == "REJECT" and any("not" in c.names and not c.denied for c in self.frame)

    @property
    def specific(self) -> int:
        """How much an entry asks for: words count most, a condition that names words more than a bare one."""
        return 2 * len(self.words) + sum(2 if c.words or c.classes else 1 for c in self.frame)


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the words first..last (token indices, last included); `head` is the word the tree is read from."""

    first: int
    last: int
    head: int
    type: str
    mode: str | None
    prior: float
    specific: int
    rule: str
    refusal: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Patterns:
    """The compiled lexicon: entries by their first lemma and part of speech, most specific first."""

    entries: Mapping[tuple[str, str], tuple[Pattern, ...]]
    classes: Classes
    modes: Mapping[str, frozenset[str]]


_COMPILED: dict[tuple[str, str, str], Patterns] = {}  # by the lexicons' digests: compiled once in a worker


def compile_patterns(patterns: Lexicon, words: Lexicon, sectors: Lexicon) -> Patterns:
    """The compiled event lexicon. Raises LexiconError where an entry is malformed."""
    key = (patterns.digest, words.digest, sectors.digest)
    if key not in _COMPILED:
        _COMPILED[key] = _compile(patterns, compile_classes(words, sectors))
    return _COMPILED[key]


def rule_of(row: Mapping[str, str]) -> str:
    """The name of a lexicon row in the column `rule`."""
    return f"pattern:{row['lemma']}/{row['pos']}" + (f"[{row['frame']}]" if row["frame"] else "")


def _compile(patterns: Lexicon, classes: Classes) -> Patterns:
    entries: dict[tuple[str, str], list[Pattern]] = {}
    modes: dict[str, set[str]] = {}
    for row in patterns.rows:
        lemmas = tuple(row["lemma"].lower().split())
        try:
            prior = float(row["prior"])
        except ValueError as error:
            raise LexiconError(
                f"event_patterns.csv: {row['lemma']!r} has the prior {row['prior']!r}", "give a number from 0 to 1"
            ) from error
        entry = Pattern(lemmas, row["pos"], parse(row["frame"], classes), row["type"], row["mode"] or None, prior, rule_of(row))
        for words in _spellings(lemmas):
            key = (words[0], row["pos"] if len(words) == 1 or (row["pos"] == "VERB" and "-" not in words) else ANY)
            entries.setdefault(key, []).append(dataclasses.replace(entry, words=words))
        modes.setdefault(row["type"], set()).update(filter(None, [row["mode"]]))
    ordered = {k: tuple(sorted(v, key=lambda p: (-len(p.words), -len(p.frame), -p.prior))) for k, v in entries.items()}
    return Patterns(ordered, classes, {k: frozenset(v) for k, v in modes.items()})


def _spellings(lemmas: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The lemmas as they stand, and hyphenated ones also as the tokens that UD English makes of them ("cease - fire")."""
    yield lemmas
    if any("-" in lemma.strip("-") for lemma in lemmas):
        yield tuple(part for lemma in lemmas for part in HYPHEN.split(lemma) if part)


def _match(doc: Doc, at: int, words: tuple[str, ...]) -> int | None:
    """Index of the last word of an idiom that begins at a token, or None."""
    i = at
    for k, word in enumerate(words[1:], 1):
        if word == "*":
            continue
        gap = GAP if words[k - 1] == "*" else 0
        for j in range(i + 1, min(i + 2 + gap, len(doc))):
            token = doc[j]
            if token.is_space or token.is_sent_start:
                return None
            if token.lemma_.lower() == word or token.lower_ == word:
                i = j
                break
        else:
            return None
    return i


def _particle(token: Token, word: str) -> int | None:
    """A particle that stands apart from its verb ("blew the bus up")."""
    for child in token.children:
        if child.lower_ == word and child.i > token.i and (child.dep_ in ("compound:prt", "prt", "advmod") or child.pos_ in ("ADP", "ADV")):
            return child.i
    return None


def readings(doc: Doc, token: Token, patterns: Patterns) -> list[Reading]:
    """What the lexicon says of a token, the best reading first; none where it knows nothing of the word in this place."""
    pos = POS.get(token.pos_, ANY)
    lemma = token.lemma_.lower()
    found: list[Reading] = []
    for key in _keys(token, lemma, pos):
        for entry in patterns.entries.get(key, ()):
            head, last = token, token.i
            if len(entry.words) > 1:
                end = _match(doc, token.i, entry.words)
                if end is None and len(entry.words) == 2 and pos == "VERB":
                    apart = _particle(token, entry.words[1])
                    end = token.i if apart is not None else None
                if end is None or (entry.pos == "NOUN" and "-" not in entry.words and POS.get(doc[end].pos_) != "NOUN"):
                    continue
                if entry.pos == "VERB" and all(word in FUNCTION for word in entry.words[1:]):
                    end = token.i  # "refused to", "called for": the verb names the act
                last, head = end, (doc[end] if entry.pos != "VERB" or "-" in entry.words else token)
            if all(c.holds(head, patterns.classes) for c in entry.frame):
                first = last if "*" in entry.words and entry.pos == "NOUN" else token.i
                found.append(Reading(first, last, head.i, entry.type, entry.mode, entry.prior, entry.specific, entry.rule, entry.refusal))
    found.sort(key=lambda r: (-r.specific, -r.prior))
    return found


def _stems(form: str) -> Iterator[str]:
    """What an inflected verb may be a form of: a lemmatizer that guesses leaves "fre" of "freed" and "mobiliz" of "mobilized"."""
    for ending in ("ied", "ies"):
        if form.endswith(ending) and len(form) > len(ending) + 2:
            yield form.removesuffix(ending) + "y"
    for ending in ("ed", "ing", "s"):
        if form.endswith(ending) and len(form) > len(ending) + 2:
            stem = form.removesuffix(ending)
            yield stem
            yield stem + "e"
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]
            return


def _doer(word: str) -> bool:
    return word.removesuffix("s").endswith(("er", "or"))


def _keys(token: Token, lemma: str, pos: str) -> Iterator[tuple[str, str]]:
    lower = token.lower_
    if pos == "NOUN" and _doer(lower) and not _doer(lemma):
        lemma = lower  # "protesters" is no protest, whatever the lemmatizer says
    yield lemma, ANY
    if lower != lemma:
        yield lower, ANY
    if pos == ANY:
        return
    yield lemma, pos
    if lower != lemma:
        yield lower, pos
    if pos == "VERB" and token.tag_ in INFLECTED:
        for stem in _stems(lower):
            if stem != lemma:
                yield stem, pos
    if pos == "NOUN" and token.tag_ in ("VBG", "NN") and lower.endswith("ing") and lemma.endswith("ing"):
        return
    if pos == "ADJ" and token.tag_ in ("VBN", "JJ") and lower.endswith("ed"):
        for stem in (lower[:-2], lower[:-1]):
            yield stem, "VERB"


@dataclasses.dataclass(frozen=True, slots=True)
class Marked:
    """A trigger the language core marked: token span, type, probability."""

    first: int
    last: int
    type: str
    score: float


def _doers(doc: Doc) -> dict[int, set[int]]:
    """Words that the language core is certain do something, with the offsets of the triggers of what they do."""
    found: dict[int, set[int]] = {}
    group = doc.spans.get("arguments") or ()
    scores = group.attrs.get("scores") or () if group else ()
    for span, chance in zip(group, scores, strict=False):
        role, _, of = span.label_.partition("@")
        if role == "actor" and chance is not None and chance >= CERTAIN:
            found.setdefault(span.start, set()).add(int(of))
    return found


def marked(doc: Doc) -> list[Marked]:
    """The language core's triggers, sorted; empty where the pipeline in use marks none.

    Left out are marks of function words, numbers and names, and of words of which it is surer that they do something than that they happen
    ("gunmen attacked").
    """
    group = doc.spans.get("triggers")
    if group is None:
        return []
    scores = group.attrs.get("scores") or [1.0] * len(group)
    found = [
        Marked(s.start, s.end - 1, s.label_, 1.0 if p is None else float(p))
        for s, p in zip(group, scores, strict=True)
        if s.text.strip() and not (len(s) == 1 and s[0].pos_ in WORDLESS)
    ]
    doers = _doers(doc)
    found = [m for m in found if m.score >= CERTAIN or m.first != m.last or not doers.get(m.first, set()) - {doc[m.first].idx}]
    return sorted(found, key=lambda m: (m.first, m.last, -m.score, m.type))


def by_token(doc: Doc, spans: Sequence[Marked]) -> dict[int, list[Marked]]:
    """Marked triggers by each token they cover."""
    found: dict[int, list[Marked]] = {}
    for span in spans:
        for i in range(span.first, span.last + 1):
            found.setdefault(i, []).append(span)
    return found
