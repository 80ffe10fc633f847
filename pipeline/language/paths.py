"""Where the shipped model is: in a checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ModelError

SHIPPED = "models/wire_en"
"""The model as a checkout names it; `extract --model` has it as its default."""

_PACKAGE = Path(__file__).resolve().parents[1]


def model_path(name: str | Path = SHIPPED) -> Path:
    """The folder of a model: NAME itself where it is a folder; the shipped model of a checkout; the copy that wheels carry.

    Raises ModelError where NAME is neither. Names of other installed spaCy pipelines ("en_core_web_sm") are not looked up here.
    """
    given = Path(name)
    tried = [given]
    if given.as_posix().rstrip("/") == SHIPPED:
        tried += [_PACKAGE.parent / SHIPPED, _PACKAGE / "_model" / "wire_en"]
    for path in tried:
        if (path / "config.cfg").is_file() or (path / "meta.json").is_file():
            return path
    raise ModelError(
        f"there is no model in {given}",
        "give the folder of a model, or install Newsledger again: its wheel and its checkout carry models/wire_en",
    )
