"""Fits the weights by which a pronoun's candidates are ranked: `python -m pipeline.training.fit_coreference CORPORA`.

Written are the rows of the lexicon `coreference_weights`. To be run again after the language core's weights have changed, for the core's
own antecedents are among the features.

Data: OntoGUM train and GAP train (folder `coref/` of CORPORA) and, where they are there, the coded articles in CORPORA/../gold/train, all
read by the language core as it is. A candidate of a pronoun is right where its head is the head of a mention of the pronoun's cluster
(OntoGUM), where its entity overlaps a name that the pronoun refers to (GAP), or where its name is the coded speaker's and the pronoun is
the one subject of a reporting verb beside the quote (coded articles: few, and news, so that each counts CODED times).

Method: log-linear ranking. With s = w·f for each candidate of a pronoun, the loss is the mean of -log(sum of exp s over the right ones /
sum over all) plus L2 / 2 |w|², minimised by Adam on all pronouns at once from zero, which has no chance in it. The candidates depend on
earlier links, so that the fit is done ROUNDS times over. The margin of each form is the smallest that gives the highest F_BETA on the same
pronouns, those with no right candidate included.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import pathlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.reading import Reading, read
from pipeline.language import pronouns
from pipeline.language.coreference import Choice, choices
from pipeline.language.discourse import Mention
from pipeline.text.names import parse

if TYPE_CHECKING:
    from spacy.tokens import Token

L2 = 0.002
ROUNDS = 2
STEPS = 600
RATE = 0.05
CODED = 5.0
BETA = 0.65  # of the F measure that sets the margins: precision weighs more than recall
MARGINS = np.round(np.arange(0.0, 3.01, 0.1), 1)
FORMS = ("he", "she", "they", "it")
LEXICON = pathlib.Path(__file__).resolve().parents[1] / "lexicons" / "coreference_weights.csv"
HEADER = """# Weights of the features by which a pronoun's candidates are ranked, in log-odds, and the margins of the lead that is no tie.
# Fitted by python -m pipeline.training.fit_coreference; columns and sources: README.md beside this file.
feature,weight
"""

Right = Callable[[Mention], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A pronoun with its candidates: features, key of the entity of each, and which are right."""

    form: str
    features: tuple[pronouns.Features, ...]
    keys: tuple[str, ...]
    right: tuple[bool, ...]
    weight: float = 1.0


Source = Callable[[dict[str, Any], Reading], "dict[int, Right]"]
"""Gives for a document the test of each labelled pronoun's candidates, by the pronoun's token index."""


def ontogum(document: dict[str, Any], reading: Reading) -> dict[int, Right]:
    """Pronouns of the clusters of a row with `clusters`."""
    doc = reading.doc
    at = {t.idx: t for t in doc}
    out: dict[int, Right] = {}
    for cluster in document["clusters"]:
        spans = [doc.char_span(m[0], m[1], alignment_mode="expand") for m in cluster]
        heads = frozenset(s.root.i for s in spans if s is not None and len(s))
        for start, *_ in cluster:
            token = at.get(start)
            if token is not None and token.lower_ in pronouns.PRONOUNS:
                out[token.i] = _among(heads - {token.i})
    return out


def _among(heads: frozenset[int]) -> Right:
    return lambda mention: mention.head in heads or any(mention.start <= h < mention.end for h in heads)


def gap(document: dict[str, Any], reading: Reading) -> dict[int, Right]:
    """The pronoun of a row with `pronoun`, `A` and `B`; a row where neither name is right tells nothing of the other candidates."""
    names = [tuple(document[n]) for n in ("A", "B") if document[f"{n}_coref"]]
    token = next((t for t in reading.doc if t.idx == document["pronoun"][0]), None)
    if token is None or not names:
        return {}
    keys = {r.entity_id for r in reading.entities if any(r.start < e and s < r.end for s, e in names)}
    heads = frozenset(t.i for t in reading.doc for s, e in names if s <= t.idx < e)
    return {token.i: lambda mention: mention.key in keys or mention.head in heads}


