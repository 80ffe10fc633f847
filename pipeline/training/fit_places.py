"""`python -m pipeline.training.fit_places TABLES GOLD [TABLES GOLD …]`: fits slot_weights.csv

By these weights an event mention gets its place and country.

TABLES is what `extract` made of the coded articles of GOLD. `place` is a conditional logit: the weights under which the coded place is the
likeliest of the article's (mentions coded without a place say nothing of which it is). `place-told` is a logistic regression of whether the
likeliest place is the coded one, fitted on choices that weights of the other half of the articles made, so that it learns how far a choice
on unseen articles can be trusted. `country` is a logistic regression over the countries of the article, for mentions whose place is not
told. All are held small by an L2 prior; sets of articles count alike, whatever their size, and crossed signs ("deed/lead") are left out:
they made the fit depend on one set (place F out of fold, five folds, coded dev and train: 38.3 and 41.2 with them, fitted on train alone
with a prior of 8; 43.5 and 40.8 without, fitted on both with a prior of 30). A place is the coded one where half of the words of both
agree or one holds the other. The lines are printed; put them into pipeline/lexicons/slot_weights.csv.
"""

from __future__ import annotations

import argparse
import collections
import csv
import dataclasses
import json
import pathlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.article import Article
from pipeline.evaluation._stages import Rows
from pipeline.language.doc import new_vocab, rebuild
from pipeline.language.eventcoding import Coder, compile_coder
from pipeline.language.mention import Mention
from pipeline.language.whereabouts import LEAST, LINK, TOGETHER, Candidate, Whereabouts
from pipeline.lexicon import load
from pipeline.stages.articles import ArticleRow
from pipeline.stages.claims import Claim
from pipeline.stages.dates import DateRow
from pipeline.stages.entities import Entity
from pipeline.stages.events import LEXICONS
from pipeline.stages.quotes import Quote
from pipeline.stages.sentences import Mark, Sentence, Token
from pipeline.store import Store, rows_of
from pipeline.text.normalise import fold_with_offsets

Floats = npt.NDArray[np.float64]
PRIOR, STEPS, RARE = 30.0, 100, 15
"""Strength of the L2 prior, steps of the fit, least times a sign must be seen."""
CLOSED = frozenset({"the", "a", "an", "of", "s"})


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A mention found for a coded event: its candidates' signs, which are the coded place, and what reading the countries needs."""

    article: str
    cluster: int
    signs: Sequence[Sequence[str]]
    linked: Floats
    right: Floats
    country: str | None
    mention: Mention
    whereabouts: Whereabouts
    weight: float = 1.0

    @property
    def candidates(self) -> Sequence[Candidate]:
        return self.whereabouts.candidates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=pathlib.Path, nargs="+", help="tables and the codings they were made of, pair by pair")
    pairs = parser.parse_args().pairs
    if len(pairs) % 2:
        parser.error("give each folder of tables its folder of codings")
    sets = [list(cases(t, g)) for t, g in zip(pairs[::2], pairs[1::2], strict=True)]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["slot", "feature", "weight"])
    for slot, weights in fit(balanced(sets)).items():
        out.writerows((slot, name, f"{w:.2f}") for name, w in sorted(weights.items()) if abs(w) >= 0.005)


def balanced(sets: Sequence[Sequence[Case]]) -> list[Case]:
    """The cases of all sets, weighted so that each set counts alike and the mean weight is one."""
    each = sum(map(len, sets)) / max(1, len(sets))
    return [dataclasses.replace(c, weight=each / len(s)) for s in sets for c in s]


def cases(tables: pathlib.Path, gold: pathlib.Path) -> Iterator[Case]:
    """The mentions that touch a coded trigger, of all articles that are coded."""
    store, vocab = Store(tables), new_vocab()
    coder = compile_coder({name: load(name) for name in LEXICONS})
    classes: Mapping[str, Any] = {
        "sentences": Sentence, "tokens": Token, "marks": Mark, "entities": Entity, "dates": DateRow, "quotes": Quote, "claims": Claim,
    }  # fmt: skip
    for row in rows_of(ArticleRow, store.table("articles")):
        name = pathlib.PurePath(row.uri).name.removesuffix(".json")
        coded = gold / f"{name}.gold.json"
        if not coded.is_file():
            continue
        held = {t: sorted(rows_of(c, store.table(t, article_id=row.article_id)), key=lambda r: r.start) for t, c in classes.items()}
        article = Article(article_id=row.article_id, uri=row.uri, text=row.text, published=row.published)
        context = Rows()
        context.held = [r for t, rows in held.items() if t not in ("tokens", "marks") for r in rows]
        doc = rebuild(article, held["tokens"], held["marks"], vocab)
        yield from _of_article(name, article, doc, context, coder, json.loads(coded.read_text(encoding="utf-8"))["events"])


