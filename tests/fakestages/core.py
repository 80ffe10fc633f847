"""Articles, sentences, tokens and marks as the pipeline makes them, and a component that marks what a language core would."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.article import Article
from pipeline.schema import Row
from pipeline.stage import Context, stage
from pipeline.stages import articles as real_articles
from pipeline.stages import sentences as real


@Language.component("fake_core")
def fake_core(doc: Doc) -> Doc:
    """A tree in which all hang on the sentence's first word, capitalised words as names, numbers as timex; raises on CRASH."""
    if "CRASH" in doc.text:
        raise RuntimeError("the encoder gave up")
    starts = {s.start: next((t.i for t in s if not t.is_space), s.start) for s in doc.sents}
    heads = [starts[t.sent.start] for t in doc]
    made = Doc(
        doc.vocab,
        words=[t.text for t in doc],
        spaces=[bool(t.whitespace_) for t in doc],
        tags=["_SP" if t.is_space else "NNP" if t.is_title else "NN" for t in doc],
        pos=["SPACE" if t.is_space else "PROPN" if t.is_title else "NOUN" for t in doc],
        lemmas=[t.text if t.is_space else t.lower_ for t in doc],
        heads=heads,
        deps=["dep" if t.is_space else "root" if heads[t.i] == t.i else "obl" for t in doc],
    )
    names = [Span(made, t.i, t.i + 1, label="MISC") for t in made if t.is_title]
    times = [Span(made, t.i, t.i + 1, label="DATE") for t in made if t.is_digit]
    made.set_ents(names)
    for key, spans in (("names", names), ("timex", times)):
        scores = [(zlib.crc32(s.text.encode()) % 10_000) / 10_000 for s in spans]
        made.spans[key] = SpanGroup(made, name=key, spans=spans, attrs={"scores": scores})
    return made


@stage(table="articles", row=real_articles.ArticleRow, version=1)
def articles(article: Article, doc: Doc, ctx: Context) -> Iterator[Row]:
    return real_articles.articles(article, doc, ctx)


@stage(table="sentences", row=real.Sentence, version=1)
def sentences(article: Article, doc: Doc, ctx: Context) -> Iterator[Row]:
    return real.sentences(article, doc, ctx)


@stage(table="tokens", row=real.Token, version=1)
def tokens(article: Article, doc: Doc, ctx: Context) -> Iterator[Row]:
    return real.tokens(article, doc, ctx)


@stage(table="marks", row=real.Mark, version=1)
def marks(article: Article, doc: Doc, ctx: Context) -> Iterator[Row]:
    return real.marks(article, doc, ctx)
