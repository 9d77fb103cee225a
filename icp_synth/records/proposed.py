"""What an analyst proposes. Nothing of it is believed until `evidence` has admitted it."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from icp_synth.records.words import Record

What = TypeVar("What")
Task = Literal["read", "consolidate", "word", "rebut", "synthesize", "answer"]


class Partial(Record):
    """What an analyst gave no usable answer to: the task, about what, and why. Something else stands in, or nothing."""

    task: Task
    about: str
    why: str


class Proposed(Record, Generic[What]):
    """What is proposed, and what is missing from it."""

    what: What
    partial: tuple[Partial, ...] = ()


class Consolidation(Record):
    """Themes that are one, as (theme, into), and statements of a theme that are another, as (theme, statements)."""

    merges: tuple[tuple[str, str], ...] = ()
    splits: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Written(Record):
    """A sentence that an analyst wrote, and the statements that it says bear it."""

    text: str
    evidence: tuple[str, ...]


class Response(Record):
    """What is written to questions: sentences, and the places in the order of the questions of those that nothing answers.

    `silent` says that nothing answers any of them; without that and without sentences, nothing was written.
    """

    sentences: tuple[Written, ...] = ()
    unanswered: tuple[int, ...] = ()
    silent: bool = False


class Wording(Record):
    """How a theme is put: the statement whose words are its headline, and sentences about it."""

    headline: str
    sentences: tuple[Written, ...] = ()
