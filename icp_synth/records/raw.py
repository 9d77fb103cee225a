"""What came, with personal data in it: in memory only, never written."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from icp_synth.records.words import Form, LineRange, Locator, Outcome, Record, Role, SourceKind, Voice


class RawFile(Record):
    """One file as it came. `path` is relative to what was given, with `/`; members read `a.zip!b.vtt`."""

    path: str
    data: bytes


class Reject(Record):
    """Something that could not be taken in: what, where, and what to do next. One line each for the person."""

    path: str
    reason: str
    advice: str
    line: int | None = None


class Block(Record):
    """A stretch of the original, with its own line breaks kept.

    `lines` are the lines of the original on which `text` lies, where the original is text and `text` stands in it
    unchanged: then line ``lines[0] + text.count("\\n", 0, offset)`` holds the character at `offset`.
    `side` is set only where the format itself says who speaks (a help desk's agent, a call's internal party).
    `form`: `speech` has a speaker; `question` was asked by us (a heading or an italic line of a Q/A note); `prose` is
    running text without a speaker; `heading` and `field` (a label and its value, an attendee line) are structure and
    never evidence.
    """

    text: str
    locator: Locator
    lines: LineRange | None = None
    form: Form = "prose"
    speaker: str | None = None
    email: str | None = None
    side: Role | None = None
    heading: str | None = None
    at: float | None = None
    date: dt.date | None = None


class Participant(Record):
    """Somebody named by the structure: an attendee line, a party of a call, a sender, a requester."""

    name: str | None = None
    email: str | None = None
    company: str | None = None
    title: str | None = None
    side: Role = "unknown"


class Source(Record):
    """One piece of evidence as it came: personal data included, so never written anywhere.

    `account`, `kind`, `date` and `outcome` are set only where the original says so (a column, a field); guesses from
    names and headings are made later and shown as guesses. `names` are personal names met in the structure.
    `ref` tells sources apart that share one file (a row, a ticket): it is "" for one source a file.
    """

    path: str
    format: str
    blocks: tuple[Block, ...]
    ref: str = ""
    title: str | None = None
    kind: SourceKind | None = None
    account: str | None = None
    date: dt.date | None = None
    outcome: Outcome | None = None
    participants: tuple[Participant, ...] = ()
    names: tuple[str, ...] = ()


class AccountRow(Record):
    """A row of a table of accounts. `attributes` and `outcome` are facts about the company, from `path` row `row`."""

    name: str
    path: str
    row: int
    domain: str | None = None
    outcome: Outcome | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


class Columns(Record):
    """What was recognised in a table: field → column headings, to be shown and overridden by a saved mapping."""

    path: str
    table: Literal["evidence", "accounts"]
    kind: SourceKind | None = None
    fields: dict[str, tuple[str, ...]]
    headings: tuple[str, ...]
    rows: int


class Ingested(Record):
    """What one file gave: sources, account rows, the columns seen, and what was refused."""

    sources: tuple[Source, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    columns: tuple[Columns, ...] = ()
    rejects: tuple[Reject, ...] = ()


class ManifestSource(Record):
    """What a manifest says of the files that match `path` (a glob; members of archives as `a.zip!b.vtt`)."""

    path: str
    account: str | None = None
    date: dt.date | None = None
    kind: SourceKind | None = None
    outcome: Outcome | None = None
    us: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


class Manifest(Record):
    """`evidence.yaml` or `evidence.csv`: who "us" is, and what is known of the sources. All of it optional."""

    product: str | None = None
    us_company: str | None = None
    us_domains: tuple[str, ...] = ()
    us_people: tuple[str, ...] = ()
    sources: tuple[ManifestSource, ...] = ()
    columns: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)

    # `columns`: glob of a table → field → headings; field `kind` holds the table's source kind.


class Turn(Record):
    """One speaker's uninterrupted words: blocks ``first`` to ``last`` of its source (indices, inclusive).

    `question` is the index of the turn that asked. `guessed` marks a role that comes from how people talk.
    """

    first: int
    last: int
    role: Role
    voice: Voice
    speaker: str | None = None
    why: str = ""
    guessed: bool = False
    question: int | None = None


class Utterance(Record):
    """What somebody said at once, ``text[start:end]``, and the words of another speaker just before ("" if none)."""

    start: int
    end: int
    asked: str = ""


class Passage(Record):
    """A raw text to be looked at for personal data, and where in it people speak."""

    text: str
    utterances: tuple[Utterance, ...] = ()
