"""Keeps the README true: `python tests/readme.py` writes its generated parts again; the tests compare.

Generated are the help of the command line, and the output of the notebook cell (on tables of the sample articles, `make extract` first).
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
COMMANDS = ("extract", "link", "status", "failures", "codebook", "inspect", "view", "evaluate")


def part(text: str, name: str) -> str:
    """What stands between the marks of a generated part."""
    found = re.search(rf"<!-- {name}:start -->\n(.*?)<!-- {name}:end -->", text, re.DOTALL)
    if found is None:
        raise ValueError(f"the README has no part {name!r}")
    return found[1]


def replaced(text: str, name: str, content: str) -> str:
    """The README's text with a generated part replaced."""
    old = part(text, name)
    start = text.index(f"<!-- {name}:start -->\n") + len(f"<!-- {name}:start -->\n")
    return text[:start] + content + text[start + len(old) :]


def help_of(*command: str) -> str:
    """The help of a command, 100 columns wide."""
    environment = os.environ | {"COLUMNS": "100", "TERMINAL_WIDTH": "100"}
    call = [sys.executable, "-c", "from pipeline.cli import main; main()", *command, "--help"]
    out = subprocess.run(call, capture_output=True, text=True, check=True, cwd=ROOT, env=environment).stdout
    return "\n".join(line.rstrip() for line in out.replace("Usage: -c", "Usage: newsledger").strip().splitlines())


def help_part() -> str:
    """The help of the program and of `extract`."""
    return "".join(f"```text\n{text}\n```\n" for text in (help_of(), help_of("extract")))


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def shell_lines(text: str) -> list[list[str]]:
    """The commands of the README's shell blocks, as words."""
    return [shlex.split(line) for block in blocks(text, "sh") for line in block.splitlines() if line.strip()]


def cell_part(tables: Path) -> str:
    """The output of the notebook's first cell, run on tables of the sample articles."""
    cell = blocks(README.read_text(encoding="utf-8"), "python")[0]
    code = f"import os; os.chdir({str(tables)!r})\n{cell}"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return "```text\n" + "\n".join(line.rstrip() for line in out.strip("\n").splitlines()) + "\n```\n"


def main() -> None:
    """Writes the generated parts."""
    text = README.read_text(encoding="utf-8")
    text = replaced(text, "help", help_part())
    if (ROOT / "data" / "processed" / "events").is_dir():
        text = replaced(text, "cell", cell_part(ROOT))
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
