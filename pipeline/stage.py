"""The @stage declaration: what a stage reads, which rows it writes, which lexicons it uses, and its version."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pipeline.schema import Row

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.article import Article

R = TypeVar("R", bound=Row)


class Context(Protocol):
    """What the runner hands a stage beside the article and its Doc."""

    settings: Any

    def rows(self, row: type[R]) -> Sequence[R]:
        """Rows of this article that an earlier stage wrote (only of tables named in `reads`), sorted by start."""
        ...

    def lexicon(self, name: str) -> Any:
        """The compiled lexicon NAME (a `pipeline.lexicon.Lexicon`), loaded once in a worker."""
        ...


StageFunction = Callable[["Article", "Doc", Context], Iterator[Row]]


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """A declared stage. `rows` maps table names to row classes; a stage yields rows of any of them."""

    name: str
    function: StageFunction
    rows: Mapping[str, type[Row]]
    reads: tuple[type[Row], ...]
    lexicons: tuple[str, ...]
    version: int


def stage(
    *,
    table: str,
    row: type[Row],
    also: Mapping[str, type[Row]] | None = None,
    reads: Sequence[type[Row]] = (),
    lexicons: Sequence[str] = (),
    version: int,
) -> Callable[[StageFunction], StageFunction]:
    """Declares a stage: a pure function (article, doc, ctx) -> rows of `table` (and of the tables in `also`)."""

    def declare(function: StageFunction) -> StageFunction:
        declared = Stage(table, function, {table: row, **(also or {})}, tuple(reads), tuple(lexicons), version)
        function.stage = declared  # type: ignore[attr-defined]
        return function

    return declare
