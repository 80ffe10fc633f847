"""Bad input: each file or record ends in rows or in failures with a reason and a remedy, and the files beside it are read."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Failure
from pipeline.readers import ReadOptions, read

STORY = "The army retook the port of Velika on Monday, officials said. At least 12 soldiers were killed. "
SMALL = ReadOptions(max_text_characters=20_000, max_document_bytes=60_000, max_unpacked_bytes=2_000_000)
RECORD = json.dumps({"id": "ok", "text": STORY})
GERMAN = "Der Präsident sagte am Montag, dass er trotz der Niederlage nicht zurücktreten werde. " * 3
RUSSIAN = "Президент сказал в понедельник, что правительство не уйдет в отставку. " * 3
ARABIC = "قال الرئيس يوم الاثنين إنه لن يستقيل من منصبه. " * 3


def parquet(rows: list[dict[str, object]]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


TABLE = parquet([{"id": "ok", "text": STORY}, {"id": "none", "text": None}])

# name of the file, its bytes, what it gives in order: "row" or the class of the failure
CASES: list[tuple[str, bytes, list[str]]] = [
    ("empty.txt", b"", ["EmptyFile"]),
    ("white.txt", b" \n\n\t", ["EmptyFile"]),
    ("only-nul.txt", b"\0" * 500, ["EmptyFile"]),
    ("nul.txt", STORY.replace(" ", "\0", 2).encode(), ["row"]),
    ("marks-only.txt", b"--- ***", ["NoText"]),
    ("binary.txt", random.Random(1).randbytes(5_000), ["NotText"]),
    ("utf8-bom.txt", codecs.BOM_UTF8 + STORY.encode(), ["row"]),
    ("utf16.txt", STORY.encode("utf-16"), ["row"]),
    ("utf16le.txt", STORY.encode("utf-16-le"), ["row"]),
    ("utf32.txt", STORY.encode("utf-32"), ["row"]),
    ("utf16.jsonl", (RECORD + "\n" + RECORD).encode("utf-16"), ["row", "row"]),
    ("cp1252.txt", ("“No” – " + STORY).encode("cp1252"), ["row"]),
    ("broken-utf8.txt", ("“No” – ‘yes’. " + STORY).encode() + b"\xff\xfe", ["row"]),
    ("shift-jis.txt", ("政府は月曜日に辞任しないと発表した。" * 5).encode("shift-jis"), ["NotEnglish"]),
    ("koi8.txt", RUSSIAN.encode("koi8-r"), ["NotEnglish"]),
    ("german.txt", GERMAN.encode(), ["NotEnglish"]),
    ("arabic.txt", ARABIC.encode(), ["NotEnglish"]),
    ("rtl.txt", ("\u202b" + STORY + "\u200f\u202c").encode(), ["row"]),
    ("long-line.txt", (STORY * 200).encode(), ["row"]),
    ("too-long.txt", (STORY * 300).encode(), ["TooLarge"]),
    ("too-large.txt", (STORY * 3_000).encode(), ["TooLarge"]),
    ("soup.html", f"<<div><p>{STORY}<b><i></p></div></i><table><td>{STORY}<script>1<p>&#0;&#xD800;&nix;{STORY}".encode(), ["row"]),
    ("deep.html", (("<div>" * 5_000) + f"<p>{STORY}</p>" + "</div>" * 5_000).encode(), ["row"]),
    ("deep-open.html", ("<b>" * 5_000 + STORY).encode(), ["row"]),
    ("comment.html", ("<!--" * 10_000 + STORY).encode(), ["NoText"]),
    ("shell.html", b"<html><head><script>load()</script></head><body></body></html>", ["NoText"]),
    ("cut.txt.gz", gzip.compress((STORY * 100).encode())[:-12], ["BrokenGzip"]),
    ("garbage.txt.gz", b"\x1f\x8bgarbage", ["BrokenGzip"]),
    ("bomb.txt.gz", gzip.compress(b" " * 5_000_000), ["TooLarge"]),
    ("bomb.jsonl.gz", gzip.compress(b"\n" * 5_000_000), ["TooLarge"]),
    ("plain.txt.gz", STORY.encode(), ["row"]),
    ("cut.json", b'{"text": "' + STORY.encode(), ["BrokenJson"]),
    ("cut-list.json", f"[{RECORD}, {RECORD[:-9]}".encode(), ["row", "BrokenJson"]),
    ("no-comma.json", f"[{RECORD} {RECORD}]".encode(), ["row", "BrokenJson"]),
    ("deep.json", b"[" * 100_000, ["BrokenJson"]),
    ("deep-object.json", b'{"a":' * 10_000, ["BrokenJson"]),
    ("number.json", b"3", ["BrokenJson"]),
    ("huge-number.json", b'{"text": ' + b"9" * 10_000 + b"}", ["BrokenJson"]),
    ("null.json", b"null", ["BrokenJson"]),
    ("empty-list.json", b"[]", ["NoText"]),
    ("mixed-list.json", f'[{RECORD}, 3, {{"id": 1}}, {RECORD}]'.encode(), ["row", "BrokenJson", "NoText", "row"]),
    ("surrogate.json", json.dumps({"id": "\ud800", "text": STORY + "\ud800"}).encode(), ["row"]),
    ("bad-line.jsonl", f"{RECORD}\n{{bad\n\n{RECORD}\n[1]\n".encode(), ["row", "BrokenJson", "row", "BrokenJson"]),
    ("wide-line.jsonl", f'{{"text": "{"a " * 50_000}"}}\n{RECORD}\n'.encode(), ["TooLarge", "row"]),
    ("ragged.csv", f'id,title,text\n1,T,"{STORY}"\n2,T\n3,T,Police said so.,x\n\n4,T,"open\n'.encode(), ["row"] + ["BrokenTable"] * 3),
    ("no-text.csv", b"a,b\n1,2\n", ["BrokenTable"]),
    ("head.csv", b"id,text\n", ["NoText"]),
    ("semicolon.csv", f"ID;Headline;Body\n7;Army retakes port;{STORY}\n".encode(), ["row"]),
    ("huge-cell.csv", f'id,text\n1,"{STORY}"\n2,"{"a" * 100_000}"\n'.encode(), ["row", "TooLarge"]),
    ("nul.csv", f'id,text\n1,"a\0{STORY}"\n'.encode(), ["row"]),
    ("no-text.parquet", parquet([{"a": 1}]), ["BrokenTable"]),
    ("null-text.parquet", TABLE, ["row", "NoText"]),
    ("cut.parquet", TABLE[:-20], ["BrokenTable"]),
    ("garbage.parquet", b"nonsense", ["BrokenTable"]),
    ("unknown.pdf", b"%PDF", ["UnknownFormat"]),
    ("no-ending", STORY.encode(), ["UnknownFormat"]),
    ("line\nbreak\x01.txt", STORY.encode(), ["row"]),
    ("n" * 240 + ".txt", STORY.encode(), ["row"]),
]


def check(item: Article | Failure) -> str:
    """What holds of everything a reader gives, whatever it was given; "row" or the failure's class."""
    item.uri.encode()
    assert not any(ord(c) < 32 or c in "\u2028\u2029" for c in item.uri), repr(item.uri)
    if isinstance(item, Failure):
        assert item.message
        assert item.remedy
        (item.message + item.remedy + item.error).encode()
        return item.error
    text = item.text
    text.encode()
    assert text.strip() == text
    assert text
    assert "\r" not in text
    assert "\0" not in text
    assert "\n\n\n" not in text
    assert text[: item.title_end] == (item.title or "") or item.title_end == 0
    if item.dateline_start is not None:
        assert item.dateline_place is None or item.dateline_place in text[item.dateline_start : item.dateline_end]
    assert (item.published is None) == (item.published_basis == "none")
    for value in (item.title, item.source_id, item.byline, item.publisher, item.url):
        assert value is None or (value.encode() and "\n" not in value)
    return "row"


