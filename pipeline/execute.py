"""Stages on one article: the encoder in batches, a stage's rows checked, its errors told apart from the run's."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import operator
import time
import traceback
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import lexicon
from pipeline.article import Article
from pipeline.errors import DeclarationError, NewsledgerError, StageError
from pipeline.schema import BadValueError, Row, by_column, check_spans, check_values, columns
from pipeline.stage import Stage

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

CODE = str(Path(__file__).resolve().parent)
LONGEST_MESSAGE = 1_000
MOST_LEXEMES = 100_000  # of a vocabulary; about 50 MiB
START = operator.attrgetter("start")


@functools.lru_cache(maxsize=1)
def load_language(model: str) -> Language:
    """The model, once in a process. Raises ModelError."""
    from pipeline.language.model import load_model

    nlp: Language = load_model(model)
    nlp.max_length = 1 << 31  # spaCy's limit guards its own parser's memory; the readers have a limit of ours
    return nlp


@functools.lru_cache(maxsize=1)
def shared_vocab() -> Vocab:
    """The vocabulary of rebuilt Docs, one in a process: stages may keep matchers made with it."""
    from pipeline.language.doc import new_vocab

    return new_vocab()


def bounded(owner: Language | Vocab) -> contextlib.AbstractContextManager[Any]:
    """Keeps a vocabulary from growing without end: once it knows MOST_LEXEMES words, others are forgotten after the block.

    Below that they are kept, since looking up a word's properties anew for every article costs more than reading it.
    """
    vocab: Any = getattr(owner, "vocab", owner)
    if len(vocab) < MOST_LEXEMES or not hasattr(owner, "memory_zone"):
        return contextlib.nullcontext()
    return owner.memory_zone()


def encode(nlp: Language, articles: Sequence[Article]) -> list[Doc | Exception]:
    """The Doc of every article, or why there is none. One article's error does not cost the others of its batch."""
    try:
        # One article to a batch: the arithmetic of a quantised encoder depends on all that is computed together, and an article's rows
        # must not depend on its neighbours. The encoder still batches the article's own paragraphs.
        docs: list[Doc | Exception] = list(nlp.pipe([a.text for a in articles], batch_size=1))
    except Exception:  # spaCy gives up the whole batch: find out whose fault it was
        docs = [_encode_one(nlp, a) for a in articles]
    return [_same_text(d, a) for d, a in zip(docs, articles, strict=True)]


def _encode_one(nlp: Language, article: Article) -> Doc | Exception:
    try:
        return nlp(article.text)
    except Exception as error:
        return error


def _same_text(doc: Doc | Exception, article: Article) -> Doc | Exception:
    if isinstance(doc, Exception) or doc.text == article.text:
        return doc
    return StageError("the model's Doc has another text than the article", "use a model whose tokenizer keeps every character")


class Context:
    """What a stage may look at beside article and Doc: only what it declared."""

    def __init__(self, stage: Stage, rows: Mapping[type[Row], Sequence[Row]], settings: Any) -> None:
        self.settings, self._stage, self._rows = settings, stage, rows

    def rows(self, row: type[Any]) -> Sequence[Any]:
        if row not in self._stage.reads:
            raise DeclarationError(
                f"stage {self._stage.name!r} reads {row.__name__} without declaring it", "name the row class in its reads="
            )
        return self._rows[row]

    def lexicon(self, name: str) -> lexicon.Lexicon:
        if name not in self._stage.lexicons:
            raise DeclarationError(f"stage {self._stage.name!r} uses lexicon {name!r} without declaring it", "name it in its lexicons=")
        return lexicon.load(name)


@dataclasses.dataclass(frozen=True, slots=True)
class Failed:
    """A stage failed on an article."""

    error: str
    message: str
    remedy: str


def run_stage(
    stage: Stage,
    article: Article,
    doc: Doc | None,
    rows: Mapping[type[Row], Sequence[Row]],
    settings: Any,
    seconds: MutableMapping[str, float],
) -> dict[str, list[Row]] | Failed:
    """A stage's rows by table, checked and sorted by start, or why it failed.

    Errors of set-up (exit code 2) are raised: they are every article's.
    """
    began = time.perf_counter()
    try:
        made: dict[str, list[Row]] = {table: [] for table in stage.rows}
        table_by_row = {row: table for table, row in stage.rows.items()}
        for record in stage.function(article, doc, Context(stage, rows, settings)):  # type: ignore[arg-type]  # articles: no Doc
            if type(record) not in table_by_row:
                raise BadValueError(f"it yielded a {type(record).__name__}, not a row of {', '.join(stage.rows)}")
            made[table_by_row[type(record)]].append(record)
        return {table: check_rows(stage.rows[table], records, article) for table, records in made.items()}
    except NewsledgerError as error:
        if error.exit_code == 2:
            raise
        return failed(error, stage.name)
    except Exception as error:
        return failed(error, stage.name)
    finally:
        seconds[stage.name] = seconds.get(stage.name, 0.0) + time.perf_counter() - began


def check_rows(row: type[Row], records: list[Row], article: Article) -> list[Row]:
    """The rows sorted by start.

    Raises BadValueError where one breaks its declaration, belongs to another article or does not stand in the text.
    """
    if not records:
        return records
    declared = columns(row)
    for column, values in zip(declared, by_column(records, [c.name for c in declared]), strict=True):
        check_values(column, values)
        if column.name == "article_id" and set(values) != {article.article_id}:
            raise BadValueError("column 'article_id' is another article's")
    check_spans(row, records, article.text)
    if any(c.name == "start" for c in declared):
        records.sort(key=START)
    return records


def failed(error: Exception, stage: str) -> Failed:
    """An exception as a failure: its class, what it said and where in the pipeline, what to do."""
    if isinstance(error, NewsledgerError):
        return Failed(type(error).__name__, storable(error.message), storable(error.remedy))
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(CODE) and not f.filename.endswith("execute.py")]
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return Failed(
        type(error).__name__,
        storable(f"{error}{where}" if str(error) else f"no message{where}"),
        f"the fault is the stage's: report it with the article; when it is mended, run `extract --force {stage}`",
    )


def storable(text: str) -> str:
    """Text cut to a bearable length, in which what UTF-8 cannot store is written out."""
    cut = text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")
