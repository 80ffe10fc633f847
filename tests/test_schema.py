"""Row classes: their columns, the schema made from them, and what the checks refuse."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema import BadValueError, Id, Row, arrow_schema, check_spans, check_values, columns, spans


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Row):
    """A row with every kind of column."""

    article_id: Annotated[Id, "the article"]
    start: Annotated[int, "first character"]
    end: Annotated[int, "character after the last"]
    text: Annotated[str, "as it stands"]
    kind: Annotated[Literal["a", "b"] | None, "closed set"] = None
    score: Annotated[float | None, "a probability"] = None
    yes: Annotated[bool | None, "a truth"] = None
    day: Annotated[dt.date | None, "a date"] = None
    cue: Annotated[str | None, "a word"] = None
    cue_start: Annotated[int | None, "its first character"] = None
    cue_end: Annotated[int | None, "character after its last"] = None
    speaker: Annotated[str | None, "a name from elsewhere"] = None
    speaker_text: Annotated[str | None, "the mention"] = None
    speaker_start: Annotated[int | None, "its first character"] = None
    speaker_end: Annotated[int | None, "character after its last"] = None
    date_start: Annotated[dt.date | None, "no offset"] = None
    date_end: Annotated[dt.date | None, "no offset"] = None


COLUMN = {c.name: c for c in columns(Sample)}


def test_columns_know_type_nulls_values_and_meaning() -> None:
    assert [c.name for c in columns(Sample)] == [f.name for f in dataclasses.fields(Sample)]
    assert COLUMN["article_id"].description == "the article"
    assert (COLUMN["kind"].values, COLUMN["kind"].nullable) == (("a", "b"), True)
    assert (COLUMN["start"].type, COLUMN["start"].nullable) == (pa.int32(), False)


@pytest.mark.parametrize("hint", [list[int], int | str, dict[str, int], bytes])
def test_a_hint_no_column_can_hold_is_refused(hint: Any) -> None:
    bad = dataclasses.make_dataclass("Bad", [("x", hint)], bases=(Row,), frozen=True, kw_only=True)
    with pytest.raises(TypeError):
        columns(bad)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("start", [1, None], "'start' is null"),
        ("start", ["1"], "holds int, not str"),
        ("start", [True], "holds int, not bool"),
        ("start", [1.0], "holds int, not float"),
        ("start", [np.int64(3)], "holds int, not int64"),
        ("start", [2**31], "beyond int32"),
        ("score", ["high"], "holds float, not str"),
        ("score", [True], "holds float, not bool"),
        ("score", [float("nan")], "not a finite number"),
        ("score", [float("inf")], "not a finite number"),
        ("kind", ["a", "c"], "'c', which is none of: a, b"),
        ("yes", [1], "holds bool, not int"),
        ("day", ["2024-01-01"], "holds date, not str"),
        ("day", [dt.datetime(2024, 1, 1)], "holds date, not datetime"),
        ("text", ["\ud800"], "lone surrogate"),
        ("text", [b"x"], "holds str, not bytes"),
    ],
)
def test_values_that_break_the_declaration(column: str, values: list[Any], message: str) -> None:
    with pytest.raises(BadValueError, match=message) as caught:
        check_values(COLUMN[column], values)
    assert f"'{column}'" in str(caught.value)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("start", [0, -(2**31), 2**31 - 1]),
        ("score", [0, 1.5, None, np.float64(0.25)]),
        ("kind", [None, "a"]),
        ("text", ["", "\x00\u202e\U0001f600"]),
        ("day", [dt.date(1, 1, 1), None]),
    ],
)
def test_values_that_keep_it(column: str, values: list[Any]) -> None:
    check_values(COLUMN[column], values)


def test_spans_are_pairs_of_offsets_with_their_text() -> None:
    assert set(spans(Sample)) == {
        ("text", "start", "end"),
        ("cue", "cue_start", "cue_end"),
        ("speaker_text", "speaker_start", "speaker_end"),
    }


def sample(text: str, **more: Any) -> Sample:
    return Sample(article_id="0" * 16, start=0, end=len(text), text=text, **more)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"cue": "said", "cue_start": 2, "cue_end": 6}, "'cue' is 'said', but characters 2 to 6 are ' sai'"),
        ({"cue": "He", "cue_start": 0, "cue_end": None}, "give both, or neither"),
        ({"speaker": "Anna", "speaker_text": "Anna", "speaker_start": 0, "speaker_end": 2}, "'speaker_text' is 'Anna'"),
        ({"cue": "x", "cue_start": -1, "cue_end": 0}, "outside the text"),
        ({"cue": "", "cue_start": 99, "cue_end": 99}, "outside the text"),
    ],
)
def test_a_span_that_does_not_stand_in_the_text(more: dict[str, Any], message: str) -> None:
    with pytest.raises(BadValueError, match=message):
        check_spans(Sample, [sample("He said so.", **more)], "He said so.")


def test_a_span_may_be_null_as_a_whole_and_a_name_may_be_another() -> None:
    check_spans(Sample, [sample("He said so.", speaker="Hans", speaker_text="He", speaker_start=0, speaker_end=2)], "He said so.")


@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=40), data=st.data())
def test_every_true_span_passes_and_a_moved_one_does_not(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    row = Sample(article_id="0" * 16, start=start, end=end, text=text[start:end])
    check_spans(Sample, [row], text)
    moved = dataclasses.replace(row, start=min(start + 1, len(text) + 1), end=end + 1)
    if text[moved.start : moved.end] != moved.text or moved.end > len(text):
        with pytest.raises(BadValueError):
            check_spans(Sample, [moved], text)


def test_pandas_keeps_types_beside_nulls() -> None:
    table = pa.Table.from_pylist(
        [dataclasses.asdict(sample("x")), dataclasses.asdict(sample("y", cue_start=1, yes=True))], arrow_schema(Sample)
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    frame = pd.read_parquet(file)
    found = frame.dtypes.astype(str).to_dict()
    assert (found["start"], found["cue_start"], found["yes"], found["score"], found["text"]) == (
        "int32",
        "Int32",
        "boolean",
        "float64",
        "str",
    )
    assert frame.cue_start.tolist() == [pd.NA, 1]
    empty = io.BytesIO()
    pq.write_table(arrow_schema(Sample).empty_table(), empty)
    assert pd.read_parquet(empty).dtypes.astype(str).to_dict() == found


def test_fields_carry_their_description() -> None:
    assert arrow_schema(Sample).field("score").metadata == {b"description": b"a probability"}
