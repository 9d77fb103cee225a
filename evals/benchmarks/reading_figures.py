"""Writes how evidence is read, and how far the annotators agree, into docs/evaluation.md: `make reading-figures`.

python -m evals.benchmarks.reading_figures interviews.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from evals import agreement
from evals.benchmarks.pages import fill
from icp_synth import assets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evaluation.md"
FIGURES = (
    "core_recall", "typed_core_recall", "typed_precision", "page_one_recall", "accounts_exact", "status_accuracy",
    "rebuttals_paired", "roles",
)  # fmt: skip


def reading(readings: list[dict[str, Any]]) -> str:
    """A row for each set and reader."""
    heads = [
        "set",
        "reader",
        "statements",
        *(name.replace("_", " ") for name in FIGURES),
        "typed F1",
        "words of us",
        "on traps",
    ]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for one in readings:
        f1 = "–" if one["typed_f1"] is None else f"{one['typed_f1']:.2f}"
        cells = [*(_shown(one[name]) for name in FIGURES), f1, str(one["words_of_us"]), str(one["on_traps"])]
        lines.append(_row([one["set"], one["analyst"], str(one["statements"]), *cells]))
    return "\n".join(lines)


def by_kind(readings: list[dict[str, Any]]) -> str:
    """Recall and precision per kind, of the reader that isn't the naive one."""
    ours = [one for one in readings if one["analyst"] != "naive"]
    kinds = sorted({kind for one in ours for kind in one["by_kind"]})
    heads = ["kind", *(f"{one['set']}: {what}" for one in ours for what in ("recall", "precision"))]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for kind in kinds:
        cells = [one["by_kind"].get(kind, {}).get(what) for one in ours for what in ("recall", "precision")]
        lines.append(
            _row([kind, *("–" if cell is None or cell["value"] is None else f"{cell['value']:.2f}" for cell in cells)])
        )
    return "\n".join(lines)


def agreed() -> str:
    """F1 and AC1 of the two labellings, per set and kind."""
    lines = [_row(["set", "kind", "first", "second", "F1", "F1, accepting", "AC1"]), _row(["---"] * 7)]
    for path in sorted(assets.golden_dir().glob("*/second.yaml")):
        for kind, row in agreement.agreement(path.parent)["kinds"].items():
            figures = ("–" if row[key] is None else f"{row[key]:.2f}" for key in ("f1", "f1_accepting", "ac1"))
            lines.append(_row([path.parent.name, kind, str(row["first"]), str(row["second"]), *figures]))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(figure: dict[str, float | None]) -> str:
    return "–" if figure["value"] is None else f"{figure['value']:.2f} ({figure['low']:.2f}–{figure['high']:.2f})"


def main() -> None:
    """Put the tables into the page."""
    readings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    fill(PAGE, {"reading": reading(readings), "kinds": by_kind(readings), "agreement": agreed()})


if __name__ == "__main__":
    main()