def coded(document: dict[str, Any], reading: Reading) -> dict[int, Right]:
    """Pronouns that speak beside the quotes of a coded article with a named speaker."""
    out: dict[int, Right] = {}
    for quote in document["quotes"]:
        spans = [(at, at + len(s)) for s in quote["segments"] if (at := document["text"].find(s)) >= 0]
        speaker = parse(quote["speaker"] or "").parts
        if not spans or not speaker:
            continue
        beside = {t.i for span in reading.doc.sents if _touches(span.start_char, span.end_char, spans) for t in span if _speaking(t, spans)}
        if len(beside) == 1:
            out[beside.pop()] = _called(speaker)
    return out


def _touches(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < e and s < end for s, e in spans)


def _speaking(token: Token, spans: Sequence[tuple[int, int]]) -> bool:
    return token.lower_ in ("he", "she", "it", "they") and pronouns.speaks(token) and not any(s <= token.idx < e for s, e in spans)


def _called(speaker: tuple[str, ...]) -> Right:
    def right(mention: Mention) -> bool:
        parts = parse(mention.row.canonical).parts if mention.row is not None else ()
        return bool(parts) and (set(parts) <= set(speaker) or set(speaker) <= set(parts))

    return right


def cases(documents: Iterable[tuple[dict[str, Any], Reading]], source: Source) -> Iterator[Case]:
    """The labelled pronouns of a set of documents with the candidates that the resolver weighs now."""
    for document, reading in documents:
        labelled = source(document, reading)
        if not labelled:
            continue
        for choice in choices(reading.doc, reading.entities):
            if (test := labelled.get(choice.token)) is not None:
                yield _case(choice, test, CODED if source is coded else 1.0)


def _case(choice: Choice, right: Right, weight: float) -> Case:
    keys = {m.key for _, m in choice.candidates if right(m)}
    return Case(
        choice.form, tuple(f for f, _ in choice.candidates), tuple(m.key for _, m in choice.candidates),
        tuple(m.key in keys for _, m in choice.candidates), weight,
    )  # fmt: skip


def fit(found: Sequence[Case]) -> dict[str, float]:
    """Weights that rank the right candidates first, from cases of which at least one has a right candidate and a wrong one."""
    useful = [c for c in found if any(c.right) and not all(c.right)]
    if not useful:
        raise SystemExit("no pronoun has both a right and a wrong candidate: are the corpora in the folder given?")
    names = sorted({name for c in useful for f in c.features for name in f})
    column = {name: i for i, name in enumerate(names)}
    x = np.zeros((sum(len(c.features) for c in useful), len(names)))
    for n, features in enumerate(f for c in useful for f in c.features):
        for name, value in features.items():
            x[n, column[name]] = value
    right = np.array([r for c in useful for r in c.right])
    owner = np.repeat(np.arange(len(useful)), [len(c.right) for c in useful])
    worth_of = np.array([c.weight for c in useful])
    worth = worth_of[owner]
    w, first, second = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, STEPS + 1):
        s = x @ w
        gradient = x.T @ (worth * (_share(s, owner) - _share(np.where(right, s, -np.inf), owner))) / worth_of.sum() + L2 * w
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        w = w - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return {name: round(float(value), 3) for name, value in zip(names, w, strict=True)}


