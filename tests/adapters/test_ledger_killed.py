"""A process that asks forty calls is killed again and again: in the end each has its answer, and few were paid twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from icp_synth.adapters.sqlalchemy import SqlLedger, migrate, open_engine
from tests import openai_server as played
from tests.adapters.test_ledger import echoes
from tests.conftest import ROOT

CALLS, WORKERS, KILLS = 40, 4, 50

ASKS = """
import os
import sys
from functools import partial

from pydantic import BaseModel

from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.langchain import LangChainChat
from icp_synth.adapters.sqlalchemy import SqlLedger, open_engine
from icp_synth.ledger import LedgeredChat
from icp_synth.records import Call


class Said(BaseModel):
    words: str


def ask(server, workspace):
    ledger = SqlLedger(open_engine(sys.argv[2]), workspace)
    endpoint = LangChainChat("it", model="test", base_url=server, api_key="k", timeout=30.0)
    chat = LedgeredChat(endpoint, ledger, partial(keyed_hash, b"test"), workers=int(sys.argv[3]))
    calls = [Call(prompt="echo", version=1, system="Say it again.", user=f"Number {n}.", output=Said)
             for n in range(int(sys.argv[4]))]
    return "|".join(getattr(answer, "words", str(answer)) for answer in chat.ask_all(calls))


ask("http://127.0.0.1:9/v1", "warm-up")  # nobody listens there: what takes long the first time is done once
while line := sys.stdin.readline():
    pid = os.fork()
    if pid == 0:
        try:
            os.write(1, (ask(sys.argv[1], line.strip()) + "\\n").encode())
            os._exit(0)
        except KeyboardInterrupt:
            os._exit(130)
    print(pid, flush=True)
    sys.stdin.readline()  # until then the id is nobody else's, though the process may have ended
    print("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Asking:
    """A process that forks one which asks all calls of a workspace, as often as it is told to, and waits for it to end."""

    def __init__(self, server: played.OpenAIServer, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", ASKS, server.url, url, str(WORKERS), str(CALLS)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def begin(self, workspace: str) -> int:
        """Have a new process begin; gives its id."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{workspace}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> tuple[str, int]:
        """What it said last, and how it ended."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        said = ""
        while not (line := self._process.stdout.readline()).startswith("ended"):
            assert line, "the process that forks has died"
            said = line.strip()
        return said, int(line.split()[1])

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture
def server() -> Iterator[played.OpenAIServer]:
    with played.serving() as running:
        running.otherwise = echoes
        yield running


@pytest.fixture
def asking(server: played.OpenAIServer, tmp_path: Path) -> Iterator[Asking]:
    url = f"sqlite:///{tmp_path / 'icp-synth.db'}"
    migrate(open_engine(url))
    made = Asking(server, url)
    yield made
    made.close()


@pytest.mark.slow
def test_fifty_kills_at_any_moment_lose_no_answer_and_pay_again_only_for_what_was_in_flight(
    server: played.OpenAIServer, asking: Asking, tmp_path: Path
) -> None:
    engine, seed = open_engine(f"sqlite:///{tmp_path / 'icp-synth.db'}"), 20261122
    drawn, moments, rounds = random.Random(seed), list[float](), 0
    server.latency = 0.2
    while len(moments) < KILLS:
        workspace, kills, said, rounds = f"round-{rounds}", 0, "", rounds + 1
        server.requests.clear()
        while not said:
            pid = asking.begin(workspace)
            if len(moments) < KILLS:
                moment = drawn.uniform(0.0, 1.5)
                time.sleep(moment)
                os.kill(pid, signal.SIGKILL)
            said, code = asking.end()
            if code == -signal.SIGKILL:
                kills += 1
                moments.append(round(moment, 3))
        assert said.split("|") == [f"Number {n}." for n in range(CALLS)]
        entries = SqlLedger(engine, workspace).entries()
        answered = [entry.key for entry in entries if entry.state == "answered"]
        assert len(answered) == len(set(answered)) == CALLS, "one answer a call"
        assert len(server.requests) <= len(entries), "what was sent was written down before"
        assert len(server.requests) <= CALLS + kills * WORKERS
        print(f"{workspace}: {kills} kills, {len(server.requests)} calls sent for {CALLS} answers")
    print(f"seed {seed}, killed after (s): {moments}")
    engine.dispose()


@pytest.mark.slow
def test_ctrl_c_leaves_within_seconds_and_keeps_every_answer_that_came(
    server: played.OpenAIServer, asking: Asking, tmp_path: Path
) -> None:
    engine, hanging = open_engine(f"sqlite:///{tmp_path / 'icp-synth.db'}"), threading.Semaphore(0)

    def then_hangs(body: played.Body) -> played.Answer:
        if len(server.requests) > 10:
            hanging.release()
            return played.hangs(body)
        return echoes(body)

    server.otherwise = then_hangs
    pid = asking.begin("titan")
    for _ in range(WORKERS):
        assert hanging.acquire(timeout=60), "every worker waits for an answer that doesn't come"
    os.kill(pid, signal.SIGINT)
    began = time.monotonic()
    assert asking.end() == ("", 130)
    assert time.monotonic() - began < 20, "an answer may take 30 seconds; this leaves after one or two"
    states = [entry.state for entry in SqlLedger(engine, "titan").entries()]
    assert states.count("answered") == len(server.requests) - WORKERS and states.count("sent") == WORKERS
    engine.dispose()
