"""`python -m pipeline.training.fit_quotations TABLES GOLD [--folds 6] [--penalty 1.0]`: fits quote_confidence.csv.

TABLES is what `extract` made of the coded articles of GOLD (NAME.gold.json). Every quotation that a cue or a headline may report, and that
the codebook's rules count, is a case, likely or not; it is right where its content overlaps that of a coded quote by half or more
(characters, intersection over union). The weights of its signs (`pipeline.language.likelihood.signs_of`) are those of a logistic regression
with an L2 penalty, by Newton's method; nothing is drawn at random. To tell how far they can be trusted, each fold of articles is read with
weights fitted on the others: log loss and, at several floors, precision and recall of what stands above the floor are written to stderr.
The weights are printed; put them into pipeline/lexicons/quote_confidence.csv.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import pathlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.language.attribution import Spans
from pipeline.language.likelihood import Key, signs_of
from pipeline.language.marked import Marks, jaccard
from pipeline.language.quotation import candidates
from pipeline.language.reported import counts
from pipeline.text.normalise import fold_with_offsets
from pipeline.training.coded import docs

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.stages.sentences import Sentence

FLOORS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
STEPS, RIGHT, LEAST = 30, 0.5, 0.005
"""Newton steps, least overlap of a right case, least weight that is written."""


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    article: str
    key: Key
    right: bool


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=pathlib.Path)
    parser.add_argument("gold", type=pathlib.Path)
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--penalty", type=float, default=1.0)
    args = parser.parse_args(arguments)
    found = [case for name, doc, sentences in docs(args.tables) for case in cases(name, doc, sentences, args.gold)]
    report(held_out(found, args.folds, args.penalty))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["sign", "weight"])
    out.writerows((sign, f"{w:.2f}") for sign, w in sorted(fit(found, args.penalty).items()) if abs(w) >= LEAST)


def cases(name: str, doc: Doc, sentences: Sequence[Sentence], gold: pathlib.Path) -> Iterator[Case]:
    """The cases of one article; none where it is not coded."""
    path = gold / f"{name}.gold.json"
    if not path.is_file():
        return
    coded = list(_coded(doc.text, json.loads(path.read_text(encoding="utf-8"))["quotes"]))
    outside = [(s.start, s.end) for s in sentences if s.kind == "boilerplate"]
    skip = frozenset(t.i for t in doc if any(a <= t.idx < b for a, b in outside))
    titles = [(s.start, s.end) for s in sentences if s.kind == "title"]
    for quotation, key in candidates(doc, Marks.of(doc), skip, titles):
        if counts(quotation, doc):
            yield Case(name, key, any(jaccard(quotation.pieces, spans) >= RIGHT for spans in coded))


def _coded(text: str, quotes: Sequence[Mapping[str, Any]]) -> Iterator[Spans]:
    """Offsets in the article's text of each coded quote's segments, those that are not found left out."""
    folded, at = fold_with_offsets(text)
    for quote in quotes:
        wanted = [fold_with_offsets(segment)[0].strip() for segment in quote["segments"]]
        starts = [(folded.find(w), len(w)) for w in wanted if w]
        yield [(at[k], at[k + n - 1] + 1) for k, n in starts if k >= 0]


def fit(found: Sequence[Case], penalty: float) -> dict[str, float]:
    """Weights by sign. `penalty`: of a weight's square, the bias has none to speak of."""
    signs = sorted({sign for case in found for sign in signs_of(case.key)})
    column = {sign: k for k, sign in enumerate(signs)}
    x = np.zeros((len(found), len(signs)))
    for row, case in enumerate(found):
        x[row, [column[sign] for sign in signs_of(case.key)]] = 1.0
    y = np.array([float(case.right) for case in found])
    ridge = np.array([1e-3 if sign == "bias" else penalty for sign in signs])
    w = np.zeros(len(signs))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ w))
        w += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge), x.T @ (y - p) - ridge * w)
    return dict(zip(signs, w.tolist(), strict=True))


def likelihood(key: Key, weights: Mapping[str, float]) -> float:
    return float(1 / (1 + np.exp(-sum(weights.get(sign, 0.0) for sign in signs_of(key)))))


def held_out(found: Sequence[Case], folds: int, penalty: float) -> list[tuple[float, bool]]:
    """(likelihood, right) of each case under weights that were fitted without its fold of articles."""
    names = sorted({case.article for case in found})
    out = []
    for k in range(folds):
        away = set(names[k::folds])
        weights = fit([case for case in found if case.article not in away], penalty)
        out += [(likelihood(case.key, weights), case.right) for case in found if case.article in away]
    return out


def report(told: Sequence[tuple[float, bool]]) -> None:
    loss = -float(np.mean([np.log(p if right else 1 - p) for p, right in told]))
    print(f"{len(told)} cases, {sum(right for _, right in told)} right, held-out log loss {loss:.4f}", file=sys.stderr)
    for floor in FLOORS:
        above = [right for p, right in told if p >= floor]
        p, r = sum(above) / max(1, len(above)), sum(above) / max(1, sum(right for _, right in told))
        print(
            f"floor {floor:.2f}: {len(above)} above, right {p:.3f}, of the right {r:.3f}, F1 {2 * p * r / max(1e-9, p + r):.4f}",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
