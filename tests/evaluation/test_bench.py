"""The bench reads the same different stories every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluation.bench import LEAST_WORDS, InlineExecutor, stories, write_stories
from pipeline.evaluation.rival import rival

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


def test_stories_are_different_and_the_same_every_time(tmp_path: Path) -> None:
    first, again = list(stories(RAW, 30)), list(stories(RAW, 30))
    assert first == again
    assert len({s["text"] for s in first}) == 30
    words = write_stories(RAW, 30, tmp_path / "a.jsonl")
    assert words == sum(len(f"{s['title']} {s['text']}".split()) for s in first)


def test_stories_are_of_a_real_length() -> None:
    found = list(stories(RAW, 20))
    assert all(len(s["text"].split()) >= LEAST_WORDS for s in found)


def test_the_rival_is_a_whole_pipeline() -> None:
    nlp = rival(["NN", "VBZ"], ["nsubj", "obj"])
    doc = nlp("Ministers met. They talked.")
    assert nlp.pipe_names == ["tok2vec", "tagger", "parser", "ner"]
    assert all(doc.has_annotation(layer) for layer in ("TAG", "DEP", "ENT_IOB"))


def test_a_longer_bench_begins_like_a_shorter_one() -> None:
    assert list(stories(RAW, 12))[:5] == list(stories(RAW, 5))


def test_an_empty_folder_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no articles"):
        list(stories(tmp_path, 1))


def test_the_inline_executor_gives_results_and_errors() -> None:
    executor = InlineExecutor()
    assert executor.submit(pow, 2, 5).result() == 32
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result()
