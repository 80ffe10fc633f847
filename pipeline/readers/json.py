"""JSON: a file with one object, a list of objects, or an object a line (.jsonl). Lists and lines stream."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.readers.errors import BrokenJson, NoText, TooLarge
from pipeline.readers.options import ReadOptions
from pipeline.readers.record import Document, document_of, key_of
from pipeline.readers.stream import CHUNK, decoded, lines, open_bytes
from pipeline.text import encoding

SPACE = re.compile(r"[ \t\r\n\ufeff]*")
LIST_KEYS = ("articles", "items", "records", "documents", "results", "data")  # an object that wraps the list of records
DECODER = json.JSONDecoder(strict=False)  # strict=False lets line breaks and controls stand in strings, as careless exports have them
AS_OBJECTS = "give each article as an object with a text"
KEPT = "the records before it were read"

Item = tuple[str | None, "Document | Exception"]


def documents(path: Path, options: ReadOptions) -> Iterator[Item]:
    """(record key, document) of a .json file; a single object has no key. An exception stands for a record that cannot be read."""
    with open_bytes(path, options.max_unpacked_bytes) as stream:
        head = stream.peek(encoding.SNIFF_BYTES)
        known = encoding.sniff(head)
        opening = encoding.decode(head[: encoding.SNIFF_BYTES], known).text.lstrip("\ufeff \t\r\n")[:1]
        if opening == "[":
            yield from _listed(io.TextIOWrapper(stream, known or _charset(head), newline=""), options)
            return
        data = stream.read(options.max_document_bytes + 1)
    if len(data) > options.max_document_bytes:
        limit = f"the JSON object has more than {options.max_document_bytes:,} bytes"
        raise TooLarge(limit, "write one record a line (.jsonl) or a list of records")
    text = decoded(data).removeprefix("\ufeff")
    try:
        value = DECODER.decode(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":  # an object a line under the name .json
            yield from json_lines(path, options)
            return
        raise _broken(error, text) from error
    except (RecursionError, ValueError) as error:
        raise BrokenJson(f"the JSON cannot be read: {error}", "flatten its nesting, or check its numbers") from error
    if isinstance(value, dict):
        wrapped = next((value[k] for k in LIST_KEYS if isinstance(value.get(k), list) and value[k] and isinstance(value[k][0], dict)), None)
        if wrapped is None:
            yield None, document_of(value)
            return
        for number, record in enumerate(wrapped, 1):
            yield _record(record, number)
        return
    raise BrokenJson(f"the JSON is a {type(value).__name__}, not an object or a list of objects", AS_OBJECTS)


def json_lines(path: Path, options: ReadOptions) -> Iterator[Item]:
    """(record key, document) of each line with an object; a line that does not parse is an exception in its place."""
    seen = False
    for number, line in lines(path, options):
        if isinstance(line, TooLarge):
            yield f"line-{number}", line
            seen = True
            continue
        if not line.strip("\ufeff\x00 \t\r\n"):
            continue
        seen = True
        try:
            value = DECODER.decode(line.strip("\ufeff \t\r\n"))
        except json.JSONDecodeError as error:
            yield f"line-{number}", _broken(error, line, number)
        except (RecursionError, ValueError) as error:
            yield f"line-{number}", BrokenJson(f"line {number} cannot be read: {error}", "flatten its nesting, or check its numbers")
        else:
            yield _record(value, number)
    if not seen:
        raise NoText("there is no record in the file", "fetch it again, or remove it")


def _record(value: object, number: int) -> Item:
    """A record and its key: its own id where it has one, else its number in the file."""
    if not isinstance(value, dict):
        return f"record-{number}", BrokenJson(f"record {number} is a {type(value).__name__}, not an object", AS_OBJECTS)
    try:
        document = document_of(value)
    except NoText as error:
        return key_of(value) or f"record-{number}", NoText(f"record {number}: {error.message}", error.remedy)
    return document.source_id or str(number), document


def _broken(error: json.JSONDecodeError, text: str, number: int | None = None) -> BrokenJson:
    where = f"line {number}, column {error.colno}" if number else f"line {error.lineno}, column {error.colno}"
    near = text[max(0, error.pos - 20) : error.pos + 20]
    return BrokenJson(f"the JSON does not parse at {where}: {error.msg}, near {near!r}", "mend it there, or export it again")


def _charset(head: bytes) -> str:
    """The encoding of a long JSON list, from its first bytes (cut at a character)."""
    return encoding.decode(head[: encoding.SNIFF_BYTES].rpartition(b"\n")[0] or head).encoding


def _listed(stream: io.TextIOWrapper, options: ReadOptions) -> Iterator[Item]:
    """The objects of a JSON list, one after the other, holding only the one being read."""
    buffer, at, number, more = "", 0, 0, True

    def skip() -> str:
        """Moves past white space, reading on where the buffer ends; the next character or "" at the end."""
        nonlocal buffer, at, more
        while True:
            at = SPACE.match(buffer, at).end()  # type: ignore[union-attr]
            if at < len(buffer) or not more:
                return buffer[at : at + 1]
            buffer, at = stream.read(CHUNK), 0
            more = bool(buffer)

    try:
        skip()
        at += 1  # the opening bracket
        while (character := skip()) != "]":
            if number:
                if character != ",":
                    raise BrokenJson(f"the list breaks off after record {number}", f"export the file again; {KEPT}")
                at += 1
                skip()
            number += 1
            step = CHUNK
            while True:
                try:
                    value, at = DECODER.raw_decode(buffer, at)
                    break
                except json.JSONDecodeError as error:
                    if not more:
                        raise BrokenJson(
                            f"record {number} does not parse: {error.msg}, near {buffer[max(0, error.pos - 20) : error.pos + 20]!r}",
                            f"mend it there, or export the file again; {KEPT}",
                        ) from error
                    if len(buffer) - at > options.max_document_bytes:
                        limit = f"record {number} does not end within {options.max_document_bytes:,} characters"
                        raise TooLarge(limit, f"mend or split it; {KEPT}") from error
                    added = stream.read(step)
                    buffer, at, step, more = buffer[at:] + added, 0, 2 * step, bool(added)
                except (RecursionError, ValueError) as error:
                    raise BrokenJson(f"record {number} cannot be read: {error}", "flatten its nesting, or check its numbers") from error
            yield _record(value, number)
    except UnicodeDecodeError as error:
        raise BrokenJson(f"after record {number} the file is not {error.encoding}: {error.reason}", "convert it to UTF-8") from error
    if not number:
        raise NoText("the list has no record", "fetch it again, or remove it")
