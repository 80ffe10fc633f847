"""Evening out the channels of a layer's inputs changes nothing but what int8 makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from pipeline.language.labels import Labels  # noqa: E402 (torch may be missing)
from pipeline.training.export import build  # noqa: E402
from pipeline.training.network import INNER, WIDTH, Network  # noqa: E402
from pipeline.training.smoothing import factors, largest_inputs  # noqa: E402

LABELS = Labels(("NOUN", "VERB"), ("NN", "VB"), ("root", "obj"), ("k|0|",))


class _Batch:
    def __init__(self, ids: torch.Tensor) -> None:
        self.ids, self.features, self.mask = ids, torch.zeros_like(ids), torch.zeros(len(ids), 1, 1, ids.shape[1])


def test_factors_even_out_what_is_large() -> None:
    weights = {"encoder.layers.0.up.weight": np.ones((4, 3), np.float32)}
    found = factors({"0.up": np.array([1.0, 1.0, 30.0])}, weights)["0.up"]
    assert found[2] > 5 * found[0] == 5 * found[1]
    assert np.exp(np.log(found).mean()) == pytest.approx(1, rel=1e-5)


def test_inputs_of_every_layer_are_watched_over_all_batches() -> None:
    torch.manual_seed(0)
    network = Network(LABELS)
    few, more = (_Batch(torch.randint(1000, 2000, (2, n))) for n in (5, 9))
    one, both = largest_inputs(network, [few]), largest_inputs(network, [few, more])  # type: ignore[list-item]
    assert {k: v.shape for k, v in one.items()} == {f"{i}.{p}": (n,) for i in range(6) for p, n in (("up", WIDTH), ("down", INNER))}
    assert all((both[k] >= one[k]).all() for k in one)
    assert any((both[k] > one[k]).any() for k in one)


def test_the_graph_says_the_same_with_factors_as_without(tmp_path: Path) -> None:
    import onnxruntime

    torch.manual_seed(0)
    network = Network(LABELS)
    state = {k: v.float().numpy() for k, v in network.state_dict().items()}
    smooth = factors(largest_inputs(network, [_Batch(torch.randint(1000, 2000, (2, 9)))]), state)  # type: ignore[list-item]
    ids = np.random.default_rng(1).integers(1000, 2000, (2, 8)).astype(np.int32)
    feed = {
        "ids": ids,
        "features": np.zeros_like(ids),
        "positions": np.arange(8, dtype=np.int32),
        "lengths": np.array([8, 6], np.int32),
        "word_at": np.arange(1, 6),
    }
    tags = []
    for name, given in (("plain", {}), ("smooth", smooth)):
        path = tmp_path / f"{name}.onnx"
        onnx.save(build(state, LABELS, given), path)
        tags.append(onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(["tags"], feed)[0])
    assert np.allclose(tags[0], tags[1], atol=1e-3)
