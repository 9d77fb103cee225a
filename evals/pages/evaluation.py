"""Writes what an evaluation found, and how far the annotators agree, into docs/evaluation.md: `make evaluation-figures`.

python -m evals.pages.evaluation eval.json [more.json …]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from evals import agreement
from evals.pages.marks import fill
from icp_synth import assets
from icp_synth.evaluation.metrics import Figure
from icp_synth.evaluation.results import Report, Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evaluation.md"
NAIVE = "naive"
FIGURES = (
    "core_recall", "typed_core_recall", "typed_precision", "typed_f1", "page_one_recall", "accounts_exact", "status_accuracy",
    "rebuttals_paired", "roles", "words_of_us", "on_traps",
)  # fmt: skip
FACTS = ("statements", "accounts_off_by")
OTHERS = ("pii", "clustering", "matching", "ask", "grounding", "render")


def reading(results: Sequence[Result]) -> str:
    """A row for each set and reader."""
    lines = _head(["set", "reader", *(_words(name) for name in (*FIGURES, *FACTS))])
    for one in results:
        cells = [_shown(one.figures[name]) for name in FIGURES]
        lines.append(_row([one.set, one.reader, *cells, *(_fact(one.facts[name]) for name in FACTS)]))
    return "\n".join(lines)


def held(results: Sequence[Result]) -> str:
    """What should always be right, of the reader that is shipped."""
    names = ("citations_valid", "claims_valid", "unsupported_sentences", "stable", "themes_kept", "members_kept")
    facts = ("seconds_before_reading", "seconds_reading", "calls", "tokens_in", "tokens_out", "judge")
    lines = _head(["set", *(_words(name) for name in (*names, *facts))])
    for one in results:
        cells = [*(_shown(one.figures[name]) for name in names), *(_fact(one.facts[name]) for name in facts)]
        lines.append(_row([one.set, *cells]))
    return "\n".join(lines)


def by_kind(results: Sequence[Result]) -> str:
    """Recall and precision per kind, of the reader that is shipped."""
    lines = _head(["kind", *(f"{one.set}: {what}" for one in results for what in ("recall", "precision"))])
    for kind in sorted({kind for one in results for kind in one.by_kind}):
        figures = [one.by_kind.get(kind, {}).get(what) for one in results for what in ("recall", "precision")]
        lines.append(_row([kind, *(_value(figure) for figure in figures)]))
    return "\n".join(lines)


def others(results: Sequence[Result]) -> str:
    """A row for each figure of the suites that don't look at reading."""
    lines = _head(["suite", "set", "figure", "value"])
    for one in results:
        for name, figure in one.figures.items():
            note = " (lower is better)" if figure.better == "lower" else ""
            lines.append(_row([one.suite, one.set, _words(name) + note, _shown(figure)]))
    return "\n".join(lines)


def agreed() -> str:
    """F1 and AC1 of the two labellings, per set and kind."""
    lines = _head(["set", "kind", "first", "second", "F1", "F1, accepting", "AC1"])
    for path in sorted(assets.golden_dir().glob("*/second.yaml")):
        for kind, row in agreement.agreement(path.parent)["kinds"].items():
            figures = ("–" if row[key] is None else f"{row[key]:.2f}" for key in ("f1", "f1_accepting", "ac1"))
            lines.append(_row([path.parent.name, kind, str(row["first"]), str(row["second"]), *figures]))
    return "\n".join(lines)


def settled() -> str:
    """How the differences between the annotators were decided, per set."""
    decisions = ("kept", "dropped", "accepted", "rejected")
    lines = _head(["set", "differences", *decisions])
    for path in sorted(assets.golden_dir().glob("*/settled.yaml")):
        told = Counter(one["decision"] for one in yaml.safe_load(path.read_text(encoding="utf-8"))["settled"])
        lines.append(_row([path.parent.name, str(sum(told.values())), *(str(told[one]) for one in decisions)]))
    return "\n".join(lines)


def _head(cells: list[str]) -> list[str]:
    return [_row(cells), _row(["---"] * len(cells))]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(figure: Figure) -> str:
    return "–" if figure.value is None else f"{figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"


def _value(figure: Figure | None) -> str:
    return "–" if figure is None or figure.value is None else f"{figure.value:.2f}"


def _fact(value: object) -> str:
    return "–" if value is None else str(value)


def main() -> None:
    """Put the tables into the page."""
    reports = [Report.model_validate_json(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]]
    results = [result for report in reports for result in report.results]
    read = [one for one in results if one.suite == "interviews"]
    ours = [one for one in read if one.reader != NAIVE]
    tables = {
        "reading": reading(read),
        "held": held(ours),
        "kinds": by_kind(ours),
        "others": others([one for suite in OTHERS for one in results if one.suite == suite]),
        "agreement": agreed(),
        "settled": settled(),
    }
    fill(PAGE, tables)


if __name__ == "__main__":
    main()