def _of_article(name: str, article: Article, doc: Any, rows: Rows, coder: Coder, events: Sequence[Mapping[str, Any]]) -> Iterator[Case]:
    seen: list[tuple[Whereabouts, Mention, int, list[list[str]], Floats]] = []

    def watch(whereabouts: Whereabouts, groups: Sequence[Sequence[Mention]]) -> None:
        for number, group in enumerate(groups):
            for m in group:
                signs = [whereabouts.features(c, m) for c in whereabouts.candidates]
                seen.append((whereabouts, m, number, signs, np.array([float(whereabouts.linked(c, m)) for c in whereabouts.candidates])))

    coder.mentions(
        article, doc, rows.rows(Sentence), rows.rows(Entity), rows.rows(DateRow), rows.rows(Quote), rows.rows(Claim), watch=watch
    )
    text, at = fold_with_offsets(article.text)
    for event in events:
        sentence = text.find(fold_with_offsets(event["sentence"])[0].strip())
        start = text.find(fold_with_offsets(event["trigger"])[0].strip(), sentence) if sentence >= 0 else -1
        if start < 0:
            continue
        first, last = at[start], at[start + len(fold_with_offsets(event["trigger"])[0].strip()) - 1]
        hit = next((s for s in seen if s[1].start <= last and s[1].end > first), None)
        if hit is not None and hit[3]:
            right = np.array([float(_coded(c, event["place"])) for c in hit[0].candidates])
            yield Case(name, hit[2], hit[3], hit[4], right, event["country"], hit[1], hit[0])


def _coded(candidate: Candidate, place: str | None) -> bool:
    return place is not None and any(alike(n, place) for p in candidate.places for n in (p.row.text, p.row.canonical))


def alike(a: str, b: str) -> bool:
    """Whether two phrases share half of the words of both, or one holds the other."""
    x, y = ([w for w in re.findall(r"\w+", s.lower()) if w not in CLOSED] for s in (a, b))
    common = sum((collections.Counter(x) & collections.Counter(y)).values())
    return bool(x and y) and (common * 2 >= max(len(x), len(y)) or set(x) <= set(y) or set(y) <= set(x))


def fit(found: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Weights by slot and sign."""
    names = [n for n in _names(s for c in found for s in c.signs) if "/" not in n]
    half = sorted({c.article for c in found})[::2]
    one, two = [c for c in found if c.article in half], [c for c in found if c.article not in half]
    place = _choice(found, names)
    chosen = [*_chosen(one, _choice(two, names), names), *_chosen(two, _choice(one, names), names)]
    told_signs = [c.whereabouts.telling(c.candidates[k], share, c.mention) for c, k, share in chosen]
    told = _logistic(told_signs, [float(c.right[k]) for c, k, _ in chosen], [c.weight for c, _, _ in chosen])
    signs, right, weight = [], [], []
    for (case, k, _), said in zip(chosen, told_signs, strict=True):
        if told["bias"] + sum(told.get(s, 0.0) for s in said) < LEAST:
            for country in case.whereabouts.countries():
                told_of = case.whereabouts.country_features(country, case.mention, case.candidates[k])
                signs.append([s for s in told_of if "/" not in s])
                weight.append(case.weight)
                right.append(float(country == case.country))
    return {"place": dict(zip(names, place.tolist(), strict=True)), "place-told": told, "country": _logistic(signs, right, weight)}


def _names(signs: Any) -> list[str]:
    counted = collections.Counter(s for one in signs for s in one)
    return sorted(s for s, n in counted.items() if n >= RARE)


def _matrix(signs: Sequence[Sequence[str]], names: Sequence[str]) -> Floats:
    at = {n: i for i, n in enumerate(names)}
    made = np.zeros((len(signs), len(names)))
    for row, one in enumerate(signs):
        made[row, [at[s] for s in one if s in at]] = 1.0
    return made


def _choice(found: Sequence[Case], names: Sequence[str]) -> Floats:
    """Conditional logit by RMS-scaled gradient steps with momentum."""
    data = [(_matrix(c.signs, names), c.right, c.weight) for c in found if c.right.any()]
    w, mean, square = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, STEPS + 1):
        slope = PRIOR * w
        for signs, right, weight in data:
            scores = signs @ w
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            wanted = right * likely
            slope = slope + weight * signs.T @ (likely - wanted / wanted.sum())
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope * slope
        size = 0.08 if step < 0.6 * STEPS else 0.024
        w = w - size * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return w


def _chosen(found: Sequence[Case], weights: Floats, names: Sequence[str]) -> list[tuple[Case, int, float]]:
    """(case, likeliest candidate, its share among them), other mentions of the happening counted in as the stage does."""
    scores = [_matrix(c.signs, names) @ weights + LINK * c.linked for c in found]
    groups: dict[tuple[str, int], list[int]] = {}
    for i, case in enumerate(found):
        groups.setdefault((case.article, case.cluster), []).append(i)
    out = []
    for i, case in enumerate(found):
        others = [scores[j] for j in groups[case.article, case.cluster] if j != i]
        joint = (scores[i] + TOGETHER * sum(others) / len(others)) / (1 + TOGETHER) if others else scores[i]
        best = int(joint.argmax())
        out.append((case, best, float(1.0 / np.exp(joint - joint[best]).sum())))
    return out


def _logistic(signs: Sequence[Sequence[str]], right: Sequence[float], weight: Sequence[float] | None = None) -> dict[str, float]:
    """Logistic regression by Newton's method; the bias is not held small."""
    names = _names(signs)
    x = np.hstack([np.ones((len(signs), 1)), _matrix(signs, names)])
    y, w = np.array(right), np.zeros(len(names) + 1)
    each = np.ones(len(y)) if weight is None else np.array(weight)
    prior = np.full(len(w), PRIOR)
    prior[0] = 1e-6
    for _ in range(15):
        p = 1.0 / (1.0 + np.exp(-(x @ w)))
        w = w - np.linalg.solve((x * (each * p * (1 - p))[:, None]).T @ x + np.diag(prior), x.T @ (each * (p - y)) + prior * w)
    return dict(zip(["bias", *names], w.tolist(), strict=True))


if __name__ == "__main__":
    main()
