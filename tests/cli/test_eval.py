"""`eval pii` measures our scrubber beside Presidio as it comes, in one run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_eval_pii_compares_both_and_names_the_halves(cli: Any, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "presidio-research"
    folder.mkdir(parents=True)
    rows = []
    for n in range(8):
        text = f"My name is Dana Foxworth and my number is 0{n}1 555 0142"
        start = text.index("Dana")
        span = {"entity_type": "PERSON", "entity_value": "", "start_position": start, "end_position": start + 13}
        rows.append({"full_text": text, "template_id": n, "spans": [span]})
    (folder / "s.json").write_text(json.dumps(rows), encoding="utf-8")
    ended = cli("eval", "pii", "--data", str(tmp_path / "data"), "--json")
    assert ended.code == 0, ended.err
    report = ended.json
    assert set(report["systems"]) == {"ours", "stock"}
    halves = {row["half"] for row in report["systems"]["ours"]["rows"]}
    assert halves == {"tuning", "report"}
    person = next(r for r in report["systems"]["ours"]["rows"] if r["entity"] == "PERSON")
    assert person["recall"]["value"] == 1.0 and person["leaked"]["value"] == 0.0
    assert report["faster"]["per_cpu_second"] > 0


def test_eval_pii_says_what_folder_it_wants(cli: Any, tmp_path: Path) -> None:
    ended = cli("eval", "pii", "--data", str(tmp_path))
    assert ended.code == 1
    assert "multidogo" in ended.err
