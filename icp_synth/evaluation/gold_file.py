"""A `gold.yaml` as it is written, field by field. Its JSON Schema is published as evals/golden/gold.schema.json."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field

from icp_synth.records import Kind, LineRange, Record, Role, SourceKind, Status


class Place(Record):
    """Where something stands: lines of the raw file (from 1, inclusive), or the exact text where a file has no lines.

    With both, it is that text (clean, and compared by its words) on those lines. `account` says whose words they are where a
    file holds several accounts.
    """

    file: str
    lines: LineRange | None = None
    quote: str | None = None
    account: str | None = None


class File(Record):
    """A file of a set: its lines where it is text, and the account and kind where all of it has one."""

    name: str
    lines: int | None = None
    account: str | None = None
    source_kind: SourceKind | Literal["table"] | None = None


class Item(Record):
    """What a reader should find. `accounts` are the known ones that say so; None where nobody has counted them."""

    id: str
    kind: Kind | Literal["proof_metric"]
    statement: str = ""
    strength: Literal["core", "minor"]
    accounts: int | None = 1
    evidence: tuple[Place, ...] = Field(min_length=1)
    alt_kinds: tuple[Kind | Literal["proof_metric"], ...] = ()
    status: Status | None = None
    answers: str | None = Field(default=None, description="Of a rebuttal: the id of the item that it answers.")
    account_names: tuple[str, ...] = ()
    source_kinds: tuple[SourceKind, ...] = ()
    contested_by: str | None = Field(default=None, description="The id of the item of the other side.")
    facet: Literal["functional", "emotional", "social"] | None = None
    stage: Literal["before buying", "before first value", "in use", "leaving"] | None = None
    conflict: str | None = None
    years: tuple[int, ...] = ()
    note: str | None = None


class Speaker(Record):
    """Whose side a speaker of a file is on: named as in the file, or by the pseudonym that they get."""

    file: str
    speaker: str
    role: Role


class Question(Record):
    """A question, and where its answer stands; no evidence where there is no answer."""

    id: str
    question: str
    answerable: bool | None = None
    answer: str | None = None
    evidence: tuple[Place, ...] = ()


class Trap(Place):
    """A place that misleads a careless reader: `what` it is, and `why`."""

    what: str
    why: str


class Personal(Record):
    """Personal data in a file, as it is written there, or as the SHA-256 of that in lower case."""

    file: str
    type: str
    text: str | None = None
    line: int | None = None
    sha256_of_text_lowercased: str | None = None


class Sampled(Record):
    """A sentence to be labelled. `role` marks a speaker whose side isn't known; `speaks` is whose side the label says."""

    id: str
    file: str
    quote: str
    lines: LineRange | None = None
    speaker: str | None = None
    role: Role | None = None
    labelled: bool = False
    speaks: Role | None = None


class GoldFile(Record):
    """A set of gold. `root` is the folder of the evidence beside the file; `sample` the only places that were looked at."""

    set: str
    product: str
    root: str
    annotator: str | None = None
    files: tuple[File, ...] = Field(min_length=1)
    items: tuple[Item, ...] = ()
    also_valid: tuple[Item, ...] = ()
    roles: tuple[Speaker, ...] = ()
    questions: tuple[Question, ...] = ()
    traps: tuple[Trap, ...] = ()
    pii: tuple[Personal, ...] = ()
    pii_none_found: tuple[str, ...] = ()
    sample: tuple[Sampled, ...] | None = None


def gold_schema() -> str:
    """The JSON Schema (draft 2020-12) of a gold.yaml."""
    schema = GoldFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
