"""Calibration: tables never fall, and reliability is judged on documents the table has not seen."""

from __future__ import annotations

import importlib.util

import pytest

if importlib.util.find_spec("torch") is None:
    pytest.skip("training needs the [train] extra", allow_module_level=True)

from pipeline.training.calibrate import cross_fitted, isotonic, reliability


def test_isotonic_never_falls_and_draws_lucky_bins_towards_the_mean() -> None:
    scores = [i / 200 for i in range(200)]
    right = [s > 0.5 for s in scores]
    x, y = isotonic(scores, right)
    assert x == sorted(x)
    assert y == sorted(y)
    assert 0 < y[0] < 0.5 < y[-1] < 1


def test_reliability_bins_by_tenths() -> None:
    assert reliability([0.05, 0.95, 0.95], [False, True, False]) == [(0.05, 0.0, 1), (0.95, 0.5, 2)]


def test_cross_fitting_never_judges_a_document_by_its_own_table() -> None:
    sure = [(0.9, True)] * 50
    wrong = [(0.9, False)] * 50
    said = cross_fitted([sure, wrong])  # each half is told what the other half was
    assert said[0][1] > said[0][0]  # the sure document was judged by the wrong one's table
    assert said[-1][1] < said[-1][0]
