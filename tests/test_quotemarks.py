"""Quotation marks: pairing and use, as tables of cases, and on hostile text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.quotemarks import Quoted, quoted, use_of

CASES = Path(__file__).parent / "cases"


def rows(name: str) -> list[Any]:
    return [
        pytest.param(c, id=f"{i}-{c['why']}") for i, c in enumerate(json.loads(x) for x in (CASES / name).read_text("utf-8").splitlines())
    ]


def described(text: str, q: Quoted) -> list[str]:
    flags = [f"depth{q.depth}"] if q.depth else []
    flags += ["unopened"] if not q.opened else []
    flags += ["unclosed"] if not q.closed and not q.goes_on else []
    flags += [f for f in ("goes_on", "goes_on_from") if getattr(q, f)]
    return [text[q.start : q.end], *flags]


@pytest.mark.parametrize("case", rows("quotemarks.jsonl"))
def test_marks_pair(case: dict[str, Any]) -> None:
    assert [described(case["text"], q) for q in quoted(case["text"])] == case["expect"]


@pytest.mark.parametrize("case", rows("quotemark_uses.jsonl"))
def test_use_of_a_stretch(case: dict[str, Any]) -> None:
    stretches = [q for q in quoted(case["text"]) if q.depth == 0]
    assert [use_of(case["text"], q) for q in stretches] == [case["expect"]]


def test_only_two_marks_or_a_reopened_paragraph_make_edges_certain() -> None:
    unclosed, closed = quoted("“One\n\nno marks")[0], quoted("“One” two")[0]
    first, second = quoted("“One.\n\n“Two.”")
    assert [q.certain for q in (unclosed, closed, first, second)] == [False, True, True, True]


@given(st.text(alphabet="ab .,\n\"'“”‘’«»„`´S5", max_size=60))
def test_stretches_lie_in_the_text_and_never_cross(text: str) -> None:
    found = quoted(text)
    for q in found:
        assert 0 <= q.outer_start <= q.start <= q.end <= q.outer_end <= len(text)
        assert "\n" not in text[q.start : q.end]
        use_of(text, q)
    for a in found:
        for b in found:
            if a is not b and a.outer_start < b.outer_start < a.outer_end:
                assert b.outer_end <= a.outer_end
