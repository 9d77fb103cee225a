"""Ctrl-C in the middle of a draft: it ends at once, says how to go on, and the next run makes the same profile."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import AS_OF, COMMAND, EVIDENCE, Cli, Demo, shell_environment


def stored(home: Path) -> int:
    """How many sources the store holds; 0 while there is none."""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{home}/icp-synth.db?mode=ro", uri=True)) as store,
    ):
        return int(store.execute("select count(*) from sources").fetchone()[0])
    return 0


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_finished_and_the_next_run_goes_on(
    demo: Demo, cli: Cli, home: Path, tmp_path: Path
) -> None:
    words = ["draft", str(EVIDENCE), "--workspace", "demo", "--out", str(tmp_path / "out"), "--as-of", AS_OF]
    process = subprocess.Popen(
        [*COMMAND, *words],
        env=shell_environment(home),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore Ctrl-C, and so would their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 300
    while stored(home) < 3:
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in err and "Traceback" not in err and out == ""
    assert not (tmp_path / "out").exists(), "nothing half-written"
    kept = stored(home)
    assert 3 <= kept < 50
    again = cli(*words, "--json")
    assert again.code == 0, again.err
    assert len(again.json["new"]) + kept == stored(home)
    assert (tmp_path / "out" / "profile.json").read_bytes() == demo.profile.read_bytes()
