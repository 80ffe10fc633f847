"""Ids and errors."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import errors
from pipeline.ids import content_id


def test_ids_are_hex_and_do_not_change() -> None:
    assert content_id("the text") == content_id("the text")
    assert len(content_id("x")) == 16
    assert int(content_id("x"), 16) >= 0
    assert content_id("ab", "c") != content_id("a", "bc")
    assert content_id("a", None) == content_id("a", "")


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_other_parts_other_ids(one: list[str], other: list[str]) -> None:
    clean = [[p.replace("\x1f", "") for p in parts] for parts in (one, other)]
    if clean[0] != clean[1]:
        assert content_id(*clean[0]) != content_id(*clean[1])


@pytest.mark.parametrize(
    ("name", "code"), [("UsageError", 2), ("LockedError", 75), ("ReadError", 3), ("StoreError", 1), ("DeclarationError", 2)]
)
def test_errors_have_their_code_and_survive_the_way_between_processes(name: str, code: int) -> None:
    error = getattr(errors, name)("what happened", "what to do")
    again = pickle.loads(pickle.dumps(error))
    assert (again.exit_code, again.message, again.remedy, str(again)) == (code, "what happened", "what to do", "what happened")


def test_the_drawing_names_every_error_with_its_code() -> None:
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert f"{name} ({value.exit_code})" in (errors.__doc__ or ""), name
