"""Which files to read: paths and folders in a fixed order, links followed without loops, what is left out noted."""

from __future__ import annotations

import dataclasses
import errno
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.readers.errors import LinkLoop, NotAFile, NotReadable

LOG = logging.getLogger("pipeline.readers")
Note = Callable[[str], None]
"""Hears what is left out: "data/.git: hidden"."""
GOLD = ".gold.json"  # codings of articles, kept beside them by those who measure the pipeline
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A file to read, or the reason why a path gives none."""

    path: Path
    uri: str
    error: NotAFile | NotReadable | LinkLoop | None = None


def uri_of(path: str) -> str:
    """A path as a uri of the tables: POSIX, as given; control characters (a name can hold line breaks) and undecodable bytes are %XX."""
    name = path.replace(os.sep, "/") if os.sep != "/" else path
    return UNSAFE.sub(lambda m: "".join(f"%{byte:02X}" for byte in _bytes(m[0])), name)


def _bytes(character: str) -> bytes:
    """The bytes of a character; of a lone surrogate the undecodable byte it stands for in a file name, or its own code."""
    try:
        return character.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return character.encode("utf-8", "surrogatepass")


def find(paths: Iterable[str | os.PathLike[str]], note: Note = LOG.info) -> Iterator[Found]:
    """The files under the paths, each once: paths in the order given, folders in the order of their names, recursively.

    Hidden files and folders (unless given by name), `*.gold.json`, and files that an earlier path or link gave are left out with a note.
    """
    seen: set[tuple[int, int]] = set()
    for given in paths:
        path = Path(given)
        try:
            info = path.stat()
        except (OSError, ValueError) as error:
            yield _refused(path, error)
            continue
        if path.is_dir():
            yield from _folder(path, seen, ((info.st_dev, info.st_ino),), note)
        elif path.name.endswith(GOLD):
            note(f"{uri_of(str(path))}: left out, a coding and not an article")
        else:
            yield from _once(path, seen, (info.st_dev, info.st_ino), note)


def _refused(path: Path, error: OSError | ValueError) -> Found:
    if isinstance(error, (FileNotFoundError, ValueError)):
        link = isinstance(error, FileNotFoundError) and path.is_symlink()
        what = "it is a link to nothing" if link else "there is no such file or folder"
        return Found(path, uri_of(str(path)), NotAFile(what, "mend the path or the link"))
    if error.errno == errno.ELOOP:  # a link that leads to itself
        return Found(path, uri_of(str(path)), LinkLoop("it is a link that leads to itself", "remove the link"))
    reason = error.strerror or str(error)
    return Found(path, uri_of(str(path)), NotReadable(f"the system refuses: {reason}", "check the file's name and permissions"))


def _once(path: Path, seen: set[tuple[int, int]], identity: tuple[int, int], note: Note) -> Iterator[Found]:
    if identity in seen:
        note(f"{uri_of(str(path))}: left out, the same file has been read under another path")
        return
    seen.add(identity)
    yield Found(path, uri_of(str(path)))


def _folder(folder: Path, seen: set[tuple[int, int]], above: tuple[tuple[int, int], ...], note: Note) -> Iterator[Found]:
    """The files of a folder; `above` are the device and inode numbers of the folder and those it was reached through."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        yield _refused(folder, error)
        return
    for name in names:
        path = folder / name
        if name.startswith("."):
            note(f"{uri_of(str(path))}: left out, hidden")
            continue
        try:
            info = path.stat()
            is_folder = path.is_dir()
        except (OSError, ValueError) as error:
            yield _refused(path, error)
            continue
        identity = (info.st_dev, info.st_ino)
        if is_folder and identity in above:
            loop = LinkLoop("it is a link to a folder that holds it", "remove the link; the folder's files are read once")
            yield Found(path, uri_of(str(path)), loop)
        elif is_folder:
            yield from _folder(path, seen, (*above, identity), note)
        elif name.endswith(GOLD):
            note(f"{uri_of(str(path))}: left out, a coding and not an article")
        else:
            yield from _once(path, seen, identity, note)
