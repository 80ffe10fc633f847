"""Which verb a date belongs to where the tree hangs it on the wrong one."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.language.timing import _told


def told(words: str, heads: list[int], deps: str, verbs: set[str], date: str) -> str | None:
    listed = words.split()
    pos = ["VERB" if w in verbs else "PUNCT" if w == "," else "NOUN" for w in listed]
    doc = Doc(Vocab(), words=listed, heads=heads, deps=deps.split(), pos=pos, lemmas=listed, tags=pos)
    found = _told(doc[listed.index(date)])
    return found.text if found is not None else None


@pytest.mark.parametrize(
    ("words", "heads", "deps", "date", "expected"),
    [
        # the comma stands between the date and the teller: the date is told
        (
            "Bombs exploded on Monday , police told reporters",
            [1, 6, 3, 6, 6, 6, 6, 6],
            "nsubj ccomp case obl punct nsubj ROOT obj",
            "Monday",
            "exploded",
        ),
        # the comma stands before the date: it dates the telling
        (
            "Bombs exploded , on Monday police told reporters",
            [1, 6, 6, 4, 6, 6, 6, 6],
            "nsubj ccomp punct case obl nsubj ROOT obj",
            "Monday",
            None,
        ),
        # the date behind the teller is the teller's
        (
            "Bombs exploded , police told reporters on Monday",
            [1, 4, 4, 4, 4, 4, 7, 4],
            "nsubj ccomp punct nsubj ROOT obj case obl",
            "Monday",
            None,
        ),
        # nothing is told
        ("On Monday police told reporters", [1, 3, 3, 3, 3], "case obl nsubj ROOT obj", "Monday", None),
    ],
)
def test_dates_of_what_is_told(words: str, heads: list[int], deps: str, date: str, expected: str | None) -> None:
    assert told(words, heads, deps, {"exploded", "told"}, date) == expected
