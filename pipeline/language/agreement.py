"""Names of one text that read the same are of one kind.

A tagger judges each mention by its surroundings alone, and calls an unfamiliar name an organisation here and a person there. One text
seldom uses a name in two kinds, so the mentions vote: each for its own label, with its probability; and a person's full name also for
its last word, by which the text goes on to call him.
"""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence

from pipeline.language.decode import SpanFound

SURNAME = 0.6
"""What a full name's vote counts for its last word (found on worldwide-newswire dev: 0.3 to 1.0 are within a tenth of a point)."""

ALOOF = frozenset({"DATE", "MONEY"})
"""Labels that a phrase's own form decides: they neither vote nor are outvoted."""


def agree(names: Sequence[SpanFound], words: Sequence[str]) -> list[SpanFound]:
    """The names (first word, word after the last, label, probability) with the label that their text's mentions agree on.

    A name whose label changes is worth its own probability times the share of the votes that its new label had.
    """
    keys = [tuple(w.lower() for w in words[first:end]) for first, end, _, _ in names]
    votes: dict[tuple[str, ...], dict[str, float]] = collections.defaultdict(lambda: collections.defaultdict(float))
    for key, (_, _, label, score) in zip(keys, names, strict=True):
        if label in ALOOF:
            continue
        votes[key][label] += score
        if label == "PERSON" and len(key) > 1:
            votes[key[-1:]][label] += SURNAME * score
    return [_settled(name, votes[key]) for key, name in zip(keys, names, strict=True)]


def _settled(name: SpanFound, votes: Mapping[str, float]) -> SpanFound:
    """The name with the label that has most votes; its own where none has more."""
    first, end, label, score = name
    if label in ALOOF:
        return name
    most, count = max(votes.items(), key=lambda vote: (vote[1], vote[0] == label, vote[0]))
    return name if most == label else (first, end, most, score * count / sum(votes.values()))
