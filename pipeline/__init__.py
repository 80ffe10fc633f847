"""Newsledger turns news articles into tables. Public names: `load`, `__version__`."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "load"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: `newsledger --help` must not pay for pandas.
    if name == "load":
        from pipeline.tables import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
