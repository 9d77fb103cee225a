"""The records of the flow, in its order: frozen, validated, without behaviour beyond what they are.

    bytes → Source(blocks) → Turn[] → CleanSource → Sentence[] → Statement[] → Theme[] → Profile → Artifact

Everything up to `Turn` is raw and may hold personal data: it lives in memory only. `CleanSource` and what follows is
what may be stored. Offsets are Python string offsets (code points); line numbers are 1-based and inclusive.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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


# ---------------------------------------------------------------- bytes


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


# ---------------------------------------------------------------- Source(blocks), raw


class Locator(Record):
    """Where a block is in its original. `time` counts seconds; the other units count from 1. Both ends inclusive."""

    unit: Unit
    first: int | float
    last: int | float


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


# ---------------------------------------------------------------- Turn[], raw


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


# ---------------------------------------------------------------- CleanSource: may be stored


class CleanBlock(Record):
    """A block in the clean text, ``clean.text[start:end]``, and where it is in the original."""

    start: int
    end: int
    locator: Locator
    lines: LineRange | None = None
    form: Form = "prose"
    heading: str | None = None


class CleanTurn(Record):
    """A turn in the clean text. `speaker` is a pseudonym (`<PERSON_1>`), a neutral word such as `Interviewer`, or None."""

    start: int
    end: int
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


class Redaction(Record):
    """A placeholder in the clean text: ``clean.text[start:end]`` is ``<ENTITY_n>``. What stood there is not kept."""

    start: int
    end: int
    entity: str
    score: float


class AccountRef(Record):
    """The account behind a source. `known` is false where nothing says whose words these are: it never corroborates."""

    id: str
    name: str
    known: bool
    why: str
    domain: str | None = None


class CleanSource(Record):
    """A source without personal data: the only text that is ever written. `path` is scrubbed too.

    `origin` is a keyed hash of the place that it was read from, so that a changed file replaces what it gave before.
    """

    id: str
    path: str
    format: str
    kind: SourceKind
    text: str
    blocks: tuple[CleanBlock, ...]
    turns: tuple[CleanTurn, ...]
    account: AccountRef
    ref: str = ""
    title: str | None = None
    date: dt.date | None = None
    outcome: Outcome | None = None
    inferred: tuple[str, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    origin: str = ""


# ---------------------------------------------------------------- Sentence[]


class Sentence(Record):
    """The unit that is embedded, once: ``source.text[start:end]``, in turn `turn`, in block `block`.

    `question` is the clean text of the question that it answers ("" if none); `heading` the nearest heading.
    """

    id: str
    source_id: str
    turn: int
    block: int
    ordinal: int
    start: int
    end: int
    text: str
    question: str = ""
    heading: str = ""


# ---------------------------------------------------------------- Statement[]


class Candidate(Record):
    """What an analyst proposes: these one or two neighbouring sentences make a claim of these kinds.

    `confidence` is per kind, in 0..1. Nothing is believed until `evidence.admit` has checked it.
    """

    source_id: str
    sentence_ids: tuple[str, ...]
    kinds: dict[Kind, float]
    tone: Tone = "neutral"


class Statement(Record):
    """A customer's claim, anchored on an exact quote. Built by `evidence.admit` alone.

    `quote` is ``source.text[start:end]``; `lines` are lines of the original where it is text.
    """

    id: str
    kinds: tuple[Kind, ...]
    confidence: dict[Kind, float]
    tone: Tone
    quote: str
    source_id: str
    sentence_ids: tuple[str, ...]
    account_id: str
    source_kind: SourceKind
    role: Role
    voice: Voice
    start: int
    end: int
    lines: LineRange | None
    locator: Locator
    date: dt.date | None = None


# ---------------------------------------------------------------- Theme[]


class Theme(Record):
    """A cluster of statements of one kind. `id` comes from its founding statement; `aliases` are ids it took over.

    `members` are statement ids, most central first.
    """

    id: str
    kind: Kind
    founding: str
    members: tuple[str, ...]
    aliases: tuple[str, ...] = ()


class Support(Record):
    """n accounts of N, n sources of N. Unknown accounts are counted apart and never corroborate."""

    accounts: int
    of_accounts: int
    sources: int
    of_sources: int
    source_kinds: tuple[SourceKind, ...]
    first_seen: dt.date | None
    last_seen: dt.date | None
    unknown_sources: int = 0


# ---------------------------------------------------------------- Profile


class Claim(Record):
    """A line of a profile that rests on evidence. Built by `evidence.admit_claim` alone.

    `text` holds no content word that its evidence doesn't hold. `evidence` and `counter` are statement ids, strongest
    first. `detail` says more in fixed words (`stage`: before buying …; `observed`: how to see a trigger).
    `answers` is the claim that a rebuttal answers.
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


class Section(Record):
    """A part of the one-pager. `empty` says, in fixed words, why there is nothing in it."""

    key: str
    title: str
    claims: tuple[Claim, ...] = ()
    empty: str | None = None


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
    """One ICP variant, one version of it: claims in sections, with the statements that they cite."""

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


class Artifact(Record):
    """Something rendered from a profile: its file name and its bytes."""

    name: str
    media_type: str
    data: bytes


# ---------------------------------------------------------------- overlays


class Overlay(Record):
    """A person's decision laid over what was derived; kept by record id, survives every re-run.

    `target` names a record (a source, an account, a speaker of a source, a theme); `action` what was decided.
    """

    id: str
    action: Literal[
        "account.merge",
        "account.rename",
        "account.set",
        "source.account",
        "role.set",
        "columns.set",
        "theme.exclude",
        "theme.pin",
    ]
    target: str
    value: dict[str, str] = Field(default_factory=dict)
