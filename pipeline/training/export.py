"""Writes a trained network as an ONNX graph, built node by node with ONNX Runtime's fused transformer operators, and its int8 version.

The graph takes ids and features int32 [windows, pieces], positions int32 [pieces], lengths int32 [windows] (pieces that are no padding) and
word_at int64 [words] (flat position of each word's first piece). It gives `tags` float [words, classes], and the vectors of the pair heads.
"""

from __future__ import annotations

import collections
import json
import pathlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from pipeline.language.labels import ARC, PICK, PICK_HEADS, RELATION, Labels
from pipeline.language.model import blank_pipeline
from pipeline.language.pieces import PieceEncoder
from pipeline.training.batches import collate, encode, windows
from pipeline.training.corpora import Document
from pipeline.training.network import ATTENTION_HEADS, LAYERS, WIDTH, Network
from pipeline.training.smoothing import factors, largest_inputs

OUTPUTS = ("tags", "arc_from", "arc_to", "relation_from", "relation_to", "pick_from", "pick_to", "pick_self")


Factors = Mapping[str, np.ndarray]
NO_FACTORS: Factors = MappingProxyType({})


class Graph:
    """Collects nodes and initializers."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output


def _embeddings(g: Graph, w: dict[str, np.ndarray]) -> str:
    """Word pieces (int8 rows with a scale each), places, features; then layer norm."""
    table = w["encoder.words.weight"]
    scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / 127
    g.constant("words_int8", np.round(table / scale).astype(np.int8))
    g.constant("words_scale", scale.astype(np.float32))
    g.constant("places", w["encoder.places.weight"][:512] + w["encoder.segment"])
    g.constant("features_table", w["encoder.features.weight"])
    g.constant("norm_g", w["encoder.norm.weight"])
    g.constant("norm_b", w["encoder.norm.bias"])
    g.node("Gather", ["words_int8", "ids"], "words_raw")
    g.node("Cast", ["words_raw"], "words_float", to=TensorProto.FLOAT)
    g.node("Gather", ["words_scale", "ids"], "words_factor")
    g.node("Mul", ["words_float", "words_factor"], "words_vector")
    g.node("Gather", ["places", "positions"], "places_vector")
    g.node("Gather", ["features_table", "features"], "features_vector")
    g.node("Add", ["words_vector", "features_vector"], "embedded_1")
    g.node("Add", ["embedded_1", "places_vector"], "embedded_2")
    return g.node("LayerNormalization", ["embedded_2", "norm_g", "norm_b"], "embedded", epsilon=1e-12)


def _linear(g: Graph, w: dict[str, np.ndarray], i: int, part: str, source: str, target: str, smooth: Factors) -> str:
    """A layer's linear map `part` from one node to another, its input channels evened out where there are factors."""
    n, weight = f"layer{i}_", w[f"encoder.layers.{i}.{part}.weight"].T
    factor = smooth.get(f"{i}.{part}")
    if factor is not None:
        weight = weight * factor[:, None]
        g.constant(f"{n}{part}_even", 1 / factor)
        source = g.node("Mul", [source, f"{n}{part}_even"], f"{n}{part}_evened")
    g.constant(f"{n}{part}_w", weight)
    g.constant(f"{n}{part}_b", w[f"encoder.layers.{i}.{part}.bias"])
    g.node("MatMul", [source, f"{n}{part}_w"], n + target)
    return g.node("Add", [n + target, f"{n}{part}_b"], f"{n}{target}_b")


def _layer(g: Graph, w: dict[str, np.ndarray], i: int, x: str, smooth: Factors) -> str:
    """One encoder layer."""
    p, n = f"encoder.layers.{i}.", f"layer{i}_"
    ms = "com.microsoft"
    g.constant(n + "qkv_w", w[p + "qkv.weight"].T)
    g.constant(n + "qkv_b", w[p + "qkv.bias"])
    g.node("Attention", [x, n + "qkv_w", n + "qkv_b", "lengths"], n + "attention", domain=ms, num_heads=ATTENTION_HEADS)
    for k in (1, 2):
        g.constant(f"{n}g{k}", w[f"{p}norm{k}.weight"])
        g.constant(f"{n}b{k}", w[f"{p}norm{k}.bias"])
    projected = _linear(g, w, i, "out", n + "attention", "projected", smooth)
    g.node("Add", [projected, x], n + "sum1")
    g.node("LayerNormalization", [n + "sum1", n + "g1", n + "b1"], n + "x1", epsilon=1e-12)
    g.node("Gelu", [_linear(g, w, i, "up", n + "x1", "inner", smooth)], n + "active", domain=ms)
    g.node("Add", [_linear(g, w, i, "down", n + "active", "outer", smooth), n + "x1"], n + "sum2")
    return g.node("LayerNormalization", [n + "sum2", n + "g2", n + "b2"], n + "x2", epsilon=1e-12)


