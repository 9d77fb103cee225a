"""`eval`: measures parts of this tool on data with known answers."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth import assets, wiring
from icp_synth.adapters.files import collect
from icp_synth.adapters.home import keyed_hash
from icp_synth.cli import labelling
from icp_synth.cli.console import AsJson, err, out, print_json
from icp_synth.cli.evidence import read_manifest
from icp_synth.evaluation import pii
from icp_synth.evaluation.cases import read_sets
from icp_synth.evaluation.corpora import Document, read_corpora
from icp_synth.evaluation.interviews import NaiveReader, Reading, drafted, measure
from icp_synth.evaluation.metrics import Figure
from icp_synth.records import RawFile
from icp_synth.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Measure this tool on data with known answers.")
labelling.register(app)

_AS_OF = dt.date(2026, 1, 1)  # no figure depends on it; the same for every run
_WARM = "Nothing personal is said here. "


@app.callback()
def evaluate() -> None:
    """Measure this tool on data with known answers."""


@app.command("pii")
def personal_data(
    data: Annotated[
        list[Path],
        typer.Option("--data", help="Folder with multidogo, presidio-research, wnut17 or generated; repeatable."),
    ],
    as_json: AsJson = False,
) -> None:
    """How much personal data the scrubber finds, beside Presidio as it comes; on the halves tuned on and held out."""
    documents = read_corpora(*data)
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


@app.command()
def interviews(
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="Folder with sets of gold; repeatable. The golden sets if not given."),
    ] = None,
    analyst: Annotated[str | None, typer.Option(help="Who reads; the settings' analyst if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """How well interviews and other evidence are read, beside a reader that quotes every sentence of a customer."""
    name = analyst or Settings().analyst
    readings: list[Reading] = []
    for gold in [one for folder in data or [assets.golden_dir()] for one in read_sets(folder)]:
        manifest = read_manifest(gold.folder, gold.product)
        files = [item for item in collect(gold.folder, None) if isinstance(item, RawFile)]
        for reader in (wiring.analyst(name), NaiveReader(wiring.embedder())):
            err.print(f"{gold.name}: {reader.name}")
            read = drafted(
                gold,
                files,
                manifest,
                wiring.detector(),
                wiring.embedder(),
                reader,
                partial(keyed_hash, b"eval"),
                _AS_OF,
            )
            readings.append(measure(gold, read))
    if as_json:
        print_json(readings)
    else:
        _show_readings(readings)


_FIGURES = (
    "core_recall", "typed_core_recall", "typed_precision", "typed_f1", "page_one_recall", "accounts_exact", "accounts_error",
    "status_accuracy", "rebuttals_paired", "roles", "words_of_us", "on_traps", "statements", "seconds",
)  # fmt: skip


def _show_readings(readings: Sequence[Reading]) -> None:
    """A table for each set, a column for each reader."""
    for name in dict.fromkeys(reading.set for reading in readings):
        those = [reading for reading in readings if reading.set == name]
        table = Table(box=None, header_style="bold")
        table.add_column(escape(name))
        for reading in those:
            table.add_column(escape(reading.analyst), justify="right")
        for figure in _FIGURES:
            table.add_row(figure.replace("_", " "), *(_shown(getattr(reading, figure)) for reading in those))
        out.print(table)
        out.print()


def _shown(figure: Figure | float | None) -> str:
    if isinstance(figure, Figure):
        return "–" if figure.value is None else f"{figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"
    return "–" if figure is None else f"{figure:.2f}" if isinstance(figure, float) else str(figure)


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
