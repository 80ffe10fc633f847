"""`python -m pipeline.training.fit_triggers TABLES GOLD`: fits the weights by which lexicon and language core decide on triggers.

TABLES is what `extract` made of the coded articles of GOLD. Give articles that the language core was not trained on (gold/dev): of
those it learned from it is surer than it will ever be of others, so that weights fitted there trust it too much. Since the held-out
articles are few, the search is a coarse one, and its gain is measured by cross-validation: weights are chosen on four fifths of the
articles and tried on the fifth. What is proposed is the mean of the folds' choices, which is steadier than the best point of them all.
Weights are proposed, not written: put them into `pipeline.language.weighing.Weights`. `--check` tries them on other coded articles:
found F is inflated there where the language core has seen them, the share of sentences coded without need hardly.

The measure is the F of typed triggers (a row touches the coded trigger and has its type, as score_articles counts), less what the share of
sentences without a coded event that are coded all the same exceeds a tenth by, at half weight.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.language.triggers import by_token, compile_patterns, marked
from pipeline.language.weighing import WEIGHTS, Weights, candidates, choose
from pipeline.language.weighing import Sentence as Candidates
from pipeline.lexicon import load
from pipeline.training.coded import Coded, read

if TYPE_CHECKING:
    from spacy.tokens import Doc

GRID: Mapping[str, tuple[float, ...]] = {
    "mark": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0),
    "prior": (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
    "bias": (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75),
    "unmarked": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35),
    "other_mark": (0.0, 0.25, 0.5, 0.75, 1.0),
    "unknown_prior": (0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
    "other_prior": (0.02, 0.05, 0.08, 0.12, 0.2),
    "seen": (0.1, 0.2, 0.3, 0.4),
    "quiet": (0.5, 0.6, 0.65, 0.7, 0.75, 0.8),
    "figurative": (0.0, 0.8, 1.6, 2.4),
}
"""Values tried of each weight, one weight at a time. The threshold stays: the bias does its work."""
ROUNDS = 3
FOLDS = 5
ALLOWED = 0.1
"""Share of sentences without an event that may be coded before it counts."""
PENALTY = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class Story:
    """A coded article made ready: per sentence its candidates and its gold triggers as (first token, last token, type)."""

    name: str
    sentences: tuple[tuple[Candidates, tuple[tuple[int, int, str], ...]], ...]
    lost: int


def prepare(article: Coded) -> Story:
    """Everything of an article that the weights do not change."""
    patterns = compile_patterns(load("event_patterns"), load("event_word_classes"), load("sectors"))
    doc = article.doc
    marks = by_token(doc, marked(doc))
    made = []
    for sentence in article.sentences:
        tokens = [t.i for t in doc if sentence.start <= t.idx < sentence.end]
        inside = [g for g in article.gold if g.start is not None and sentence.start <= g.start < sentence.end]
        if sentence.kind == "boilerplate" or not tokens:
            continue
        gold = tuple((*_words(doc, g.start, g.end), g.type) for g in inside)
        made.append((candidates(doc, tokens[0], tokens[-1], patterns, marks), gold))
    counted = sum(len(gold) for _, gold in made)
    return Story(article.name, tuple(made), len(article.gold) - counted)


def _words(doc: Doc, start: int | None, end: int | None) -> tuple[int, int]:
    inside = [t.i for t in doc if t.idx < (end or 0) and t.idx + len(t) > (start or 0)]
    return inside[0], inside[-1]


def count(story: Story, weights: Weights, *, model: bool = True) -> collections.Counter[str]:
    """Counts of one article: gold, system, found, typed, empty sentences, and those of them with a row."""
    c: collections.Counter[str] = collections.Counter(gold=story.lost)
    for sentence, gold in story.sentences:
        rows = choose(sentence, weights, model=model)
        c["gold"] += len(gold)
        c["system"] += len(rows)
        used: set[int] = set()
        for first, last, kind in gold:
            touching = [
                (r.type != kind, abs(r.first - first), k)
                for k, r in enumerate(rows)
                if k not in used and r.first <= last and first <= r.last
            ]
            if touching:
                wrong, _, k = min(touching)
                used.add(k)
                c["found"] += 1
                c["typed"] += not wrong
        if not gold:
            c["empty"] += 1
            c["overcoded"] += bool(rows)
    return c


def figures(stories: Sequence[Story], weights: Weights) -> dict[str, float]:
    """Found and typed F, and the share of empty sentences that are coded."""
    c: collections.Counter[str] = collections.Counter()
    for story in stories:
        c.update(count(story, weights))
    both = max(1, c["gold"] + c["system"])
    return {"found": 2 * c["found"] / both, "typed": 2 * c["typed"] / both, "overcoded": c["overcoded"] / max(1, c["empty"])}


def worth(stories: Sequence[Story], weights: Weights) -> float:
    """What the search raises."""
    f = figures(stories, weights)
    return f["typed"] - PENALTY * max(0.0, f["overcoded"] - ALLOWED)


def search(stories: Sequence[Story], start: Weights = WEIGHTS, grid: Mapping[str, tuple[float, ...]] = GRID) -> Weights:
    """The best weights that changing one at a time leads to, from `start`."""
    best, value = start, worth(stories, start)
    for _ in range(ROUNDS):
        before = value
        for name, values in grid.items():
            for v in values:
                tried = dataclasses.replace(best, **{name: v})
                if (new := worth(stories, tried)) > value + 1e-9:
                    best, value = tried, new
        if value == before:
            break
    return best


def mean(several: Sequence[Weights]) -> Weights:
    """The mean of each weight."""
    return Weights(**{f.name: round(sum(getattr(w, f.name) for w in several) / len(several), 3) for f in dataclasses.fields(Weights)})


def cross_validate(stories: Sequence[Story]) -> tuple[Weights, dict[str, float], dict[str, float]]:
    """The folds' mean weights, figures on held-out folds with each fold's choice, and the present weights' figures on the same."""
    chosen = []
    held: collections.Counter[str] = collections.Counter()
    for k in range(FOLDS):
        weights = search([s for i, s in enumerate(stories) if i % FOLDS != k])
        chosen.append(weights)
        for story in stories[k::FOLDS]:
            held.update(count(story, weights))
    both = max(1, held["gold"] + held["system"])
    out = {"found": 2 * held["found"] / both, "typed": 2 * held["typed"] / both, "overcoded": held["overcoded"] / max(1, held["empty"])}
    return mean(chosen), out, figures(stories, WEIGHTS)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.training.fit_triggers", description=__doc__)
    parser.add_argument("tables", type=pathlib.Path, help="tables that `extract` made of the coded articles")
    parser.add_argument("gold", type=pathlib.Path, help="folder of NAME.gold.json that the language core was not trained on")
    parser.add_argument(
        "--check", nargs=2, type=pathlib.Path, metavar=("TABLES", "GOLD"), help="other coded articles to try the outcome on"
    )
    args = parser.parse_args(argv)
    stories = [prepare(a) for a in read(args.tables, args.gold)]
    weights, held, present = cross_validate(stories)
    print("present weights ", _told(present))
    print("cross-validated ", _told(held))
    print("proposed weights", _told(figures(stories, weights)))
    if args.check:
        others = [prepare(a) for a in read(*args.check)]
        print("elsewhere: present ", _told(figures(others, WEIGHTS)))
        print("elsewhere: proposed", _told(figures(others, weights)))
    for field in dataclasses.fields(Weights):
        now, new = getattr(WEIGHTS, field.name), getattr(weights, field.name)
        print(f"{field.name:14} {now:6} -> {new}")


def _told(values: Mapping[str, float]) -> str:
    return "  ".join(f"{k} {v:.4f}" for k, v in values.items())


if __name__ == "__main__":
    main()
