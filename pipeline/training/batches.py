"""Documents to padded batches: windows of whole sentences or paragraphs, word-piece ids, and the targets of every head."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator

import numpy as np
import torch

from pipeline.language.labels import PICK_HEADS, Labels, apply_script, script_of
from pipeline.language.pieces import CLS, FRAME_FEATURE, PAD, SEP, PieceEncoder
from pipeline.training.corpora import IGNORE, Bag, Document

LONGEST = 254
"""Word pieces of one window without its frame; a longer sentence or paragraph is cut."""


@dataclasses.dataclass(slots=True)
class Window:
    """Words `first` to `last` (excluded) of an encoded document."""

    source: Encoded
    first: int
    last: int

    def pieces(self) -> int:
        return int(self.source.offsets[self.last] - self.source.offsets[self.first]) + 2


@dataclasses.dataclass(slots=True)
class Encoded:
    """A document's pieces and class indices, ready to be cut into windows."""

    ids: np.ndarray
    features: np.ndarray
    offsets: np.ndarray
    tags: dict[str, np.ndarray]
    heads: np.ndarray | None
    relations: np.ndarray | None
    picks: dict[str, dict[int, list[int]]]
    units: list[int]  # words at which a window may begin
    sentence_of: np.ndarray | None
    bags: list[Bag] = dataclasses.field(default_factory=list)


def encode(document: Document, pieces: PieceEncoder, labels: Labels) -> Encoded:
    """Class indices of a document's labels; the words' pieces and features."""
    text, words = document.text, document.words
    n = len(words)
    blank = [s > 0 and text[s - 1].isspace() for s, _ in words]
    cut = pieces([text[s:e] for s, e in words], blank, [i in document.paragraphs for i in range(n)])
    tags = {k: np.array(v, np.int64) for k, v in document.tags.items()}
    if "sentence" in tags:  # a paragraph's first word opens a sentence by rule: nothing to learn there
        tags["sentence"][[i for i in document.paragraphs if i < n]] = IGNORE
    heads = relations = sentence_of = None
    if document.ud and document.tree:
        upos, xpos, lemma = document.ud
        tags["upos"] = _indices(upos, labels.upos)
        tags["xpos"] = _indices(xpos, labels.xpos)
        forms = [text[s:e] for s, e in words]
        scripts = [script_of(f, w) for f, w in zip(forms, lemma, strict=True)]
        tags["lemma"] = _indices(scripts, labels.scripts)
        heads = np.array(document.tree[0], np.int64)
        relations = _indices(document.tree[1], labels.relations)
        sentence_of = np.cumsum([i in document.starts for i in range(n)])
    units = sorted(document.starts if document.tree else document.paragraphs) or [0]
    return Encoded(cut.ids, cut.features, cut.offsets, tags, heads, relations, document.picks, units, sentence_of, document.bags)


def _indices(values: list[str], classes: tuple[str, ...]) -> np.ndarray:
    index = {c: i for i, c in enumerate(classes)}
    return np.array([index.get(v, IGNORE) for v in values], np.int64)


def collect_labels(documents: list[Document], least: int = 3) -> Labels:
    """The label sets of UD documents; lemma scripts seen fewer than `least` times are left out."""
    upos: set[str] = set()
    xpos: set[str] = set()
    relations: set[str] = set()
    scripts: dict[str, int] = {}
    for document in documents:
        if not (document.ud and document.tree):
            continue
        upos.update(document.ud[0])
        xpos.update(document.ud[1])
        relations.update(document.tree[1])
        for (s, e), lemma in zip(document.words, document.ud[2], strict=True):
            script = script_of(document.text[s:e], lemma)
            if apply_script(document.text[s:e], script) == lemma:
                scripts[script] = scripts.get(script, 0) + 1
    kept = sorted((s for s, n in scripts.items() if n >= least), key=lambda s: (-scripts[s], s))
    return Labels(tuple(sorted(upos)), tuple(sorted(xpos)), tuple(sorted(relations)), tuple(kept))


def windows(encoded: Encoded, limit: int) -> Iterator[Window]:
    """Packs consecutive units into windows of at most `limit` pieces; a unit longer than LONGEST is cut by force."""
    ends = [*encoded.units[1:], len(encoded.offsets) - 1]
    first = last = encoded.units[0]
    size = 0
    for start, end in zip(encoded.units, ends, strict=True):
        unit = int(encoded.offsets[end] - encoded.offsets[start])
        if size and size + unit > limit:
            yield Window(encoded, first, last)
            first, size = start, 0
        while unit > LONGEST:
            cut = int(np.searchsorted(encoded.offsets, encoded.offsets[start] + LONGEST, side="right")) - 1
            yield Window(encoded, start, cut)
            start = first = cut
            unit = int(encoded.offsets[end] - encoded.offsets[start])
        size += unit
        last = end
    if last > first:
        yield Window(encoded, first, last)


