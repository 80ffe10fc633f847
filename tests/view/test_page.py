"""The page shows every row, escapes what the article says, and stands alone."""

from __future__ import annotations

import html.parser
import re
from typing import Any

from pipeline.view.page import page, paragraphs

TEXT = 'Bridge <b>collapses</b> & "falls"\n\nRebels </script><script>alert(1)</script> shelled Sake, killing 34.'


def row(**cells: Any) -> dict[str, Any]:
    return {"article_id": "a" * 16, **cells}


def span(piece: str) -> tuple[int, int]:
    return TEXT.index(piece), TEXT.index(piece) + len(piece)


def sample() -> str:
    (ts, te), (as_, ae), (cs, ce) = span("shelled"), span("Rebels"), span("killing 34")
    events = [
        row(event_id="e1", start=ts, end=te, text="shelled", event_type="ASSAULT", event_mode=None, factuality="asserted",
            actor_start=as_, actor_end=ae, actor_name="<i>Rebels</i>", killed_best=34.0, place=None)
    ]  # fmt: skip
    claims = [row(claim_id="c1", start=cs, end=ce, text="killing 34", value=34.0, low=float("nan"), modifier="exact")]
    article = row(title='Bridge <b>collapses</b> & "falls"', uri="data/raw/x.txt", text=TEXT, url='https://x.example/"onload="x')
    return page(article, {"events": events, "claims": claims})


class Balanced(html.parser.HTMLParser):
    """Checks that tags nest, and keeps the visible text of <article>."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "article" in self.stack:
            self.text += data


def test_the_page_nests_and_holds_the_whole_text_as_it_stands() -> None:
    parser = Balanced()
    parser.feed(sample())
    parser.close()
    assert not parser.stack
    for piece in TEXT.split("\n\n"):
        assert piece in parser.text


def test_nothing_of_the_article_becomes_markup() -> None:
    out = sample()
    assert out.count("<script>") == 1
    assert "alert(1)</script>" not in out
    assert "<b>" not in out
    assert "<i>" not in out
    parser = Balanced()
    parser.feed(out)
    assert not [k for k, _ in parser.attributes if k.startswith("on")]


def test_the_page_asks_for_nothing_from_the_network() -> None:
    assert not re.findall(r"""(?:src|href)\s*=|@import|url\(""", sample())


def test_numbers_and_nulls_in_tables() -> None:
    out = sample()
    assert '<td class="number">34</td>' in out
    assert "nan" not in out.lower().replace("finance", "")
    assert "event_mode" not in out  # a column without a value is left out


def test_paragraphs_point_into_the_text() -> None:
    text = "Title\n\n  First. \n\n\n\nSecond.\nStill second."
    assert [text[a:b] for a, b in paragraphs(text)] == ["Title", "First.", "Second.\nStill second."]
