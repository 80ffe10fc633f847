"""The heads of the language core and their label sets; shared by training and by the shipped model."""

from __future__ import annotations

import dataclasses
import json
import pathlib

NAME_LABELS = ("PERSON", "ORG", "LOC", "FAC", "NORP", "DATE", "MONEY", "PRODUCT", "MISC")
TIMEX_LABELS = ("DATE", "TIME", "DURATION", "SET")
QUOTATION_LABELS = ("source", "cue", "content")
EVENT_TYPES = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "REJECT", "ACCUSE", "THREATEN", "PROTEST",
    "SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "TERRITORY", "DISCOVER", "TOLL", "RESPONSIBILITY", "DISASTER",
)  # fmt: skip
ARGUMENT_ROLES = ("actor", "recipient", "place")

ARC, RELATION, PICK = 192, 64, 64
"""Widths of the vectors that score pairs of words: tree arcs, tree relations, and each of the other pair heads."""


def bio(labels: tuple[str, ...]) -> tuple[str, ...]:
    """BIO tags of span labels: O first, then B-X, I-X for each label."""
    return ("O", *(f"{p}-{label}" for label in labels for p in "BI"))


SPAN_HEADS = {
    "names": bio(NAME_LABELS),
    "timex": bio(TIMEX_LABELS),
    "quotation": bio(QUOTATION_LABELS),
    "triggers": bio(EVENT_TYPES),
}
"""Heads that mark spans: one BIO tag a word."""

PICK_HEADS = ("attribution", "antecedent", *ARGUMENT_ROLES)
"""Heads by which a word picks another word of its window, or itself for "none": a source or content its cue, a pronoun its
antecedent, a trigger each of its arguments."""


@dataclasses.dataclass(frozen=True)
class Labels:
    """Every label of a trained model. `scripts` are lemma edit scripts "case|strip|append"."""

    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    relations: tuple[str, ...]
    scripts: tuple[str, ...]

    def tag_heads(self) -> dict[str, tuple[str, ...]]:
        """Head name -> its classes, in the order in which the model's logits are laid out."""
        return {
            "sentence": ("inside", "start"),
            "upos": self.upos,
            "xpos": self.xpos,
            "lemma": self.scripts,
            **SPAN_HEADS,
        }

    def slices(self) -> dict[str, slice]:
        """Head name -> its columns among the model's logits."""
        out, at = {}, 0
        for name, classes in self.tag_heads().items():
            out[name] = slice(at, at + len(classes))
            at += len(classes)
        return out

    def save(self, path: pathlib.Path) -> None:
        path.write_text(json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=0), encoding="utf-8")

    @classmethod
    def load(cls, path: pathlib.Path) -> Labels:
        return cls(**{k: tuple(v) for k, v in json.loads(path.read_text(encoding="utf-8")).items()})


def script_of(form: str, lemma: str) -> str:
    """The edit script from a form to its lemma: letter case, how many characters go from the end, what comes there.

    Case "l" lower-cases the form first, "k" keeps it, "t" gives Title case.
    """
    for case, base in (("l", form.lower()), ("k", form), ("t", form.title())):
        common = 0
        while common < min(len(base), len(lemma)) and base[common] == lemma[common]:
            common += 1
        if common or case == "t":
            return f"{case}|{len(base) - common}|{lemma[common:]}"
    return "k|0|"


def apply_script(form: str, script: str) -> str:
    """The lemma that an edit script makes of a form; the lower-cased form where the script asks for more than there is."""
    case, strip, append = script.split("|", 2)
    base = form.lower() if case == "l" else form.title() if case == "t" else form
    cut = int(strip)
    if cut > len(base):
        return base
    return base[: len(base) - cut] + append or base
