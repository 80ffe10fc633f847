"""What the codebook rules to be a quotation."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.language.attribution import Attribution
from pipeline.language.cues import Entry
from pipeline.language.quotation import FLOOR, RULED, _accusation

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
