"""`python -m pipeline.training.mine_patterns priors|rows …`: learns the event lexicon's priors and proposes new rows from labelled texts.

priors TABLES GOLD
    counts, for each row of event_patterns.csv, how often it was a word's best reading of its type in coded articles, and how often a coded
    trigger of that type stood there. The prior is the share, drawn towards that of all rows of its kind (part of speech, framed or not) as
    by PULL further cases: empirical Bayes. A row that was never met keeps the level it was given by hand, and what the level is worth is
    measured: by the rows of that level in articles that had no part in setting priors (`--level TABLES GOLD`); without these it is left
    as it is. A prior that stands in the lexicon as set by hand (column `by`) is kept: such rows tell apart what coded articles are too
    few to count.
rows TABLES SENTENCES
    proposes rows from sentences labelled with the type of what one party does to another (PLV's form: text, source, target, plover): the
    predicate that joins the two, alone and with its object or complement. A proposal needs LEAST sentences and, counting each fold of the
    sentences by what the others say (cross-validation), a precision of PRECISE.

Both print CSV; `priors --write` puts the new priors into the lexicon. Rows are accepted by hand: a proposal whose sense depends on more
than its frame says is worth less than it looks.
"""

from __future__ import annotations

import argparse
import collections
import csv
import dataclasses
import json
import pathlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING

from pipeline.language import relations as rel
from pipeline.language.triggers import NO_EVENT, Pattern, Patterns, Reading, compile_patterns, readings, rule_of
from pipeline.lexicon import load
from pipeline.training.coded import Coded, docs, read

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PULL = 2.0
"""How many cases the rows of its kind count as against a row's own."""
LEVELS = (0.12, 0.4, 0.75)
"""Priors given by hand: seldom, often, nearly always."""
HAND = "hand"
"""What the column `by` holds where a prior was set by hand and is to stay."""
LEAST, PRECISE, FOLDS = 3, 0.8, 5
BOUNDS = (0.03, 0.95)
Key = tuple[str, str]  # rule, type


@dataclasses.dataclass(slots=True)
class Tally:
    """How often a row was a word's best reading of its type, and how often a coded trigger of the type stood there."""

    met: int = 0
    right: int = 0


def patterns() -> Patterns:
    """The lexicon as it stands."""
    return compile_patterns(load("event_patterns"), load("event_word_classes"), load("sectors"))


def tally(articles: Iterable[Coded], known: Patterns) -> Mapping[Key, Tally]:
    """Tallies of the rows over coded articles, outside boilerplate."""
    found: dict[Key, Tally] = collections.defaultdict(Tally)
    for article in articles:
        gold = {
            t.i: g.type for g in article.gold if g.start is not None and g.end is not None
            for t in article.doc if t.idx < g.end and g.start < t.idx + len(t)
        }  # fmt: skip
        for sentence in article.sentences:
            if sentence.kind == "boilerplate":
                continue
            for token in article.doc:
                if not sentence.start <= token.idx < sentence.end or token.is_space or token.is_punct:
                    continue
                for one in _best(readings(article.doc, token, known)):
                    entry = found[one.rule, one.type]
                    entry.met += 1
                    entry.right += any(gold.get(i) == one.type for i in range(one.first, one.last + 1))
    return found


def _best(known: Sequence[Reading]) -> list[Reading]:
    """The best reading of each type."""
    types: dict[str, Reading] = {}
    for one in known:
        types.setdefault(one.type, one)
    return [one for one in types.values() if one.type != NO_EVENT]


def worth_of_levels(counts: Mapping[Key, Tally], rows: Sequence[Mapping[str, str]], seen: Mapping[Key, Tally]) -> dict[float, float]:
    """What each hand-given level is worth: the share right among rows of that level that `seen` never met."""
    met: collections.Counter[float] = collections.Counter()
    right: collections.Counter[float] = collections.Counter()
    for row in rows:
        key = rule_of(row), row["type"]
        level = float(row["prior"])
        if level in LEVELS and key in counts and key not in seen:
            met[level] += counts[key].met
            right[level] += counts[key].right
    return {level: (right[level] + PULL * level) / (met[level] + PULL) for level in LEVELS}


def kind_of(row: Mapping[str, str]) -> tuple[str, bool, bool]:
    """What rows are pooled by: part of speech, whether there is a frame, whether it is an idiom."""
    return row["pos"], bool(row["frame"]), " " in row["lemma"]


def new_priors(
    rows: Sequence[Mapping[str, str]], counts: Mapping[Key, Tally], levels: Mapping[float, float]
) -> Iterator[tuple[Mapping[str, str], float]]:
    """(row, new prior) of every row but those that say what is no event and those whose prior was set by hand."""
    pools: dict[tuple[str, bool, bool], Tally] = collections.defaultdict(Tally)
    for row in rows:
        one, pool = counts.get((rule_of(row), row["type"])), pools[kind_of(row)]
        if one is not None:
            pool.met += one.met
            pool.right += one.right
    for row in rows:
        if row["type"] == NO_EVENT or row.get("by") == HAND:
            continue
        one, pool, old = counts.get((rule_of(row), row["type"])), pools[kind_of(row)], float(row["prior"])
        if one is None:
            new = levels.get(old, old)
        else:
            new = (one.right + PULL * pool.right / max(1, pool.met)) / (one.met + PULL)
        yield row, round(min(max(new, BOUNDS[0]), BOUNDS[1]), 2)


