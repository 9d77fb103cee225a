"""Small invented evidence for the tests of the stages: a clean source from a few turns, and statements about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from icp_synth.evidence import admit
from icp_synth.ports import Vectors
from icp_synth.records import (
    AccountRef,
    Candidate,
    CleanBlock,
    CleanSource,
    CleanTurn,
    Kind,
    Locator,
    Role,
    Sentence,
    SourceKind,
    Statement,
    Tone,
)
from icp_synth.stages.segment import segment


def account(name: str) -> AccountRef:
    """A known account; "" is the unknown one."""
    return AccountRef(id=name.lower() or "unknown", name=name or "unknown account", known=bool(name), why="test")


def clean_source(
    name: str,
    turns: Sequence[tuple[Role, str]],
    *,
    of: str = "Alder",
    kind: SourceKind = "interview",
    date: dt.date | None = dt.date(2026, 3, 1),
    **more: Any,
) -> CleanSource:
    """A transcript whose turns stand below one another, each in a block of its own."""
    blocks, spans, text, line = [], [], "", 1
    for role, said in turns:
        start, last = len(text), line + said.count("\n")
        text += said
        locator = Locator(unit="line", first=line, last=last)
        blocks.append(CleanBlock(start=start, end=len(text), locator=locator, lines=(line, last), form="speech"))
        spans.append(CleanTurn(start=start, end=len(text), role=role, voice="verbatim", speaker=f"<PERSON_{role}>"))
        text, line = text + "\n", last + 1
    return CleanSource(
        id=f"src-{name}", path=f"{name}.txt", format="txt", kind=kind, text=text, blocks=tuple(blocks),
        turns=tuple(spans), account=account(of), date=date, **more,
    )  # fmt: skip


def by_id(source: CleanSource) -> dict[str, Sentence]:
    """The sentences of a source by id."""
    return {sentence.id: sentence for sentence in segment(source)}


def statement(
    text: str,
    *kinds: Kind,
    of: str = "Alder",
    kind: SourceKind = "interview",
    tone: Tone = "neutral",
    name: str | None = None,
    confidence: float = 0.8,
    date: dt.date | None = dt.date(2026, 3, 1),
) -> tuple[CleanSource, Statement]:
    """A source in which one customer says one thing, and the statement about it, through the one door."""
    made = clean_source(name or f"{of}-{abs(hash_of(text))}", [("customer", text)], of=of, kind=kind, date=date)
    sentences = by_id(made)
    ids = tuple(sentences)[:2]
    candidate = Candidate(source_id=made.id, sentence_ids=ids, kinds=dict.fromkeys(kinds, confidence), tone=tone)
    return made, admit(candidate, made, sentences)


def hash_of(text: str) -> int:
    """A number for a text, the same in every run (Python's own hash is not)."""
    return int.from_bytes(text.encode()[:24], "big") % 10**9


def unit(*values: float, dimensions: int = 8) -> Vectors:
    """A unit vector whose first coordinates are given."""
    vector = np.zeros(dimensions)
    vector[: len(values)] = values
    made: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
    return made