def _share(scores: npt.NDArray[np.float64], owner: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Softmax within each owner."""
    top = np.full(owner[-1] + 1, -np.inf)
    np.maximum.at(top, owner, scores)
    raised = np.exp(scores - top[owner])
    result: npt.NDArray[np.float64] = raised / np.bincount(owner, weights=raised)[owner]
    return result


def margins(found: Sequence[Case], weights: dict[str, float]) -> dict[str, float]:
    """For each form the smallest lead that gives the highest F_BETA over its pronouns; 0.6 for a form without any."""
    out: dict[str, float] = {}
    for form in FORMS:
        leads = [_lead(c, weights) for c in found if c.form == form for _ in range(round(c.weight))]
        if not leads:
            out[f"margin:{form}"] = 0.6
            continue
        lead, good = np.array([lead for lead, _ in leads]), np.array([good for _, good in leads])

        def measure(m: float, lead: npt.NDArray[np.float64] = lead, good: npt.NDArray[np.bool_] = good) -> float:
            answered = lead >= m
            hits = float((answered & good).sum())
            return (1 + BETA**2) * hits / max(1.0, float(answered.sum()) + BETA**2 * len(lead))

        out[f"margin:{form}"] = float(max(MARGINS, key=lambda m: (round(measure(float(m)), 4), -m)))
    return out


def _lead(case: Case, weights: dict[str, float]) -> tuple[float, bool]:
    """By how much the best entity leads the next, and whether it is right."""
    best: dict[str, tuple[float, bool]] = {}
    for features, key, right in zip(case.features, case.keys, case.right, strict=True):
        score = sum(weights.get(n, 0.0) * v for n, v in features.items())
        if key not in best or score > best[key][0]:
            best[key] = (score, right)
    ranked = sorted(best.values(), key=lambda b: -b[0])
    return (ranked[0][0] - ranked[1][0] if len(ranked) > 1 else 2.0), ranked[0][1]


def refit(sets: Sequence[tuple[Source, Sequence[tuple[dict[str, Any], Reading]]]], log: Callable[[str], None]) -> dict[str, float]:
    """Weights and margins from sets of documents already read."""
    for number in range(ROUNDS):
        found = [case for source, documents in sets for case in cases(documents, source)]
        weights = fit(found)
        weights |= margins(found, weights)
        known = pronouns.weights()
        known.clear()
        known.update(weights)
        log(f"round {number + 1}: {len(found)} pronouns, {sum(any(c.right) for c in found)} with a right candidate")
        for form in FORMS:
            leads = [_lead(c, weights) for c in found if c.form == form]
            answered = [good for lead, good in leads if lead >= weights[f"margin:{form}"]]
            log(f"  {form}: {len(leads)} pronouns, {len(answered)} answered, {sum(answered)} right, margin {weights[f'margin:{form}']}")
    return weights


def write(weights: dict[str, float], path: pathlib.Path = LEXICON) -> None:
    """The lexicon of the weights, sorted by feature, margins last."""
    rows = sorted(weights.items(), key=lambda w: (w[0].startswith("margin:"), w[0]))
    path.write_text(HEADER + "".join(f"{name},{value:g}\n" for name, value in rows), encoding="utf-8")


def rows(path: pathlib.Path, limit: int | None) -> list[dict[str, Any]]:
    """The first rows of a JSON lines file, .gz or plain."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines if line.strip()]
    return found[:limit]


def coded_articles(folder: pathlib.Path) -> list[dict[str, Any]]:
    """Texts of coded articles with their quotes."""
    out = []
    for path in sorted(folder.glob("*.gold.json")):
        article = json.loads(path.with_name(path.name.replace(".gold.json", ".json")).read_text(encoding="utf-8"))
        title = article.get("title")
        text = f"{title}\n\n{article['text']}" if title else article["text"]
        out.append({"text": text, "quotes": json.loads(path.read_text(encoding="utf-8"))["quotes"]})
    return out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.training.fit_coreference", description=__doc__)
    parser.add_argument("corpora", type=pathlib.Path, help="folder of the public corpora; coded articles in its ../gold")
    parser.add_argument("--gap", type=int, default=None, help="use only so many rows of GAP (default: all 2,000)")
    parser.add_argument("--out", type=pathlib.Path, default=LEXICON)
    args = parser.parse_args()
    folder: pathlib.Path = args.corpora / "coref"
    sets: list[tuple[Source, list[tuple[dict[str, Any], Reading]]]] = []
    for source, documents in (
        (ontogum, rows(folder / "ontogum" / "train.jsonl", None)),
        (gap, rows(folder / "gap" / "train.jsonl.gz", args.gap)),
        (coded, coded_articles(args.corpora.parent / "gold" / "train")),
    ):
        sets.append((source, [(d, read(d["text"])) for d in documents]))
    write(refit(sets, lambda line: print(line, file=sys.stderr)), args.out)


if __name__ == "__main__":
    main()
