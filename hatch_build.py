"""Carries the model into built wheels: models/wire_en becomes pipeline/_model/wire_en.

An editable install reads the model from the checkout and needs no copy. A checkout without a model still builds;
`pipeline.language.paths.model_path` then says how to get one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODEL = "models/wire_en"


class ModelHook(BuildHookInterface):  # type: ignore[misc]
    """Adds the model folder to the wheel where the checkout has one."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        source = Path(self.root, MODEL)
        if version != "editable" and (source / "config.cfg").is_file():
            build_data["force_include"][str(source)] = "pipeline/_model/wire_en"
