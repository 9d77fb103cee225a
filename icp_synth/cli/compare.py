"""`eval compare` and `eval baseline`: which differences between two runs are real, and what later runs are held against."""

from __future__ import annotations

import datetime as dt
import json
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from icp_synth.cli.console import AsJson, out, print_json
from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation.comparing import Difference, compare, regressions
from icp_synth.evaluation.results import Report

EXIT_WORSE = 5
_STYLE = {"better": "green", "worse": "red", "gone": "red", "not sure": "dim", "same": "dim", "new": "cyan"}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("compare")(compare_reports)
    app.command()(baseline)


def compare_reports(
    before: Annotated[Path, typer.Argument(help="A report: what `eval … --json` printed.")],
    after: Annotated[Path, typer.Argument(help="Another one, on the same data.")],
    gate: Annotated[
        bool, typer.Option("--gate", help=f"Exit {EXIT_WORSE} where a figure is worse beyond doubt, or gone.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show also what is the same.")] = False,
    as_json: AsJson = False,
) -> None:
    """Which differences between two runs are real: paired, unit by unit, with 95% intervals."""
    differences = compare(_read(before), _read(after))
    if as_json:
        print_json(differences)
    else:
        _show([one for one in differences if everything or one.verdict != "same"], len(differences))
    if gate and regressions(differences):
        raise typer.Exit(EXIT_WORSE)


def baseline(
    report: Annotated[Path, typer.Argument(help="A report: what `eval all --json` printed.")],
    why: Annotated[str, typer.Option(help="Why figures may change; goes into the log beside the baseline.")],
    file: Annotated[Path, typer.Option("--file", help="The baseline.")] = Path("evals/baseline.json"),
) -> None:
    """Make a report what later runs are held against, and write into the log what changes and why."""
    if not why.strip():
        raise typer.BadParameter("Say why in words.")
    now = _read(report)
    kept = now.model_copy(update={"results": tuple(r.model_copy(update={"cases": ()}) for r in now.results)})
    changed = [one for one in compare(_read(file), kept) if one.verdict != "same"] if file.exists() else []
    file.parent.mkdir(parents=True, exist_ok=True)
    log = file.with_suffix(".log.md")
    lines = [f"## {dt.datetime.now(dt.UTC).date()}: {' '.join(why.split())}", "", *map(_line, changed), ""]
    with log.open("a", encoding="utf-8") as opened:
        opened.write("\n".join(lines) + "\n")
    file.write_text(json.dumps(kept.model_dump(mode="json"), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    out.print(f"{len(changed)} figures changed; logged in {escape(str(log))}")


def _read(path: Path) -> Report:
    if not path.is_file():
        raise NotFoundError(f"There is no report {path}.", "`icp-synth eval all --json > report.json` makes one.")
    try:
        return Report.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "not UTF-8"
        raise EvidenceError(
            str(path), f"{path} is no report ({what}).", "Give what `eval … --json` printed."
        ) from error


def _show(differences: list[Difference], of: int) -> None:
    """The figures under their suite, set and reader, a line each."""
    for where, those in groupby(differences, key=lambda one: f"{one.suite}: {one.set}, {one.reader}"):
        out.print(f"[bold]{escape(where)}[/]", soft_wrap=True)
        for one in those:
            figure = (
                f"{one.figure.replace('_', ' '):28} {_number(one.before):>6} → {_number(one.after):6} {_change(one):28}"
            )
            out.print(f"  {escape(figure)} [{_STYLE[one.verdict]}]{one.verdict}[/]", soft_wrap=True)
    counts = {verdict: sum(one.verdict == verdict for one in differences) for verdict in _STYLE}
    told = ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n and verdict != "same")
    out.print(f"{of} figures compared: {told or 'all the same'}")


def _line(one: Difference) -> str:
    where = f"{one.suite}, {one.set}, {one.reader}: {one.figure}"
    return f"- {where}: {_number(one.before)} → {_number(one.after)} ({one.verdict})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _change(one: Difference) -> str:
    if one.change is None:
        return ""
    return f"{one.change:+.3f} ({one.low:+.3f} to {one.high:+.3f})"
