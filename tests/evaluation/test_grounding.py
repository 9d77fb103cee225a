"""The one door on labelled sentences: what it lets in and keeps out is counted, on the half that nothing was tuned on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icp_synth import assets
from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation import grounding, suites
from icp_synth.evaluation.grounding import Sentence, admitted, read_sentences
from icp_synth.evaluation.metrics import tunes
from icp_synth.ports import Embedder
from tests.conftest import Cli

QUOTE = "Planning the rota took me nine hours each week."


def case(name: str, sentence: str, invention: str | None = None, *quotes: str) -> Sentence:
    return Sentence(
        id=name, evidence=quotes or (QUOTE,), accounts=("Alder House",), sentence=sentence, borne=invention is None,
        invention=invention,
    )  # fmt: skip


def halves() -> tuple[str, str]:
    """An id of the half for tuning, and one of the half kept back."""
    names = [f"g-{n}" for n in range(20)]
    return tuple(next(n for n in names if tunes(n) is tuning) for tuning in (True, False))  # type: ignore[return-value]


TUNING, KEPT = halves()


@pytest.mark.parametrize(
    ("sentence", "let_in"),
    [
        (QUOTE, True),
        ("Planning took nine hours each week.", True),
        ("Planning the rota took ninety hours each week.", False),
        ("Planning the rota took nine hours each week, and nurses left.", False),
        ("Planning the rota never took nine hours.", False),
    ],
)
def test_the_door_lets_in_what_its_quotes_hold(sentence: str, let_in: bool) -> None:
    assert admitted(case("g", sentence)) is let_in


def test_several_quotes_bear_together() -> None:
    both = case("g", "Planning took nine hours and nurses left.", None, QUOTE, "Two nurses left because of it.")
    assert admitted(both) and not admitted(both.model_copy(update={"evidence": (QUOTE,)}))


def test_only_the_half_that_was_kept_back_counts(embedder: Embedder) -> None:
    told = grounding.measure("mine", [case(KEPT, QUOTE), case(TUNING, "Nurses fly.", "addition")], embedder)
    assert told.facts["cases"] == 1
    assert told.figures["true_let_in"].value == 1.0 and told.figures["inventions_stopped"].value is None


def test_inventions_are_counted_by_what_they_invent_and_shown_where_they_come_in(embedder: Embedder) -> None:
    kept = [name for n in range(60) if not tunes(name := f"g-{n}")]
    told = grounding.measure("mine", [
        case(kept[0], "Planning took ninety hours.", "number"),
        case(kept[1], "The week took me planning hours.", "relation"),
        case(kept[2], QUOTE),
        case(kept[3], "Planning the rota was slow."),
    ], embedder)  # fmt: skip
    assert (told.figures["inventions_stopped"].value, told.figures["true_let_in"].value) == (0.5, 0.5)
    assert (told.figures["prose_inventions_stopped"].value, told.figures["prose_true_let_in"].value) == (1.0, 0.5)
    stopped = {kind: one["stopped"].value for kind, one in told.by_kind.items()}
    assert (stopped["number"], stopped["relation"], stopped["planted number"]) == (1.0, 1.0, 1.0)
    assert told.facts["planted"] and told.facts["planted_let_in"] == 0
    assert [(one.what, one.where) for one in told.cases] == [("a true sentence kept out", kept[3])]
    assert told.cases[0].note == QUOTE


def test_which_half_a_case_is_in_follows_from_its_id_alone() -> None:
    names = [f"g-{n:03}" for n in range(400)]
    tuning = [name for name in names if tunes(name)]
    assert tuning == [name for name in names if tunes(case(name, "Something else.", "number").id)]
    assert 160 < len(tuning) < 240
    assert tuning[:5] == ["g-000", "g-001", "g-002", "g-003", "g-010"], "as it was in every run before"


# ---------------------------------------------------------------- the file


def one(**more: Any) -> dict[str, Any]:
    return {"id": KEPT, "evidence": [QUOTE], "accounts": ["Alder House"], "sentence": QUOTE, "verdict": "borne", **more}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "grounding.yaml"


def test_cases_are_read_as_they_are_written(file: Path) -> None:
    file.write_text(
        json.dumps({"cases": [one(), one(id=TUNING, verdict="invented", invention="number")]}), encoding="utf-8"
    )
    borne, invented = read_sentences(file)
    assert (borne.borne, borne.invention, borne.evidence) == (True, None, (QUOTE,))
    assert (invented.borne, invented.invention, tunes(invented.id)) == (False, "number", True)


@pytest.mark.parametrize(
    "content",
    [
        "", "cases: [", "- a", "cases: 5", "cases: [a]", "cases: [[]]", "cases: [{id: g-1}]",
        json.dumps({"cases": [one(verdict="born")]}), json.dumps({"cases": [one(evidence=QUOTE)]}),
        json.dumps({"cases": [one(id=5)]}), b"cases: \xff",
    ],
)  # fmt: skip
def test_a_broken_file_is_named_in_one_line(file: Path, content: str | bytes) -> None:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(EvidenceError, match=r"grounding\.yaml holds no cases \(.+\)\. docs/evaluation\.md") as told:
        read_sentences(file)
    assert "\n" not in str(told.value)


def test_a_missing_file_is_said(file: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no grounding.yaml in "):
        read_sentences(file)


def test_the_shipped_cases_are_whole() -> None:
    cases = read_sentences(assets.golden_dir() / "grounding" / "grounding.yaml")
    assert len(cases) == len({one.id for one in cases}) == 320
    for half in (True, False):
        verdicts = {one.borne for one in cases if tunes(one.id) is half}
        assert verdicts == {True, False}, "both halves hold inventions and true sentences"
    assert all(one.evidence and len(one.evidence) == len(one.accounts) for one in cases)
    assert all((one.invention is None) == one.borne for one in cases)


def test_the_shipped_cases_are_measured(embedder: Embedder) -> None:
    told = suites.grounded(assets.golden_dir() / "grounding", embedder)
    assert told.set == "grounding" and 100 < int(told.facts["cases"] or 0) < 220
    assert (told.figures["inventions_stopped"].value or 0) > 0.5
    assert told.facts["planted"] == grounding.PLANTED and int(told.facts["planted_let_in"] or 0) <= 4
    assert (told.figures["prose_true_let_in"].value or 0) >= 0.2 and (
        told.figures["prose_inventions_stopped"].value or 0
    ) > 0.9


def test_the_command_measures_a_file_of_ones_own(cli: Cli, file: Path) -> None:
    file.write_text(json.dumps({"cases": [one()]}), encoding="utf-8")
    ended = cli("eval", "grounding", "--data", file.parent, "--json")
    assert ended.code == 0, ended.err
    (told,) = ended.json["results"]
    assert told["figures"]["true_let_in"]["value"] == 1.0
    file.unlink()
    missing = cli("eval", "grounding", "--data", file.parent)
    assert missing.code == 1 and "There is no grounding.yaml" in missing.err
