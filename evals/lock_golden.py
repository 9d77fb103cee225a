"""Freezes the golden sets: `python -m evals.lock_golden` writes the schema, and the SHA-256 of each file into golden.lock.

A test compares. Whoever changes a set runs this, and says why in the commit.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from icp_synth import assets
from icp_synth.evaluation.gold_file import gold_schema

LOCK = Path(__file__).parent / "golden.lock"


def hashes(folder: Path) -> str:
    """One line for each file below `folder`: hash, two spaces, path; by path."""
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files)


if __name__ == "__main__":
    (assets.golden_dir() / "gold.schema.json").write_text(gold_schema(), encoding="utf-8")
    LOCK.write_text(hashes(assets.golden_dir()), encoding="utf-8")
