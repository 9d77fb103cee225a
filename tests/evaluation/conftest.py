"""A small set of gold about an invented product, and readers that do what they are told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from icp_synth.adapters.home import keyed_hash
from icp_synth.analysts.unaided import Unaided
from icp_synth.evaluation import interviews
from icp_synth.evaluation.cases import read_sets
from icp_synth.evaluation.reading import Drafted, Prepared, drafted, prepared
from icp_synth.evaluation.results import Result
from icp_synth.ports import Analyst, Detector, Embedder, Passages
from icp_synth.records import Candidate, Kind, Manifest, Proposed, RawFile, Theme

AS_OF = dt.date(2026, 1, 1)

ALDER = """Interview - Alder House

Interviewer: What was hard before?
Customer: Planning the rota took me nine hours each week.
Customer: We lost two nurses because shifts came too late.
Interviewer: Our app plans a month in ten minutes.
Customer: The weather is lovely today.
"""
BIRCH = """Interview - Birch Care

Interviewer: What was hard before?
Customer: Every Friday I planned shifts by hand for nine hours.
Customer: We worried that the older carers would never use an app.
Customer: They do use it, all of them, since the second week.
"""
GOLD: dict[str, Any] = {
    "set": "rota", "product": "Rotalark", "root": "evidence",
    "files": [{"name": "alder.txt", "account": "Alder House"}, {"name": "birch.txt", "account": "Birch Care"}],
    "items": [
        {"id": "hours", "kind": "pain", "statement": "Planning takes long.", "strength": "core", "accounts": 2,
         "status": "supported", "alt_kinds": ["proof"],
         "evidence": [{"file": "alder.txt", "lines": [4, 4]}, {"file": "birch.txt", "lines": [4, 4]}]},
        {"id": "nurses", "kind": "pain", "statement": "Nurses leave.", "strength": "core", "accounts": 1,
         "status": "hypothesis",
         "evidence": [{"file": "alder.txt", "quote": "We lost two nurses because shifts came too late."}]},
        {"id": "doubt", "kind": "objection", "statement": "Carers won't use it.", "strength": "core", "accounts": 1,
         "evidence": [{"file": "birch.txt", "lines": [5, 5]}]},
        {"id": "use", "kind": "rebuttal", "statement": "They do.", "strength": "minor", "accounts": 1, "answers": "doubt",
         "evidence": [{"file": "birch.txt", "lines": [6, 6]}]},
    ],
    "roles": [{"file": "alder.txt", "speaker": "Customer", "role": "customer"},
              {"file": "alder.txt", "speaker": "Interviewer", "role": "us"}],
    "questions": [
        {"id": "time", "question": "How many hours does planning the rota take each week?",
         "evidence": [{"file": "alder.txt", "lines": [4, 4]}, {"file": "birch.txt", "lines": [4, 4]}]},
        {"id": "elders", "question": "Do the older carers use the app?", "evidence": [{"file": "birch.txt", "lines": [5, 6]}]},
        {"id": "price", "question": "What does the customer pay per month?", "answerable": False},
    ],
    "traps": [{"file": "alder.txt", "lines": [7, 7], "what": "small talk", "why": "not about the product"}],
}  # fmt: skip


class Scripted(Unaided):
    """Reads what it is told: kind by the first words of a sentence."""

    name = "scripted"

    def __init__(self, kinds: dict[str, Kind]) -> None:
        self._kinds = kinds

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        return [Proposed(what=tuple(self._candidates(one))) for one in passages]

    def _candidates(self, one: Passages) -> Iterator[Candidate]:
        for sentence in one.sentences:
            for start, kind in self._kinds.items():
                if sentence.text.startswith(start):
                    yield Candidate(source_id=one.source.id, sentence_ids=(sentence.id,), kinds={kind: 0.9})


RIGHT: dict[str, Kind] = {
    "Planning the rota": "pain", "Every Friday": "pain", "We lost": "pain", "We worried": "objection", "They do": "rebuttal",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set on the disk."""
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "alder.txt").write_text(ALDER, encoding="utf-8")
    (tmp_path / "evidence" / "birch.txt").write_text(BIRCH, encoding="utf-8")
    (tmp_path / "gold.yaml").write_text(json.dumps(GOLD), encoding="utf-8")
    return tmp_path


Taken = Callable[..., Prepared]
Ready = Callable[..., Prepared]
Read = Callable[..., Drafted]
Measured = Callable[..., Result]


@pytest.fixture
def taken(detector: Detector, embedder: Embedder) -> Taken:
    """`taken(folder)` → the set in a folder, scrubbed and embedded."""

    def done(folder: Path, manifest: Manifest | None = None) -> Prepared:
        (gold,) = read_sets(folder)
        files = [RawFile(path=p.name, data=p.read_bytes()) for p in sorted(gold.folder.iterdir())]
        return prepared(gold, files, manifest or Manifest(), detector, embedder, partial(keyed_hash, b"test"))

    return done


@pytest.fixture
def ready(folder: Path, taken: Taken) -> Ready:
    """That set, scrubbed and embedded."""
    return lambda manifest=None: taken(folder, manifest)


@pytest.fixture
def read(ready: Ready, embedder: Embedder) -> Read:
    """That set as a reader reads it."""

    def done(
        analyst: Analyst,
        manifest: Manifest | None = None,
        shuffled: int | None = None,
        earlier: Sequence[Theme] = (),
    ) -> Drafted:
        return drafted(ready(manifest), embedder, analyst, AS_OF, shuffled, earlier=earlier)

    return done


@pytest.fixture
def measured(read: Read) -> Measured:
    """How a reader does on that set."""

    def done(analyst: Analyst, manifest: Manifest | None = None) -> Result:
        return interviews.measure(read(analyst, manifest))

    return done
