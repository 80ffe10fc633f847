"""What several tests share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Tests never time: a slow machine is no failure. Examples are drawn from the test's name, so that a run can be repeated.
settings.register_profile("newsledger", deadline=None, derandomize=True)
settings.load_profile("newsledger")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sample_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose `data/processed` holds the tables of the sample articles, made by the command line with the shipped model."""
    root = tmp_path_factory.mktemp("samples")
    command = [sys.executable, "-m", "pipeline", "extract", "data/raw", "--out", str(root / "data" / "processed"), "--workers", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return root