# ---------------------------------------------------------------- rows from sentences labelled by pair


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A sentence with a source, a target and the type of what the one does to the other."""

    doc: Doc
    source: tuple[tuple[int, int], ...]
    target: tuple[tuple[int, int], ...]
    type: str


def pairs(tables: pathlib.Path, sentences: pathlib.Path) -> list[Pair]:
    """The labelled sentences that the tables hold, by id."""
    labelled = {r["id"]: r for r in map(json.loads, sentences.read_text(encoding="utf-8").splitlines())}
    return [
        Pair(doc, tuple(map(tuple, labelled[name]["source"])), tuple(map(tuple, labelled[name]["target"])), labelled[name]["plover"])
        for name, doc, _ in docs(tables)
        if name in labelled
    ]


def joining(pair: Pair) -> Token | None:
    """The predicate that joins source and target: the lowest word that both hang under, up to the nearest verb."""
    source, target = _head(pair.doc, pair.source), _head(pair.doc, pair.target)
    if source is None or target is None:
        return None
    above = {t.i for t in (source, *source.ancestors)}
    node = next((t for t in (target, *target.ancestors) if t.i in above), None)
    while node is not None and node.pos_ not in rel.VERBAL and node.head.i != node.i:
        node = node.head
    return node if node is not None and node.pos_ == "VERB" else None


def _head(doc: Doc, spans: Sequence[tuple[int, int]]) -> Token | None:
    for start, end in spans:
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is not None and len(span):
            return span.root
    return None


def frames_of(verb: Token) -> Iterator[str]:
    """Frames that say more and more of a verb's surroundings, the plain one first."""
    yield ""
    found = rel.logical_object(verb)
    if found is not None and found.pos_ == "NOUN":
        yield f"obj={found.lemma_.lower()}"
    if any(c.dep_ == "xcomp" for c in verb.children):
        yield "xcomp"
    if any(c.dep_ == "ccomp" for c in verb.children):
        yield "comp"
    for prep, _ in rel.obliques(verb):
        if prep in ("with", "against", "on", "for", "to"):
            yield f"prep={prep}"


def propose(found: Sequence[Pair], known: Patterns) -> Iterator[dict[str, object]]:
    """Rows with their counts and cross-validated precision, those the lexicon has left out. YIELD stands for CONCEDE or RETREAT."""
    cases: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for number, pair in enumerate(found):
        verb = joining(pair)
        if verb is None:
            continue
        for frame in dict.fromkeys(frames_of(verb)):
            cases.setdefault((verb.lemma_.lower(), frame), []).append((number % FOLDS, pair.type))
    for (lemma, frame), labelled in sorted(cases.items()):
        right = asked = 0
        for fold, kind in labelled:
            others = collections.Counter(k for f, k in labelled if f != fold)
            if others:
                asked += 1
                right += others.most_common(1)[0][0] == kind
        kind, n = collections.Counter(k for _, k in labelled).most_common(1)[0]
        if n < LEAST or not asked or right / asked < PRECISE or _has(known, lemma, kind):
            continue
        yield {"lemma": lemma, "pos": "VERB", "frame": frame, "type": kind, "n": len(labelled), "precision": round(right / asked, 2)}


def _has(known: Patterns, lemma: str, kind: str) -> bool:
    entries: tuple[Pattern, ...] = known.entries.get((lemma, "VERB"), ())
    return any(e.type == kind or (kind == "YIELD" and e.type in ("CONCEDE", "RETREAT")) for e in entries if len(e.words) == 1)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.training.mine_patterns", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("priors", help="priors from coded articles")
    one.add_argument("tables", type=pathlib.Path)
    one.add_argument("gold", type=pathlib.Path)
    one.add_argument("--level", nargs=2, type=pathlib.Path, metavar=("TABLES", "GOLD"), help="articles that say what the levels are worth")
    one.add_argument("--write", action="store_true", help="put the new priors into event_patterns.csv")
    two = commands.add_parser("rows", help="new rows from sentences labelled by pair")
    two.add_argument("tables", type=pathlib.Path)
    two.add_argument("sentences", type=pathlib.Path)
    args = parser.parse_args(argv)
    known = patterns()
    if args.command == "rows":
        out = csv.DictWriter(sys.stdout, ["lemma", "pos", "frame", "type", "n", "precision"])
        out.writeheader()
        out.writerows(propose(pairs(args.tables, args.sentences), known))
        return
    rows = load("event_patterns").rows
    counts = tally(read(args.tables, args.gold), known)
    levels = worth_of_levels(tally(read(*args.level), known), rows, counts) if args.level else {}
    changed = {(rule_of(row), row["type"], row["mode"]): (row["prior"], new) for row, new in new_priors(rows, counts, levels)}
    print(f"# levels are worth {levels}")
    for (rule, kind, mode), (old, new) in changed.items():
        if abs(float(old) - new) >= 0.01:
            print(f"{rule},{kind},{mode},{old},{new}")
    if args.write:
        _write(changed)


def _write(changed: Mapping[tuple[str, str, str], tuple[str, float]]) -> None:
    """Puts priors into the lexicon, its comments and order kept."""
    path = pathlib.Path(str(resources.files("pipeline.lexicons").joinpath("event_patterns.csv")))
    lines = path.read_text(encoding="utf-8").splitlines()
    header = next(line for line in lines if not line.startswith("#")).split(",")
    out = []
    for line in lines:
        if line.startswith("#") or line.split(",") == header:
            out.append(line)
            continue
        row = dict(zip(header, next(csv.reader([line])), strict=True))
        found = changed.get((rule_of(row), row["type"], row["mode"]))
        if found is not None:
            row["prior"] = f"{found[1]:g}"
        out.append(_line([row[name] for name in header]))
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


def _line(cells: Sequence[str]) -> str:
    return ",".join(f'"{c}"' if "," in c else c for c in cells)


if __name__ == "__main__":
    main()
