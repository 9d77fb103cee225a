"""The ledger of calls in SQL tables. Implements `ports.Ledger`."""

from __future__ import annotations

import queue
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, or_, select, text, update

from icp_synth.adapters.sqlalchemy.engine import reading, revised
from icp_synth.adapters.sqlalchemy.tables import CallRow, CallSourceRow
from icp_synth.records import Call, LedgerEntry, Tokens

_KEYS_PER_QUERY = 10_000
_TOKENS = tuple(Tokens.model_fields)

_CALLS = CallRow.__table__
_MINE = (_CALLS.c.workspace == bindparam("its_workspace"), _CALLS.c.key == bindparam("its_key"))
_END = (
    update(_CALLS)  # type: ignore[arg-type]
    .where(*_MINE, _CALLS.c.revision == bindparam("its_revision"))
    .values({name: bindparam(name) for name in (*LedgerEntry.model_fields, *_TOKENS, "answer") if name in _CALLS.c})
)
_REPLAY = (
    update(_CALLS)  # type: ignore[arg-type]
    .where(*_MINE, _CALLS.c.answer.is_not(None))
    .values(replays=_CALLS.c.replays + 1)
)
_NOTE_SOURCE = text(
    "INSERT INTO call_sources (workspace, key, source_id) VALUES (:workspace, :key, :source_id) ON CONFLICT DO NOTHING"
)


@dataclass(eq=False)
class _Write:
    """Rows to be written together; whether that was tried, at which revision, and what it met."""

    sent: Sequence[LedgerEntry] = ()
    ended: Sequence[dict[str, Any]] = ()
    replayed: Collection[str] = ()
    sources: Sequence[dict[str, Any]] = ()
    tried: threading.Event = field(default_factory=threading.Event)
    revision: int = 0
    error: BaseException | None = None


class SqlLedger:
    """The calls of one workspace. Expects a migrated database. All methods raise StoreError where it can't be used.

    A row is written when a call is sent and once more when it has ended, and is on the disk when the method returns.
    Threads of this process take turns, since a database has one writer at a time anyway; what gathers while one of them
    writes goes into the next transaction together (group commit: DeWitt et al. 1984, 3.2), since each waits for the disk.
    """

    def __init__(self, engine: Engine, workspace: str) -> None:
        self.workspace = workspace
        self._engine = engine
        self._turn = threading.Lock()
        self._waiting: queue.SimpleQueue[_Write] = queue.SimpleQueue()

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
        self._write(_Write(replayed=tuple(calls), sources=self._shown(calls.items())))

    def sent(self, entries: Sequence[LedgerEntry], calls: Sequence[Call[Any]]) -> list[LedgerEntry]:
        """Write calls down before they are sent, all in one transaction."""
        by_key = zip((entry.key for entry in entries), calls, strict=True)
        revision = self._write(_Write(sent=entries, sources=self._shown(by_key)))
        return [entry.model_copy(update={"revision": revision}) for entry in entries]

    def ended(self, entry: LedgerEntry, answer: str | None = None) -> None:
        """Write down what came of a call."""
        its = {"its_workspace": self.workspace, "its_key": entry.key, "its_revision": entry.revision}
        self._write(_Write(ended=[{**_row(entry), **its, "answer": answer}]))

    def entries(self) -> list[LedgerEntry]:
        """All calls, by revision and key."""
        query = select(CallRow.__table__).where(CallRow.workspace == self.workspace)
        with reading(self._engine) as connection:
            found = [_entry(dict(row)) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda entry: (entry.revision, entry.key))

    def _shown(self, calls: Iterable[tuple[str, Call[Any]]]) -> list[dict[str, Any]]:
        return [
            {"workspace": self.workspace, "key": key, "source_id": source}
            for key, call in calls
            for source in call.sources
        ]

    def _write(self, mine: _Write) -> int:
        """Have it written, by this thread or by one that is writing anyway. Returns the revision; raises what it met.

        Whoever finds nobody writing writes what has gathered, and looks again afterwards: nothing is left behind.
        """
        self._waiting.put(mine)
        while not self._waiting.empty() and self._turn.acquire(blocking=False):
            try:
                self._write_together([self._waiting.get() for _ in range(self._waiting.qsize())])
            finally:
                self._turn.release()
        mine.tried.wait()
        if mine.error:
            raise mine.error
        return mine.revision

    def _write_together(self, writes: Sequence[_Write]) -> None:
        try:
            with revised(self._engine, self.workspace, changes=False) as (connection, revision):
                self._execute(connection, revision, writes)
            for one in writes:
                one.revision = revision
        except BaseException as error:
            for one in writes:
                one.error = error
        for one in writes:
            one.tried.set()

    def _execute(self, connection: Connection, revision: int, writes: Sequence[_Write]) -> None:
        sent = [{**_row(e), "workspace": self.workspace, "revision": revision} for one in writes for e in one.sent]
        replayed = [{"its_workspace": self.workspace, "its_key": key} for one in writes for key in one.replayed]
        for statement, rows in (
            (insert(CallRow), sent),
            (_NOTE_SOURCE, [row for one in writes for row in one.sources]),
            (_END, [row for one in writes for row in one.ended]),
            (_REPLAY, replayed),
        ):
            if rows:
                connection.execute(statement, rows)


def forget_answers(connection: Connection, workspace: str, source_id: str) -> None:
    """Drop the answers to calls that showed a source, or don't say what they showed; their numbers stay."""
    shown = select(CallSourceRow.key).where(CallSourceRow.workspace == workspace)
    gone = or_(CallRow.key.in_(shown.where(CallSourceRow.source_id == source_id)), CallRow.key.not_in(shown))
    connection.execute(update(CallRow).where(CallRow.workspace == workspace, gone).values(answer=None, why=""))
    connection.execute(
        delete(CallSourceRow).where(CallSourceRow.workspace == workspace, CallSourceRow.source_id == source_id)
    )


def _row(entry: LedgerEntry) -> dict[str, Any]:
    return {**entry.model_dump(exclude={"tokens"}), **entry.tokens.model_dump()}


def _entry(row: dict[str, Any]) -> LedgerEntry:
    tokens = Tokens(**{name: row.pop(name) for name in _TOKENS})
    return LedgerEntry(tokens=tokens, **{name: row[name] for name in LedgerEntry.model_fields if name in row})
