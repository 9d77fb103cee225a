"""The whole chain with a real model in a real server: the smallest there is, so what it says is not looked at.

What must hold with it holds with any: quotes are exact, sentences rest on their evidence, and what fell is told.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icp_synth import wiring
from icp_synth.settings import Settings
from tests.adapters.test_local_llm import gguf

SOURCES = {
    "orrin-freight.md": """Interviewer: What was hard before?

Customer: Every invoice was typed twice, and it cost my team two days a month. We lost an early payment discount over it.

Interviewer: Why did you look for something then?

Customer: Our auditor gave us until the end of March to fix the double entry.
""",
    "belmont-mills.md": """Interviewer: Why did you choose Paylane?

Customer: We chose Paylane because it reads the invoices from the mailbox. Before that we typed every invoice twice.

Interviewer: Was there a doubt?

Customer: I was afraid that the import would break our cost centres.
""",
    "halden-works.md": """Interviewer: How is it now?

Customer: We close the month in two days instead of six. My finance team was worried about the import, but it went well.
""",
}


@pytest.mark.slow
def test_a_draft_by_the_smallest_model_holds_what_every_draft_holds(cli: Any, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    for name, text in SOURCES.items():
        (evidence / name).write_text(text, encoding="utf-8")
    ended = cli(
        "draft", str(evidence), "--product", "Paylane", "--analyst", f"gguf:{gguf()}", "--as-of", "2026-01-31",
        "--workspace", "small", "--out", str(tmp_path / "icp"),
    )  # fmt: skip
    assert ended.code in (0, 3), ended.err
    profile = json.loads((tmp_path / "icp" / "profile.json").read_text(encoding="utf-8"))
    assert (ended.code == 3) == bool(profile["partial"]), "what is missing is told, and told by the exit code"
    assert profile["statements"] and profile["analyst"].startswith("gguf:SmolLM2")
    for statement in profile["statements"]:
        assert statement["quote"] in " ".join(SOURCES.values()).replace("\n", " ")
    assert cli("verify", str(tmp_path / "icp" / "profile.json"), "--originals", str(evidence)).code == 0
    page = (tmp_path / "icp" / "one-pager.html").read_text(encoding="utf-8")
    assert ("Dropped sentences" in page) == bool(profile["dropped"])

    calls = wiring.ledger_entries(Settings(), "small")
    assert {call.prompt for call in calls} >= {"extract"} and all(call.tries for call in calls)
    longest = 32 * 8 + 64  # of eight sentences, that of the longest source here not reached
    assert all(call.tokens.output <= longest for call in calls if call.prompt == "extract"), "it was made to stop"

    told = cli("ask", "Why did they choose Paylane?", "--analyst", f"gguf:{gguf()}", "-w", "small", "--json")
    assert told.code == (3 if told.json["partial"] else 0), told.err
    assert told.json["citations"] or told.json["abstained"]
    assert not told.json["dropped"] or all(one["reason"] for one in told.json["dropped"])
    for one in told.json["citations"]:
        assert one["quote"] in " ".join(SOURCES.values()).replace("\n", " ")
    assert {"extract", "answer"} <= {call.prompt for call in wiring.ledger_entries(Settings(), "small")}
