"""Row dataclasses and the Arrow schemas made from them: the row type is the schema, the type check and the codebook page in one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import operator
import types
import typing
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

import pyarrow as pa

Id = Annotated[str, "hex id made from content"]
"""A content-hash id (see `pipeline.ids`)."""

ARROW_TYPES: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    bool: pa.bool_(),
    dt.date: pa.date32(),
}
_COLUMNS: dict[type, tuple[Column, ...]] = {}  # functools.cache cannot tell mypy that a class has a hash
_SPANS: dict[type, tuple[tuple[str, str, str], ...]] = {}
_SCHEMAS: dict[type, pa.Schema] = {}
INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
PANDAS_TYPES = {  # Arrow type -> (pandas_type, numpy_type without nulls, with nulls), as pandas writes them
    pa.string(): ("unicode", "str", "str"),
    pa.int32(): ("int32", "int32", "Int32"),
    pa.float64(): ("float64", "float64", "float64"),
    pa.bool_(): ("bool", "bool", "boolean"),
    pa.date32(): ("date", "object", "object"),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Base of every table's row. The class docstring describes the table, each field's Annotated text the column."""

    TABLE: ClassVar[str] = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FailureRow(Row):
    """What could not be read, or which stage failed on an article. Written by the runner."""

    run_id: Annotated[str, "run in which it failed"]
    uri: Annotated[str, "where it was read"]
    article_id: Annotated[Id | None, "article on which a stage failed; null where no article could be made"]
    stage: Annotated[str, "`read`, `language` (the encoder) or the stage's name"]
    error: Annotated[str, "class of the error"]
    message: Annotated[str, "what happened"]
    remedy: Annotated[str, "what the user can do"]


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Arrow type, whether nulls are allowed, the values it may take (or None) and what it means."""

    name: str
    type: pa.DataType
    nullable: bool
    values: tuple[str, ...] | None
    description: str
    python: type = str


def _strip(hint: Any) -> tuple[Any, bool, str]:
    """Takes Annotated and Optional off a type hint: (bare type, nullable, description)."""
    description, nullable = "", False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *extra = get_args(hint)
            # The outermost text wins: `Annotated[Id, "article the row belongs to"]` flattens with the innermost first.
            description = description or next((e for e in reversed(extra) if isinstance(e, str)), "")
        elif origin in (Union, types.UnionType):
            left = [a for a in get_args(hint) if a is not type(None)]
            nullable = nullable or len(left) < len(get_args(hint))
            if len(left) != 1:
                raise TypeError(f"a column holds one type, not {hint}; use `X | None`")
            hint = left[0]
        else:
            return hint, nullable, description


def columns(row: type[Row]) -> tuple[Column, ...]:
    """The columns of a row class, in the order of its fields. Raises TypeError for a hint that no column can hold."""
    found = _COLUMNS.get(row)
    if found is None:
        found = _COLUMNS[row] = _columns(row)
    return found


def _columns(row: type[Row]) -> tuple[Column, ...]:
    hints = typing.get_type_hints(row, include_extras=True)
    out = []
    for field in dataclasses.fields(row):
        bare, nullable, description = _strip(hints[field.name])
        values: tuple[str, ...] | None = None
        if get_origin(bare) is Literal:
            nullable = nullable or None in get_args(bare)
            values, bare = tuple(v for v in get_args(bare) if v is not None), str
        if bare not in ARROW_TYPES:
            raise TypeError(f"{row.__name__}.{field.name}: {bare!r} has no Arrow type; use one of {[t.__name__ for t in ARROW_TYPES]}")
        out.append(Column(field.name, ARROW_TYPES[bare], nullable, values, description, bare))
    return tuple(out)


def arrow_schema(row: type[Row], metadata: dict[str, str] | None = None) -> pa.Schema:
    """The Arrow schema of a row class; each field's metadata carries its description, the schema's what pandas needs to keep types."""
    plain = _SCHEMAS.get(row)
    if plain is None:
        fields = [
            pa.field(c.name, c.type, nullable=c.nullable, metadata={"description": c.description} if c.description else None)
            for c in columns(row)
        ]
        plain = _SCHEMAS[row] = pa.schema(fields, metadata={"pandas": pandas_metadata(row)})
    return plain.with_metadata({**(plain.metadata or {}), **(metadata or {})}) if metadata else plain


def pandas_metadata(row: type[Row]) -> str:
    """The JSON that makes plain `pd.read_parquet` give Int32 and boolean where nulls are allowed, not floats and objects."""
    described = []
    for c in columns(row):
        pandas_type, plain, nullable = PANDAS_TYPES[c.type]
        described.append(
            {
                "name": c.name,
                "field_name": c.name,
                "pandas_type": pandas_type,
                "numpy_type": nullable if c.nullable else plain,
                "metadata": None,
            }
        )
    meta = {"index_columns": [], "column_indexes": [], "columns": described, "attributes": {}, "pandas_version": "2.2.0"}
    return json.dumps(meta, separators=(",", ":"))


class BadValueError(ValueError):
    """A value that its column does not allow; the message names column and value."""


def check_values(column: Column, values: Sequence[Any]) -> None:
    """Raises BadValueError where a value is of another type, null where no null may be, outside the closed set, or not storable."""
    kinds = set(map(type, values))
    if type(None) in kinds:
        if not column.nullable:
            raise BadValueError(f"column {column.name!r} is null, which it may not be")
        kinds.discard(type(None))
    for kind in kinds:
        if not _fits(kind, column.python):
            value = next(v for v in values if type(v) is kind)
            raise BadValueError(f"column {column.name!r} holds {column.python.__name__}, not {kind.__name__} ({_short(value)})")
    present = [v for v in values if v is not None]
    if not present:
        return
    if column.values is not None and (wrong := set(present) - set(column.values)):
        raise BadValueError(f"column {column.name!r} is {_short(min(wrong))}, which is none of: {', '.join(column.values)}")
    if column.python is int and not INT32_MIN <= min(present) <= max(present) <= INT32_MAX:
        raise BadValueError(f"column {column.name!r} is beyond int32: {_short(max(present, key=abs))}")
    if column.python is float and not all(map(math.isfinite, present)):
        raise BadValueError(f"column {column.name!r} is not a finite number; use null for what is not known")
    if column.python is str:
        try:
            "".join(present).encode("utf-8")
        except UnicodeEncodeError as error:
            raise BadValueError(
                f"column {column.name!r} holds a lone surrogate, which UTF-8 cannot store: {error.object[error.start : error.end]!r}"
            ) from error


def _fits(kind: type, wanted: type) -> bool:
    if wanted is float:
        return issubclass(kind, (float, int)) and kind is not bool
    if wanted is dt.date:
        return kind is dt.date  # a datetime is a date to Python, and loses its time in silence
    return kind is wanted


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "…"


def spans(row: type[Row]) -> tuple[tuple[str, str, str], ...]:
    """(text column, start column, end column) of every span whose text stands in the row: start/end/text, x_start/x_end/x_text or x."""
    found = _SPANS.get(row)
    if found is None:
        found = _SPANS[row] = _spans(row)
    return found


def _spans(row: type[Row]) -> tuple[tuple[str, str, str], ...]:
    have = {c.name: c for c in columns(row)}
    found = []
    for name, column in have.items():
        if column.python is not int or not (name == "start" or name.endswith("_start")):
            continue
        stem = name.removesuffix("start")
        end = have.get(f"{stem}end")
        text = have.get(f"{stem}text") or have.get(stem.removesuffix("_"))
        if end is not None and end.python is int and text is not None and text.python is str:
            found.append((text.name, name, end.name))
    return tuple(found)


def by_column(records: Sequence[Row], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """The values of each of the columns, for all records."""
    if not records:
        return [() for _ in names]
    if len(names) == 1:
        return [tuple(getattr(r, names[0]) for r in records)]
    return list(zip(*map(operator.attrgetter(*names), records), strict=True))


def check_spans(row: type[Row], records: Sequence[Row], text: str) -> None:
    """Raises BadValueError where text[start:end] is not what the row says, for each span of each record. A span may be null as a whole."""
    for names in spans(row):
        what, first, last = names
        for said, start, end in map(operator.attrgetter(*names), records):
            if start is None and end is None:
                continue
            if start is None or end is None:
                raise BadValueError(f"columns {first!r} and {last!r} are {start!r} and {end!r}: give both, or neither")
            if not 0 <= start <= end <= len(text) or text[start:end] != said:
                found = text[start:end] if 0 <= start <= end <= len(text) else "outside the text"
                raise BadValueError(f"column {what!r} is {_short(said)}, but characters {start} to {end} are {_short(found)}")
