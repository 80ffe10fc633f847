"""Temporal expressions: the table of cases, the calculus, the stage on Docs built by hand, and properties that hold for any text."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, Span, SpanGroup
from spacy.vocab import Vocab

from pipeline.article import Article
from pipeline.language.tense import tense_at
from pipeline.stages.dates import DateRow, dates
from pipeline.stages.sentences import Sentence
from pipeline.text import calendar, holidays
from pipeline.text.date_frame import Frame
from pipeline.text.date_reader import read_dates
from pipeline.text.date_resolve import normalise
from pipeline.text.date_story import is_narrative
from pipeline.text.date_tense import tense_near
from pipeline.text.dates import recognise
from pipeline.text.timex import duration_value, period_value

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "dates.jsonl").read_text(encoding="utf-8").splitlines()]


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@pytest.mark.parametrize("case", CASES, ids=[f"{i}: {c['why']}" for i, c in enumerate(CASES)])
def test_cases(case: dict[str, Any]) -> None:
    readings = read_dates(case["text"], recognise(case["text"]), day(case["published"]))
    got = [
        {
            "text": case["text"][r.span.start : r.span.end],
            "value": r.resolved.value,
            "start": str(r.date_start or "") or None,
            "end": str(r.date_end or "") or None,
        }
        for r in readings
    ]
    assert got == [{key: e[key] for key in ("text", "value", "start", "end")} for e in case["expect"]]


# --- calculus ---------------------------------------------------------------------------------------------------------------------------


def test_easter_of_both_churches() -> None:
    assert [calendar.easter(y) for y in (1961, 2000, 2019, 2038)] == [
        dt.date(1961, 4, 2),
        dt.date(2000, 4, 23),
        dt.date(2019, 4, 21),
        dt.date(2038, 4, 25),
    ]
    assert [calendar.orthodox_easter(y) for y in (2008, 2019, 2023)] == [dt.date(2008, 4, 27), dt.date(2019, 4, 28), dt.date(2023, 4, 16)]


def test_months_end_where_the_month_does() -> None:
    assert calendar.add_months(dt.date(2011, 1, 31), 1) == dt.date(2011, 2, 28)
    assert calendar.add_months(dt.date(2012, 3, 31), -1) == dt.date(2012, 2, 29)


def test_outside_the_calendar_is_none() -> None:
    assert calendar.add_days(dt.date.max, 1) is None
    assert calendar.add_months(dt.date(1, 1, 1), -1) is None
    assert calendar.safe_date(2011, 2, 30) is None
    assert calendar.week(2021, 53) is None


@given(st.dates(min_value=dt.date(1600, 1, 1), max_value=dt.date(2400, 1, 1)), st.sampled_from(list(calendar.FINENESS)))
def test_a_period_holds_the_day_it_is_made_of(date: dt.date, unit: Any) -> None:
    period = calendar.containing(date, unit)
    assert period is not None
    assert period.unit == unit
    assert unit == "weekend" or period.start <= date <= period.end
    following = calendar.shift(period, 1)
    assert following is not None
    assert unit == "weekend" or following.start == period.end + dt.timedelta(days=1)
    assert calendar.shift(following, -1) == period
    assert period_value(period) != period_value(following)


def test_moveable_holidays() -> None:
    assert holidays.first_days("eid_al_adha", 2006) == (dt.date(2006, 1, 10), dt.date(2006, 12, 31))  # the moon brings two in a year
    assert holidays.first_days("good_friday", 2013) == (dt.date(2013, 3, 29),)
    assert holidays.first_days("thanksgiving", 1999) == (dt.date(1999, 11, 25),)
    assert holidays.first_days("passover", 2022) == (dt.date(2022, 4, 16),)
    assert holidays.first_days("diwali", 1890) == ()  # not in the table: unknown, not guessed


@pytest.mark.parametrize(
    ("amount", "code", "factor", "value"),
    [
        (6, "W", 1, "P6W"),
        (2, "TH", 1, "PT2H"),
        (None, "D", 1, "PXD"),
        (None, "TM", 1, "PTXM"),
        (1.5, "Y", 1, "P1Y6M"),
        (0.5, "TH", 1, "PT30M"),
        (2, "DE", 1, "P20Y"),
        (1, "W", 2, "P2W"),
        (1.5, "D", 1, "P1DT12H"),
    ],
)
def test_duration_values(amount: float | None, code: str, factor: int, value: str) -> None:
    assert duration_value(amount, code, factor) == value


# --- frames of reference ----------------------------------------------------------------------------------------------------------------


def only(text: str) -> Any:
    spans = recognise(text)
    assert len(spans) == 1
    return spans[0]


@pytest.mark.parametrize(("tense", "value"), [("past", "2021-12"), ("future", "2022-12"), ("", "2021-12")])
def test_the_tense_of_the_clause_picks_the_month(tense: Any, value: str) -> None:
    assert normalise(only("in December"), Frame(published=dt.date(2022, 3, 1), tense=tense)).value == value


def test_a_narrative_reads_from_its_own_time() -> None:
    frame = Frame(published=dt.date(2009, 12, 19), story=calendar.month(1940, 6), narrative=True)
    resolved = normalise(only("In September"), frame)
    assert (resolved.value, resolved.basis) == ("1940-09", "narrative")


def test_histories_and_news_are_told_apart() -> None:
    history = "In 1914 war came. In May 1915 Italy joined. On 1 July 1916 the battle began. In 1917 revolts broke out. In 1918 it ended."
    news = "On Monday police said 40 were held. On Tuesday, in a case from 1998, three were freed. The law dates from 1975."
    assert is_narrative(recognise(history), dt.date(2009, 12, 19))
    assert not is_narrative(recognise(news), dt.date(2009, 12, 19))
    assert is_narrative(recognise(news), None)  # no day of speaking


@pytest.mark.parametrize(
    ("text", "tense"),
    [("The pair will meet on X", "future"), ("Rebels attacked the town on X", "past"), ("On X rebels attacked", "past"), ("X", "")],
)
def test_tense_from_the_words_around(text: str, tense: str) -> None:
    start = text.index("X")
    assert tense_near(text, start, start + 1) == tense


# --- any text ----------------------------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "the",
        "a",
        "last",
        "next",
        "this",
        "of",
        "in",
        "on",
        "since",
        "from",
        "to",
        "between",
        "and",
        "May",
        "march",
        "5",
        "12",
        "1998",
        "'98",
        "1990s",
        "first",
        "second",
        "quarter",
        "week",
        "years",
        "ago",
        "later",
        "before",
        "after",
        "early",
        "late",
        "mid",
        "end",
        "Friday",
        "Sun.",
        "Sept.",
        "Easter",
        "noon",
        "a.m.",
        "10:30",
        "-",
        "–",
        ",",
        ".",
        "(",
        "’s",
        "\n\n",
        "GMT",
        "BC",
        "few",
        "two",
        "twenty",
        "hundred",
        "half",
        "every",
        "per",
        "fiscal",
        "Q1",
        "9/11",
        "2012-13",
        "30000",
        "½",
        "é",
        "二月",
        "\x00",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join)), st.one_of(st.none(), st.dates()))
def test_any_text_is_read_without_error(text: str, published: dt.date | None) -> None:
    spans = recognise(text)
    last = 0
    for reading in read_dates(text, spans, published):
        span, resolved = reading.span, reading.resolved
        assert last <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        last = span.end
        assert resolved.value
        assert (resolved.date_start is None) == (resolved.period is None) or resolved.type == "DURATION"
        assert reading.date_start is None or reading.date_end is None or reading.date_start <= reading.date_end
    assert recognise(text) == spans


@pytest.mark.parametrize(
    "piece", ["Friday ", "1998-", "the ", "two hundred and ", "9", "a.m. ", " ", "\n", "May 5, ", "twenty-", "'", "(", "the last two "]
)
def test_hostile_input_is_read_to_its_end(piece: str) -> None:
    """Repetition that would send a backtracking pattern astray: every span still slices, and reading goes on behind the noise."""
    text = piece * (8_000 // len(piece)) + " It ended on 3 March 1998."
    found = recognise(text)
    assert all(0 <= s.start < s.end <= len(text) for s in found)
    rows = read_dates(text, found, dt.date(2022, 1, 1))
    assert any(r.resolved.value == "1998-03-03" for r in rows)


# --- the stage ---------------------------------------------------------------------------------------------------------------------------


def make(words: list[str], heads: list[int], deps: list[str], tags: list[str], pos: list[str]) -> Doc:
    spaces = [nxt not in ".,)" for nxt in [*words[1:], "."]]
    lemmas, starts = [w.lower() for w in words], [True] + [False] * (len(words) - 1)
    return Doc(Vocab(), words=words, spaces=spaces, heads=heads, deps=deps, tags=tags, pos=pos, lemmas=lemmas, sent_starts=starts)


def run(doc: Doc, published: dt.date | None, kind: str = "body") -> list[DateRow]:
    article = Article(article_id="a1", uri="x", text=doc.text, published=published)
    sentence = Sentence(article_id="a1", sentence_id=3, paragraph=0, start=0, end=len(doc.text), text=doc.text, kind=kind)  # type: ignore[arg-type]
    context = SimpleNamespace(rows=lambda row: [sentence], settings=None)
    return list(dates(article, doc, context))  # type: ignore[arg-type]


def will_meet() -> Doc:
    return make(
        ["They", "will", "meet", "on", "Friday", "."], [2, 2, 2, 4, 2, 2], ["nsubj", "aux", "root", "case", "obl", "punct"],
        ["PRP", "MD", "VB", "IN", "NNP", "."], ["PRON", "AUX", "VERB", "ADP", "PROPN", "PUNCT"],
    )  # fmt: skip


def test_stage_takes_the_tense_from_the_tree() -> None:
    doc = will_meet()
    assert tense_at(doc, 4, 5) == "future"
    (row,) = run(doc, dt.date(2022, 10, 5))
    assert (row.text, row.value, row.date_start, row.basis) == ("Friday", "2022-10-07", dt.date(2022, 10, 7), "relative")
    assert (row.sentence_id, row.signal) == (3, "on")
    assert 0 < row.confidence <= 1


def clause(text: str, heads: list[int], deps: str, tags: str, pos: str) -> Doc:
    return make(text.split(), heads, deps.split(), tags.split(), pos.split())


CLAUSES = [
    (
        "a present-tense verb's own weekday is to come",
        clause(
            "Both leaders meet Monday .", [1, 2, 2, 2, 2], "det nsubj root obl:unmarked punct", "DT NNS VBP NNP .",
            "DET NOUN VERB PROPN PUNCT",
        ),
        3, "future",
    ),
    (
        "but not the weekday of a noun",
        clause(
            "The move follows Monday 's raid .", [1, 2, 2, 2, 3, 2, 2], "det nsubj root obl case obj punct", "DT NN VBZ NNP POS NN .",
            "DET NOUN VERB PROPN PART NOUN PUNCT",
        ),
        3, "present",
    ),
    (
        "a weekday before a past verb is that verb's, wherever the tree hangs it",
        clause(
            "Rivals block trade , the ministry on Saturday called it unfair .", [1, 1, 1, 8, 5, 8, 7, 1, 1, 10, 8, 1],
            "nsubj root obj punct det nsubj case obl parataxis obj xcomp punct", "NNS VBP NN , DT NN IN NNP VBD PRP JJ .",
            "NOUN VERB NOUN PUNCT DET NOUN ADP PROPN VERB PRON ADJ PUNCT",
        ),
        7, "past",
    ),
    (
        "what was planned for a day lies ahead of the planning",
        clause(
            "Workers planned a rally on Saturday .", [1, 1, 3, 1, 5, 1, 1], "nsubj root det obj case obl punct", "NNS VBD DT NN IN NNP .",
            "NOUN VERB DET NOUN ADP PROPN PUNCT",
        ),
        5, "future",
    ),
    (
        "could not is past",
        clause(
            "He could not be reached Friday .", [4, 4, 4, 4, 4, 4, 4], "nsubj:pass aux advmod aux:pass root obl:unmarked punct",
            "PRP MD RB VB VBN NNP .", "PRON AUX PART AUX VERB PROPN PUNCT",
        ),
        5, "past",
    ),
    (
        "a participle's own weekday, hung on the verb above",
        clause(
            "Courts will suspend the order issued Thursday .", [2, 2, 2, 4, 2, 4, 2, 2], "nsubj aux root det obj acl obl:unmarked punct",
            "NNS MD VB DT NN VBN NNP .", "NOUN AUX VERB DET NOUN VERB PROPN PUNCT",
        ),
        6, "past",
    ),
    (
        "an apposition tells of its own time",
        clause(
            "They will leave the square , scene of clashes Friday .", [2, 2, 2, 4, 2, 6, 4, 8, 6, 8, 2],
            "nsubj aux root det obj punct appos case nmod nmod:unmarked punct", "PRP MD VB DT NN , NN IN NNS NNP .",
            "PRON AUX VERB DET NOUN PUNCT NOUN ADP NOUN PROPN PUNCT",
        ),
        9, "",
    ),
    (
        "due to, taken for an adverb",
        clause(
            "Inspectors are due to leave Syria Saturday .", [4, 4, 4, 2, 4, 4, 4, 4], "nsubj aux advmod fixed root obj obl:unmarked punct",
            "NNS VBP JJ IN VB NNP NNP .", "NOUN AUX ADJ ADP VERB PROPN PROPN PUNCT",
        ),
        6, "future",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("why", "doc", "at", "tense"), CLAUSES, ids=[c[0] for c in CLAUSES])
def test_tense_of_a_clause(why: str, doc: Doc, at: int, tense: str) -> None:
    assert tense_at(doc, at, at + 1) == tense, why


def test_stage_skips_boilerplate() -> None:
    assert run(will_meet(), dt.date(2022, 10, 5), kind="boilerplate") == []


def test_the_model_opens_the_gates() -> None:
    words = ["Spring", "brought", "rain", "."]
    doc = make(words, [1, 1, 1, 1], ["nsubj", "root", "obj", "punct"], ["NN", "VBD", "NN", "."], ["NOUN", "VERB", "NOUN", "PUNCT"])
    assert run(doc, dt.date(2022, 10, 5)) == []
    doc.spans["timex"] = SpanGroup(doc, name="timex", spans=[Span(doc, 0, 1, label="DATE")], attrs={"scores": [0.9]})
    (row,) = run(doc, dt.date(2022, 10, 5))
    assert (row.value, row.date_start) == ("2022-SP", dt.date(2022, 3, 1))


def test_what_only_the_model_sees_has_no_value() -> None:
    doc = make(["Back", "then", "."], [1, 1, 1], ["advmod", "root", "punct"], ["RB", "RB", "."], ["ADV", "ADV", "PUNCT"])
    doc.spans["timex"] = SpanGroup(doc, name="timex", spans=[Span(doc, 0, 2, label="DATE")], attrs={"scores": [0.9]})
    (row,) = run(doc, dt.date(2022, 10, 5))
    assert (row.text, row.value, row.date_start, row.basis, row.rule) == ("Back then", None, None, "none", "model")


def test_a_name_is_no_date() -> None:
    doc = make(
        ["He", "joined", "Black", "Friday", "Ltd", "."], [1, 1, 4, 4, 1, 1], ["nsubj", "root", "compound", "compound", "obj", "punct"],
        ["PRP", "VBD", "NNP", "NNP", "NNP", "."], ["PRON", "VERB", "PROPN", "PROPN", "PROPN", "PUNCT"],
    )  # fmt: skip
    assert [r.text for r in run(doc, dt.date(2022, 10, 5))] == ["Friday"]
    doc.set_ents([Span(doc, 2, 5, label="ORG")])
    assert run(doc, dt.date(2022, 10, 5)) == []


def test_another_pipeline_s_doc_will_do() -> None:
    doc = Doc(Vocab(), words=["Police", "came", "on", "Friday"])
    (row,) = run(doc, dt.date(2022, 10, 5))
    assert row.value == "2022-09-30"
