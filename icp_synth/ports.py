"""What the flow needs of the world, as Protocols. Adapters implement them; `wiring` chooses which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from icp_synth.errors import ScrubError
from icp_synth.records import (
    AccountRow,
    Candidate,
    CleanSource,
    Overlay,
    Part,
    Passage,
    Profile,
    ProposedClaim,
    Redaction,
    Sentence,
    Statement,
    Theme,
    Usage,
)

Vectors = NDArray[np.float32]  # shape (n, dimensions), rows of unit length
Reply = TypeVar("Reply", bound=BaseModel)


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
        """A number that grows with every write."""
        ...

    def setting(self, key: str) -> str | None: ...

    def put_setting(self, key: str, value: str) -> None: ...


class Analyst(Protocol):
    """Reads customers' words and proposes candidates. Implementations: `extractive`, `llm`."""

    name: str

    def read(
        self, source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors, questions: Vectors
    ) -> list[Candidate]:
        """Propose statements among the customer sentences of a source; vectors are those of sentences and questions."""
        ...


class Answerer(Protocol):
    """Says what the parts that were found amount to, claim by claim. What their words don't bear is dropped."""

    name: str

    def claims(self, question: str, parts: Sequence[Part], likeness: Vectors) -> list[ProposedClaim]:
        """Propose claims, best first; `likeness` has the cosine similarity of each part to each."""
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

    def ask(self, system: str, user: str, output: type[Reply]) -> Reply:
        """One call, one whole and valid answer. Raises ModelError for anything less."""
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
    "ChatModel",
    "Clock",
    "Detector",
    "Embedder",
    "Iterable",
    "Library",
    "Progress",
    "Reply",
    "Spender",
    "Store",
    "VectorIndex",
    "Vectors",
]
