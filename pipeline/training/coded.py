"""Coded articles beside the tables made of them: what the event lexicon and its weights are fitted on.

The tables are `extract`'s, of a folder that holds the coded articles (NAME.json) alone or among others; the codings are NAME.gold.json.
The Docs are made again from `tokens` and `marks`, so that no encoder runs.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.language.doc import new_vocab, rebuild
from pipeline.stages.articles import ArticleRow
from pipeline.stages.sentences import Mark, Sentence, Token
from pipeline.store import Store, rows_of
from pipeline.text.normalise import fold_with_offsets

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclasses.dataclass(frozen=True, slots=True)
class Gold:
    """One coded trigger: offsets in the article's text (None where it was not found there), and its type."""

    start: int | None
    end: int | None
    type: str


@dataclasses.dataclass(frozen=True, slots=True)
class Coded:
    """A coded article, its Doc, its sentences and its coded triggers."""

    name: str
    doc: Doc
    sentences: tuple[Sentence, ...]
    gold: tuple[Gold, ...]


def docs(tables: pathlib.Path) -> Iterator[tuple[str, Doc, tuple[Sentence, ...]]]:
    """(file name without its ending, Doc, sentences) of each article of a folder of tables, sorted by name."""
    store = Store(tables)
    rows: dict[str, dict[str, list[Any]]] = {}
    for table, row in (("articles", ArticleRow), ("sentences", Sentence), ("tokens", Token), ("marks", Mark)):
        for one in rows_of(row, store.table(table)):
            rows.setdefault(one.article_id, {}).setdefault(table, []).append(one)
    vocab = new_vocab()
    for held in sorted(rows.values(), key=lambda r: str(r["articles"][0].uri)):
        article = held["articles"][0]
        doc = rebuild(article, held.get("tokens", []), held.get("marks", []), vocab)
        yield pathlib.PurePath(article.uri).name.removesuffix(".json"), doc, tuple(held.get("sentences", ()))


def read(tables: pathlib.Path, gold: pathlib.Path) -> list[Coded]:
    """The coded articles of a folder of codings that the tables hold."""
    found = []
    for name, doc, sentences in docs(tables):
        path = gold / f"{name}.gold.json"
        if path.is_file():
            found.append(Coded(name, doc, sentences, tuple(_triggers(doc.text, json.loads(path.read_text(encoding="utf-8"))["events"]))))
    return found


def _triggers(text: str, events: list[dict[str, Any]]) -> Iterator[Gold]:
    folded, at = fold_with_offsets(text)
    for event in events:
        base = folded.find(fold_with_offsets(event["sentence"])[0].strip())
        trigger = fold_with_offsets(event["trigger"])[0].strip()
        k = folded.find(trigger, base) if base >= 0 else -1
        yield Gold(at[k], at[k + len(trigger) - 1] + 1, event["type"]) if k >= 0 else Gold(None, None, event["type"])
