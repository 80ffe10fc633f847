"""The text's form and its encoding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.encoding import decode
from pipeline.text.normalise import clean, compose, paragraphs

LINE = "The army retook the port of Velika on Monday, officials said."


def test_line_ends_and_controls() -> None:
    assert clean("\ufeffa\r\nb\rc\u2028d\0e\x85f") == "a\nb\nc\nd e\nf"
    assert clean("e\u0301 “x”  y\t\u200f\u00ad") == "é “x”  y\t\u200f\u00ad"


@pytest.mark.parametrize(
    ("body", "expect"),
    [
        (f"{LINE}\n\n\n \n{LINE}", f"{LINE}\n\n{LINE}"),
        (f"{LINE}\n{LINE}\n{LINE}", f"{LINE}\n\n{LINE}\n\n{LINE}"),
        ("The army retook the port of\nVelika on Monday, they\nsaid.", "The army retook the port of\nVelika on Monday, they\nsaid."),
        ("The army retook the\nport.\n   The rebels denied\nit.", "The army retook the\nport.\n\n   The rebels denied\nit."),
        (f"Army retakes port\n{LINE}", f"Army retakes port\n\n{LINE}"),
        (f"{LINE}\n{LINE}\n\nBy lines\nof two", f"{LINE}\n{LINE}\n\nBy lines\nof two"),
    ],
    ids=["blank lines", "a line a paragraph", "hard wrapped", "indented", "title line", "mixed stays"],
)
def test_paragraphs(body: str, expect: str) -> None:
    assert paragraphs(body) == expect


@settings(deadline=None)
@given(st.text(), st.one_of(st.none(), st.text(max_size=400)))
def test_text_form_holds_for_any_text(body: str, title: str | None) -> None:
    text, end = compose(" ".join(clean(title).split()) if title else None, paragraphs(clean(body)))
    assert "\r" not in text
    assert "\n\n\n" not in text
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text)
    assert end <= len(text)
    assert "\n" not in text[:end]
    if end:
        assert text[end : end + 2] in ("\n\n", "")
    assert paragraphs(clean(text)) == text.strip() or "\n\n" not in text


def test_a_letter_with_half_a_million_marks_takes_no_time() -> None:
    assert len(clean("a" + "\u0301\u0327" * 250_000)) > 500_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = f"“Café” – {LINE}"
    assert decode(text.encode(encoding)).text == text


def test_a_broken_byte_does_not_spoil_the_rest() -> None:
    found = decode(f"“No” – ‘yes’. {LINE}".encode() + b"\xff")
    assert found.text == f"“No” – ‘yes’. {LINE}\ufffd"
    assert (found.encoding, found.bad_bytes) == ("utf-8", 1)


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_give_text(data: bytes) -> None:
    assert isinstance(decode(data).text, str)
