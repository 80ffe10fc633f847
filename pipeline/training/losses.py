"""The loss of a batch, head by head."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as fn

from pipeline.language.labels import PICK, PICK_HEADS, Labels
from pipeline.training.batches import Batch
from pipeline.training.corpora import IGNORE
from pipeline.training.network import Network

NEVER = -1e4  # a score no softmax gives weight to, and that float arithmetic bears


def losses(network: Network, out: dict[str, torch.Tensor], batch: Batch, labels: Labels) -> dict[str, torch.Tensor]:
    """Mean cross-entropy of each head that the batch labels."""
    found = {}
    slices = labels.slices()
    for head, target in batch.tags.items():
        if bool((target != IGNORE).any()):
            found[head] = fn.cross_entropy(out["tags"][:, slices[head]], target, ignore_index=IGNORE)
    if batch.heads is not None:
        found |= _tree(network, out, batch)
    for head, (window, word, right) in batch.picks.items():
        found[head] = _pick(out, batch, head, window, word, right)
    if batch.bags:
        found["bags"] = _bag_loss(out["tags"], batch, slices)
    return found


def _bag_loss(tags: torch.Tensor, batch: Batch, slices: Mapping[str, slice]) -> torch.Tensor:
    """Minus log probability that a word of the bag has one of its classes, words weighed by the square of that very probability: the
    network's own belief says which word is meant (multiple-instance learning)."""
    each = []
    for head, rows, classes in batch.bags:
        chance = fn.log_softmax(tags[rows][:, slices[head]], 1)[:, classes].logsumexp(1)
        each.append(-(fn.softmax(2 * chance, 0).detach() * chance).sum())
    return torch.stack(each).mean()


def _tree(network: Network, out: dict[str, torch.Tensor], batch: Batch) -> dict[str, torch.Tensor]:
    """Arc loss over the words of the gold sentence (the diagonal means root) and relation loss at the gold head."""
    assert batch.heads is not None
    assert batch.sentence is not None
    assert batch.relations is not None
    scores = out["arc_from"][batch.grid] @ out["arc_to"][batch.grid].transpose(1, 2)
    same = (batch.sentence.unsqueeze(2) == batch.sentence.unsqueeze(1)) & batch.present.unsqueeze(1)
    scores = scores.masked_fill(~same, NEVER)
    kept = batch.present & (batch.heads != IGNORE)
    arc = fn.cross_entropy(scores[kept], batch.heads[kept])
    dependent = batch.grid[kept]
    head = batch.grid.gather(1, batch.heads.clamp(min=0))[kept]
    relation = fn.cross_entropy(
        network.heads.relations(out["relation_from"][dependent], out["relation_to"][head]), batch.relations[dependent], ignore_index=IGNORE
    )
    return {"arc": arc, "relation": relation}


def _pick(
    out: dict[str, torch.Tensor], batch: Batch, head: str, window: torch.Tensor, word: torch.Tensor, right: torch.Tensor
) -> torch.Tensor:
    """Minus log of the probability given to the right words together."""
    k = PICK_HEADS.index(head)
    columns = slice(k * PICK, (k + 1) * PICK)
    row = batch.grid[window, word]
    scores = (out["pick_to"][:, columns][batch.grid[window]] @ out["pick_from"][row, columns].unsqueeze(2)).squeeze(2)
    order = torch.arange(scores.shape[1])
    scores = torch.where(order == word.unsqueeze(1), out["pick_self"][row, k].unsqueeze(1), scores)
    allowed = batch.present[window]
    if head == "antecedent":
        allowed = allowed & (order <= word.unsqueeze(1))
    scores = scores.masked_fill(~allowed, NEVER)
    return (scores.logsumexp(1) - scores.masked_fill(~right, NEVER).logsumexp(1)).mean()
