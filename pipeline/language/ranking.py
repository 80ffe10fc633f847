"""Weighs candidates for a cell of the event table by what speaks for and against them.

A candidate is a set of named features ("in the sentence", "a city", "named most in the story"); its score is the sum of their weights in
log-odds. Weights are data (slot_weights.csv), fitted by logistic regression on coded articles (`pipeline.training.fit_places`) and readable
line by line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline.errors import LexiconError
from pipeline.lexicon import Lexicon

SLOTS = ("place", "place-told", "country")
BIAS = "bias"

Weights = Mapping[str, Mapping[str, float]]
"""Weight by slot and feature."""

_COMPILED: dict[str, Weights] = {}


def compile_weights(lexicon: Lexicon) -> Weights:
    """Weights of slot_weights.csv. Raises LexiconError where a slot is unknown or a weight no number."""
    if lexicon.digest not in _COMPILED:
        table: dict[str, dict[str, float]] = {slot: {} for slot in SLOTS}
        for row in lexicon.rows:
            if row["slot"] not in table:
                raise LexiconError(f"slot_weights.csv: {row['slot']!r} is no slot", f"use one of {', '.join(SLOTS)}")
            try:
                table[row["slot"]][row["feature"]] = float(row["weight"])
            except ValueError:
                raise LexiconError(f"slot_weights.csv: {row['weight']!r} is no number", "write a weight such as -0.52") from None
        _COMPILED[lexicon.digest] = table
    return _COMPILED[lexicon.digest]


def score(features: Collection[str], weights: Mapping[str, float]) -> float:
    """Log-odds of a candidate with these features; a feature without a weight says nothing."""
    return weights.get(BIAS, 0.0) + sum(weights.get(f, 0.0) for f in features)
