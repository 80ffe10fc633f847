"""Publication dates from metadata, URLs and file names: what is no date stays none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.published import from_filename, from_metadata, from_url, year_in_path

DAY = dt.date(2022, 10, 5)


@pytest.mark.parametrize(
    "value",
    [
        "2022-10-05", "2022-10-05T23:59:59-11:00", "2022-10-05T00:10:00+14:00", "2022-10-05 10:00", "2022-10-05Z", "2022/10/5", "20221005",
        "20221005T101500Z", "20221005101500", "Wed, 05 Oct 2022 10:00:00 GMT", "5 October 2022", "October 5, 2022",
        "Oct. 5, 2022 at 4 p.m.",
        "Wednesday, October 5, 2022",
        "5th Oct 2022", "05-Oct-2022", 1664928000, "1664928000", 1664928000000, 1664928000.0,
        DAY, dt.datetime(2022, 10, 5, 23, 59, tzinfo=dt.UTC),
    ],
)  # fmt: skip
def test_metadata_is_taken_as_written(value: object) -> None:
    assert from_metadata(value) == DAY


@pytest.mark.parametrize(
    "value",
    [None, True, "", "soon", "2022", 2022, "2022-10", "2022-13-05", "2022-02-30", "5/10/2022", "12345678901234567890", "8640", 3.5,
     "10:00", "x" * 10_000, float("inf"), [], {}, "2022-10-05-extra"],
)  # fmt: skip
def test_what_is_no_date_stays_none(value: object) -> None:
    assert from_metadata(value) is None


def test_the_order_of_day_and_month_is_read_only_where_it_shows() -> None:
    assert from_metadata("13/10/2022") == from_metadata("10/13/2022") == dt.date(2022, 10, 13)
    assert from_metadata("5/5/2022") == dt.date(2022, 5, 5)
    assert from_metadata("5/10/2022") is None


@pytest.mark.parametrize(
    ("url", "expect"),
    [
        ("https://x.example/2022/10/05/army-left", DAY),
        ("https://x.example/world/2022/oct/05/army-left", DAY),
        ("https://x.example/a/2022-10-05-army.html", DAY),
        ("https://x.example/20221005/army.html", DAY),
        ("https://x.example/a?date=20221005&x=1", DAY),
        ("https://x.example/article/2022/army-idUSKBN0L01XS20221005", DAY),
        ("https://x.example/army-idUSKBN0L01XS20221005", DAY),
        ("https://x.example/news/world-asia-20221005", None),
        ("https://x.example/news/world-49284329", None),
        ("https://x.example/b33f9d6420d570ab3f3f7afece67b6bb", None),
        ("https://x.example/2022/10/army", None),
        ("https://x.example/a#2022-10-05", None),
        (None, None),
    ],
)
def test_urls(url: str | None, expect: dt.date | None) -> None:
    assert from_url(url) == expect


@pytest.mark.parametrize(
    ("name", "expect"),
    [
        ("2022-10-05_army.txt", DAY),
        ("army_20221005.json", DAY),
        ("army.2022.10.05.html", DAY),
        ("army-5-oct-2022.txt", DAY),
        ("13-10-2022.txt", dt.date(2022, 10, 13)),
        ("05-10-2022.txt", None),
        ("000_8640bbbaf4cd6015.txt", None),
        ("a20221005b.txt", None),
        ("20221399.txt", None),
        ("story12.txt", None),
    ],
)
def test_file_names(name: str, expect: dt.date | None) -> None:
    assert from_filename(name) == expect


def test_a_year_in_a_path_is_one_whole_segment() -> None:
    assert year_in_path("https://x.example/2014/story") == 2014
    assert year_in_path("https://x.example/2014/2015/story") is None
    assert year_in_path("https://x.example/a2014/story") is None


@settings(deadline=None)
@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.dates(), st.datetimes()))
def test_any_value_gives_a_date_or_none(value: object) -> None:
    assert from_metadata(value) is None or isinstance(from_metadata(value), dt.date)
    assert from_url(str(value)) is None or isinstance(from_url(str(value)), dt.date)
