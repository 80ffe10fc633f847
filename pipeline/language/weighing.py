"""Decides which words are triggers and of what type: the lexicon's readings weighed against what the language core marked.

The two give evidence in log odds that add up. A mark speaks for its type in full, and in part for other readings of the word: that
something happened is told better than what. Silence speaks against. A word that neither is sure of is no event. Without a model (another
spaCy pipeline) the prior alone decides. The weights are fitted on coded articles by `pipeline.training.fit_triggers`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.language.triggers import NO_EVENT, Marked, Patterns, Reading, readings

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclasses.dataclass(frozen=True, slots=True)
class Weights:
    """How evidence adds up to the probability that a word is a trigger of a type: found with `python -m pipeline.training.fit_triggers`."""

    mark: float = 0.95  # of the log odds of the language core's mark
    prior: float = 0.8  # of the log odds of the lexicon's prior
    bias: float = 1.0
    unmarked: float = 0.25  # probability that silence of the language core is worth
    other_mark: float = 0.55  # share of a mark of another type in its worth for this one, from silence (0) to the full mark (1)
    unknown_prior: float = 0.22  # prior of a type for a word the lexicon does not know
    other_prior: float = 0.1  # … and for one it knows with other types only
    seen: float = 0.3  # a sentence is quiet where no mark reaches this
    quiet: float = 0.7  # least probability of a trigger in a quiet sentence: fewer sentences are coded without need
    threshold: float = 0.5
    figurative: float = 1.6  # log odds that a sentence about sport, markets or films takes from words of war


WEIGHTS = Weights()
DENIED_PRIOR = 0.05
"""Most that a prior can be where the lexicon's best reading says that the word is no event here."""
LESSER = 0.6
"""What a reading with a less specific frame than the best is worth, as a share of its prior."""
PRIOR_ALONE = 0.3
"""Least prior at which the lexicon decides alone, where the pipeline in use marks no triggers."""
FIGURATIVE_ALONE = 0.65
"""Share of the prior that a sentence about sport, markets or films takes from words of war where the lexicon decides alone."""
REFUSED = "+refused"
"""Ending of the rule of an act that somebody says he will not do: the refusal is made, what is refused is not done."""
HEADING_WORDS = 5
HEADING = 0.95
"""Least probability of a trigger in a heading inside the story, and how many words such a heading has at most."""
FIGURES = ("sport", "market", "film")
WORDS_OF_WAR = frozenset({"ASSAULT", "TERRITORY", "RETREAT", "MOBILIZE", "TOLL", "COERCE", "THREATEN", "PROTEST", "DISASTER"})


