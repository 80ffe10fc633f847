"""Runs single stages on a Doc, so that a measure can see their rows without files."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.article import Article
from pipeline.lexicon import Lexicon, load
from pipeline.schema import Row
from pipeline.stage import Stage

if TYPE_CHECKING:
    from spacy.tokens import Doc

R = TypeVar("R", bound=Row)


class Rows:
    """A Context that holds the rows of one article by class."""

    settings: Any = types.SimpleNamespace()

    def __init__(self) -> None:
        self.held: list[Row] = []

    def rows(self, row: type[R]) -> Sequence[R]:
        return sorted((r for r in self.held if isinstance(r, row)), key=lambda r: getattr(r, "start", 0))

    def lexicon(self, name: str) -> Lexicon:
        return load(name)


def run(article: Article, doc: Doc, *stages: Any) -> Rows:
    """Runs stage functions in order on one article and gives the Context with all their rows."""
    context = Rows()
    for function in stages:
        declared: Stage = function.stage
        context.held.extend(list(declared.function(article, doc, context)))
    return context


def entity_rows(doc: Doc) -> Sequence[Any]:
    """Rows of the entities stage for a Doc read as an article without metadata."""
    from pipeline.stages.entities import Entity, entities
    from pipeline.stages.sentences import sentences

    article = Article(article_id="0" * 16, uri="doc", text=doc.text)
    return run(article, doc, sentences, entities).rows(Entity)
