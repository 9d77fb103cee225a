"""The words of the design as types, and the base of all records."""

from __future__ import annotations

from collections.abc import Mapping
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
FactName = Literal[
    "situation",
    "wish",
    "impact",
    "facet",
    "event",
    "date",
    "number",
    "unit",
    "baseline",
    "name",
    "fate",
    "who",
    "does",
    "comes_from",
]
Status = Literal["hypothesis", "supported", "corroborated", "contested"]
Form = Literal["speech", "question", "prose", "heading", "field"]
Unit = Literal["line", "paragraph", "page", "row", "time", "item"]

# What a claim of a kind may be given besides its line, and the words that those facts are of that aren't a part of a quote.
FACTS: Mapping[Kind, tuple[FactName, ...]] = {
    "pain": ("situation", "wish", "impact"),
    "job": ("facet",),
    "trigger": ("event", "date"),
    "proof": ("number", "unit", "baseline"),
    "alternative": ("name", "fate"),
    "buying_role": ("who", "does"),
    "disqualifier": ("comes_from",),
}
# A fact that tells something only behind another of the same statement, and facts that tell nothing without the next.
AFTER: Mapping[FactName, FactName] = {"unit": "number", "baseline": "unit", "fate": "name", "does": "who"}
BEFORE: Mapping[FactName, FactName] = {"number": "unit", "who": "does"}
LABELS: Mapping[FactName, tuple[str, ...]] = {
    "facet": ("functional", "emotional", "social"),
    "fate": ("dropped", "rejected", "kept", "beside"),
    "does": ("feels", "pays", "decides", "blocks", "champions", "runs"),
    "comes_from": ("lost", "churned", "satisfied"),
}

LineRange = tuple[int, int]


class Record(BaseModel):
    """Base of all records: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Locator(Record):
    """Where a block is in its original. `time` counts seconds; the other units count from 1. Both ends inclusive."""

    unit: Unit
    first: int | float
    last: int | float
