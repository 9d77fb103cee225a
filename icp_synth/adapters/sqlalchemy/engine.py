"""Opening a database, bringing its schema up to date, and the workspaces in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, delete, event, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from icp_synth.adapters.sqlalchemy.tables import WorkspaceRow
from icp_synth.errors import NotFoundError, StoreError

# A rollback journal that is cut to nothing at each commit, not WAL: what was deleted is gone when the commit returns,
# without a checkpoint. Freed bytes are overwritten, and nothing is spilled to files in the system's temporary folder.
_SQLITE_PRAGMAS = (
    "journal_mode = TRUNCATE",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "busy_timeout = 30000",
)


def open_engine(url: str) -> Engine:
    """Open the database at an SQLAlchemy URL. Nothing is read or written before first use.

    Errors never carry parameters, since these are customers' words.
    """
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # The driver's own BEGIN would come only before the first row is written, after tables were created.
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads. Raises StoreError for whatever the database says."""
    with _as_store_errors(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is the only one to write: all of it is kept, or nothing. Raises StoreError."""
    with _as_store_errors(engine), engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        yield connection


@contextmanager
def _as_store_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreError(
            f"The store at {engine.url.render_as_string(hide_password=True)} could not be used: {cause}.",
            "See that it exists, is writable, has space, and that no other process holds it; then try again.",
        ) from error


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version, in one transaction. Raises StoreError where the store is newer still."""
    config = Config()
    # Alembic interpolates `%` in option values.
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations").replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    with writing(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None and found not in known:
            raise StoreError(
                f"The store at {engine.url.render_as_string(hide_password=True)} has schema {found}, and this version"
                f" of icp-synth knows no schema after {script.get_current_head()}.",
                "Install the version of icp-synth that wrote it, or a later one.",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def workspaces(engine: Engine) -> list[str]:
    """Names of the workspaces that hold anything, in order."""
    with reading(engine) as connection:
        return sorted(connection.scalars(select(WorkspaceRow.id)))


def delete_workspace(engine: Engine, workspace: str) -> None:
    """Erase a workspace with everything in it. Raises NotFoundError."""
    with writing(engine) as connection:
        gone = connection.execute(delete(WorkspaceRow).where(WorkspaceRow.id == workspace))
    if gone.rowcount == 0:
        raise NotFoundError(f"There is no workspace '{workspace}'.", "Choose one from the list of workspaces.")
