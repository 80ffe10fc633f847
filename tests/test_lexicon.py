"""Loading of lexicons: rows, comments, and messages that name file, line and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import lexicon
from pipeline.errors import LexiconError

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a lexicon of the given text, and gives its name."""
    monkeypatch.setattr("pipeline.lexicon.resources.files", lambda package: tmp_path)
    lexicon.load.cache_clear()
    lexicon.digest.cache_clear()

    def written(text: str) -> str:
        (tmp_path / "sample.csv").write_text(text, encoding="utf-8")
        return "sample"

    return written


@pytest.fixture(autouse=True)
def fresh() -> None:
    lexicon.load.cache_clear()
    lexicon.digest.cache_clear()


def test_rows_are_dictionaries_and_comments_are_left_out(write: Write) -> None:
    found = lexicon.load(write('# sources: none\nlemma,class\n\nsay,say\n"claim, that", claim \n# end\nask,\n'))
    assert found.columns == ("lemma", "class")
    assert found.rows == ({"lemma": "say", "class": "say"}, {"lemma": "claim, that", "class": "claim"}, {"lemma": "ask", "class": ""})
    assert found.digest == lexicon.digest("sample")


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,b\n# note\n1,2\n3\n", "line 4 has 1 cells, the header has 2"), ("# only a comment\n", "is empty")],
)
def test_what_is_wrong_is_named(write: Write, text: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message) as caught:
        lexicon.load(write(text))
    assert caught.value.remedy
    assert caught.value.exit_code == 2


def test_a_lexicon_that_is_not_there(write: Write) -> None:
    for use in (lexicon.load, lexicon.digest):
        with pytest.raises(LexiconError, match="no lexicon 'nothing'"):
            use("nothing")


def test_every_lexicon_of_the_package_loads() -> None:
    folder = Path(lexicon.__file__).with_name("lexicons")
    names = sorted(p.stem for p in folder.glob("*.csv"))
    assert names
    for name in names:
        assert lexicon.load(name).rows, name