@pytest.mark.parametrize(("name", "content", "expect"), CASES, ids=[c[0][:20].encode("unicode_escape").decode() for c in CASES])
def test_bad_input(tmp_path: Path, name: str, content: bytes, expect: list[str]) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "zz.txt").write_text(STORY)
    assert [check(item) for item in read([tmp_path], SMALL)] == [*expect, "row"]


def test_uris_are_unique_over_all_bad_input(tmp_path: Path) -> None:
    for name, content, _ in CASES:
        (tmp_path / name).write_bytes(content)
    uris = [item.uri for item in read([tmp_path], SMALL)]
    assert len(set(uris)) == len(uris) == sum(len(expect) for *_, expect in CASES)


def test_five_megabytes_on_one_line_are_an_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY * (5_000_000 // len(STORY)))
    (item,) = read([tmp_path])
    assert check(item) == "row"


def test_what_came_before_the_damage_of_a_packed_file_is_read(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"id": i, "text": f"{STORY} {random.Random(i).random()}"}) for i in range(3_000))
    packed = gzip.compress(lines.encode())
    (tmp_path / "a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    kinds = [check(item) for item in read([tmp_path])]
    assert kinds.count("row") > 1_000
    assert kinds[-1] == "BrokenGzip"


def test_controls_become_spaces_and_do_not_join_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Police\0said\x07it was over.\x1b[0m")
    (item,) = read([tmp_path])
    assert isinstance(item, Article)
    assert item.text == "Police said it was over. [0m"


def test_mojibake_is_left_as_it_is(tmp_path: Path) -> None:
    spoilt = "â€œNoâ€\u009d, he said."
    (tmp_path / "a.txt").write_text(spoilt + " " + STORY, encoding="utf-8")
    (item,) = read([tmp_path])
    assert isinstance(item, Article)
    assert item.text.startswith("â€œNoâ€ , he said.")


def test_hostile_ids(tmp_path: Path) -> None:
    ids = ["../../etc/passwd", "a\nb\0", "x" * 100_000, "x" * 100_001, "\u202eevil", "2", "2", 2, "", None, "a#b", {"$oid": 1}]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps({"id": i, "text": f"{STORY} No {n}."}) for n, i in enumerate(ids)))
    found = list(read([tmp_path]))
    assert [check(item) for item in found] == ["row"] * len(ids)
    assert len({item.uri for item in found}) == len(ids)
    assert max(len(item.uri) for item in found) < len(str(tmp_path)) + 300


