"""The yardstick for reading: what is found counts once, what is wrong counts against, and a reader that slips is caught."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from icp_synth.adapters.home import keyed_hash
from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation.cases import GoldSet, read_sets
from icp_synth.evaluation.interviews import NaiveReader, Reading, drafted, measure
from icp_synth.ports import Analyst, Detector, Embedder, Vectors
from icp_synth.records import Candidate, CleanSource, Kind, Manifest, ManifestSource, RawFile, Sentence
from tests.conftest import Cli

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
GOLD = {
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
    "traps": [{"file": "alder.txt", "lines": [7, 7], "what": "small talk", "why": "not about the product"}],
}  # fmt: skip


class Scripted:
    """Reads what it is told: kind by the first words of a sentence."""

    name = "scripted"

    def __init__(self, kinds: dict[str, Kind]) -> None:
        self._kinds = kinds

    def read(
        self, source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors, questions: Vectors
    ) -> list[Candidate]:
        return [
            Candidate(source_id=source.id, sentence_ids=(s.id,), kinds={kind: 0.9})
            for s in sentences
            for start, kind in self._kinds.items()
            if s.text.startswith(start)
        ]


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


Read = Callable[..., Reading]


@pytest.fixture
def reads(folder: Path, detector: Detector, embedder: Embedder) -> Read:
    """How a reader does on that set."""
    (gold,) = read_sets(folder)

    def done(analyst: Analyst, manifest: Manifest | None = None) -> Reading:
        keyed = partial(keyed_hash, b"test")
        files = [RawFile(path=p.name, data=p.read_bytes()) for p in sorted(gold.folder.iterdir())]
        return measure(
            gold, drafted(gold, files, manifest or Manifest(), detector, embedder, analyst, keyed, dt.date(2026, 1, 1))
        )

    return done


def test_a_set_is_read_with_what_is_required_and_what_is_only_allowed(folder: Path) -> None:
    (gold,) = read_sets(folder)
    assert isinstance(gold, GoldSet) and gold.accounts == {"alder.txt": "Alder House", "birch.txt": "Birch Care"}
    assert [(item.id, item.core) for item in gold.items] == [
        ("hours", True),
        ("nurses", True),
        ("doubt", True),
        ("use", False),
    ]
    assert gold.items[0].kinds == {"pain", "proof"}


def test_a_set_that_does_not_hold_together_says_where(folder: Path) -> None:
    broken = {**GOLD, "items": [{**GOLD["items"][0], "answers": "nothing"}]}  # type: ignore[index,dict-item]
    (folder / "gold.yaml").write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(EvidenceError, match="hours"):
        read_sets(folder)
    with pytest.raises(NotFoundError, match="gold.yaml"):
        read_sets(folder / "evidence")


def test_a_reader_that_is_right_gets_everything(reads: Read) -> None:
    reading = reads(Scripted(RIGHT))
    assert reading.core_recall.value == reading.typed_core_recall.value == reading.typed_precision.value == 1.0
    assert (
        reading.page_one_recall.value == 1.0 and reading.missed == () and reading.wrong == () and reading.on_traps == 0
    )


def test_the_right_place_under_the_wrong_kind_is_found_but_not_typed(reads: Read) -> None:
    reading = reads(Scripted({**RIGHT, "We lost": "trigger"}))
    assert reading.core_recall.value == 1.0
    assert reading.typed_core_recall.value == pytest.approx(2 / 3, abs=1e-3)
    assert reading.typed_precision.value == 0.8 and reading.missed == ("nurses",)
    (wrong,) = reading.wrong
    assert (wrong.file, wrong.kind, wrong.typed) == ("alder.txt", "trigger", True)


def test_another_kind_that_an_annotator_could_defend_is_right(reads: Read) -> None:
    reading = reads(Scripted({**RIGHT, "Planning the rota": "proof"}))
    assert reading.typed_precision.value == 1.0


def test_small_talk_counts_against_and_as_a_trap(reads: Read) -> None:
    reading = reads(Scripted({**RIGHT, "The weather": "pain"}))
    assert reading.typed_precision.value == pytest.approx(5 / 6, abs=1e-3) and reading.on_traps == 1
    assert [(w.lines, w.typed) for w in reading.wrong] == [((7, 7), False)]


def test_swapped_roles_are_caught_and_so_are_our_own_words(folder: Path, reads: Read) -> None:
    right = reads(Scripted({**RIGHT, "Our app": "proof"}))
    assert right.roles.value == 1.0 and right.words_of_us == 0
    manifest = Manifest(sources=(ManifestSource(path="alder.txt", us=("Customer",), customers=("Interviewer",)),))
    swapped = reads(Scripted({**RIGHT, "Our app": "proof"}), manifest)
    assert swapped.roles.value == 0.0 and swapped.words_of_us == 1
    assert (swapped.typed_core_recall.value or 0) < 1.0


def test_a_reader_that_is_off_by_one_sentence_is_caught(reads: Read) -> None:
    reading = reads(Scripted({"The weather": "pain", "They do": "objection", "We lost": "rebuttal"}))
    assert reading.typed_core_recall.value == 0.0 and reading.typed_precision.value == 0.0


def test_the_naive_reader_quotes_every_sentence_of_a_customer(reads: Read, embedder: Embedder) -> None:
    reading = reads(NaiveReader(embedder))
    assert reading.statements == 6 and reading.core_recall.value == 1.0
    assert (reading.typed_precision.value or 0) < 1.0


def test_the_command_sets_both_readers_beside_each_other(cli: Cli, folder: Path) -> None:
    ended = cli("eval", "interviews", "--data", folder, "--json")
    assert ended.code == 0, ended.err
    ours, naive = ended.json
    assert (ours["set"], naive["analyst"]) == ("rota", "naive") and naive["statements"] == 6
    assert "rota" in cli("eval", "interviews", "--data", folder).out
