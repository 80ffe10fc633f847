"""Makes a network's linear layers bear int8: channels whose inputs are large hand some of their size over to the weights.

Inputs of a layer share one int8 scale, so a few channels with large values leave the others few steps. Dividing each input channel by a
factor and multiplying its weights by the same changes nothing in exact arithmetic, and evens the channels out (SmoothQuant: Xiao et al.
2023, "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", ICML).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import torch

from pipeline.training.batches import Batch
from pipeline.training.network import Network

STRENGTH = 0.75
"""Share of an input channel's size that goes to the weights. Of 0.4 to 0.95, measured by how far the tags diverge from those of fp32 on ten
dev texts: 0.65 and 0.85 are an eighth to a quarter worse, 0.5 and below do harm."""

LEAST = 1e-3  # keeps factors of silent channels finite

SMOOTHED = ("up", "down")
"""Linear layers with such factors, the two whose inputs have outlying channels."""


def largest_inputs(network: Network, batches: Iterable[Batch]) -> dict[str, np.ndarray]:
    """Greatest absolute value of every input channel of the smoothed layers over the batches, by "layer.name" ("0.down")."""
    found: dict[str, torch.Tensor] = {}

    def watch(name: str) -> object:
        def hook(_: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
            most = inputs[0].detach().abs().flatten(0, -2).amax(0)
            found[name] = torch.maximum(found[name], most) if name in found else most

        return hook

    hooks = [
        getattr(layer, part).register_forward_pre_hook(watch(f"{i}.{part}"))
        for i, layer in enumerate(network.encoder.layers)
        for part in SMOOTHED
    ]
    network.eval()
    with torch.no_grad():
        for batch in batches:
            network.encoder(batch.ids, batch.features, batch.mask)
    for hook in hooks:
        hook.remove()
    return {name: most.numpy() for name, most in found.items()}


def factors(largest: Mapping[str, np.ndarray], weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What each input channel is divided by (float32, geometric mean 1), from its greatest value and its greatest weight [out, in]."""
    out = {}
    for name, most in largest.items():
        layer, part = name.split(".")
        heaviest = np.abs(weights[f"encoder.layers.{layer}.{part}.weight"]).max(0)
        raw = np.maximum(most, LEAST) ** STRENGTH / np.maximum(heaviest, LEAST) ** (1 - STRENGTH)
        out[name] = (raw / np.exp(np.log(raw).mean())).astype(np.float32)
    return out
