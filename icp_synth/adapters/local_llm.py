"""A GGUF that the user names, served by llama.cpp (xllamacpp) in a process of its own that ends with this one.

The module is the code of both: `serve` starts it as a script. Not in this process, since native code that crashes or
runs out of memory should cost a call and not the run, and since the library can hang when it is taken down.
"""

from __future__ import annotations

import atexit
import importlib
import importlib.util
import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from icp_synth.errors import MissingExtraError, ModelError

_CONTEXT = 8192  # tokens; a call about forty sentences and its answer fit
_GRACE = 5.0  # seconds in which a server that was told to end does so


@dataclass(frozen=True)
class Served:
    """Where a model is served, with the key that only this process and its server know."""

    base_url: str
    api_key: str = field(repr=False)


@cache
def serve(path: Path) -> Served:
    """Load a model and serve it on a free port of the loopback interface until this process ends; once a process.

    Raises MissingExtraError, and ModelError for a file that llama.cpp doesn't take.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise MissingExtraError(
            "Running a model of your own needs a package that isn't installed.", "pip install 'icp-synth[local-llm]'"
        )
    if not path.is_file():
        raise ModelError(f"{path} is no file.", "Write gguf:PATH with the path of a GGUF model.")
    # Threads of OpenMP that spin while they wait take the machine from everything else. Read when the library loads.
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    atexit.register(_end, server)
    key = secrets.token_urlsafe(24)
    told = _introduce(server, key)
    if not told.startswith("http://"):
        raise ModelError(
            f"{path} could not be loaded as a model ({told or f'its server ended with {server.wait()}'}).",
            "Is it a GGUF, and does it fit into memory?",
        )
    return Served(base_url=f"{told}/v1", api_key=key)


def _introduce(server: subprocess.Popen[str], key: str) -> str:
    """Tell a server the key, where nobody who lists processes sees it; gives its address, or why there is none."""
    assert server.stdin and server.stdout
    try:
        server.stdin.write(f"{key}\n")
        server.stdin.flush()
    except BrokenPipeError:
        return ""
    return server.stdout.readline().strip()


def _end(server: subprocess.Popen[str]) -> None:
    """Close what it listens at, which ends it; the pipe closes by itself where this process is killed."""
    try:
        server.communicate(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _serve(path: Path) -> None:
    """Be the server: key in, address out, then serve until nobody holds the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # llama.cpp writes there as well
    key = sys.stdin.readline().strip()
    try:
        server = _server(path, key)
    except Exception as error:
        print(type(error).__name__, file=told, flush=True)
        raise
    print(server.listening_address, file=told, flush=True)
    sys.stdin.read()
    os._exit(0)  # it holds nothing that wants putting away, and taking it down can hang before it has loaded


def _server(path: Path, key: str) -> Any:
    xllamacpp: Any = importlib.import_module("xllamacpp")  # compiled, without a word about its types
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {path.name}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = _CONTEXT
    parameters.n_parallel = 1
    parameters.enable_reasoning = 0  # what is thought first would count against the limit of an answer
    parameters.api_keys = [key]
    parameters.cpuparams.n_threads = max(1, (os.cpu_count() or 2) - 1)
    parameters.sampling.seed = 1  # the same evidence, the same draft
    parameters.verbosity = -1
    return xllamacpp.Server(parameters)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
