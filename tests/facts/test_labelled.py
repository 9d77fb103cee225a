"""The labelled sentences of `evals/training/facts`: well-formed, and read no worse than they were when last measured."""

from __future__ import annotations

import json

import pytest

from evals.benchmarks.facts import SETS, count, read
from icp_synth.records import FACTS, LABELS

CASES = {
    name: [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    for name in ("tuning", "held_out")
}


@pytest.mark.parametrize("name", CASES)
def test_every_expected_fact_is_one_of_its_kind_and_stands_in_its_sentence(name: str) -> None:
    for case in CASES[name]:
        said = [case["text"], *([case["beside"]["text"]] if case.get("beside") else [])]
        for fact, text in case["facts"]:
            assert fact in FACTS[case["kind"]]
            assert text in LABELS[fact] if fact in LABELS else any(text in one for one in said), text


def test_the_halves_share_no_sentence_and_many_hold_nothing() -> None:
    halves = [{case["text"] for case in cases} for cases in CASES.values()]
    assert not halves[0] & halves[1]
    assert sum(not case["facts"] for cases in CASES.values() for case in cases) >= 50


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_is_right_rather_than_much(name: str) -> None:
    counts = count(CASES[name]).values()
    found, near = sum(one["found"] for one in counts), sum(one["near"] for one in counts)
    assert near / found > 0.85
    nothing = [case for case in CASES[name] if not case["facts"]]
    assert sum(bool(read(case)) for case in nothing) / len(nothing) < 0.1
