"""What the readers of facts find in sentences written and labelled for it, per fact.

    python -m evals.benchmarks.facts [--tuning] [--misses] [--json]

`evals/training/facts/held_out.jsonl` was written before the readers and isn't looked at while they are mended;
`--tuning` shows the other half. Exact: the same letters, white space and case aside. Near: at least half of the words of
both together are shared. Precision is right of found, recall right of expected.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from icp_synth import facts
from icp_synth.records import FACTS, LABELS, FactName

SETS = Path(__file__).parents[1] / "training" / "facts"
Said = tuple[FactName, str]


def read(case: dict[str, Any]) -> list[Said]:
    """The facts that are found in a labelled case, with those of the statement beside it."""
    found = [fact for group in facts.read(case["kind"], case["text"], outcome=case["outcome"]) for fact in group]
    if beside := case.get("beside"):
        found += facts.beside(beside["text"], [beside["kind"]])
    return found


def near(one: str, other: str) -> bool:
    """Whether two texts share at least half of their words."""
    a, b = (Counter(re.findall(r"\w+", text.lower())) for text in (one, other))
    return 2 * (a & b).total() >= (a | b).total() > 0


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for case and white space."""
    return one.lower().split() == other.lower().split()


def count(cases: list[dict[str, Any]]) -> dict[FactName, Counter[str]]:
    """Per fact: expected, found, exact, near."""
    counts: dict[FactName, Counter[str]] = defaultdict(Counter)
    for case in cases:
        found, wanted = read(case), [(name, text) for name, text in case["facts"]]
        for name in FACTS[case["kind"]]:
            theirs, ours = ([text for n, text in side if n == name] for side in (wanted, found))
            counts[name].update(
                expected=len(theirs),
                found=len(ours),
                exact=_matched(theirs, ours, same),
                near=_matched(theirs, ours, same if name in LABELS else near),
            )
    return counts


def _matched(theirs: list[str], ours: list[str], alike: Any) -> int:
    left = list(ours)
    for text in theirs:
        hit = next((one for one in left if alike(text, one)), None)
        if hit is not None:
            left.remove(hit)
    return len(ours) - len(left)


def wrong(cases: list[dict[str, Any]]) -> Iterator[str]:
    """Every case that differs, for mending."""
    for case in cases:
        found = [[name, text] for name, text in read(case)]
        if sorted(found) != sorted(case["facts"]):
            yield f"{case['kind']}: {case['text']}\n   wanted {case['facts']}\n   found  {found}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the half that is tuned on")
    parser.add_argument("--misses", action="store_true", help="show what differs (of the tuning half only)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    name = "tuning" if given.tuning or given.misses else "held_out"
    lines = (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    if given.misses:
        print("\n".join(wrong(cases)))
        return
    counts = count(cases)
    nothing = [case for case in cases if not case["facts"]]
    silent = sum(not read(case) for case in nothing)
    if given.json:
        print(json.dumps({"set": name, "facts": counts, "nothing": len(nothing), "silent": silent}, indent=1))
        return
    print(f"{name}: {len(cases)} cases, {len(nothing)} with nothing to be found, of which {silent} give nothing\n")
    print("| fact | expected | found | precision | recall | precision, near | recall, near |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    total: Counter[str] = Counter()
    for fact, one in counts.items():
        total.update(one)
        print(_row(fact, one))
    print(_row("all", total))


def _row(name: str, one: Counter[str]) -> str:
    shares = [
        one[how] / one[of] if one[of] else float("nan") for how in ("exact", "near") for of in ("found", "expected")
    ]
    return f"| {name} | {one['expected']} | {one['found']} | " + " | ".join(f"{share:.2f}" for share in shares) + " |"


if __name__ == "__main__":
    main()
