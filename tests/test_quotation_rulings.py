"""What the codebook rules to be a quotation."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.language.attribution import Attribution
from pipeline.language.cues import Entry
from pipeline.language.quotation import FLOOR, RULED, _accusation, _ruled

ENTRY = Entry("accuse", ("accuse",), "VERB", "accuse", "accused", "speech", frozenset({"of", "quote"}))
CORE = Attribution((1,), ENTRY, (0, 7), 0, [(16, 40)], "model", "model", 0.0, support="core-high")


@pytest.mark.parametrize(
    ("changes", "ruled"),
    [
        ({}, True),
        ({"support": "agree"}, True),
        ({"support": "core-low"}, False),  # the core is not sure
        ({"passive": True}, False),  # "was accused of" names no speaker
        ({"negated": True}, False),
        ({"unreal": True}, False),
        ({"source": None}, False),
        ({"entry": dataclasses.replace(ENTRY, cue_class="say")}, False),
    ],
)
def test_accusations(changes: dict[str, object], ruled: bool) -> None:
    assert _accusation(dataclasses.replace(CORE, **changes)) is ruled


def test_what_is_ruled_passes_the_floor() -> None:
    assert RULED >= FLOOR


DENIAL = dataclasses.replace(
    CORE, entry=dataclasses.replace(ENTRY, lemma="deny", words=("deny",), cue_class="deny"), frame="infinitive", support="alone"
)


@pytest.mark.parametrize(
    ("changes", "ruled"),
    [
        ({}, True),
        ({"negated": True}, False),
        ({"source": None}, False),
        ({"frame": "object"}, False),  # "denied the charge" says little
        ({"entry": dataclasses.replace(ENTRY, cue_class="deny", kind="stance")}, False),  # "refused to go"
    ],
)
def test_denials(changes: dict[str, object], ruled: bool) -> None:
    assert _ruled(dataclasses.replace(DENIAL, **changes), "indirect", [(0, 4)], "gone") is ruled  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "kind", "text", "ruled"),
    [
        ({}, "direct", "Go.", True),
        ({}, "direct", "Go", False),  # a word in marks
        ({}, "mixed", "Go.", False),
        ({"unreal": True}, "direct", "Go.", False),
        ({"source": None}, "direct", "Go.", False),
    ],
)
def test_whole_sentences_in_marks(changes: dict[str, object], kind: str, text: str, ruled: bool) -> None:
    said = dataclasses.replace(CORE, entry=dataclasses.replace(ENTRY, cue_class="say"), support="alone", **changes)  # type: ignore[arg-type]
    assert _ruled(said, kind, [(0, len(text))], text) is ruled  # type: ignore[arg-type]
