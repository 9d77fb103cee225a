"""How well two annotators of a golden set agree: `python -m evals.agreement [--json]`.

Each set has the labels of its author (gold.yaml) and a second labelling made without sight of them (second.yaml). Units are the
non-blank lines of text files; files without lines (DOCX, JSON) are left out, and counted. Per kind: F1 of one labelling against
the other, strictly (first-hand kinds) and with the kinds that either would accept; and Gwet's AC1 (Gwet 2008, Br. J. Math. Stat.
Psychol. 61), since kappa misleads where nearly all units are negative.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from icp_synth import assets

KINDS = (
    "pain", "job", "trigger", "objection", "rebuttal", "disqualifier", "desired_outcome", "alternative", "proof", "buying_role",
)  # fmt: skip
Unit = tuple[str, int]
Labels = dict[Unit, set[str]]


def first(gold: dict[str, Any]) -> tuple[Labels, Labels]:
    """Kinds per line by the author: first-hand, and all that would be accepted."""
    told, accepted = defaultdict(set), defaultdict(set)
    for item in [*gold["items"], *gold.get("also_valid", ())]:
        for unit in _units(item["evidence"]):
            told[unit].add(item["kind"])
            accepted[unit] |= {item["kind"], *item.get("alt_kinds", ())}
    return told, accepted


def second(labels: list[dict[str, Any]]) -> tuple[Labels, Labels]:
    """The same by the second annotator."""
    told, accepted = defaultdict(set), defaultdict(set)
    for one in labels:
        for unit in _units([one]):
            told[unit] |= {*one["kinds"]}
            accepted[unit] |= {*one["kinds"], *one.get("also", ())}
    return told, accepted


def _units(places: list[dict[str, Any]]) -> list[Unit]:
    return [(p["file"], line) for p in places if p.get("lines") for line in range(p["lines"][0], p["lines"][1] + 1)]


def f1(one: Labels, other: Labels, one_wide: Labels, other_wide: Labels, kind: str) -> float | None:
    """Harmonic mean of the shares of each side's labels that the other bears out (`wide`: accepts)."""
    ones = [unit for unit, kinds in one.items() if kind in kinds]
    others = [unit for unit, kinds in other.items() if kind in kinds]
    if not ones or not others:
        return None
    precise = sum(kind in other_wide.get(unit, ()) for unit in ones) / len(ones)
    recalled = sum(kind in one_wide.get(unit, ()) for unit in others) / len(others)
    return 2 * precise * recalled / (precise + recalled) if precise + recalled else 0.0


def ac1(one: Labels, other: Labels, units: list[Unit], kind: str) -> float:
    """Agreement on the presence of a kind, beyond chance."""
    pairs = [(kind in one.get(unit, ()), kind in other.get(unit, ())) for unit in units]
    same = sum(a == b for a, b in pairs) / len(pairs)
    share = sum(a + b for a, b in pairs) / (2 * len(pairs))
    chance = 2 * share * (1 - share)
    return (same - chance) / (1 - chance)


def agreement(folder: Path) -> dict[str, Any]:
    """Figures per kind of one set, the number of its units, and how many labels stand in files without lines."""
    gold = yaml.safe_load((folder / "gold.yaml").read_text(encoding="utf-8"))
    labels = yaml.safe_load((folder / "second.yaml").read_text(encoding="utf-8"))["labels"]
    one, one_wide = first(gold)
    other, other_wide = second(labels)
    files = {
        file["name"] for file in gold["files"] if file.get("lines") and not file["name"].endswith((".json", ".docx"))
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
        "labels_without_lines": sum(not label.get("lines") for label in labels),
        "kinds": {
            kind: {
                "first": sum(kind in kinds for kinds in one.values()),
                "second": sum(kind in kinds for kinds in other.values()),
                "f1": f1(one, other, one, other, kind),
                "f1_accepting": f1(one, other, one_wide, other_wide, kind),
                "ac1": ac1(one, other, units, kind),
            }
            for kind in KINDS
        },
    }


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    found = {path.parent.name: agreement(path.parent) for path in sorted(assets.golden_dir().glob("*/second.yaml"))}
    if parser.parse_args().json:
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
