"""Measures of clusters: by hand on small partitions."""

from __future__ import annotations

import pytest

from pipeline.evaluation.clusters import bcubed, pairwise


def test_equal_partitions_are_perfect() -> None:
    pairs = [("a", 1), ("a", 1), ("b", 2)]
    assert bcubed(pairs) == pairwise(pairs) == (1.0, 1.0, 1.0)


def test_one_cluster_for_all_costs_precision() -> None:
    pairs = [("a", 1), ("a", 1), ("a", 2), ("a", 2)]
    assert bcubed(pairs) == (0.5, 1.0, pytest.approx(2 / 3))
    assert pairwise(pairs) == (pytest.approx(2 / 6), 1.0, 0.5)


def test_mentions_left_alone_cost_recall() -> None:
    pairs = [("a", 1), ("b", 1)]
    assert bcubed(pairs) == (1.0, 0.5, pytest.approx(2 / 3))
    assert pairwise(pairs) == (0.0, 0.0, 0.0)
