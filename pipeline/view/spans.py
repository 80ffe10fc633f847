"""Marked stretches of a text that may overlap in any way, made into a tree that HTML and brackets can show."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """text[start:end] is a `label` of row `row_id`; `layer` is the table it comes from, `note` what a reader should know of it."""

    start: int
    end: int
    layer: str
    label: str
    row_id: str = ""
    note: str = ""


def nested(marks: Iterable[Mark]) -> list[Mark]:
    """The same marks, cut where they cross, so that any two are either apart or one inside the other.

    A mark that begins inside another and ends outside it is cut at the other's end: nothing shown is lost, and the two pieces keep the
    row id. Result is sorted by start, the longer first. Empty marks are left out. Every cut makes one piece at a boundary of another
    mark, so n marks give at most n² pieces; in an article they give about n.
    """
    queue = sorted((m for m in marks if m.start < m.end), key=_order)
    done: list[Mark] = []
    open_: list[Mark] = []
    i = 0
    while i < len(queue):
        mark = queue[i]
        while open_ and open_[-1].end <= mark.start:
            open_.pop()
        if open_ and mark.end > open_[-1].end:
            # Crosses the innermost open mark: the part inside comes now, the rest waits in order for its turn.
            cut = open_[-1].end
            inside, rest = dataclasses.replace(mark, end=cut), dataclasses.replace(mark, start=cut)
            queue[i] = inside
            _insert(queue, rest, i + 1)
            continue
        open_.append(mark)
        done.append(mark)
        i += 1
    return done


def _order(mark: Mark) -> tuple[int, int, str, str, str]:
    return mark.start, -mark.end, mark.layer, mark.label, mark.row_id


def _insert(queue: list[Mark], mark: Mark, low: int) -> None:
    high = len(queue)
    while low < high:
        middle = (low + high) // 2
        if _order(queue[middle]) < _order(mark):
            low = middle + 1
        else:
            high = middle
    queue.insert(low, mark)


def walk(text: str, marks: Sequence[Mark], start: int, end: int) -> Iterator[tuple[str, str | Mark]]:
    """text[start:end] as a stream of ("text", piece), ("open", mark), ("close", mark); marks outside the window are clipped to it."""
    window = [dataclasses.replace(m, start=max(m.start, start), end=min(m.end, end)) for m in marks if m.start < end and m.end > start]
    at = start
    stack: list[Mark] = []
    for mark in nested(window):
        while stack and stack[-1].end <= mark.start:
            closed = stack.pop()
            if at < closed.end:
                yield "text", text[at : closed.end]
                at = closed.end
            yield "close", closed
        if at < mark.start:
            yield "text", text[at : mark.start]
            at = mark.start
        yield "open", mark
        stack.append(mark)
    while stack:
        closed = stack.pop()
        if at < closed.end:
            yield "text", text[at : closed.end]
            at = closed.end
        yield "close", closed
    if at < end:
        yield "text", text[at:end]


def render(
    text: str,
    marks: Sequence[Mark],
    *,
    opening: Callable[[Mark], str],
    closing: Callable[[Mark], str],
    escape: Callable[[str], str] = str,
    start: int = 0,
    end: int | None = None,
) -> str:
    """text[start:end] with what `opening` and `closing` say around every mark, and every piece of text passed through `escape`."""
    out = []
    for kind, item in walk(text, marks, start, len(text) if end is None else end):
        if isinstance(item, str):
            out.append(escape(item))
        else:
            out.append(opening(item) if kind == "open" else closing(item))
    return "".join(out)


def bracketed(text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> str:
    """text[start:end] in plain letters: `[Armenian forces|actor] [executed|trigger] …`."""
    return render(text, marks, opening=lambda _: "[", closing=lambda m: f"|{m.label}]", start=start, end=end)
