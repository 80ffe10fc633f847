"""An explanation shows where each part of a row was read, also the parts outside its sentence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from pipeline.view.evidence import explain, is_null, row_marks, shown
from pipeline.view.spans import Mark

TEXT = "GOMA (Meridian) - Rebels attacked a post. They killed at least 34 soldiers <there>."


def at(piece: str, name: str = "") -> dict[str, int]:
    start = TEXT.index(piece)
    return {f"{name}start": start, f"{name}end": start + len(piece)}


SENTENCES = [at("GOMA (Meridian) - Rebels attacked a post."), at("They killed at least 34 soldiers <there>.")]
EVENT: dict[str, Any] = {
    "event_id": "e1", **at("killed"), "text": "killed", "event_type": "ASSAULT", "event_mode": None, **at("Rebels", "actor_"),
    "recipient_start": None, "recipient_end": None, **at("GOMA", "place_"), "place": "GOMA", "killed_best": 34.0,
    "lat": float("nan"), "date_start": dt.date(2024, 3, 14), "date_end": dt.date(2024, 3, 14),
}  # fmt: skip


def test_parts_are_offsets_and_never_dates_or_nulls() -> None:
    assert {m.label for m in row_marks("events", EVENT)} == {"trigger", "actor", "place"}


def test_parts_outside_the_sentence_come_with_theirs() -> None:
    figure = Mark(**at("at least 34"), layer="claims", label="figure")
    shown_text = str(explain("events", EVENT, title="A post", uri="x.txt", text=TEXT, sentences=SENTENCES, linked=[figure]))
    assert "evidence: They [killed|trigger] [at least 34|figure] soldiers <there>." in shown_text
    assert "actor from: [GOMA|place] (Meridian) - [Rebels|actor] attacked a post." in shown_text
    assert shown_text.count("GOMA|place") == 1  # one passage shows both parts
    assert "killed_best  34" in shown_text
    assert "lat" not in shown_text


def test_the_notebook_s_view_escapes_the_text() -> None:
    html = explain("events", EVENT, title="<b>", uri="x.txt", text=TEXT, sentences=SENTENCES)._repr_html_()
    assert "&lt;there&gt;" in html
    assert "<b></" not in html


def test_a_quote_s_pieces_leave_the_middle_out() -> None:
    marks = row_marks("quotes", {"quote_id": "q", "segments": "3:7 20:24", "start": 3, "end": 24})
    assert [(m.start, m.end) for m in marks] == [(3, 7), (20, 24)]


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT])
def test_nulls_of_every_kind(value: object) -> None:
    assert is_null(value)
    assert shown(value) == ""


@pytest.mark.parametrize(
    ("value", "expect"), [(2000.0, "2,000"), (0.25, "0.25"), (True, "True"), (pd.Timestamp("2024-03-14"), "2024-03-14"), ("x", "x")]
)
def test_cells_as_readers_want_them(value: object, expect: str) -> None:
    assert shown(value) == expect
