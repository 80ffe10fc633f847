"""The fit of the coreference weights, on cases whose answer is known."""

from __future__ import annotations

import pathlib

import pytest

from pipeline import lexicon
from pipeline.evaluation.reading import Reading
from pipeline.language import pronouns
from pipeline.language.coreference import resolve
from pipeline.training.fit_coreference import LEXICON, Case, coded, fit, gap, margins, ontogum, refit, write
from tests.test_coreference import Name, names
from tests.trees import tree

NEAR, FAR = {"near": 1.0}, {"far": 1.0}


def cases(*right: bool) -> list[Case]:
    """Pronouns between a near and a far candidate, of which the near one is right or not."""
    return [Case("he", (NEAR, FAR), ("a", "b"), (r, not r)) for r in right]


def test_the_fit_prefers_what_is_right_more_often() -> None:
    weights = fit(cases(True, True, True, False))
    assert weights["near"] > weights["far"]
    assert weights["near"] + weights["far"] == pytest.approx(0.0, abs=0.01)
    assert fit(cases(True, True, True, False)) == weights


def test_nothing_to_fit_on_is_said() -> None:
    with pytest.raises(SystemExit, match="no pronoun"):
        fit([Case("he", (NEAR,), ("a",), (True,))])


def test_a_margin_leaves_out_the_leads_that_are_mostly_wrong() -> None:
    weights = {"sure": 2.0, "slight": 0.5}
    sure = [Case("he", ({"sure": 1.0}, {}), ("a", "b"), (True, False))] * 8
    slight = [Case("he", ({"slight": 1.0}, {}), ("a", "b"), (False, True))] * 8
    assert 0.5 < margins([*sure, *slight], weights)["margin:he"] <= 2.0
    assert margins(sure, weights)["margin:he"] == 0.0


DOC = tree(
    "Peter PROPN NNP nsubj 3 / Hale PROPN NNP flat 1 / met VERB VBD root 0 / Mark PROPN NNP obj 3 / Dunn PROPN NNP flat 4 "
    "/ . PUNCT . punct 3",
    "It PRON PRP nsubj 2 / failed VERB VBD ccomp 5 / , PUNCT , punct 5 / he PRON PRP nsubj 5 / said VERB VBD root 0 / . PUNCT . punct 5",
    names=[("Peter Hale", "PERSON"), ("Mark Dunn", "PERSON")],
)


def reading() -> Reading:
    rows: list[Name] = names(DOC)
    return Reading(DOC, rows, resolve(DOC, rows))  # type: ignore[arg-type]


HE = next(t for t in DOC if t.text == "he")


def test_each_corpus_labels_the_same_pronoun() -> None:
    start = DOC.text.index("Mark")
    spans = {"A": [0, 10], "B": [start, start + 9], "A_coref": False, "B_coref": True, "pronoun": [HE.idx, HE.idx + 2]}
    labels = {
        "gap": gap({"text": DOC.text, **spans}, reading()),
        "ontogum": ontogum({"text": DOC.text, "clusters": [[[start, start + 9], [HE.idx, HE.idx + 2]]]}, reading()),
        "coded": coded({"text": DOC.text, "quotes": [{"segments": ["It failed"], "speaker": "Mark Dunn"}]}, reading()),
    }
    from pipeline.language.discourse import mentions_of

    found = mentions_of(DOC, reading().entities).mentions.values()
    for source, tests in labels.items():
        assert list(tests) == [HE.i], source
        assert {m.key for m in found if tests[HE.i](m)} == {"Dunn"}, source


def test_a_row_of_gap_without_an_answer_labels_nothing() -> None:
    assert gap({"A": [0, 10], "B": [15, 24], "A_coref": False, "B_coref": False, "pronoun": [HE.idx, HE.idx + 2]}, reading()) == {}


def test_refitting_uses_the_new_weights_and_the_file_can_be_read(tmp_path: pathlib.Path) -> None:
    before = dict(pronouns.weights())
    try:
        quote = {"text": DOC.text, "quotes": [{"segments": ["It failed"], "speaker": "Mark Dunn"}]}
        weights = refit([(coded, [(quote, reading())])], lambda _: None)
        assert pronouns.weights() == weights
        assert weights["role:object"] > weights["role:subject"]
    finally:
        pronouns.weights().clear()
        pronouns.weights().update(before)
    write(weights, tmp_path / "weights.csv")
    rows = [line.split(",") for line in (tmp_path / "weights.csv").read_text().splitlines() if not line.startswith("#")]
    assert rows[0] == ["feature", "weight"]
    assert {name: float(value) for name, value in rows[1:]} == pytest.approx(weights)
    assert LEXICON.name == "coreference_weights.csv"
    assert {r["feature"] for r in lexicon.load("coreference_weights").rows} >= {f"margin:{form}" for form in ("he", "she", "they", "it")}
