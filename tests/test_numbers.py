"""The grammar of numbers: behaviour as data (cases/numbers.jsonl), offsets under hostile text, speed."""

from __future__ import annotations

import json
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text import money, number_words, numbers, units
from pipeline.text.numbers import NumberSpan

CASES = [json.loads(line) for line in (pathlib.Path(__file__).parent / "cases" / "numbers.jsonl").read_text(encoding="utf-8").splitlines()]


def near(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else a == pytest.approx(b, rel=1e-9)


def shown(text: str, span: NumberSpan) -> tuple[object, ...]:
    unit = "score" if span.kind == "score" else span.unit
    return (text[span.start : span.end], span.value, span.low, span.high, span.modifier, span.kind, unit)


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_cases(case: dict[str, object]) -> None:
    text = str(case["text"])
    got = [shown(text, s) for s in numbers.quantities(text)]
    want = case["expect"]
    assert isinstance(want, list)
    assert [g[0] for g in got] == [w[0] for w in want], case["why"]
    for g, w in zip(got, want, strict=True):
        assert g[4:] == tuple(w[4:]), (g, case["why"])
        assert all(near(a, b) for a, b in zip(g[1:4], w[1:4], strict=True)), (g, w)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Article 5", "name"),
        ("on 5 October 2022", "date"),
        ("at 10:30 a.m.", "time"),
        ("the 3rd man", "ordinal"),
        ("call 555-123-4567", "phone"),
        ("no one came", "pronoun"),
        ("in 2019", "date"),
        ("twenty-first", "ordinal"),
    ],
)
def test_what_is_no_quantity_says_why(text: str, reason: str) -> None:
    assert [s.gate for s in numbers.find(text)] == [reason]


FRAGMENTS = st.sampled_from(
    ["12", "1,000", "$", "€", "1.5", "million",
     " ", "-", "–", "to", "between", "and", "a", "half", "dozen", "%", "km", "\n\n", "½", "3/4", "(", ")", "one",
     "in", "five", "at least", "or so", "year-old", "°C", "\u00a0", "’",
     "Rs", ".", ",", "thousands", "of", "x", "№", "#", "٣", "²", "per day", "aged"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS | st.text(max_size=4), max_size=14).map("".join))
def test_spans_stay_inside_the_text_and_apart(text: str) -> None:
    last = 0
    for span in numbers.find(text):
        assert 0 <= span.start <= span.number_start < span.number_end <= span.end <= len(text)
        assert span.start >= last or span.gate is not None
        assert span.low is None or span.high is None or span.low <= span.high
        last = max(last, span.end)


def test_a_number_reads_the_same_in_any_place() -> None:
    alone = numbers.quantities("at least 286")[0]
    inside = numbers.quantities("He said at least 286 of them fell.")[0]
    assert (alone.value, alone.low, alone.high, alone.modifier) == (inside.value, inside.low, inside.high, inside.modifier)


@pytest.mark.parametrize("name", ["kilometre", "degree Fahrenheit", "tonne", "acre", "mile per hour", "barrel"])
def test_units_have_si_values(name: str) -> None:
    unit = units.unit_named(name)
    assert unit is not None
    assert unit.si_unit
    assert unit.si(1.0) is not None


def test_si_values_are_right() -> None:
    span = numbers.quantities("212 degrees Fahrenheit")[0]
    assert span.si_unit == "kelvin"
    assert span.si_value == pytest.approx(373.15, abs=1e-3)
    assert numbers.quantities("2 miles")[0].si_value == pytest.approx(3218.688)


def test_every_alias_of_a_unit_is_its_own() -> None:
    seen: dict[str, str] = {}
    from pipeline import lexicon

    for row in lexicon.load("units").rows:
        for alias in (row["unit"], *row["aliases"].split("|")):
            if alias and alias != "~":
                assert seen.setdefault(alias.lower(), row["unit"]) == row["unit"], alias


@pytest.mark.parametrize(
    ("text", "story", "want"),
    [
        ("$5 million", money.Story(), (None, "ambiguous")),
        ("$5 million", money.Story(countries=("AUS", "USA")), ("AUD", "place")),
        ("$5 million", money.Story(countries=("BGD",)), ("USD", "convention")),
        ("$5 million", money.Story(countries=("AUS",), named=frozenset({"USD"})), ("USD", "article")),
        ("Rs 5 million", money.Story(countries=("PAK", "IND")), ("PKR", "place")),
        ("€5 million", money.Story(countries=("USA",)), ("EUR", "symbol")),
    ],
)
def test_an_open_currency_takes_the_storys(text: str, story: money.Story, want: tuple[str | None, str]) -> None:
    assert money.resolve(numbers.quantities(text)[0], story) == want


@pytest.mark.parametrize(
    ("text", "value"), [("1,5 million", 1.5e6), ("two lakh crore", 2e12), ("4 thousand 3 hundred and 21", 4321), ("six hundredths", 0.06)]
)
def test_cardinals(text: str, value: float) -> None:
    number = number_words.parse(text, 0)
    assert number is not None
    assert number.value == pytest.approx(value)
    assert number.end == len(text)
