"""The truth of one workspace in SQL tables. Implements `ports.Store`.

Every write is one transaction that first counts up the workspace's revision: that takes the write lock (a row lock on
PostgreSQL), so that writers queue instead of overwriting each other. Lists come back in a fixed order, sorted here and
not by the database, whose order of text depends on its collation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    delete,
    insert,
    select,
    update,
)

from icp_synth.adapters.sqlalchemy.engine import reading, revised
from icp_synth.adapters.sqlalchemy.ledger import forget_answers
from icp_synth.adapters.sqlalchemy.tables import (
    AccountRowRow,
    OverlayRow,
    Owned,
    ProfileRow,
    ReadingRow,
    SentenceRow,
    SettingRow,
    SourceRow,
    StatementRow,
    ThemeRow,
    TombstoneRow,
    WorkspaceRow,
)
from icp_synth.errors import NotFoundError
from icp_synth.ports import Vectors
from icp_synth.records import (
    AccountRow,
    CleanSource,
    Overlay,
    Profile,
    Sentence,
    Statement,
    Theme,
)

T = TypeVar("T")

_FLOAT = "<f4"
_IDS_PER_QUERY = 10_000  # below the number of parameters that SQLite and PostgreSQL allow in one statement


class SqlStore:
    """The evidence base of one workspace. Expects a migrated database; the first write creates the workspace.

    What is removed is overwritten in an SQLite file when the call returns. On PostgreSQL it stays in dead rows until
    VACUUM, and in archived logs. All methods raise StoreError where the database can't be used.
    """

    def __init__(self, engine: Engine, workspace: str) -> None:
        self.workspace = workspace
        self._engine = engine

    # ------------------------------------------------------------ sources and sentences

    def sources(self) -> list[CleanSource]:
        """All sources, by path, ref and id."""
        payloads = self._column(select(SourceRow.payload).where(self._mine(SourceRow)))
        return sorted(map(CleanSource.model_validate_json, payloads), key=lambda each: (each.path, each.ref, each.id))

    def source(self, source_id: str) -> CleanSource:
        """One source. Raises NotFoundError."""
        query = select(SourceRow.payload).where(self._mine(SourceRow), SourceRow.id == source_id)
        for payload in self._column(query):
            return CleanSource.model_validate_json(payload)
        raise self._missing("source", source_id)

    def put_source(self, source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors) -> None:
        """Write a source with its sentences, in place of an earlier version of the same id; lifts its tombstone.

        `vectors` has shape (len(sentences), dimensions). What analysts read in the earlier version is dropped, and so
        is the content of profiles that rest on words which the source no longer has, and of models' answers about them.
        """
        row = {
            "id": source.id,
            "path": source.path,
            "ref": source.ref,
            "kind": source.kind,
            "account_id": source.account.id,
            "date": source.date.isoformat() if source.date else None,
            "payload": source.model_dump_json(),
        }
        rows = [
            {
                "id": sentence.id,
                "source_id": source.id,
                "ordinal": sentence.ordinal,
                "payload": sentence.model_dump_json(),
                "vector": vector.astype(_FLOAT).tobytes(),
            }
            for sentence, vector in zip(sentences, vectors, strict=True)
        ]
        earlier = select(SourceRow.payload).where(self._mine(SourceRow), SourceRow.id == source.id)
        with self._writing() as (connection, _):
            payload = connection.scalar(earlier)
            if payload is not None and CleanSource.model_validate_json(payload).text != source.text:
                self._blank_profiles(connection, source.id)
                forget_answers(connection, self.workspace, source.id)
            self._delete(connection, SourceRow, SourceRow.id == source.id)
            self._delete(connection, TombstoneRow, TombstoneRow.source_id == source.id)
            self._insert(connection, SourceRow, [row])
            self._insert(connection, SentenceRow, rows)

    def remove_source(self, source_id: str) -> list[str]:
        """Withdraw a source with its sentences and statements; leaves a tombstone. Returns the ids of its sentences.

        Versions of the profile that name the source lose their content, which holds its words, and so do the answers
        of models that were shown it. Raises NotFoundError.
        """
        query = select(SentenceRow.id).where(self._mine(SentenceRow), SentenceRow.source_id == source_id)
        with self._writing() as (connection, revision):
            sentence_ids = list(connection.scalars(query.order_by(SentenceRow.ordinal)))
            if not self._delete(connection, SourceRow, SourceRow.id == source_id):
                raise self._missing("source", source_id)
            self._blank_profiles(connection, source_id)
            forget_answers(connection, self.workspace, source_id)
            self._insert(connection, TombstoneRow, [{"source_id": source_id, "withdrawn": revision}])
        return sentence_ids

    def tombstones(self) -> list[str]:
        """Ids of the withdrawn sources, in the order in which they went."""
        query = select(TombstoneRow.source_id).where(self._mine(TombstoneRow))
        return self._column(query.order_by(TombstoneRow.withdrawn))

    def sentences(self, source_id: str | None = None) -> list[Sentence]:
        """The sentences of one source, or of all: by source, in the order of `sources`, then as they stand in its text."""
        query = (
            select(SourceRow.path, SourceRow.ref, SourceRow.id, SentenceRow.payload)
            .join(SentenceRow, (SentenceRow.workspace == SourceRow.workspace) & (SentenceRow.source_id == SourceRow.id))
            .where(self._mine(SourceRow))
        )
        if source_id is not None:
            query = query.where(SourceRow.id == source_id)
        with reading(self._engine) as connection:
            rows = [(where, Sentence.model_validate_json(payload)) for *where, payload in connection.execute(query)]
        # An ordinal counts within a block only.
        return [sentence for _, sentence in sorted(rows, key=lambda row: (row[0], row[1].start, row[1].end))]

    def vectors(self, sentence_ids: Sequence[str]) -> Vectors:
        """Vectors in the order of the ids, shape (n, dimensions); (0, 0) for no ids. Raises NotFoundError."""
        found: dict[str, bytes] = {}
        query = select(SentenceRow.id, SentenceRow.vector).where(self._mine(SentenceRow))
        with reading(self._engine) as connection:
            for first in range(0, len(sentence_ids), _IDS_PER_QUERY):
                part = SentenceRow.id.in_(sentence_ids[first : first + _IDS_PER_QUERY])
                found.update(connection.execute(query.where(part)).all())
        for sentence_id in sentence_ids:
            if sentence_id not in found:
                raise self._missing("sentence", sentence_id)
        if not found:
            return np.zeros((0, 0), dtype=np.float32)
        together = np.frombuffer(b"".join(found[each] for each in sentence_ids), dtype=_FLOAT)
        return together.reshape(len(sentence_ids), -1).astype(np.float32)

    # ------------------------------------------------------------ what analysts read

    def statements(self, analyst: str) -> list[Statement]:
        """All statements of an analyst, by id."""
        query = select(StatementRow.payload).where(self._mine(StatementRow), StatementRow.analyst == analyst)
        return sorted(map(Statement.model_validate_json, self._column(query)), key=lambda each: each.id)

    def read_sources(self, analyst: str) -> set[str]:
        """Ids of the sources that this analyst has read."""
        return set(
            self._column(select(ReadingRow.source_id).where(self._mine(ReadingRow), ReadingRow.analyst == analyst))
        )

    def put_statements(self, analyst: str, source_id: str, statements: Sequence[Statement]) -> None:
        """Keep what an analyst found in a source, in place of what it found there before. Raises NotFoundError."""
        key = {"source_id": source_id, "analyst": analyst}
        with self._writing() as (connection, _):
            source = select(SourceRow.id).where(self._mine(SourceRow), SourceRow.id == source_id)
            if connection.scalar(source) is None:
                raise self._missing("source", source_id)
            for table in (StatementRow, ReadingRow):
                self._delete(connection, table, table.source_id == source_id, table.analyst == analyst)
            self._insert(connection, ReadingRow, [key])
            rows = [{**key, "id": each.id, "payload": each.model_dump_json()} for each in statements]
            self._insert(connection, StatementRow, rows)

    # ------------------------------------------------------------ accounts, overlays, themes

    def account_rows(self, table: str | None = None) -> list[AccountRow]:
        """The rows of one table of accounts, or of all: by path and row."""
        query = select(AccountRowRow.payload).where(self._mine(AccountRowRow))
        payloads = self._column(query if table is None else query.where(AccountRowRow.path == table))
        return sorted(map(AccountRow.model_validate_json, payloads), key=lambda each: (each.path, each.row))

    def put_account_rows(self, path: str, rows: Sequence[AccountRow]) -> None:
        """Keep the rows of the table at `path`, in place of those kept before."""
        with self._writing() as (connection, _):
            self._delete(connection, AccountRowRow, AccountRowRow.path == path)
            values = [{"path": path, "row": each.row, "payload": each.model_dump_json()} for each in rows]
            self._insert(connection, AccountRowRow, values)

    def remove_account_rows(self, path: str) -> None:
        """Forget the table at `path`. Raises NotFoundError."""
        with self._writing() as (connection, _):
            if not self._delete(connection, AccountRowRow, AccountRowRow.path == path):
                raise self._missing("table of accounts", path)

    def overlays(self) -> list[Overlay]:
        """All overlays, in the order in which they were decided."""
        query = select(OverlayRow.payload).where(self._mine(OverlayRow)).order_by(OverlayRow.sequence)
        return [Overlay.model_validate_json(payload) for payload in self._column(query)]

    def put_overlay(self, overlay: Overlay) -> None:
        """Keep a decision as the latest; one that was made before moves to the end."""
        with self._writing() as (connection, revision):
            self._delete(connection, OverlayRow, OverlayRow.id == overlay.id)
            row = {"id": overlay.id, "sequence": revision, "payload": overlay.model_dump_json()}
            self._insert(connection, OverlayRow, [row])

    def remove_overlay(self, overlay_id: str) -> None:
        """Take a decision back. One that isn't there is no error."""
        with self._writing() as (connection, _):
            self._delete(connection, OverlayRow, OverlayRow.id == overlay_id)

    def themes(self) -> list[Theme]:
        """All themes, by id."""
        payloads = self._column(select(ThemeRow.payload).where(self._mine(ThemeRow)))
        return sorted(map(Theme.model_validate_json, payloads), key=lambda each: each.id)

    def put_themes(self, themes: Sequence[Theme]) -> None:
        """Replace the themes that exist."""
        with self._writing() as (connection, _):
            self._delete(connection, ThemeRow)
            rows = [{"id": each.id, "payload": each.model_dump_json()} for each in themes]
            self._insert(connection, ThemeRow, rows)

    # ------------------------------------------------------------ profiles and settings

    def put_profile(self, profile: Profile) -> int:
        """Keep a version of the profile; returns its number, from 1. The latest once more is no new version."""
        content = json.dumps(profile.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        latest = (
            select(ProfileRow.version, ProfileRow.sha256, ProfileRow.payload.is_(None))
            .where(self._mine(ProfileRow))
            .order_by(ProfileRow.version.desc())
            .limit(1)
        )
        with self._writing() as (connection, _):
            version, before, blank = connection.execute(latest).one_or_none() or (0, "", True)
            if before == sha256 and not blank:
                return version
            version += 1
            row = {"version": version, "sha256": sha256, "payload": profile.model_dump_json()}
            self._insert(connection, ProfileRow, [row])
        return version

    def profile(self, version: int | None = None) -> Profile:
        """A version of the profile, or the latest that still has its content. Raises NotFoundError."""
        query = select(ProfileRow.payload).where(self._mine(ProfileRow), ProfileRow.payload.is_not(None))
        if version is not None:
            query = query.where(ProfileRow.version == version)
        for payload in self._column(query.order_by(ProfileRow.version.desc()).limit(1)):
            assert payload is not None
            return Profile.model_validate_json(payload)
        raise NotFoundError(
            f"Workspace '{self.workspace}' holds no profile{'' if version is None else f' of version {version}'}.",
            "It was never made, or went with a source that it rested on: make a new one.",
        )

    def profile_versions(self) -> list[int]:
        """Numbers of the versions that still have their content, oldest first."""
        query = select(ProfileRow.version).where(self._mine(ProfileRow), ProfileRow.payload.is_not(None))
        return self._column(query.order_by(ProfileRow.version))

    def setting(self, key: str) -> str | None:
        """The value of a setting, or None."""
        query = select(SettingRow.value).where(self._mine(SettingRow), SettingRow.key == key)
        return next(iter(self._column(query)), None)

    def put_setting(self, key: str, value: str) -> None:
        """Set a setting."""
        with self._writing() as (connection, _):
            self._delete(connection, SettingRow, SettingRow.key == key)
            self._insert(connection, SettingRow, [{"key": key, "value": value}])

    def revision(self) -> int:
        """The number of the last write, those of the ledger apart; 0 before the first."""
        query = select(WorkspaceRow.changed).where(WorkspaceRow.id == self.workspace)
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    # ------------------------------------------------------------ one workspace, one transaction

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, int]]:
        """One transaction that writes, with the revision that it makes."""
        with revised(self._engine, self.workspace) as made:
            yield made

    def _mine(self, table: type[Owned]) -> ColumnElement[bool]:
        return table.workspace == self.workspace

    def _column(self, query: Select[T]) -> list[T]:
        with reading(self._engine) as connection:
            return list(connection.scalars(query))

    def _insert(self, connection: Connection, table: type[Owned], rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            connection.execute(insert(table), [{"workspace": self.workspace, **row} for row in rows])

    def _delete(self, connection: Connection, table: type[Owned], *conditions: ColumnElement[bool]) -> int:
        return connection.execute(delete(table).where(self._mine(table), *conditions)).rowcount

    def forget_profiles(self) -> None:
        """Drop the content of every version of the profile; their numbers stay taken."""
        with self._writing() as (connection, _):
            connection.execute(update(ProfileRow).where(self._mine(ProfileRow)).values(payload=None))

    def _blank_profiles(self, connection: Connection, source_id: str) -> None:
        """Ids are keyed hashes, so that a payload which contains one names it."""
        named = ProfileRow.payload.contains(source_id, autoescape=True)
        connection.execute(update(ProfileRow).where(self._mine(ProfileRow), named).values(payload=None))

    def _missing(self, what: str, name: str) -> NotFoundError:
        return NotFoundError(
            f"There is no {what} '{name}' in workspace '{self.workspace}'.", "Check the name against what is listed."
        )
