"""Sentences, tokens and marks: the encoder's output as rows, from which `pipeline.language.doc.rebuild` makes the Doc again."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pipeline.language.doc import heads_within, scored_spans, sentence_bounds, words_of
from pipeline.schema import Id, Row
from pipeline.stage import Context, stage
from pipeline.text.boilerplate import boilerplate_spans

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sentence(Row):
    """One sentence. No sentence crosses a paragraph break; white space around sentences belongs to none."""

    article_id: Annotated[Id, "article the row belongs to"]
    sentence_id: Annotated[int, "number of the sentence in the article, from 0"]
    paragraph: Annotated[int, "number of the paragraph in the article, from 0; the title is a paragraph of its own"]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last in articles.text"]
    text: Annotated[str, "the sentence as it stands"]
    kind: Annotated[
        Literal["title", "body", "boilerplate"],
        "boilerplate is what is no part of the story (reading times, share lines, photo credits); later stages skip it",
    ]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Token(Row):
    """One token, as Universal Dependencies splits English. White space is no token: it is what lies between them."""

    article_id: Annotated[Id, "article the row belongs to"]
    sentence_id: Annotated[int, "sentence of the article the token stands in"]
    token_id: Annotated[int, "number of the token in the article, from 0"]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last in articles.text"]
    text: Annotated[str, "the token as it stands"]
    lemma: Annotated[str | None, "dictionary form; null where the model in use gives none"]
    pos: Annotated[str | None, "Universal part of speech; null where the model in use gives none"]
    tag: Annotated[str | None, "Penn Treebank tag; null where the model in use gives none"]
    head: Annotated[int | None, "token_id of the head, the token's own for a root; null where the model in use gives no tree"]
    dep: Annotated[str | None, "relation to the head (Universal Dependencies); null where the model in use gives no tree"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Row):
    """One span that the language core marked. A link's label says to what it belongs: "source@123" to the cue at character 123."""

    article_id: Annotated[Id, "article the row belongs to"]
    layer: Annotated[
        str,
        "what was marked: name, timex, source, cue, content, trigger; attribution, argument and antecedent are links; "
        "another spaCy pipeline's span groups keep their names, and entities outside them are `ent`",
    ]
    start: Annotated[int, "first character in articles.text"]
    end: Annotated[int, "character after the last in articles.text"]
    text: Annotated[str, "the span as it stands"]
    label: Annotated[str, "label within the layer"]
    score: Annotated[float | None, "probability that span and label are right; null where the model in use gives none"]


@stage(table="sentences", row=Sentence, lexicons=["boilerplate"], version=3)
def sentences(article: Article, doc: Doc, ctx: Context) -> Iterator[Sentence]:
    """Sentences with their kind: title, body or boilerplate."""
    noise = _noise(article)
    for number, (first, last, paragraph) in enumerate(sentence_bounds(doc, [edge for span in noise for edge in span])):
        start, end = doc[first].idx, doc[last].idx + len(doc[last])
        text = article.text[start:end]
        kind: Literal["title", "body", "boilerplate"]
        if start < article.title_end:
            kind = "title"
        else:
            kind = "boilerplate" if any(a <= start < b for a, b in noise) else "body"
        yield Sentence(article_id=article.article_id, sentence_id=number, paragraph=paragraph, start=start, end=end, text=text, kind=kind)


def _noise(article: Article) -> list[tuple[int, int]]:
    """Offsets of the boilerplate in the body. Sentences are split at them, so that a caption is read without its label and credit."""
    return list(_noise_in(article.text, article.title_end))


@functools.lru_cache(maxsize=4)  # two stages ask in turn
def _noise_in(text: str, title_end: int) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end, _ in boilerplate_spans(text, title_end))


@stage(table="tokens", row=Token, lexicons=["boilerplate"], version=3)
def tokens(article: Article, doc: Doc, ctx: Context) -> Iterator[Token]:
    """Tokens with lemma, tags and tree. Heads stay within the sentence, and a sentence has one root."""
    cuts = [edge for span in _noise(article) for edge in span]
    heads = heads_within(doc, cuts)
    words = words_of(doc)
    numbers = {word.i: n for n, word in enumerate(words)}
    bounds = iter(sentence_bounds(doc, cuts))
    sentence_id, last = -1, -1
    for n, word in enumerate(words):
        if word.i > last:
            sentence_id, (_, last, _) = sentence_id + 1, next(bounds)
        yield Token(
            article_id=article.article_id,
            sentence_id=sentence_id,
            token_id=n,
            start=word.start,
            end=word.end,
            text=word.text,
            lemma=word.lemma or None,
            pos=word.pos or None,
            tag=word.tag or None,
            head=numbers[heads[word.i]] if heads else None,
            dep=(word.dep or None) if heads else None,
        )


@stage(table="marks", row=Mark, version=2)
def marks(article: Article, doc: Doc, ctx: Context) -> Iterator[Mark]:
    """Every entity and span group of the Doc."""
    for layer, span, score in scored_spans(doc):
        yield Mark(
            article_id=article.article_id,
            layer=layer,
            start=span.start_char,
            end=span.end_char,
            text=span.text,
            label=span.label_,
            score=score,
        )
