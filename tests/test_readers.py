"""The readers: what each format gives, in which order, under which uri."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.article import Article, Failure
from pipeline.readers import FORMATS, ReadOptions, read

STORY = "The army retook the port of Velika on Monday, officials said. At least 12 soldiers were killed."
BODY = STORY + "\n\nThe rebels denied the report."


def articles(*paths: Path, options: ReadOptions | None = None) -> list[Article]:
    found = list(read(paths, options))
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


def one(path: Path, options: ReadOptions | None = None) -> Article:
    (article,) = articles(path, options=options)
    return article


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_text_file_with_title(tmp_path: Path) -> None:
    article = one(write(tmp_path / "story.txt", "Army retakes port\n\n" + BODY))
    assert article.title == "Army retakes port"
    assert article.text == "Army retakes port\n\n" + BODY
    assert article.text[: article.title_end] == article.title
    assert article.uri.endswith("story.txt")


@pytest.mark.parametrize(
    ("first", "titled"),
    [
        ("Army retakes port", True),
        ("Who fired the first shot?", True),
        ("Rebels leave the U.N.", True),
        ("The army retook the port on Monday.", False),
        ("VELIKA (Reuters) - Army retakes port", False),
        ("Image copyright Reuters", False),
        ("By Jane Roe", False),
        ("and so it went on", False),
    ],
)
def test_first_paragraph_is_a_title_when_it_looks_like_one(tmp_path: Path, first: str, titled: bool) -> None:
    article = one(write(tmp_path / "a.txt", f"{first}\n\n{BODY}"))
    assert (article.title == first, article.title_end > 0) == (titled, titled)
    assert article.text == f"{first}\n\n{BODY}"


def test_one_sentence_is_a_body_and_not_a_title(tmp_path: Path) -> None:
    article = one(write(tmp_path / "a.txt", "Police said"))
    assert (article.title, article.title_end, article.text) == (None, 0, "Police said")


def test_html_page(tmp_path: Path) -> None:
    page = f"""<!DOCTYPE html><html><head><title>Army retakes port | The Velika Times</title>
    <meta property="og:title" content="Army retakes port"><meta property="og:site_name" content="The Velika Times">
    <meta name="author" content="Jane Roe"><meta property="article:published_time" content="2021-03-04T23:30:00-05:00"></head>
    <body><nav><a href="/">Home</a></nav><article><h1>Army retakes port</h1><p>{STORY * 3}</p><p>The rebels denied the report.</p>
    <script>var x = "<p>no</p>";</script></article><footer>All rights reserved.</footer></body></html>"""
    article = one(write(tmp_path / "page.html", page))
    assert article.text == f"Army retakes port\n\n{STORY * 3}\n\nThe rebels denied the report."
    assert (article.title, article.byline, article.publisher) == ("Army retakes port", "Jane Roe", "The Velika Times")
    assert (article.published, article.published_basis) == (dt.date(2021, 3, 4), "html")


def test_html_declares_its_encoding(tmp_path: Path) -> None:
    page = f'<html><head><meta charset="windows-1251"></head><body><p>{STORY} The band played “Катюша”.</p></body></html>'
    assert "“Катюша”" in one(write(tmp_path / "a.htm", page.encode("cp1251"))).text


def test_single_object_json_has_the_plain_file_name(tmp_path: Path) -> None:
    record = {"id": "x", "title": "Army retakes port", "text": BODY, "published": "2020-02-03"}
    article = one(write(tmp_path / "n1.json", json.dumps(record)))
    assert article.uri.endswith("/n1.json")
    assert (article.source_id, article.published, article.published_basis) == ("x", dt.date(2020, 2, 3), "metadata")


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.json.gz", "a.jsonl.gz", "a.csv", "a.csv.gz", "a.parquet", "a.parquet.gz"])
def test_every_record_format_gives_the_same_articles(tmp_path: Path, name: str) -> None:
    records = [
        {"id": "r1", "headline": "Army retakes port", "body": BODY, "pub_date": "2020-02-03", "site": "The Times", "author": "By Jane Roe"},
        {"id": "r2", "headline": "", "body": STORY, "pub_date": "", "site": "", "author": ""},
    ]
    path = tmp_path / name.removesuffix(".gz")
    if ".jsonl" in name:
        path.write_text("\n".join(map(json.dumps, records)))
    elif ".json" in name:
        path.write_text(json.dumps(records))
    elif ".csv" in name:
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(records[0]))
            writer.writeheader()
            writer.writerows(records)
    else:
        pq.write_table(pa.Table.from_pylist(records), path)
    if name.endswith(".gz"):
        path = write(tmp_path / name, gzip.compress(path.read_bytes()))
    first, second = articles(path)
    assert [a.uri for a in (first, second)] == [f"{path}#r1", f"{path}#r2"]
    assert first.text == "Army retakes port\n\n" + BODY
    assert (first.publisher, first.byline, first.published) == ("The Times", "Jane Roe", dt.date(2020, 2, 3))
    assert second.text == STORY
    assert (second.title, second.publisher, second.byline, second.published, second.published_basis) == (None, None, None, None, "none")


def test_an_object_that_wraps_a_list_of_records(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps({"articles": [{"text": STORY}, {"text": BODY}]}))
    assert [a.uri for a in articles(path)] == [f"{path}#1", f"{path}#2"]


def test_objects_on_lines_under_the_name_json(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", "\n".join(json.dumps({"id": i, "text": STORY}) for i in (7, 8)))
    assert [a.uri for a in articles(path)] == [f"{path}#7", f"{path}#8"]


def test_a_long_list_streams(tmp_path: Path) -> None:
    records = [{"id": i, "text": STORY + " " + "More was said. " * 300} for i in range(200)]
    path = write(tmp_path / "a.json", json.dumps(records, indent=1))
    found = read([path])
    assert next(found).uri == f"{path}#0"  # the first article is there before the file is read to its end
    assert [item.uri for item in found] == [f"{path}#{i}" for i in range(1, 200)]


def test_field_names_do_not_mind_case_spaces_and_order(tmp_path: Path) -> None:
    record = {"Content": "short", "TEXT": BODY, "Head Line": "Army retakes port", "SOURCE": {"name": "The Times"}, "authors": ["A", "B"]}
    article = one(write(tmp_path / "a.json", json.dumps(record)))
    assert article.text.endswith(BODY)
    assert (article.title, article.publisher, article.byline) == ("Army retakes port", "The Times", "A, B")


def test_text_as_a_list_of_paragraphs_and_text_as_html(tmp_path: Path) -> None:
    assert one(write(tmp_path / "a.json", json.dumps({"text": [STORY, "They left."]}))).text == STORY + "\n\nThey left."
    marked = f"<p>{STORY}</p><p>They <b>left</b> &amp; waited.</p>"
    assert one(write(tmp_path / "b.json", json.dumps({"text": marked}))).text == STORY + "\n\nThey left & waited."


@pytest.mark.parametrize("begins", ["Army retakes port", "ARMY RETAKES PORT", "Army retakes port."])
def test_a_text_that_begins_with_its_title_does_not_repeat_it(tmp_path: Path, begins: str) -> None:
    article = one(write(tmp_path / "a.json", json.dumps({"title": "Army retakes port - The Velika Times", "text": f"{begins}\n\n{BODY}"})))
    assert article.text == f"{begins}\n\n{BODY}"
    assert article.title == article.text[: article.title_end] == begins


def test_a_first_sentence_like_the_title_is_kept(tmp_path: Path) -> None:
    body = "Army retakes port in a dawn raid, officials said.\n\nThey left."
    article = one(write(tmp_path / "a.json", json.dumps({"title": "Army retakes port", "text": body})))
    assert article.text == "Army retakes port\n\n" + body


def test_a_text_that_is_only_its_title_is_read_as_body(tmp_path: Path) -> None:
    article = one(write(tmp_path / "a.json", json.dumps({"title": "Army retakes port", "text": "Army retakes port"})))
    assert (article.text, article.title_end) == ("Army retakes port", 0)


def test_dateline_gives_place_agency_and_date(tmp_path: Path) -> None:
    article = one(write(tmp_path / "a.txt", "Army retakes port\n\nVELIKA, Sovia, July 18, 2014 (Xinhua) -- " + STORY))
    assert (article.dateline_place, article.publisher) == ("VELIKA, Sovia", "Xinhua")
    assert (article.published, article.published_basis) == (dt.date(2014, 7, 18), "dateline")
    assert article.dateline_start is not None
    assert article.text[article.dateline_start : article.dateline_end] == "VELIKA, Sovia, July 18, 2014 (Xinhua) --"


@pytest.mark.parametrize(
    ("record", "name", "expect"),
    [
        ({"published": "2020-01-02", "url": "https://x.example/2019/05/06/a"}, "2018-03-04.json", (dt.date(2020, 1, 2), "metadata")),
        ({"published": "soon", "url": "https://x.example/2019/05/06/a"}, "2018-03-04.json", (dt.date(2019, 5, 6), "url")),
        ({"url": "https://x.example/a"}, "2018-03-04.json", (dt.date(2018, 3, 4), "filename")),
        ({"url": "https://x.example/2017/a"}, "000_8640bbbaf4cd6015.json", (dt.date(2017, 7, 18), "dateline")),
        ({}, "000_8640bbbaf4cd6015.json", (dt.date(2000, 1, 1), "option")),
    ],
)
def test_order_of_the_sources_of_the_publication_date(tmp_path: Path, record: dict[str, str], name: str, expect: object) -> None:
    path = write(tmp_path / name, json.dumps({"text": "VELIKA, July 18 (Reuters) - " + STORY, **record}))
    article = one(path, ReadOptions(published=dt.date(2000, 1, 1)))
    assert (article.published, article.published_basis) == expect


def test_the_date_of_a_file_of_many_records_is_not_theirs(tmp_path: Path) -> None:
    article = one(write(tmp_path / "export-2024-01-01.jsonl", json.dumps({"text": STORY})))
    assert (article.published, article.published_basis) == (None, "none")


def test_order_and_what_is_left_out(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden.txt", ".git/d.txt", "n1.gold.json", "a-sub/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, STORY)
    notes: list[str] = []
    found = [Path(item.uri).relative_to(tmp_path).as_posix() for item in read([tmp_path], note=notes.append)]
    assert found == ["a-sub/e.txt", "a.txt", "b.txt", "sub/c.txt"]
    assert [n.partition(": ")[0].removeprefix(f"{tmp_path}/") for n in notes] == [".git", ".hidden.txt", "n1.gold.json"]
    assert [item.uri for item in read([tmp_path / ".hidden.txt"])] == [f"{tmp_path}/.hidden.txt"]  # given by name, it is read


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    path = write(tmp_path / "sub" / "a.txt", STORY)
    (tmp_path / "link.txt").symlink_to(path)
    notes: list[str] = []
    assert [item.uri for item in read([path, tmp_path], note=notes.append)] == [str(path)]
    assert len(notes) == 2


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps({"text": STORY}) + "\n" + json.dumps({"text": BODY}))
    found = read([path, tmp_path / "missing.txt"])
    assert isinstance(next(found), Article)
    path.unlink()  # what was opened is read to its end; what was not is met when its turn comes
    assert [type(item) for item in found] == [Article, Failure]


def test_the_same_text_gives_the_same_id_from_any_format(tmp_path: Path) -> None:
    ids = {
        one(write(tmp_path / "a.txt", "Army retakes port\r\n\r\n" + BODY)).article_id,
        one(write(tmp_path / "a.json", json.dumps({"title": "Army retakes port", "text": BODY}))).article_id,
        one(write(tmp_path / "b.json", json.dumps({"headline": "Army retakes port", "content": BODY, "id": 5}))).article_id,
        one(write(tmp_path / "a.txt.gz", gzip.compress(("Army retakes port\n\n" + BODY).encode("utf-16")))).article_id,
    }
    assert len(ids) == 1


def test_an_unknown_ending_is_told_the_known_ones(tmp_path: Path) -> None:
    (failure,) = read([write(tmp_path / "a.pdf", "x")])
    assert isinstance(failure, Failure)
    assert failure.error == "UnknownFormat"
    assert all(ending in failure.remedy for ending in FORMATS)
