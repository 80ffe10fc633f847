"""Parts, their bytes, their readers; the store's own errors; what corpus stages may see and must give."""

from __future__ import annotations

import dataclasses
import itertools
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import linking, store
from pipeline.config import Settings
from pipeline.errors import DeclarationError, StageError, StoreError, UsageError
from pipeline.schema import Id, Row, arrow_schema
from pipeline.stage import CorpusStage, Stages, discover
from pipeline.store import PartReader, PartWriter, Store, rows_of, table_of
from tests.fakestages import setup
from tests.fakestages.setup import extract


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line(Row):
    """A line of an article."""

    article_id: Annotated[Id, "article"]
    key: Annotated[str, "its key"]
    start: Annotated[int, "first character"]
    text: Annotated[str | None, "its text"]
    rank: Annotated[int | None, "filled for the whole corpus"]


SCHEMA = arrow_schema(Line)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


def lines(sizes: Sequence[int], texts: Sequence[str] = ("x",)) -> list[Line]:
    words = itertools.cycle(texts)
    return [
        Line(article_id=f"{a:016x}", key=f"{a}-{n}", start=n, text=next(words), rank=None)
        for a, size in enumerate(sizes)
        for n in range(size)
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(0, 9), max_size=12),
    texts=st.lists(TEXT, min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    group=st.integers(1, 7),
)
def test_a_parts_bytes_depend_on_its_rows_alone(
    sizes: list[int], texts: list[str], cuts: list[int], group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ROW_GROUP", group)
    monkeypatch.setattr(store, "DICTIONARY_ROWS", 3)
    records = lines(sizes, texts)
    with PartWriter(tmp_path / "one.parquet", SCHEMA) as writer:
        writer.write(table_of(Line, records, SCHEMA))
    edges = sorted({0, len(records), *(min(c, len(records)) for c in cuts)})
    with PartWriter(tmp_path / "many.parquet", SCHEMA) as writer:
        for a, b in itertools.pairwise(edges):
            writer.write(table_of(Line, records[a:b], SCHEMA))
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "many.parquet").read_bytes()
    read = pq.read_table(tmp_path / "one.parquet")
    assert rows_of(Line, read) == records
    assert read.schema.equals(SCHEMA, check_metadata=True)

    wanted = [f"{a:016x}" for a in range(0, len(sizes) + 2, 2)]  # some are passed over, some are not there
    reader = PartReader(tmp_path / "one.parquet", SCHEMA.empty_table())
    for article_id in wanted:
        assert rows_of(Line, reader.take(article_id)) == [r for r in records if r.article_id == article_id]


@pytest.mark.parametrize(("rows", "dictionary"), [(50, False), (store.DICTIONARY_ROWS, True)])
def test_only_large_parts_have_dictionaries_and_only_ids_statistics(rows: int, dictionary: bool, tmp_path: Path) -> None:
    with PartWriter(tmp_path / "x.parquet", SCHEMA) as writer:
        writer.write(table_of(Line, lines([rows]), SCHEMA))
    group = pq.read_metadata(tmp_path / "x.parquet").row_group(0)
    columns = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert {name: c.has_dictionary_page for name, c in columns.items()} == dict.fromkeys(columns, dictionary)
    assert [name for name, c in columns.items() if c.is_stats_set] == ["article_id"]


def test_no_part_is_no_rows() -> None:
    assert PartReader(None, SCHEMA.empty_table()).take("0" * 16).num_rows == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    model = setup.make_model(folder / "model")
    extract([setup.write_stories(folder / "in", 12)], folder / "out", model)
    return folder


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "out", tmp_path / "out")


def test_every_reader_reads_the_folder_as_it_stands(out: Path) -> None:
    rows = Store(out).manifest.rows["numbers"]
    assert rows > 0
    assert len(pd.read_parquet(out / "numbers")) == rows
    assert pl.read_parquet(out / "numbers" / "*.parquet").height == rows
    assert duckdb.sql(f"select count(*) from '{out}/numbers/*.parquet'").fetchall() == [(rows,)]
    assert pl.read_parquet(out / "numbers" / "*.parquet").schema["name_start"] == pl.Int32
    assert pd.read_parquet(out / "numbers").equals(Store(out).table("numbers").to_pandas())


def test_rows_of_one_article_and_some_columns(out: Path) -> None:
    whole = Store(out).table("tokens").to_pandas()
    one = whole.article_id.iloc[0]
    part = Store(out).table("tokens", ["article_id", "text"], article_id=one)
    assert part.column_names == ["article_id", "text"]
    assert part.num_rows == (whole.article_id == one).sum()


