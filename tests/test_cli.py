"""The command line: help is quick, errors teach, statuses are those the help of the module names."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import __version__, cli
from pipeline.errors import LockedError, NewsledgerError, UsageError


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    out, err = capsys.readouterr()
    return (0 if left.value.code is None else int(str(left.value.code))), out, err


def spawn(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "pipeline", *arguments], capture_output=True, text=True, check=False)


def test_help_answers_within_half_a_second() -> None:
    def seconds() -> float:
        """Processor time of the ended children: unlike the clock, it does not depend on what else the machine does."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = seconds()
    done = spawn("--help")
    assert seconds() - before < 0.5
    assert done.returncode == 0
    assert "extract" in done.stdout


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from pipeline.cli import app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"spacy", "pandas", "pyarrow", "numpy", "onnxruntime", "rich", "pydantic"} & set(loaded)


@pytest.mark.parametrize("command", ["extract", "link", "status", "failures", "codebook", "inspect", "view", "evaluate"])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert f"newsledger {command}" in out.replace("\n", " ") or f"{command} [OPTIONS]" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version")[:2] == (0, f"newsledger {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["extract"],
        ["extract", "x", "--published", "yesterday"],
        ["extract", "x", "--workers", "0"],
        ["extract", "x", "--shard", "3/2"],
        ["extract", "x", "--shard", "0/2"],
        ["extract", "x", "--shard", "half"],
        ["codebook", "nonsense"],
        ["evaluate", "nonsense", "x"],
        ["extract", "x", "--settings", "/nowhere/at/all.toml"],
    ],
)
def test_wrong_usage_ends_with_2_and_says_so_on_stderr(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", [["status"], ["failures"], ["inspect", "abc", "--out"], ["view", "abc", "--out"]])
def test_no_tables_yet(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: Sequence[str]) -> None:
    code, out, err = run(capsys, *command, str(tmp_path))
    assert (code, out) == (2, "")
    assert "newsledger extract" in err  # what to do


def failing(error: BaseException) -> object:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UsageError("no such stage", "the stages are a, b"), 2, "the stages are a, b"),
        (LockedError("another run is at it", "wait"), 75, "wait"),
        (NewsledgerError("broken"), 1, "broken"),
        (RuntimeError("boom"), 1, "--debug"),
        (KeyboardInterrupt(), 130, "goes on from there"),
    ],
)
def test_statuses_and_words_of_errors(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    monkeypatch.setattr("pipeline.codebook.markdown", failing(error))
    got, out, err = run(capsys, "codebook")
    assert (got, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


def test_debug_shows_where_it_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.codebook.markdown", failing(UsageError("no")))
    with pytest.raises(UsageError):
        cli.main(["codebook", "--debug"])


def test_evaluate_lists_its_tasks(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "evaluate")
    assert code == 0
    for line in out.splitlines():
        assert len(line.split()) > 1, f"the task of {line!r} has no protocol in its docstring"


def test_evaluate_prints_one_object(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("pipeline.evaluation.tasks", lambda: {"sizes": lambda files: {"files": len(files), "f1": 0.5}})
    file = tmp_path / "a.jsonl"
    file.write_text("{}")
    code, out, _ = run(capsys, "evaluate", "sizes", str(file), "--json")
    assert code == 0
    assert json.loads(out) == {"files": 1, "f1": 0.5}
    assert run(capsys, "evaluate", "sizes", str(file))[1].split() == ["sizes", "files", "1", "f1", "0.5000"]
    assert run(capsys, "evaluate", "sizes", str(tmp_path / "nowhere"))[0] == 2
