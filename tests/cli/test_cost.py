"""`cost` and budgets from the command line: what a draft would cost, what it did cost, and that it stops in time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import openai_server as played
from tests.cli.test_ask import ALDER, BIRCH
from tests.conftest import Cli
from tests.openai_server import OpenAIServer, finds


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with played.serving() as running:
        running.otherwise = finds({"hours": "pain"})
        yield running


@pytest.fixture
def model(server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a model with a price."""
    name = f"{server.url}#test"
    table = f'read: 2026-01-31\nmodels: {{"{name}": {{input: 2.0, cached: 0.5, output: 8.0}}}}\n'
    (tmp_path / "prices.yaml").write_text(table, encoding="utf-8")
    monkeypatch.setenv("ICP_SYNTH_PRICES", str(tmp_path / "prices.yaml"))
    return name


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "alder.txt").write_text(ALDER, encoding="utf-8")
    (folder / "birch.txt").write_text(BIRCH, encoding="utf-8")
    return folder


def draft(cli: Cli, evidence: Path, tmp_path: Path, *more: str) -> tuple[int, str]:
    words = ("draft", evidence, "--product", "Rotalark", "-w", "rota", "--out", tmp_path / "out")
    ended = cli(*words, *more)
    return ended.code, ended.err


def test_what_a_draft_would_cost_is_told_without_asking_anybody_and_leaves_nothing_behind(
    cli: Cli, server: OpenAIServer, model: str, evidence: Path, home: Path
) -> None:
    told = cli("cost", evidence, "--analyst", model, "-w", "rota", "--json").json
    assert told["calls"] == 4 and told["kept"] == 0 and not told["seen"]
    assert told["tokens_in"] > 500 and told["price"] == told["tokens_in"] * 2 + told["tokens_out"] * 8
    ended = cli("cost", evidence, "--analyst", model, "-w", "rota")
    assert "4 calls, of which 0 answered in the ledger already" in ended.out
    assert "4 characters a token" in ended.out and "2026-01-31" in ended.out
    assert server.requests == [] and cli("sources").code == 1, "there is no workspace"
    assert not [path for path in home.iterdir() if path.name.startswith("plan-")]


def test_a_model_whose_price_isnt_known_is_said_to_be_so(cli: Cli, server: OpenAIServer, evidence: Path) -> None:
    ended = cli("cost", evidence, "--analyst", f"{server.url}#test")
    assert ended.code == 0 and "not known" in ended.out and "$" not in ended.out
    assert "costs nothing" in cli("cost", evidence).out, "the built-in reader asks no model"


def test_what_was_spent_is_told_per_prompt_and_model_and_is_spent_once(
    cli: Cli, server: OpenAIServer, model: str, evidence: Path, tmp_path: Path
) -> None:
    assert draft(cli, evidence, tmp_path, "--analyst", model) == (0, "")
    rows = {row["prompt"]: row for row in cli("cost", "--json").json}
    row = rows["extract"]
    assert rows.keys() == {"extract", "word"}, "two sources are read, and what they say alike is worded"
    assert (row["prompt"], row["model"], row["calls"], row["answered"], row["replays"]) == ("extract", model, 2, 2, 0)
    assert row["tokens"] == {"uncached": 20, "cached": 0, "output": 10} and row["price"] == 20 * 2 + 10 * 8
    told = cli("cost", evidence, "--analyst", model, "-w", "rota", "--json").json
    assert (told["kept"], told["calls"]) == (3, 4), "both readings are paid for; what is asked then is a guess"
    assert told["seen"]
    assert draft(cli, evidence, tmp_path, "--analyst", model) == (0, "")
    cli("roles", "set", "alder.txt", "<PERSON_1>", "us")
    assert len(server.requests) == 3
    ended = cli("cost")
    assert "extract 2" in ended.out and "Together: $0.0002." in ended.out


def test_evidence_that_was_removed_takes_its_answers_along_and_leaves_what_was_paid(
    cli: Cli, server: OpenAIServer, model: str, evidence: Path, tmp_path: Path, home: Path
) -> None:
    draft(cli, evidence, tmp_path, "--analyst", model)
    assert cli("remove", "alder.txt").code == 0
    rows = {row["prompt"]: row for row in cli("cost", "--json").json}
    assert rows["extract"]["calls"] == 2 and rows["extract"]["tokens"]["uncached"] == 20


def test_a_budget_that_is_reached_stops_the_run_before_the_next_call(
    cli: Cli, server: OpenAIServer, model: str, evidence: Path, tmp_path: Path
) -> None:
    code, said = draft(cli, evidence, tmp_path, "--analyst", model, "--budget", "0.0001")
    assert code == 1 and "The budget of this run is reached: $0.0000 of $0.0001 are spent" in said
    assert server.requests == []
    code, said = draft(cli, evidence, tmp_path, "--analyst", model, "--budget-tokens", "10")
    assert code == 1 and "0 of 10 tokens" in said and server.requests == []
    assert draft(cli, evidence, tmp_path, "--analyst", model, "--budget", "1") == (0, "")


def test_a_draft_can_be_made_in_batches(
    cli: Cli, server: OpenAIServer, model: str, evidence: Path, tmp_path: Path
) -> None:
    assert draft(cli, evidence, tmp_path, "--analyst", model, "--batch") == (0, "")
    assert len(server.batches) == 2 and server.paths.count("/v1/chat/completions") == 0


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ICP_SYNTH_PRICES", "{folder}/none.yaml", "none.yaml can't be read"),
        ("ICP_SYNTH_CONCURRENCY", "0", "ICP_SYNTH_CONCURRENCY: Input should be greater than or equal to 1"),
        ("ICP_SYNTH_BUDGET", "lots", "ICP_SYNTH_BUDGET: Input should be a valid number"),
    ],
)
def test_a_setting_that_makes_no_sense_is_one_line(
    cli: Cli, server: OpenAIServer, evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, value: str, says: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(name, value.format(folder=tmp_path))
    code, said = draft(cli, evidence, tmp_path, "--analyst", f"{server.url}#test")
    assert code == 1 and says in said and len(said.strip().splitlines()) == 1


def test_nothing_was_spent_where_no_model_was_asked(cli: Cli, evidence: Path, tmp_path: Path) -> None:
    assert draft(cli, evidence, tmp_path) == (0, "")
    assert "nothing was spent" in cli("cost").out and os.environ.get("OPENAI_API_KEY") is None
