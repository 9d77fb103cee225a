"""How well two annotators of a golden set agree, and where not: `python -m evals.agreement [--json | --differences]`.

Each set has the labels of its author (first.yaml) and a second labelling made without sight of them (second.yaml). Units are the
non-blank lines of text files; files without lines (DOCX, JSON) are left out of the figures, and counted. Per kind: F1 of one
labelling against the other, strictly (first-hand kinds) and with the kinds that either would accept; and Gwet's AC1, since kappa
misleads where nearly all units are negative.

A difference is a kind that one gave to a place and the other would not accept there. settled.yaml decides each, with the
reason, and gold.yaml holds what was decided.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from icp_synth import assets
from icp_synth.evaluation.metrics import ac1

KINDS = (
    "pain", "job", "trigger", "objection", "rebuttal", "disqualifier", "desired_outcome", "alternative", "proof", "buying_role",
)  # fmt: skip
_SHARED = 0.6  # share of the shorter text's words that two quotes must share to be the same place
Label = dict[str, Any]
Unit = tuple[str, int]
Labels = dict[Unit, set[str]]


def labels(folder: Path, annotator: str) -> list[Label]:
    """What an annotator (`first`, `second`) wrote: `file`, `lines` or `quote`, `kinds`, and `also` where they'd accept more."""
    read: list[Label] = yaml.safe_load((folder / f"{annotator}.yaml").read_text(encoding="utf-8"))["labels"]
    return read


def by_line(given: Sequence[Label]) -> tuple[Labels, Labels]:
    """Kinds per line: first-hand, and all that would be accepted."""
    told: Labels = defaultdict(set)
    accepted: Labels = defaultdict(set)
    for one in given:
        for line in range(one["lines"][0], one["lines"][1] + 1) if one.get("lines") else ():
            told[one["file"], line] |= {*one["kinds"]}
            accepted[one["file"], line] |= {*one["kinds"], *one.get("also", ())}
    return told, accepted


def differences(folder: Path) -> Iterator[tuple[str, Label, str]]:
    """Annotator, label and kind, for each kind that the other would not accept at that place."""
    both = {annotator: labels(folder, annotator) for annotator in ("first", "second")}
    for annotator, other in (("first", "second"), ("second", "first")):
        seen = set()
        for label in both[annotator]:
            there = [one for one in both[other] if same_place(label, one)]
            for kind in label["kinds"]:
                key = (label["file"], str(label.get("lines") or label["quote"]), kind)
                if key not in seen and not any(kind in (*one["kinds"], *one.get("also", ())) for one in there):
                    yield annotator, label, kind
                seen.add(key)


def same_place(one: Label, other: Label) -> bool:
    """Whether two labels share a line, or most of the words of the shorter quote."""
    if one["file"] != other["file"] or bool(one.get("lines")) != bool(other.get("lines")):
        return False
    if one.get("lines"):
        return bool(one["lines"][0] <= other["lines"][1] and other["lines"][0] <= one["lines"][1])
    words = [{*re.findall(r"\w+", label["quote"].lower())} for label in (one, other)]
    return len(words[0] & words[1]) >= _SHARED * min(map(len, words))


def f1(one: Labels, other: Labels, one_wide: Labels, other_wide: Labels, kind: str) -> float | None:
    """Harmonic mean of the shares of each side's labels that the other bears out (`wide`: accepts)."""
    ones = [unit for unit, kinds in one.items() if kind in kinds]
    others = [unit for unit, kinds in other.items() if kind in kinds]
    if not ones or not others:
        return None
    precise = sum(kind in other_wide.get(unit, ()) for unit in ones) / len(ones)
    recalled = sum(kind in one_wide.get(unit, ()) for unit in others) / len(others)
    return 2 * precise * recalled / (precise + recalled) if precise + recalled else 0.0


def agreement(folder: Path) -> dict[str, Any]:
    """Figures per kind of one set, the number of its units, and how many labels stand in files without lines."""
    one, one_wide = by_line(labels(folder, "first"))
    other, other_wide = by_line(labels(folder, "second"))
    files = {
        file["name"]
        for file in yaml.safe_load((folder / "gold.yaml").read_text(encoding="utf-8"))["files"]
        if file.get("lines") and not file["name"].endswith((".json", ".docx"))
    }
    units = [
        (name, number)
        for name in sorted(files)
        for number, line in enumerate(
            (folder / "evidence" / name).read_text(encoding="utf-8", errors="replace").split("\n"), 1
        )
        if line.strip()
    ]
    return {
        "units": len(units),
        "labels_without_lines": sum(not label.get("lines") for label in labels(folder, "second")),
        "differences": sum(1 for _ in differences(folder)),
        "kinds": {
            kind: {
                "first": sum(kind in kinds for kinds in one.values()),
                "second": sum(kind in kinds for kinds in other.values()),
                "f1": f1(one, other, one, other, kind),
                "f1_accepting": f1(one, other, one_wide, other_wide, kind),
                "ac1": ac1([(kind in one.get(unit, ()), kind in other.get(unit, ())) for unit in units]),
            }
            for kind in KINDS
        },
    }


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--differences", action="store_true", help="list the differences instead")
    chosen = parser.parse_args()
    folders = [path.parent for path in sorted(assets.golden_dir().glob("*/second.yaml"))]
    if chosen.differences:
        for folder in folders:
            for annotator, label, kind in differences(folder):
                place = {key: label[key] for key in ("file", "lines", "quote") if label.get(key)}
                print(json.dumps({"set": folder.name, "by": annotator, **place, "kind": kind}, ensure_ascii=False))
        return
    found = {folder.name: agreement(folder) for folder in folders}
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    for name, told in found.items():
        print(f"{name}: {told['units']} lines; {told['labels_without_lines']} labels in files without lines left out")
        for kind, row in told["kinds"].items():
            figures = ((key, row[key]) for key in ("f1", "f1_accepting", "ac1"))
            shares = "  ".join(f"{key} –" if value is None else f"{key} {value:.2f}" for key, value in figures)
            print(f"  {kind:16} {row['first']:4} {row['second']:4}  {shares}")


if __name__ == "__main__":
    main()
