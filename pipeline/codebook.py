"""The data dictionary, written from the row classes: they are the schemas, so the codebook cannot say otherwise."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from pipeline.errors import UsageError
from pipeline.schema import Column, Row, columns
from pipeline.stage import discover

OPENING = """\
# Codebook

One folder of Parquet files for each table. For every row with `start`, `end` and `text`, `articles.text[start:end] == text`; offsets
count code points. Ids are made from content, so the same article has the same ids everywhere. A column marked *may be null* is null where
the text does not say.
"""


def tables() -> Mapping[str, type[Row]]:
    """Row class of every table, in the order the stages run, `failures` last."""
    from pipeline.schema import FailureRow

    return {**discover().tables, "failures": FailureRow}


def markdown(only: str | None = None) -> str:
    """The codebook as Markdown, of all tables or of one. Raises UsageError for a table that is not there."""
    known = tables()
    if only is not None and only not in known:
        raise UsageError(f"there is no table {only!r}", f"the tables are {', '.join(known)}")
    parts = [OPENING] if only is None else []
    parts += [page(name, row) for name, row in known.items() if only in (None, name)]
    return "\n".join(parts)


def page(name: str, row: type[Row]) -> str:
    """One table's page: what a row is, then a line for each column."""
    lines = [f"## {name}", "", about(row), "", "| column | type | null | what it holds |", "|---|---|---|---|"]
    lines += [f"| `{c.name}` | {c.type} | {'may be null' if c.nullable else ''} | {describe(c)} |" for c in columns(row)]
    return "\n".join(lines) + "\n"


def about(row: type[Row]) -> str:
    """What the row class's docstring says, without line breaks inside a paragraph."""
    text = inspect.getdoc(row) or ""
    return "\n\n".join(" ".join(p.split()) for p in text.split("\n\n"))


def describe(column: Column) -> str:
    """A column's description and the values it may take, fit for a cell of a Markdown table."""
    text = column.description.replace("|", "\\|").replace("\n", " ")
    if column.values:
        text += (": " if text else "") + ", ".join(f"`{v}`" for v in column.values)
    return text
