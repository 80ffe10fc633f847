"""Turns the encoder's outputs for one text into word-level annotations (no spaCy here: indices of words throughout)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from pipeline.language.agreement import agree
from pipeline.language.decode import NO_COSTS, SpanFound, bio_spans, relations, tree
from pipeline.language.labels import ARGUMENT_ROLES, NAME_LABELS, PICK, PICK_HEADS, SPAN_HEADS, TIMEX_LABELS, Labels, apply_script
from pipeline.language.sentencing import sentence_bounds

NEAR = 150
"""Words before an anaphor among which its antecedent is sought, and around a quotation part for its cue."""

NOTHING_FORCED: Mapping[int, bool] = MappingProxyType({})

LEAN = {"triggers": 1.5}
"""Taken from the logit of "no span" before decoding. The trigger head learned from few articles and is shy: leaning it towards marking
doubles its recall, and the scores still say how sure it is (tuned on coded articles, see the model card)."""

START_COSTS: Mapping[str, Mapping[str, float]] = {
    "quotation": {"source": 0.5, "cue": 1.25, "content": 2.0},
    "names": dict.fromkeys(NAME_LABELS, 0.75),
    "timex": dict.fromkeys(TIMEX_LABELS, 0.75),
}
"""Taken from the log probability where a span begins. The tags are learned word by word, which breaks long spans into pieces; a price on
every beginning mends it. Found on the dev sets in steps of 0.5 (each half of PolNeAR by the other: exact F1 of contents 60.4 -> 62.5, of
cues 70.2 -> 71.6, of sources no change)."""

ANAPHORS = frozenset({"PRP", "PRP$"})
NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})

LEMMA_CHOICES = 6
"""Likeliest edit scripts that are tried for a lemma known from the treebanks before the likeliest of all is taken as it is."""

LemmaTable = Mapping[str, Mapping[str, str]]
"""UPOS -> lower-cased form -> lemma, as the treebanks have it."""

Calibration = Mapping[str, tuple[list[float], list[float]]]
"""Span head -> (raw scores, measured probabilities), for linear interpolation."""


@dataclasses.dataclass(slots=True)
class Annotation:
    """What the model says of a text's words. Links are (word, word linked to, role, probability)."""

    upos: list[str]
    xpos: list[str]
    lemmas: list[str]
    heads: list[int]
    relations: list[str]
    spans: dict[str, list[SpanFound]]
    attributions: list[tuple[SpanFound, int, float]]
    arguments: list[tuple[int, int, str, float]]
    antecedents: list[tuple[int, int, float]]


def _join_contents(spans: list[SpanFound], starts: set[int]) -> list[SpanFound]:
    """Contents that touch inside one sentence are one: nobody ends a quotation and begins another between two words of a clause."""
    out: list[SpanFound] = []
    for span in spans:
        if out and span[2] == "content" == out[-1][2] and span[0] == out[-1][1] and span[0] not in starts:
            first, _, label, chance = out.pop()
            span = (first, span[1], label, min(chance, span[3]))
        out.append(span)
    return out


