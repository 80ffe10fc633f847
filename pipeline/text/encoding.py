"""Bytes to text: byte order marks, UTF-8, Windows-1252, then charset-normalizer's best guess.

Mojibake that is already in the text ("â€œ") is left as it is: repairing it would be a guess, and would move offsets.
"""

from __future__ import annotations

import codecs
import dataclasses
import re

BOMS = (  # the UTF-32 marks first: the little-endian one begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SNIFF_BYTES = 65_536  # enough to tell UTF-16 from binary; also the sample charset-normalizer sees, which is slow on long input
CP1252_HOLES = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # bytes Windows-1252 does not define
# English in Windows-1252 is nearly all ASCII: quotes, dashes and an accent now and then. Cyrillic, Greek, Arabic or East Asian code
# pages have most letters above 0x7f. Measured on world news written as cp1252, no story has more than 4 % high bytes.
CP1252_MOST_HIGH = 0.15
UTF8_MULTI = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
HIGH = re.compile(rb"[\x80-\xff]")
# Text has a tab or line break now and then; compressed data or images have a control character in every tenth byte or so.
MOST_CONTROLS = 0.10
FEWEST_CONTROLS = 8  # a sentence with a few stray ones is still text
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")


@dataclasses.dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read by, and how many bytes that encoding could not read (each became U+FFFD)."""

    text: str
    encoding: str
    bad_bytes: int = 0


def sniff(head: bytes) -> str | None:
    """The encoding that the first bytes of a file show beyond doubt (a byte order mark, or the zero bytes of UTF-16 English), or None."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    head = head[:SNIFF_BYTES]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    # English in UTF-16 has a zero in nearly every second byte and hardly any in between
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    if even > 0.7 and odd < 0.1:
        return "utf-16-be"
    return None


def without_bom(data: bytes) -> bytes:
    """The bytes without a byte order mark."""
    for mark, _ in BOMS:
        if data.startswith(mark):
            return data[len(mark) :]
    return data


def decode(data: bytes, known: str | None = None) -> Decoded:
    """Bytes to text. `known` is an encoding the caller is sure of (from `sniff` or an HTML header); without it, see the module's order.

    Bytes that are mostly valid UTF-8 with a few broken ones are read as UTF-8 with U+FFFD for the broken ones, since reading
    them as Windows-1252 would spoil every quotation mark of the rest.
    """
    encoding = known or sniff(data)
    data = without_bom(data)
    if encoding is not None:
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            if encoding.startswith("utf-"):
                text = data.decode(encoding, "replace")
                return Decoded(text, encoding, text.count("\ufffd"))
        else:
            return Decoded(text, encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    valid = sum(len(m) for m in UTF8_MULTI.findall(data))
    high = len(HIGH.findall(data))
    if valid > high - valid:
        text = data.decode("utf-8", "replace")
        return Decoded(text, "utf-8", high - valid)
    if high <= CP1252_MOST_HIGH * len(data) and not CP1252_HOLES.search(data):
        return Decoded(data.decode("cp1252"), "cp1252")
    return _guess(data)


def _guess(data: bytes) -> Decoded:
    """charset-normalizer's best guess, or Windows-1252 with U+FFFD for the undefined bytes where it has none."""
    from charset_normalizer import from_bytes  # here, since most runs never need it

    best = from_bytes(data[:SNIFF_BYTES]).best()
    if best is not None:
        text = data.decode(best.encoding, "replace")
        return Decoded(text, best.encoding, text.count("\ufffd"))
    text = data.decode("cp1252", "replace")
    return Decoded(text, "cp1252", text.count("\ufffd"))


def looks_binary(text: str) -> bool:
    """True where so many characters are control or replacement characters that this was never text."""
    return len(CONTROLS.findall(text)) > max(FEWEST_CONTROLS, MOST_CONTROLS * len(text))
