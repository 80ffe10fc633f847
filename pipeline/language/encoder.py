"""Runs the ONNX encoder over texts: packs paragraphs into windows, windows into batches, and gives each word its vectors and logits."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Sequence

import numpy as np
import onnxruntime

from pipeline.language.pieces import CLS, FRAME_FEATURE, PAD, SEP, PieceEncoder, Pieces

WINDOW = 126
"""Word pieces of a window without its frame. Attention and its memory traffic grow with length; at 126 most paragraphs of news stay whole
and a pack holds two or three (throughput by length is in the model card)."""

OVERLAP = 40
"""Pieces that two windows of one long paragraph share; each word is read in the window where it stands further from an edge."""

BATCH_PIECES = 512
"""Padded pieces of one run of the graph: its widest activations (1,536 floats a piece) then stay in a core's own cache. Measured on a Xeon
with VNNI: 64 pieces 155 microseconds a piece, 256 pieces 118, 512 pieces 126, 4,096 pieces 159."""

CALL_COST = 16
"""What one more run of the graph costs, in pieces: below that, padding windows to one width is cheaper than another run."""

UNFUSED = ["SkipLayerNormFusion", "BiasGeluFusion"]
"""Fusions of ONNX Runtime left out: on a CPU its fused operators are slower than what they stand for (2.8 against 0.8 microseconds a piece
for adding and normalising, 3.2 against 1.4 for the activation, whose bias the product before it adds at no cost)."""

OUTPUTS = ("tags", "arc_from", "arc_to", "relation_from", "relation_to", "pick_from", "pick_to", "pick_self")


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Words first:last of a text are encoded; of these, keep_first:keep_last are read from this window."""

    text: int
    first: int
    last: int
    keep_first: int
    keep_last: int


def windows(text: int, offsets: np.ndarray, paragraphs: Sequence[int], size: int = WINDOW, overlap: int = OVERLAP) -> list[Window]:
    """Cuts a text's words into windows of at most `size` pieces: whole paragraphs packed while they fit, longer ones cut with overlap.

    offsets: word i owns pieces offsets[i]:offsets[i+1]; paragraphs: first word of each paragraph, ascending, beginning with 0.
    """
    count = len(offsets) - 1
    out: list[Window] = []
    first = last = 0
    for start, end in zip(paragraphs, [*paragraphs[1:], count], strict=True):
        if offsets[end] - offsets[first] <= size:
            last = end
            continue
        if last > first:
            out.append(Window(text, first, last, first, last))
        first = last = start
        if offsets[end] - offsets[start] <= size:
            last = end
            continue
        out.extend(_cut(text, offsets, start, end, size, overlap))
        first = last = end
    if last > first:
        out.append(Window(text, first, last, first, last))
    return out


