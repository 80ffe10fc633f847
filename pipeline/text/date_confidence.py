"""How sure a date row is: the measured accuracy of its rule, lowered where the language model saw no temporal expression there."""

from __future__ import annotations

import functools

from pipeline import lexicon

# Share of the rules' expressions that were right among those that the model left unmarked, by the share among all (TempEval-3 training texts).
UNMARKED = 0.6


@functools.cache
def _accuracies() -> dict[str, float]:
    return {row["rule"]: float(row["accuracy"]) for row in lexicon.load("date_confidence").rows}


def confidence(rule: str, basis: str, agreed: float | None, model: bool) -> float:
    """Probability that the expression and its value are right. `agreed` is the model's probability for an overlapping span, None where it marked none;
    `model` says whether there was a model that marks any."""
    known = _accuracies()
    base = known.get(f"{rule}/{basis}", known.get(rule, known["*"]))
    if rule == "model":
        return round(base * (agreed or 0.0), 3)
    return round(base * UNMARKED if model and agreed is None else base, 3)