def schedule(documents: list[Encoded], batch_pieces: int, rng: random.Random) -> Iterator[list[Window]]:
    """Endless batches of windows of like length, newly cut and shuffled each time round; padded size at most `batch_pieces`."""
    while True:
        cut = [w for d in documents if len(d.offsets) > 1 for w in windows(d, rng.choice((48, 96, 128, 160, 192)))]
        rng.shuffle(cut)
        batches = []
        for chunk in (cut[i : i + 400] for i in range(0, len(cut), 400)):
            batch: list[Window] = []
            for window in sorted(chunk, key=Window.pieces):
                if batch and (len(batch) + 1) * window.pieces() > batch_pieces:
                    batches.append(batch)
                    batch = []
                batch.append(window)
            if batch:
                batches.append(batch)
        rng.shuffle(batches)
        yield from batches


@dataclasses.dataclass(slots=True)
class Batch:
    """Tensors of one step. `grid` [windows, words] maps to rows of the flat word list (0 where there is no word)."""

    ids: torch.Tensor
    features: torch.Tensor
    mask: torch.Tensor
    word_at: torch.Tensor
    tags: dict[str, torch.Tensor]
    grid: torch.Tensor
    present: torch.Tensor
    sentence: torch.Tensor | None
    heads: torch.Tensor | None
    relations: torch.Tensor | None
    picks: dict[str, tuple[torch.Tensor, torch.Tensor, torch.Tensor]]  # head -> window, word, right words [rows, words] (bool)
    bags: list[tuple[str, torch.Tensor, torch.Tensor]]  # head, rows of the flat word list, classes of which one of them has one


def collate(batch: list[Window]) -> Batch:
    """Pads windows into a batch. Lengths are rounded up to a multiple of 8, so that few shapes are seen."""
    width = -(-max(w.pieces() for w in batch) // 8) * 8
    size = len(batch)
    ids = np.full((size, width), PAD, np.int64)
    features = np.full((size, width), FRAME_FEATURE, np.int64)
    mask = np.full((size, 1, 1, width), -1e4, np.float32)
    most = max(w.last - w.first for w in batch)
    grid = np.zeros((size, most), np.int64)
    present = np.zeros((size, most), bool)
    at: list[np.ndarray] = []
    done = 0
    for k, w in enumerate(batch):
        lo, hi = w.source.offsets[w.first], w.source.offsets[w.last]
        ids[k, 0], ids[k, hi - lo + 1] = CLS, SEP
        ids[k, 1 : hi - lo + 1] = w.source.ids[lo:hi]
        features[k, 1 : hi - lo + 1] = w.source.features[lo:hi]
        mask[k, 0, 0, : hi - lo + 2] = 0
        at.append(w.source.offsets[w.first : w.last] - lo + 1 + k * width)
        n = w.last - w.first
        grid[k, :n] = np.arange(done, done + n)
        present[k, :n] = True
        done += n
    tags = {head: torch.from_numpy(np.concatenate([w.source.tags[head][w.first : w.last] for w in batch])) for head in batch[0].source.tags}
    sentence = heads = relations = None
    if batch[0].source.heads is not None:
        sentence_, heads_ = np.full((size, most), -1, np.int64), np.full((size, most), IGNORE, np.int64)
        for k, w in enumerate(batch):
            assert w.source.heads is not None
            assert w.source.sentence_of is not None
            assert w.source.relations is not None
            n = w.last - w.first
            inside = (w.source.heads[w.first : w.last] >= w.first) & (w.source.heads[w.first : w.last] < w.last)
            heads_[k, :n] = np.where(inside, w.source.heads[w.first : w.last] - w.first, IGNORE)
            sentence_[k, :n] = w.source.sentence_of[w.first : w.last]
        sentence, heads = torch.from_numpy(sentence_), torch.from_numpy(heads_)
        parts = [w.source.relations[w.first : w.last] for w in batch if w.source.relations is not None]
        relations = torch.from_numpy(np.concatenate(parts))
    return Batch(
        torch.from_numpy(ids), torch.from_numpy(features), torch.from_numpy(mask), torch.from_numpy(np.concatenate(at)), tags,
        torch.from_numpy(grid), torch.from_numpy(present), sentence, heads, relations, _picks(batch, most), _bags(batch, grid),
    )  # fmt: skip


def _picks(batch: list[Window], most: int) -> dict[str, tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Targets of the pick heads; a word whose right picks all lie outside of its window is left out."""
    out = {}
    for head in PICK_HEADS:
        rows: list[tuple[int, int, list[int]]] = []
        for k, w in enumerate(batch):
            known = w.source.picks.get(head)
            for word in range(w.first, w.last) if known else ():
                right = [j - w.first for j in known.get(word, ()) if w.first <= j < w.last]  # type: ignore[union-attr]
                if right:
                    rows.append((k, word - w.first, right))
        if rows:
            target = np.zeros((len(rows), most), bool)
            for i, (_, _, right) in enumerate(rows):
                target[i, right] = True
            out[head] = (torch.tensor([r[0] for r in rows]), torch.tensor([r[1] for r in rows]), torch.from_numpy(target))
    return out


def _bags(batch: list[Window], grid: np.ndarray) -> list[tuple[str, torch.Tensor, torch.Tensor]]:
    """The bags that lie whole in their window; a bag of which words were cut off may have lost the one that counts."""
    return [
        (bag.head, torch.from_numpy(grid[k, [i - w.first for i in bag.words]]), torch.tensor(bag.classes))
        for k, w in enumerate(batch)
        for bag in w.source.bags
        if w.first <= bag.words[0] and bag.words[-1] < w.last
    ]
