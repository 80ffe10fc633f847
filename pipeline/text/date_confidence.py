"""How sure a date row is: the measured accuracy of its rule, lowered where the language model saw no temporal expression there."""

from __future__ import annotations

import functools

from pipeline import lexicon

# Factor for an expression that the language model left unmarked though it marks some in the article. A judgement, not measured: most of
# what the rules
# get wrong is unmarked, but the model also misses much that is right.
UNMARKED = 0.6


@functools.cache
def _accuracies() -> dict[str, float]:
    return {row["rule"]: float(row["accuracy"]) for row in lexicon.load("date_confidence").rows}


def confidence(rule: str, basis: str, agreed: float | None, model: bool) -> float:
    """Probability that the expression and its value are right. `agreed` is the model's probability for an overlapping span, None where it
    marked none; `model` says whether there was a model that marks any."""
    known = _accuracies()
    base = known.get(f"{rule}/{basis}", known.get(rule, known["*"]))
    if rule == "model":
        return round(base * (agreed or 0.0), 3)
    return round(base * UNMARKED if model and agreed is None else base, 3)