def _cut(text: int, offsets: np.ndarray, start: int, end: int, size: int, overlap: int) -> list[Window]:
    """Overlapping windows of one long paragraph; neighbours meet in the middle of what they share."""
    edges: list[tuple[int, int]] = []
    first = start
    while True:
        last = max(int(np.searchsorted(offsets, offsets[first] + size, side="right")) - 1, first + 1)
        last = min(last, end)
        edges.append((first, last))
        if last == end:
            break
        back = int(np.searchsorted(offsets, offsets[last] - overlap, side="left"))
        first = max(back, first + 1)
    out = []
    keep = start
    for k, (first, last) in enumerate(edges):
        until = end if k + 1 == len(edges) else max((edges[k + 1][0] + last) // 2, keep + 1)
        out.append(Window(text, first, last, keep, min(until, last)))
        keep = min(until, last)
    return out


def batches(widths: Sequence[int], limit: int = BATCH_PIECES, call: int = CALL_COST) -> list[tuple[int, int]]:
    """Cuts windows, given by their ascending widths in pieces, into batches (first, end) of the least cost: padded pieces and calls.

    A batch has at most `limit` padded pieces, or one window. Dynamic programming over where the last batch begins.
    """
    best, begins = [0], [0]  # cost of the first k windows, and where their last batch begins
    for end in range(1, len(widths) + 1):
        width = widths[end - 1]
        low = max(0, end - max(1, limit // width))
        cost, begin = min((best[first] + (end - first) * width, first) for first in range(low, end))
        best.append(cost + call)
        begins.append(begin)
    out, end = [], len(widths)
    while end:
        out.append((begins[end], end))
        end = begins[end]
    return out[::-1]


@dataclasses.dataclass(slots=True)
class Encoded:
    """What the encoder says of a text's words: each output is float32 [words, width]."""

    outputs: dict[str, np.ndarray]


class Encoder:
    """The ONNX session and the word-piece encoder of a model folder."""

    def __init__(self, folder: pathlib.Path, threads: int | None = None) -> None:
        self.pieces = PieceEncoder(folder / "tokenizer.json")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or int(os.environ.get("NEWSLEDGER_THREADS", "0")) or len(os.sched_getaffinity(0))
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # ever-new shapes would make the arena grow without end
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"], disabled_optimizers=UNFUSED
        )

    def cut(self, words: list[str], blank_before: list[bool], opens_paragraph: list[bool]) -> Pieces:
        """The pieces of a text's words."""
        return self.pieces(words, blank_before, opens_paragraph)

    def run(self, texts: Sequence[tuple[Pieces, Sequence[int]]]) -> list[Encoded]:
        """Encodes texts given as (pieces, first word of each paragraph)."""
        found = [w for i, (p, paragraphs) in enumerate(texts) if len(p.offsets) > 1 for w in windows(i, p.offsets, paragraphs)]
        out: list[dict[str, np.ndarray]] = [{} for _ in texts]
        sizes = [len(p.offsets) - 1 for p, _ in texts]
        widths = [self._width(texts, w) for w in found]
        order = sorted(range(len(found)), key=widths.__getitem__)
        for first, end in batches([widths[k] for k in order]):
            self._batch(texts, [found[k] for k in order[first:end]], sizes, out)
        return [Encoded(o) for o in out]

    @staticmethod
    def _width(texts: Sequence[tuple[Pieces, Sequence[int]]], w: Window) -> int:
        offsets = texts[w.text][0].offsets
        return -(-int(offsets[w.last] - offsets[w.first] + 2) // 4) * 4

    def _batch(
        self, texts: Sequence[tuple[Pieces, Sequence[int]]], batch: list[Window], sizes: list[int], out: list[dict[str, np.ndarray]]
    ) -> None:
        """Runs one batch and files the kept words' outputs."""
        width = max(self._width(texts, w) for w in batch)
        ids = np.full((len(batch), width), PAD, np.int32)
        features = np.full((len(batch), width), FRAME_FEATURE, np.int32)
        lengths = np.zeros(len(batch), np.int32)
        at = []
        for k, w in enumerate(batch):
            pieces = texts[w.text][0]
            lo, hi = pieces.offsets[w.first], pieces.offsets[w.last]
            n = hi - lo
            ids[k, 0], ids[k, n + 1] = CLS, SEP
            ids[k, 1 : n + 1] = pieces.ids[lo:hi]
            features[k, 1 : n + 1] = pieces.features[lo:hi]
            lengths[k] = n + 2
            at.append(pieces.offsets[w.keep_first : w.keep_last] - lo + 1 + k * width)
        feed = {"ids": ids, "features": features, "lengths": lengths, "word_at": np.concatenate(at)}
        feed["positions"] = np.arange(width, dtype=np.int32)
        results = dict(zip(OUTPUTS, self._session.run(list(OUTPUTS), feed), strict=True))
        done = 0
        for w in batch:
            n = w.keep_last - w.keep_first
            store = out[w.text]
            for name, value in results.items():
                if name not in store:
                    store[name] = np.zeros((sizes[w.text], value.shape[1]), np.float32)
                store[name][w.keep_first : w.keep_last] = value[done : done + n]
            done += n
