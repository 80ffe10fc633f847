"""Near copies: what counts as one, and that only content decides which is the first."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pipeline.schema import Row
from pipeline.stages.duplicates import duplicates
from pipeline.text.signatures import FEWEST_WORDS, NEAR, first_copies, signature, similarity

WORDS = [a + b for a in ("ka", "ve", "lo", "mi", "su", "ra", "ni") for b in ("lan", "rik", "dor", "mes", "tov", "bin", "gar")]


def story(seed: int, words: int = 200) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def like(one: str, other: str) -> float:
    a, b = signature(one), signature(other)
    assert a is not None
    assert b is not None
    return similarity(a, b)


def test_an_update_is_near_and_another_story_is_not() -> None:
    first = story(1)
    assert like(first, first.upper().replace(" ", ", ")) == 1.0
    assert like(first, first.replace(WORDS[3], "19") + " " + story(2, 40)) >= NEAR
    assert like(first, story(3)) < 0.2


def test_the_estimate_is_close_to_the_truth() -> None:
    first, second = story(4, 400), story(4, 400)[:1000] + " " + story(5, 200)
    triples = [{tuple(w[i : i + 3]) for i in range(len(w) - 2)} for w in (first.split(), second.split())]
    assert like(first, second) == pytest.approx(len(triples[0] & triples[1]) / len(triples[0] | triples[1]), abs=0.1)


def test_short_texts_are_no_copies() -> None:
    assert signature(story(1, FEWEST_WORDS - 1)) is None
    assert first_copies({"a": None, "b": None}, ["a", "b"]) == {"a": None, "b": None}


def test_a_copy_of_a_copy_names_the_first() -> None:
    base = story(6, 300).split()
    chain = {f"a{k}": signature(" ".join(base[: 300 - 60 * k] + story(7, 60 * k).split())) for k in range(3)}
    assert similarity(chain["a0"] or b"", chain["a1"] or b"") >= NEAR
    found = first_copies(chain, ["a0", "a1", "a2"])
    assert found == {"a0": None, "a1": "a0", "a2": "a0"}


class FakeTables:
    """Rows of `articles` as the runner shows them, in shards of two."""

    def __init__(self, rows: list[dict[str, object]]) -> None:
        self.rows, self.texts_read = rows, 0

    def parts(self, row: type[Row], columns: Sequence[str]) -> Iterator[pa.Table]:
        self.texts_read += "text" in columns
        for at in range(0, len(self.rows), 2):
            yield pa.table({c: [r[c] for r in self.rows[at : at + 2]] for c in columns})

    def read(self, row: type[Row], columns: Sequence[str]) -> pa.Table:
        return pa.concat_tables(self.parts(row, columns))


def rows() -> list[dict[str, object]]:
    text = story(8)
    return [
        {"uri": "late", "article_id": "1", "published": dt.date(2020, 1, 3), "text": text + " once more"},
        {"uri": "early", "article_id": "9", "published": dt.date(2020, 1, 1), "text": text},
        {"uri": "early again", "article_id": "9", "published": None, "text": text},
        {"uri": "undated", "article_id": "0", "published": None, "text": "again " + text},
        {"uri": "other", "article_id": "5", "published": dt.date(2019, 1, 1), "text": story(9)},
        {"uri": "short", "article_id": "6", "published": None, "text": "Police said."},
    ]


EXPECTED = {
    "late": ("9", "near"),
    "early": (None, None),
    "early again": (None, None),
    "undated": ("9", "near"),
    "other": (None, None),
    "short": (None, None),
}


@pytest.mark.parametrize("seed", range(5))
def test_the_first_is_the_earliest_published_in_any_order(seed: int) -> None:
    shuffled = rows()
    random.Random(seed).shuffle(shuffled)
    assert duplicates(FakeTables(shuffled), SimpleNamespace(memo={}, settings=None)) == EXPECTED  # type: ignore[arg-type]


def test_signatures_are_made_once() -> None:
    tables, memo = FakeTables(rows()), {}  # type: ignore[var-annotated]
    ctx = SimpleNamespace(memo=memo, settings=None)
    first = duplicates(tables, ctx)  # type: ignore[arg-type]
    assert (tables.texts_read, set(memo)) == (1, {"1", "9", "0", "5", "6"})
    assert duplicates(tables, ctx) == first  # type: ignore[arg-type]
    assert tables.texts_read == 1
