"""What the README tells people to type works, and its generated parts are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from pipeline.cli import app
from tests import readme

ROOT = Path(__file__).resolve().parents[1]
TEXT = readme.README.read_text(encoding="utf-8")
LINES = readme.shell_lines(TEXT)


def words_of_help(text: str) -> list[str]:
    """Help without its layout: typer's versions break lines and name types differently."""
    return re.sub(r"<[^<>]*>|[\[\]{}.…]", " ", text).split()


def test_the_help_is_the_program_s() -> None:
    assert words_of_help(readme.part(TEXT, "help")) == words_of_help(readme.help_part()), "run: python tests/readme.py"


def test_every_command_is_named() -> None:
    for command in readme.COMMANDS:
        assert f"{command} " in readme.part(TEXT, "help")


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_commands_of_the_readme_are_understood(words: list[str]) -> None:
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert words[1] in targets
        return
    assert words[0] == "newsledger", f"nobody said what {words[0]} is"
    group = typer.main.get_command(app)
    name, *arguments = words[1:]
    command = group.commands[name]  # type: ignore[attr-defined]
    command.make_context(name, arguments)  # parses, and raises where an option or argument is wrong


def test_there_are_commands_to_check() -> None:
    assert len(LINES) >= 6


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    described = re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(phony[1].split()) == sorted(described)
    for target in ("extract", "test", "lint", "bench", "evaluate", "train", "clean"):
        assert target in described


def test_every_table_is_in_the_readme() -> None:
    from pipeline.codebook import tables

    listed = re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)
    assert sorted(listed) == sorted(tables())


def test_links_inside_the_project_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "data" / "README.md", ROOT / "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("path", ["models/README.md", "pipeline/lexicons/README.md", "pipeline/default.toml"])
def test_files_the_readme_names_are_there(path: str) -> None:
    assert path in TEXT
    assert (ROOT / path).is_file()


LEXICONS = sorted((ROOT / "pipeline" / "lexicons").glob("*.csv"))


@pytest.mark.parametrize("path", LEXICONS, ids=lambda p: p.stem)
def test_every_lexicon_is_described(path: Path) -> None:
    described = (path.parent / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{path.stem}(\.csv)?\b", described), f"pipeline/lexicons/README.md says nothing of {path.name}"
