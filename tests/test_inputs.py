"""Inputs: uris, what counts as unchanged, articles on their way through the spool."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import inputs
from pipeline.article import Article, Failure
from pipeline.ids import content_id
from pipeline.inputs import Noted, Source, Spool

ANY = st.text(max_size=30)  # lone surrogates too: a reader may let one through, and must not end the run


@pytest.mark.parametrize(
    ("uri", "expected"),
    [("a.json", True), ("a.jsonl#7", True), ("a.jsonl#7#8", True), ("a.json~2", True), ("b.json", False), ("a.jso", False)],
)
def test_which_uris_belong_to_a_source(uri: str, expected: bool) -> None:
    assert inputs.belongs(uri, {"a.json", "a.jsonl"}) is expected


def test_a_files_state_and_then_its_bytes_decide(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    source = Source(str(path), "a.txt")
    noted = inputs.note(source, 1, 0)
    assert noted is not None
    assert inputs.unchanged(source, noted)
    assert not inputs.unchanged(source, None)
    os.utime(path, (5, 5))
    assert inputs.unchanged(source, noted)  # touched: the bytes say so
    path.write_text("two")
    assert not inputs.unchanged(source, noted)
    path.unlink()
    assert not inputs.unchanged(source, noted)


def test_a_fresh_state_is_not_trusted(tmp_path: Path) -> None:
    """Within its clock's tick a file may change and keep its state."""
    path = tmp_path / "a.txt"
    path.write_text("one")
    source = Source(str(path), "a.txt")
    state = inputs.file_state(str(path))
    lying = Noted(state, max(state[1], state[2]) / 1e9 + 0.5, "another digest", 1, 0)
    assert not inputs.unchanged(source, lying)
    assert inputs.unchanged(source, dataclasses.replace(lying, noted=lying.noted + 10))


def test_uris_of_files_are_made_unique(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.jsonl#1", "b#2.txt"):
        (tmp_path / name).write_text("x")
    uris = [s.uri.removeprefix(f"{tmp_path}/") for s in inputs.find_sources([tmp_path])]
    assert uris == ["a.jsonl", "a.jsonl#1~2", "b#2.txt"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    items=st.lists(st.tuples(ANY, ANY, st.one_of(st.none(), st.dates(dt.date(1, 1, 1))), st.booleans()), max_size=6),
    source=ANY,
)
def test_the_spool_gives_back_what_was_put_in(
    items: list[tuple[str, str, dt.date | None, bool]], source: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    put: list[tuple[str, Article | Failure]] = []
    spool = Spool(folder, 3)
    for n, (uri, text, day, good) in enumerate(items):
        item: Article | Failure
        if good:
            item = Article(article_id=content_id(text), uri=uri, text=text, title=uri, published=day, dateline_end=n)
        else:
            item = Failure(uri=uri, error="NoText", message=text, remedy="none")
        put.append((source, item))
        spool.put(2, source, item)
        spool.see(uri, good)
    spool.close()
    assert list(inputs.spooled(folder, 2)) == put
    assert list(inputs.spooled(folder, 1)) == []
    assert inputs.uris_in(folder, "seen") == {inputs.uri_key(uri) for uri, *_ in items}
    assert inputs.uris_in(folder, "changed") == {inputs.uri_key(uri) for uri, _, _, good in items if good}
    for _, item in put:
        if isinstance(item, Article):
            raw = inputs.article_json(item, leave_out=("uri", "article_id", "text"))
            assert inputs.article_from_json(raw, uri=item.uri, article_id=item.article_id, text=item.text) == item


def test_every_field_but_the_uri_counts_for_the_digest() -> None:
    plain = Article(article_id="a", uri="u", text="t")
    digest = inputs.article_digest(plain)
    assert inputs.article_digest(dataclasses.replace(plain, uri="v")) == digest
    for name, value in (("text", "s"), ("title", "x"), ("published", dt.date(2020, 1, 1)), ("publisher", "p"), ("dateline_start", 3)):
        assert inputs.article_digest(dataclasses.replace(plain, **{name: value})) != digest, name


def test_tasks_hold_neighbours_alike_in_bytes(tmp_path: Path) -> None:
    sources = []
    for n in range(40):
        (tmp_path / f"{n:02d}").write_bytes(b"x" * (20_000 if n == 5 else 10))
        sources.append(Source(str(tmp_path / f"{n:02d}"), f"{n:02d}"))
    groups = list(inputs.tasks_of(sources, 4))
    assert [s for g in groups for s in g] == sources
    assert 2 <= len(groups) <= 5
