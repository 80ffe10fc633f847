"""The sample articles: every format is there, and each tells title and date."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.article import Article
from pipeline.readers import read

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    items = list(read([RAW]))
    assert all(isinstance(a, Article) for a in items), items
    return [a for a in items if isinstance(a, Article)]


def test_eight_stories_and_an_update(articles: list[Article]) -> None:
    assert len(articles) == 9
    assert len({a.article_id for a in articles}) == 9


def test_formats() -> None:
    assert {"".join(p.suffixes) for p in RAW.iterdir()} == {".txt", ".html", ".json", ".jsonl", ".csv.gz"}


def test_dates_titles_and_publishers_are_read(articles: list[Article]) -> None:
    for a in articles:
        assert a.published is not None, a.uri
        assert a.title, a.uri
        assert a.text.startswith(a.title)
    assert {a.published_basis for a in articles} >= {"metadata", "html", "filename"}
    assert sum(a.dateline_place is not None for a in articles) >= 7


def test_the_web_page_s_menu_is_not_read(articles: list[Article]) -> None:
    (page,) = [a for a in articles if a.uri.endswith(".html")]
    assert "Sport" not in page.text
    assert page.byline == "Dana Sadykova"
    assert str(page.published) == "2023-10-09"
    assert page.publisher == "The Steppe Courier"


def test_stories_are_long_enough_to_be_read(articles: list[Article]) -> None:
    assert all(200 < len(a.text.split()) < 600 for a in articles)
