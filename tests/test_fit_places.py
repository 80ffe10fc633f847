"""The fit of the weights of places: which phrases are one place, and that signs that go with the coded place gain weight."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest

from pipeline.training import fit_places
from pipeline.training.fit_places import Case, alike

NAMES = ["fine:1", "fine:5", "in:stands", "long-before"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("the city of Avdel", "Avdel", True),
        ("Avdel", "Brone", False),
        ("northern Avdel province", "Avdel", True),
        ("Port Avdel", "Port Brone", True),
        ("Old Port Avdel", "Port Brone", False),
        ("", "Avdel", False),
    ],
)
def test_alike(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


def case(article: str, right: int | None, cluster: int = 0) -> Case:
    """Two candidates: a town that stands in the sentence, and a country named long before."""
    coded = np.array([float(k == right) for k in range(2)])
    held: Any = types.SimpleNamespace(candidates=[])
    return Case(article, cluster, [["fine:1", "in:stands"], ["fine:5", "long-before"]], np.zeros(2), coded, "ARM", held, held)


def test_signs_of_coded_places_gain_and_those_of_others_lose() -> None:
    found = [case(f"a{k}", 0) for k in range(30)] + [case(f"b{k}", 1) for k in range(5)]
    weight = dict(zip(NAMES, fit_places._choice(found, NAMES), strict=True))
    assert weight["in:stands"] > 0.1
    assert weight["long-before"] < -0.1


def test_mentions_without_a_coded_place_say_nothing_of_which_it_is() -> None:
    found = [case(f"a{k}", 0) for k in range(20)]
    with_unplaced = [*found, *(case(f"c{k}", None) for k in range(20))]
    assert fit_places._choice(found, NAMES) == pytest.approx(fit_places._choice(with_unplaced, NAMES))


def test_rare_signs_get_no_weight() -> None:
    assert fit_places._names([["often"]] * fit_places.RARE + [["seldom"]] * (fit_places.RARE - 1)) == ["often"]


def test_the_likeliest_candidate_and_its_share() -> None:
    weights = np.array([0.5, 0.0, 0.5, 0.0])
    ((_, best, share),) = fit_places._chosen([case("a", 0)], weights, NAMES)
    assert best == 0
    assert share == pytest.approx(1 / (1 + np.exp(-1.0)))


def test_other_mentions_of_the_happening_are_counted_in() -> None:
    swayed = Case("a", 0, [["fine:5"], ["fine:1"]], np.zeros(2), np.zeros(2), None, case("a", 0).mention, case("a", 0).whereabouts)
    weights = np.array([1.0, 0.0, 2.0, 0.0])
    assert [best for _, best, _ in fit_places._chosen([swayed], weights, NAMES)] == [1]
    assert next(best for _, best, _ in fit_places._chosen([swayed, case("a", 0)], weights, NAMES)) == 0
    assert next(best for _, best, _ in fit_places._chosen([swayed, case("a", 0, cluster=1)], weights, NAMES)) == 1


def test_logistic_regression_tells_signs_that_go_with_being_right() -> None:
    signs = [["good"]] * 40 + [["bad"]] * 40
    weight = fit_places._logistic(signs, [1.0] * 30 + [0.0] * 10 + [1.0] * 10 + [0.0] * 30)
    assert weight["good"] > 0.2 > -0.2 > weight["bad"]
    assert weight["bias"] == pytest.approx(0.0, abs=1e-6)
