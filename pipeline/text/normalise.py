"""The form of an article's text: line ends, Unicode NFC, controls, paragraphs, and the title in front of the body."""

from __future__ import annotations

import re
import unicodedata

LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
SURROGATES = re.compile("[\ud800-\udfff]")
BLANK_LINES = re.compile(r"[^\S\n]*\n(?:[^\S\n]*\n)+")
MAYBE_MARKS = re.compile("[^\x00-\u02ff]{31,}")  # only such runs can hold more marks in a row than STREAM_SAFE
STREAM_SAFE = 30  # marks on one letter that Unicode's Stream-Safe Text Format (UAX #15) allows
JOINER = "\u034f"  # what it puts between them: COMBINING GRAPHEME JOINER
SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*\s*$|[\"”»]\s*$")
INITIALS_END = re.compile(r"(?:\b[A-Z]\.){2,}$")
INDENT = re.compile(r"\n(?=(?: {2,}|\t)\S)")
EDGE_WHITE = re.compile(r"\s+")
TITLE_CHARACTERS = 300  # the longest headline in world-news has 150; what is longer is a paragraph
TITLE_WORDS = 30  # as above: 24
WRAP_WIDTH = 100  # hard-wrapped text breaks at 60 to 80 characters; a paragraph of news is longer than that or ends a sentence
FOLD = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "})
SITE_SUFFIX = re.compile(r"\s+(?:[|·»]|[-–—])\s+[^|·»–—-]{2,40}$")


def clean(text: str) -> str:
    """One line end ("\\n"), NFC, a space for every control character, U+FFFD for lone surrogates, no byte order mark at the start.

    Everything else stays: white space runs, quotation marks, direction marks, zero-width characters. A control character
    becomes a space and does not vanish, so that two words do not become one.
    """
    text = LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    text = SURROGATES.sub("\ufffd", CONTROLS.sub(" ", text))
    return unicodedata.normalize("NFC", MAYBE_MARKS.sub(_stream_safe, text))


def _stream_safe(run: re.Match[str]) -> str:
    """The run with a joiner after every 30 marks in a row: normalising takes quadratic time in the marks of one letter."""
    out, marks = [], 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > STREAM_SAFE:
            out.append(JOINER)
            marks = 1
        out.append(character)
    return "".join(out)


def paragraphs(body: str) -> str:
    """The body (already `clean`) with a blank line between paragraphs.

    A body with blank lines keeps them (several become one). Without any, each line is a paragraph where half of the lines end like
    sentences or are longer than wrapped text; otherwise the text is hard-wrapped, and only indented lines begin a paragraph.
    """
    body = body.strip()
    if BLANK_LINES.search(body):
        return BLANK_LINES.sub("\n\n", body)
    lines = body.split("\n")
    if len(lines) == 1:
        return body
    inner = lines[:-1]
    ends = sum(bool(SENTENCE_END.search(line)) for line in inner)
    long = sum(len(line) > WRAP_WIDTH for line in inner)
    if 2 * ends >= len(inner) or 2 * long >= len(inner) or (len(inner) == 1 and looks_like_title(lines[0])):
        return "\n\n".join(line.rstrip() for line in lines)  # as BLANK_LINES takes the blanks before a break
    return INDENT.sub("\n\n", body)


def looks_like_title(paragraph: str) -> bool:
    """True where a first paragraph may be a headline: short, begins like one, and does not end like a sentence."""
    line = paragraph.strip()
    if not line or len(line) > TITLE_CHARACTERS or len(line.split()) > TITLE_WORDS or line.count("\n") > 1:
        return False
    if not any(c.isalpha() for c in line) or line[0].islower():
        return False
    return not re.search(r"[.:;,…][\"'”’)]*$", line) or bool(INITIALS_END.search(line))


def one_line(text: str) -> str:
    """Metadata (a title, a name) on one line, without white space at its edges."""
    return EDGE_WHITE.sub(" ", clean(text)).strip()


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """The text with quotation marks and dashes made plain and white space runs made one space, and where each character came from."""
    out: list[str] = []
    at: list[int] = []
    for i, c in enumerate(text.translate(FOLD)):
        if c.isspace():
            if out and out[-1] == " ":
                continue
            c = " "
        out.append(c)
        at.append(i)
    return "".join(out), at


def fold(text: str) -> str:
    """A form in which two spellings of one headline are equal: case, quotation marks, dashes and white space do not count."""
    return " ".join(text.translate(FOLD).casefold().split()).rstrip(" .")


def compose(title: str | None, body: str) -> tuple[str, int]:
    """(text, title_end): title, blank line, body. A body that begins with its title does not repeat it.

    `title` is one line or None; `body` has gone through `clean` and `paragraphs`. Where the body is nothing but the title, it is a body: a
    record whose one sentence was also given as its title is text to read.
    """
    if not title or len(title) > TITLE_CHARACTERS:
        return "\n\n".join(part for part in (title, body) if part), 0
    first, _, rest = body.partition("\n\n")
    if not rest and "\n" in first:  # the title may stand alone on the first of several single lines
        line, _, after = first.partition("\n")
        if _same_headline(title, line):
            first, rest = line, after
    if _same_headline(title, first):
        head = one_line(first)
        return (head + "\n\n" + rest.lstrip("\n"), len(head)) if rest.strip() else (body, 0)
    return title + "\n\n" + body, len(title)


def _same_headline(title: str, paragraph: str) -> bool:
    """True where the paragraph is the title, give or take the name of the site behind it ("… - BBC News")."""
    if len(paragraph) > 2 * TITLE_CHARACTERS:
        return False
    mine = fold(paragraph)
    return mine in (fold(title), fold(SITE_SUFFIX.sub("", title)))
