"""Sentences that are said to hold an event of a type, without saying which word tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from pipeline.language.labels import SPAN_HEADS  # noqa: E402 (torch may be missing)
from pipeline.training.batches import Encoded, Window, _bags  # noqa: E402
from pipeline.training.corpora import Bag, plv  # noqa: E402
from pipeline.training.losses import _bag_loss  # noqa: E402

CLASSES = len(SPAN_HEADS["triggers"])


class _Batch:
    def __init__(self, bags: list[tuple[str, torch.Tensor, torch.Tensor]]) -> None:
        self.bags = bags


def _loss(tags: torch.Tensor, classes: list[int]) -> torch.Tensor:
    batch = _Batch([("triggers", torch.arange(len(tags)), torch.tensor(classes))])
    return _bag_loss(tags, batch, {"triggers": slice(0, CLASSES)})  # type: ignore[arg-type]


def test_one_word_of_the_class_is_enough() -> None:
    tags = torch.zeros(4, CLASSES)
    tags[:, 0] = 9.0
    none = _loss(tags, [3])
    tags[2, 3] = 18.0
    assert _loss(tags, [3]) < 0.1 < none
    assert _loss(tags, [1, 3]) < 0.1
    assert _loss(tags, [5]) > 1


def test_the_likeliest_word_learns_most() -> None:
    tags = torch.zeros(3, CLASSES)
    tags[1, 3] = 2.0
    tags.requires_grad_()
    _loss(tags, [3]).backward()
    assert tags.grad is not None
    assert abs(tags.grad[1, 3]) > 2 * abs(tags.grad[0, 3])


def test_a_bag_cut_by_its_window_is_left_out() -> None:
    import numpy as np

    nothing = np.zeros(8, np.int64)
    bags = [Bag("triggers", (1, 3), (5,)), Bag("triggers", (2, 6), (7,))]
    document = Encoded(nothing, nothing, nothing, {}, None, None, {}, [0], None, bags)
    found = _bags([Window(document, 0, 4)], np.arange(4).reshape(1, 4) + 10)
    assert [(h, rows.tolist(), c.tolist()) for h, rows, c in found] == [("triggers", [11, 13], [5])]


def test_parties_and_short_words_are_no_triggers(tmp_path: Path) -> None:
    text = "Gondor has 3 times yielded to Mordor."
    record = {"text": text, "source": [[0, 6]], "target": [[30, 36]], "plover": "YIELD"}
    path = tmp_path / "plv.jsonl"
    path.write_text("\n".join([json.dumps(record)] * 4), encoding="utf-8")
    documents = list(plv(path))
    assert len(documents) == 3
    (bag,) = documents[0].bags
    assert [text[slice(*documents[0].words[i])] for i in bag.words] == ["has", "times", "yielded"]
    assert [SPAN_HEADS["triggers"][c] for c in bag.classes] == ["B-CONCEDE", "B-RETREAT"]
