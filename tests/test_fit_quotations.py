"""The fit of quotations' likelihood: weights that tell right from wrong, the same ones each time, articles kept apart."""

from __future__ import annotations

import pytest

from pipeline.language.likelihood import Key
from pipeline.training.fit_quotations import Case, fit, held_out, likelihood

CLAUSE = Key("clause", "speech", "agree", "finite")
OBJECT = Key("object", "stance", "alone", "bare")
CASES = [Case(f"a{k}", key, right) for k in range(12) for key, right in ((CLAUSE, k != 3), (OBJECT, k == 5))]


def test_fit_tells_the_frames_apart() -> None:
    weights = fit(CASES, 1.0)
    assert likelihood(CLAUSE, weights) > 0.75
    assert likelihood(OBJECT, weights) < 0.25
    assert weights == fit(CASES, 1.0)


def test_penalty_draws_weights_to_nothing() -> None:
    loose, tight = fit(CASES, 0.1), fit(CASES, 100.0)
    assert abs(tight["frame:clause"]) < abs(loose["frame:clause"])
    share = sum(c.right for c in CASES) / len(CASES)
    assert likelihood(OBJECT, fit(CASES, 1e6)) == pytest.approx(share, abs=0.02)


def test_folds_keep_an_article_out_of_its_own_fit() -> None:
    odd = [*CASES, *(Case("own", Key("noun", "evidence", "part", "verbal"), True) for _ in range(20))]
    told = held_out(odd, 13, 1.0)
    assert len(told) == len(odd)
    without = likelihood(Key("noun", "evidence", "part", "verbal"), fit(CASES, 1.0))
    assert sum(p == pytest.approx(without) for p, _ in told) >= 20