class Annotator:
    """Decodes with a model's labels, relation weights and calibration."""

    def __init__(self, labels: Labels, relation_weights: np.ndarray, calibration: Calibration, lemmas: LemmaTable) -> None:
        self.labels = labels
        self.lemmas = lemmas
        self._known = {pos: set(table.values()) for pos, table in lemmas.items()}
        self.slices = labels.slices()
        self.relation_weights = relation_weights.astype(np.float32)
        self.calibration = calibration
        self._no_root = np.array([r == "root" for r in labels.relations])

    def __call__(
        self, words: list[str], paragraphs: list[int], outputs: Mapping[str, np.ndarray], forced: Mapping[int, bool] = NOTHING_FORCED
    ) -> Annotation:
        """words: the text's words; paragraphs: first word of each paragraph; outputs: the encoder's arrays [words, width];
        forced: words that open a sentence, or do not, whatever the head says."""
        tags = outputs["tags"]
        bounds = sentence_bounds(tags[:, self.slices["sentence"]], words, paragraphs, forced)
        xpos = self._classes(tags, "xpos", self.labels.xpos)
        upos = self._classes(tags, "upos", self.labels.upos)
        lemmas = self._lemmas(words, upos, tags[:, self.slices["lemma"]])
        heads, names = self._trees(outputs, bounds)
        spans = {head: self._spans(tags, head, paragraphs) for head in SPAN_HEADS}
        spans["names"] = agree(spans["names"], words)
        spans["quotation"] = _join_contents(spans["quotation"], {first for first, _ in bounds})
        return Annotation(
            upos, xpos, lemmas, heads, names, spans,
            self._attributions(outputs, spans["quotation"]),
            self._arguments(outputs, spans["triggers"], bounds),
            self._antecedents(outputs, upos, xpos),
        )  # fmt: skip

    def _classes(self, tags: np.ndarray, head: str, classes: tuple[str, ...]) -> list[str]:
        return [classes[i] for i in tags[:, self.slices[head]].argmax(1).tolist()]

    def _lemmas(self, words: list[str], upos: list[str], logits: np.ndarray) -> list[str]:
        """Lemmas: what the treebanks say of the form as this part of speech; else the likeliest edit script that ends in a lemma they know;
        else the likeliest script."""
        best = logits.argmax(1).tolist()
        out = []
        for i, (word, pos) in enumerate(zip(words, upos, strict=True)):
            lemma = self.lemmas.get(pos, {}).get(word.lower())
            if lemma is None:
                lemma = apply_script(word, self.labels.scripts[best[i]])
                known = self._known.get(pos)
                if known and lemma not in known:
                    lemma = self._known_lemma(word, logits[i], known) or lemma
            out.append(lemma)
        return out

    def _known_lemma(self, word: str, logits: np.ndarray, known: set[str]) -> str | None:
        """The first lemma of `known` that one of the likeliest scripts makes of the word."""
        for k in np.argsort(-logits)[:LEMMA_CHOICES].tolist():
            lemma = apply_script(word, self.labels.scripts[k])
            if lemma in known:
                return lemma
        return None

    def _trees(self, outputs: Mapping[str, np.ndarray], bounds: list[tuple[int, int]]) -> tuple[list[int], list[str]]:
        """Heads (indices of words; itself for a root) and relation names."""
        heads = np.zeros(len(outputs["tags"]), np.int64)
        for first, end in bounds:
            scores = outputs["arc_from"][first:end] @ outputs["arc_to"][first:end].T
            heads[first:end] = tree(scores) + first
        logits = relations(outputs["relation_from"], outputs["relation_to"][heads], self.relation_weights)
        root = heads == np.arange(len(heads))
        logits[:, self._no_root] = np.where(root, 1e9, -1e9)[:, None]  # a root is "root", and nothing else is
        return heads.tolist(), [self.labels.relations[i] for i in logits.argmax(1).tolist()]

    def _spans(self, tags: np.ndarray, head: str, paragraphs: list[int]) -> list[SpanFound]:
        logits = tags[:, self.slices[head]]
        if head in LEAN:
            logits = logits.copy()
            logits[:, 0] -= LEAN[head]
        found = bio_spans(logits, SPAN_HEADS[head], paragraphs, START_COSTS.get(head, NO_COSTS))
        known = self.calibration.get(head)
        if not known:
            return found
        chances = np.interp([p for *_, p in found], known[0], known[1]).tolist() if found else []
        return [(a, b, label, p) for (a, b, label, _), p in zip(found, chances, strict=True)]

    @staticmethod
    def _pick(outputs: Mapping[str, np.ndarray], head: str, word: int, candidates: np.ndarray, vectors: np.ndarray) -> tuple[int, float]:
        """The candidate a word picks (itself for none) and the probability of that choice; vectors: `pick_to` of the candidates."""
        k = PICK_HEADS.index(head)
        columns = slice(k * PICK, (k + 1) * PICK)
        scores = np.empty(len(candidates) + 1, np.float32)
        scores[:-1] = vectors[:, columns] @ outputs["pick_from"][word, columns]
        scores[-1] = outputs["pick_self"][word, k]
        best = int(scores.argmax())
        chance = 1 / np.exp(scores - scores[best]).sum()
        return (int(candidates[best]) if best < len(candidates) else word), float(chance)

    def _attributions(self, outputs: Mapping[str, np.ndarray], spans: list[SpanFound]) -> list[tuple[SpanFound, int, float]]:
        """The cue (first word) of each source and content."""
        cues = np.array([s[0] for s in spans if s[2] == "cue"], np.int64)
        out = []
        for span in spans:
            if span[2] == "cue":
                continue
            near = cues[(cues > span[0] - NEAR) & (cues < span[1] + NEAR)]
            near = near[near != span[0]]
            cue, chance = self._pick(outputs, "attribution", span[0], near, outputs["pick_to"][near])
            if cue != span[0]:
                out.append((span, cue, chance))
        return out

    def _arguments(
        self, outputs: Mapping[str, np.ndarray], triggers: list[SpanFound], bounds: list[tuple[int, int]]
    ) -> list[tuple[int, int, str, float]]:
        """(argument's head word, trigger's first word, role, probability), sought in the trigger's sentence."""
        out = []
        starts = np.array([b[0] for b in bounds])
        for first, end, _, _ in triggers:
            low, high = bounds[int(np.searchsorted(starts, first, side="right")) - 1]
            candidates = np.arange(low, high)
            candidates = candidates[(candidates < first) | (candidates >= end)]
            vectors = outputs["pick_to"][candidates]
            for role in ARGUMENT_ROLES:
                word, chance = self._pick(outputs, role, first, candidates, vectors)
                if word != first:
                    out.append((word, first, role, chance))
        return out

    def _antecedents(self, outputs: Mapping[str, np.ndarray], upos: list[str], xpos: list[str]) -> list[tuple[int, int, float]]:
        """(pronoun, antecedent's head word, probability) of third-person pronouns."""
        nominal = np.array([i for i, p in enumerate(upos) if p in NOMINAL], np.int64)
        out = []
        for word, tag in enumerate(xpos):
            if tag not in ANAPHORS:
                continue
            low, high = np.searchsorted(nominal, (word - NEAR, word))
            before = nominal[low:high]
            before = before[before != word]
            found, chance = self._pick(outputs, "antecedent", word, before, outputs["pick_to"][before])
            if found != word:
                out.append((word, found, chance))
        return out
