"""Writes into docs/reading.md what was found, missed and wrong in the tekton interviews, by line and without their text.

python -m evals.pages.reading --data ../shared/data/interviews eval-interviews.json
"""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.pages.marks import fill
from icp_synth.evaluation.cases import GoldSet, read_sets
from icp_synth.evaluation.gold_file import Place
from icp_synth.evaluation.results import Report, Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reading.md"
SET = "tekton"  # the one set of real interviews that is read and mended on
WRONG = ("not in the gold", "of another kind")


def items(gold: GoldSet, result: Result) -> str:
    """A row for each core item: where it stands, and whether a statement of a right kind quotes it."""
    lines = ["| item | kind | also right | stands at | read |", "| --- | --- | --- | --- | --- |"]
    found, typed = (result.figures[name].units for name in ("core_recall", "typed_core_recall"))
    for item in gold.items:
        if item.core:
            told = "found" if typed[item.id][0] else "found under another kind" if found[item.id][0] else "missed"
            places = ", ".join(map(_place, item.evidence))
            lines.append(f"| {item.id} | {item.kind} | {', '.join(item.alt_kinds) or '–'} | {places} | {told} |")
    return "\n".join(lines)


def wrong(result: Result) -> str:
    """A row for each statement, or kind of a statement, that the gold doesn't bear out; the surest first."""
    lines = ["| stands at | kind | why it is wrong | how sure it was |", "| --- | --- | --- | --- |"]
    for case in result.cases:
        if case.what in WRONG:
            lines.append(f"| {_short(case.where)} | {case.kind} | {case.what} | {case.note} |")
    return "\n".join(lines)


def _place(place: Place) -> str:
    first, last = place.lines or (0, 0)
    return f"{_short(place.file)}:{first}" + (f"–{last}" if last != first else "")


def _short(path: str) -> str:
    return path.rsplit("/", 1)[-1].replace("tekton-adopter-interview-", "").replace("<", "\\<")


def main() -> None:
    """Fill the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("report", type=Path)
    chosen = parser.parse_args()
    (gold,) = (one for one in read_sets(chosen.data) if one.name == SET)
    results = Report.model_validate_json(chosen.report.read_text(encoding="utf-8")).results
    ours = next(one for one in results if (one.suite, one.set) == ("interviews", SET) and one.reader != "naive")
    fill(PAGE, {"items": items(gold, ours), "wrong": wrong(ours)})


if __name__ == "__main__":
    main()
