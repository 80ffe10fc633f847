"""Marks may overlap in any way; what is shown keeps every character of the text and nests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.view.spans import Mark, bracketed, nested, walk

TEXT = "Rebels shelled Sake on Monday, killing 34."


def mark(piece: str, label: str) -> Mark:
    start = TEXT.index(piece)
    return Mark(start, start + len(piece), "events", label)


def test_nested_marks_are_shown_inside_each_other() -> None:
    shown = bracketed(TEXT, [mark("shelled", "trigger"), mark("shelled Sake", "content"), mark("Sake", "place")])
    assert shown == "Rebels [[shelled|trigger] [Sake|place]|content] on Monday, killing 34."


def test_crossing_marks_are_cut_at_the_border_and_nothing_is_lost() -> None:
    shown = bracketed(TEXT, [mark("Rebels shelled", "a"), mark("shelled Sake", "b")])
    assert shown == "[Rebels [shelled|b]|a][ Sake|b] on Monday, killing 34."


def test_a_window_clips_the_marks() -> None:
    start = TEXT.index("Sake")
    assert bracketed(TEXT, [mark("shelled Sake", "content")], start, start + 4) == "[Sake|content]"


spans = st.lists(
    st.builds(lambda a, b, label: Mark(min(a, b), max(a, b), "x", label), st.integers(0, 42), st.integers(0, 42), st.sampled_from("abc")),
    max_size=12,
)


@given(spans)
def test_any_marks_nest_and_cover_the_same_characters(marks: list[Mark]) -> None:
    done = nested(marks)
    for i, a in enumerate(done):
        for b in done[i + 1 :]:
            apart = a.end <= b.start or b.end <= a.start
            inside = (a.start <= b.start and b.end <= a.end) or (b.start <= a.start and a.end <= b.end)
            assert apart or inside
    for label in "abc":
        before = {c for m in marks if m.label == label for c in range(m.start, m.end)}
        assert before == {c for m in done if m.label == label for c in range(m.start, m.end)}


@given(spans, st.integers(0, 42), st.integers(0, 42))
def test_a_walk_gives_the_window_s_text_and_balanced_marks(marks: list[Mark], a: int, b: int) -> None:
    start, end = min(a, b), max(a, b)
    text, stack = "", []
    for kind, item in walk(TEXT, marks, start, end):
        if isinstance(item, str):
            text += item
        elif kind == "open":
            stack.append(item)
        else:
            assert stack.pop() == item
    assert text == TEXT[start:end]
    assert not stack
