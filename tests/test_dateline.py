"""Datelines: cases, and spans that fit any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.dateline import find_dateline

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "datelines.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30])
def test_cases(case: dict[str, object]) -> None:
    text = str(case["text"])
    found = find_dateline(text)
    day = [found.month, found.day, found.year] if found and found.day else None
    got = [text[found.start : found.end].rstrip(), found.place, found.publisher, day] if found else None
    assert got == case["expect"], case["why"]


PIECES = ["VELIKA", ", ", "July 18", " (", "Reuters", ")", " - ", "—", "\n\n", "The army left.", "x"]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join), st.integers(0, 30))
def test_offsets_fit_the_text(text: str, start: int) -> None:
    found = find_dateline(text, start)
    if found:
        assert start <= found.start < found.end <= len(text)
        assert found.place is None or found.place in text[found.start : found.end]
        assert found.day is None or 1 <= found.day <= 31


def test_a_wall_of_capitals_takes_no_time() -> None:
    assert find_dateline("ABC " * 500_000) is None
