"""The tables, as the newest migration leaves them; a test holds the two together.

Every row is keyed by its workspace first, and goes when its workspace or its source goes. Payloads are the JSON of a
record as text: PostgreSQL's `jsonb` would reorder keys and refuse an escaped NUL.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(referred_table_name)s", "ix": "ix_%(table_name)s"}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {str: Text(), bytes: LargeBinary()}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class Owned(Base):
    """Base of the tables whose rows belong to a workspace."""

    __abstract__ = True
    workspace: Mapped[str] = mapped_column(primary_key=True)


def _in_workspace() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace"], ["workspaces.id"], ondelete="CASCADE")


def _of_source() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace", "source_id"], ["sources.workspace", "sources.id"], ondelete="CASCADE")


class WorkspaceRow(Base):
    """A tenant. `revision` counts its writes, and so orders what happened without a clock; `changed` is the last that wasn't
    the ledger's: whoever asks a model has changed nothing.
    """

    __tablename__ = "workspaces"
    id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    changed: Mapped[int]


class SourceRow(Owned):
    """A CleanSource. The columns beside the payload are there to be ordered and filtered by; `date` is ISO 8601."""

    __tablename__ = "sources"
    __table_args__: Any = (_in_workspace(),)
    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    ref: Mapped[str]
    kind: Mapped[str]
    account_id: Mapped[str]
    date: Mapped[str | None]
    payload: Mapped[str]


class SentenceRow(Owned):
    """A Sentence with its vector: little-endian float32."""

    __tablename__ = "sentences"
    __table_args__: Any = (_of_source(), Index(None, "workspace", "source_id", "ordinal"))
    id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str]
    ordinal: Mapped[int]
    payload: Mapped[str]
    vector: Mapped[bytes]


class ReadingRow(Owned):
    """That an analyst has read a source, whether or not it found anything."""

    __tablename__ = "readings"
    __table_args__: Any = (_of_source(),)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    analyst: Mapped[str] = mapped_column(primary_key=True)


class StatementRow(Owned):
    """A Statement that an analyst's candidate led to."""

    __tablename__ = "statements"
    __table_args__: Any = (_of_source(),)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    analyst: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[str]


class ThemeRow(Owned):
    """A Theme."""

    __tablename__ = "themes"
    __table_args__: Any = (_in_workspace(),)
    id: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[str]


class AccountRowRow(Owned):
    """An AccountRow: row `row` of the table of accounts at `path`."""

    __tablename__ = "account_rows"
    __table_args__: Any = (_in_workspace(),)
    path: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payload: Mapped[str]


class OverlayRow(Owned):
    """An Overlay. `sequence` is the revision at which it was decided."""

    __tablename__ = "overlays"
    __table_args__: Any = (_in_workspace(),)
    id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    payload: Mapped[str]


class TombstoneRow(Owned):
    """A withdrawn source. `withdrawn` is the revision at which it went."""

    __tablename__ = "tombstones"
    __table_args__: Any = (_in_workspace(),)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    withdrawn: Mapped[int]


class ProfileRow(Owned):
    """A version of the profile. `payload` is empty once a source that it rests on was withdrawn."""

    __tablename__ = "profiles"
    __table_args__: Any = (_in_workspace(),)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    payload: Mapped[str | None]


class SettingRow(Owned):
    """A setting of the workspace."""

    __tablename__ = "settings"
    __table_args__: Any = (_in_workspace(),)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class CallRow(Owned):
    """A LedgerEntry. `answer` is the JSON that came back, empty once a source that the call showed has gone."""

    __tablename__ = "calls"
    __table_args__: Any = (_in_workspace(),)
    key: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prompt: Mapped[str]
    version: Mapped[int]
    model: Mapped[str]
    reported: Mapped[str]
    characters: Mapped[int]
    uncached: Mapped[int]
    cached: Mapped[int]
    output: Mapped[int]
    price: Mapped[int | None] = mapped_column(BigInteger)
    latency_ms: Mapped[int]
    state: Mapped[str]
    why: Mapped[str]
    tries: Mapped[int]
    replays: Mapped[int]
    batch: Mapped[str]
    answer: Mapped[str | None]


class CallSourceRow(Owned):
    """That the messages of a call show words of a source. It outlives a source that is written anew with the same text."""

    __tablename__ = "call_sources"
    __table_args__: Any = (_in_workspace(),)
    key: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
