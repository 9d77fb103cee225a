"""The words of the design as types, and the base of all records."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

SourceKind = Literal["interview", "ticket", "call", "win_loss", "survey", "review", "note"]
Role = Literal["customer", "us", "unknown"]
Voice = Literal["verbatim", "reported"]
Outcome = Literal["won", "lost", "churned", "active"]
Tone = Literal["trouble", "praise", "neutral"]
Kind = Literal[
    "pain",
    "job",
    "trigger",
    "objection",
    "rebuttal",
    "disqualifier",
    "desired_outcome",
    "alternative",
    "proof",
    "buying_role",
    "fit_signal",
]
Status = Literal["hypothesis", "supported", "corroborated", "contested"]
Form = Literal["speech", "question", "prose", "heading", "field"]
Unit = Literal["line", "paragraph", "page", "row", "time", "item"]

LineRange = tuple[int, int]


class Record(BaseModel):
    """Base of all records: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Locator(Record):
    """Where a block is in its original. `time` counts seconds; the other units count from 1. Both ends inclusive."""

    unit: Unit
    first: int | float
    last: int | float
