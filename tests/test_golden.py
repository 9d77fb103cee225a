"""The golden sets: frozen, whole, and true to the files that they speak of."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from evals import agreement, lock_golden
from icp_synth import assets
from icp_synth.evaluation.cases import GoldSet, Place, read_sets
from icp_synth.records import RawFile
from icp_synth.stages.ingest import ingest

SETS = {gold.name: gold for gold in read_sets(assets.golden_dir())}
each = pytest.mark.parametrize("gold", SETS.values(), ids=list(SETS))


@cache
def text(path: Path) -> str:
    """What a file says, as it is read: blocks and labels, and the raw text."""
    found = ingest(RawFile(path=path.name, data=path.read_bytes()))
    blocks = [block for source in found.sources for block in source.blocks]
    said = "\n".join(part for block in blocks for part in (block.speaker or "", block.text))
    return " ".join(f"{said}\n{path.read_bytes().decode('utf-8', 'replace')}".split())


def places(gold: GoldSet) -> list[Place]:
    return [
        *(place for item in gold.items for place in item.evidence),
        *(place for question in gold.questions for place in question.evidence),
        *(Place(file=trap.file, lines=trap.lines, quote=trap.quote) for trap in gold.traps),
    ]


def test_the_three_standing_cases_are_there_and_frozen() -> None:
    assert set(SETS) == {"titancrm", "fresh_and_fast", "nexacrm"}
    now = lock_golden.hashes(assets.golden_dir())
    assert now == lock_golden.LOCK.read_text(encoding="utf-8"), (
        "a set was changed: python -m evals.lock_golden, and say why"
    )


@each
def test_every_place_is_in_its_file(gold: GoldSet) -> None:
    for place in places(gold):
        path = gold.root / place.file
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        if place.lines:
            assert 1 <= place.lines[0] <= place.lines[1] <= len(lines), place
            assert any(line.strip() for line in lines[place.lines[0] - 1 : place.lines[1]]), place
        else:
            assert place.quote and " ".join(place.quote.split()) in text(path), place


@each
def test_what_is_personal_stands_in_its_file(gold: GoldSet) -> None:
    for one in gold.personal:
        assert one.text and " ".join(one.text.split()).lower() in text(gold.root / one.file).lower(), one


@each
def test_there_are_questions_with_and_without_an_answer(gold: GoldSet) -> None:
    answered = [question for question in gold.questions if question.evidence]
    assert len(answered) >= 10 and len(gold.questions) - len(answered) >= 3
    assert all(question.answer is None for question in gold.questions if not question.evidence)


@each
def test_a_status_follows_from_its_accounts(gold: GoldSet) -> None:
    for item in gold.items:
        assert not (item.status == "hypothesis" and item.accounts > 1), item.id
        assert not (item.status in ("supported", "corroborated") and item.accounts < 2), item.id


def test_nearly_all_of_a_start_up_is_hypothesis_and_a_shifting_brand_is_contested() -> None:
    nexa = [item.status for item in SETS["nexacrm"].items]
    assert nexa.count("hypothesis") >= 0.9 * len(nexa)
    assert sum(item.status == "contested" for item in SETS["fresh_and_fast"].items) >= 2


def test_two_annotators_agree_far_beyond_chance() -> None:
    for name in SETS:
        told = agreement.agreement(assets.golden_dir() / name)["kinds"]
        assert all(row["ac1"] > 0.9 for row in told.values()), name
        assert all((row["f1_accepting"] or 0) > 0.7 for row in told.values()), name


def test_no_company_of_a_golden_set_is_in_what_the_reader_was_trained_on() -> None:
    trained = "\n".join(
        p.read_text(encoding="utf-8") for p in Path(lock_golden.LOCK).parent.glob("training/statements/*.jsonl")
    )
    companies = {name.split()[0] for gold in SETS.values() for name in gold.accounts.values() if name != "several"}
    named = {
        name for name in companies | {gold.product for gold in SETS.values()} if len(name) > 4 and name[0].isupper()
    }
    assert not [name for name in sorted(named) if re.search(rf"\b{re.escape(name)}\b", trained)]


def test_no_sentence_of_a_golden_set_is_in_what_the_reader_was_trained_on() -> None:
    def sentences(text: str) -> set[str]:
        return {
            " ".join(re.findall(r"\w+", one.lower())) for one in re.split(r"[.!?\n]", text) if len(one.split()) >= 8
        }

    trained = sentences(
        "\n".join(
            json.loads(line)["text"]
            for path in sorted(Path(lock_golden.LOCK).parent.glob("training/statements/*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    )
    gold = {
        one
        for path in assets.golden_dir().rglob("evidence/**/*")
        if path.is_file()
        for one in sentences(path.read_bytes().decode("utf-8", "replace"))
    }
    assert len(trained) > 1000 and len(gold) > 500
    assert not trained & gold
