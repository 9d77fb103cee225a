"""`eval pii` on labelled corpora: our scrubber beside Presidio as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from icp_synth import wiring
from icp_synth.cli.console import err, out, print_json
from icp_synth.evaluation import pii
from icp_synth.evaluation.corpora import Document
from icp_synth.evaluation.metrics import Figure

_WARM = "Nothing personal is said here. "


def measure(documents: Sequence[Document], as_json: bool) -> None:
    """Run both over the documents, and print what each finds, on the halves tuned on and held out."""
    err.print(f"{len(documents)} documents; stock Presidio alone takes some minutes.")
    ours, stock = wiring.scrub_workers(), wiring.stock_presidio()
    ours.find_all([pii.passage(_WARM)] * 2)
    stock.analyze(_WARM)
    systems = {
        "ours": (ours.name, *_measured(documents, lambda: pii.scrubbed(documents, ours), ours.cpu_seconds)),
        "stock": (stock.name, *_measured(documents, lambda: pii.detected(documents, stock.analyze), lambda: 0.0)),
    }
    report = {
        "data": {
            corpus: sum(d.corpus == corpus for d in documents) for corpus in dict.fromkeys(d.corpus for d in documents)
        },
        "halves": {
            "by": "the first byte of sha256(set:key), even or odd; key = conversation, template or text",
            "tuning": "rules were tuned on it",
            "report": "held out; the figures that count",
        },
        "systems": {key: {"name": name, "speed": speed, **scores} for key, (name, speed, scores) in systems.items()},
        "faster": _faster(systems["ours"][1], systems["stock"][1]),
    }
    if as_json:
        print_json(report)
    else:
        _show(report)


def _measured(
    documents: Sequence[Document], run: Callable[[], list[pii.Removed]], others: Callable[[], float]
) -> tuple[dict[str, float], dict[str, Any]]:
    """Speed and scores of one scrubber. `others` tells the CPU seconds of its other processes."""
    before, cpu, clock = others(), time.process_time(), time.perf_counter()
    removed = run()
    seconds, own = time.perf_counter() - clock, time.process_time() - cpu
    speed = pii.speed(documents, own + others() - before, seconds)
    return speed.model_dump(), pii.score(documents, removed).model_dump()


def _faster(ours: dict[str, float], stock: dict[str, float]) -> dict[str, float]:
    return {key: round(ours[key] / stock[key], 2) for key in ("per_cpu_second", "per_second")}


def _show(report: dict[str, Any]) -> None:
    table = Table(box=None, header_style="bold")
    for heading in (
        "set",
        "half",
        "entity",
        "tokens",
        "recall",
        "precision",
        "F2",
        "leaked",
        "stock: recall",
        "F2",
        "leaked",
    ):
        table.add_column(heading)
    stock = {(r["corpus"], r["half"], r["entity"]): r for r in report["systems"]["stock"]["rows"]}
    for row in report["systems"]["ours"]["rows"]:
        other = stock[row["corpus"], row["half"], row["entity"]]
        figures = [shown(row[key]) for key in ("recall", "precision", "f2", "leaked")]
        figures += [shown(other[key]) for key in ("recall", "f2", "leaked")]
        table.add_row(row["corpus"], row["half"], escape(row["entity"]), str(row["tokens"]), *figures)
    out.print(table)
    for row in report["systems"]["ours"]["kept"]:
        out.print(
            f"{row['corpus']} {row['half']}: {shown(row['removed'])} of {row['tokens']} {row['kind']} tokens removed"
        )
    faster = report["faster"]
    out.print(f"{faster['per_cpu_second']} times stock's KB per CPU second, {faster['per_second']} times per second")


def shown(figure: dict[str, float | None]) -> str:
    """`0.95 (0.93–0.97)`, or a dash."""
    known = Figure.model_validate(figure)
    return "-" if known.value is None else f"{known.value:.3f} ({known.low:.2f}–{known.high:.2f})"
