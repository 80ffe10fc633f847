"""Runs: what is done, what is left alone, what fails, and that the tables are the same whoever does the work and in whatever order."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline import execute, fingerprint, inputs, runner
from pipeline.errors import LockedError, ModelError, UsageError
from pipeline.locks import ShardLocks
from pipeline.store import Store
from tests.fakestages import setup
from tests.fakestages.setup import extract, parts

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return setup.make_model(tmp_path_factory.mktemp("model") / "fake")


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return setup.write_stories(tmp_path_factory.mktemp("in") / "stories", 40)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, stories: Path, model: Path) -> Path:
    """The tables of an undisturbed run."""
    out = tmp_path_factory.mktemp("reference") / "out"
    extract([stories], out, model)
    return out


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Lets a test change the fake stages by environment variables."""
    yield monkeypatch
    monkeypatch.undo()
    forget_stages()


def forget_stages() -> None:
    """Has the fake stages imported anew, with what the environment says."""
    sys.modules.pop("tests.fakestages.later", None)


def change_stages(environment: pytest.MonkeyPatch, **values: str) -> None:
    """What an edit of the fake stages does: other behaviour, another version, other bytes."""
    for name, value in values.items():
        environment.setenv(name, value)
    environment.setattr(fingerprint, "package_digest", lambda package: json.dumps(values))
    forget_stages()


def records(out: Path, table: str) -> list[dict[str, object]]:
    return Store(out).table(table).to_pylist()


def test_every_table_has_rows_its_schema_and_only_parquet(reference: Path) -> None:
    tables = {p.name for p in reference.iterdir() if not p.name.startswith("_")}
    assert tables == {"articles", "sentences", "tokens", "marks", "numbers", "crowds", "failures"}
    for table in tables - {"failures"}:
        assert pq.read_table(reference / table).num_rows, table
    assert pq.read_table(reference / "failures").num_rows == 0
    assert all(p.suffix == ".parquet" for t in tables for p in (reference / t).iterdir())


def test_offsets_and_order(reference: Path) -> None:
    text = dict(zip(*(pd.read_parquet(reference / "articles")[c] for c in ("article_id", "text")), strict=True))
    for table in ("sentences", "tokens", "marks", "numbers"):
        for path in (reference / table).glob("part-0*.parquet"):
            part = pd.read_parquet(path)
            assert all(text[r.article_id][r.start : r.end] == r.text for r in part.itertuples()), table
            assert list(zip(part.article_id, part.start, strict=True)) == sorted(zip(part.article_id, part.start, strict=True))


def test_plain_pandas_gives_right_types(reference: Path) -> None:
    types = pd.read_parquet(reference / "numbers").dtypes.astype(str).to_dict()
    assert types["start"] == "int32"
    assert types["name_start"] == "Int32"
    assert types["odd"] == "boolean"
    assert types["score"] == "float64"
    assert types["text"] == "str"


def test_files_carry_versions_and_descriptions(reference: Path) -> None:
    schema = pq.read_schema(next((reference / "numbers").glob("part-0*.parquet")))
    assert {b"newsledger.pipeline", b"newsledger.model", b"newsledger.stage:numbers", b"newsledger.stage:sentences"} <= set(schema.metadata)
    assert b"newsledger.stage:crowds" not in schema.metadata
    assert schema.field("text").metadata[b"description"] == b"as it stands"


def test_a_second_run_does_nothing(stories: Path, model: Path, tmp_path: Path) -> None:
    first = extract([stories], tmp_path / "out", model)
    before = parts(tmp_path / "out", failures=True)
    second = extract([stories], tmp_path / "out", model)
    assert (first.plan.new, first.plan.same, first.exit_code) == (40, 0, 0)
    assert (second.plan.new, second.plan.same, second.rewritten, second.words, second.exit_code) == (0, 40, 0, 0, 0)
    assert "nothing to do" in second.text()
    assert parts(tmp_path / "out", failures=True) == before
    assert second.rows == first.rows


NO_OP = """
import json, sys
from pipeline import config, runner
given = json.loads(sys.argv[1])
settings = config.parse("[run]\\nshards = 8\\nbatch = 5", "test")
summary = runner.extract(settings=settings, package="tests.fakestages", quiet=True, **given)
assert summary.rewritten == 0 and summary.plan.same == 40, summary
print(*(m for m in ("spacy", "onnxruntime", "pandas", "tests.fakestages.later", "pipeline.stages.articles") if m in sys.modules))
"""


