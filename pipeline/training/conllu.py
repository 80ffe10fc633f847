"""Reads CoNLL-U into documents with character offsets: words (multiword tokens split as UD does), sentences and paragraphs."""

from __future__ import annotations

import dataclasses
import gzip
import pathlib
from collections.abc import Iterator


@dataclasses.dataclass(slots=True)
class Word:
    """A syntactic word: offsets into the document's text, tags, and the index of its head in the document (itself for a root)."""

    start: int
    end: int
    form: str
    lemma: str
    upos: str
    xpos: str
    head: int
    deprel: str


@dataclasses.dataclass(slots=True)
class UDDocument:
    """A document: text with a blank line between paragraphs, its words, the first word of each sentence and of each paragraph."""

    doc_id: str
    text: str
    words: list[Word]
    sentence_starts: list[int]
    paragraph_starts: list[int]


def _split(form: str, parts: list[str]) -> list[int]:
    """Ends of the words of a multiword token in its surface form (don't -> do + n't): by the parts' lengths where they add up."""
    if sum(map(len, parts)) == len(form):
        ends, at = [], 0
        for part in parts:
            at += len(part)
            ends.append(at)
        return ends
    head = len(form) - sum(len(p) for p in parts[1:])
    if head < 1:  # the parts are longer than the form: share it out, one character at least each
        return [max(1, round(len(form) * (i + 1) / len(parts))) for i in range(len(parts) - 1)] + [len(form)]
    ends, at = [head], head
    for part in parts[1:]:
        at += len(part)
        ends.append(min(at, len(form)))
    return ends


def read_documents(path: str | pathlib.Path) -> Iterator[UDDocument]:
    """Documents of a .conllu or .conllu.gz file."""
    opener = gzip.open if str(path).endswith(".gz") else open
    doc: UDDocument | None = None
    lines: list[list[str]] = []
    new_paragraph, doc_id = False, ""
    with opener(path, "rt", encoding="utf-8") as file:
        for line in [*file, "\n"]:
            line = line.rstrip("\n")
            if line.startswith("# newdoc"):
                if doc and doc.words:
                    yield doc
                doc_id = line.split("=")[-1].strip()
                doc = UDDocument(doc_id, "", [], [], [])
                new_paragraph = True
            elif line.startswith("# newpar"):
                new_paragraph = True
            elif line and not line.startswith("#"):
                lines.append(line.split("\t"))
            elif not line and lines:
                doc = doc or UDDocument(doc_id, "", [], [], [])
                _add_sentence(doc, lines, new_paragraph)
                lines, new_paragraph = [], False
    if doc and doc.words:
        yield doc


def _add_sentence(doc: UDDocument, lines: list[list[str]], new_paragraph: bool) -> None:
    """Appends one sentence to the document."""
    if doc.text:
        doc.text = doc.text.rstrip(" ") + "\n\n" if new_paragraph else doc.text
    base = len(doc.words)
    doc.sentence_starts.append(base)
    if new_paragraph or not base:
        doc.paragraph_starts.append(base)
    rows = {int(r[0]): r for r in lines if r[0].isdigit()}
    ranges = {int(r[0].split("-")[0]): (int(r[0].split("-")[1]), r) for r in lines if "-" in r[0]}
    text, i = [], 1
    at = len(doc.text)

    def put(row: list[str], start: int, end: int, surface: str) -> None:
        head = int(row[6])
        index = base + int(row[0]) - 1
        doc.words.append(Word(start, end, surface, row[2], row[3], row[4], base + head - 1 if head else index, row[7]))

    while i <= len(rows):
        if i in ranges:
            last, row = ranges[i]
            form = row[1]
            parts = [rows[k][1] for k in range(i, last + 1)]
            start = 0
            for k, end in zip(range(i, last + 1), _split(form, parts), strict=True):
                put(rows[k], at + start, at + max(end, start), form[start:end])
                start = end
            misc, i = row[9], last + 1
        else:
            row = rows[i]
            form = row[1]
            put(row, at, at + len(form), form)
            misc, i = row[9], i + 1
        blank = "" if "SpaceAfter=No" in misc else " "
        text.append(form + blank)
        at += len(form) + len(blank)
    doc.text += "".join(text)
