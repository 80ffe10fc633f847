"""Reads the public corpora into one form: documents of words with the labels each corpus has.

A head for which a corpus says nothing stays unlabelled (None) and takes no part in the loss. Where a corpus marks only some of what a head
should find (RAMS marks one event a text), the rest of its words are left out of that head's loss.
"""

from __future__ import annotations

import csv
import dataclasses
import gzip
import json
import pathlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pipeline.language.labels import ARGUMENT_ROLES, SPAN_HEADS, TIMEX_LABELS
from pipeline.language.tokenizer import spans
from pipeline.training.conllu import read_documents

IGNORE = -100

NAMES = {
    "Person": "PERSON", "Organization": "ORG", "Location": "LOC", "Facility": "FAC", "NORP": "NORP", "Date": "DATE", "Money": "MONEY",
    "Product": "PRODUCT", "Misc": "MISC",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Bag:
    """Words of which at least one has one of the classes of a tag head; which of them nobody says (multiple-instance learning)."""

    head: str
    words: tuple[int, ...]
    classes: tuple[int, ...]


@dataclasses.dataclass(slots=True)
class Document:
    """A text's words with labels: `tags[head]` is one class index a word (IGNORE leaves it out), `picks[head]` maps a word to the
    words that would be right (itself for "none"), `tree` is (heads, relation names)."""

    text: str
    words: list[tuple[int, int]]
    tags: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    picks: dict[str, dict[int, list[int]]] = dataclasses.field(default_factory=dict)
    tree: tuple[list[int], list[str]] | None = None
    ud: tuple[list[str], list[str], list[str]] | None = None  # upos, xpos, lemma
    starts: set[int] = dataclasses.field(default_factory=set)  # words that open a sentence
    paragraphs: set[int] = dataclasses.field(default_factory=set)  # words that open a paragraph
    bags: list[Bag] = dataclasses.field(default_factory=list)

    def word_at(self, offset: int) -> int | None:
        """Index of the word that covers a character."""
        lo, hi = 0, len(self.words)
        while lo < hi:
            mid = (lo + hi) // 2
            if self.words[mid][1] <= offset:
                lo = mid + 1
            else:
                hi = mid
        return lo if lo < len(self.words) and self.words[lo][0] <= offset else None

    def words_of(self, start: int, end: int) -> range:
        """Indices of the words that a character span touches."""
        inside = [i for i in range(max(0, self._first(start)), len(self.words)) if self.words[i][0] < end] if start < end else []
        return range(inside[0], inside[-1] + 1) if inside else range(0)

    def _first(self, start: int) -> int:
        lo, hi = 0, len(self.words)
        while lo < hi:
            mid = (lo + hi) // 2
            if self.words[mid][1] <= start:
                lo = mid + 1
            else:
                hi = mid
        return lo

    def mark(self, head: str, marked: Iterable[tuple[int, int, str]], default: int | None = 0) -> None:
        """Lays BIO tags of character spans; earlier spans win where two touch. `default` is the tag of the other words."""
        classes = {c: i for i, c in enumerate(SPAN_HEADS[head])}
        tags = self.tags.setdefault(head, [IGNORE if default is None else default] * len(self.words))
        free = [True] * len(self.words)
        for start, end, label in marked:
            words = self.words_of(start, end)
            if not words or not all(free[i] for i in words):
                continue
            for i in words:
                free[i] = False
                tags[i] = IGNORE if label == "?" else classes[f"{'B' if i == words[0] else 'I'}-{label}"]


def plain(text: str) -> Document:
    """A document with our own words and the paragraphs that blank lines make."""
    document = Document(text, spans(text))
    last = None
    for i, (start, _) in enumerate(document.words):
        if last is None or "\n" in text[last:start]:
            document.paragraphs.add(i)
        last = document.words[i][1]
    return document


def records(path: pathlib.Path) -> Iterator[dict[str, Any]]:
    """Records of a .jsonl or .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


_CUT = re.compile(r"^(of|in|at|from|for|on|with|who|which|that|whose|to|by|against|near|,|--|-|\(|and)$", re.I)


def head_word(document: Document, start: int, end: int) -> int | None:
    """The head word of a noun phrase given as characters, by a rule of thumb: the last word before a preposition, comma or relative."""
    words = document.words_of(start, end)
    if not words:
        return None
    last = words[0]
    for i in words:
        word = document.text[slice(*document.words[i])]
        if i > words[0] and _CUT.match(word):
            if word in ("-", ","):  # "Beirut-based group", "the big, old house": go on where a noun phrase goes on
                continue
            break
        if word not in ("'s", "’s", "'", "’") and any(c.isalnum() for c in word):
            last = i
    return last


# ---------------------------------------------------------------- one function a corpus


def ud(path: pathlib.Path) -> Iterator[Document]:
    """UD English: tags, lemmas, trees and sentence starts; gold words."""
    for d in read_documents(path):
        document = Document(d.text, [(w.start, w.end) for w in d.words])
        document.tree = ([w.head for w in d.words], [w.deprel for w in d.words])
        document.ud = ([w.upos for w in d.words], [w.xpos for w in d.words], [w.lemma for w in d.words])
        document.starts, document.paragraphs = set(d.sentence_starts), set(d.paragraph_starts)
        document.tags["sentence"] = [int(i in document.starts) for i in range(len(d.words))]
        yield document


def sentences(path: pathlib.Path) -> Iterator[Document]:
    """Texts with sentence spans (corpora/sbd)."""
    for r in records(path):
        document = plain(r["text"])
        document.starts = {i for s, _ in r["sents"] if (i := document.word_at(s)) is not None}
        document.tags["sentence"] = [int(i in document.starts) for i in range(len(document.words))]
        yield document


def newswire(path: pathlib.Path) -> Iterator[Document]:
    """worldwide-newswire: nine kinds of names."""
    for r in records(path):
        document = plain(r["text"])
        document.mark("names", [(s, e, NAMES[label]) for s, e, label in r["ents"]])
        yield document


def polnear(path: pathlib.Path) -> Iterator[Document]:
    """PolNeAR: sources, cues and contents, and which cue a source or content belongs to."""
    for r in records(path):
        document = plain(r["text"])
        marked = [(s, e, k) for q in r["quotes"] for k in ("cue", "source", "content") for s, e in q[k] or []]
        document.mark("quotation", marked)
        picks = document.picks.setdefault("attribution", {})
        for q in r["quotes"]:
            cue = document.word_at(q["cue"][0][0]) if q["cue"] else None
            for part in (*(q["source"] or []), *q["content"]):
                word = document.word_at(part[0])
                if word is not None and cue is not None:
                    picks[word] = [cue]
        yield document


def timex(path: pathlib.Path) -> Iterator[Document]:
    """TimeML texts: temporal expressions of four types."""
    for r in records(path):
        document = plain(r["text"])
        document.mark("timex", [(*t["span"], t["type"]) for t in r["timex"] if t.get("span") and t["type"] in TIMEX_LABELS])
        yield document


def _mapping(name: str) -> dict[tuple[str, str], str]:
    with (pathlib.Path(__file__).parent / "event_mappings.csv").open(encoding="utf-8") as file:
        return {(r["corpus"], r["source_type"]): r["type"] for r in csv.DictReader(file) if r["corpus"] == name}


def _roles(name: str) -> dict[tuple[str, str], str]:
    with (pathlib.Path(__file__).parent / "role_mappings.csv").open(encoding="utf-8") as file:
        return {(r["event_type"], r["role"]): r["argument"] for r in csv.DictReader(file) if r["corpus"] == name}


def _arguments(document: Document, trigger: int, found: dict[str, list[int]], known: Iterable[str]) -> None:
    """The words a trigger should pick for each role; itself where the role has no filler."""
    for role in ARGUMENT_ROLES:
        if role in known:
            document.picks.setdefault(role, {})[trigger] = found.get(role) or [trigger]


def ontology_events(name: str) -> Callable[[pathlib.Path], Iterator[Document]]:
    """RAMS (one event a text: other words take no part in the trigger loss) or WikiEvents (all events), types and roles mapped by CSV."""
    types, roles = _mapping(name), _roles(name)
    everything = name == "wikievents"

    def read(path: pathlib.Path) -> Iterator[Document]:
        for r in records(path):
            document = plain(r["text"])
            triggers = []
            for e in r["events"]:
                kind = types.get((name, e["type"]), "?")
                if kind:
                    triggers.append((*e["trigger"]["span"], kind))
                if not kind or kind == "?":
                    continue
                at = head_word(document, *e["trigger"]["span"]) if not everything else document.word_at(e["trigger"]["span"][0])
                if at is None:
                    continue
                found: dict[str, list[int]] = {}
                for a in e["arguments"]:
                    role = roles.get((e["type"], a["role"])) or roles.get(("*", a["role"])) or "none"
                    word = head_word(document, *a["span"])
                    if word is not None and role != "none":
                        found.setdefault(role, []).append(word)
                _arguments(document, document.words_of(*e["trigger"]["span"])[0], found, ARGUMENT_ROLES)
            document.mark("triggers", triggers, default=0 if everything else None)
            if not everything:  # words that open no event in RAMS are unlabelled, yet function words are surely none
                tags = document.tags["triggers"]
                for i, (s, e) in enumerate(document.words):
                    if tags[i] == IGNORE and (e - s <= 3 or not document.text[s:e].isalpha()):
                        tags[i] = 0
            yield document

    return read


MERGED = {"YIELD": ("CONCEDE", "RETREAT")}
"""PLV's types that are several of the codebook's."""


def plv(path: pathlib.Path) -> Iterator[Document]:
    """PLV: a sentence has an event of a type between a source and a target, and no word is marked: one of the words outside of the two must
    be its trigger. Every fourth sentence is held back to measure with."""
    for k, r in enumerate(records(path)):
        if k % 4 == 3:
            continue
        document = plain(r["text"])
        parties = {i for span in (*r["source"], *r["target"]) for i in document.words_of(*span)}
        words = tuple(
            i for i, (s, e) in enumerate(document.words) if i not in parties and e - s > 2 and document.text[s:e].replace("-", "").isalpha()
        )
        classes = tuple(SPAN_HEADS["triggers"].index("B-" + kind) for kind in MERGED.get(r["plover"], (r["plover"],)))
        if words:
            document.bags.append(Bag("triggers", words, classes))
            yield document


FOLD = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " ", "\n": " ", "\t": " "})


def coded(folder: pathlib.Path) -> Iterator[Document]:
    """Coded articles (gold/): triggers with types and, where the filler stands in the trigger's sentence, arguments."""
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        article = json.loads(path.with_name(path.name.replace(".gold", "")).read_text(encoding="utf-8"))
        yield coded_document(article["text"], gold["events"])


def coded_document(text: str, events: list[dict[str, Any]]) -> Document:
    """One coded article; several mentions of one trigger in a sentence are told apart by the order of coding."""
    document = plain(text)
    folded = text.translate(FOLD)
    triggers: list[tuple[int, int, str]] = []
    taken: set[int] = set()
    for e in events:
        sentence = e["sentence"].translate(FOLD).strip()
        base = folded.find(sentence)
        if base < 0:
            continue
        trigger = e["trigger"].translate(FOLD)
        at = folded.find(trigger, base)
        while at in taken and folded.find(trigger, at + 1, base + len(sentence)) >= 0:
            at = folded.find(trigger, at + 1)
        if at < 0:
            continue
        taken.add(at)
        triggers.append((at, at + len(trigger), e["type"]))
        words = document.words_of(at, at + len(trigger))
        if not words:
            continue
        found: dict[str, list[int]] = {}
        known = set()
        for role in ARGUMENT_ROLES:
            filler = e[role]
            if filler is None:
                known.add(role)
                continue
            places = [m.start() for m in re.finditer(re.escape(filler.translate(FOLD)), folded[base : base + len(sentence)])]
            if places:
                nearest = min(places, key=lambda p: abs(base + p - at))
                word = head_word(document, base + nearest, base + nearest + len(filler))
                if word is not None and word not in words:
                    found[role] = [word]
                    known.add(role)
        _arguments(document, words[0], found, known)
    document.mark("triggers", triggers)
    return document


def coreference(path: pathlib.Path) -> Iterator[Document]:
    """Clusters of mentions: pronouns and definite nominals pick any earlier mention of their cluster; first mentions pick themselves."""
    for r in records(path):
        document = plain(r["text"])
        picks = document.picks.setdefault("antecedent", {})
        for cluster in r["clusters"]:
            heads = [(h, s) for s, e in sorted(map(tuple, cluster)) if (h := head_word(document, s, e)) is not None]
            for k, (mention, start) in enumerate(heads):
                if k and _anaphoric(document, mention, start):
                    picks[mention] = [h for h, _ in heads[:k] if h < mention] or [mention]
        if not r.get("pronoun"):  # everything is annotated: definite singletons are no anaphors
            for s, e in r.get("singletons", []):
                word = head_word(document, s, e)
                if word is not None and word not in picks and _anaphoric(document, word, s):
                    picks[word] = [word]
        yield document


_ANAPHORIC = re.compile(r"(he|she|it|they|him|her|them|his|hers|its|their|theirs|himself|herself|itself|themselves)$", re.I)
_DEFINITE = re.compile(r"(the|this|that|these|those)\s", re.I)


def _anaphoric(document: Document, word: int, start: int) -> bool:
    """A third-person pronoun, or a phrase opened by a definite determiner."""
    return bool(_ANAPHORIC.match(document.text[slice(*document.words[word])]) or _DEFINITE.match(document.text, start))
