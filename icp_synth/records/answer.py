"""What is said to a question: customers' words with their places, or that the evidence doesn't say."""

from __future__ import annotations

from icp_synth.records.found import Support
from icp_synth.records.profile import ProfileStatement
from icp_synth.records.words import Record


class AnswerClaim(Record):
    """A part of an answer: a customer's words, the citations that bear it (ids), and how many accounts say so."""

    text: str
    evidence: tuple[str, ...]
    score: float
    support: Support


class Answer(Record):
    """An answer made of citations; `abstained` where the evidence doesn't say, with `answer` in fixed words.

    `confidence` is in 0..1: how likely it is that the first claims answer the question.
    """

    question: str
    abstained: bool
    answer: str
    confidence: float
    claims: tuple[AnswerClaim, ...] = ()
    citations: tuple[ProfileStatement, ...] = ()
