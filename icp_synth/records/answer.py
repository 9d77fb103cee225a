"""What is asked of the evidence, and what is said to it: customers' words with their places, or that it doesn't say."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from icp_synth.records.clean import Sentence
from icp_synth.records.found import Support
from icp_synth.records.profile import Dropped, ProfileStatement
from icp_synth.records.proposed import Partial
from icp_synth.records.words import Kind, Outcome, Record, SourceKind, Tone, Voice


class Filters(Record):
    """Which evidence a question is put to; an empty filter lets all of it through.

    `accounts` are ids or names, `segment` attributes of the account table, `outcomes` those of the account or source,
    `roles` words of the speaker's job or part in buying, `since` and `until` dates of sources, both inclusive. Whatever they
    say, only customers' words answer.
    """

    accounts: tuple[str, ...] = ()
    segment: dict[str, str] = Field(default_factory=dict)
    source_kinds: tuple[SourceKind, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    voices: tuple[Voice, ...] = ()
    roles: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None


class Part(Record):
    """One or two sentences that follow each other and may answer, with what was read out of them.

    `account` is the id of who says it, "" for nobody known; `themes` those that its statements are in.
    """

    sentences: tuple[Sentence, ...]
    score: float
    account: str = ""
    kinds: tuple[Kind, ...] = ()
    tone: Tone = "neutral"
    themes: tuple[str, ...] = ()


class ProposedClaim(Record):
    """A text, and the numbers of the parts that bear it, best first. `written` and `note` as in `AnswerClaim`."""

    text: str
    parts: tuple[int, ...]
    written: bool = False
    note: str = ""


class AnswerClaim(Record):
    """A claim of an answer: citations that bear it and that speak against it (ids), and how many accounts say so.

    Its text is a customer's, or a model's that the citations were checked to bear (`written`). `note` says, in fixed
    words, why a customer's words stand where a model was asked to write.
    """

    text: str
    evidence: tuple[str, ...]
    score: float
    support: Support
    counter: tuple[str, ...] = ()
    written: bool = False
    note: str = ""


class Answer(Record):
    """An answer made of citations; `abstained` where the evidence doesn't say, with `answer` in fixed words.

    `confidence` is in 0..1: how likely it is that the first citations answer the question. `support` counts over all
    claims, with the dates between which it was said; `accounts` are the names of the known ones. `unanswered` are the
    parts of the question that nothing answers, `missing` is what would make the answer surer, `follow_ups` are questions
    that the evidence answers. `analyst` wrote it, or chose customers' words; `dropped` are the sentences of a model that the
    evidence doesn't bear, and `partial` says what the model gave no usable answer to.
    """

    question: str
    abstained: bool
    answer: str
    confidence: float
    support: Support | None = None
    accounts: tuple[str, ...] = ()
    claims: tuple[AnswerClaim, ...] = ()
    citations: tuple[ProfileStatement, ...] = ()
    unanswered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    analyst: str = "extractive"
    dropped: tuple[Dropped, ...] = ()
    partial: tuple[Partial, ...] = ()
