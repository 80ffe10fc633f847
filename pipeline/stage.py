"""Stages: how one is declared, found and put in order.

**An article stage** is a pure function from an article and its Doc to rows; the runner owns I/O, order, checks and failures::

    @stage(table="quotes", row=Quote, reads=[Sentence, Entity], lexicons=["reporting_verbs"], version=1)
    def quotes(article: Article, doc: Doc, ctx: Context) -> Iterator[Quote]: ...

It runs after the stages whose rows it reads and after `sentences`, `tokens` and `marks`, which hold the encoder's output. The Doc it is
given is made from those three tables alone (`pipeline.language.doc.rebuild`), so a rerun without the encoder sees the same Doc. Raise the
`version` when a change of the code can change its rows: the stage and all that read it are run again. The one stage of table `articles`
runs once for every uri and gets no Doc (None); all others run once for every article_id.

**A corpus stage** fills columns that need the articles of all shards (near copies, clusters across articles)::

    @corpus_stage(table="articles", fills=["duplicate_of", "duplicate_kind"], key="uri", reads=[ArticleRow], version=1)
    def duplicates(tables: Tables, ctx: CorpusContext) -> Mapping[str, tuple[str | None, str | None]]: ...

- The article stage of `table` declares the filled columns in its row class and yields them as None (or as any value: it is overwritten).
- `tables.read(ArticleRow, ["uri", "article_id", "text"])` gives these columns of all shards as one pyarrow.Table, `tables.parts(…)` the
  same a shard at a time where the text would not fit into memory. Rows come in a fixed order: by shard, article_id, start.
  A corpus stage cannot see columns it fills itself; what it needs of an article stage's own grouping belongs in a column of its own.
- It returns, for every row's key (`key` names a column unique in the table), the values of the filled columns, in the order of `fills`.
  Every row must be covered. The runner checks the values against the row class and rewrites only the parts in which a value changed.
- `ctx.memo` keeps bytes from run to run under keys of the stage's choice (a text signature under its article_id): what the stage neither
  read nor wrote in a run is dropped, and all of it when the stage's version or the settings change. It must hold pure functions of the
  key: results may not depend on what is in it.
- It is run when a table it reads has changed, at the end of `extract` (without `--shard`) and by `link`, after the corpus stages that fill
  tables it reads. Its result must be a pure function of the rows, whatever order the articles came in.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pipeline.errors import DeclarationError
from pipeline.schema import Row, columns

if TYPE_CHECKING:
    import pyarrow as pa
    from spacy.tokens import Doc

    from pipeline.article import Article

R = TypeVar("R", bound=Row)

ARTICLES = "articles"
CORE_TABLES = ("sentences", "tokens", "marks")
"""Tables that hold the encoder's output, from which the Doc is made again."""


class Context(Protocol):
    """What the runner hands a stage beside the article and its Doc."""

    settings: Any

    def rows(self, row: type[R]) -> Sequence[R]:
        """Rows of this article that an earlier stage wrote (only of row classes named in `reads`), sorted by start."""
        ...

    def lexicon(self, name: str) -> Any:
        """The lexicon NAME (a `pipeline.lexicon.Lexicon`; only those named in `lexicons`), loaded once in a worker."""
        ...


class Tables(Protocol):
    """The tables of all shards, as a corpus stage sees them."""

    def read(self, row: type[Row], columns: Sequence[str]) -> pa.Table:
        """These columns of the row class's table, all shards in one."""
        ...

    def parts(self, row: type[Row], columns: Sequence[str]) -> Iterator[pa.Table]:
        """The same, a shard at a time."""
        ...


class CorpusContext(Protocol):
    """What the runner hands a corpus stage beside the tables."""

    settings: Any
    memo: MutableMapping[str, bytes]

    def lexicon(self, name: str) -> Any:
        """The lexicon NAME, as in `Context`."""
        ...