def test_what_is_not_there_is_told(out: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table 'evens'") as caught:
        Store(out).table("evens")
    assert "numbers" in caught.value.remedy
    with pytest.raises(UsageError, match="no column 'size2'") as caught:
        Store(out).table("numbers", ["size2"])
    assert "size" in caught.value.remedy
    with pytest.raises(UsageError, match="there are no tables"):
        _ = Store(tmp_path / "nowhere").manifest
    assert not Store(tmp_path / "nowhere").exists


def test_a_missing_part_is_an_error_and_can_be_made_again(made: Path, out: Path) -> None:
    before = setup.parts(out)
    next(out.glob("tokens/part-0*.parquet")).unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        Store(out).table("tokens")
    with pytest.raises(StoreError, match="missing, tokens/part-0") as caught:
        extract([made / "in"], out, made / "model")
    assert "--from articles" in caught.value.remedy
    extract([made / "in"], out, made / "model", from_stage="articles")
    assert setup.parts(out) == before


def test_tables_without_their_state_are_not_written_over(made: Path, out: Path) -> None:
    shutil.rmtree(out / "_state")
    with pytest.raises(StoreError, match="without their _state"):
        extract([made / "in"], out, made / "model")


def test_another_format_is_refused(made: Path, out: Path) -> None:
    (out / "_state" / "store.json").write_text(json.dumps({"format": 99, "shards": 8}))
    with pytest.raises(StoreError, match="format 99"):
        extract([made / "in"], out, made / "model")


def test_a_damaged_manifest_is_told(out: Path) -> None:
    next((out / "_state" / "shards").iterdir()).write_text('{"shard": 1, "nonsense": true}')
    with pytest.raises(StoreError, match="damaged"):
        _ = Store(out).manifest


def test_manifest_counts_and_versions(out: Path) -> None:
    manifest = Store(out).manifest
    assert (manifest.articles, manifest.uris, manifest.shards) == (12, 12, 8)
    assert manifest.rows["articles"] == 12
    assert {"pipeline", "model", "stage:numbers", "schema:numbers"} <= set(manifest.versions)
    assert all((out / f).is_file() for files in manifest.files.values() for f in files)


class TestCorpusStages:
    """What a corpus stage may see, and what it must give."""

    @staticmethod
    def linked(out: Path, function: Any, fills: Sequence[str] = ("reports",)) -> None:
        from tests.fakestages.later import Number

        plain = discover("tests.fakestages")
        corpus = CorpusStage("reports", function, "numbers", tuple(fills), "number_id", (Number,), (), 7)
        stages = Stages(plain.article, (corpus,))
        root = Store(out)
        for n in range(root.shards):
            (root.state / "locks" / f"{n:04d}.json").write_text(json.dumps({"run_id": "r"}))
        linking.run_corpus_stages(root, stages, Settings(), "r", frozenset(), {})

    def test_a_row_left_out_is_an_error(self, out: Path) -> None:
        with pytest.raises(StageError, match=r"no values for numbers\.number_id"):
            self.linked(out, lambda tables, ctx: {})

    def test_values_are_checked(self, out: Path) -> None:
        from tests.fakestages.later import Number

        def wrong(tables: Any, ctx: Any) -> Mapping[str, tuple[str]]:
            return dict.fromkeys(tables.read(Number, ["number_id"]).column(0).to_pylist(), ("many",))

        with pytest.raises(StageError, match="'reports' holds int, not str"):
            self.linked(out, wrong)

    def test_it_does_not_see_what_it_fills_or_did_not_declare(self, out: Path) -> None:
        from pipeline.stages.sentences import Token
        from tests.fakestages.later import Number

        with pytest.raises(DeclarationError, match="which it fills itself"):
            self.linked(out, lambda tables, ctx: tables.read(Number, ["reports"]))
        with pytest.raises(DeclarationError, match="reads Token without declaring"):
            self.linked(out, lambda tables, ctx: tables.read(Token, ["text"]))
        with pytest.raises(DeclarationError, match="lexicon 'units' without declaring"):
            self.linked(out, lambda tables, ctx: ctx.lexicon("units"))

    def test_only_changed_parts_are_written_and_the_memo_is_kept(self, out: Path) -> None:
        from tests.fakestages.later import Number

        one = Store(out).table("numbers").column("number_id")[0].as_py()
        before = {p: p.read_bytes() for p in out.glob("numbers/part-0*.parquet")}
        held: list[set[str]] = []

        def count(tables: Any, ctx: Any) -> dict[str, tuple[int]]:
            held.append(set(ctx.memo))
            ctx.memo["one"] = b"1"
            if len(held) == 1:
                ctx.memo["gone"] = b"2"
            rows = tables.read(Number, ["number_id", "text", "article_id"]).to_pylist()
            seen = {r["number_id"]: len({o["article_id"] for o in rows if o["text"] == r["text"]}) for r in rows}
            return {k: (v + (k == one) * len(held),) for k, v in seen.items()}

        self.linked(out, count)
        changed = [p for p, raw in before.items() if p.read_bytes() != raw]
        assert len(changed) == 1
        (out / "_state" / "linked.json").unlink()
        self.linked(out, count)
        assert held == [set(), {"one", "gone"}]
        (out / "_state" / "linked.json").unlink()
        self.linked(out, count)
        assert held[2] == {"one"}  # what a run did not touch is gone

    def test_it_is_left_alone_while_nothing_changes(self, out: Path) -> None:
        from tests.fakestages.later import Number

        calls = []

        def count(tables: Any, ctx: Any) -> dict[str, tuple[int]]:
            calls.append(1)
            return dict.fromkeys(tables.read(Number, ["number_id"]).column(0).to_pylist(), (3,))

        self.linked(out, count)
        self.linked(out, count)
        assert calls == [1]


def test_arrow_types_of_rows_come_back(tmp_path: Path) -> None:
    records = lines([2], ["\x00", "\u202e"])
    with PartWriter(tmp_path / "x.parquet", SCHEMA) as writer:
        writer.write(table_of(Line, records, SCHEMA))
    assert rows_of(Line, pq.read_table(tmp_path / "x.parquet")) == records
    assert pa.types.is_int32(pq.read_table(tmp_path / "x.parquet").schema.field("rank").type)
