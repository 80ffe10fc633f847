"""`make bench`: words a second end to end and per stage, peak memory, and the pipeline's cost as a multiple of the bare encoder pass.

Protocol. The articles of a folder (`data/raw`) are recombined, paragraph by paragraph and by a fixed seed, into N different stories of
at least 600 words; numbers of three digits are drawn anew in each, so that no paragraph is the copy of another that holds one. Their words
are those of the samples, however many stories there are: caches of words fill sooner than they would on a year's news.
For each of N, 4 N and 16 N stories a fresh process

- end to end: runs `newsledger extract` with two workers into an empty folder, from the start of the process to its end, model loading
  and the writing of all tables included; words are white-space separated runs of the articles' text. Memory is the most that the process
  and its workers held at once, the sum of their resident sets sampled ten times a second (pages they share count for each);
- ratio: runs the same once more with everything in one process and one thread, and takes the time of the encoder (the windows of every
  article through the ONNX session, all heads, and nothing else) apart from all the rest. ratio = time of the whole run divided by that of
  the encoder in the same run: `ratio_to_encoder` by the clock on the wall, `ratio_to_encoder_cpu` by processor time (what a busy machine
  and a slow disk leave out), both after a run of one story that loads model and lexicons; `ratio_with_start_up` adds that run's time.

`rival` is the encoder beside a spaCy pipeline of `en_core_web_sm`'s shape (see `pipeline.evaluation.rival`).
Figures are one JSON object on stdout, words on stderr. They are those of the machine they were measured on.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

SIZES = (1, 4, 16)
SEED = 20240314  # any; fixed, so that two benches read the same stories
LEAST_WORDS = 600  # of a story: a wire report of a page
RIVAL_STORIES = 24
THREE_DIGITS = re.compile(r"(?<![\d.,])[1-9]\d\d(?![\d.,]\d|\d)")


class InlineExecutor(Executor):
    """Runs what is submitted at once in this process, so that one clock sees everything."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The finished future of fn(*args, **kwargs)."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # the future carries it to whoever asks for the result
            future.set_exception(error)
        return future


def stories(folder: Path, count: int) -> Iterator[dict[str, str]]:
    """COUNT different stories made of the paragraphs of the articles in FOLDER, as records; the same for the same folder and count."""
    from pipeline.article import Article
    from pipeline.readers import read

    articles = [a for a in read([folder]) if isinstance(a, Article)]
    if not articles:
        raise SystemExit(f"there are no articles in {folder}; give a folder that holds some: --articles FOLDER")
    paragraphs = [[p for p in a.text[a.title_end :].split("\n\n") if p.strip()] for a in articles]
    pool = [p for ps in paragraphs for p in ps]
    chance = random.Random(SEED)
    for n in range(count):
        at = n % len(articles)
        own = paragraphs[at]
        # Half its own paragraphs in their order, half from anywhere: like a story, and no near copy of another.
        mixed = [p if chance.random() < 0.5 else chance.choice(pool) for p in own]
        while sum(len(p.split()) for p in mixed) < LEAST_WORDS:
            mixed.append(chance.choice(pool))
        mixed = [THREE_DIGITS.sub(lambda _: str(chance.randint(100, 999)), p) for p in mixed]
        published = articles[at].published
        yield {
            "id": f"bench-{n}",
            "title": f"{articles[at].title or 'Story'} ({n})",
            "published": published.isoformat() if published else "2024-01-01",
            "text": "\n\n".join(mixed),
        }


def write_stories(folder: Path, count: int, to: Path) -> int:
    """Writes the stories as JSON lines; their words in all."""
    words = 0
    with to.open("w", encoding="utf-8") as f:
        for story in stories(folder, count):
            words += len(f"{story['title']} {story['text']}".split())
            f.write(json.dumps(story, ensure_ascii=False) + "\n")
    return words


