"""Boilerplate: every pattern finds its example, spans fit the text, and news is never marked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import lexicon
from pipeline.text.boilerplate import boilerplate_spans, is_boilerplate

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "boilerplate.jsonl").read_text(encoding="utf-8").splitlines()]
ROWS = lexicon.load("boilerplate").rows


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['rule']}-{row['where']}")
def test_every_pattern_finds_its_example(row: dict[str, str]) -> None:
    assert row["rule"] in {rule for *_, rule in boilerplate_spans(row["example"])}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_cases(case: dict[str, object]) -> None:
    text = str(case["text"])
    assert [text[a:b] for a, b, _ in boilerplate_spans(text)] == case["expect"], case["why"]


PIECES = [row["example"] for row in ROWS] + ["The army said so on Monday.", "\n", "\n\n", " ", "(", "—", "via", "REUTERS/"]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20))).map("".join), st.integers(0, 40))
def test_spans_are_in_order_within_lines_and_tight(text: str, start: int) -> None:
    last = start
    for a, b, rule in boilerplate_spans(text, start):
        assert last <= a < b <= len(text)
        assert text[a:b] == text[a:b].strip()
        assert "\n" not in text[a:b]
        assert rule
        last = b


def test_long_lines_take_linear_time() -> None:
    line = "By the river (Photo: the minister said, via Reuters/ " * 20_000
    assert boilerplate_spans(line) == []
    assert not is_boilerplate(line)


def test_a_paragraph_is_boilerplate_when_all_its_lines_are() -> None:
    assert is_boilerplate("Share this article\nRead more: The siege explained")
    assert not is_boilerplate("Share this article\nThe army retook the port.")
    assert not is_boilerplate("")
