"""What a terminal shows of an article and of a folder of tables."""

from __future__ import annotations

from typing import Any

from pipeline.inspect import event_text, layer_marks, marked_text
from pipeline.status import failures_text, status_text

TEXT = "Police freed 12 miners in Sabha."
ARTICLE = {"title": None, "uri": "a.txt", "text": TEXT}


def at(piece: str, name: str = "") -> dict[str, int]:
    start = TEXT.index(piece)
    return {f"{name}start": start, f"{name}end": start + len(piece)}


TABLES: dict[str, list[dict[str, Any]]] = {
    "sentences": [{"start": 0, "end": len(TEXT)}],
    "claims": [{"claim_id": "c1", **at("12 miners"), "category": "released"}],
    "entities": [{"mention_id": "m1", **at("Sabha"), "label": "LOC"}],
    "events": [
        {"event_id": "e1", **at("freed"), "event_type": "RETREAT", "event_mode": "release", "factuality": "asserted",
         **at("Police", "actor_"), "actor_name": "Police", "place": "Sabha", **at("Sabha", "place_"), "date_start": None, "date_end": None,
         "claim_ids": "c1"}
    ],
}  # fmt: skip


def test_the_wanted_layers_are_marked_by_what_they_are() -> None:
    marks = layer_marks(TABLES, ("entities", "claims", "events"))
    assert marked_text(TEXT, marks, colours=False).plain == "Police [freed|RETREAT] [12 miners|released] in [Sabha|LOC]."
    assert layer_marks(TABLES, ("quotes",)) == []


def test_colours_leave_the_text_as_it_is() -> None:
    shown = marked_text(TEXT, layer_marks(TABLES, ("entities", "claims", "events")), colours=True)
    assert shown.plain == TEXT
    assert len(shown.spans) == 3


def test_an_event_comes_with_its_evidence() -> None:
    shown = event_text(ARTICLE, TABLES, TABLES["events"][0]).plain
    assert shown.splitlines() == [
        "RETREAT release asserted  actor Police · place Sabha  (e1)",
        "  evidence: [Police|actor] [freed|trigger] [12 miners|figure] in [Sabha|place].",
    ]


def test_status_says_what_matters() -> None:
    figures = {
        "uris": 12,
        "articles": 10,
        "rows": {"articles": 10, "events": 1234},
        "failures": {"NotText": 2},
        "versions": {"model": "abc", "stage:quotes": "2", "lexicon:a": "x", "lexicon:b": "y"},
        "last_run": {"run_id": "r1", "seconds": 3.25, "exit_code": 3, "stages": ["events"], "corpus_stages": []},
    }
    lines = [" ".join(line.split()) for line in status_text(figures).splitlines()]
    assert lines[0] == "12 inputs read, 10 different articles"
    for line in ("events 1,234", "NotText 2", "model abc", "stages quotes 2", "lexicons 2 by hash", "seconds 3.2", "corpus_stages none"):
        assert line in lines


def test_failures_that_agree_stand_together() -> None:
    row = {"stage": "read", "error": "EmptyFile", "message": "the file is empty", "remedy": "remove it"}
    shown = failures_text([{**row, "uri": "b.txt"}, {**row, "uri": "a.txt"}, {**row, "uri": "c", "error": "Other", "remedy": ""}])
    first, second = shown.split("\n\n")
    assert first.splitlines() == ["EmptyFile in read (2): the file is empty", "  what to do: remove it", "  a.txt", "  b.txt"]
    assert second.splitlines() == ["Other in read (1): the file is empty", "  c"]
    assert failures_text([]) == "no failures"
