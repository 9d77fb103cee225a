"""What an evaluation says: a report of results, one for each suite, set of gold and reader. This is the JSON that is compared."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from icp_synth.evaluation.metrics import Figure
from icp_synth.records import Record

SUITES = ("interviews", "pii", "clustering", "matching", "ask", "grounding", "render")
Suite = Literal["interviews", "pii", "clustering", "matching", "ask", "grounding", "render"]


class Case(Record):
    """Something that went wrong, to look at: `what` happened (`missed`, `wrong kind` …), where, and the clean text there."""

    what: str
    where: str
    text: str
    kind: str = ""
    note: str = ""


class Bin(Record):
    """Of `count` answers given with about this `confidence`, the share that was right."""

    confidence: float
    right: float
    count: int


class Result(Record):
    """How one reader did on one set. `facts` are counts, costs and seconds, which no gate looks at.

    `by_kind` holds figures per kind of statement (or entity); `confusion` counts, per kind of the gold, what was given.
    """

    suite: Suite
    set: str
    reader: str
    figures: dict[str, Figure]
    by_kind: dict[str, dict[str, Figure]] = Field(default_factory=dict)
    confusion: dict[str, dict[str, int]] = Field(default_factory=dict)
    calibration: tuple[Bin, ...] = ()
    cases: tuple[Case, ...] = ()
    facts: dict[str, float | int | str | None] = Field(default_factory=dict)


class Report(Record):
    """All results of a run, and with what they were made."""

    schema_version: Literal["1"] = "1"
    version: str
    analyst: str
    embedder: str
    detector: str
    results: tuple[Result, ...]
