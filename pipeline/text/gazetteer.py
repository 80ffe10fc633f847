"""The gazetteer: 240,000 settlements, provinces and districts by name, read from one compact file of arrays.

The file (pipeline/lexicons/gazetteer.npz, an extract of GeoNames, CC BY 4.0) is made by `pipeline.training.build_gazetteer`. It holds

- `keys`, `key_ends`: the sorted name keys as one UTF-8 blob and the end of each, so that a key is found by bisection without any Python
dict;
- `postings`, `posting_ends`: for each key the places so called; the sign bit marks an alternate name;
- one array per column of the places: `ids` (GeoNames id, 0 where none), `lat`, `lon` (1e-4 degrees), `population`, `country` and `admin1`
  (indices into `countries` and `admin1_names`), `kind` (0 settlement, 1 admin1, 2 admin2), and the names as a blob with ends.

Corrections (pipeline/lexicons/gazetteer_corrections.csv) are laid over it: rows that add a place, or give or take away a name.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import re
import unicodedata
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pipeline import lexicon
from pipeline.errors import LexiconError

Kind = Literal["city", "admin1", "admin2"]
KINDS: tuple[Kind, ...] = ("city", "admin1", "admin2")
MAX_KNOWN = 4096  # names kept in memory: news repeats them, and a thousand cost about a megabyte
ALTERNATE = np.int32(-(2**31))  # sign bit of a posting: the name is not the place's own

_APOSTROPHES = re.compile(r"['’‘ʼʻ`´ʿʾ.]")
_BREAKS = re.compile(r"[\s\-‐‑–_/,]+")
_SHORT = {"saint": "st", "mount": "mt", "fort": "ft", "sainte": "ste"}
_FOLD = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "Ł": "l",
        "đ": "d",
        "Đ": "d",
        "ø": "o",
        "Ø": "o",
        "ß": "ss",
        "æ": "ae",
        "Æ": "ae",
        "œ": "oe",
        "ə": "a",
        "Ə": "a",
        "ħ": "h",
    }
)


@functools.lru_cache(maxsize=4096)
def place_key(name: str) -> str:
    """The key a place name is looked up by: no case, marks, apostrophes or hyphens; "St." for Saint, "Mt" for Mount; no leading "the"."""
    folded = unicodedata.normalize("NFKD", name.translate(_FOLD))
    bare = "".join(c for c in folded if not unicodedata.combining(c)).casefold()
    words = _BREAKS.sub(" ", _APOSTROPHES.sub("", bare)).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(_SHORT.get(w, w) for w in words)


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One place of a name. lat, lon in degrees; country alpha-3; `own` whether the name is the place's own and not an alternate."""

    index: int
    name: str
    lat: float
    lon: float
    country: str
    admin1: str
    population: int
    kind: Kind
    geonames_id: int | None
    own: bool


