"""Settings: frozen, checked, unknown keys are errors. `default.toml` lists every one with its default and what it does."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import UsageError


class Group(BaseModel):
    """A table of the TOML file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Run(Group):
    """How a run is carried out. Nothing here changes a row."""

    shards: int = Field(64, ge=1, le=4096)
    workers: int = Field(0, ge=0)
    batch: int = Field(32, ge=1)
    heartbeat_seconds: int = Field(60, ge=1)


class Read(Group):
    """Reading of input files; changes which articles there are. The fields are those of `pipeline.readers.options.ReadOptions`."""

    language_check: bool = True
    max_text_characters: int = Field(6_000_000, ge=1_000)
    max_document_bytes: int = Field(32_000_000, ge=10_000)
    max_unpacked_bytes: int = Field(64_000_000_000, ge=10_000)
    max_html_elements: int = Field(10_000, ge=100)


class Settings(Group):
    """All settings. `Settings()` are the defaults; `load` reads a TOML file over them."""

    run: Run = Run()  # type: ignore[call-arg]
    read: Read = Read()  # type: ignore[call-arg]


def load(path: Path | str | None = None) -> Settings:
    """Settings from a TOML file, defaults where it is silent. Raises UsageError, naming the key and the valid ones."""
    if path is None:
        return parse(resources.files("pipeline").joinpath("default.toml").read_text(encoding="utf-8"), "default.toml")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings file {path} cannot be read: {error}", "give the path of a TOML file in UTF-8") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Settings:
    """Settings from TOML text; `name` is for messages."""
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not TOML: {error}", "compare it with pipeline/default.toml") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(str(part) for part in first["loc"])
        known = ", ".join(_known_keys(where[:-1]))
        raise UsageError(
            f"{name}: {'.'.join(where)}: {first['msg']}", f"valid keys of [{'.'.join(where[:-1]) or 'the file'}]: {known}"
        ) from error


def _known_keys(where: tuple[str, ...]) -> list[str]:
    model: Any = Settings
    for part in where:
        field = model.model_fields.get(part)
        if field is None or not issubclass(field.annotation, BaseModel):
            break
        model = field.annotation
    return list(model.model_fields)
