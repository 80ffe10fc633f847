"""The command line: `newsledger COMMAND`, the same as `python -m pipeline COMMAND`.

Results go to stdout, words to stderr. Exit status: 0 done, 1 crash, 2 wrong usage, 3 done but some articles failed, 75 another run holds
the lock. Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pipeline import __version__
from pipeline.errors import NewsledgerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_OUT = Path("data/processed")
DEFAULT_MODEL = "models/wire_en"
INTERRUPTED = 130

app = typer.Typer(
    name="newsledger",
    help="Turns news articles into tables: sentences, entities, dates, numeric claims, attributed quotes, events.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: importing rich would take longer than all the rest
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

OutArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the tables.")]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the tables.")]
SettingsOption = Annotated[Path | None, typer.Option("--settings", metavar="FILE", help="Settings in TOML over the defaults.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsledger {__version__}")
        raise typer.Exit


@app.callback()
def _global(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error (also after the command).")] = False,
) -> None:
    pass


@app.command()
def extract(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders of articles.", show_default=False)],
    out: OutOption = DEFAULT_OUT,
    published: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Publication date of articles that do not tell theirs, as 2024-03-14."),
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="PATH", help="The language model: a folder, or the name of an installed spaCy pipeline.")
    ] = DEFAULT_MODEL,
    workers: Annotated[int | None, typer.Option(min=1, metavar="N", help="Processes at work; the number of cores if not given.")] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Do the I-th of N parts only; then run `link`.")] = None,
    force: Annotated[
        list[str] | None, typer.Option(metavar="STAGE", help="Run this stage again, and those that need it. May be repeated.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="STAGE", help="Run this stage and all after it again.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the rows of articles that are no longer in PATH.")] = False,
    settings: SettingsOption = None,
) -> None:
    """Turn articles into tables. Only what is new or changed since the last run is done."""
    from pipeline import config, runner

    summary = runner.extract(
        paths,
        out,
        settings=config.load(settings),
        published=published.date() if published else None,
        model=model,
        workers=workers,
        shard=_parse_shard(shard),
        force=force or (),
        from_stage=from_,
        dry_run=dry_run,
        quiet=quiet,
        prune=prune,
    )
    if dry_run:
        typer.echo(summary.plan.text())
    elif not quiet:
        typer.echo(summary.text())
    raise typer.Exit(summary.exit_code)


@app.command()
def link(
    out: OutArgument = DEFAULT_OUT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
    settings: SettingsOption = None,
) -> None:
    """Finish the tables after --shard jobs. Fills the columns that need all articles: near copies, event clusters."""
    from pipeline import config, runner

    summary = runner.link(out, settings=config.load(settings), quiet=quiet)
    if not quiet:
        typer.echo(summary.text())
    raise typer.Exit(summary.exit_code)


@app.command()
def status(out: OutArgument = DEFAULT_OUT, as_json: JsonOption = False) -> None:
    """Show what the tables hold. Articles, rows, versions, failures by reason, the last run."""
    from pipeline import status as report
    from pipeline.tables import open_store

    figures = report.status(open_store(out))
    _print_json(figures) if as_json else typer.echo(report.status_text(figures))


@app.command()
def failures(out: OutArgument = DEFAULT_OUT, as_json: JsonOption = False) -> None:
    """List what failed. Each with its reason and remedy."""
    from pipeline import status as report
    from pipeline.tables import open_store

    rows = open_store(out).failures().to_pylist()
    _print_json(rows) if as_json else typer.echo(report.failures_text(rows))


@app.command()
def codebook(
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="One table only.", show_default=False)] = None,
) -> None:
    """Print the data dictionary. Markdown, written from the schemas."""
    from pipeline import codebook as book

    typer.echo(book.markdown(table))


@app.command()
def inspect(
    article: Annotated[str, typer.Argument(metavar="ARTICLE_ID", help="An article_id, its first characters, or the end of a uri.")],
    out: OutOption = DEFAULT_OUT,
    layers: Annotated[str, typer.Option(metavar="LIST", help="What to mark in the text.")] = "entities,claims,quotes,events",
) -> None:
    """Show an article with what was found in it. Entities, claims, quotes and events are marked; each event has its evidence."""
    from pipeline.inspect import inspect_article
    from pipeline.tables import open_store

    inspect_article(open_store(out), article, tuple(name.strip() for name in layers.split(",") if name.strip()))


@app.command()
def view(
    article: Annotated[str, typer.Argument(metavar="ARTICLE_ID", help="An article_id, its first characters, or the end of a uri.")],
    out: OutOption = DEFAULT_OUT,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the page; stdout if not given.")] = None,
) -> None:
    """Write an article as an HTML page. One file with the text and its tables; it needs no network."""
    from pipeline.tables import article_row, article_tables, find_article, open_store
    from pipeline.view.page import page

    store = open_store(out)
    article_id = find_article(store, article)["article_id"]
    html = page(article_row(store, article_id), article_tables(store, article_id))
    if to is None:
        typer.echo(html)
        return
    try:
        to.write_text(html, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {to}: {error.strerror}", "give another --to") from error
    _say(f"wrote {to}")


@app.command()
def evaluate(
    task: Annotated[
        str | None, typer.Argument(metavar="TASK", help="What to measure; without it the tasks are listed.", show_default=False)
    ] = None,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Coded files of the task's corpus.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score the tables on a public corpus. Each task gives one flat set of figures."""
    from pipeline import evaluation

    if task is None:
        typer.echo(evaluation.listing())
        return
    figures = evaluation.run(task, files or [])
    _print_json(figures) if as_json else typer.echo(evaluation.figures_text(task, figures))


def _parse_shard(text: str | None) -> tuple[int, int] | None:
    """ "2/8" as (2, 8)."""
    if text is None:
        return None
    first, slash, second = text.partition("/")
    numbers = slash and all(n.isascii() and n.isdigit() for n in (first, second))
    if not numbers or not 1 <= int(first) <= int(second):
        raise UsageError(
            f"--shard {text} is not a part of a whole", "write it as I/N with I from 1 to N: --shard 2/8 is the second of eight parts"
        )
    return int(first), int(second)


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _say(words: str) -> None:
    typer.echo(words, err=True)


def _fail(error: BaseException, code: int, remedy: str) -> NoReturn:
    _say(f"newsledger: {error}")
    if remedy:
        _say(f"  {remedy}")
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and ends the process with its exit status; errors are told in words, tracebacks only with --debug."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    words = given[: given.index("--")] if "--" in given else given
    debug = "--debug" in words or bool(os.environ.get("NEWSLEDGER_DEBUG"))
    while "--debug" in words:  # allowed anywhere, so that it can be added at the end of the line that failed
        given.remove("--debug")
        words = given[: given.index("--")] if "--" in given else list(given)
    try:
        app(given)
    except NewsledgerError as error:
        if debug:
            raise
        _fail(error, error.exit_code, error.remedy)
    except SystemExit as left:
        if left.code == INTERRUPTED:  # what typer makes of Ctrl-C
            _say("newsledger: interrupted; what was committed stands, and the same command goes on from there")
        raise
    except Exception as error:
        if debug:
            raise
        _say(f"newsledger: {type(error).__name__}: {error}")
        _say("  this is a fault of the program or of the machine; the same command with --debug shows where it happened")
        sys.exit(1)


if __name__ == "__main__":
    main()
