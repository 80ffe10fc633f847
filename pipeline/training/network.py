"""The network: MiniLM (six BERT layers, 384 wide) with a shape embedding, and every head on the first piece of each word.

The encoder has no dropout: at two or three passes over the data it overfits little, and drawing masks cost a tenth of each step on a CPU.
"""

from __future__ import annotations

import pathlib
from typing import Any

import torch
import torch.nn.functional as fn
from safetensors.torch import load_file
from torch import nn

from pipeline.language.labels import ARC, PICK, PICK_HEADS, RELATION, Labels
from pipeline.language.pieces import FEATURES, FRAME_FEATURE

WIDTH, LAYERS, ATTENTION_HEADS, INNER = 384, 6, 12, 1536


class Layer(nn.Module):
    """One BERT encoder layer (post-norm)."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        b, n, _ = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS).permute(2, 0, 3, 1, 4)
        a = fn.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.out(a.transpose(1, 2).reshape(b, n, WIDTH)))
        y: torch.Tensor = self.norm2(x + self.down(fn.gelu(self.up(x))))
        return y


class Encoder(nn.Module):
    """MiniLM-L6 with the feature embedding added to the word-piece embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.features = nn.Embedding(FEATURES, WIDTH)
        nn.init.normal_(self.features.weight, std=0.02)
        with torch.no_grad():
            self.features.weight[FRAME_FEATURE] = 0
        self.segment = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, ids: torch.Tensor, features: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """ids, features: int [batch, pieces]; mask: additive float [batch, 1, 1, pieces]. Returns [batch, pieces, WIDTH]."""
        x: torch.Tensor = self.words(ids) + self.places.weight[: ids.shape[1]] + self.features(features) + self.segment
        x = self.norm(x)
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load_minilm(self, path: str | pathlib.Path) -> None:
        """Takes the weights of all-MiniLM-L6-v2 (Apache-2.0) from its safetensors file."""
        w = load_file(str(path))
        with torch.no_grad():
            self.words.weight.copy_(w["embeddings.word_embeddings.weight"])
            self.places.weight.copy_(w["embeddings.position_embeddings.weight"])
            self.segment.copy_(w["embeddings.token_type_embeddings.weight"][0])
            self.norm.load_state_dict({"weight": w["embeddings.LayerNorm.weight"], "bias": w["embeddings.LayerNorm.bias"]})
            for i, layer in enumerate(self.layers):
                p = f"encoder.layer.{i}."
                for kind in ("weight", "bias"):
                    qkv = torch.cat([w[f"{p}attention.self.{name}.{kind}"] for name in ("query", "key", "value")])
                    getattr(layer.qkv, kind).copy_(qkv)
                    getattr(layer.out, kind).copy_(w[f"{p}attention.output.dense.{kind}"])
                    getattr(layer.up, kind).copy_(w[f"{p}intermediate.dense.{kind}"])
                    getattr(layer.down, kind).copy_(w[f"{p}output.dense.{kind}"])
                    getattr(layer.norm1, kind).copy_(w[f"{p}attention.output.LayerNorm.{kind}"])
                    getattr(layer.norm2, kind).copy_(w[f"{p}output.LayerNorm.{kind}"])


class Heads(nn.Module):
    """All heads over word vectors [words, WIDTH]."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.tags = nn.Linear(WIDTH, sum(map(len, labels.tag_heads().values())))
        self.arc_dependent = nn.Linear(WIDTH, ARC)
        self.arc_head = nn.Linear(WIDTH, ARC)
        self.arc = nn.Parameter(torch.eye(ARC) / ARC**0.5)
        self.arc_bias = nn.Linear(ARC, 1, bias=False)
        self.relation_dependent = nn.Linear(WIDTH, RELATION)
        self.relation_head = nn.Linear(WIDTH, RELATION)
        self.relation = nn.Parameter(torch.randn(len(labels.relations), RELATION + 1, RELATION + 1) * 0.02)
        self.pick_from = nn.Linear(WIDTH, PICK * len(PICK_HEADS))
        self.pick_to = nn.Linear(WIDTH, PICK * len(PICK_HEADS))
        self.pick_self = nn.Linear(WIDTH, len(PICK_HEADS))
        self.drop = nn.Dropout(0.1)
        self.pair_drop = nn.Dropout(0.25)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Word vectors to the tensors that decoding needs (see `pipeline.language.decode`)."""
        x = self.drop(x)
        dependent = self.pair_drop(fn.gelu(self.arc_dependent(x)))
        head = self.pair_drop(fn.gelu(self.arc_head(x)))
        return {
            "tags": self.tags(x),
            "arc_from": dependent @ self.arc + self.arc_bias.weight,  # score(i, j) = arc_from[i] . arc_to[j]
            "arc_to": head,
            "relation_from": self.pair_drop(fn.gelu(self.relation_dependent(x))),
            "relation_to": self.pair_drop(fn.gelu(self.relation_head(x))),
            "pick_from": self.pick_from(x) / PICK**0.5,
            "pick_to": self.pick_to(x),
            "pick_self": self.pick_self(x),
        }

    def relations(self, dependent: torch.Tensor, head: torch.Tensor) -> torch.Tensor:
        """Relation logits [pairs, relations] of (dependent, head) vectors [pairs, RELATION]."""
        one = dependent.new_ones(len(dependent), 1)
        left, right = torch.cat([dependent, one], 1), torch.cat([head, one], 1)
        r, d = self.relation.shape[:2]
        mixed = (left @ self.relation.permute(1, 0, 2).reshape(d, r * d)).view(-1, r, d)
        return (mixed @ right.unsqueeze(2)).squeeze(2)


class Network(nn.Module):
    """Encoder and heads. `word_at` holds the flat position (row * pieces + column) of each word's first piece."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.heads = Heads(labels)

    def forward(self, ids: torch.Tensor, features: torch.Tensor, mask: torch.Tensor, word_at: torch.Tensor) -> dict[str, torch.Tensor]:
        hidden = self.encoder(ids, features, mask)
        out: dict[str, torch.Tensor] = self.heads(hidden.reshape(-1, WIDTH).index_select(0, word_at))
        return out


def parameter_groups(network: Network, encoder_rate: float, head_rate: float, decay: float) -> list[dict[str, Any]]:
    """AdamW groups: the encoder learns more slowly than the fresh heads and the fresh feature embedding; no decay on biases and norms."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        fresh = not name.startswith("encoder.") or "features" in name
        groups.setdefault((fresh, parameter.ndim > 1), []).append(parameter)
    rates = {True: head_rate, False: encoder_rate}
    return [
        {"params": p, "lr": rates[fresh], "peak": rates[fresh], "weight_decay": decay if wide else 0.0}
        for (fresh, wide), p in groups.items()
    ]
