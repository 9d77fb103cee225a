"""What the flow needs of the world, as Protocols. Adapters implement them; `wiring` chooses which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from icp_synth.errors import ModelError, ScrubError
from icp_synth.records import (
    AccountRow,
    Call,
    Candidate,
    Claim,
    CleanSource,
    Completion,
    Consolidation,
    Dropped,
    LedgerEntry,
    Overlay,
    Part,
    Passage,
    Profile,
    Proposed,
    Redaction,
    Reply,
    Response,
    Section,
    Sentence,
    Statement,
    Theme,
    Usage,
    Wording,
    Written,
)

Vectors = NDArray[np.float32]  # shape (n, dimensions), rows of unit length


class Embedder(Protocol):
    """Turns texts into unit vectors. The same text gives the same vector whatever stands beside it."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order."""
        ...


class Detector(Protocol):
    """Finds personal data. Returned redactions have the offsets of `text` and the entity type; they may overlap."""

    name: str

    def find(self, text: str) -> Sequence[Redaction]:
        """Look at one text. Raises ScrubError where it can't look: the source is then refused."""
        ...

    def find_all(self, passages: Sequence[Passage]) -> Sequence[Sequence[Redaction] | ScrubError]:
        """Look at many texts at once; an error instead of findings where one of them couldn't be looked at."""
        ...

    def find_in_label(self, text: str) -> Sequence[Redaction]:
        """Look at a file name, where nothing but the words themselves tells what they are."""
        ...


class VectorIndex(Protocol):
    """Nearest sentences of one workspace. Always rebuildable from the store."""

    def upsert(self, ids: Sequence[str], vectors: Vectors, metadatas: Sequence[Mapping[str, str]]) -> None: ...

    def delete(self, ids: Sequence[str]) -> None: ...

    def count(self) -> int: ...

    def nearest(self, vector: Vectors, n: int, sources: Iterable[str] | None = None) -> list[tuple[str, float]]:
        """Ids with cosine similarity, best first, for one vector of shape (dimensions,); of these sources, if given."""
        ...

    def rebuild(self, ids: Sequence[str], vectors: Vectors, metadatas: Sequence[Mapping[str, str]]) -> None:
        """Write a fresh index and drop the old files, so that what was removed is gone from the disk."""
        ...


class Store(Protocol):
    """The truth of one workspace: clean sources, sentences with vectors, statements, themes, accounts, overlays."""

    workspace: str

    def sources(self) -> list[CleanSource]: ...

    def source(self, source_id: str) -> CleanSource: ...

    def put_source(self, source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors) -> None:
        """Write a source with its sentences in one transaction; replaces an earlier version of the same id."""
        ...

    def remove_source(self, source_id: str) -> list[str]:
        """Withdraw a source, its sentences and statements; leaves a tombstone. Returns the ids of its sentences."""
        ...

    def tombstones(self) -> list[str]: ...

    def sentences(self, source_id: str | None = None) -> list[Sentence]: ...

    def vectors(self, sentence_ids: Sequence[str]) -> Vectors: ...

    def statements(self, analyst: str) -> list[Statement]: ...

    def read_sources(self, analyst: str) -> set[str]:
        """Ids of the sources that this analyst has read."""
        ...

    def put_statements(self, analyst: str, source_id: str, statements: Sequence[Statement]) -> None: ...

    def account_rows(self, table: str | None = None) -> list[AccountRow]: ...

    def put_account_rows(self, path: str, rows: Sequence[AccountRow]) -> None: ...

    def remove_account_rows(self, path: str) -> None: ...

    def overlays(self) -> list[Overlay]: ...

    def put_overlay(self, overlay: Overlay) -> None: ...

    def remove_overlay(self, overlay_id: str) -> None:
        """Take a decision back. One that isn't there is no error."""
        ...

    def themes(self) -> list[Theme]: ...

    def put_themes(self, themes: Sequence[Theme]) -> None:
        """Replace the themes that exist."""
        ...

    def put_profile(self, profile: Profile) -> int:
        """Keep a version of the profile; returns its number. The same content again is the same version."""
        ...

    def profile(self, version: int | None = None) -> Profile: ...

    def profile_versions(self) -> list[int]:
        """Numbers of the versions that still have their content, oldest first."""
        ...

    def forget_profiles(self) -> None:
        """Drop the content of every version of the profile."""
        ...

    def revision(self) -> int:
        """A number that grows with every write to what is known; calls to models are none."""
        ...

    def setting(self, key: str) -> str | None: ...

    def put_setting(self, key: str, value: str) -> None: ...


@dataclass(frozen=True)
class Passages:
    """What customers say in one source: their sentences, and unit vectors of these and of the questions that they answer.

    Both matrices have a row per sentence; where there is no question the row is zeros.
    """

    source: CleanSource
    sentences: Sequence[Sentence]
    vectors: Vectors
    questions: Vectors


