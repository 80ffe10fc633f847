"""A built wheel carries what a run needs: model, lexicons, settings, templates, and the files of the evaluation."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.language.paths import model_path

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    call = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(call, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


def test_the_model_is_carried_whole(names: set[str]) -> None:
    folder = ROOT / "models" / "wire_en"
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {"config.cfg", "meta.json", "wire/encoder.onnx"} <= files
    assert {f"pipeline/_model/wire_en/{f}" for f in files} <= names


def test_data_files_are_carried(names: set[str]) -> None:
    files = [p for p in (ROOT / "pipeline").rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc"]
    assert {p.relative_to(ROOT).as_posix() for p in files} <= names
    for wanted in ("pipeline/default.toml", "pipeline/view/templates/article.html.j2", "pipeline/lexicons/reporting_verbs.csv"):
        assert wanted in names


def test_nothing_else_is_carried(names: set[str]) -> None:
    assert {n.partition("/")[0] for n in names if ".dist-info" not in n} == {"pipeline"}


def test_the_model_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (model_path() / "config.cfg").is_file()


def test_a_folder_that_is_no_model_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model") as error:
        model_path(tmp_path)
    assert "wheel" in error.value.remedy
