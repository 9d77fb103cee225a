"""A draft by a model, killed again and again: does it end in the same profile, and how much is paid twice?

    python -m evals.benchmarks.kills [PATH] [--kills 50] [--seed 1] [--concurrency 8]

The real process is killed (SIGKILL) at moments drawn with the seed, in rounds: each begins with a home that holds the
evidence and no call, and ends with a draft that was let through. The model is the one made of rules, over HTTP. Printed
is each round's moments, calls, and whether profile.json is, byte for byte, that of a draft that nobody disturbed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evals.benchmarks.scripted_model import ScriptedModel, serving
from icp_synth import assets

_COMMAND = (sys.executable, "-c", "from icp_synth.cli import main; main()")
_WORKSPACE = "killed"


class Drafts:
    """Drafts of one home after the other, in processes of their own."""

    def __init__(self, scratch: Path, server: ScriptedModel, concurrency: int) -> None:
        self.scratch, self.server, self.concurrency = scratch, server, concurrency

    def prepare(self, path: Path) -> None:
        """The home that every round begins with."""
        told = self._start("add", str(path), "--product", "the product")
        if told.wait():
            raise SystemExit(f"{path} could not be added.")
        shutil.move(self.scratch / "home", self.scratch / "clean")

    def begin(self) -> None:
        """A round: the evidence is there, and no call was made."""
        shutil.rmtree(self.scratch / "home", ignore_errors=True)
        shutil.copytree(self.scratch / "clean", self.scratch / "home")
        self.server.calls.clear()

    def draft(self, killed_after: float | None = None) -> bool:
        """Whether a draft ended by itself, and well; it is killed after so many seconds."""
        process = self._start(
            "draft",
            "--analyst",
            f"{self.server.url}#rules",
            "--as-of",
            "2026-01-01",
            "--out",
            str(self.scratch / "out"),
        )
        try:
            return process.wait(killed_after) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False

    def profile(self) -> bytes:
        """What came of it."""
        return (self.scratch / "out" / "profile.json").read_bytes()

    @property
    def calls(self) -> int:
        """That the server was asked in this round."""
        return sum(self.server.calls.values())

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "ICP_SYNTH_HOME": str(self.scratch / "home"),
            "ICP_SYNTH_CONCURRENCY": str(self.concurrency),
        }
        return subprocess.Popen([*_COMMAND, *words, "-w", _WORKSPACE], env=environment, stdout=subprocess.DEVNULL)


def main() -> None:
    """Print a line a round, and whether all held."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("path", type=Path, nargs="?", default=assets.golden_dir() / "nexacrm" / "evidence")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--concurrency", type=int, default=8)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as scratch, serving() as server:
        drafts = Drafts(Path(scratch), server, given.concurrency)
        drafts.prepare(given.path.resolve())
        drafts.begin()
        started = time.monotonic()
        if not drafts.draft():
            raise SystemExit("The draft that nobody disturbed did not end well.")
        took, wanted, unique = time.monotonic() - started, drafts.profile(), drafts.calls
        print(f"undisturbed: {unique} calls, {took:.1f} s", flush=True)
        left, held = given.kills, True
        while left:
            drafts.begin()
            moments: list[float] = []
            ended = False
            while left and not ended:
                moment = draw.uniform(0.1, 0.8) * took
                ended = drafts.draft(moment)
                if not ended:
                    moments.append(round(moment, 1))
                    left -= 1
            same = (ended or drafts.draft()) and drafts.profile() == wanted
            allowed = unique + len(moments) * given.concurrency
            held &= same and drafts.calls <= allowed
            told = "the same profile" if same else "ANOTHER PROFILE"
            print(f"killed at {moments} s: {drafts.calls} calls of {allowed} allowed, {told}", flush=True)
    print("all held" if held else "NOT all held")
    raise SystemExit(not held)


if __name__ == "__main__":
    main()
