"""How long calls to a model take when they are made at the same time: `make bench-llm`.

    python -m evals.benchmarks.llm [--rounds 40] [--latency 0.2] [--concurrency 1 8 32] [--json]

Against our own server with a fixed latency, in a process of its own: through the ledger (each call committed to SQLite
before it is sent and after it has ended), the same again out of the ledger, the endpoint without a ledger, and beside
them LangChain as it comes (`with_structured_output(...).batch` with as many at a time). The ideal is latency × calls /
concurrency. Wall seconds on a machine that may be doing other things: read the ratios. CPU seconds are of this process.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.langchain import LangChainChat
from icp_synth.adapters.sqlalchemy import SqlLedger, migrate, open_engine
from icp_synth.errors import ModelError
from icp_synth.ledger import LedgeredChat
from icp_synth.records import Call

_LIKE_A_BATCH = "We spent three days every month copying numbers between spreadsheets. " * 60  # about 4,000 characters


class Found(BaseModel):
    """An answer as short as a real one about a batch of sentences."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[int]
    tone: str


def calls(count: int) -> list[Call[Found]]:
    """Calls that differ, as long as those that read evidence."""
    return [
        Call(prompt="bench", version=1, system="Point at claims.", user=f"{n}: {_LIKE_A_BATCH}", output=Found)
        for n in range(count)
    ]


@contextmanager
def server(latency: float) -> Iterator[str]:
    """The address of a server in a process of its own."""
    command = [sys.executable, "-m", "tests.openai_server", "--latency", str(latency)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def plain(address: str, asked: Sequence[Call[Found]], concurrency: int) -> list[Any]:
    """LangChain as it comes, one client for all."""
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    chat = ChatOpenAI(model="bench", base_url=address, api_key=SecretStr("k"), max_retries=0, use_responses_api=False)
    chain = chat.with_structured_output(Found, method="json_schema", strict=True)
    messages = [[("system", call.system), ("human", call.user)] for call in asked]
    return list(chain.batch(messages, config={"max_concurrency": concurrency}))  # type: ignore[arg-type]


def measured(run: Callable[[], Sequence[object]]) -> dict[str, float]:
    """Wall and CPU seconds of a run whose every call must be answered."""
    wall, cpu = time.perf_counter(), time.process_time()
    answers = run()
    if any(isinstance(answer, ModelError) for answer in answers):
        raise next(answer for answer in answers if isinstance(answer, ModelError))
    return {"wall_s": round(time.perf_counter() - wall, 2), "cpu_s": round(time.process_time() - cpu, 2)}


def compare(address: str, count: int, concurrency: int, latency: float) -> Iterator[dict[str, Any]]:
    """Each way of asking, at one concurrency."""
    asked, ideal = calls(count), latency * count / concurrency
    endpoint = LangChainChat("bench", model="bench", base_url=address, api_key="k", workers=concurrency)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'ledger.db'}")
        migrate(engine)
        keyed = partial(keyed_hash, b"bench")
        chat = LedgeredChat(endpoint, SqlLedger(engine, "bench"), keyed, workers=concurrency)
        ways: dict[str, Callable[[], Sequence[object]]] = {
            "through the ledger": lambda: chat.ask_all(asked),
            "out of the ledger": lambda: chat.ask_all(asked),
            "without a ledger": lambda: endpoint.ask_all(asked),
            "plain LangChain": lambda: plain(address, asked, concurrency),
        }
        for way, run in ways.items():
            took = measured(run)
            yield {"concurrency": concurrency, "way": way, "calls": count, **took, "ratio": took["wall_s"] / ideal}
        engine.dispose()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=40, help="Calls are so many times the concurrency.")
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = []
    with server(given.latency) as address:
        plain(address, calls(2), 1)  # what takes long the first time is done once
        for concurrency in given.concurrency:
            rows += list(compare(address, given.rounds * concurrency, concurrency, given.latency))
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'at a time':>9}  {'how':20} {'calls':>6} {'wall s':>8} {'CPU s':>7} {'of ideal':>9}")
    for row in rows:
        told = f"{row['concurrency']:9}  {row['way']:20} {row['calls']:6} {row['wall_s']:8.2f} {row['cpu_s']:7.2f}"
        print(f"{told} {row['ratio']:9.2f}")


if __name__ == "__main__":
    main()
