"""The codebook says of every column what it holds, and says nothing of columns that are not there."""

from __future__ import annotations

import re

import pytest

from pipeline import codebook
from pipeline.schema import columns

TABLES = codebook.tables()


def test_every_table_of_the_pipeline_has_a_page() -> None:
    text = codebook.markdown()
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == list(TABLES)


@pytest.mark.parametrize("table", list(TABLES))
def test_every_column_is_described(table: str) -> None:
    assert codebook.about(TABLES[table])
    for column in columns(TABLES[table]):
        assert column.description, f"{table}.{column.name} has no description"
        assert column.description.isprintable()


@pytest.mark.parametrize("table", list(TABLES))
def test_a_page_has_a_line_for_each_column_and_no_other(table: str) -> None:
    page = codebook.markdown(table)
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [c.name for c in columns(TABLES[table])]
    for line in page.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line
