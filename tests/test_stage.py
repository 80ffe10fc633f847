"""Declarations of stages: their order, and contradictions between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import pytest

from pipeline.errors import DeclarationError
from pipeline.schema import Id, Row
from pipeline.stage import CorpusStage, Stage, arrange, corpus_stage, discover, stage


def row(name: str, *more: str) -> type[Row]:
    fields = [("article_id", Annotated[Id, "article"]), *((m, Annotated[str, m]) for m in more)]
    return dataclasses.make_dataclass(name, fields, bases=(Row,), frozen=True, kw_only=True)


A, B, C, S, T, M = (row(n, "key", "extra") for n in "ABCSTM")


def made(name: str, makes: type[Row], reads: Sequence[type[Row]] = (), **more: Any) -> Stage:
    def function(article: object, doc: object, ctx: object) -> Iterator[Row]:
        yield from ()

    function.__name__ = name
    return stage(table=more.pop("table", name), row=makes, reads=reads, version=1, **more)(function).stage  # type: ignore[attr-defined,no-any-return]


def filler(name: str, table: str, fills: Sequence[str], reads: Sequence[type[Row]], key: str = "key") -> CorpusStage:
    def function(tables: object, ctx: object) -> dict[str, tuple[str]]:
        return {}

    function.__name__ = name
    return corpus_stage(table=table, fills=fills, key=key, reads=reads, version=1)(function).corpus_stage  # type: ignore[attr-defined,no-any-return]


CORE = [made("sentences", S), made("tokens", T), made("marks", M)]


def test_stages_run_after_what_they_read_and_after_the_core() -> None:
    found = arrange([made("a", A, [B]), made("b", B, [C]), made("c", C), *CORE])
    assert [s.name for s in found.article] == ["sentences", "tokens", "marks", "c", "b", "a"]
    assert found.dependents({"c"}) == {"c", "b", "a"}
    assert found.dependents({"tokens"}) == {"tokens", "c", "b", "a"}
    assert found.dependents({"a"}) == {"a"}


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([made("a", A, [B]), made("b", B, [A])], "circle: a, b"),
        ([made("a", A, [B])], "'a' reads B, which no stage writes"),
        ([made("a", A), made("b", B, table="a")], "both write table 'a'"),
        ([made("a", A), made("a", B, table="b")], "two stages are called 'a'"),
        ([made("a", A, table="failures")], "both write table 'failures'"),
        (
            [made("a", dataclasses.make_dataclass("X", [("key", Annotated[str, "k"])], bases=(Row,), frozen=True, kw_only=True))],
            "first column is 'key'",
        ),
    ],
)
def test_contradictions(stages: list[Stage], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        arrange(stages)


def test_corpus_stages_run_after_those_that_fill_what_they_read() -> None:
    found = arrange([made("a", A), made("b", B)], [filler("first", "b", ["extra"], [A, B]), filler("second", "a", ["extra"], [A])])
    assert [s.name for s in found.corpus] == ["second", "first"]
    assert found.filled("a") == ("extra",)


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        (filler("x", "c", ["extra"], [A]), "fills table 'c', which no stage writes"),
        (filler("x", "a", ["other"], [A]), "a.other, which is not there"),
        (filler("x", "a", ["extra"], [A], key="nokey"), "a.nokey, which is not there"),
        (filler("x", "a", ["extra"], [B]), "reads B, which no stage writes"),
    ],
)
def test_contradictions_of_corpus_stages(corpus: CorpusStage, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        arrange([made("a", A)], [corpus])


def test_the_pipelines_own_stages_agree() -> None:
    found = discover()
    names = [s.name for s in found.article]
    assert names[:4] == ["articles", "sentences", "tokens", "marks"]
    assert sorted(("quotes", "claims", "events"), key=names.index) == ["quotes", "claims", "events"]
    assert {"articles", "sentences", "tokens", "marks", "entities", "dates", "claims", "quotes", "events", "event_actors"} <= set(
        found.tables
    )
    assert "duplicates" in [s.name for s in found.corpus]
