"""What a run says."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from pipeline.report import plural
from pipeline.summary import Plan, RunSummary

PLAN = Plan(uris=8_250, new=132, changed=4, same=8_113, failed=1, gone=0, stale={})


def summary(**more: Any) -> RunSummary:
    values: dict[str, Any] = {
        "run_id": "r",
        "exit_code": 0,
        "plan": PLAN,
        "articles": 8_249,
        "failures": {},
        "rows": {"articles": 8_249, "events": 12},
        "rewritten": 3,
        "stages": ["events"],
        "corpus_stages": [],
        "words": 1_000,
        "seconds": 2.0,
        "stage_seconds": {},
        "pruned": 0,
    }
    return RunSummary(**{**values, **more})


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"failed": 0}, "132 new, 4 changed, 8,113 up to date"),
        ({}, "132 new, 4 changed, 8,113 up to date, 1 unreadable"),
        ({"failed": 0, "gone": 7}, "132 new, 4 changed, 8,113 up to date, 7 gone"),
        ({"failed": 0, "stale": {"events": 1}}, "132 new, 4 changed, 8,113 up to date; to run again on 1 article: events"),
    ],
)
def test_the_line_of_a_plan(change: dict[str, Any], line: str) -> None:
    assert dataclasses.replace(PLAN, **change).text() == line


def test_a_run_that_did_something() -> None:
    text = summary().text()
    assert "8,250 uris read = 8,249 rows of articles + 1 failure" in text
    assert "3 shards written in 2.0 seconds, 1,000 words encoded, 500 a second" in text
    assert "rows: articles 8,249, events 12" in text


def test_a_run_that_had_nothing_to_do() -> None:
    text = summary(rewritten=0, words=0, stages=[]).text()
    assert text.splitlines()[0] == "nothing to do: everything is up to date"
    assert "written" not in text


def test_failures_are_named_by_class_most_frequent_first() -> None:
    text = summary(exit_code=3, failures={"EmptyFile": 1, "NotEnglish": 20}).text()
    assert "failures: NotEnglish 20, EmptyFile 1" in text


def test_a_dry_run_says_the_plan() -> None:
    assert summary(dry_run=True).text() == PLAN.text()


def test_a_summary_is_json() -> None:
    assert json.loads(json.dumps(dataclasses.asdict(summary())))["plan"]["new"] == 132


@pytest.mark.parametrize(("n", "text"), [(0, "0 shards"), (1, "1 shard"), (2_000, "2,000 shards")])
def test_plurals(n: int, text: str) -> None:
    assert plural(n, "shard") == text
