"""A process that asks forty calls is killed again and again: in the end each has its answer, and few were paid twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from icp_synth.adapters.sqlalchemy import SqlLedger, migrate, open_engine
from tests import openai_server as played
from tests.adapters.test_ledger import echoes
from tests.conftest import ROOT

CALLS, WORKERS, KILLS = 40, 4, 50

ASKS = """
import sys
from icp_synth.adapters.sqlalchemy import SqlLedger, open_engine
from tests.adapters.test_ledger import a_call, a_chat, replies

class Server:
    url = sys.argv[1]

ledger = SqlLedger(open_engine(sys.argv[2]), sys.argv[5])
chat = a_chat(Server, ledger, workers=int(sys.argv[3]))
print("asking", flush=True)
print(*replies(chat.ask_all([a_call(n) for n in range(int(sys.argv[4]))])), sep="|", flush=True)
"""


def started(server: played.OpenAIServer, url: str, workspace: str) -> subprocess.Popen[str]:
    """The process, at the moment when it begins to ask."""
    arguments = [server.url, url, str(WORKERS), str(CALLS), workspace]
    process = subprocess.Popen(
        [sys.executable, "-c", ASKS, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None and process.stdout.readline() == "asking\n"
    return process


@pytest.mark.slow
def test_fifty_kills_at_any_moment_lose_no_answer_and_pay_again_only_for_what_was_in_flight(tmp_path: Path) -> None:
    url, seed = f"sqlite:///{tmp_path / 'icp-synth.db'}", 20261122
    engine = open_engine(url)
    migrate(engine)
    drawn, moments, rounds = random.Random(seed), list[float](), 0
    while len(moments) < KILLS:
        ledger, kills, rounds = SqlLedger(engine, f"round-{rounds}"), 0, rounds + 1
        with played.serving() as server:
            server.otherwise = echoes
            server.latency = 0.2
            while True:
                process = started(server, url, ledger.workspace)
                moment = drawn.uniform(0.0, 0.8)
                try:
                    out, _ = process.communicate(timeout=moment if len(moments) < KILLS else 120)
                    break
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    moments.append(round(moment, 3))
                    kills += 1
            assert out.strip().split("|") == [f"Number {n}." for n in range(CALLS)]
            assert len(server.requests) <= CALLS + kills * WORKERS, f"{kills} kills after {moments} s"
            entries = ledger.entries()
            answered = [entry.key for entry in entries if entry.state == "answered"]
            assert len(answered) == len(set(answered)) == CALLS, "one answer a call"
            assert len(server.requests) <= len(entries), "what was sent was written down before"
            print(f"round {rounds}: {kills} kills, {len(server.requests)} calls sent for {CALLS} answers")
    print(f"seed {seed}, killed after (s): {moments}")
    engine.dispose()


@pytest.mark.slow
def test_ctrl_c_leaves_within_seconds_and_keeps_every_answer_that_came(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'icp-synth.db'}"
    engine = open_engine(url)
    migrate(engine)
    ledger, answered = SqlLedger(engine, "titan"), threading.Semaphore(0)

    def then_hangs(body: played.Body) -> played.Answer:
        if len(server.requests) > 10:
            answered.release()
            return played.hangs(body)
        return echoes(body)

    with played.serving() as server:
        server.otherwise = then_hangs
        process = started(server, url, "titan")
        for _ in range(WORKERS):
            assert answered.acquire(timeout=60), "every worker waits for an answer that doesn't come"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode not in (0, None)
    states = [entry.state for entry in ledger.entries()]
    assert states.count("answered") == 10 and states.count("sent") == WORKERS
    engine.dispose()
