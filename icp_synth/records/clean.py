"""What may be stored: sources without personal data, and their sentences."""

from __future__ import annotations

import datetime as dt

from icp_synth.records.words import Form, LineRange, Locator, Outcome, Record, Role, SourceKind, Voice


class CleanBlock(Record):
    """A block in the clean text, ``clean.text[start:end]``, and where it is in the original."""

    start: int
    end: int
    locator: Locator
    lines: LineRange | None = None
    form: Form = "prose"
    heading: str | None = None


class CleanTurn(Record):
    """A turn in the clean text. `speaker` is a pseudonym (`<PERSON_1>`), a neutral word such as `Interviewer`, or None.

    `title` is the speaker's job or part in buying, where a label, an attendee list or a column says it.
    """

    start: int
    end: int
    role: Role
    voice: Voice
    speaker: str | None = None
    title: str | None = None
    why: str = ""
    guessed: bool = False
    question: int | None = None


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
