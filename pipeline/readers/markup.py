"""The plain text of HTML in one pass over its characters: no tree and no recursion, in linear time, so that any soup can be read.

Python's own html.parser takes quadratic time on unclosed comments, and tree parsers stop at deep nesting.
"""

from __future__ import annotations

import html
import re

VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    )
)
SILENT = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "nav",
        "footer",
        "form",
        "button",
        "select",
        "option",
        "iframe",
        "object",
    )
)
BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    )
)
RAW_END = {name: re.compile(f"</{name}", re.I) for name in ("script", "style", "textarea", "title")}  # what stands in them is no markup
MARKUP = re.compile(r"<p(?:\s[^<>]*)?>|</(?:p|div|span|a|li|h[1-6])>|<br\s*/?>", re.I)  # tags that no plain text of news has
TAG_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]*")
QUOTED_END = re.compile(r"""[^"'>]*(?:(?:"[^"]*"|'[^']*')[^"'>]*)*>""")
TAG_END_WITHIN = 20_000  # characters; a quotation mark that is never closed would otherwise swallow the page
NESTED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")


def depth(page: str) -> int:
    """How deep the page's elements may nest, counted on its tags."""
    deepest = level = 0
    for closing, name, empty in NESTED.findall(page):
        if name.lower() in VOID or empty:
            continue
        level = max(0, level - 1) if closing else level + 1
        deepest = max(deepest, level)
    return deepest


class PageText:
    """`paragraphs` of a page's blocks in order, without scripts, forms, heads and feet, and its `title` or None."""

    def __init__(self, page: str) -> None:
        self.paragraphs: list[str] = []
        self.title: str | None = None
        self._open: list[str] = []
        self._silent: list[str] = []
        self._read(page)
        self._break()

    def _read(self, page: str) -> None:
        at = 0
        while at < len(page):
            opening = page.find("<", at)
            if opening < 0:
                self._text(page[at:])
                return
            self._text(page[at:opening])
            if page.startswith("<!--", opening):
                end = page.find("-->", opening)
                at = len(page) if end < 0 else end + 3
            elif page.startswith(("<!", "<?"), opening):
                end = page.find(">", opening)
                at = len(page) if end < 0 else end + 1
            elif name := TAG_NAME.match(page, opening + 1):
                at = self._tag(page, name[0].lower(), name.end())
            else:
                self._text("<")
                at = opening + 1

    def _tag(self, page: str, name: str, at: int) -> int:
        """Takes in a tag whose name ends at `at`; where to read on."""
        end = QUOTED_END.match(page, at, at + TAG_END_WITHIN)
        close = page.find(">", at) + 1 if end is None else end.end()
        at = close or len(page)
        if name in RAW_END:
            over = RAW_END[name].search(page, at)
            if name == "title" and self.title is None and over:
                self.title = " ".join(html.unescape(page[at : over.start()]).split()) or None
            if over:
                return over.start()
            return at if name == "title" else len(page)
        if name == "body":
            self._silent.clear()  # a head that was never closed
        if name in SILENT:
            self._silent.append(name)
        elif name[:1] == "/" and name[1:] in self._silent:
            del self._silent[self._silent.index(name[1:]) :]
        elif name.removeprefix("/") in BLOCKS:
            self._break()
        return at

    def _text(self, raw: str) -> None:
        if raw and not self._silent:
            self._open.append(raw)

    def _break(self) -> None:
        if self._open:
            line = " ".join(html.unescape("".join(self._open)).split())
            self._open.clear()
            if line:
                self.paragraphs.append(line)

    @property
    def text(self) -> str:
        """Its paragraphs, each on a line."""
        return "\n".join(self.paragraphs)


def spaced(text: str) -> str:
    """Text with a line a paragraph in the tables' form, which has a blank line between paragraphs."""
    return "\n\n".join(line.strip() for line in text.split("\n") if line.strip())


def without_markup(text: str) -> str:
    """A record's text as it is, or the text of its paragraphs where it is HTML ("<p>…</p><p>…</p>")."""
    return spaced(PageText(text).text) if MARKUP.search(text) else text