def _heads(g: Graph, w: dict[str, np.ndarray], x: str) -> None:
    """All heads as one matrix product over the words' vectors, split into the outputs."""
    g.constant("flat", np.array([-1, WIDTH], np.int64))
    g.node("Reshape", [x, "flat"], "pieces_flat")
    g.node("Gather", ["pieces_flat", "word_at"], "words")
    parts = ["tags", "pick_from", "pick_to", "pick_self", "arc_dependent", "arc_head", "relation_dependent", "relation_head"]
    weights = [w[f"heads.{p}.weight"].T for p in parts]
    biases = [w[f"heads.{p}.bias"] for p in parts]
    weights[1], biases[1] = weights[1] / PICK**0.5, biases[1] / PICK**0.5
    g.constant("heads_w", np.concatenate(weights, 1))
    g.constant("heads_b", np.concatenate(biases))
    g.constant("split", np.array([m.shape[1] for m in weights], np.int64))
    g.node("MatMul", ["words", "heads_w"], "heads_raw")
    g.node("Add", ["heads_raw", "heads_b"], "heads_all")
    linear = ["tags", "pick_from", "pick_to", "pick_self"]
    bent = ["arc_dependent", "arc_head", "relation_dependent", "relation_head"]
    names = linear + [f"{b}_raw" for b in bent]
    g.nodes.append(helper.make_node("Split", ["heads_all", "split"], names, name="split_heads", axis=1))
    for source, target in zip(bent, ("arc_inner", "arc_to", "relation_from", "relation_to"), strict=True):
        g.node("Gelu", [f"{source}_raw"], target, domain="com.microsoft")
    g.constant("arc_w", w["heads.arc"])
    g.constant("arc_b", w["heads.arc_bias.weight"][0])
    g.node("MatMul", ["arc_inner", "arc_w"], "arc_mixed")
    g.node("Add", ["arc_mixed", "arc_b"], "arc_from")


def build(weights: dict[str, np.ndarray], labels: Labels, smooth: Factors = NO_FACTORS) -> onnx.ModelProto:
    """The fp32 graph (its word-piece table alone is int8), evened out for int8 by the factors of `pipeline.training.smoothing`."""
    g = Graph()
    x = _embeddings(g, weights)
    for i in range(LAYERS):
        x = _layer(g, weights, i, x, smooth)
    _heads(g, weights, x)
    tags = sum(map(len, labels.tag_heads().values()))
    widths = {"tags": tags, "arc_from": ARC, "arc_to": ARC, "relation_from": RELATION, "relation_to": RELATION}
    widths |= {"pick_from": PICK * len(PICK_HEADS), "pick_to": PICK * len(PICK_HEADS), "pick_self": len(PICK_HEADS)}
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT32, ["windows", "pieces"]),
        helper.make_tensor_value_info("features", TensorProto.INT32, ["windows", "pieces"]),
        helper.make_tensor_value_info("positions", TensorProto.INT32, ["pieces"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["windows"]),
        helper.make_tensor_value_info("word_at", TensorProto.INT64, ["words"]),
    ]
    outputs = [helper.make_tensor_value_info(o, TensorProto.FLOAT, ["words", widths[o]]) for o in OUTPUTS]
    graph = helper.make_graph(g.nodes, "wire_en", inputs, outputs, g.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="newsledger")


LEMMA_POS = ("NOUN", "VERB", "AUX", "ADJ", "ADV", "PRON", "DET", "ADP", "SCONJ", "CCONJ", "PART", "NUM")
"""Parts of speech whose lemmas are looked up. Names are not (their lemma is their form), nor punctuation."""


