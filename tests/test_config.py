"""Settings: the defaults, what default.toml says of them, and what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline import config
from pipeline.errors import UsageError
from pipeline.readers.options import ReadOptions

DEFAULT = Path(config.__file__).with_name("default.toml")


def test_default_toml_lists_every_setting_with_its_default_and_a_comment() -> None:
    assert tomllib.loads(DEFAULT.read_text()) == config.Settings().model_dump()
    lines = DEFAULT.read_text().splitlines()
    for n, line in enumerate(lines):
        if "=" in line and not line.startswith("#"):
            assert lines[n - 1].startswith("# "), line


def test_a_file_is_read_over_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[run]\nshards = 128\n")
    assert config.load(path).run.shards == 128
    assert config.load(path).read == config.Settings().read
    assert config.load() == config.Settings()


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("[run]\nshard = 3", "run.shard", "shards, workers"),
        ("[reed]\nx = 3", "reed", "run, read"),
        ("[run]\nshards = 0", "greater than or equal to 1", "shards"),
        ('[run]\nshards = "8"', "integer", "shards"),
        ("[run\n", "is not TOML", "default.toml"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str, remedy: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        config.parse(text, "mine.toml")
    assert remedy in caught.value.remedy
    assert "mine.toml" in caught.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        config.load(tmp_path / "none.toml")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        config.Settings().run.shards = 3  # type: ignore[misc]


def test_the_readers_take_these_settings() -> None:
    assert ReadOptions(**config.Settings().read.model_dump()) == ReadOptions()
