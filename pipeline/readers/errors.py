"""Why a file or record gave no article. Each class is what the `error` column of the failures table says.

ReadError
├── NotReadable     the system refuses (permission, vanished, a name too long)
├── NotAFile        a pipe, device, socket or broken link
├── LinkLoop        a link to a folder that holds it
├── UnknownFormat   a name whose ending no reader knows
├── EmptyFile       nothing, or nothing but white space
├── TooLarge        beyond a limit on memory
├── BrokenGzip      truncated or damaged compression
├── NotText         binary data, or bytes no encoding reads
├── BrokenJson      a JSON document or line that does not parse
├── BrokenTable     a CSV or Parquet file that does not parse or has no text column
├── NoText          a record or page without text
└── NotEnglish      text in another language
"""

# ruff: noqa: N818 (the names say what is wrong, and stand in a column called `error`)

from __future__ import annotations

from pipeline.errors import ReadError


class NotReadable(ReadError):
    pass


class NotAFile(ReadError):
    pass


class LinkLoop(ReadError):
    pass


class UnknownFormat(ReadError):
    pass


class EmptyFile(ReadError):
    pass


class TooLarge(ReadError):
    pass


class BrokenGzip(ReadError):
    pass


class NotText(ReadError):
    pass


class BrokenJson(ReadError):
    pass


class BrokenTable(ReadError):
    pass


class NoText(ReadError):
    pass


class NotEnglish(ReadError):
    pass