class Gazetteer:
    """Read-only lookup over the arrays described in the module's docstring."""

    def __init__(self, arrays: dict[str, Any], corrections: lexicon.Lexicon | None = None) -> None:
        self._keys: bytes = arrays["keys"].tobytes()
        self._key_ends: npt.NDArray[np.uint32] = arrays["key_ends"]
        self._postings: npt.NDArray[np.int32] = arrays["postings"]
        self._posting_ends: npt.NDArray[np.uint32] = arrays["posting_ends"]
        self._names: bytes = arrays["names"].tobytes()
        self._name_ends: npt.NDArray[np.uint32] = arrays["name_ends"]
        self._columns = {c: arrays[c] for c in ("ids", "lat", "lon", "population", "country", "admin1", "kind")}
        self._countries: list[str] = arrays["countries"].tobytes().decode("ascii").split("\n")
        self._admin1: list[str] = arrays["admin1_names"].tobytes().decode("utf-8").split("\n")
        self._added: dict[str, list[Candidate]] = {}
        self._known: dict[str, list[Candidate]] = {}
        self._removed: set[tuple[str, int]] = set()
        self._moved: dict[tuple[str, str, str], dict[str, str]] = {}
        if corrections is not None:
            self._correct(corrections)

    def __len__(self) -> int:
        return len(self._name_ends)

    def lookup(self, name: str) -> list[Candidate]:
        """Every place of that name, most populous first; an empty list where the gazetteer lacks it."""
        key = place_key(name)
        if key in self._known:
            return self._known[key]
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[key] = found = self._look(key) if key else []
        return found

    def _look(self, key: str) -> list[Candidate]:
        found = [self.place(int(p) & 0x7FFFFFFF, own=int(p) >= 0) for p in self._find(key.encode("utf-8"))]
        if self._removed:
            found = [c for c in found if (key, c.geonames_id or 0) not in self._removed and (key, 0) not in self._removed]
        if self._moved:
            found = [self._shift(key, c) for c in found]
        added = self._added.get(key, [])
        corrected = {c.geonames_id for c in added if c.geonames_id is not None}
        found = [c for c in found if c.geonames_id not in corrected] + added
        return sorted(found, key=lambda c: (-c.population, c.index))

    def _shift(self, key: str, place: Candidate) -> Candidate:
        row = self._moved.get((key, place.kind, place.country))
        if row is None:
            return place
        number = int(row["geonames_id"]) if row["geonames_id"] else place.geonames_id
        return dataclasses.replace(place, lat=float(row["lat"]), lon=float(row["lon"]), geonames_id=number)

    def place(self, index: int, *, own: bool = True) -> Candidate:
        """The place at an index of the arrays."""
        column = self._columns
        start = int(self._name_ends[index - 1]) if index else 0
        return Candidate(
            index=index,
            name=self._names[start : int(self._name_ends[index])].decode("utf-8"),
            lat=float(column["lat"][index]) / 1e4,
            lon=float(column["lon"][index]) / 1e4,
            country=self._countries[int(column["country"][index])],
            admin1=self._admin1[int(column["admin1"][index])],
            population=int(column["population"][index]),
            kind=KINDS[int(column["kind"][index])],
            geonames_id=int(column["ids"][index]) or None,
            own=own,
        )

    def _find(self, key: bytes) -> npt.NDArray[np.int32]:
        low, high = 0, len(self._key_ends)
        while low < high:
            middle = (low + high) // 2
            if self._key(middle) < key:
                low = middle + 1
            else:
                high = middle
        if low == len(self._key_ends) or self._key(low) != key:
            return self._postings[:0]
        start = int(self._posting_ends[low - 1]) if low else 0
        return self._postings[start : int(self._posting_ends[low])]

    def _key(self, i: int) -> bytes:
        start = int(self._key_ends[i - 1]) if i else 0
        return self._keys[start : int(self._key_ends[i])]

    def _correct(self, corrections: lexicon.Lexicon) -> None:
        for n, row in enumerate(corrections.rows):
            key = place_key(row["name"])
            if row["action"] == "drop":
                self._removed.add((key, int(row["geonames_id"] or 0)))
                continue
            if row["action"] == "move":
                self._moved[key, row["kind"], row["country"]] = row
                continue
            if row["action"] != "add" or row["kind"] not in KINDS:
                raise LexiconError(
                    f"gazetteer_corrections.csv, {row['name']!r}: action {row['action']!r} with kind {row['kind']!r}",
                    "the action is add, move or drop; an added place has the kind city, admin1 or admin2",
                )
            place = Candidate(
                index=len(self) + n,
                name=row["name"],
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                country=row["country"],
                admin1=row["admin1"],
                population=int(row["population"] or 0),
                kind=KINDS[KINDS.index(row["kind"])],
                geonames_id=int(row["geonames_id"]) if row["geonames_id"] else None,
                own=True,
            )
            for alias in [row["name"], *filter(None, row["aliases"].split(";"))]:
                self._added.setdefault(place_key(alias), []).append(place)


@functools.cache
def load() -> Gazetteer:
    """The packaged gazetteer with its corrections; about 0.2 seconds once in a process. Raises LexiconError where the file is not the one
    recorded."""
    manifest = lexicon.load("gazetteer").rows[0]
    raw, digest = lexicon.load_bytes(manifest["file"])
    if digest != manifest["blake2b"]:
        raise LexiconError(
            f"{manifest['file']} is not the file gazetteer.csv records ({digest}, not {manifest['blake2b']})",
            "restore both files from one version, or rebuild them with python -m pipeline.training.build_gazetteer",
        )
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return Gazetteer({name: arrays[name] for name in arrays.files}, lexicon.load("gazetteer_corrections"))
