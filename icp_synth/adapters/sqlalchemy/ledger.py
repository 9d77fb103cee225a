"""The ledger of calls in SQL tables. Implements `ports.Ledger`."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, or_, select, update

from icp_synth.adapters.sqlalchemy.engine import reading, revised
from icp_synth.adapters.sqlalchemy.tables import CallRow, CallSourceRow
from icp_synth.records import Call, LedgerEntry, Tokens

_KEYS_PER_QUERY = 10_000


class SqlLedger:
    """The calls of one workspace. Expects a migrated database. All methods raise StoreError where it can't be used.

    A row is written when a call is sent and once more when it has ended, each in a transaction of its own. Threads of
    this process take turns, since a database has one writer at a time anyway.
    """

    def __init__(self, engine: Engine, workspace: str) -> None:
        self.workspace = workspace
        self._engine = engine
        self._turn = threading.Lock()

    def answers(self, keys: Collection[str]) -> dict[str, str]:
        """Key → the JSON of the latest answer that is kept for it."""
        wanted, found = list(keys), {}
        query = select(CallRow.key, CallRow.answer).where(
            CallRow.workspace == self.workspace, CallRow.answer.is_not(None)
        )
        with reading(self._engine) as connection:
            for first in range(0, len(wanted), _KEYS_PER_QUERY):
                part = query.where(CallRow.key.in_(wanted[first : first + _KEYS_PER_QUERY]))
                found.update({key: str(answer) for key, answer in connection.execute(part.order_by(CallRow.revision))})
        return found

    def replayed(self, calls: Mapping[str, Call[Any]]) -> None:
        """Count it at the calls whose answers were used, and note the sources that they were used for."""
        row = CallRow.__table__.c
        mine = (row.workspace == self.workspace, row.key == bindparam("asked"), row.answer.is_not(None))
        count = update(CallRow.__table__).where(*mine).values(replays=row.replays + 1)  # type: ignore[arg-type]
        with self._turn, revised(self._engine, self.workspace) as (connection, _):
            connection.execute(count, [{"asked": key} for key in calls])
            self._note_sources(connection, calls)

    def sent(self, entries: Sequence[LedgerEntry], calls: Sequence[Call[Any]]) -> list[LedgerEntry]:
        """Write calls down before they are sent, all in one transaction."""
        with self._turn, revised(self._engine, self.workspace) as (connection, revision):
            written = [entry.model_copy(update={"revision": revision}) for entry in entries]
            connection.execute(insert(CallRow), [{"workspace": self.workspace, **_row(entry)} for entry in written])
            self._note_sources(connection, dict(zip([entry.key for entry in entries], calls, strict=True)))
        return written

    def ended(self, entry: LedgerEntry, answer: str | None = None) -> None:
        """Write down what came of a call."""
        its = (CallRow.workspace == self.workspace, CallRow.key == entry.key, CallRow.revision == entry.revision)
        with self._turn, revised(self._engine, self.workspace) as (connection, _):
            connection.execute(update(CallRow).where(*its).values(**_row(entry), answer=answer))

    def entries(self) -> list[LedgerEntry]:
        """All calls, by revision and key."""
        query = select(CallRow.__table__).where(CallRow.workspace == self.workspace)
        with reading(self._engine) as connection:
            found = [_entry(dict(row)) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda entry: (entry.revision, entry.key))

    def _note_sources(self, connection: Connection, calls: Mapping[str, Call[Any]]) -> None:
        shown = {(key, source) for key, call in calls.items() for source in call.sources}
        table = CallSourceRow
        known = {
            (key, source)
            for key, source in connection.execute(
                select(table.key, table.source_id).where(table.workspace == self.workspace, table.key.in_(calls))
            )
        }
        if shown - known:
            rows = [{"workspace": self.workspace, "key": key, "source_id": one} for key, one in sorted(shown - known)]
            connection.execute(insert(table), rows)


def forget_answers(connection: Connection, workspace: str, source_id: str) -> None:
    """Drop the answers to calls that showed a source, or don't say what they showed; their numbers stay."""
    shown = select(CallSourceRow.key).where(CallSourceRow.workspace == workspace)
    gone = or_(CallRow.key.in_(shown.where(CallSourceRow.source_id == source_id)), CallRow.key.not_in(shown))
    connection.execute(update(CallRow).where(CallRow.workspace == workspace, gone).values(answer=None, why=""))
    connection.execute(
        delete(CallSourceRow).where(CallSourceRow.workspace == workspace, CallSourceRow.source_id == source_id)
    )


_TOKENS = tuple(Tokens.model_fields)


def _row(entry: LedgerEntry) -> dict[str, Any]:
    return {**entry.model_dump(exclude={"tokens"}), **entry.tokens.model_dump()}


def _entry(row: dict[str, Any]) -> LedgerEntry:
    tokens = Tokens(**{name: row.pop(name) for name in _TOKENS})
    return LedgerEntry(tokens=tokens, **{name: row[name] for name in LedgerEntry.model_fields if name in row})
