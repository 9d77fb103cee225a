"""A GGUF that the user names, served by llama.cpp within this process (xllamacpp): no server to start, no network."""

from __future__ import annotations

import atexit
import importlib
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from icp_synth.errors import MissingExtraError, ModelError

_CONTEXT = 8192  # tokens; a call about forty sentences and its answer fit


@dataclass(frozen=True)
class Served:
    """Where a model is served, with the key that only this process knows."""

    base_url: str
    api_key: str


@cache
def serve(path: Path) -> Served:
    """Load a model and serve it on a free port of the loopback interface until the process ends; once a process.

    Raises MissingExtraError, and ModelError for a file that llama.cpp doesn't take.
    """
    # Threads of OpenMP that spin while they wait take the machine from everything else. Read when the library loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        xllamacpp: Any = importlib.import_module("xllamacpp")  # compiled, without a word about its types
    except ImportError as error:
        raise MissingExtraError(
            "Running a model in this process needs a package that isn't installed.",
            "pip install 'icp-synth[local-llm]'",
        ) from error
    if not path.is_file():
        raise ModelError(f"{path} is no file.", "Write gguf:PATH with the path of a GGUF model.")
    key = secrets.token_urlsafe(24)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {path.name}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = _CONTEXT
    parameters.n_parallel = 1
    parameters.api_keys = [key]
    parameters.cpuparams.n_threads = max(1, (os.cpu_count() or 2) - 1)
    parameters.verbosity = -1
    try:
        server = xllamacpp.Server(parameters)
    except Exception as error:
        raise ModelError(
            f"{path} could not be loaded as a model ({type(error).__name__}).",
            "Is it a GGUF, and does it fit into memory?",
        ) from error
    _keep(server)
    return Served(base_url=f"{server.listening_address}/v1", api_key=key)


_running: list[Any] = []


def _keep(server: Any) -> None:
    """Servers end when they are dropped: keep them until the interpreter ends, while their threads still can be joined."""
    if not _running:
        atexit.register(_running.clear)
    _running.append(server)
