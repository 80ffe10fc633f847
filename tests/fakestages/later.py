"""Two stages and a corpus stage: numbers, sentences that hold several, and numbers that other articles have too."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from spacy.tokens import Doc

from pipeline.article import Article
from pipeline.ids import content_id
from pipeline.schema import Id, Row
from pipeline.stage import Context, CorpusContext, Tables, corpus_stage, stage
from pipeline.stages.articles import ArticleRow
from pipeline.stages.sentences import Sentence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Number(Row):
    """A number."""

    article_id: Annotated[Id, "article the row belongs to"]
    number_id: Annotated[Id, "its id"]
    start: Annotated[int, "first character"]
    end: Annotated[int, "character after the last"]
    text: Annotated[str, "as it stands"]
    name: Annotated[str | None, "the name before it"]
    name_start: Annotated[int | None, "first character of the name"]
    name_end: Annotated[int | None, "character after the last of the name"]
    score: Annotated[float | None, "what the core said"]
    odd: Annotated[bool | None, "whether it is odd; null where it is no whole number"]
    size: Annotated[Literal["small", "large"], "below or above 100"]
    reports: Annotated[int | None, "articles that hold the number"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Crowd(Row):
    """A sentence with several numbers."""

    article_id: Annotated[Id, "article the row belongs to"]
    sentence_id: Annotated[int, "the sentence"]
    n: Annotated[int, "how many"]
    seen: Annotated[int | None, "reports of the first, as the stage saw them: always null"]


@stage(table="numbers", row=Number, reads=[Sentence], version=int(os.environ.get("FAKE_NUMBERS", "1")))
def numbers(article: Article, doc: Doc, ctx: Context) -> Iterator[Number]:
    if "EXPLODE" in article.text and not os.environ.get("FAKE_MENDED"):
        raise ValueError("no number can be that large")
    scores = (
        {s.start: p for s, p in zip(doc.spans.get("timex", ()), doc.spans["timex"].attrs["scores"], strict=True)}
        if "timex" in doc.spans
        else {}
    )
    for token in reversed(list(doc)):  # backwards: the runner sorts
        if not token.is_digit:
            continue
        before = [e for e in doc.ents if e.end <= token.i]
        name = before[-1] if before else None
        text = "wrong" if "OFFSET" in article.text else token.text
        yield Number(
            article_id=article.article_id,
            number_id=content_id(article.article_id, token.idx),
            start=token.idx,
            end=token.idx + len(token),
            text=text,
            name=name.text if name else None,
            name_start=name.start_char if name else None,
            name_end=name.end_char if name else None,
            score=scores.get(token.i),
            odd=token.text[-1] in "13579" if token.text.isascii() else None,
            size="large" if len(token) > 2 else "small",
            reports=None,
        )


@stage(table="crowds", row=Crowd, reads=[Sentence, Number], version=1)
def crowds(article: Article, doc: Doc, ctx: Context) -> Iterator[Crowd]:
    found = ctx.rows(Number)
    for s in ctx.rows(Sentence):
        inside = [n for n in found if s.start <= n.start < s.end]
        if len(inside) > 1 and doc.has_annotation("DEP"):
            yield Crowd(article_id=article.article_id, sentence_id=s.sentence_id, n=len(inside), seen=inside[0].reports)


@corpus_stage(table="articles", fills=["duplicate_of", "duplicate_kind"], key="uri", reads=[ArticleRow], version=1)
def alone(tables: Tables, ctx: CorpusContext) -> Mapping[str, tuple[None, None]]:
    return dict.fromkeys(tables.read(ArticleRow, ["uri"]).column(0).to_pylist(), (None, None))


@corpus_stage(table="numbers", fills=["reports"], key="number_id", reads=[Number], version=1)
def reports(tables: Tables, ctx: CorpusContext) -> Mapping[str, tuple[int]]:
    found = tables.read(Number, ["number_id", "article_id", "text"]).to_pylist()
    for row in found:
        ctx.memo[row["number_id"]] = row["text"].encode()
    count = Counter(text for text, _ in {(r["text"], r["article_id"]) for r in found})
    return {r["number_id"]: (count[r["text"]],) for r in found}
