"""Writes what `icp-synth eval pii` and `evals.benchmarks.taggers` measured into docs/privacy.md: `make privacy-figures`.

python -m evals.pages.privacy pii.json taggers.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from evals.pages.marks import fill

PAGE = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"


def table(report: dict[str, Any]) -> str:
    """Markdown of the halves that were held out, then those tuned on, and the speeds."""
    ours, stock = report["systems"]["ours"], report["systems"]["stock"]
    lines = []
    for half in ("report", "tuning"):
        lines += [
            f"**The {half} halves ({report['halves'][half].rstrip('.')}).**",
            "",
            "| set | entity | tokens | recall | precision | F2 | leaked | stock: recall | stock: F2 | stock: leaked |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        others = {(row["corpus"], row["half"], row["entity"]): row for row in stock["rows"]}
        for row in (row for row in ours["rows"] if row["half"] == half):
            other = others[row["corpus"], half, row["entity"]]
            cells = [row["corpus"], row["entity"], str(row["tokens"])]
            cells += [_shown(row[key]) for key in ("recall", "precision", "f2", "leaked")]
            cells += [_shown(other[key]) for key in ("recall", "f2", "leaked")]
            lines.append(f"| {' | '.join(cells)} |")
        lines += ["", "| what must stay | tokens | removed by us | removed by stock |", "| --- | --- | --- | --- |"]
        by = {(row["half"], row["kind"]): row for row in stock["kept"]}
        for row in (row for row in ours["kept"] if row["half"] == half):
            other = by[half, row["kind"]]
            lines.append(f"| {row['kind']} | {row['tokens']} | {_shown(row['removed'])} | {_shown(other['removed'])} |")
        lines.append("")
    lines += ["| | KB per CPU second | KB per second |", "| --- | --- | --- |"]
    for system in (ours, stock):
        speed = system["speed"]
        lines.append(f"| {system['name']} | {speed['per_cpu_second']:.1f} | {speed['per_second']:.1f} |")
    faster = report["faster"]
    lines.append(f"| times as fast | {faster['per_cpu_second']:.1f} | {faster['per_second']:.1f} |")
    return "\n".join(lines)


def _shown(figure: dict[str, float | None]) -> str:
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.3f} ({figure['low']:.2f}–{figure['high']:.2f})"


def comparison(taggers: dict[str, dict[str, float]]) -> str:
    """Markdown of the candidates for finding names."""
    columns = list(next(iter(taggers.values())))
    lines = [f"| | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    lines += [f"| {name} | {' | '.join(f'{row[c]:.3f}' for c in columns)} |" for name, row in taggers.items()]
    return "\n".join(lines)


def main() -> None:
    """Put the tables of the reports given as arguments into the page."""
    measured, taggers = (json.loads(Path(given).read_text(encoding="utf-8")) for given in sys.argv[1:3])
    fill(PAGE, {"figures": table(measured), "taggers": comparison(taggers)})


if __name__ == "__main__":
    main()