StageFunction = Callable[["Article", "Doc", Context], Iterator[Row]]
CorpusFunction = Callable[[Tables, CorpusContext], Mapping[str, Sequence[Any]]]


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """A declared stage. `rows` maps table names to row classes; a stage yields rows of any of them."""

    name: str
    function: StageFunction
    rows: Mapping[str, type[Row]]
    reads: tuple[type[Row], ...]
    lexicons: tuple[str, ...]
    version: int

    @property
    def core(self) -> bool:
        """Whether the stage keeps the encoder's output, and so needs the encoder's own Doc."""
        return not set(self.rows).isdisjoint(CORE_TABLES)

    @property
    def per_uri(self) -> bool:
        """Whether the stage runs for every uri, exact copies too, and without a Doc."""
        return ARTICLES in self.rows


@dataclasses.dataclass(frozen=True, slots=True)
class CorpusStage:
    """A declared corpus stage: it fills columns of one table from the rows of all shards."""

    name: str
    function: CorpusFunction
    table: str
    fills: tuple[str, ...]
    key: str
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
        name = getattr(function, "__name__", table)
        declared = Stage(name, function, {table: row, **(also or {})}, tuple(reads), tuple(lexicons), version)
        function.stage = declared  # type: ignore[attr-defined]
        return function

    return declare


def corpus_stage(
    *,
    table: str,
    fills: Sequence[str],
    key: str,
    reads: Sequence[type[Row]],
    lexicons: Sequence[str] = (),
    version: int,
) -> Callable[[CorpusFunction], CorpusFunction]:
    """Declares a corpus stage: a pure function (tables, ctx) -> values of the columns `fills` of `table`, by the row's `key`."""

    def declare(function: CorpusFunction) -> CorpusFunction:
        name = getattr(function, "__name__", table)
        declared = CorpusStage(name, function, table, tuple(fills), key, tuple(reads), tuple(lexicons), version)
        function.corpus_stage = declared  # type: ignore[attr-defined]
        return function

    return declare


