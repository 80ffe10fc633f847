"""The tables of the sample articles in pandas, polars, DuckDB and the notebook's `load`: right types, rows that explain themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline import load
from pipeline.codebook import tables as row_classes
from pipeline.errors import UsageError
from pipeline.schema import columns
from tests import readme

TABLES = row_classes()
FULL = [t for t in TABLES if t != "failures"]


@pytest.fixture(scope="module")
def out(sample_tables: Path) -> Path:
    return sample_tables / "data" / "processed"


@pytest.mark.parametrize("table", FULL)
def test_a_newcomer_s_first_run_shows_every_table_full(out: Path, table: str) -> None:
    assert len(load(table, out)) > 0


@pytest.mark.parametrize("table", list(TABLES))
def test_four_readers_see_the_same_rows_and_columns(out: Path, table: str) -> None:
    names = [c.name for c in columns(TABLES[table])]
    mine = load(table, out)
    frame = pd.read_parquet(out / table)
    assert list(mine.columns) == list(frame.columns) == names
    assert [str(t) for t in mine.dtypes] == [str(t) for t in frame.dtypes]
    polars = pl.read_parquet(out / table)
    assert polars.columns == names
    source = f"read_parquet('{out / table}/*.parquet')"
    assert duckdb.sql(f"select * from {source}").columns == names
    assert len(mine) == len(frame) == len(polars) == duckdb.sql(f"select count(*) from {source}").fetchall()[0][0]


@pytest.mark.parametrize("table", list(TABLES))
def test_pandas_keeps_the_types_beside_nulls(out: Path, table: str) -> None:
    frame = load(table, out)
    kinds = {"int32": "int32", "double": "float64", "bool": "bool"}
    for column in columns(TABLES[table]):
        found = str(frame[column.name].dtype).lower()
        if (kind := kinds.get(str(column.type))) is not None:
            assert found in (kind, kind.replace("bool", "boolean")), f"{table}.{column.name} is {found}"


def test_folders_hold_parquet_and_nothing_else(out: Path) -> None:
    for table in TABLES:
        assert {p.suffix for p in (out / table).iterdir()} == {".parquet"}


@pytest.mark.parametrize("table", list(TABLES))
def test_files_agree_with_the_codebook(out: Path, table: str) -> None:
    for file in (out / table).glob("*.parquet"):
        schema = pq.read_schema(file)
        assert [(f.name, f.type, f.nullable) for f in schema] == [(c.name, c.type, c.nullable) for c in columns(TABLES[table])]
        for field, column in zip(schema, columns(TABLES[table]), strict=True):
            assert (field.metadata or {}).get(b"description", b"").decode() == column.description
        assert any(key.startswith(b"newsledger.") for key in schema.metadata)


def test_every_row_points_at_its_characters(out: Path) -> None:
    texts = load("articles", out).set_index("article_id").text.to_dict()
    for table in FULL:
        frame = load(table, out)
        if {"start", "end", "text"} <= set(frame.columns):
            for article_id, start, end, text in frame[["article_id", "start", "end", "text"]].itertuples(index=False):
                assert texts[article_id][start:end] == text


def test_closed_sets_hold(out: Path) -> None:
    for table in FULL:
        frame = load(table, out, [c.name for c in columns(TABLES[table]) if c.values])
        for column in columns(TABLES[table]):
            if column.values:
                assert set(frame[column.name].dropna()) <= set(column.values)


@pytest.mark.parametrize(
    ("table", "key"), [("events", "event_id"), ("quotes", "quote_id"), ("claims", "claim_id"), ("entities", "mention_id")]
)
def test_every_row_explains_itself(out: Path, table: str, key: str) -> None:
    frame = load(table, out)
    for row in frame.iloc[:: max(1, len(frame) // 4)].to_dict("records"):
        shown = str(frame.explain(row[key]))
        assert row[key] in shown
        assert "[" in shown
        assert frame.explain(row[key])._repr_html_().count("<mark") >= 1


def test_a_selection_still_explains(out: Path) -> None:
    events = load("events", out)
    chosen = events[events.event_type == "ASSAULT"].sort_values("confidence")
    assert "trigger]" in str(chosen.explain(chosen.event_id.iloc[0]))


def test_what_cannot_be_explained_says_so(out: Path) -> None:
    with pytest.raises(UsageError, match="no id to explain"):
        load("tokens", out).explain("x")
    with pytest.raises(UsageError, match="no row"):
        load("events", out).explain("nonsense")
    with pytest.raises(UsageError, match="no table"):
        load("nonsense", out)
    with pytest.raises(UsageError, match="no tables"):
        load("events", out / "nowhere")


def command(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "pipeline", *arguments], capture_output=True, text=True, check=False, cwd=readme.ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_inspect_shows_every_event_with_its_evidence(out: Path) -> None:
    events = load("events", out)
    article = events.article_id.iloc[0]
    shown = command("inspect", article[:10], "--out", str(out))
    for row in events[events.article_id == article].itertuples():
        assert row.event_id in shown
    assert shown.count("evidence: ") == (events.article_id == article).sum()


def test_view_writes_a_page(out: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert command("view", "sake-clashes.txt", "--out", str(out), "--to", str(page)) == ""
    assert "Lusenge" in page.read_text(encoding="utf-8")


def test_status_counts_what_is_there(out: Path) -> None:
    shown = command("status", str(out))
    assert "9 inputs read, 9 different articles" in shown
    assert f"{len(load('events', out)):,}" in shown
    assert command("failures", str(out)).strip() == "no failures"


def test_a_second_run_has_nothing_to_do(out: Path) -> None:
    before = {p: p.read_bytes() for p in out.glob("*/*.parquet")}
    assert "nothing to do" in command("extract", "data/raw", "--out", str(out))
    assert before == {p: p.read_bytes() for p in out.glob("*/*.parquet")}


@pytest.mark.parametrize("number", range(len(readme.blocks(readme.README.read_text(encoding="utf-8"), "python"))))
def test_the_cells_of_the_readme_run(sample_tables: Path, number: int) -> None:
    cell = readme.blocks(readme.README.read_text(encoding="utf-8"), "python")[number]
    environment = os.environ | {"PYTHONPATH": str(readme.ROOT)}
    call = [sys.executable, "-W", "error", "-c", cell]
    done = subprocess.run(call, cwd=sample_tables, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_spread_lists_the_claims_behind_a_cluster_s_numbers(out: Path) -> None:
    events = load("events", out)
    cluster = events[events["claim_ids"].notna()]["cluster_id"].iloc[0]
    spread = events.spread(cluster)
    claims = load("claims", out).set_index("claim_id")
    wanted = {c for ids in events[events["cluster_id"] == cluster]["claim_ids"].dropna() for c in ids.split()}
    assert set(spread["claim_id"]) == wanted
    for row in spread.itertuples():
        told = claims.loc[row.claim_id]
        assert (row.text, row.category, row.article_id) == (told["text"], told["category"], told["article_id"])


def test_spread_says_what_it_needs(out: Path) -> None:
    with pytest.raises(UsageError, match="no cluster"):
        load("events", out).spread("zzz")
    with pytest.raises(UsageError, match="in no cluster"):
        load("claims", out).spread("0")