def lemma_table(documents: Iterable[Document]) -> dict[str, dict[str, str]]:
    """The treebanks' commonest lemma of each (part of speech, lower-cased form); the first in the alphabet where two are as common."""
    counts: dict[tuple[str, str], collections.Counter[str]] = {}
    for document in documents:
        upos, _, lemmas = document.ud or ([], [], [])
        for (start, end), pos, lemma in zip(document.words, upos, lemmas, strict=False):
            if pos in LEMMA_POS:
                counts.setdefault((pos, document.text[start:end].lower()), collections.Counter())[lemma] += 1
    table: dict[str, dict[str, str]] = {}
    for (pos, form), found in sorted(counts.items()):
        table.setdefault(pos, {})[form] = min(found, key=lambda lemma: (-found[lemma], lemma))
    return table


def package(files: pathlib.Path, out: pathlib.Path, meta: dict[str, object]) -> None:
    """Makes the spaCy pipeline folder `out` of exported model files; `meta` goes into its meta.json."""
    nlp = blank_pipeline()
    nlp.meta.update(meta)
    nlp.get_pipe("wire").from_disk(files)  # type: ignore[attr-defined]
    nlp.to_disk(out)


SAMPLES = 60
"""Texts on which the inputs of the layers are watched: a greatest value hardly grows after some tens."""


def _factors(
    state: dict[str, torch.Tensor], weights: dict[str, np.ndarray], labels: Labels, samples: Sequence[Document], base: pathlib.Path
) -> Factors:
    """Factors that even out the layers' inputs on evenly chosen samples."""
    network = Network(labels)
    network.load_state_dict(state)
    pieces = PieceEncoder(base / "tokenizer.json")
    chosen = samples[:: max(1, len(samples) // SAMPLES)][:SAMPLES]
    batches = (collate([window]) for document in chosen for window in windows(encode(document, pieces, labels), 128))
    return factors(largest_inputs(network, batches), weights)


KEEP_FP32 = ("heads_raw", "arc_mixed")
"""Nodes that stay in fp32: the heads, whose scores are compared with each other."""


def export(
    run: pathlib.Path,
    base: pathlib.Path,
    lemmas: dict[str, dict[str, str]],
    out: pathlib.Path,
    *,
    samples: Sequence[Document] = (),
    int8: bool = True,
    keep_fp32: tuple[str, ...] = KEEP_FP32,
) -> None:
    """Writes encoder.onnx, pairs.npz, labels.json, lemmas.json and tokenizer.json into `out` from a training run's averaged weights.

    int8: weights by channel, activations by tensor at run time, but for the nodes in `keep_fp32`; the inputs of the widest layers are
    evened out first by what they are on `samples`.
    """
    labels = Labels.load(run / "labels.json")
    state = torch.load(run / "weights.pt", weights_only=True)
    weights = {k: v.float().numpy() for k, v in state.items()}
    model = build(weights, labels, _factors(state, weights, labels, samples, base) if int8 and samples else NO_FACTORS)
    out.mkdir(parents=True, exist_ok=True)
    if int8:
        with tempfile.TemporaryDirectory() as folder:
            plain, small = pathlib.Path(folder) / "plain.onnx", pathlib.Path(folder) / "small.onnx"
            onnx.save(model, plain)
            extra = {"DisableShapeInference": True, "MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT}
            quantize_dynamic(
                plain, small, op_types_to_quantize=["MatMul", "Attention"], per_channel=True, weight_type=QuantType.QInt8,
                nodes_to_exclude=list(keep_fp32), extra_options=extra,
            )  # fmt: skip
            shutil.copy(small, out / "encoder.onnx")
    else:
        onnx.save(model, out / "encoder.onnx")
    np.savez_compressed(out / "pairs.npz", relation=weights["heads.relation"].astype(np.float16))
    labels.save(out / "labels.json")
    (out / "calibration.json").write_text("{}", encoding="utf-8")
    (out / "lemmas.json").write_text(json.dumps(lemmas, ensure_ascii=False, indent=0), encoding="utf-8")
    shutil.copy(base / "tokenizer.json", out / "tokenizer.json")