@dataclasses.dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger decided on: token span (last included), head word, type, mode, probability, and what decided it."""

    first: int
    last: int
    head: int
    type: str
    mode: str | None
    score: float
    rule: str


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may be a trigger: its readings, best first, and the marks it heads."""

    at: int
    known: tuple[Reading, ...]
    spans: tuple[Marked, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """The candidates of one sentence, the greatest score of a mark in it, and whether it is about sport, markets or films, or a heading."""

    candidates: tuple[Candidate, ...]
    seen: float
    figurative: bool
    heading: bool = False


def logit(p: float) -> float:
    """Log odds, kept off infinity."""
    p = min(max(p, 0.002), 0.998)
    return math.log(p / (1 - p))


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def figurative(doc: Doc, first: int, last: int, patterns: Patterns) -> bool:
    """Whether a sentence is about sport, markets or films: two different words of the field."""
    for field in FIGURES:
        words = patterns.classes.words.get(field, frozenset())
        if len({t.lemma_.lower() for t in doc[first : last + 1]} & words) > 1:
            return True
    return False


def candidates(doc: Doc, first: int, last: int, patterns: Patterns, marks: Mapping[int, Sequence[Marked]]) -> Sentence:
    """What may be a trigger among the tokens first..last of one sentence."""
    found: list[Candidate] = []
    for i in range(first, last + 1):
        token = doc[i]
        if token.is_space or token.is_punct or token.ent_type_ in ("DATE", "TIME", "MONEY"):
            continue
        known = tuple(readings(doc, token, patterns))
        spans = tuple(s for s in marks.get(i, ()) if _head(doc, s) == i)
        if known or spans:
            found.append(Candidate(i, known, spans))
    seen = max((s.score for i in range(first, last + 1) for s in marks.get(i, ())), default=0.0)
    return Sentence(tuple(found), seen, bool(found) and figurative(doc, first, last, patterns), bool(found) and heading(doc, first, last))


def heading(doc: Doc, first: int, last: int) -> bool:
    """Whether a sentence is a bare phrase inside the story ("Joint operations", "Lines of communication"): it names a subject, no event."""
    words = [t for t in doc[first : last + 1] if t.is_alpha]
    return first > 0 and len(words) <= HEADING_WORDS and all(t.pos_ not in ("VERB", "AUX") for t in words)


def choose(sentence: Sentence, weights: Weights = WEIGHTS, *, model: bool) -> list[Trigger]:
    """The triggers of a sentence, in order, none overlapping."""
    least = weights.quiet if model and sentence.seen < weights.seen else weights.threshold
    if sentence.heading:
        least = max(least, HEADING)
    found = [_best(c, weights, model=model, figure=sentence.figurative) for c in sentence.candidates]
    return _apart([t for t in found if t is not None and t.score >= least])


def decide(doc: Doc, first: int, last: int, patterns: Patterns, marks: Mapping[int, Sequence[Marked]], *, model: bool) -> list[Trigger]:
    """The triggers among the tokens first..last of one sentence, in order, none overlapping."""
    return choose(candidates(doc, first, last, patterns, marks), model=model)


def _best(one: Candidate, weights: Weights, *, model: bool, figure: bool) -> Trigger | None:
    """The likeliest type of a word, None where none reaches the threshold."""
    known = one.known
    denied = bool(known) and known[0].type == NO_EVENT
    types: dict[str, Reading] = {}
    for reading in known:
        types.setdefault(reading.type, reading)
    scores = {s.type: s.score for s in sorted(one.spans, key=lambda s: s.score)}
    silence = logit(weights.unmarked)
    strongest = logit(max(scores.values())) if scores else silence
    top = known[0].specific if known else 0
    best: tuple[float, str] | None = None
    for kind in {*types, *scores} - {NO_EVENT}:
        found = types.get(kind)
        prior = weights.unknown_prior if not known else weights.other_prior
        if found is not None:
            prior = found.prior if found.specific >= top - 1 or found is known[0] else found.prior * LESSER
        if denied:
            prior = min(prior, DENIED_PRIOR)
        war = figure and kind in WORDS_OF_WAR
        if model:
            mark = logit(scores[kind]) if kind in scores else silence + weights.other_mark * max(0.0, strongest - silence)
            score = sigmoid(weights.mark * mark + weights.prior * logit(prior) + weights.bias - (weights.figurative if war else 0.0))
        else:
            score = min(1.0, prior + weights.threshold - PRIOR_ALONE - (FIGURATIVE_ALONE if war else 0.0))
        if score >= weights.threshold and (best is None or (score, kind) > best):
            best = (score, kind)
    if best is None:
        return None
    score, kind = best
    found = types.get(kind)
    if found is None:
        return Trigger(one.at, one.at, one.at, kind, None, score, "model")
    rule = found.rule + ("+model" if kind in scores else "") + (REFUSED if found.refusal else "")
    return Trigger(found.first, found.last, found.head, kind, found.mode, score, rule)


def _head(doc: Doc, span: Marked) -> int:
    """The word of a marked span that the tree hangs it by."""
    return doc[span.first : span.last + 1].root.i if span.last > span.first else span.first


def _apart(found: list[Trigger]) -> list[Trigger]:
    """Triggers that do not overlap: of two that do, the longer idiom, then the likelier."""
    kept: list[Trigger] = []
    for trigger in sorted(found, key=lambda t: (-(t.last - t.first), -t.score, t.first)):
        if all(trigger.last < k.first or trigger.first > k.last for k in kept):
            kept.append(trigger)
    return sorted(kept, key=lambda t: t.first)