def test_links_pipes_and_devices(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text(STORY)
    (tmp_path / "sub" / "loop").symlink_to("..")
    (tmp_path / "self.txt").symlink_to("self.txt")
    (tmp_path / "dead.txt").symlink_to("nowhere.txt")
    (tmp_path / "device.txt").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.txt")
    found = {Path(item.uri).name: check(item) for item in read([tmp_path, tmp_path / "missing"])}
    assert found == {
        "a.txt": "row",
        "loop": "LinkLoop",
        "self.txt": "LinkLoop",
        "dead.txt": "NotAFile",
        "device.txt": "NotAFile",
        "pipe.txt": "NotAFile",
        "missing": "NotAFile",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    (tmp_path / "a.txt").chmod(0)
    assert [check(item) for item in read([tmp_path])] == ["NotReadable"]


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    os.close(os.open(os.fsencode(tmp_path) + b"/bad\xff.txt", os.O_CREAT | os.O_WRONLY))
    (tmp_path / os.fsdecode(b"bad\xff.txt")).write_text(STORY)
    (item,) = read([tmp_path])
    assert check(item) == "row"
    assert item.uri.endswith("/bad%FF.txt")


def test_short_text_passes_whatever_it_looks_like(tmp_path: Path) -> None:
    sentences = ["Police said.", "Ted Cruz, Mike Lee and Marco Rubio met Jean-Marc Ayrault.", "Syria: 12 dead", "He left for Goma."]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps({"text": s}) for s in sentences))
    assert [check(item) for item in read([tmp_path])] == ["row"] * len(sentences)


def _bytes_of(ending: str) -> st.SearchStrategy[bytes]:
    """Bytes that are sometimes close to the format, sometimes not."""
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    value = st.recursive(leaf, lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=6)
    record = st.dictionaries(st.sampled_from(["id", "text", "title", "date", "url", "source", "author", "x"]), value)
    shaped: dict[str, st.SearchStrategy[str]] = {
        ".txt": st.text(),
        ".html": st.lists(st.sampled_from(["<p>", "</p>", "<div", ">", "<!--", "-->", "<script>", "&#0;", "He said. ", '"'])).map("".join),
        ".json": st.one_of(record, st.lists(record)).map(json.dumps),
        ".jsonl": st.lists(record).map(lambda rows: "\n".join(map(json.dumps, rows))),
        ".csv": st.lists(st.sampled_from(["id,text", "\n", ",", '"', "He said so.", "\0", "\r"])).map("".join),
    }
    made = shaped[ending].map(lambda s: s.encode("utf-8", "surrogatepass"))
    cut = st.tuples(made, st.integers(0, 200)).map(lambda t: t[0][: t[1]])
    return st.one_of(made, cut, made.map(gzip.compress), st.binary(max_size=300))


def _never_crashes(ending: str) -> Callable[[], None]:
    @settings(max_examples=60, deadline=None)
    @given(content=_bytes_of(ending))
    def run(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{ending}"
            path.write_bytes(content)
            found = list(read([path], SMALL))
        assert found
        kinds = [check(item) for item in found]
        ours = {"row", "EmptyFile", "NotText", "NoText", "NotEnglish", "BrokenJson", "BrokenTable", "BrokenGzip", "TooLarge"}
        assert set(kinds) <= ours, [item for item in found if check(item) not in ours]

    return run


@pytest.mark.parametrize("ending", [".txt", ".html", ".json", ".jsonl", ".csv"])
def test_any_bytes_end_in_rows_or_failures_of_our_own(ending: str) -> None:
    _never_crashes(ending)()
