"""Bytes and lines of a file, packed or not, with limits: nothing here holds more than one line or one document in memory."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path

from pipeline.readers.errors import BrokenGzip, EmptyFile, NotAFile, NotReadable, NotText, TooLarge
from pipeline.readers.options import ReadOptions
from pipeline.text import encoding

CHUNK = 1 << 18
BOMB_RATIO = 200  # gzip packs news 3 to 10 times, a table with many empty cells 50 times, and nothing but repetition more than 200 times
BOMB_FROM = 20_000_000  # bytes unpacked before the ratio counts: less does no harm
GZIP_MAGIC = b"\x1f\x8b"


class Limited(io.RawIOBase):
    """A binary stream that stops with TooLarge after `limit` bytes, and tells damage in a gzip file as BrokenGzip."""

    def __init__(self, file: io.BufferedReader, limit: int, packed: bool) -> None:
        self.file, self.left, self.limit, self.packed = file, limit, limit, packed
        self.inner: gzip.GzipFile | io.BufferedReader = gzip.GzipFile(fileobj=file) if packed else file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            # read1, since read would drop the good data before the damage in a packed file
            data = self.inner.read1(min(len(view), CHUNK))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BrokenGzip(f"the gzip data is damaged or cut off: {error}", "fetch or pack the file again") from error
        except OSError as error:
            raise NotReadable(f"the system cannot read it: {error.strerror or error}", "check the disk and permissions") from error
        self.left -= len(data)
        if self.packed and self.left >= 0 and self.limit - self.left > max(BOMB_FROM, BOMB_RATIO * self.file.tell()):
            raise TooLarge(f"its first {self.file.tell():,} bytes unpack to more than {BOMB_RATIO} times as many", "unpack and check it")
        if self.left < 0:
            raise TooLarge(
                f"it holds more than {self.limit:,} bytes{' unpacked' if self.packed else ''}",
                "split it, or raise the reading limit in the configuration if it really is news",
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.inner.close()
        self.file.close()  # a GzipFile leaves the file it was given open
        super().close()


def open_bytes(path: Path, limit: int) -> io.BufferedReader:
    """The file's bytes, unpacked where they begin like gzip. Raises NotAFile, NotReadable, EmptyFile; reading TooLarge, BrokenGzip."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise NotAFile("it is not a regular file (a pipe, device or socket)", "copy its data to a file first")
        raw = path.open("rb")
    except FileNotFoundError as error:
        link = path.is_symlink()
        raise NotAFile("it is a link to nothing" if link else "there is no such file", "mend the path or the link") from error
    except OSError as error:
        raise NotReadable(f"the system refuses: {error.strerror or error}", "check the file's name and permissions") from error
    except ValueError as error:  # a NUL in the path
        raise NotAFile(f"no file can have this name: {error}", "mend the path") from error
    head = raw.peek(2)[:2]
    if not head:
        raw.close()
        raise EmptyFile("the file is empty", "fetch it again, or remove it")
    packed = head == GZIP_MAGIC
    return io.BufferedReader(Limited(raw, limit, packed), CHUNK)


def whole_text(path: Path, options: ReadOptions) -> str:
    """A small file's text, decoded. Raises EmptyFile and NotText too."""
    with open_bytes(path, options.max_document_bytes) as stream:
        data = stream.read()
    return decoded(data)


def decoded(data: bytes, known: str | None = None) -> str:
    """Bytes of a document as text; EmptyFile where there is only white space, NotText where they are binary."""
    text = encoding.decode(data, known).text
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise EmptyFile("there is nothing but white space", "fetch it again, or remove it")
    if encoding.looks_binary(text):
        raise NotText("the bytes are binary data or in an unknown encoding", "convert it to UTF-8 text")
    return text


def lines(path: Path, options: ReadOptions) -> Iterator[tuple[int, str | TooLarge]]:
    """(line number from 1, line with its line end) of a text file, decoded line by line. A TooLarge stands for a line beyond the limit."""
    with open_bytes(path, options.max_unpacked_bytes) as stream:
        known = encoding.sniff(stream.peek(encoding.SNIFF_BYTES))
        if known and not known.startswith("utf-8"):
            yield from _decoded_lines(stream, known, options.max_document_bytes)
            return
        number = 0
        while line := stream.readline(options.max_document_bytes):
            number += 1
            if line == b"\n":  # a file can be nothing but these; decoding each would take minutes
                yield number, "\n"
                continue
            if len(line) >= options.max_document_bytes and not line.endswith(b"\n"):
                yield number, TooLarge(f"line {number} has more than {options.max_document_bytes:,} bytes", "split the record")
                while (rest := stream.readline(CHUNK)) and not rest.endswith(b"\n"):
                    pass
                continue
            yield number, encoding.decode(line, known if number == 1 else None).text


def _decoded_lines(stream: io.BufferedReader, known: str, limit: int) -> Iterator[tuple[int, str | TooLarge]]:
    """The lines of a UTF-16 or UTF-32 file, whose bytes cannot be split at line ends."""
    reader = io.TextIOWrapper(stream, known, "replace", newline="\n")
    number = 0
    while line := reader.readline(limit):
        number += 1
        if len(line) >= limit and not line.endswith("\n"):
            yield number, TooLarge(f"line {number} has more than {limit:,} characters", "split the record")
            while (rest := reader.readline(CHUNK)) and not rest.endswith("\n"):
                pass
            continue
        yield number, line.removeprefix("\ufeff") if number == 1 else line
