"""What a folder of tables holds, in words: `newsledger status` and `newsledger failures`."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.store import Store


def status(store: Store) -> dict[str, Any]:
    """Figures of a store: uris, articles, rows of every table, versions, failures by error class, the last run's record."""
    manifest = store.manifest
    reasons = collections.Counter(store.failures().column("error").to_pylist())
    runs = store.runs()
    return {
        "uris": manifest.uris,
        "articles": manifest.articles,
        "rows": dict(manifest.rows),
        "failures": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        "versions": dict(manifest.versions),
        "last_run": runs[-1] if runs else None,
    }


def status_text(figures: Mapping[str, Any]) -> str:
    """The figures as lines for a terminal."""
    lines = [f"{figures['uris']:,} inputs read, {figures['articles']:,} different articles", "", "rows"]
    lines += _columns({k: f"{v:,}" for k, v in figures["rows"].items()}, right=True)
    if figures["failures"]:
        lines += ["", "failures (newsledger failures DIR lists them)"]
        lines += _columns({k: f"{v:,}" for k, v in figures["failures"].items()}, right=True)
    lines += ["", "versions (--json has all)", *_columns(_versions(figures["versions"]))]
    if last := figures["last_run"]:
        lines += ["", f"last run {last.get('run_id', '')}"]
        shown = ("started", "seconds", "exit_code", "words", "rewritten", "stages", "corpus_stages")
        lines += _columns({k: _brief(last[k]) for k in shown if k in last})
    return "\n".join(lines)


def _versions(versions: Mapping[str, str]) -> dict[str, str]:
    """The versions a reader asks for: of the program, the model and each stage; lexicons and schemas are counted."""
    kinds = collections.Counter(key.partition(":")[0] for key in versions if ":" in key)
    stages = ", ".join(f"{key.partition(':')[2]} {value}" for key, value in versions.items() if key.startswith("stage:"))
    counted = {f"{kind}s": f"{n} by hash" for kind, n in kinds.items() if kind != "stage"}
    return {**{k: v for k, v in versions.items() if ":" not in k}, **({"stages": stages} if stages else {}), **counted}


def failures_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The failures, one paragraph each; of many that agree in all but their uri, the uris one under the other."""
    if not rows:
        return "no failures"
    groups: dict[tuple[str, str, str, str], list[str]] = collections.defaultdict(list)
    for r in rows:
        groups[(r["stage"] or "", r["error"] or "", r["message"] or "", r["remedy"] or "")].append(r["uri"])
    parts = []
    for (stage, error, message, remedy), uris in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        head = [f"{error} in {stage} ({len(uris):,}): {message}", *([f"  what to do: {remedy}"] if remedy else [])]
        parts.append("\n".join([*head, *(f"  {uri}" for uri in sorted(uris))]))
    return "\n\n".join(parts)


def _columns(values: Mapping[str, str], *, right: bool = False) -> list[str]:
    wide = max((len(k) for k in values), default=0)
    last = max((len(v) for v in values.values()), default=0) if right else 0
    return [f"  {k:<{wide}}  {v:>{last}}" if right else f"  {k:<{wide}}  {v}" for k, v in values.items()]


def _brief(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(v) for v in value) or "none"
    return str(value)
