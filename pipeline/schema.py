"""Row dataclasses and the Arrow schemas made from them: the row type is the schema, the type check and the codebook page in one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Base of every table's row. The class docstring describes the table, each field's Annotated text the column."""

    TABLE: ClassVar[str] = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Arrow type, whether nulls are allowed, the values it may take (or None) and what it means."""

    name: str
    type: pa.DataType
    nullable: bool
    values: tuple[str, ...] | None
    description: str


def _strip(hint: Any) -> tuple[Any, bool, str]:
    """Takes Annotated and Optional off a type hint: (bare type, nullable, description)."""
    description, nullable = "", False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *extra = get_args(hint)
            description = description or next((e for e in extra if isinstance(e, str)), "")
        elif origin in (Union, types.UnionType):
            left = [a for a in get_args(hint) if a is not type(None)]
            nullable = nullable or len(left) < len(get_args(hint))
            if len(left) != 1:
                raise TypeError(f"a column holds one type, not {hint}; use `X | None`")
            hint = left[0]
        else:
            return hint, nullable, description


def columns(row: type[Row]) -> tuple[Column, ...]:
    """The columns of a row class, in the order of its fields."""
    hints = typing.get_type_hints(row, include_extras=True)
    out = []
    for field in dataclasses.fields(row):
        bare, nullable, description = _strip(hints[field.name])
        values: tuple[str, ...] | None = None
        if get_origin(bare) is Literal:
            values, bare = tuple(v for v in get_args(bare) if v is not None), str
        if bare not in ARROW_TYPES:
            raise TypeError(f"{row.__name__}.{field.name}: {bare!r} has no Arrow type; use one of {[t.__name__ for t in ARROW_TYPES]}")
        out.append(Column(field.name, ARROW_TYPES[bare], nullable, values, description))
    return tuple(out)


def arrow_schema(row: type[Row]) -> pa.Schema:
    """The Arrow schema of a row class; each field's metadata carries its description."""
    return pa.schema([
        pa.field(c.name, c.type, nullable=c.nullable, metadata={"description": c.description} if c.description else None)
        for c in columns(row)
    ])