class Analyst(Protocol):
    """Reads customers' words and proposes; the flow calls it between its stages. Implementations: `extractive`, `llm`.

    What it proposes is checked before it is believed. Where it has no usable answer, the result says so (`partial`).
    """

    name: str

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        """Statements among the sentences of each source, in the order of the sources."""
        ...

    def consolidate(
        self,
        themes: Sequence[Theme],
        settled: Collection[str],
        statements: Mapping[str, Statement],
        vectors: Mapping[str, Vectors],
    ) -> Proposed[Consolidation]:
        """Themes that are one, and themes that are two. Those of `settled` ids were looked at by an earlier draft."""
        ...

    def word(
        self,
        themes: Sequence[Theme],
        statements: Mapping[str, Statement],
        refused: Mapping[str, Sequence[Dropped]],
    ) -> Proposed[dict[str, Wording]]:
        """How each theme is put, by its id. `refused` holds, by theme, sentences that it wrote and that don't hold."""
        ...

    def rebut(
        self,
        doubts: Sequence[Claim],
        answers: Sequence[Theme],
        statements: Mapping[str, Statement],
        vectors: Mapping[str, Vectors],
    ) -> Proposed[dict[str, tuple[str, ...]]]:
        """Doubt → the themes that answer it, best first, at most two; each theme answers one doubt."""
        ...

    def synthesize(
        self,
        sections: Sequence[Section],
        statements: Mapping[str, Statement],
        refused: Mapping[str, Sequence[Dropped]],
    ) -> Proposed[dict[str, tuple[Written, ...]]]:
        """A sentence or two that sum up a section, by its key. `refused` as in `word`, by section."""
        ...


class Answerer(Protocol):
    """Writes an answer of what was found, or nothing: customers' own words then answer. What it writes is checked."""

    name: str

    def answer(
        self, questions: Sequence[str], parts: Mapping[str, Part], refused: Sequence[Dropped]
    ) -> Proposed[Response]:
        """Sentences that rest on `parts`, which are by the ids of their citations, best first.

        `refused` are sentences that it wrote and that don't hold.
        """
        ...


class Library(Protocol):
    """Where sentences are found by their vectors: the index and the store of a workspace."""

    def nearest(self, vector: Vectors, n: int, sources: Iterable[str] | None = None) -> list[str]:
        """Ids of the sentences nearest to a vector of shape (dimensions,), best first; of these sources, if given."""
        ...

    def vectors(self, sentence_ids: Sequence[str]) -> Vectors:
        """Vectors in the order of the ids, shape (n, dimensions)."""
        ...


class ChatModel(Protocol):
    """A language model that answers in a given shape. `name` tells it apart from every other (`provider:model`)."""

    name: str

    def ask_all(self, calls: Sequence[Call[Reply]]) -> list[Reply | ModelError]:
        """One whole and valid answer a call, in their order; a ModelError where there is anything less."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A language model that can be watched while it answers."""

    def ask_one(self, call: Call[Reply], on_text: Callable[[str], None]) -> Reply:
        """One answer; `on_text` is told all of its text that there is so far, again and again. Raises ModelError."""
        ...


class Endpoint(Protocol):
    """One model of one server, one call at a time, from any thread."""

    name: str

    def ask(
        self, call: Call[Reply], *, stopped: Callable[[], bool] = ..., on_text: Callable[[str], None] | None = None
    ) -> Completion[Reply]:
        """Ask until there is an answer, or none can be hoped for: ModelError. No new try is made once `stopped` says so.

        Where `on_text` is given the answer is streamed: it is told all of the text that there is so far, again and
        again (from the start where a try broke off).
        """
        ...


class BatchEndpoint(Protocol):
    """A server that takes many calls at once, cheaper, and answers within a day."""

    def submit(self, name: str, calls: Mapping[str, Call[Any]]) -> None:
        """Hand in calls by key as the batch `name`. Raises ModelError."""
        ...

    def has(self, name: str) -> bool:
        """Whether the server knows a batch of that name. Raises ModelError."""
        ...

    def collect(self, name: str, calls: Mapping[str, Call[Any]]) -> Iterable[tuple[str, Completion[Any] | ModelError]]:
        """Wait for a batch, and give what came of each of `calls`, by key. Raises ModelError."""
        ...


class Ledger(Protocol):
    """The calls of one workspace, with what they cost and their answers. May be used from many threads."""

    workspace: str

    def answers(self, keys: Collection[str]) -> dict[str, str]:
        """Key → the JSON of the answer that is kept for it."""
        ...

    def replayed(self, calls: Mapping[str, Call[Any]]) -> None:
        """Note that these calls, by key, were answered from here."""
        ...

    def sent(self, entries: Sequence[LedgerEntry], calls: Sequence[Call[Any]]) -> list[LedgerEntry]:
        """Note that these calls are about to be sent, before they are; gives the entries with their revision."""
        ...

    def ended(self, entry: LedgerEntry, answer: str | None = None) -> None:
        """Note what came of a call that was sent: `entry` in its new state, and the JSON of its answer."""
        ...

    def entries(self) -> list[LedgerEntry]:
        """All calls, by revision and key."""
        ...


@runtime_checkable
class Spender(Protocol):
    """An analyst or model that costs tokens, and says how many it has used so far."""

    @property
    def used(self) -> Usage: ...


class Progress(Protocol):
    """Told what happens, so that somebody can show it."""

    def start(self, stage: str, total: int) -> None: ...

    def advance(self, stage: str, what: str = "") -> None: ...

    def finish(self, stage: str) -> None: ...

    def note(self, message: str) -> None: ...


class Clock(Protocol):
    """Only the edge asks for the time."""

    def today(self) -> date: ...


__all__ = [
    "Analyst",
    "Answerer",
    "BatchEndpoint",
    "ChatModel",
    "Clock",
    "Detector",
    "Embedder",
    "Endpoint",
    "Iterable",
    "Ledger",
    "Library",
    "Passages",
    "Progress",
    "Spender",
    "Store",
    "VectorIndex",
    "Vectors",
    "Watched",
]
