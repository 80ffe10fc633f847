"""CSV and Parquet files: one article a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.readers.errors import BrokenTable, EmptyFile, NoText, TooLarge
from pipeline.readers.options import ReadOptions
from pipeline.readers.record import Document, document_of, field_of, key_of
from pipeline.readers.stream import lines, open_bytes

DELIMITERS = ",;\t|"
BATCH_ROWS = 64  # rows of Parquet in memory at once: with the longest texts this stays under half a gigabyte
PACKED_DOCUMENTS = 8  # a packed Parquet file is unpacked in memory, so it may hold the largest document this many times
PARQUET_MAGIC = b"PAR1"

Item = tuple[str | None, "Document | Exception"]


def csv_rows(path: Path, options: ReadOptions) -> Iterator[Item]:
    """(record key, document) of each row of a CSV file with a header. A row with too many or too few cells is an exception in its place."""
    csv.field_size_limit(options.max_document_bytes)
    stream = _plain_lines(lines(path, options))
    first = next(stream, None)
    while first is not None and not first.strip("\ufeff \t\r\n\x00"):
        first = next(stream, None)
    if first is None:
        raise EmptyFile("there is nothing but white space", "fetch it again, or remove it")
    delimiter = max(DELIMITERS, key=lambda d: (_known_columns(first, d), first.count(d)))
    try:
        header = next(csv.reader([first.removeprefix("\ufeff")], delimiter=delimiter))
    except csv.Error as error:
        raise BrokenTable(f"the header does not parse: {error}", "give the table a header on a line of its own") from error
    if not any(f and f[0] == "text" for f in map(field_of, header)):
        raise BrokenTable(
            f"no column holds the text; the header is: {', '.join(h.strip()[:40] for h in header[:20])}",
            'name the column of the text "text", "body" or "content"',
        )
    # strict: a quotation mark that is never closed is an error and does not eat the rows after it unseen
    reader, number = csv.reader(stream, delimiter=delimiter, strict=True), 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield f"row-{number}", BrokenTable(f"row {number} does not parse: {error}", "quote its cells, or export the table again")
            continue
        if not cells:
            number -= 1
        elif len(cells) > len(header) or (len(cells) < len(header) and not _has_text(header, cells)):
            ragged = f"row {number} has {len(cells)} cells, the header has {len(header)}"
            yield f"row-{number}", BrokenTable(ragged, "quote cells that hold a delimiter")
        else:
            yield _row(dict(zip(header, cells, strict=False)), number)
    if number == 1:
        raise NoText("the table has a header and no rows", "fetch it again, or remove it")


def _known_columns(header: str, delimiter: str) -> int:
    return sum(field_of(cell.strip('"')) is not None for cell in header.strip().split(delimiter))


def _has_text(header: list[str], cells: list[str]) -> bool:
    """True where a short row still has its text: only trailing cells were left out."""
    return any(cell.strip() and (field_of(name) or ("",))[0] == "text" for name, cell in zip(header, cells, strict=False))


def _plain_lines(numbered: Iterable[tuple[int, str | TooLarge]]) -> Iterator[str]:
    for _, line in numbered:
        if isinstance(line, TooLarge):
            raise TooLarge(f"{line.message}; the rows after it were not read", line.remedy)
        yield line


def _row(record: dict[str, object], number: int) -> Item:
    try:
        document = document_of(record)
    except NoText as error:
        return key_of(record) or f"row-{number}", NoText(f"row {number}: {error.message}", error.remedy)
    return document.source_id or str(number), document


def parquet_rows(path: Path, options: ReadOptions) -> Iterator[Item]:
    """(record key, document) of each row of a Parquet file."""
    with open_bytes(path, options.max_unpacked_bytes) as stream:
        packed = re.search(r"\.gz$", path.name, re.I) is not None or stream.peek(4)[:4] != PARQUET_MAGIC
        # Parquet is read from its end, so a packed file has to be unpacked as a whole
        limit = PACKED_DOCUMENTS * options.max_document_bytes
        source: object = pa.BufferReader(_at_most(stream.read(limit + 1), limit)) if packed else str(path)
    try:
        table = pq.ParquetFile(source)
        columns = [c for c in table.schema_arrow.names if field_of(c)]
        if not any((field_of(c) or ("",))[0] == "text" for c in columns):
            raise BrokenTable(
                f"no column holds the text; there are: {', '.join(table.schema_arrow.names[:20])}",
                'name the column of the text "text", "body" or "content"',
            )
        number = 0
        for batch in table.iter_batches(batch_size=BATCH_ROWS, columns=columns):
            for record in batch.to_pylist():
                number += 1
                yield _row(record, number)
    except (pa.ArrowException, OSError, ValueError, OverflowError, UnicodeDecodeError) as error:
        if isinstance(error, BrokenTable):
            raise
        reason = (str(error) or type(error).__name__).splitlines()[0][:300]
        raise BrokenTable(f"the Parquet cannot be read: {reason}", "export it again") from error
    if not number:
        raise NoText("the table has no rows", "fetch it again, or remove it")


def _at_most(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise TooLarge(f"the packed Parquet has more than {limit:,} bytes", "unpack it: plain Parquet streams")
    return data
