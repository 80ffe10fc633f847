"""A text read by the language core and the stages up to entities, in memory, for measures that need names and chains."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline import lexicon
from pipeline.article import Article
from pipeline.ids import content_id
from pipeline.language.coreference import Chains, resolve
from pipeline.schema import Row
from pipeline.stages.entities import Entity, entities
from pipeline.stages.sentences import Sentence, sentences

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """A text's Doc with its entity rows and coreference chains."""

    doc: Doc
    entities: Sequence[Entity]
    chains: Chains


class _Rows:
    """A stage's context that holds rows in memory."""

    settings: Any = None

    def __init__(self) -> None:
        self.held: dict[type[Row], Sequence[Any]] = {}

    def rows(self, row: type[Any]) -> Sequence[Any]:
        return self.held.get(row, ())

    def lexicon(self, name: str) -> lexicon.Lexicon:
        return lexicon.load(name)


@functools.cache
def core() -> Language:
    """The model of the environment variable NEWSLEDGER_MODEL, by default models/wire_en."""
    from pipeline.language.model import load_model

    return load_model(os.environ.get("NEWSLEDGER_MODEL", "models/wire_en"))


def read(text: str, title_end: int = 0, nlp: Language | None = None) -> Reading:
    """Reads one text. `text[:title_end]` is its title."""
    article = Article(article_id=content_id(text), uri="evaluation", text=text, title_end=title_end)
    doc = (nlp or core())(text)
    context = _Rows()
    context.held[Sentence] = list(sentences(article, doc, context))
    rows = [row for row in entities(article, doc, context) if isinstance(row, Entity)]
    return Reading(doc, rows, resolve(doc, rows))
