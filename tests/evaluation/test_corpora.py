"""`python -m pipeline.evaluation`: measures what is there, names what is not, and goes on after a failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import ReadError
from pipeline.evaluation import tasks
from pipeline.evaluation.__main__ import main, measure, measurements

TABLE = """\
# a comment
task,paths
sizes,a/*.jsonl b.jsonl
sizes,nowhere/*.jsonl
breaks,b.jsonl
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    for name in ("a/1.jsonl", "a/2.jsonl", "b.jsonl"):
        (tmp_path / name).write_text("{}\n")
    return tmp_path


def breaks(files: list[Path]) -> dict[str, object]:
    raise ReadError(f"{files[0].name} is odd", "mend it")


def test_measures_what_is_there(corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = measurements(corpora, TABLE)
    assert [[f.name for f in m.files] for m in wanted] == [["1.jsonl", "2.jsonl", "b.jsonl"], [], ["b.jsonl"]]
    status = measure({"sizes": lambda files: {"files_read": len(files)}, "breaks": breaks}, wanted)
    out, err = capsys.readouterr()
    assert status == 3
    assert [json.loads(line) for line in out.splitlines()] == [{"task": "sizes", "files": "a/*.jsonl b.jsonl", "files_read": 3}]
    assert "there is no nowhere/*.jsonl" in err
    assert "mend it" in err


def test_every_task_has_a_corpus_or_a_reason() -> None:
    named = {m.task for m in measurements(Path("nowhere"))}
    assert named == set(tasks()), "corpora.csv and the TASKS of pipeline/evaluation differ"


def test_no_folder_of_corpora(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([str(tmp_path / "nowhere")])
    assert left.value.code == 2
    assert "CORPORA=" in capsys.readouterr().err