def end_to_end(source: Path, out: Path, workers: int) -> dict[str, float]:
    """Seconds and peak memory (MiB) of `newsledger extract` in a process of its own."""
    import psutil

    command = [sys.executable, "-m", "pipeline", "extract", str(source), "--out", str(out), "--workers", str(workers), "--quiet"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    parent, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        held = 0
        with contextlib.suppress(psutil.NoSuchProcess):
            for p in (parent, *parent.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    held += p.memory_info().rss
        peak = max(peak, held)
        time.sleep(0.1)
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 3):
        words = process.stderr.read().decode(errors="replace") if process.stderr else ""
        raise SystemExit(f"extract ended with {process.returncode}:\n{words}")
    return {"seconds": round(seconds, 2), "peak_mib": round(peak / 2**20)}


def anatomy(source: Path, out: Path) -> dict[str, Any]:
    """Seconds of the whole run, of the encoder and of every stage, all in this process on one thread."""
    from pipeline import runner
    from pipeline.language.encoder import Encoder

    spent = {"encoder": 0.0, "encoder_cpu": 0.0}
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="newsledger-warm-") as scratch:
        # Loading the model and the lexicons is a cost of the process, not of the articles: a run of one story pays it beforehand.
        one = Path(scratch, "one.jsonl")
        one.write_text(source.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
        runner.extract([one], Path(scratch, "out"), executor=InlineExecutor(), quiet=True)
    start_up = time.perf_counter() - begun

    def clocked(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            begun, begun_cpu = time.perf_counter(), time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent["encoder"] += time.perf_counter() - begun
                spent["encoder_cpu"] += time.process_time() - begun_cpu

        return call

    plain = Encoder.run
    Encoder.run = clocked(plain)  # type: ignore[method-assign]
    begun, begun_cpu = time.perf_counter(), time.process_time()
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            summary = runner.extract([source], out, executor=InlineExecutor(), quiet=True)
    finally:
        Encoder.run = plain  # type: ignore[method-assign]
    whole, whole_cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    stages = dict(getattr(summary, "stage_seconds", {}))
    return {"whole": whole, "whole_cpu": whole_cpu, "start_up": start_up, **spent, "stages": stages}


def measure(folder: Path, count: int, workers: int) -> dict[str, Any]:
    """All figures for COUNT stories."""
    with tempfile.TemporaryDirectory(prefix="newsledger-bench-") as scratch:
        source = Path(scratch, "stories.jsonl")
        words = write_stories(folder, count, source)
        whole = end_to_end(source, Path(scratch, "out"), workers)
        inner = [sys.executable, "-m", "pipeline.evaluation.bench", "--anatomy", str(source), str(Path(scratch, "inner"))]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "NEWSLEDGER_THREADS": "1"}
        parts = json.loads(subprocess.run(inner, check=True, capture_output=True, text=True, env=environment).stdout)
    return {
        "articles": count,
        "words": words,
        **whole,
        "words_per_second": round(words / whole["seconds"]),
        "ratio_to_encoder": round(parts["whole"] / parts["encoder"], 2),
        "ratio_to_encoder_cpu": round(parts["whole_cpu"] / parts["encoder_cpu"], 2),
        "ratio_with_start_up": round((parts["whole"] + parts["start_up"]) / parts["encoder"], 2),
        "encoder_words_per_second": round(words / parts["encoder"]),
        "stage_words_per_second": {k: round(words / v) for k, v in parts["stages"].items() if v},
        "stage_share_of_run": {k: round(v / parts["whole"], 3) for k, v in parts["stages"].items()},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses the arguments, measures, prints."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.evaluation.bench", description="Measures speed and memory.")
    parser.add_argument("--articles", type=Path, default=Path("data/raw"), help="folder of articles the stories are made from")
    parser.add_argument("--count", type=int, default=60, help="stories at 1x")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="multiples of --count")
    parser.add_argument("--no-rival", action="store_true", help="leave out the spaCy pipeline beside the encoder")
    parser.add_argument("--anatomy", nargs=2, type=Path, metavar=("FILE", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.anatomy:
        print(json.dumps(anatomy(*given.anatomy)))
        return 0
    figures: dict[str, Any] = {"python": platform.python_version(), "machine": platform.machine(), "workers": given.workers}
    for size in given.sizes:
        found = measure(given.articles, given.count * size, given.workers)
        figures[f"{size}x"] = found
        print(
            f"{size:>3}x  {found['articles']:,} articles, {found['words']:,} words: {found['words_per_second']:,} words a second, "
            f"{found['peak_mib']:,} MiB, {found['ratio_to_encoder']} times the encoder",
            file=sys.stderr,
        )
    if not given.no_rival:
        from pipeline.evaluation.rival import compare

        figures["rival"] = compare([s["text"] for s in stories(given.articles, RIVAL_STORIES)])
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