def test_nothing_to_do_imports_neither_spacy_nor_stages(stories: Path, model: Path, tmp_path: Path) -> None:
    extract([stories], tmp_path / "out", model)
    arguments = {"paths": [str(stories)], "out": str(tmp_path / "out"), "model": str(model)}
    command = [sys.executable, "-c", NO_OP, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=child_environment())
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def child_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(TESTS.parent)}


@pytest.mark.parametrize("batch", [1, 64])
def test_tables_do_not_depend_on_batches(stories: Path, model: Path, reference: Path, tmp_path: Path, batch: int) -> None:
    extract([stories], tmp_path / "out", model, batch=batch)
    assert parts(tmp_path / "out") == parts(reference)


def test_tables_do_not_depend_on_order_or_steps(
    stories: Path, model: Path, reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(stories)
    files = sorted(Path().glob("*.json"))
    random.Random(5).shuffle(files)
    whole, steps = tmp_path / "whole", tmp_path / "steps"
    extract([Path()], whole, model)
    for n in range(0, 40, 11):
        extract(files[n : n + 11], steps, model)
    assert parts(steps) == parts(whole)
    assert {k.split("/")[0] for k in parts(steps)} == {k.split("/")[0] for k in parts(reference)}


@pytest.mark.parametrize("kind", ["spawn", "threads"])
def test_tables_do_not_depend_on_who_does_the_work(stories: Path, model: Path, reference: Path, tmp_path: Path, kind: str) -> None:
    if kind == "spawn":
        summary = extract([stories], tmp_path / "out", model, workers=2)
    else:
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            summary = extract([stories], tmp_path / "out", model, executor=executor)
    assert summary.rewritten == 8
    assert parts(tmp_path / "out") == parts(reference)


def test_sharded_jobs_and_link_give_the_same_tables(stories: Path, model: Path, reference: Path, tmp_path: Path) -> None:
    for i in (3, 1, 2):
        extract([stories], tmp_path / "out", model, shard=(i, 3))
    assert all(r["reports"] is None for r in records(tmp_path / "out", "numbers"))
    linked = runner.link(tmp_path / "out", quiet=True, package="tests.fakestages")
    assert linked.corpus_stages == ["alone", "reports"]
    assert parts(tmp_path / "out") == parts(reference)
    again = runner.link(tmp_path / "out", quiet=True, package="tests.fakestages")
    assert again.corpus_stages == []
    assert again.rewritten == 0


def test_sharded_jobs_hand_changed_articles_over(stories: Path, model: Path, tmp_path: Path) -> None:
    """An article whose text changes moves to another shard, perhaps another job's: no job keeps the old rows."""
    copy, out = shutil.copytree(stories, tmp_path / "in"), tmp_path / "out"
    for i in (1, 2, 3):
        extract([copy], out, model, shard=(i, 3))
    for n in range(0, 40, 3):
        (copy / f"s{n:04d}.json").write_text(
            json.dumps({**setup.story(n), "text": f"Farid counted {n} boats. Greta counted 8 nets and 9 oars."})
        )
    (copy / "s0001.json").write_text("")
    for i in (3, 1, 2):
        extract([copy], out, model, shard=(i, 3))
    runner.link(out, quiet=True, package="tests.fakestages")
    extract([copy], tmp_path / "fresh", model)
    assert len(records(out, "articles")) == 39  # the one that cannot be read any more is a failure only
    assert parts(out) == parts(tmp_path / "fresh")


def test_a_changed_article_replaces_its_rows(stories: Path, model: Path, tmp_path: Path, reference: Path) -> None:
    copy = shutil.copytree(stories, tmp_path / "in")
    changed = json.loads((copy / "s0003.json").read_text())
    extract([copy], tmp_path / "out", model)
    (copy / "s0003.json").write_text(json.dumps({**changed, "text": "Farid counted 7 boats. Greta counted 8 nets."}))
    (copy / "s0099.json").write_text(json.dumps(setup.story(99)))
    summary = extract([copy], tmp_path / "out", model)
    assert (summary.plan.new, summary.plan.changed, summary.plan.same) == (1, 1, 39)
    fresh = tmp_path / "fresh"
    extract([copy], fresh, model)
    assert parts(tmp_path / "out") == parts(fresh)
    assert len(records(fresh, "articles")) == 41


def test_a_changed_date_counts_and_its_rows_are_made_again(stories: Path, model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(stories, tmp_path / "in")
    extract([copy], tmp_path / "out", model)
    (copy / "s0003.json").write_text(json.dumps({**setup.story(3), "published": "2001-01-01"}))
    summary = extract([copy], tmp_path / "out", model)
    assert (summary.plan.changed, summary.plan.same, summary.rewritten) == (1, 39, 1)
    row = next(r for r in records(tmp_path / "out", "articles") if str(r["uri"]).endswith("s0003.json"))
    assert str(row["published"]) == "2001-01-01"


def test_touching_a_file_changes_nothing(stories: Path, model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(stories, tmp_path / "in")
    extract([copy], tmp_path / "out", model)
    os.utime(copy / "s0003.json", (1, 1))
    assert extract([copy], tmp_path / "out", model).rewritten == 0


def test_an_edit_that_keeps_size_and_time_is_seen(stories: Path, model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(stories, tmp_path / "in")
    extract([copy], tmp_path / "out", model)
    path, before = copy / "s0003.json", (copy / "s0003.json").stat()
    path.write_text(path.read_text().replace("boats", "goats"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert extract([copy], tmp_path / "out", model).plan.changed == 1


def test_exact_copies_share_their_rows(stories: Path, model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(stories, tmp_path / "in")
    once = tmp_path / "once"
    extract([copy], once, model)
    (copy / "z-copy.json").write_text(json.dumps({**setup.story(3), "id": "other", "published": "2024-02-01"}))
    summary = extract([copy], once, model)
    assert summary.plan.new == 1
    articles = [r for r in records(once, "articles") if "harbour 3\n" in str(r["text"])]
    assert len(articles) == 2
    assert len({r["article_id"] for r in articles}) == 1
    assert summary.rows["articles"] == 41
    fresh = tmp_path / "fresh"
    extract([copy], fresh, model)
    assert parts(once) == parts(fresh)
    (copy / "s0003.json").unlink()
    extract([copy], once, model, prune=True)
    extract([copy], tmp_path / "pruned", model)
    assert parts(once) == parts(tmp_path / "pruned")


def test_rows_of_gone_sources_stay_until_pruned(stories: Path, model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(stories, tmp_path / "in")
    lines = tmp_path / "in" / "many.jsonl"
    lines.write_text("\n".join(json.dumps(setup.story(n)) for n in range(50, 56)))
    out = tmp_path / "out"
    extract([copy], out, model)
    (copy / "s0003.json").unlink()
    lines.write_text("\n".join(json.dumps(setup.story(n)) for n in range(50, 54)))
    kept = extract([copy], out, model)
    assert kept.rows["articles"] == 46
    assert kept.plan.uris == 43
    pruned = extract([copy], out, model, prune=True)
    assert (pruned.pruned, pruned.rows["articles"]) == (3, 43)
    extract([copy], tmp_path / "fresh", model)
    assert parts(out) == parts(tmp_path / "fresh")


def test_a_changed_stage_reruns_itself_and_its_readers_without_the_encoder(
    stories: Path, model: Path, reference: Path, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    extract([stories], out, model)
    before = parts(out)
    change_stages(environment, FAKE_NUMBERS="2")
    environment.setattr(execute, "load_language", lambda name: pytest.fail("the encoder was loaded"))
    planned = extract([stories], out, model, dry_run=True).plan
    assert planned.stale == {"numbers": 40, "crowds": 40}
    assert "40 up to date; to run again on 40 articles: numbers, crowds" in planned.text()
    summary = extract([stories], out, model)
    assert summary.stages == ["numbers", "crowds"]
    assert summary.words == 0
    after = parts(out)
    for name in before:  # the rows are the same; files say the version that made them
        table = name.split("/")[0]
        assert (after[name] == before[name]) == (table not in ("numbers", "crowds")), name
        if table in ("numbers", "crowds"):
            assert pq.read_table(out / name).replace_schema_metadata().equals(pq.read_table(reference / name).replace_schema_metadata())


@pytest.mark.parametrize("force", ["numbers", "tokens", "articles", "crowds"])
def test_forced_stages_give_the_very_same_files(stories: Path, model: Path, reference: Path, tmp_path: Path, force: str) -> None:
    out = shutil.copytree(reference, tmp_path / "out")
    summary = extract([stories], out, model, force=[force])
    assert force in summary.stages
    assert summary.rewritten == 8
    assert (summary.words > 0) == (force == "tokens")
    assert parts(out) == parts(reference)


def test_from_runs_all_that_follows(stories: Path, model: Path, reference: Path, tmp_path: Path) -> None:
    out = shutil.copytree(reference, tmp_path / "out")
    summary = extract([stories], out, model, from_stage="marks")
    assert summary.stages == ["sentences", "tokens", "marks", "numbers", "crowds"] or summary.stages == ["marks", "numbers", "crowds"]
    assert summary.corpus_stages == ["alone", "reports"]
    assert parts(out) == parts(reference)


def test_another_model_or_setting_makes_all_stages_run(stories: Path, model: Path, tmp_path: Path, reference: Path) -> None:
    out = shutil.copytree(reference, tmp_path / "out")
    other = shutil.copytree(model, tmp_path / "model")
    (other / "note.txt").write_text("another model")
    assert extract([stories], out, other).stages == ["sentences", "tokens", "marks", "numbers", "crowds"]


def test_dry_run_writes_nothing(stories: Path, model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(stories, tmp_path / "in")
    planned = runner.plan([copy], tmp_path / "out", model=str(model), package="tests.fakestages")
    assert planned.text() == "40 new, 0 changed, 0 up to date"
    assert not (tmp_path / "out").exists()
    extract([copy], tmp_path / "out", model)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*") if p.is_file()}
    (copy / "s0003.json").write_text(json.dumps({**setup.story(3), "published": "2001-01-01"}))
    (copy / "s0099.json").write_text(json.dumps(setup.story(99)))
    (copy / "empty.txt").write_text("")
    planned = extract([copy], tmp_path / "out", model, dry_run=True).plan
    assert planned.text() == "1 new, 1 changed, 39 up to date, 1 unreadable"
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*") if p.is_file()} == before


class TestFailures:
    """A bad article never stops a run, and what failed is told."""

    @pytest.fixture
    def bad(self, stories: Path, tmp_path: Path) -> Path:
        copy = shutil.copytree(stories, tmp_path / "in")
        for name, word in (("crash", "CRASH"), ("explode", "EXPLODE"), ("offset", "OFFSET")):
            (copy / f"{name}.json").write_text(
                json.dumps({"id": name, "text": f"Hana counted 12 boats and 13 nets. {word} came after that."})
            )
        (copy / "empty.txt").write_text("")
        return copy

    def test_they_are_rows_and_the_rest_is_done(self, bad: Path, model: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        summary = extract([bad], out, model)
        assert summary.exit_code == 3
        rows = {(Path(str(r["uri"])).name, r["stage"], r["error"]) for r in records(out, "failures")}
        assert rows == {
            ("crash.json", "language", "RuntimeError"),
            ("explode.json", "numbers", "ValueError"),
            ("offset.json", "numbers", "BadValueError"),
            ("empty.txt", "read", "EmptyFile"),
        }
        assert all(r["message"] and r["remedy"] and r["run_id"] == summary.run_id for r in records(out, "failures"))
        ids = {Path(str(r["uri"])).name: r["article_id"] for r in records(out, "articles")}
        assert len(ids) == 43
        assert summary.plan.uris == 44 == summary.articles + summary.plan.failed
        having = {t: {r["article_id"] for r in records(out, t)} for t in ("tokens", "numbers", "crowds")}
        assert ids["crash.json"] not in having["tokens"] | having["numbers"]
        assert ids["explode.json"] in having["tokens"]
        assert not {ids["explode.json"], ids["offset.json"]} & (having["numbers"] | having["crowds"])
        told = {r["stage"]: r["message"] for r in records(out, "failures") if "explode" in str(r["uri"])}
        assert "no number can be that large" in str(told["numbers"])
        assert "not run for want of it: crowds" in str(told["numbers"])

    def test_the_message_names_column_and_value(self, bad: Path, model: Path, tmp_path: Path) -> None:
        extract([bad], tmp_path / "out", model)
        message = next(r["message"] for r in records(tmp_path / "out", "failures") if r["error"] == "BadValueError")
        assert "column 'text' is 'wrong', but characters 13 to 15 are '12'" in str(message) or "'13'" in str(message)

    def test_they_stand_while_nothing_changes(self, bad: Path, model: Path, tmp_path: Path) -> None:
        extract([bad], tmp_path / "out", model)
        before = parts(tmp_path / "out", failures=True)
        again = extract([bad], tmp_path / "out", model)
        assert (again.exit_code, again.rewritten) == (3, 0)
        assert sum(again.failures.values()) == 4
        (bad / "s0099.json").write_text(json.dumps(setup.story(99)))
        assert sum(extract([bad], tmp_path / "out", model).failures.values()) == 4
        (bad / "s0099.json").unlink()
        extract([bad], tmp_path / "out", model, prune=True)
        assert parts(tmp_path / "out", failures=True).keys() == before.keys()

    def test_a_mended_stage_is_run_on_them_again(self, bad: Path, model: Path, tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
        extract([bad], tmp_path / "out", model)
        change_stages(environment, FAKE_MENDED="1", FAKE_NUMBERS="2")
        summary = extract([bad], tmp_path / "out", model)
        assert summary.failures == {"RuntimeError": 1, "BadValueError": 1, "EmptyFile": 1}
        explode = next(r["article_id"] for r in records(tmp_path / "out", "articles") if "explode" in str(r["uri"]))
        assert any(r["article_id"] == explode for r in records(tmp_path / "out", "crowds"))

    def test_a_later_stage_stays_away_while_its_source_is_missing(self, bad: Path, model: Path, tmp_path: Path) -> None:
        extract([bad], tmp_path / "out", model)
        extract([bad], tmp_path / "out", model, force=["crowds"])
        assert len(records(tmp_path / "out", "failures")) == 4
        explode = next(r["article_id"] for r in records(tmp_path / "out", "articles") if "explode" in str(r["uri"]))
        assert not any(r["article_id"] == explode for r in records(tmp_path / "out", "crowds"))

    def test_a_mended_file_loses_its_failure(self, bad: Path, model: Path, tmp_path: Path) -> None:
        extract([bad], tmp_path / "out", model)
        (bad / "empty.txt").write_text("Boats and nets\n\nEmeka counted 14 boats and 15 nets at the harbour.")
        summary = extract([bad], tmp_path / "out", model)
        assert "EmptyFile" not in summary.failures
        assert summary.articles == 44
        (bad / "empty.txt").write_text("")
        assert extract([bad], tmp_path / "out", model).failures["EmptyFile"] == 1
        assert len(records(tmp_path / "out", "articles")) == 43

    def test_failures_of_other_inputs_do_not_count(self, bad: Path, stories: Path, model: Path, tmp_path: Path) -> None:
        extract([bad], tmp_path / "out", model)
        assert extract([stories], tmp_path / "out", model).exit_code == 0

    def test_a_reader_that_raises_is_a_failure_of_its_file(
        self, stories: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> Iterator[object]:
            raise RuntimeError("a fault in the reader")
            yield

        monkeypatch.setattr("pipeline.readers.read", broken)
        summary = extract([stories / "s0001.json"], tmp_path / "out", model)
        assert (summary.exit_code, summary.failures, summary.articles) == (3, {"RuntimeError": 1}, 0)
        assert len(records(tmp_path / "out", "articles")) == 0


def test_locked_shards_end_the_run_with_75(stories: Path, model: Path, tmp_path: Path) -> None:
    extract([stories], tmp_path / "out", model)
    with ShardLocks(tmp_path / "out" / "_state" / "locks", [2], "the-other-run"):
        with pytest.raises(LockedError, match="the-other-run") as caught:
            extract([stories], tmp_path / "out", model, force=["numbers"])
        assert caught.value.exit_code == 75
        assert extract([stories], tmp_path / "out", model, force=["numbers"], shard=(1, 4)).rewritten == 2  # shards 0 and 4


def test_wrong_arguments(stories: Path, model: Path, tmp_path: Path, reference: Path) -> None:
    with pytest.raises(UsageError, match="no stage 'nombers'") as caught:
        extract([stories], tmp_path / "out", model, force=["nombers"])
    assert "numbers" in caught.value.remedy
    with pytest.raises(UsageError, match="no file or folder"):
        extract([tmp_path / "nowhere"], tmp_path / "out", model)
    with pytest.raises(UsageError, match="9/8"):
        extract([stories], tmp_path / "out", model, shard=(9, 8))
    with pytest.raises(UsageError, match="8 shards"):
        extract([stories], shutil.copytree(reference, tmp_path / "copy"), model, shards=9, force=["numbers"])
    with pytest.raises(ModelError):
        extract([stories], tmp_path / "out", tmp_path / "no-model")
    with pytest.raises(UsageError, match="there are no tables"):
        runner.link(tmp_path / "empty", package="tests.fakestages")


def test_run_records(stories: Path, model: Path, tmp_path: Path) -> None:
    summary = extract([stories], tmp_path / "out", model)
    record = Store(tmp_path / "out").runs()[-1]
    assert record["run_id"] == summary.run_id
    assert record["exit_code"] == 0
    assert record["plan"]["new"] == 40
    assert record["settings"]["run"]["shards"] == 8
    assert set(record["stage_seconds"]) >= {"language", "numbers", "reports"}
    assert "numbers took" in (tmp_path / "out" / "_runs" / summary.run_id / "log.txt").read_text()
    assert json.dumps(dataclasses.asdict(summary), default=str)


def test_a_heartbeat_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.report import Progress

    with Progress("articles", 4, quiet=False, heartbeat=0.0) as progress:
        progress.advance(2)
    with Progress("articles", 4, quiet=True, heartbeat=0.0) as progress:
        progress.advance(2)
    with Progress("articles", 4, quiet=False, heartbeat=60.0) as progress:
        progress.advance(2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("articles: 2 of 4, about ")
    assert shown.err.count("\n") == 1


def test_uris_of_odd_file_names_stay_apart(tmp_path: Path, model: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text("\n".join(json.dumps({**setup.story(n), "id": f"b{n}.json"}) for n in (1, 2)))
    (folder / "a.jsonl#b1.json").write_text(json.dumps(setup.story(3)))
    (folder / "line\nbreak.json").write_text(json.dumps(setup.story(4)))
    summary = extract([folder], tmp_path / "out", model)
    uris = [str(r["uri"]) for r in records(tmp_path / "out", "articles")]
    assert len(set(uris)) == len(uris) == summary.plan.uris == 4
    assert extract([folder], tmp_path / "out", model).rewritten == 0


PEAK = """
import resource, sys
from pipeline import inputs
from pipeline.store import Store
source, folder = sys.argv[1:]
Store(folder).create(8)
options = {"language_check": False}
task = inputs.ReadTask(0, (inputs.Source(source, "many.jsonl"),), options, folder, 8, frozenset(range(8)), folder + "/spool", "run", False)
print(inputs.read_sources(task).new, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    """Reading holds one article at a time: a file of many records costs hardly more memory than one of a few."""
    filler = " ".join(f"Amara counted {n} boats in the old harbour of the town." for n in range(150))
    peaks = {}
    for count in (20, 10_000):
        source = tmp_path / f"{count}.jsonl"
        with source.open("w") as f:
            for n in range(count):
                f.write(json.dumps({"id": n, "text": f"Story {n}. {filler}"}) + "\n")
        command = [sys.executable, "-c", PEAK, str(source), str(tmp_path / str(count))]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=child_environment())
        assert done.returncode == 0, done.stderr
        new, kib = map(int, done.stdout.split())
        assert new == count
        peaks[count] = kib
    assert peaks[10_000] - peaks[20] < 30_000  # KiB; the file is 90 MB


def test_shards_follow_the_id() -> None:
    assert [inputs.shard_of(f"{n:016x}", 64) for n in range(4)] == [inputs.shard_of(f"{n:016x}", 64) for n in range(4)]
    counts = [0] * 16
    for n in range(16_000):
        counts[inputs.shard_of(f"{n:016x}", 16)] += 1
    assert 850 < min(counts) <= max(counts) < 1150
