"""Calls in batches, against a server that speaks the Batch API: handed in once, even by a process that was killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from icp_synth.adapters.batches import OpenAIBatches
from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.langchain import LangChainChat
from icp_synth.adapters.sqlalchemy import SqlLedger, migrate, open_engine
from icp_synth.costs import Budget, Limit, Price
from icp_synth.errors import BudgetError, ModelError
from icp_synth.ledger import LedgeredChat
from tests import openai_server as played
from tests.adapters.test_ledger import Said, a_call, echoes, replies
from tests.conftest import ROOT
from tests.openai_server import OpenAIServer, fails


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with played.serving() as running:
        running.otherwise = echoes
        yield running


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    engine = open_engine(f"sqlite:///{tmp_path / 'icp-synth.db'}")
    migrate(engine)
    yield SqlLedger(engine, "titan")
    engine.dispose()


def a_chat(server_url: str, ledger: SqlLedger, budget: Budget | None = None) -> LedgeredChat:
    made = {"model": "test", "base_url": server_url, "api_key": "k", "timeout": 5.0}
    return LedgeredChat(
        LangChainChat("it", **made),  # type: ignore[arg-type]
        ledger,
        partial(keyed_hash, b"test"),
        price=Price(input=2.0, cached=1.0, output=8.0, batch=0.5),
        budget=budget,
        batches=OpenAIBatches("it", pause=lambda _: None, **made),  # type: ignore[arg-type]
    )


def test_new_calls_are_handed_in_together_and_cost_what_batches_cost(server: OpenAIServer, ledger: SqlLedger) -> None:
    server.batch_polls = 3
    calls = [a_call(n) for n in range(12)]
    assert replies(a_chat(server.url, ledger).ask_all(calls)) == [f"Number {n}." for n in range(12)]
    assert len(server.batches) == 1 and server.paths.count("/v1/chat/completions") == 0
    assert server.paths.count("/v1/batches/batch_1") == 3, "it is looked at until it is done"
    (batch,) = server.batches.values()
    (name,) = {entry.batch for entry in ledger.entries()}
    assert batch["metadata"] == {"icp_synth": name} and name.startswith("icp-synth-")
    lines = [json.loads(line) for line in server.files[batch["input_file_id"]].splitlines()]
    assert len(lines) == 12 and {line["url"] for line in lines} == {"/v1/chat/completions"}
    assert lines[0]["body"]["response_format"]["json_schema"]["strict"] is True
    assert {entry.price for entry in ledger.entries()} == {(10 * 2 + 5 * 8) // 2}
    a_chat(server.url, ledger).ask_all(calls)
    assert len(server.batches) == 1, "and none of it is paid for again"


def test_what_fails_within_a_batch_fails_alone(server: OpenAIServer, ledger: SqlLedger) -> None:
    server.script = [fails(500, "out of memory"), played.refuses, played.half_json]
    answers = a_chat(server.url, ledger).ask_all([a_call(n) for n in range(5)])
    said = [str(answer) for answer in answers[:3]]
    assert "out of memory" in said[0] and "refused to answer" in said[1] and "another shape" in said[2]
    assert replies(answers[3:]) == ["Number 3.", "Number 4."]
    assert replies(a_chat(server.url, ledger).ask_all([a_call(n) for n in range(5)])) == [
        f"Number {n}." for n in range(5)
    ]
    assert [len(server.files[one["input_file_id"]].splitlines()) for one in server.batches.values()] == [5, 3]


def test_a_batch_that_ran_out_of_time_keeps_what_it_did(server: OpenAIServer, ledger: SqlLedger) -> None:
    server.cuts_batches = True
    answers = a_chat(server.url, ledger).ask_all([a_call(n) for n in range(10)])
    assert replies(answers) == [f"Number {n}." for n in range(5)] + ["ModelError"] * 5
    assert "gave no answer in its batch, which is expired" in str(answers[-1])


def test_a_server_that_takes_no_batches_says_so_for_every_call(ledger: SqlLedger) -> None:
    with played.serving() as gone:
        address = gone.url
    answers = a_chat(address, ledger).ask_all([a_call(1), a_call(2)])
    assert all(isinstance(answer, ModelError) and "can't be reached" in str(answer) for answer in answers)


def test_a_budget_keeps_calls_out_of_a_batch(server: OpenAIServer, ledger: SqlLedger) -> None:
    answers = a_chat(server.url, ledger, Budget(run=Limit(tokens=300))).ask_all([a_call(n) for n in range(50)])
    refused = [answer for answer in answers if isinstance(answer, BudgetError)]
    assert 0 < len(server.requests) == 50 - len(refused) < 20
    assert replies(answers[: len(server.requests)]) == [f"Number {n}." for n in range(len(server.requests))]


KILLED = """
import os, signal, sys
from icp_synth.adapters import batches
from icp_synth.adapters.sqlalchemy import SqlLedger, open_engine
from tests.adapters.test_batches import a_chat
from tests.adapters.test_ledger import a_call

class Killed(batches.OpenAIBatches):
    def submit(self, name, calls):
        if sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().submit(name, calls)
        os.kill(os.getpid(), signal.SIGKILL)

import tests.adapters.test_batches as here
here.OpenAIBatches = Killed
a_chat(sys.argv[1], SqlLedger(open_engine(sys.argv[2]), "titan")).ask_all([a_call(n) for n in range(8)])
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_around_the_hand_in_neither_loses_the_batch_nor_pays_twice(
    server: OpenAIServer, ledger: SqlLedger, tmp_path: Path, moment: str
) -> None:
    arguments = [server.url, f"sqlite:///{tmp_path / 'icp-synth.db'}", moment]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", KILLED, *arguments], env=environment, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    assert {entry.state for entry in ledger.entries()} == {"sent"} and len(server.batches) == (moment == "after")
    answers = a_chat(server.url, ledger).ask_all([a_call(n) for n in range(8)])
    assert replies(answers) == [f"Number {n}." for n in range(8)]
    assert len(server.requests) == 8 and len(server.batches) == 1
    assert isinstance(answers[0], Said) and not re.search("sent", str({e.state for e in ledger.entries()}))
