"""The protocol of values and units on sentences of news: what counts as right, and how our units are spelled there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluation import newsquant

TEXT = "Shares of Volmar fell 3.5 percent to $12.40 after it cut 1,200 manufacturing jobs and raised prices by 5-7%."


def test_a_quantity_meets_one_of_ours_with_its_unit_first() -> None:
    ours: list[newsquant.Quantity] = [(5.0, "-"), (5.0, "kilometre"), ((5.0, 7.0), "percentage"), (9.0, "-")]
    assert newsquant.matched(ours, [(5.0, "kilometre"), ((5.0, 7.0), "percentage")]) == (2, 2)
    assert newsquant.matched(ours, [(5.0, "mile"), (5.0, "mile"), (5.0, "mile")]) == (2, 0), "each of ours is used once"
    assert newsquant.matched(ours, [(6.0, "percentage"), ((5.0, 8.0), "percentage")]) == (0, 0), "a range meets a range alone"
    assert newsquant.matched([], [(1.0, "-")]) == (0, 0)


def test_the_task_reads_values_ranges_and_units(tmp_path: Path) -> None:
    gold = [
        {"value": "3.5", "normalized_unit": "percentage"},
        {"value": 12.4, "normalized_unit": "dollar"},
        {"value": 1200, "normalized_unit": "manufacturing job"},
        {"value": "5-7", "normalized_unit": "percentage"},
        {"value": "-2", "normalized_unit": "celsius"},
    ]
    path = tmp_path / "news.json"
    path.write_text(json.dumps([{"text": TEXT, "quantities": gold}]), encoding="utf-8")
    figures = newsquant.newsquant([path])
    assert (figures["gold"], figures["system"]) == (5, 4)
    assert figures["value P"] == 1.0
    assert figures["value R"] == pytest.approx(0.8)
    assert figures["value+unit P"] >= 0.75, "the noun counted comes from the model"  # type: ignore[operator]
