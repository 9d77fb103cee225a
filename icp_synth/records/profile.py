"""What comes out: a profile, its parts, artifacts, and the decisions laid over it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from icp_synth.records.found import Support
from icp_synth.records.proposed import Partial
from icp_synth.records.words import FactName, Kind, LineRange, Locator, Outcome, Record, Role, SourceKind, Status, Voice


class Fact(Record):
    """What a claim of its kind needs, read from the statement `statement`.

    `text` is a part of its quote, to the letter, or for the names in `LABELS` one of their words.
    """

    name: FactName
    text: str
    statement: str


class Prose(Record):
    """A sentence that a model wrote, and the statements that bear it. Built by `evidence.admit_prose` alone."""

    text: str
    evidence: tuple[str, ...]


class Dropped(Record):
    """A sentence that a model wrote and that wasn't let in: about which theme or section, and why."""

    about: str
    text: str
    reason: str


class Claim(Record):
    """A line of a profile that rests on evidence. Built by `evidence.admit_claim` alone.

    `text` holds no content word that its evidence doesn't hold. `evidence` and `counter` are statement ids, strongest
    first. `detail` says more in fixed words (`stage`: before buying …; `observed`: how to see a trigger; `reviewed`,
    `wording`: what a person decided).
    `answers` is the claim that a rebuttal answers. `facts` that belong together follow each other, in the order of `FACTS`
    (a `name` and its `fate`, a `number` with its `unit` and `baseline`); a name that comes again begins the next group.
    `prose` is what a model wrote about it, checked sentence by sentence.
    """

    id: str
    kind: Kind
    text: str
    status: Status
    support: Support
    evidence: tuple[str, ...]
    counter: tuple[str, ...] = ()
    page_one: bool = False
    answers: str | None = None
    detail: dict[str, str] = Field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    prose: tuple[Prose, ...] = ()


class Section(Record):
    """A part of the one-pager. `empty` says, in fixed words, why there is nothing in it; `portrait` is a model's prose."""

    key: str
    title: str
    claims: tuple[Claim, ...] = ()
    empty: str | None = None
    portrait: tuple[Prose, ...] = ()


class Cell(Record):
    """Where a fact about an account stands: a row and a heading of a table."""

    account: str
    path: str
    row: int
    heading: str
    value: str


class Criterion(Record):
    """A fit criterion from account attributes: how many good and bad accounts it would admit, and the cells it rests on."""

    attribute: str
    value: str
    good: int
    of_good: int
    bad: int
    of_bad: int
    cells: tuple[Cell, ...]
    note: str = ""


class ProfileAccount(Record):
    """An account as the profile shows it."""

    id: str
    name: str
    known: bool
    why: str
    sources: int
    outcome: Outcome | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


class ProfileSource(Record):
    """A source as the profile shows it; `inferred` names the fields that were guessed."""

    id: str
    path: str
    ref: str
    format: str
    kind: SourceKind
    account: str
    date: dt.date | None
    outcome: Outcome | None
    inferred: tuple[str, ...]
    words_customer: int
    words_us: int
    words_unknown: int


class ProfileStatement(Record):
    """A statement as `profile.json` publishes it: self-contained, with its context for display."""

    id: str
    kinds: tuple[Kind, ...]
    quote: str
    source: str
    source_id: str
    source_kind: SourceKind
    account: str
    role: Role
    voice: Voice
    start: int
    end: int
    lines: LineRange | None
    locator: Locator
    date: dt.date | None
    speaker: str | None
    question: str
    before: str
    after: str


class Gap(Record):
    """Evidence that is missing, and what would fill it."""

    what: str
    advice: str


class Profile(Record):
    """One ICP variant, one version of it: claims in sections, with the statements that they cite.

    `dropped` lists every sentence of a model that wasn't let in, `partial` what the analyst gave no usable answer to.
    """

    schema_version: Literal["1"] = "1"
    workspace: str
    product: str
    name: str
    as_of: dt.date
    analyst: str
    accounts: tuple[ProfileAccount, ...]
    sources: tuple[ProfileSource, ...]
    sections: tuple[Section, ...]
    criteria: tuple[Criterion, ...] = ()
    gaps: tuple[Gap, ...] = ()
    statements: tuple[ProfileStatement, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    partial: tuple[Partial, ...] = ()


class Artifact(Record):
    """Something rendered from a profile: its file name and its bytes."""

    name: str
    media_type: str
    data: bytes


class Overlay(Record):
    """A person's decision laid over what was derived; kept by record id, survives every re-run.

    `target` names a record (a source, an account, a speaker of a source, a theme, a statement); `action` what was
    decided. A claim is decided about under the id of its theme.
    """

    id: str
    action: Literal[
        "account.merge",
        "account.rename",
        "account.set",
        "source.account",
        "role.set",
        "columns.set",
        "privacy.add",
        "privacy.accept",
        "privacy.dismiss",
        "theme.exclude",
        "theme.merge",
        "theme.move",
        "theme.pin",
        "theme.split",
        "claim.accept",
        "claim.edit",
        "claim.reject",
    ]
    target: str
    value: dict[str, str] = Field(default_factory=dict)