@dataclasses.dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a package, each kind in the order it runs."""

    article: tuple[Stage, ...]
    corpus: tuple[CorpusStage, ...]
    tables: Mapping[str, type[Row]] = dataclasses.field(init=False, compare=False, repr=False)
    """Row class of every table, in the order of the stages."""
    _table_of: Mapping[type[Row], str] = dataclasses.field(init=False, compare=False, repr=False)
    _writers: Mapping[str, Stage] = dataclasses.field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        tables = {table: row for s in self.article for table, row in s.rows.items()}
        object.__setattr__(self, "tables", tables)
        object.__setattr__(self, "_table_of", {row: table for table, row in reversed(tables.items())})
        object.__setattr__(self, "_writers", {table: s for s in reversed(self.article) for table in s.rows})

    def table_of(self, row: type[Row]) -> str:
        """The table that holds rows of this class."""
        return self._table_of[row]

    def writer(self, table: str) -> Stage:
        """The stage that writes a table."""
        return self._writers[table]

    def needs(self, s: Stage) -> tuple[Stage, ...]:
        """The stages whose rows `s` needs: those it reads, and those its Doc is made from."""
        found = [self.writer(self.table_of(row)) for row in s.reads]
        if not s.core and not s.per_uri:
            found += [c for c in self.article if c.core]
        return tuple({f.name: f for f in found if f is not s}.values())

    def dependents(self, names: Iterable[str]) -> frozenset[str]:
        """The named stages and all that need them, directly or through others."""
        found = set(names)
        for s in self.article:  # in order, so one pass reaches all
            if any(n.name in found for n in self.needs(s)):
                found.add(s.name)
        return frozenset(found)

    def filled(self, table: str) -> tuple[str, ...]:
        """Columns of a table that corpus stages fill."""
        return tuple(c for s in self.corpus if s.table == table for c in s.fills)


def discover(package: str = "pipeline.stages") -> Stages:
    """Imports every module of the package and returns its stages in order. Raises DeclarationError where they contradict each other."""
    root = importlib.import_module(package)
    found: list[Stage] = []
    corpus: list[CorpusStage] = []
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{package}.{info.name}")
        for value in vars(module).values():
            if getattr(value, "__module__", None) != module.__name__:
                continue
            if isinstance(declared := getattr(value, "stage", None), Stage):
                found.append(declared)
            if isinstance(filler := getattr(value, "corpus_stage", None), CorpusStage):
                corpus.append(filler)
    return arrange(found, corpus)


def arrange(found: Sequence[Stage], corpus: Sequence[CorpusStage] = ()) -> Stages:
    """Checks declarations against each other and puts them in order: by what they read, ties by name. Raises DeclarationError."""
    writers = _writers(found)
    known = {row: s for s in found for row in s.rows.values()}
    everything: list[Stage | CorpusStage] = [*found, *corpus]
    for s in everything:
        for row in s.reads:
            if row not in known:
                raise DeclarationError(f"stage {s.name!r} reads {row.__name__}, which no stage writes", "mend its reads=, or add the stage")
    unordered = Stages(tuple(sorted(found, key=_rank)), ())
    needs = {s.name: {n.name for n in unordered.needs(s)} for s in unordered.article}
    order = _topological(needs)
    by_name = {s.name: s for s in found}
    fillers = {c: s.name for s in corpus for c in [(s.table, f) for f in s.fills]}
    for s in corpus:
        _check_corpus(s, writers)
    tables = {row: table for table, writer in writers.items() for row in [writer.rows[table]]}
    corpus = sorted(corpus, key=lambda s: s.name)
    corpus_needs = {s.name: {fillers[c] for c in fillers if c[0] in {tables[r] for r in s.reads}} - {s.name} for s in corpus}
    for s in corpus:  # two that fill one table and both read it: by name, or the order would be a circle
        corpus_needs[s.name] -= {o.name for o in corpus if o.table == s.table and o.name > s.name}
    corpus_by_name = {s.name: s for s in corpus}
    return Stages(tuple(by_name[n] for n in order), tuple(corpus_by_name[n] for n in _topological(corpus_needs)))


def _rank(s: Stage) -> tuple[int, str]:
    """Order of stages that need not wait for each other: articles, the encoder's tables, then by name."""
    tables = (ARTICLES, *CORE_TABLES)
    return min((tables.index(t) for t in s.rows if t in tables), default=len(tables)), s.name


def _writers(found: Sequence[Stage]) -> dict[str, Stage]:
    writers: dict[str, Stage] = {}
    names: set[str] = set()
    for s in found:
        if s.name in names:
            raise DeclarationError(f"two stages are called {s.name!r}", "rename one")
        names.add(s.name)
        for table, row in s.rows.items():
            if table in writers or table == "failures":
                other = writers[table].name if table in writers else "the runner"
                raise DeclarationError(f"stages {other!r} and {s.name!r} both write table {table!r}", "give one another table")
            first = columns(row)[0].name
            if first != "article_id":
                raise DeclarationError(f"{row.__name__}'s first column is {first!r}", "every table begins with article_id")
            writers[table] = s
    return writers


def _check_corpus(s: CorpusStage, writers: Mapping[str, Stage]) -> None:
    if s.table not in writers:
        raise DeclarationError(f"corpus stage {s.name!r} fills table {s.table!r}, which no stage writes", f"one of: {', '.join(writers)}")
    have = [c.name for c in columns(writers[s.table].rows[s.table])]
    for name in (*s.fills, s.key):
        if name not in have:
            raise DeclarationError(f"corpus stage {s.name!r} names {s.table}.{name}, which is not there", f"one of: {', '.join(have)}")


def _topological(needs: Mapping[str, set[str]]) -> list[str]:
    order: list[str] = []
    while len(order) < len(needs):
        ready = [n for n in needs if n not in order and needs[n] <= set(order)]
        if not ready:
            left = ", ".join(sorted(set(needs) - set(order)))
            raise DeclarationError(f"stages read each other in a circle: {left}", "let one of them read less")
        order.append(ready[0])
    return order
