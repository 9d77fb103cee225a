"""What all tests share: no network, a home of their own, models loaded once, and the demo drafted once."""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from icp_synth import wiring
from icp_synth.cli.app import main
from icp_synth.ports import Detector, Embedder

# Machines are shared and noisy: no test may fail for being slow.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.load_profile("shared")

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = ROOT / "evals" / "golden" / "titancrm" / "evidence"
AS_OF = "2025-07-01"


# ---------------------------------------------------------------- no network but loopback

_connect, _connect_ex, _sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto


def _refuse_strangers(address: Any) -> None:
    """Raise where an address leaves this machine. Unix sockets (a path) stay on it."""
    if not isinstance(address, tuple):
        return
    host = str(address[0])
    if host == "localhost":
        return
    try:
        local = ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        raise RuntimeError(f"A test tried to reach {host}: tests use nothing but this machine.")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_strangers(address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_strangers(address)
    return _connect_ex(self, address)


def _guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
    _refuse_strangers(rest[-1])
    return _sendto(self, data, *rest)


socket.socket.connect = _guarded_connect  # type: ignore[method-assign,assignment]
socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign,assignment]
socket.socket.sendto = _guarded_sendto  # type: ignore[method-assign,assignment]


# ---------------------------------------------------------------- a home of one's own, models loaded once


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps things in this test; not made until something is kept."""
    where = tmp_path / "home"
    for name in [name for name in os.environ if name.startswith("ICP_SYNTH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ICP_SYNTH_HOME", str(where))
    return where


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The detector of personal data that the program uses."""
    return wiring.detector()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The sentence model that the program uses."""
    return wiring.embedder()


# ---------------------------------------------------------------- the command line


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Everything on stdout, as JSON."""
        return json.loads(self.out)


class Cli:
    """Runs commands in this process, so that models are loaded once; what they print is captured."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str | Path) -> Ended:
        """One command, through `main`, as from a shell."""
        before, code = sys.argv, 0
        self._capture.readouterr()
        sys.argv = ["icp-synth", *map(str, arguments)]
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        finally:
            sys.argv = before
        printed = self._capture.readouterr()
        return Ended(code, printed.out, printed.err)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Call it with the arguments of a command."""
    monkeypatch.setenv("COLUMNS", "200")
    return Cli(capsys)


COMMAND = (sys.executable, "-c", "from icp_synth.cli import main; main()")


def shell_environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command that is run as a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ICP_SYNTH_")}
    return kept | {"ICP_SYNTH_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def run_process(arguments: list[str], environment: Mapping[str, str], cwd: Path) -> Ended:
    """Run a command as a process of its own, to its end."""
    done = subprocess.run(
        [*COMMAND, *arguments], env=dict(environment), cwd=cwd, capture_output=True, text=True, timeout=600
    )
    return Ended(done.returncode, done.stdout, done.stderr)


# ---------------------------------------------------------------- the demo, drafted once


@dataclass(frozen=True)
class Demo:
    """A home with the built-in evidence, and the folder with what was drafted from it. Don't change either."""

    home: Path
    out: Path
    printed: Ended

    @property
    def profile(self) -> Path:
        """Its profile.json."""
        return self.out / "profile.json"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The built-in evidence drafted in a process of its own, as a newcomer would; once, also where tests run side by side."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demo"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "printed.json").exists():
            words = ["draft", str(EVIDENCE), "--workspace", "demo", "--out", str(shared / "out"), "--as-of", AS_OF]
            ended = run_process(words, shell_environment(shared / "home"), shared)
            (shared / "printed.json").write_text(json.dumps(asdict(ended)), encoding="utf-8")
    copy = tmp_path_factory.mktemp("demo")  # a home has one writer, and looking is writing
    for part in ("home", "out"):
        shutil.copytree(shared / part, copy / part)
    return Demo(copy / "home", copy / "out", Ended(**json.loads((shared / "printed.json").read_text(encoding="utf-8"))))


@pytest.fixture
def demo_home(demo: Demo, home: Path) -> Path:
    """A copy of the demo's home, which this test may change."""
    shutil.copytree(demo.home, home)
    return home


@pytest.fixture
def demo_read_only(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """The demo's home itself, for commands that only look."""
    monkeypatch.setenv("ICP_SYNTH_HOME", str(demo.home))
    yield demo
